"""Math: `tf.math`."""

from collections.abc import Callable
from typing import Any

import torch

from nabi.as_keras.tensorflow import arithmetic, selecting, tensors
from nabi.as_keras.tensorflow.arithmetic import *  # noqa: F403
from nabi.as_keras.tensorflow.renaming import MATH, table
from nabi.as_keras.tensorflow.statistics import confusion_matrix, in_top_k, l2_normalize

NAMES = table(MATH) | table("log_softmax softmax")
globals().update({name: function for name, function in NAMES.items() if name not in arithmetic.__all__})
reduce_logsumexp, top_k = tensors.reduce_logsumexp, selecting.top_k
cumprod, cumsum = selecting.cumprod, selecting.cumsum
equal, not_equal = selecting.equal, selecting.not_equal


def invert_permutation(x: Any, name: str | None = None) -> torch.Tensor:
    """The order that brings numbers back into theirs."""
    return torch.argsort(selecting.number(x)).int()


def is_non_decreasing(x: Any, name: str | None = None) -> torch.Tensor:
    """Whether no number is below the one before."""
    return (selecting.number(x).flatten().diff() >= 0).all()


def is_strictly_increasing(x: Any, name: str | None = None) -> torch.Tensor:
    """Whether each number is above the one before."""
    return (selecting.number(x).flatten().diff() > 0).all()


def reciprocal_no_nan(x: Any, name: str | None = None) -> torch.Tensor:
    """1 / x, and 0 for 0."""
    x = selecting.number(x)
    return torch.where(x == 0, torch.zeros_like(x), 1 / torch.where(x == 0, torch.ones_like(x), x))


def of_torch(name: str) -> Callable:
    """A function of torch.special's under TensorFlow's arguments."""
    function = getattr(torch.special, name)

    def call(*values: Any, name: str | None = None) -> torch.Tensor:
        return function(*(selecting.number(one) for one in values))

    call.__name__, call.__doc__ = name, f"`torch.special.{name}`."
    return call


zeta = of_torch("zeta")
igamma, igammac = of_torch("gammainc"), of_torch("gammaincc")
bessel_i0, bessel_i0e, bessel_i1, bessel_i1e = of_torch("i0"), of_torch("i0e"), of_torch("i1"), of_torch("i1e")
__all__ = ["bessel_i0", "bessel_i0e", "bessel_i1", "bessel_i1e", "igamma", "igammac", "invert_permutation",
           "is_non_decreasing", "is_strictly_increasing", "reciprocal_no_nan", "zeta",
           *sorted({*NAMES, *arithmetic.__all__}), "confusion_matrix", "in_top_k", "l2_normalize", "reduce_logsumexp", "top_k"]
