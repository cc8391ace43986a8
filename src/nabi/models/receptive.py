"""Receptive field: which pixels of the input one place of a map can see (수용 영역), exact through branches and skips.

Along one axis place i of a map sees the pixels from start + i jump on, `size` of them:

    input               start = 0                 size = 1                        jump = 1
    window K, S, P      start' = start - P jump   size' = size + (K_eff - 1) jump  jump' = jump S       K_eff = (K - 1) D + 1
    branches            each keeps its own three numbers; a place sees from the first to the last pixel of any of them
    all places          from place 0's first pixel to place n - 1's last, cut at the picture's edge (global pooling, Dense)

Zeros that padding adds count as pixels until "all places", so a size above the picture's means: all of it, and its frame.
Source: Araujo, Norris & Sim, "Computing receptive fields of convolutional neural networks", Distill, 2019.
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from nabi import activations
from nabi.core.shapes import Shape, effective, zeros_around
from nabi.layers import Flatten, GlobalAveragePooling2D, Softmax
from nabi.layers.window import Window


class Branch(NamedTuple):
    """One way through the network: place i sees [start + i jump, start + i jump + size - 1]."""

    start: float
    size: float
    jump: int


@dataclass(frozen=True)
class Axis:
    """What the places along one axis see.

    Attributes:
        pixels: length of the input along this axis, None if unknown.
        places: length of the map, None if unknown.
        branches: ways with different jumps or alignment.
        unit: in a vector that Flatten made: the axis as it was; one element sees what it saw, `branches` what all see together.
    """

    pixels: int | None
    places: int | None
    branches: tuple[Branch, ...]
    unit: "Axis | None" = None

    def ends(self, place: int) -> tuple[float, float]:
        """First and last pixel that a place sees."""
        return (min(b.start + place * b.jump for b in self.branches),
                max(b.start + place * b.jump + b.size - 1 for b in self.branches))

    @property
    def size(self) -> float:
        """Pixels from the first to the last that one place sees; the largest where branches with different jumps drift apart."""
        if self.unit is not None:
            return self.unit.size
        ends = (self.ends(place) for place in {0, (self.places or 1) - 1})
        return max(last - first + 1 for first, last in ends)

    @property
    def jump(self) -> int:
        """Pixels between neighbouring places; 0 where there is one place only."""
        return max(b.jump for b in self.branches)

    @property
    def whole(self) -> bool:
        """Whether one place sees all pixels because a layer read all places."""
        return self.jump == 0 and self.unit is None and self.size in (self.pixels, math.inf)

    def window(self, span: int, stride: int, before: int, places: int | None) -> "Axis":
        """Behind a sliding window that spans `span` places."""
        moved = [Branch(b.start - before * b.jump, b.size + (span - 1) * b.jump, b.jump * stride) for b in self.branches]
        return Axis(self.pixels, places, tuple(moved))

    def all(self) -> "Axis":
        """Behind a layer that reads every place."""
        first, last = self.ends(0)[0], math.inf if self.places is None else self.ends(self.places - 1)[1]
        first, last = max(first, 0), min(last, math.inf if self.pixels is None else self.pixels - 1)
        return Axis(self.pixels, 1, (Branch(first, last - first + 1, 0),))

    def flattened(self) -> "Axis":
        """As part of a vector: each element sees what it saw; together they see everything."""
        return replace(self.all(), unit=self)


def union(axes: list[Axis], places: int | None, vector: bool) -> Axis:
    """Where branches meet; in a vector they lie side by side."""
    by_jump: dict[int, tuple[float, float]] = {}
    for axis in axes:
        for b in axis.branches:
            jump = 0 if axis.places == 1 != places else b.jump  # a map of size 1 is stretched: every place reads its only one
            first, last = by_jump.get(jump, (math.inf, -math.inf))
            by_jump[jump] = min(first, b.start), max(last, b.start + b.size - 1)
    branches = tuple(Branch(first, last - first + 1, jump) for jump, (first, last) in by_jump.items())
    unit = max(axes, key=lambda a: a.size) if vector and any(a.unit is not None for a in axes) else None
    return Axis(axes[0].pixels, places, branches, unit)


class Field(dict[int, tuple[Axis, ...]]):
    """What one place of a map sees of each input that has spatial axes: {number of the input: axes}."""

    @property
    def largest(self) -> tuple[Axis, ...]:
        """The axes towards the input of which most is seen; () if no input has spatial axes."""
        return max(self.values(), key=lambda axes: math.prod(axis.size for axis in axes), default=())

    @property
    def text(self) -> str:
        """`5x5`, or `whole` where a layer has read every place."""
        axes = self.largest
        return "whole" if axes and all(axis.whole for axis in axes) else "x".join(str(axis.size) for axis in axes)

    @property
    def jump_text(self) -> str:
        """Pixels between neighbouring places: `2`, or `2x1` where the axes differ; empty for a single place."""
        jumps = [axis.jump for axis in self.largest if axis.unit is None]
        return "" if not any(jumps) else str(jumps[0]) if len(set(jumps)) == 1 else "x".join(map(str, jumps))


def of_input(number: int, shape: Shape) -> Field:
    """The field of an input's own pixels."""
    axes = tuple(Axis(n, n, (Branch(0, 1, 1),)) for n in shape[1:-1])
    return Field({number: axes} if axes else {})


def mixes(layer) -> bool:
    """Whether each element of a vector that the layer makes reads all elements: Dense and softmax do, ReLU does not."""
    softmax = isinstance(layer, Softmax) or getattr(layer, "activation", None) is activations.softmax
    return softmax or any(len(weight.shape) > 1 for weight in layer.weights)


def through(layer, fields: list[Field | None], shapes: list[Shape], out: Shape) -> Field | None:
    """The field behind a layer that reads maps with these fields and shapes; None where it cannot be known.

    A layer that keeps the spatial axes and is not a window is taken to read each place alone.
    """
    known = [field for field in fields if field is not None]
    if len(known) < len(fields) or layer.inside:
        return None
    vector = len(out) == 2

    def each(function) -> Field:
        return Field({number: tuple(map(function, axes)) for number, axes in known[0].items()})

    if layer.takes_list:
        numbers = list(dict.fromkeys(number for field in known for number in field))
        found = {number: zip(*(field[number] for field in known if number in field), strict=True) for number in numbers}
        sizes = (1,) * 9 if vector else out[1:-1]
        return Field({number: tuple(union(list(axes), n, vector) for axes, n in zip(ways, sizes, strict=False))
                      for number, ways in found.items()})
    if isinstance(layer, Window):
        sides = list(zip(layer.window, layer.strides, layer.dilation_rate, shapes[0][1:-1], out[1:-1], strict=True))
        windows = [(effective(k, d), s, zeros_around(n or s, k, s, layer.padding, d)[0], m) for k, s, d, n, m in sides]
        return Field({number: tuple(axis.window(*w) for axis, w in zip(axes, windows, strict=True))
                      for number, axes in known[0].items()})
    if isinstance(layer, GlobalAveragePooling2D) or (vector and len(shapes[0]) == 2 and mixes(layer)):
        return each(Axis.all)
    if isinstance(layer, Flatten) and len(shapes[0]) > 2:
        return each(Axis.flattened)
    if len(out) == len(shapes[0]) and out[1:-1] == shapes[0][1:-1]:
        return known[0]
    return None
