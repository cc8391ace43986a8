"""Renaming: functions of `nabi.ops` under TensorFlow's names and arguments; one table says which is which.

    tf.reduce_mean(x, axis=1, keepdims=True, name="m")   ->  nabi.ops.mean(x, axis=1, keepdims=True)
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

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


def renamed(name: str) -> Callable[..., Any]:
    """A function of `nabi.ops` that takes TensorFlow's arguments: names of nodes are left out."""
    function = getattr(ops, name)

    @wraps(function)
    def call(*args: Any, name: str | None = None, **options: Any) -> Any:
        return function(*args, **{WORDS.get(word, word): value for word, value in options.items()})

    return call


def table(text: str) -> dict[str, Callable[..., Any]]:
    """TensorFlow's name -> function, for a row of the tables above.

    Example:
        >>> sorted(table("reduce_sum=sum exp"))
        ['exp', 'reduce_sum']
    """
    pairs = (word.partition("=") for word in text.split())
    return {theirs: renamed(ours or theirs) for theirs, _, ours in pairs}
