"""Update: what the optimizer makes of all gradients, on copies of the weights and of its memory, and of one weight line by line.

    g    scaled, gathered, clipped                  as `Optimizer.apply` does, by running it
    w    w - lr weight_decay w                      where weight decay applies
    w    formula(w, g, memory, lr, numbers)         its lines: `nabi.trace.formula`
    w    what the weight's constraint makes of it
"""

import copy
import inspect
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from nabi.core.errors import StateError
from nabi.kernels import jit
from nabi.layers.weight import Weight
from nabi.optimizers import Span
from nabi.trace.formula import lines_of, number_lines
from nabi.trace.numbers import bracketed, show
from nabi.trace.step import Line


@dataclass
class Place:
    """Where a weight lies: its span before and after the step, and the segment."""

    before: Span
    after: Span
    segment: slice


class Update:
    """One step of a trainer's optimizer, on copies in float64.

    Args:
        trainer: the trainer.
        gradients: dL/dw by the weight's id; what is missing is 0.

    Attributes:
        optimizer: a twin, as it is before the step. `rate`: its learning rate for this step. `step`: the number of the update.
        due: whether this batch makes an update; with accumulated gradients not every one does.
    """

    def __init__(self, trainer: Any, gradients: dict[int, Tensor]):
        binding, given = trainer.ready(), trainer.optimizer
        self.optimizer, runs = copy.deepcopy(given), copy.deepcopy(given)
        for twin in (self.optimizer, runs):
            twin.load_state_dict(given.state_dict())
        self.step, self.rate = given.iterations + 1, given.current_learning_rate()
        n = given.gradient_accumulation_steps
        self.due = not n or (given.calls + 1) % n == 0
        self.numbers = self.optimizer.numbers(self.step)
        self.places: dict[int, Place] = {}
        pairs = [(twin_of(span, runs), twin_of(span, runs)) for span in binding.spans]
        segments = [(pair, segment) for pair in pairs for segment in pair[0].segments]
        learned = {id(w) for w in binding.learned}
        weights = [w for store in binding.stores for w in store.weights if id(w) in learned]
        for w, ((before, after), (start, stop)) in zip(weights, segments, strict=True):
            self.places[id(w)] = Place(before, after, slice(start, stop))
            if id(w) in gradients:
                for span in (before, after):
                    w.view(span.g[start:stop]).copy_(gradients[id(w)].detach() * given.scale_loss(1.0))
        with jit.using("plain"), torch.no_grad():
            runs.apply_spans([after for _, after in pairs])

    def of(self, w: Weight, index: tuple[int, ...]) -> tuple[list[Line], float]:
        """The lines of one weight's step, and its value behind it."""
        place = self.places[id(w)]

        def at(vector: Tensor | None) -> float:
            assert vector is not None
            return float(w.view(vector[place.segment])[index])

        opt, before, after = self.optimizer, place.before, place.after
        value, g, lines = at(before.w), at(before.g) / (opt.loss_scale_factor or 1.0), []
        if opt.gradient_accumulation_steps:
            n = opt.gradient_accumulation_steps
            if not self.due:
                total = Line("total", "total + g", f"{show(at(before.total))} + {bracketed(g)}", at(after.total))
                return [total, Line("w", "w", "", value)], value
            total = at(before.total) + g
            lines.append(Line("g", "(total + g) / n", f"({show(at(before.total))} + {bracketed(g)}) / {n}", total / n))
            g = total / n
        clipped = at(after.g)
        if opt.clipnorm or opt.global_clipnorm or opt.clipvalue:
            text = next(f"{name} {show(limit)}" for name in ("clipnorm", "global_clipnorm", "clipvalue")
                        if (limit := getattr(opt, name)))
            lines.append(Line("g", f"g, {text}", "" if clipped == g or not g else f"{show(g)}*{show(clipped / g)}", clipped))
            g = clipped
        lr = self.rate * before.rate
        if opt.weight_decay and before.decay:
            share = lr * opt.weight_decay
            numbers = f"{show(value)} - {show(lr)}*{show(opt.weight_decay)}*{bracketed(value)}"
            value = value - value * share
            lines.append(Line("w", "w - lr weight_decay w", numbers, value))
        names = list(inspect.signature(opt.formula).parameters)
        given = [value, g, *(at(before.slots[name]) for name in opt.slots), lr, *self.numbers]
        values = dict(zip(names, given, strict=True))
        lines += [Line(name, "", "", values[name]) for name in (*opt.slots, "lr") if name in values]
        made = {line.name: line for line in number_lines(opt, self.step, values)}
        shown = names[2 + len(opt.slots) + 1:]
        lines += [made.get(name, Line(name, "", "", values[name])) for name in shown]
        end = at(after.w)
        try:
            read, _ = lines_of(opt.formula, values)
            lines += [*read[:-1], *usual(opt, values, read, self.step), read[-1]]
        except StateError:
            lines.append(Line("w", f"{type(opt).__name__}.formula(w, g, ...)", "", end))
        if lines[-1].name != "w":  # Lion's memory moves after the weight
            lines.append(Line("w", "", "", end))
        if w.constraint is not None:
            with torch.no_grad():
                held = float(w.constraint(w.view(after.w[place.segment]).clone())[index])
            lines.append(Line("w", f"{type(w.constraint).__name__}(w)", "", held))
            end = held
        return lines, end


def usual(optimizer: Any, values: dict[str, float], read: list[Line], step: int) -> list[Line]:
    """Adam's m_hat and v_hat, as most papers write them: and what both give: alpha stands for them in the line of w."""
    if "alpha" not in values or not {"m", "v"} <= set(optimizer.slots):
        return []
    after = {line.name: line.value for line in read}
    hats = [Line(f"{name}_hat", f"{name} / (1 - {beta}^t)", f"{show(after[name])} / (1 - {show(values[beta])}^{step})",
                 after[name] / (1 - values[beta] ** step)) for name, beta in (("m", "beta_1"), ("v", "beta_2"))]
    m, v = (line.value for line in hats)
    if v <= 0 or "v_max" in optimizer.slots:  # nothing to divide by; AMSGrad divides by the largest
        return hats
    return [*hats, Line("alpha*m/sqrt(v)", "m_hat / sqrt(v_hat)", f"{show(m)} / sqrt({show(v)})", m / v**0.5)]


def twin_of(span: Span, optimizer: Any) -> Span:
    """A copy of a span in float64, with gradient 0."""
    w = span.w.detach().to(torch.float64, copy=True)
    twin = optimizer.make_span(w, torch.zeros_like(w), list(span.segments), None, span.rate, span.decay)
    twin.views, twin.paths = span.views, span.paths
    twin.load_state({name: t.detach().to(torch.float64) for name, t in span.state().items()})
    return twin
