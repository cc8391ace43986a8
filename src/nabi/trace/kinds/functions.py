"""Activations: y = a(z), number by number, with the formula in its line; softmax reads all scores of its place.

    relu     y = max(0, z)                   softmax  y_i = e^z_i / sum over j of e^z_j: a row for each class: score, exp, share
"""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from nabi import activations
from nabi.layers import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from nabi.layers.axes import placed
from nabi.trace.numbers import bracketed, show
from nabi.trace.seen import Seen, wide
from nabi.trace.step import Line, Reads, Table, Told
from nabi.trace.telling import Places, anywhere, read_by, rule

FORMULAS = {  # {v}: the number, {z}: in brackets where it is negative
    "relu": ("max(0, {v})", lambda z: max(0.0, z)),
    "relu6": ("min(max(0, {v}), 6)", lambda z: min(max(0.0, z), 6.0)),
    "sigmoid": ("1 / (1 + e^-{z})", lambda z: 1 / (1 + np.exp(-z))),
    "tanh": ("tanh({v})", np.tanh),
    "linear": ("{v}", lambda z: z),
    "softplus": ("ln(1 + e^{z})", lambda z: np.logaddexp(0.0, z)),
    "softsign": ("{z} / (1 + |{v}|)", lambda z: z / (1 + abs(z))),
    "silu": ("{z} / (1 + e^-{z})", lambda z: z / (1 + np.exp(-z))),
}
LARGEST = 700.0  # e to this is still a number


def activated(layer: Any, seen: Seen, place: tuple[int, ...], told: Told) -> Told:
    """What was told up to z, and the layer's activation behind it."""
    function = getattr(layer, "activation", activations.linear)
    if function is activations.linear:
        return replace(told, lines=(*told.lines, Line("y", "z" if len(told.lines) > 1 else "sum", "", told.value)))
    if function in (activations.softmax, activations.log_softmax):
        z = seen.scores(place)
        z[place[-1]] = told.value
        more = shares(z, place[-1], function is activations.log_softmax)
        return replace(more, lines=(*told.lines, *more.lines), tables=(*told.tables, *more.tables), reads=told.reads,
                       arrays={**told.arrays, **more.arrays})
    line = formula_line(function, told.value)
    return replace(told, value=line.value, lines=(*told.lines, line))


def formula_line(function: Any, z: float, name: str = "y", of: str = "z") -> Line:
    """name = a(z) with its numbers."""
    known = getattr(function, "__name__", type(function).__name__)
    if known in FORMULAS and getattr(activations, known, None) is function:
        text, compute = FORMULAS[known]
        said = (of, "") if known == "linear" else (f"{known}({of})", text.format(z=bracketed(z), v=show(z)))
        return Line(name, *said, float(compute(z)))
    return Line(name, f"{known}({of})", f"{known}({show(z)})", float(function(torch.tensor([z], dtype=torch.float64))[0]))


def shares(z: np.ndarray, index: int, logarithm: bool = False) -> Told:
    """Softmax of scores: the share of one of them, and the table of all: score, exp, share, one-hot."""
    z = wide(z).ravel()
    shift = float(z.max()) if z.max() > LARGEST else 0.0
    e = np.exp(z - shift)
    total = float(e.sum())
    share = e / total
    columns = {"place": np.arange(len(z))[:, None], "z": z, "e^z" if not shift else "e^(z - max)": e, "share": share,
               "one-hot": (z == z.max()).astype(float)}
    lines = [Line("sum", "sum of e^z" if not shift else "sum of e^(z - max)", "", total),
             Line("y", "e^z / sum", f"{show(e[index])} / {show(total)}", float(share[index]))]
    value = float(share[index])
    if logarithm:
        value = float(z[index] - shift - np.log(total))
        lines[-1] = Line("y", "z - ln(sum)", f"{show(z[index] - shift)} - ln({show(total)})", value)
    return Told(value, tuple(lines), (Table(columns, (int(index),)),), {"scores": z, "exp": e, "shares": share})


