"""Arithmetic: how each number of a summary comes about, as equations that can be computed.

    height, width   26 = floor((28 + 0 - 3)/1) + 1        N_out = floor((N_in + 2P - K)/S) + 1
    stretched       14 = (7 - 1)*2 + 3 - 1                (N_in - 1)*S + K - what is cut
    parameters     320 = (3*3*1 + 1)*32                   (weights of one unit + its bias) * units
    MACs       194,688 = (26*26*32)*(3*3*1)               outputs * multiply-adds of one output
    field            5 = 3 + (3-1)*1                      field + (K - 1)*jump
"""

import math
from fractions import Fraction
from typing import NamedTuple

from nabi.core.shapes import Shape, effective, volume, zeros_around
from nabi.layers import Concatenate, Flatten, LocallyConnected2D, Reshape
from nabi.layers.depthwise import Depthwise, Separable
from nabi.layers.global_pooling import GlobalAveragePooling, GlobalPooling
from nabi.layers.padding import Cropping, ZeroPadding
from nabi.layers.recurrent import Bidirectional, Recurrent
from nabi.layers.transposed import Transposed
from nabi.layers.upsampling import UpSampling
from nabi.layers.window import Window
from nabi.models.receptive import Axis
from nabi.models.rows import BYTES, Row

SIDES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class Equation(NamedTuple):
    """`label: number = formula (note)`."""

    label: str
    number: float | Fraction
    formula: str
    note: str = ""

    @property
    def left(self) -> str:
        """The number as it is printed: sizes plain, counts with commas."""
        return f"{self.number:,}" if self.label in ("parameters", "MACs", "memory") else str(self.number)


def arithmetic(row: Row) -> list[Equation]:
    """The equations of one row.

    Example:
        >>> import nabi
        >>> from nabi.models.rows import rows
        >>> model = nabi.Sequential([nabi.Input((28, 28, 1)), nabi.layers.Conv2D(32, 3)])
        >>> for e in arithmetic(rows(model)[0])[:2]:
        ...     print(e.label, e.left, "=", e.formula)
        height, width 26 = floor((28 + 0 - 3)/1) + 1
        parameters 320 = (3*3*1 + 1)*32
    """
    if not row.given:
        return []
    return [e for part in (sizes, parameters, macs, memory, fields) for e in part(row)]


def times(*factors: int | None) -> str:
    """`12*12*64`."""
    return "*".join(map(str, factors)) or "1"


def merged(pairs: list[tuple[str, Equation]]) -> list[Equation]:
    """Equations that are alike for several axes, said once: `height, width`."""
    by_text: dict[tuple, list[str]] = {}
    for side, e in pairs:
        by_text.setdefault((e.number, e.formula, e.note, e.label), []).append(side)
    found = []
    for (number, formula, note, label), names in by_text.items():
        where = "" if label and len(by_text) == 1 else ", ".join(names)
        found.append(Equation(f"{label} {where}".strip(), number, formula, note))
    return found


def sides(shape: Shape) -> tuple[str, ...]:
    """Names of the spatial axes."""
    return SIDES.get(len(shape) - 2, tuple(f"axis {i + 1}" for i in range(len(shape) - 2)))


