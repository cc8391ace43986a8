"""NumPy's names in TensorFlow, `tf.experimental.numpy`, besides those of `keras.ops`.

    import tensorflow.experimental.numpy as tnp
    tnp.sum(tnp.ones((2, 3)), axis=1)
"""

import math

import torch

__all__ = ["experimental_enable_numpy_behavior", "inf", "nan", "ndarray", "newaxis", "pi"]
ndarray, newaxis, pi, inf, nan = torch.Tensor, None, math.pi, math.inf, math.nan


def experimental_enable_numpy_behavior(*values: bool, **options: bool) -> None:
    """Accepted: tensors have NumPy's operators and slices in any case."""
