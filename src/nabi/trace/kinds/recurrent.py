"""Recurrent cells at one time step: each gate's x W + h U + b, its activation, and how the states go on.

    LSTM       i, f, o = s(...), g = tanh(...);  c = f c + i g;  h = o tanh(c)
    GRU        z, r = s(...), g = tanh(...);  h = z h + (1 - z) g
    SimpleRNN  h = tanh(x W + h U + b)

All steps before it are computed in NumPy by these formulas, so that h and c before the step are traced numbers, too.
"""

from typing import Any

import numpy as np
import torch

from nabi.layers.inside import Running
from nabi.layers.recurrent import GRUCell, LSTMCell, SimpleRNNCell
from nabi.layers.recurrent.recurrent import Recurrent
from nabi.trace.kinds.functions import formula_line
from nabi.trace.numbers import bracketed, show
from nabi.trace.seen import Seen, wide
from nabi.trace.step import Line, Reads, Told
from nabi.trace.telling import Places, anywhere, read_by, rule, tell

GATES = {LSTMCell: ("i", "f", "g", "o"), GRUCell: ("z", "r", "g"), SimpleRNNCell: ("h",)}


class Steps:
    """A cell run over the steps of one sample.

    Args:
        layer, seen: the layer and its use.

    Attributes:
        x: (T, n) in the order in which they are read. `h`, `c`: states before each step and after the last, (T + 1, u).
    """

    def __init__(self, layer: Any, seen: Seen):
        self.layer, self.cell, sample = layer, layer.cell, seen.sample
        order = slice(None, None, -1) if layer.go_backwards else slice(None)
        self.x = seen.x[0][sample][order]
        self.marks = None
        if seen.masks and seen.masks[0] is not None:
            self.marks = seen.masks[0][sample][order]
        prefix = next(name for name, inner in vars(layer).items() if inner is self.cell)
        self.W, self.U = (wide(seen.weight(f"{prefix}/{name}")) for name in ("kernel", "recurrent_kernel"))
        self.b = wide(seen.weight(f"{prefix}/bias")) if self.cell.use_bias else np.zeros(self.W.shape[1])
        batch = torch.from_numpy(seen.x[0]).transpose(0, 1)
        key = Running(True, seen.run.keys.get(seen.number)).draw(layer) if seen.training and layer.random else None
        drop = self.cell.draw(batch, key)
        gates = self.cell.num_gates
        self.on_x = None if drop.inputs is None else np.broadcast_to(drop.inputs[:, sample].numpy(), (gates, self.x.shape[1]))
        self.on_h = None if drop.states is None else drop.states[:, sample].numpy()
        first = [x[sample] for x in seen.x[1:]] or [t.numpy()[sample] for t in layer.first_states(torch.from_numpy(seen.x[0]))]
        self.states = [[wide(state) for state in first]]
        self.y = []
        for t in range(len(self.x)):
            self.advance(t)

    def gate(self, number: int, x: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x W and h U of a gate, for all units."""
        u = self.cell.units
        columns = slice(number * u, (number + 1) * u)
        x = x if self.on_x is None else x * self.on_x[number]
        h = h if self.on_h is None else h * self.on_h[number]
        return x @ self.W[:, columns], h @ self.U[:, columns]

    def bias(self, number: int, half: int = 0) -> np.ndarray:
        """b of a gate; of a GRU with two biases one of them."""
        u = self.cell.units
        return np.atleast_2d(self.b)[half if self.b.ndim > 1 else 0][number * u:(number + 1) * u]

    def lines(self, t: int, unit: int | None = None) -> tuple[list[Line], list[np.ndarray]]:
        """The states after step t, and for one unit the lines that lead there."""
        (h, *rest), x, said, made = self.states[t], self.x[t], [], {}
        for number, name in enumerate(GATES[type(self.cell)]):
            made[name] = self.one_gate(number, name, x, h, made, unit, said)
        if isinstance(self.cell, LSTMCell):
            i, f, g, o = (made[name] for name in "ifgo")
            c = f * rest[0] + i * g
            squeezed = self.apply(self.cell.activation, c)
            h_new = o * squeezed
            if unit is not None:
                said.append(Line("c", "f c + i g", f"{show(f[unit])}*{bracketed(rest[0][unit])} + {show(i[unit])}*"
                                 f"{bracketed(g[unit])}", float(c[unit])))
                said.append(Line("h", f"o {self.name(self.cell.activation)}(c)", f"{show(o[unit])}*{bracketed(squeezed[unit])}",
                                 float(h_new[unit])))
            return said, [h_new, c]
        if isinstance(self.cell, GRUCell):
            z, g = made["z"], made["g"]
            h_new = z * h + (1 - z) * g
            if unit is not None:
                said.append(Line("h", "z h + (1 - z) g", f"{show(z[unit])}*{bracketed(h[unit])} + {show(1 - z[unit])}*"
                                 f"{bracketed(g[unit])}", float(h_new[unit])))
            return said, [h_new]
        return said, [made["h"]]

    def one_gate(self, number: int, name: str, x: np.ndarray, h: np.ndarray, made: dict, unit: int | None,
                 said: list) -> np.ndarray:
        """A gate for all units; for one of them its two lines are said."""
        function = self.cell.activation if name in "gh" else self.cell.recurrent_activation
        after = isinstance(self.cell, GRUCell) and self.cell.reset_after
        candidate = isinstance(self.cell, GRUCell) and name == "g"
        from_x, from_h = self.gate(number, x, made["r"] * h if candidate and not after else h)
        b, text = self.bias(number), "x W + h U + b"
        if after:
            from_h = from_h + self.bias(number, 1) if self.cell.use_bias else from_h
            from_h = made["r"] * from_h if candidate else from_h
            text = "x W + b + r (h U + b')" if candidate else "x W + b + h U + b'"
        elif candidate:
            text = "x W + (r h) U + b"
        total = from_x + from_h + b
        value = self.apply(function, total)
        if unit is not None:
            parts = [from_x[unit], b[unit], from_h[unit]] if after else [from_x[unit], from_h[unit], b[unit]]
            said.append(Line(f"z_{name}", text, " + ".join(map(bracketed, parts)), float(total[unit])))
            said.append(formula_line(function, float(total[unit]), name, f"z_{name}"))
        return value

    def apply(self, function: Any, z: np.ndarray) -> np.ndarray:
        """An activation on an array."""
        return function(torch.from_numpy(np.ascontiguousarray(z))).numpy()

    def name(self, function: Any) -> str:
        """An activation's name."""
        return getattr(function, "__name__", type(function).__name__)

    def advance(self, t: int) -> None:
        """One step; one that a mask leaves out keeps the states and gives the last output again."""
        _, after = self.lines(t)
        y = after[0]
        if self.marks is not None and not self.marks[t]:
            y = self.y[-1] if self.y and not self.layer.zero_output_for_mask else np.zeros_like(y)
            after = self.states[-1]
        self.y.append(y)
        self.states.append(after)


@rule(Recurrent)
def of_recurrent(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """A unit at a time step: of all outputs, of the last, or of the last states."""
    if type(layer.cell) not in GATES:
        return tell.dispatch(object)(layer, seen, place, output)
    steps = Steps(layer, seen)
    unit, t = place[-1], place[0] if output == 0 and layer.return_sequences else len(steps.x) - 1
    skipped = steps.marks is not None and not steps.marks[t]
    if skipped:
        value = float((steps.y[t] if output == 0 else steps.states[-1][output - 1])[unit])
        return Told(value, (Line("y", "", "", value),), (), {}, (), "step masked")
    lines, after = steps.lines(t, unit)
    value = float((after[0] if output == 0 else after[output - 1])[unit])
    before = [Line(f"{name}_before", "", "", float(state[unit])) for name, state in zip("hc", steps.states[t], strict=False)]
    at = len(steps.x) - 1 - t if layer.go_backwards else t
    places = np.array([(at, i) for i in range(steps.x.shape[1])])
    arrays = {"x": steps.x[t], "h": steps.states[t][0], "time step": np.array(at)}
    return Told(value, (*before, *lines), (), arrays, (Reads(0, places, seen.sample),), "time step")


@read_by(Recurrent)
def of_recurrent_read(layer: Recurrent, out: Places, shapes: list, output: int = 0) -> list[Places] | None:
    """A step sees itself and all that were read before it; a state that was given is seen whole."""
    steps = shapes[0][0]
    last = steps - 1
    if output == 0 and layer.return_sequences:
        known = np.flatnonzero(anywhere(out, -1))
        last = int(known.max()) if len(known) else -1
    seen = np.arange(steps) <= last if out.any() else np.zeros(steps, dtype=bool)
    seen = seen[::-1] if layer.go_backwards else seen
    return [np.repeat(seen[:, None], shapes[0][1], 1), *(np.full(shape, bool(out.any())) for shape in shapes[1:])]
