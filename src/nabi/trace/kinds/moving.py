"""Moving: layers that compute nothing: each number of the output is one of the input's, or a zero that was put around it.

Where it came from, the layer says itself: it is run on the numbers 1, 2, 3, ... of the input's places.
"""

from typing import Any

import numpy as np
import torch

from nabi.layers import (
    ActivityRegularization,
    Flatten,
    Identity,
    Masking,
    Operation,
    Permute,
    RepeatVector,
    Reshape,
)
from nabi.layers.padding import Cropping, ZeroPadding
from nabi.layers.upsampling import UpSampling
from nabi.trace.kinds.merging import met, place_in
from nabi.trace.kinds.sums import summed
from nabi.trace.numbers import place_text, show
from nabi.trace.seen import Seen
from nabi.trace.step import Line, Reads, Told
from nabi.trace.telling import Places, read_by, rule, tell

MOVING = {"concatenate", "expand_dims", "flip", "get_item", "moveaxis", "pad", "repeat", "reshape", "roll", "split", "squeeze",
          "stack", "swapaxes", "take", "tile", "transpose", "unstack"}
REDUCING = {"sum", "mean", "var", "std", "max", "min", "amax", "amin", "prod", "logsumexp"}


def origins(layer: Any, shapes: list[tuple[int, ...]], output: int = 0) -> np.ndarray:
    """For each place of the output the number of the place it comes from, from 1 on, all inputs in a row; 0 for none."""
    inputs, first = [], 1
    for shape in shapes:
        size = int(np.prod(shape))
        inputs.append(torch.arange(first, first + size, dtype=torch.float64).reshape(1, *shape))
        first += size
    with torch.no_grad():
        made = layer.run(inputs, False)
    return (made[output] if isinstance(made, (list, tuple)) else made)[0].long().numpy()


def place_of(number: int, shapes: list[tuple[int, ...]]) -> tuple[int, tuple[int, ...]]:
    """Input and place of a number of `origins`.

    Example:
        >>> place_of(8, [(2, 3), (4,)])
        (1, (1,))
    """
    sizes = [int(np.prod(shape)) for shape in shapes]
    which = int(np.searchsorted(np.cumsum(sizes), number - 1, side="right"))
    within = number - 1 - sum(sizes[:which])
    return which, tuple(int(i) for i in np.unravel_index(within, shapes[which]))


@rule(Flatten, Reshape, Permute, RepeatVector, ZeroPadding, Cropping, Identity, ActivityRegularization)
def of_moving(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """The number that stands there now, and where it stood."""
    shapes = [x.shape[1:] for x in seen.x]
    number = int(origins(layer, shapes, output)[place])
    if not number:
        return Told(0.0, (Line("y", "0", "", 0.0),), note="padding")
    which, at = place_of(number, shapes)
    value = float(seen.x[which][(seen.sample, *at)])
    name = "x" if len(shapes) == 1 else f"x{which + 1}"
    back = (Reads(which, np.array([at]), seen.sample),)
    return Told(value, (Line("y", f"{name}{place_text(at)}", "", value),), (), {}, back, "moved")


@rule(UpSampling)
def of_upsampling(layer: UpSampling, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """A pixel repeated, or what lies between four."""
    if layer.interpolation == "nearest":
        return of_moving(layer, seen, place, output)
    x, axes = seen.one, between(layer, seen.one.shape[:-1], place[:-1])
    places = np.array([[a, b, place[-1]] for a, _ in axes[0] for b, _ in axes[1]])
    w = np.array([p * q for _, p in axes[0] for _, q in axes[1]])
    return summed(layer, seen, place, x[tuple(places.T)], w, places, None)


def between(layer: UpSampling, sizes: tuple[int, ...], place: tuple[int, ...]) -> list[list[tuple[int, float]]]:
    """For each axis the places that a place lies between, with their weights, those of 0 left out."""
    found = []
    for n, u, i in zip(sizes, layer.factors, place, strict=True):
        at = min(max((i + 0.5) / u - 0.5, 0.0), n - 1.0)
        low, share = int(at), at - int(at)
        found.append([(low, 1 - share), *([(low + 1, share)] if share else [])])
    return found


@rule(Masking)
def of_masking(layer: Masking, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """A step that counts stays; one of nothing but the mask's value becomes 0."""
    x = float(seen.one[place])
    counts = bool((seen.one[place[:-1]] != layer.mask_value).any())
    line = Line("y", "x" if counts else "0", "", x if counts else 0.0)
    return Told(line.value, (Line("x", "", "", x), line), (), {}, (Reads(0, np.array([place]), seen.sample),))


@rule(Operation)
def of_operation(layer: Operation, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """Functions of `nabi.ops` that move numbers, or work number by number."""
    if layer.function in MOVING:
        return of_moving(layer, seen, place, output)
    if not layer.numberwise:
        return tell.dispatch(object)(layer, seen, place, output)
    places = [place_in(x.shape[1:], place) for x in seen.x]
    x = [float(x[(seen.sample, *at)]) for x, at in zip(seen.x, places, strict=True)]
    value = float(seen.y[output][(seen.sample, *place)])
    names = ["x"] if len(x) == 1 else [f"x{number + 1}" for number in range(len(x))]
    lines = [Line(name, "", "", one) for name, one in zip(names, x, strict=True)]
    lines.append(Line("y", f"{layer.function}({', '.join(names)})", f"{layer.function}({', '.join(map(show, x))})", value))
    back = tuple(Reads(number, np.array([at]), seen.sample) for number, at in enumerate(places))
    return Told(value, tuple(lines), (), {}, back)


@read_by(Flatten, Reshape, Permute, RepeatVector, ZeroPadding, Cropping, Identity, ActivityRegularization)
def of_moving_read(layer: Any, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The numbers that stand there."""
    numbers = origins(layer, shapes, output)[out]
    every = np.zeros(1 + sum(int(np.prod(shape)) for shape in shapes), dtype=bool)
    every[numbers] = True
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(every[1:], ends), shapes, strict=True)]


@read_by(UpSampling)
def of_upsampling_read(layer: UpSampling, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The pixel that is repeated, or those between which a place lies."""
    if layer.interpolation == "nearest":
        return of_moving_read(layer, out, shapes, output)
    found = np.zeros(shapes[0], dtype=bool)
    for i, j, c in np.argwhere(out):
        rows, columns = between(layer, shapes[0][:-1], (int(i), int(j)))
        for a, _ in rows:
            for b, _ in columns:
                found[a, b, c] = True
    return [found]


@read_by(Masking)
def of_masking_read(layer: Masking, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The number itself; that the step as a whole decides is not counted."""
    return [out]


@read_by(Operation)
def of_operation_read(layer: Operation, out: Places, shapes: list, output: int = 0) -> list[Places] | None:
    """What moves, works number by number, or reduces axes."""
    if layer.function in MOVING:
        return of_moving_read(layer, out, shapes, output)
    if layer.numberwise:
        return [met(shape, out) for shape in shapes]
    axis = layer.options.get("axis", layer.arguments[1] if len(layer.arguments) > 1 else None)
    if layer.function not in REDUCING or axis is None or len(shapes) > 1:
        return None
    rank = len(shapes[0]) + 1
    axes = tuple(sorted(int(a) % rank - 1 for a in np.atleast_1d(axis)))
    if -1 in axes:
        return None
    kept = out if out.ndim == len(shapes[0]) else np.expand_dims(out, axes)
    return [np.broadcast_to(kept, shapes[0])]
