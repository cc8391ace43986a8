"""Receptive field: which pixels of the input one place of a map can see (수용 영역), exact through branches and skips.

Along one axis place i of a map sees the pixels from start + i jump on, `size` of them:

    input               start = 0                 size = 1                        jump = 1
    window K, S, P      start' = start - P jump   size' = size + (K_eff - 1) jump  jump' = jump S       K_eff = (K - 1) D + 1
    branches            each keeps its own three numbers; a place sees from the first to the last pixel of any of them
    all places          from place 0's first pixel to place n - 1's last, cut at the picture's edge (global pooling, Dense)
    stretched by u      place i reads places floor(i / u) to floor(i / u) or its neighbours: u kinds of places take turns

Zeros that padding adds count as pixels until "all places", so a size above the picture's means: all of it, and its frame.
Source: Araujo, Norris & Sim, "Computing receptive fields of convolutional neural networks", Distill, 2019.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from nabi import activations
from nabi.core.shapes import Shape, effective, zeros_around
from nabi.layers import Dot, Flatten, GroupNormalization, LayerNormalization, Permute, Reshape, Softmax, UnitNormalization
from nabi.layers.axes import placed
from nabi.layers.global_pooling import GlobalPooling
from nabi.layers.operation import Operation
from nabi.layers.padding import Cropping, ZeroPadding
from nabi.layers.transposed import Transposed
from nabi.layers.upsampling import UpSampling
from nabi.layers.window import Window
from nabi.models.op_places import steps

Reads = Callable[[int], tuple[int, int]]  # place of a stretched map -> first and last place that it reads; first > last: none


class Branch(NamedTuple):
    """One way through the network. Its places take turns: place q k + r, of the kind r < k, sees [first[r], last[r]] + q jump.

    Behind windows there is one kind, k = 1; behind maps that were stretched by u there are up to u.
    """

    first: tuple[float, ...]
    last: tuple[float, ...]
    jump: int

    @classmethod
    def of(cls, start: float, size: float, jump: int) -> "Branch":
        """Of one kind: place i sees [start + i jump, start + i jump + size - 1]."""
        return cls((start,), (start + size - 1,), jump)

    @property
    def kinds(self) -> int:
        """How many places make a turn."""
        return len(self.first)

    def ends(self, place: int) -> tuple[float, float]:
        """First and last pixel that a place sees; first > last where it sees none."""
        turns, kind = divmod(place, self.kinds)
        return self.first[kind] + turns * self.jump, self.last[kind] + turns * self.jump

    def reading(self, places: Callable[[int], range], kinds: int, jump: int) -> "Branch":
        """The branch of a map whose place i reads these of its places."""
        seen = [[self.ends(place) for place in places(kind)] or [(math.inf, -math.inf)] for kind in range(kinds)]
        return Branch(tuple(min(a for a, _ in ends) for ends in seen), tuple(max(b for _, b in ends) for ends in seen), jump)


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
        every = [branch.ends(place) for branch in self.branches]
        return min(first for first, _ in every), max(last for _, last in every)

    @property
    def edges(self) -> set[int]:
        """The places of the first and of the last turn, among which is the one that sees most."""
        n, turn = self.places, math.lcm(*(b.kinds for b in self.branches))
        return set(range(turn)) if n is None else {*range(min(turn, n)), *range(max(n - turn, 0), n)}

    @property
    def widest(self) -> tuple[float, float]:
        """First and last pixel of the place that sees most, the later of several."""
        return max(map(self.ends, sorted(self.edges)), key=lambda ends: (ends[1] - ends[0], ends[1]))

    @property
    def size(self) -> float:
        """Pixels from the first to the last that one place sees; the largest where places differ."""
        if self.unit is not None:
            return self.unit.size
        first, last = self.widest
        return last - first + 1

    @property
    def jump(self) -> int | Fraction:
        """Pixels between neighbouring places, on average; 0 where there is one place only."""
        jump = max(Fraction(b.jump, b.kinds) for b in self.branches)
        return jump.numerator if jump.denominator == 1 else jump

    @property
    def whole(self) -> bool:
        """Whether one place sees all pixels because a layer read all places."""
        return self.jump == 0 and self.unit is None and self.size in (self.pixels, math.inf)

    def window(self, span: int, stride: int, before: int, places: int | None, step: int = 1) -> "Axis":
        """Behind a sliding window that spans `span` places and reads every `step`-th of them."""
        def moved(b: Branch) -> Branch:
            kinds = b.kinds // math.gcd(b.kinds, stride)
            return b.reading(lambda i: range(i * stride - before, i * stride - before + span, step), kinds,
                             b.jump * stride * kinds // b.kinds)

        return Axis(self.pixels, places, tuple(map(moved, self.branches)))

    def stretched(self, factor: int, reads: Reads, places: int | None) -> "Axis":
        """Behind a layer that makes `factor` places of each: `reads(i + factor)` is one place further than `reads(i)`."""
        def moved(b: Branch) -> Branch:
            return b.reading(lambda i: range(reads(i)[0], reads(i)[1] + 1), b.kinds * factor, b.jump)

        return Axis(self.pixels, places, tuple(map(moved, self.branches)))

    def all(self) -> "Axis":
        """Behind a layer that reads every place."""
        ends = [self.ends(place) for place in self.edges]
        first, last = min(a for a, _ in ends), math.inf if self.places is None else max(b for _, b in ends)
        first, last = max(first, 0), min(last, math.inf if self.pixels is None else self.pixels - 1)
        return Axis(self.pixels, 1, (Branch.of(first, last - first + 1, 0),))

    def flattened(self) -> "Axis":
        """As part of a vector: each element sees what it saw; together they see everything."""
        return replace(self.all(), unit=self)


def union(axes: list[Axis], places: int | None, vector: bool) -> Axis:
    """Where branches meet; in a vector they lie side by side."""
    by_jump: dict[Fraction, Branch] = {}
    for axis in axes:
        for b in axis.branches:
            b = b._replace(jump=0) if axis.places == 1 != places else b  # a map of size 1: every place reads its only one
            jump = Fraction(b.jump, b.kinds)
            by_jump[jump] = both(by_jump.get(jump, b), b)
    branches = tuple(by_jump.values())
    unit = max(axes, key=lambda a: a.size) if vector and any(a.unit is not None for a in axes) else None
    return Axis(axes[0].pixels, places, branches, unit)


def both(a: Branch, b: Branch) -> Branch:
    """Two branches with the same jump as one: a place sees what it sees in either."""
    kinds = math.lcm(a.kinds, b.kinds)
    ends = [(a.ends(kind), b.ends(kind)) for kind in range(kinds)]
    return Branch(tuple(min(p[0], q[0]) for p, q in ends), tuple(max(p[1], q[1]) for p, q in ends), a.jump * kinds // a.kinds)


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
    axes = tuple(Axis(n, n, (Branch.of(0, 1, 1),)) for n in shape[1:-1])
    return Field({number: axes} if axes else {})


def joined(layer, rank: int) -> tuple[int, ...]:
    """The axes along which each number that a layer makes reads all others: Dense, softmax and norms do so, ReLU does not."""
    if isinstance(layer, GroupNormalization):
        return tuple(range(1, rank))
    if isinstance(layer, (LayerNormalization, UnitNormalization, Softmax)):
        return placed(layer.axis, rank)
    softmax = getattr(layer, "activation", None) in (activations.softmax, activations.log_softmax)
    return (rank - 1,) if softmax or any(len(weight.shape) > 1 for weight in layer.weights) else ()


def through(layer, fields: list[Field | None], shapes: list[Shape], out: Shape) -> Field | None:
    """The field behind a layer that reads maps with these fields and shapes; None where it cannot be known.

    A layer that keeps the spatial axes and neither is a window nor joins them is taken to read each place alone.
    """
    known = [field for field in fields if field is not None]
    if len(known) < len(fields) or layer.inside:
        return None
    if not any(known):  # no input has spatial axes: there is nothing to see, whatever shapes a decoder makes
        return Field()
    by_op = steps(layer, shapes) if isinstance(layer, Operation) and not layer.numberwise else []
    if by_op is None:
        return None
    vector = len(out) == 2

    def each(function) -> Field:
        return Field({number: tuple(map(function, axes)) for number, axes in known[0].items()})

    def moved(function: Callable[[Axis, int], Axis]) -> Field:
        return Field({number: tuple(function(axis, i) for i, axis in enumerate(axes)) for number, axes in known[0].items()})

    if by_op and len(known) == 1:
        return moved(lambda axis, i: axis.all() if (step := by_op[i]) is None else axis.window(1, *step, out[i + 1]))
    if layer.takes_list:
        if any(2 < len(shape) < len(out) for shape in shapes) or (isinstance(layer, Dot) and not vector):
            return None
        if isinstance(layer, Dot):
            known = [Field({number: tuple(map(Axis.all, axes)) for number, axes in field.items()}) for field in known]
        numbers = list(dict.fromkeys(number for field in known for number in field))
        found = {number: zip(*(field[number] for field in known if number in field), strict=True) for number in numbers}
        sizes = (1,) * 9 if vector else out[1:-1]
        return Field({number: tuple(union(list(axes), n, vector) for axes, n in zip(ways, sizes, strict=False))
                      for number, ways in found.items()})
    sizes = out[1:-1]
    if isinstance(layer, (Transposed, UpSampling)):
        factors = layer.strides if isinstance(layer, Transposed) else layer.factors
        return moved(lambda axis, i: axis.stretched(factors[i], reads_of(layer, i), sizes[i]))
    if isinstance(layer, Window):
        sides = list(zip(layer.window, layer.strides, layer.dilation_rate, shapes[0][1:-1], sizes, strict=True))
        windows = [(effective(k, d), s, zeros_around(n or s, k, s, layer.padding, d)[0], m, d) for k, s, d, n, m in sides]
        return moved(lambda axis, i: axis.window(*windows[i]))
    if isinstance(layer, (ZeroPadding, Cropping)):
        before = [pair[0] for pair in layer.zeros] if isinstance(layer, ZeroPadding) else [-pair[0] for pair in layer.cuts]
        return moved(lambda axis, i: axis.window(1, 1, before[i], sizes[i]))
    mixed = joined(layer, len(shapes[0]))
    if isinstance(layer, GlobalPooling) or (vector and len(shapes[0]) == 2 and mixed):
        return each(Axis.all)
    if isinstance(layer, (Flatten, Reshape)) and vector and len(shapes[0]) > 2:
        return each(Axis.flattened)
    if isinstance(layer, Reshape) and known[0] == of_input(next(iter(known[0])), shapes[0]):
        return of_input(next(iter(known[0])), out)  # the input's own pixels, seen as a picture
    if len(out) == len(shapes[0]) and out[1:-1] == shapes[0][1:-1] and not isinstance(layer, (Permute, Reshape)):
        return moved(lambda axis, i: replace(axis.all(), places=axis.places) if i + 1 in mixed else axis)
    return None


def reads_of(layer: Transposed | UpSampling, i: int) -> Reads:
    """Which places of axis i a place of the stretched map reads; beyond the edge where the layer repeats it, or reads nothing."""
    if isinstance(layer, Transposed):
        K, S, cut = effective(layer.kernel_size[i], layer.dilation_rate[i]), layer.strides[i], layer.cuts()[i][0]
        return lambda place: (-((K - 1 - cut - place) // S), (place + cut) // S)
    u = layer.factors[i]
    if layer.interpolation == "nearest":
        return lambda place: (place // u, place // u)
    return lambda place: ((2 * place + 1 - u) // (2 * u), -((u - 1 - 2 * place) // (2 * u)))  # (place + 1/2) / u - 1/2
