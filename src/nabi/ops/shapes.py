"""Shapes: the same numbers in another order or arrangement: reshape, transpose, stack, split, pad.

x: (N, ...), N samples. A length given as None is that of x's first axis: `reshape(x, (None, 49, 64))`.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.symbolic import Symbolic
from nabi.ops.op import axes_of, firmness, op, pair, tensor

Tensor = torch.Tensor


def lengths(x: Tensor, shape: Any) -> tuple[int, ...]:
    """The lengths of a shape that may be one number, None standing for x's first."""
    if isinstance(shape, (Tensor, np.ndarray)) and shape.ndim:
        shape = shape.tolist()
    return tuple(x.shape[0] if n is None else int(n) for n in (shape if isinstance(shape, (tuple, list)) else [shape]))


def shape(x: Any) -> tuple[int | None, ...]:
    """The lengths of the axes; of a symbol None where one is not known, such as the batch.

    Example:
        >>> shape([[1.0, 2.0, 3.0]])
        (1, 3)
    """
    return tuple(x.shape) if isinstance(x, Symbolic) else tuple(tensor(x).shape)


def ndim(x: Any) -> int:
    """Number of axes."""
    return len(shape(x))


@op
def reshape(x: Any, newshape: Any) -> Tensor:
    """The numbers, row by row, in another shape; -1 for the length that follows from the others, None for the batch's.

    Example:
        >>> reshape([[1, 2, 3, 4]], (2, -1)).tolist()
        [[1, 2], [3, 4]]
    """
    t = tensor(x)
    return t.reshape(lengths(t, newshape))


@op
def ravel(x: Any) -> Tensor:
    """All numbers in one row."""
    return tensor(x).flatten()


@op
def transpose(x: Any, axes: Any = None) -> Tensor:
    """The axes in another order, by default reversed.

    Example:
        >>> transpose([[1, 2], [3, 4]]).tolist()
        [[1, 3], [2, 4]]
    """
    t = tensor(x)
    return t.permute(tuple(axes) if axes is not None else tuple(range(t.ndim))[::-1])


@op
def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Two axes change places."""
    return tensor(x).swapaxes(axis1, axis2)


@op
def moveaxis(x: Any, source: Any, destination: Any) -> Tensor:
    """Axes at new places, the others in their order."""
    return tensor(x).moveaxis(tuplewise(source), tuplewise(destination))


def tuplewise(axis: Any) -> Any:
    """A list of axes as a tuple; one as it is."""
    return tuple(axis) if isinstance(axis, list) else axis


@op
def expand_dims(x: Any, axis: Any) -> Tensor:
    """New axes of length 1, counted in the result.

    Example:
        >>> expand_dims([1.0, 2.0], -1).shape
        torch.Size([2, 1])
    """
    t = tensor(x)
    places = [axis] if isinstance(axis, (int, np.integer)) else list(axis)
    for place in sorted(axes_of(places, t.ndim + len(places))):
        t = t.unsqueeze(place)
    return t


@op
def squeeze(x: Any, axis: Any = None) -> Tensor:
    """Without axes of length 1: all of them, or those given. Of a symbol the batch axis stays."""
    t = tensor(x)
    if axis is None:
        return t.squeeze()
    axes = axes_of(axis, t.ndim)
    if not t.ndim or any(t.shape[a] != 1 for a in axes):
        raise ArgumentError("ops.squeeze(axis)", "axes of length 1", f"axis={axis} of a shape {tuple(t.shape)}")
    return t.squeeze(axes)


@op
def broadcast_to(x: Any, shape: Any) -> Tensor:
    """x repeated along axes of length 1, and along new ones in front."""
    t = tensor(x)
    return t.broadcast_to(lengths(t, shape))


@op
def stack(x: Any, axis: int = 0) -> Tensor:
    """Tensors of one shape along a new axis.

    Example:
        >>> stack([[1, 2], [3, 4]], axis=-1).tolist()
        [[1, 3], [2, 4]]
    """
    return torch.stack(together(x), axis)


@op
def concatenate(xs: Any, axis: int = 0) -> Tensor:
    """Tensors one behind the other along an axis. The default, 0, is the batch; channels are axis=-1.

    Example:
        >>> concatenate([[[1], [2]], [[3], [4]]], axis=-1).tolist()
        [[1, 3], [2, 4]]
    """
    return torch.cat(together(xs), axis)


def together(xs: Any) -> list[Tensor]:
    """Several as tensors, of which numbers and arrays take the dtype of the firmest."""
    parts = list(xs)
    first = max(parts, key=firmness, default=None)
    return [pair(first, x)[1] for x in parts]


@op
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    """Parts along an axis: so many equal ones, or cut before the given places.

    Example:
        >>> [part.tolist() for part in split([1, 2, 3, 4], 2)], [part.tolist() for part in split([1, 2, 3, 4], [1])]
        ([[1, 2], [3, 4]], [[1], [2, 3, 4]])
    """
    t, n = tensor(x), indices_or_sections
    if isinstance(n, (int, np.integer)) and t.shape[axis] % n:
        raise ArgumentError("ops.split(indices_or_sections)", f"a divisor of {t.shape[axis]}", n)
    return list(t.tensor_split(int(n) if isinstance(n, (int, np.integer)) else [int(i) for i in n], axis))


@op
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The parts along an axis, which goes; `num` is how many there should be."""
    parts = list(tensor(x).unbind(axis))
    if num is not None and num != len(parts):
        raise ArgumentError("ops.unstack(num)", f"{len(parts)}, the length of axis {axis}", num)
    return parts


