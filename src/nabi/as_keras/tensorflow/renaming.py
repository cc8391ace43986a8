"""Renaming: functions of `nabi.ops` under TensorFlow's names and arguments; one table says which is which.

    tf.reduce_mean(x, axis=1, keepdims=True, name="m")   ->  nabi.ops.mean(x, axis=1, keepdims=True)
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import torch

from nabi import ops

WORDS = {"keep_dims": "keepdims", "reduction_indices": "axis", "input_tensor": "x", "dimension": "axis",
         "dim": "axis", "perm": "axes"}

MATH = """abs acos=arccos add argmax argmin asin=arcsin atan=arctan atan2=arctan2 ceil cos cosh count_nonzero cumprod cumsum
divide divide_no_nan equal erf exp expm1 floor floordiv=floor_divide floormod=mod greater greater_equal
is_finite=isfinite is_inf=isinf is_nan=isnan less less_equal log log1p log_sigmoid logical_and logical_not logical_or
logical_xor maximum minimum mod multiply multiply_no_nan=multiply negative not_equal pow=power reciprocal
reduce_all=all reduce_any=any reduce_logsumexp=logsumexp reduce_max=max reduce_mean=mean reduce_min=min
reduce_prod=prod reduce_std=std reduce_sum=sum reduce_variance=var rint=round round rsqrt sigmoid sign sin sinh softplus softsign
sqrt square subtract tan tanh truediv=true_divide sub=subtract mul=multiply neg=negative div=divide"""
ARRAYS = """reshape squeeze expand_dims stack unstack tile repeat transpose zeros_like ones_like where eye linspace sort argsort
broadcast_to roll reverse=flip stop_gradient tensordot einsum norm"""
NN = """relu relu6 elu selu sigmoid tanh softplus softsign softmax log_softmax silu swish=silu gelu leaky_relu"""

WHOLE = (torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64)
COUNTS = ("argmax", "argmin", "argsort", "count_nonzero", "where")  # their answers are places and numbers of entries


def renamed(name: str) -> Callable[..., Any]:
    """A function of `nabi.ops` that takes TensorFlow's arguments: names of nodes are left out."""
    function = getattr(ops, name)

    @wraps(function)
    def call(*args: Any, name: str | None = None, **options: Any) -> Any:
        options = {WORDS.get(word, word): value for word, value in options.items()}
        made = function(*args, **options)
        if type(made) is not torch.Tensor or function.__name__ in COUNTS:
            return made
        given = (*args, *(options[word] for word in ("x", "y", "x1", "x2") if word in options))
        return whole_mean(made, *args, **options) if function is ops.mean else of_their_kind(made, *given)

    return call


def kind_of(*given: Any) -> torch.dtype | None:
    """TensorFlow's dtype of what is made of these whole numbers: int32 of Python's; None of others, or where one is int64."""
    arrays = [one for one in given if hasattr(one, "dtype")]
    dtypes = [one.dtype if isinstance(one, torch.Tensor) else torch.as_tensor(np.asarray(one)).dtype for one in arrays]
    if not dtypes and given and np.asarray(given[0]).dtype.kind == "i":
        return torch.int32
    return dtypes[0] if dtypes and dtypes[0] in WHOLE and torch.int64 not in dtypes else None


def of_their_kind(made: Any, *given: Any) -> Any:
    """What torch made int64 of other whole numbers, in their own kind, as TensorFlow does.

    Example:
        >>> of_their_kind(torch.tensor(3), [1, 2]).dtype, of_their_kind(torch.tensor(3), torch.tensor([1, 2])).dtype
        (torch.int32, torch.int64)
    """
    kind = kind_of(*given) if isinstance(made, torch.Tensor) and made.dtype is torch.int64 else None
    return made if kind is None else made.to(kind)


def whole_mean(made: torch.Tensor, x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The mean of whole numbers is a whole number, cut off towards 0; that of all others is `made`.

    Example:
        >>> whole_mean(torch.tensor(1.5), [1, 2]), whole_mean(torch.tensor(1.5), [1.0, 2.0])
        (tensor(1, dtype=torch.int32), tensor(1.5000))
    """
    array = x if isinstance(x, torch.Tensor) else ops.convert_to_tensor(x)
    if array.dtype not in WHOLE:
        return made
    count = array.numel() // max(1, made.numel())
    sums = ops.sum(array.long(), axis, keepdims)
    return torch.div(sums, count, rounding_mode="trunc").to(kind_of(x) or array.dtype)


def table(text: str) -> dict[str, Callable[..., Any]]:
    """TensorFlow's name -> function, for a row of the tables above.

    Example:
        >>> sorted(table("reduce_sum=sum exp"))
        ['exp', 'reduce_sum']
    """
    pairs = (word.partition("=") for word in text.split())
    return {theirs: renamed(ours or theirs) for theirs, _, ours in pairs}
