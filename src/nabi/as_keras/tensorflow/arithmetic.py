"""Arithmetic: functions of `tf.math` that `nabi.ops` has under no other name, made of its functions or torch's.

    tf.math.squared_difference(a, b)     (a - b)^2
    tf.math.segment_sum(x, [0, 0, 1])    sums of the rows of each segment
"""

from typing import Any

import torch

from nabi import ops
from nabi.as_keras.operations import numbers
from nabi.as_keras.tensorflow.renaming import of_their_kind
from nabi.as_keras.tensorflow.selecting import number

__all__ = ["accumulate_n", "acosh", "add_n", "angle", "argmax", "argmin", "asinh", "atanh", "bincount",
           "complex", "conj", "cumulative_logsumexp",
           "digamma", "erfc", "erfinv", "imag", "lgamma", "logical_xor", "ndtri", "norm", "polyval", "real", "scalar_mul",
           "reduce_euclidean_norm", "segment_max", "segment_mean", "segment_min", "segment_sum", "special", "squared_difference",
           "unsorted_segment_max", "unsorted_segment_mean", "unsorted_segment_min", "unsorted_segment_sum", "xdivy", "xlog1py",
           "xlogy", "zero_fraction"]
logical_xor = ops.logical_xor
acosh, asinh, atanh, erfc = (numbers.FUNCTIONS[word] for word in ("arccosh", "arcsinh", "arctanh", "erfc"))


def argmax(input: Any, axis: Any = 0, output_type: Any = None, name: str | None = None, dimension: Any = None) -> Any:
    """Places of the largest, along the first axis unless told otherwise."""
    found = ops.argmax(input, axis if dimension is None else dimension)
    return found if output_type is None else ops.cast(found, str(output_type).removeprefix("torch."))


def argmin(input: Any, axis: Any = 0, output_type: Any = None, name: str | None = None, dimension: Any = None) -> Any:
    """Places of the smallest."""
    return argmax(ops.negative(input), axis, output_type, name, dimension)


def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The length of vectors; of all numbers together without an axis."""
    if ord in ("euclidean", "fro", 2):
        return reduce_euclidean_norm(tensor, axis, keepdims)
    return ops.norm(ops.reshape(tensor, (-1,)) if axis is None else tensor, ord, axis, keepdims)


def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    """(x - y)^2."""
    return of_their_kind(ops.square(ops.subtract(x, y)), x, y)


def add_n(inputs: Any, name: str | None = None) -> Any:
    """The sum of tensors of one shape."""
    total, *others = inputs
    for one in others:
        total = ops.add(total, one)
    return total


accumulate_n = add_n


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """The share of zeros."""
    return ops.mean(ops.cast(ops.equal(value, 0), "float32"))


def reduce_euclidean_norm(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """The root of the sum of squares."""
    return ops.sqrt(ops.sum(ops.square(input_tensor), axis=axis, keepdims=keepdims))


def floats(x: Any) -> torch.Tensor:
    """A tensor of floats."""
    made = ops.convert_to_tensor(x)
    return made if made.is_floating_point() else made.float()


def lgamma(x: Any, name: str | None = None) -> torch.Tensor:
    """log |gamma(x)|."""
    return torch.lgamma(floats(x))


def digamma(x: Any, name: str | None = None) -> torch.Tensor:
    """The slope of `lgamma`."""
    return torch.digamma(floats(x))


def erfinv(x: Any, name: str | None = None) -> torch.Tensor:
    """The number whose erf is x."""
    return torch.erfinv(floats(x))


def ndtri(x: Any, name: str | None = None) -> torch.Tensor:
    """The number below which the normal distribution has the share x."""
    return torch.special.ndtri(floats(x))


def xlogy(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """x log y; 0 where x is 0."""
    return torch.xlogy(floats(x), floats(y))


def xlog1py(x: Any, y: Any, name: str | None = None) -> torch.Tensor:
    """x log(1 + y); 0 where x is 0."""
    return torch.special.xlog1py(floats(x), floats(y))


def xdivy(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y; 0 where x is 0."""
    return ops.where(ops.equal(x, 0), ops.zeros_like(x), ops.divide(x, ops.where(ops.equal(x, 0), ops.ones_like(x), y)))


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Any:
    """A polynomial at x, the highest power first."""
    total: Any = 0.0
    for one in coeffs:
        total = total * x + one
    return total