@op
def tile(x: Any, repeats: Any) -> Tensor:
    """x so many times behind itself along each axis.

    Example:
        >>> tile([1, 2], 2).tolist(), repeat([1, 2], 2).tolist()
        ([1, 2, 1, 2], [1, 1, 2, 2])
    """
    counts = repeats.tolist() if isinstance(repeats, (Tensor, np.ndarray)) else repeats
    return torch.tile(tensor(x), tuple(map(int, counts)) if isinstance(counts, (tuple, list)) else (int(counts),))


@op
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Tensor:
    """Each number, or slice along an axis, so many times."""
    n: Any = int(repeats) if isinstance(repeats, (int, np.integer)) else tensor(repeats)
    return torch.repeat_interleave(tensor(x), n, axis)


@op
def flip(x: Any, axis: Any = None) -> Tensor:
    """Backwards along the axes, by default all."""
    t = tensor(x)
    return t.flip(axes_of(axis, t.ndim))


@op
def roll(x: Any, shift: Any, axis: Any = None) -> Tensor:
    """Moved by so many places; what falls off at one end comes in at the other."""
    return torch.roll(tensor(x), tuplewise(shift.tolist() if isinstance(shift, Tensor) else shift), tuplewise(axis))


@op
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: float | None = None) -> Tensor:
    """x with a frame: (before, after) for each axis, one pair for all, or one number.

    Args:
        mode: "constant" (0, or `constant_values`), "edge", "reflect", "symmetric" or "wrap", as in numpy.pad.

    Example:
        >>> pad([1, 2, 3], (0, 2), mode="reflect").tolist(), pad([1, 2], 1).tolist()
        ([1, 2, 3, 2, 1], [0, 1, 2, 0])
    """
    t = tensor(x)
    widths = np.broadcast_to(np.asarray(pad_width), (t.ndim, 2)).tolist()
    if mode == "constant":
        return torch.nn.functional.pad(t, [n for pair in reversed(widths) for n in pair], value=constant_values or 0)
    for axis, (before, after) in enumerate(widths):
        if before or after:
            t = t.index_select(axis, torch.as_tensor(np.pad(np.arange(t.shape[axis]), (before, after), mode)))  # type: ignore
    return t
