"""One-hot labels: class numbers as rows with a single 1.

    [2, 0] of 3 classes -> [[0, 0, 1], [1, 0, 0]]

Source: Keras 3, utils/numerical_utils.py.
"""

from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError


def to_categorical(x: Any, num_classes: int | None = None, dtype: str = "float32") -> np.ndarray:
    """Class numbers (...) or (..., 1) to one-hot (..., num_classes).

    Args:
        x: whole numbers from 0 to num_classes - 1, of any shape; a last axis of 1 is dropped.
        num_classes: the largest label + 1 if None.
        dtype: of the result.

    Example:
        >>> to_categorical([2, 0], 3)
        array([[0., 0., 1.],
               [1., 0., 0.]], dtype=float32)

    Keras 3 returns float64 and has no `dtype`, Keras 2 as here; both take -1 for the last class, here it is an error.
    Raises DataError for labels that are negative, too large, or not whole.
    """
    y = np.asarray(x)
    if y.ndim > 1 and y.shape[-1] == 1:
        y = y[..., 0]
    if y.dtype.kind not in "fiub" or not (y == np.floor(y)).all():
        got = f"labels of type {y.dtype}" if y.dtype.kind not in "fiub" else f"the label {y[y != np.floor(y)].flat[0]}"
        remedy = "Number the classes: names, y = np.unique(y, return_inverse=True)."
        raise DataError("to_categorical(x)", "class numbers 0, 1, 2, ...", got, remedy)
    if num_classes is not None and num_classes < 1:
        raise ArgumentError("to_categorical(num_classes)", "a whole number above 0, or None", num_classes)
    if not y.size and num_classes is None:
        raise DataError("to_categorical(x)", "at least one label", "none", "Say num_classes.")
    n = int(num_classes or y.max() + 1)
    if y.size and (y.min() < 0 or y.max() >= n):
        label = int(y.min() if y.min() < 0 else y.max())
        remedy = f"num_classes={label + 1} or more would hold it." if label > 0 else "Classes count from 0."
        raise DataError("to_categorical(x)", f"labels from 0 to {n - 1}", f"the label {label}", remedy)
    one_hot = np.zeros((*y.shape, n), dtype)
    np.put_along_axis(one_hot, y[..., None].astype(np.int64), 1, axis=-1)
    return one_hot