def bincount(arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = None,
             name: str | None = None, **options: Any) -> torch.Tensor:
    """How often each whole number occurs, or the sum of its weights; with axis=-1 in each row."""
    if options.get("axis") is not None:
        rows = torch.as_tensor(arr).long()
        most = max(int(minlength or 0), int(rows.max()) + 1)
        return torch.stack([bincount(row, None, most, maxlength) for row in rows])
    numbers = torch.as_tensor(arr).long().reshape(-1)
    shares = None if weights is None else floats(weights).reshape(-1)
    found = torch.bincount(numbers, shares, int(minlength or 0))
    found = found if maxlength is None else found[: int(maxlength)]
    return found.int() if weights is None else found


def segments(data: Any, segment_ids: Any, count: Any, how: str) -> torch.Tensor:
    """Rows of each segment brought together."""
    x, places = number(data), torch.as_tensor(segment_ids).long()
    n = int(count) if count is not None else int(places.max()) + 1
    at = places.reshape(-1, *[1] * (x.ndim - 1)).expand_as(x)
    start = torch.zeros((n, *x.shape[1:]), dtype=x.dtype)
    return start.scatter_reduce(0, at, x, how, include_self=how == "sum")


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """Sums of the rows of each segment."""
    return segments(data, segment_ids, None, "sum")


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """Means of the rows of each segment."""
    return segments(data, segment_ids, None, "mean")


def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """The largest of each segment."""
    return segments(data, segment_ids, None, "amax")


def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> torch.Tensor:
    """The smallest of each segment."""
    return segments(data, segment_ids, None, "amin")


def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """As `segment_sum`, with segments in any order and so many."""
    return segments(data, segment_ids, num_segments, "sum")


def unsorted_segment_mean(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """As `segment_mean`, with segments in any order and so many."""
    return segments(data, segment_ids, num_segments, "mean")


def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """As `segment_max`, with segments in any order and so many."""
    return segments(data, segment_ids, num_segments, "amax")


def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> torch.Tensor:
    """As `segment_min`, with segments in any order and so many."""
    return segments(data, segment_ids, num_segments, "amin")


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A number times a tensor."""
    return ops.multiply(scalar, x)


def cumulative_logsumexp(x: Any, axis: int = 0, name: str | None = None, **options: Any) -> torch.Tensor:
    """log of the sum of exp(x) up to each place."""
    return torch.logcumsumexp(floats(x), int(axis))


def complex(real: Any, imag: Any, name: str | None = None) -> torch.Tensor:
    """real + i imag."""
    return torch.complex(floats(real), floats(imag))


def real(input: Any, name: str | None = None) -> torch.Tensor:
    """The real part."""
    x = ops.convert_to_tensor(input)
    return x.real if x.is_complex() else x


def imag(input: Any, name: str | None = None) -> torch.Tensor:
    """The imaginary part."""
    x = ops.convert_to_tensor(input)
    return x.imag if x.is_complex() else torch.zeros_like(x)


def angle(input: Any, name: str | None = None) -> torch.Tensor:
    """The angle of a complex number."""
    return torch.angle(ops.convert_to_tensor(input))


def conj(x: Any, name: str | None = None) -> torch.Tensor:
    """real - i imag."""
    return torch.conj(ops.convert_to_tensor(x)).resolve_conj()


class special:
    """`tf.math.special`."""

    xlogy, lgamma, digamma = staticmethod(xlogy), staticmethod(lgamma), staticmethod(digamma)
