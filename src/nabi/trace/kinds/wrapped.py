"""Wrapped layers: what a layer inside another one does, told as that layer's; and layers that act in training alone.

    Bidirectional     y_t = [f_t, b_t]: the forward layer's number, or the backward layer's at the step where it stands
    TimeDistributed   the layer's number at its time step            augmentation   y = x at inference
"""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from nabi.layers import Bidirectional, TimeDistributed
from nabi.layers.adding import Added
from nabi.layers.recurrent.recurrent import Recurrent
from nabi.layers.varied import Augmenting
from nabi.trace.kinds.recurrent import GATES, of_recurrent, of_recurrent_read
from nabi.trace.numbers import bracketed, show
from nabi.trace.run import Copies
from nabi.trace.seen import Seen, array
from nabi.trace.step import Line, Reads, Told
from nabi.trace.telling import Places, knows, read_by, reads, rule, tell

JOINED = {"sum": ("f + b", "{f} + {b}", lambda f, b: f + b), "mul": ("f b", "{f}*{b}", lambda f, b: f * b),
          "ave": ("(f + b) / 2", "({f} + {b}) / 2", lambda f, b: (f + b) / 2)}


class Within(Seen):
    """A layer inside another one's call, seen as if it had been called itself.

    Args:
        outer: the call. layer: the layer inside. name: its attribute in the outer layer.
        x: its inputs. sample: as it counts samples.
    """

    def __init__(self, outer: Seen, layer: Any, name: str, x: list[np.ndarray], sample: int):
        self.run, self.number, self.call, self.outer = outer.run, outer.number, outer.call, outer
        self.layer, self.name, self.x, self.y, self.sample, self.training = layer, name, x, [], sample, outer.training

    @property
    def masks(self) -> list[np.ndarray | None]:
        """Those of the outer layer."""
        return self.outer.masks[:1]

    def weight(self, name: str) -> np.ndarray:
        """A weight of the layer inside."""
        return self.outer.weight(f"{self.name}/{name}")

    def scores(self, place: tuple[int, ...]) -> np.ndarray:
        """z along the last axis."""
        copies = Copies(False)
        with self.run.about(self.outer.layer, copies, Added()):
            z = self.layer.linear(torch.from_numpy(np.ascontiguousarray(self.x[0][self.sample:self.sample + 1])))
        return np.array(array(z)[(0, *place[:-1])])


def plainly(seen: Seen) -> bool:
    """Whether nothing is drawn and no state is given."""
    return not (seen.training and seen.layer.random) and len(seen.x) == 1


@rule(Bidirectional)
def of_bidirectional(layer: Bidirectional, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """The half that the number comes from, or both."""
    halves: list[tuple[str, Recurrent]] = [("forward_layer", layer.forward_layer), ("backward_layer", layer.backward_layer)]
    alone = layer.merge_mode in ("concat", *JOINED) and output == 0
    if not (alone and plainly(seen) and all(type(half.cell) in GATES for _, half in halves)):
        return tell.dispatch(object)(layer, seen, place, output)
    steps, units = seen.x[0].shape[1], layer.forward_layer.cell.units

    def half(number: int, unit: int) -> Told:
        name, inner = halves[number]
        at = (steps - 1 - place[0] if number else place[0], unit) if layer.return_sequences else (unit,)
        return of_recurrent(inner, Within(seen, inner, name, seen.x, seen.sample), at)

    if layer.merge_mode == "concat":
        told = half(*divmod(place[-1], units))
        return replace(told, lines=(*told.lines, Line("y", "b" if place[-1] >= units else "f", "", told.value)))
    f, b = half(0, place[-1]), half(1, place[-1])
    text, numbers, compute = JOINED[str(layer.merge_mode)]
    joined = Line("y", text, numbers.format(f=show(f.value), b=bracketed(b.value)), compute(f.value, b.value))
    lines = (*f.lines, Line("f", "h", "", f.value), *b.lines, Line("b", "h", "", b.value), joined)
    return Told(joined.value, lines, (), {}, (*f.reads, *b.reads), "time step")


@rule(TimeDistributed)
def of_each_step(layer: TimeDistributed, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """The layer's number at the time step."""
    inner, steps = layer.layer, seen.x[0].shape[1]
    known = plainly(seen) and knows(inner) and not inner.inside and not inner.holds_layers
    if not known or (seen.training and not layer.together):
        return tell.dispatch(object)(layer, seen, place, output)
    t, *at = place
    one = Within(seen, inner, "layer", [seen.x[0].reshape(-1, *seen.x[0].shape[2:])], seen.sample * steps + t)
    one.y = [seen.y[0].reshape(-1, *seen.y[0].shape[2:])]
    told = tell(inner, one, tuple(at))
    back = tuple(Reads(0, np.column_stack([np.full(len(r.places), t), r.places]), seen.sample) for r in told.reads)
    return replace(told, reads=back)


@rule(Augmenting)
def of_augmenting(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """At inference the number itself; in training only what went in and what came out."""
    if seen.training or seen.x[0].shape != seen.y[0].shape:
        return tell.dispatch(object)(layer, seen, place, output)
    x = float(seen.one[place])
    return Told(x, (Line("x", "", "", x), Line("y", "x", "", x)), (), {}, (Reads(0, np.array([place]), seen.sample),))


@read_by(Bidirectional)
def of_bidirectional_read(layer: Bidirectional, out: Places, shapes: list, output: int = 0) -> list[Places] | None:
    """What the half sees from which the places come, or both."""
    if layer.merge_mode is None or output or len(shapes) > 1:
        return None
    parts = np.split(out, 2, -1) if layer.merge_mode == "concat" else [out, out]
    parts[1] = parts[1][::-1] if layer.return_sequences else parts[1]
    halves = zip((layer.forward_layer, layer.backward_layer), parts, strict=True)
    found = [of_recurrent_read(half, part, shapes) for half, part in halves]
    return [np.logical_or(a, b) for a, b in zip(*(f or [] for f in found), strict=True)]


@read_by(TimeDistributed)
def of_each_step_read(layer: TimeDistributed, out: Places, shapes: list, output: int = 0) -> list[Places] | None:
    """At each time step what the layer reads."""
    if layer.layer.holds_layers:
        return None
    found = [reads(layer.layer, one, [shapes[0][1:]]) for one in out]
    known = [one[0] for one in found if one is not None]
    return [np.stack(known)] if len(known) == len(found) else None


@read_by(Augmenting)
def of_augmenting_read(layer: Any, out: Places, shapes: list, output: int = 0) -> list[Places] | None:
    """As at inference: the number itself, also in training, where a unit's field is that of the network behind."""
    return [out] if out.shape == shapes[0] else None
