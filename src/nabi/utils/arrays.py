"""Arrays of unit length: x / |x| along one axis.

    |x|_p = (sum_i |x_i|^p)^(1/p)

Source: Keras 3, utils/numerical_utils.py.
"""

from typing import Any

import numpy as np


def normalize(x: Any, axis: int = -1, order: float = 2) -> np.ndarray:
    """x divided by its norm of the given order along `axis`; zeros stay zeros.

    Example:
        >>> normalize([[3.0, 4.0], [0.0, 0.0]])
        array([[0.6, 0.8],
               [0. , 0. ]])

    Keras confuses axis=0 with the last axis; here it is the first.
    """
    x = np.asarray(x)
    norm = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(norm == 0, 1, norm)
