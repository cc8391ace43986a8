"""Summaries: functions of `keras.ops` that make fewer numbers of many: medians, quantiles, counts, sums by segment, without NaN.

    ops.median([1.0, 5.0, 2.0])                       2
    ops.segment_sum([1.0, 2.0, 4.0], [0, 0, 1])       3 4
"""

from typing import Any

import torch

from nabi import ops
from nabi.as_keras.operations.entered import entered
from nabi.ops.op import axes_of, floats, tensor
from nabi.ops.selection import ends

__all__ = ["allclose", "array_equal", "average", "bincount", "corrcoef", "correlate", "digitize", "histogram", "in_top_k",
           "median", "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian", "nanmin",
           "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "percentile", "psnr", "ptp", "quantile",
           "segment_max", "segment_min", "segment_prod", "segment_sum", "size", "trapezoid"]


def flat(t: torch.Tensor, axis: Any, keepdims: bool) -> tuple[torch.Tensor, tuple[int, ...]]:
    """The axes in question as one last axis, and the shape of the result."""
    axes = axes_of(axis, t.ndim)
    rest = [n for n in range(t.ndim) if n not in axes]
    shape = tuple(1 if n in axes else t.shape[n] for n in range(t.ndim)) if keepdims else tuple(t.shape[n] for n in rest)
    return t.permute(*rest, *axes).reshape(*[t.shape[n] for n in rest], -1), shape


@entered
def quantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> torch.Tensor:
    """What so large a share of the numbers lies below."""
    rows, shape = flat(floats(x), axis, keepdims)
    shares = torch.as_tensor(q, dtype=rows.dtype)
    return torch.quantile(rows, shares, dim=-1, interpolation=method).reshape((*shares.shape, *shape))


@entered
def nanquantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> torch.Tensor:
    """As `quantile`, without NaN."""
    rows, shape = flat(floats(x), axis, keepdims)
    shares = torch.as_tensor(q, dtype=rows.dtype)
    return torch.nanquantile(rows, shares, dim=-1, interpolation=method).reshape((*shares.shape, *shape))


@entered
def percentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> torch.Tensor:
    """As `quantile`, in per cent."""
    return quantile(x, ops.divide(q, 100.0), axis, method, keepdims)


@entered
def nanpercentile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> torch.Tensor:
    """As `nanquantile`, in per cent."""
    return nanquantile(x, ops.divide(q, 100.0), axis, method, keepdims)


