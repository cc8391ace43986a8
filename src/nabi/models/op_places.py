"""Op places: which places of a map a function of `nabi.ops` reads along each axis, where its arguments tell.

    pad      place i reads place i - before            x[:, a:b:s]   place i reads place a + i s
    mean     over the axis: every place                concatenate, take, ... along the channels: place i reads place i

Functions that work number by number are not asked: each place reads itself. Of all others nothing is known.
"""

from inspect import signature
from typing import Any

import numpy as np

from nabi.core.shapes import Shape
from nabi.layers.operation import Operation

Step = tuple[int, int] | None  # (stride, before): place i reads place i stride - before; None: every place
REDUCTIONS = {"sum", "mean", "var", "std", "max", "min", "amax", "amin", "prod", "any", "all", "logsumexp"}
ALONG = {"concatenate", "split", "flip", "roll", "take", "repeat", "cumsum", "cumprod", "sort", "normalize", "softmax",
         "log_softmax"}  # they mix or move numbers along one axis


def steps(layer: Operation, shapes: list[Shape]) -> list[Step] | None:
    """For each axis between batch and channels what its places read; None where that is not known.

    Args:
        layer: the function with its arguments.
        shapes: of the tensors it reads.

    Example:
        >>> steps(Operation("pad", [{"input": 0}, [[0, 0], [2, 1], [0, 0]]]), [(None, 9, 4)])
        [(1, 2)]
        >>> steps(Operation("mean", [{"input": 0}], {"axis": [1], "keepdims": True}), [(None, 9, 4)])
        [None]
    """
    rank, name = len(shapes[0]), layer.function
    if len(shapes) > 1 and name != "concatenate":
        return None
    bound = signature(layer.compute).bind(*layer.arguments, **layer.options)
    bound.apply_defaults()
    given = bound.arguments
    if name == "pad":
        return padded(given, rank)
    if name == "get_item":
        return sliced(given["key"], shapes[0])
    if name not in REDUCTIONS | ALONG or given["axis"] is None:
        return None
    axes = {axis % rank for axis in np.atleast_1d(given["axis"]).tolist()}
    spatial = set(range(1, rank - 1))
    if name in ALONG:
        return [(1, 0) for _ in spatial] if axes == {rank - 1} else None
    if 0 in axes or not (given["keepdims"] or axes == spatial):  # else axes are gone, and others take their places
        return None
    return [None if axis in axes else (1, 0) for axis in sorted(spatial)]


def padded(given: dict[str, Any], rank: int) -> list[Step] | None:
    """`pad`: as a ZeroPadding layer; frames that repeat numbers are not followed, but of channels."""
    widths = np.broadcast_to(np.asarray(given["pad_width"]), (rank, 2)).tolist()
    if any(widths[0]) or (given["mode"] != "constant" and any(map(any, widths[1:-1]))):
        return None
    return [(1, before) for before, _ in widths[1:-1]]


def sliced(key: Any, shape: Shape) -> list[Step] | None:
    """`x[key]` where every axis but the channels is a slice, and the batch all of it."""
    key = key if isinstance(key, list) else [key]
    if {"ellipsis": True} in key:
        at = key.index({"ellipsis": True})
        key = [*key[:at], *[{"slice": [None] * 3}] * (len(shape) - len(key) + 1), *key[at + 1:]]
    key = [*key, *[{"slice": [None] * 3}] * (len(shape) - len(key))]
    places = [part["slice"] for part in key[:-1] if isinstance(part, dict) and "slice" in part]
    if len(key) != len(shape) or len(places) < len(key) - 1 or places[0] != [None] * 3 or not isinstance(key[-1], dict):
        return None
    found: list[Step] = []
    for (start, _, stride), n in zip(places[1:], shape[1:-1], strict=True):
        if n is None and (start or 0) < 0:
            return None
        found.append((stride or 1, -(slice(start, None, stride).indices(n)[0] if n is not None else start or 0)))
    return found