@rule(Activation, ReLU, LeakyReLU, ELU, PReLU, Softmax)
def of_activation(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """One number, or for softmax all that share its sum."""
    x = seen.one
    function = getattr(layer, "activation", None)
    if isinstance(layer, Softmax) or function in (activations.softmax, activations.log_softmax):
        return of_softmax(layer, seen, place)
    z = float(x[place])
    if isinstance(layer, Activation):
        line = formula_line(function, z, of="x")
    elif isinstance(layer, PReLU):
        alpha = seen.weight("alpha")
        slope = float(alpha[tuple(0 if n == 1 else i for i, n in zip(place, alpha.shape, strict=True))])
        line = Line("y", "x", "", z) if z > 0 else Line("y", "alpha x", f"{show(slope)}*{bracketed(z)}", slope * z)
    elif isinstance(layer, ELU):
        below = f"{show(layer.alpha)}*(e^{bracketed(z)} - 1)"
        line = Line("y", "x", "", z) if z > 0 else Line("y", "alpha (e^x - 1)", below, float(layer.alpha * np.expm1(z)))
    elif isinstance(layer, LeakyReLU):
        line = sloped(z, layer.negative_slope, 0.0, None)
    else:
        line = sloped(z, layer.negative_slope, layer.threshold, layer.max_value)
    lines = (Line("x", "", "", z), line)
    return Told(line.value, lines, (), {"x": np.array(z)}, (Reads(0, np.array([place]), seen.sample),))


def sloped(x: float, slope: float, threshold: float, most: float | None) -> Line:
    """ReLU with numbers of its own."""
    if x < threshold or (x == threshold == 0):
        value, text = slope * (x - threshold), f"slope (x - {show(threshold)})" if threshold else "slope x" if slope else "0"
        numbers = f"{show(slope)}*{bracketed(x - threshold)}" if slope else ""
        return Line("y", text, numbers, value if slope else 0.0)
    if most is not None and x > most:
        return Line("y", f"min(x, {show(most)})", f"min({show(x)}, {show(most)})", float(most))
    return Line("y", "x", "", x)


def of_softmax(layer: Any, seen: Seen, place: tuple[int, ...]) -> Told:
    """Softmax along an axis or several: all numbers that share the sum with one of them."""
    x = seen.one
    axes = [a - 1 for a in placed(layer.axis, x.ndim + 1)] if isinstance(layer, Softmax) else [x.ndim - 1]
    along = tuple(slice(None) if a in axes else i for a, i in enumerate(place))
    z, counts = x[along], True
    if seen.masks and seen.masks[0] is not None:
        mask = np.broadcast_to(seen.masks[0][seen.sample], x.shape)[along]
        z, counts = np.where(mask, z, -1e9), bool(np.broadcast_to(seen.masks[0][seen.sample], x.shape)[place])
    index = int(np.ravel_multi_index([place[a] for a in axes], z.shape))
    member = np.zeros(x.shape, dtype=bool)
    member[along] = True
    if not counts:
        return Told(0.0, (Line("y", "0", "", 0.0),), (), {}, (Reads(0, np.argwhere(member), seen.sample),), "step masked")
    told = shares(z, index, getattr(layer, "activation", None) is activations.log_softmax)
    return replace(told, reads=(Reads(0, np.argwhere(member), seen.sample),))


def through(layer: Any, out: Places) -> Places:
    """The places of z that places of y = a(z) read: the same, or the whole axis of a softmax."""
    if getattr(layer, "activation", None) in (activations.softmax, activations.log_softmax):
        return np.broadcast_to(anywhere(out, -1, True), out.shape)
    return out


@read_by(Activation, ReLU, LeakyReLU, ELU, PReLU, Softmax)
def of_activation_read(layer: Any, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The number itself; of a softmax all that share its sum."""
    if isinstance(layer, Softmax):
        axes = tuple(a - 1 for a in placed(layer.axis, out.ndim + 1))
        return [np.broadcast_to(anywhere(out, axes, True), out.shape)]
    return [through(layer, out)]