@entered
def median(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The number in the middle; the mean of two where there are two."""
    return quantile(x, 0.5, axis, keepdims=keepdims)


@entered
def nanmedian(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """As `median`, without NaN."""
    return nanquantile(x, 0.5, axis, keepdims=keepdims)


@entered
def average(x: Any, axis: Any = None, weights: Any = None) -> torch.Tensor:
    """The mean, of numbers that weigh differently."""
    if weights is None:
        return ops.mean(x, axis)
    t, w = floats(x), floats(weights)
    if w.ndim < t.ndim and axis is not None:
        w = w.reshape([t.shape[n] if n == axis % t.ndim else 1 for n in range(t.ndim)])
    return ops.divide(ops.sum(t * w, axis), ops.sum(w.expand_as(t), axis))


@entered
def ptp(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The largest less the smallest."""
    return ops.max(x, axis, keepdims) - ops.min(x, axis, keepdims)


def without(x: Any, stand_in: float) -> torch.Tensor:
    """NaN replaced by a number that changes nothing."""
    t = floats(x)
    return torch.where(t.isnan(), stand_in, t)


@entered
def nansum(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The sum, without NaN."""
    return ops.sum(without(x, 0.0), axis, keepdims)


@entered
def nanprod(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The product, without NaN."""
    return ops.prod(without(x, 1.0), axis, keepdims)


@entered
def nanmax(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The largest, without NaN."""
    return ops.max(without(x, float("-inf")), axis, keepdims)


@entered
def nanmin(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The smallest, without NaN."""
    return ops.min(without(x, float("inf")), axis, keepdims)


@entered
def nanmean(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The mean, without NaN."""
    return nansum(x, axis, keepdims) / ops.sum(~floats(x).isnan(), axis, keepdims)


@entered
def nanvar(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The variance, without NaN."""
    t = floats(x)
    return nanmean((t - nanmean(t, axis, True)).square(), axis, keepdims)


@entered
def nanstd(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The standard deviation, without NaN."""
    return nanvar(x, axis, keepdims).sqrt()


@entered
def nanargmax(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The place of the largest, without NaN."""
    return ops.argmax(without(x, float("-inf")), axis, keepdims)


@entered
def nanargmin(x: Any, axis: Any = None, keepdims: bool = False) -> torch.Tensor:
    """The place of the smallest, without NaN."""
    return ops.argmin(without(x, float("inf")), axis, keepdims)


@entered
def nancumsum(x: Any, axis: Any = None, dtype: Any = None) -> torch.Tensor:
    """Sums up to each place, without NaN."""
    return ops.cumsum(without(x, 0.0), axis, dtype)


@entered
def nancumprod(x: Any, axis: Any = None, dtype: Any = None) -> torch.Tensor:
    """Products up to each place, without NaN."""
    return ops.cumprod(without(x, 1.0), axis, dtype)


@entered
def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> torch.Tensor:
    """How often each whole number occurs, row by row."""
    t, shares = tensor(x).long(), None if weights is None else tensor(weights)
    n = max(int(minlength or 0), int(t.max()) + 1 if t.numel() else 0)
    if t.ndim == 1:
        found = torch.bincount(t, shares, n)
    else:
        found = torch.stack([torch.bincount(row, None if shares is None else shares[k], n) for k, row in enumerate(t)])
    return found.int() if shares is None else found


@entered
def digitize(x: Any, bins: Any) -> torch.Tensor:
    """The number of the bin in which each lies."""
    t = tensor(x)
    return torch.bucketize(t, tensor(bins).to(t.dtype if t.is_floating_point() else torch.float32), right=True).int()


@entered
def histogram(x: Any, bins: int = 10, range: Any = None) -> tuple[torch.Tensor, torch.Tensor]:
    """How many lie in each of so many bins, and the bins' edges."""
    t = floats(x).flatten()
    low, high = (float(t.min()), float(t.max())) if range is None else map(float, range)
    counts, edges = torch.histogram(t.detach(), bins, range=(low, high))
    return counts, edges


@entered
def corrcoef(x: Any) -> torch.Tensor:
    """How the rows go together, from -1 to 1."""
    return torch.corrcoef(floats(x))


@entered
def correlate(x1: Any, x2: Any, mode: str = "valid") -> torch.Tensor:
    """Sums of products of a row and another that slides along it."""
    a, b = floats(x1), floats(x2)
    around = {"valid": 0, "full": len(b) - 1, "same": len(b) // 2}[mode]
    found = torch.nn.functional.conv1d(a[None, None], b[None, None], padding=around)[0, 0]
    return found[: max(len(a), len(b))] if mode == "same" else found


@entered
def in_top_k(targets: Any, predictions: Any, k: int) -> torch.Tensor:
    """Whether the target is among the k likeliest classes."""
    p = tensor(predictions)
    of_target = p.gather(-1, tensor(targets).long()[..., None])
    return (p > of_target).sum(-1) < k


@entered
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> torch.Tensor:
    """The area under a line of points."""
    return torch.trapezoid(floats(y), dx=dx, dim=axis) if x is None else torch.trapezoid(floats(y), floats(x), dim=axis)


@entered
def psnr(x1: Any, x2: Any, max_val: float) -> torch.Tensor:
    """How near two pictures are, in decibels: 20 log10 max - 10 log10 of the mean squared difference."""
    error = ops.mean(ops.square(ops.subtract(x1, x2)))
    return 20 * ops.log10(float(max_val)) - 10 * ops.log10(error)


def segments(data: Any, segment_ids: Any, count: Any, how: str, start: float) -> torch.Tensor:
    """Rows of each segment brought together; numbers outside belong to none."""
    x, at = tensor(data), tensor(segment_ids).long()
    low, high = ends(at)
    n = int(count) if count is not None else high + 1
    if low < 0 or high >= n:
        inside = (at >= 0) & (at < n)
        x, at = x[inside], at[inside]
    whole = not x.is_floating_point() and abs(start) == float("inf")
    begin = (torch.iinfo(x.dtype).max if start > 0 else torch.iinfo(x.dtype).min) if whole else start
    made = torch.full((n, *x.shape[1:]), begin, dtype=x.dtype)
    return made.scatter_reduce(0, at.reshape(-1, *[1] * (x.ndim - 1)).expand_as(x), x, how, include_self=True)


@entered
def segment_sum(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> torch.Tensor:
    """Sums of the rows of each segment."""
    return segments(data, segment_ids, num_segments, "sum", 0)


@entered
def segment_max(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> torch.Tensor:
    """The largest of each segment."""
    return segments(data, segment_ids, num_segments, "amax", float("-inf"))


@entered
def segment_min(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> torch.Tensor:
    """The smallest of each segment."""
    return segments(data, segment_ids, num_segments, "amin", float("inf"))


@entered
def segment_prod(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> torch.Tensor:
    """Products of the rows of each segment."""
    return segments(data, segment_ids, num_segments, "prod", 1)


def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether two tensors are near each other everywhere."""
    from nabi.as_keras.operations.numbers import isclose

    return bool(isclose(x1, x2, rtol, atol, equal_nan).all())


def array_equal(x1: Any, x2: Any) -> bool:
    """Whether two tensors are the same."""
    return torch.equal(tensor(x1), tensor(x2))


def size(x: Any) -> Any:
    """How many numbers there are; None of a symbol with open lengths."""
    total = 1
    for n in ops.shape(x):
        total = None if n is None or total is None else total * n
    return total