def sizes(row: Row) -> list[Equation]:
    """Output sizes of what changes them."""
    layer, given, out = row.layer, row.given[0], row.shapes[0]
    if isinstance(layer, (Transposed, UpSampling, ZeroPadding, Cropping)):
        axes = enumerate(zip(sides(given), given[1:-1], out[1:-1], strict=True))
        return merged([(side, resized(layer, i, n, m)) for i, (side, n, m) in axes if n is not None and m is not None])
    if isinstance(layer, Window):
        axes = zip(sides(given), given[1:-1], out[1:-1], layer.window, layer.strides, layer.dilation_rate, strict=True)
        return merged([(side, window(n, m, k, s, layer.padding, d)) for side, n, m, k, s, d in axes if n is not None])
    if isinstance(layer, Flatten) and out[1] is not None:
        return [Equation("size", out[1], times(*given[1:]))]
    if isinstance(layer, Reshape) and -1 in layer.target_shape and (n := volume(given[1:])) is not None:
        known = [size for size in layer.target_shape if size != -1]
        return [Equation("left over", n // math.prod(known), f"{times(*given[1:])}/({times(*known)})")]
    if isinstance(layer, GlobalPooling) and (places := volume(given[1:-1])) is not None:
        word = "averaged" if isinstance(layer, GlobalAveragePooling) else "compared"
        return [Equation(word, places, times(*given[1:-1]), f"{'places of each map' if len(given) > 3 else 'steps'}")]
    if isinstance(layer, Concatenate) and (joined := out[layer.axis]) is not None:
        axis = layer.axis % len(out)
        name = "channels" if axis == len(out) - 1 > 1 else "size" if len(out) == 2 else sides(out)[axis - 1]
        return [Equation(name, joined, " + ".join(str(shape[axis]) for shape in row.given))]
    return []


def window(n: int, m: int, k: int, s: int, padding: str | int, d: int) -> Equation:
    """N_out = floor((N_in + zeros - K)/S) + 1; a dilated kernel spans (K - 1)*D + 1."""
    before, after = zeros_around(n, k, s, padding, d)
    span = str(k) if d == 1 else f"(({k}-1)*{d} + 1)"
    note = f"zeros: {before} before, {after} after" if before or after else ""
    return Equation("", m, f"floor(({n} + {before + after} - {span})/{s}) + 1", note)


def resized(layer: Transposed | UpSampling | ZeroPadding | Cropping, i: int, n: int, m: int) -> Equation:
    """Axis i of a layer that makes maps larger, or cuts them: n places become m."""
    if isinstance(layer, UpSampling):
        return Equation("", m, f"{n}*{layer.factors[i]}")
    if isinstance(layer, (ZeroPadding, Cropping)):
        before, after = (layer.zeros if isinstance(layer, ZeroPadding) else layer.cuts)[i]
        sign, what = ("+", "zeros") if isinstance(layer, ZeroPadding) else ("-", "cut")
        return Equation("", m, f"{n} {sign} {before} {sign} {after}", f"{what}: {before} before, {after} after")
    (before, after), k, d = layer.cuts()[i], layer.kernel_size[i], layer.dilation_rate[i]
    cut = before + after
    note = f"cut: {before} before, {after} after" if after > 0 else f"added: {-after} after" if after < 0 else ""
    span = str(k) if d == 1 else f"(({k}-1)*{d} + 1)"
    return Equation("", m, f"({n} - 1)*{layer.strides[i]} + {span} {'-' if cut >= 0 else '+'} {abs(cut)}", note)


def parameters(row: Row) -> list[Equation]:
    """A unit's weights and its bias, times the units; or all weights' sizes."""
    weights = row.layer.weights
    if row.inner:
        counts = [r.parameters for r in row.inner if r.parameters]
        return [Equation("parameters", row.parameters, " + ".join(f"{n:,}" for n in counts))] if len(counts) > 1 else []
    if not weights:
        return []
    if row.again:
        return [Equation("parameters", 0, "0", f"shared: counted where '{row.layer.name}' comes first")]
    shapes, layer = [w.shape for w in weights], row.layer
    if isinstance(layer, (Depthwise, Transposed, LocallyConnected2D)) and layer.use_bias:
        units = shapes[1] if isinstance(layer, LocallyConnected2D) else (math.prod(shapes[1]),)
        inputs = () if isinstance(layer, Depthwise) else (row.given[0][-1],)
        text = f"({times(*layer.kernel_size, *inputs)} + 1)*{times(*units)}"
    elif len(weights) == 2 and len(shapes[0]) > 1 and shapes[1] == shapes[0][-1:]:
        text = f"({times(*shapes[0][:-1])} + 1)*{shapes[0][-1]}"
    elif len(set(shapes)) == 1 and len(weights) > 1:
        learned = sum(w.trainable for w in weights)
        note = f"{learned} learned + {len(weights) - learned} counted a channel" if learned < len(weights) else ""
        return [Equation("parameters", row.parameters, f"{len(weights)}*{times(*shapes[0])}", note)]
    else:
        text = " + ".join(times(*shape) for shape in shapes)
    return [Equation("parameters", row.parameters, text)]


def macs(row: Row) -> list[Equation]:
    """Numbers that come out, times the multiply-adds of each."""
    if not row.macs:
        return []
    if row.inner:
        counts = [r.macs for r in row.inner if r.macs]
        return [Equation("MACs", row.macs, " + ".join(f"{n:,}" for n in counts))] if len(counts) > 1 else []
    out, layer = row.shapes[0][1:], row.layer
    if isinstance(layer, (Depthwise, Separable, Transposed, LocallyConnected2D)):
        return [Equation("MACs", row.macs, multiplied(layer, row.given[0][1:], out))]
    if isinstance(layer, (Recurrent, Bidirectional)):
        kernels = " + ".join(times(*w.shape) for w in layer.weights if "kernel" in w.name)
        return [Equation("MACs", row.macs, f"{row.given[0][1]}*({kernels})", "time steps, products of each")]
    kernel = max((w.shape for w in layer.weights), key=len, default=())
    formula = f"({times(*out)})*({times(*kernel[:-1])})" if len(out) > 1 else times(*kernel[:-1], *out)
    return [Equation("MACs", row.macs, formula)] if volume((*out, *kernel[:-1])) == row.macs else []


def multiplied(layer: Depthwise | Separable | Transposed | LocallyConnected2D, given: Shape, out: Shape) -> str:
    """Numbers times the multiply-adds of each: of those that come out, or, where each paints a kernel, of those that go in."""
    if isinstance(layer, Transposed):
        return f"({times(*given)})*({times(*layer.kernel_size, layer.filters)})"
    if isinstance(layer, LocallyConnected2D):
        return f"({times(*out)})*({times(*layer.kernel_size, given[-1])})"
    if isinstance(layer, Depthwise):
        return f"({times(*out)})*({times(*layer.kernel_size)})"
    between = times(given[-1], layer.depth_multiplier)  # channels between the halves
    return f"({times(*out[:-1])}*{between})*({times(*layer.kernel_size)}) + ({times(*out)})*({between})"


def memory(row: Row) -> list[Equation]:
    """Numbers that come out, four bytes each."""
    if row.inner or row.memory is None:
        return []
    if isinstance(row.layer, (Flatten, Reshape)):
        return [Equation("memory", 0, "0", "the same numbers, seen in another shape" if isinstance(row.layer, Reshape) else
                         "the same numbers, seen as one row")]
    return [Equation("memory", row.memory, " + ".join(f"{times(*shape[1:])}*{BYTES}" for shape in row.shapes), "bytes")]


def fields(row: Row) -> list[Equation]:
    """Receptive field and jump along each axis, towards the input of which most is seen."""
    if row.inner or not row.sees or isinstance(row.layer, Reshape):
        return []
    number = next(n for n, axes in row.sees.items() if axes is row.sees.largest)
    axes = row.sees[number]
    before = [seen[number] for seen in row.seen if seen is not None and number in seen]
    names = SIDES.get(len(axes), tuple(f"axis {i + 1}" for i in range(len(axes))))
    pairs, jumps = [], []
    for i, (name, axis) in enumerate(zip(names, axes, strict=True)):
        old = [found[i] for found in before]
        if isinstance(row.layer, (Transposed, UpSampling)):
            factor = row.layer.strides[i] if isinstance(row.layer, Transposed) else row.layer.factors[i]
            pairs.append((name, from_ends(axis) if axis.size != old[0].size else Equation("field", axis.size, "")))
            jumps.append((name, Equation("jump", axis.jump, f"{old[0].jump}/{factor}")))
        elif isinstance(row.layer, Window):
            k, s, d = row.layer.window[i], row.layer.strides[i], row.layer.dilation_rate[i]
            pairs.append((name, of_window(old[0], axis, k, d)))
            jumps.append((name, Equation("jump", axis.jump, f"{old[0].jump}*{s}")))
        elif len(old) > 1:
            pairs.append((name, of_union(old, axis)))
        elif axis.unit is None and (old[0].unit is not None or axis.places == 1 != old[0].places):
            pairs.append((name, of_all(old[0].unit or old[0], axis)))
    finite = all(isinstance(e.number, int) for _, e in pairs)
    return merged([(name, e) for name, e in pairs if e.formula]) + merged(jumps) if finite else []


def of_window(old: Axis, new: Axis, k: int, d: int) -> Equation:
    """field + (K - 1)*jump, K_eff for K where the kernel is dilated; first and last pixel where branches drift apart."""
    span = str(k) if d == 1 else f"(({k}-1)*{d} + 1)"
    if new.size == old.size + (effective(k, d) - 1) * old.jump:
        return Equation("field", new.size, f"{old.size} + ({span}-1)*{old.jump}")
    return from_ends(new)


def of_union(old: list[Axis], new: Axis) -> Equation:
    """The largest of the branches; first and last pixel where they are not centred on each other."""
    if new.size == max(axis.size for axis in old):
        return Equation("field", new.size, f"max({', '.join(str(axis.size) for axis in old)})")
    return from_ends(new)


def of_all(old: Axis, new: Axis) -> Equation:
    """field + (places - 1)*jump; first and last pixel where the picture's edge cuts."""
    note = "the whole input" if new.whole else ""
    if old.places and new.size == old.size + (old.places - 1) * old.jump:
        return Equation("field", new.size, f"{old.size} + ({old.places}-1)*{old.jump}", note)
    return from_ends(new, note)


def from_ends(axis: Axis, note: str = "") -> Equation:
    """last pixel - first pixel + 1, at the place where most is seen."""
    first, last = axis.widest
    text = f"{last} - {first} + 1" if first >= 0 else f"{last} + {-first} + 1"
    return Equation("field", axis.size, text, note or f"pixels {first} to {last}")
