"""Shaped: optimizers whose step looks at each weight as a whole: its norm, its rows and columns.

    for each weight:    w, slots = step(w, g, slots, lr, numbers)        tensors in the weight's shape, changed in place

Others see one long vector and move number by number (`nabi.optimizers.optimizer`). Slots are as long as the weights here too, so
that checkpoints hold the same vectors.
"""

from typing import Any

from torch import Tensor

from nabi.core.errors import Unwritten
from nabi.optimizers import Optimizer, Span


class Shaped(Optimizer):
    """Base of such optimizers; they write `step_of`."""

    def step_of(self, w: Tensor, g: Tensor, slots: list[Tensor], lr: float, *numbers: float) -> None:
        """One step of a weight, in place on w and slots."""
        raise Unwritten(self, "step_of(self, w, g, slots, lr, *numbers)")

    def make_span(self, w, g, segments, copy=None, rate=1.0, decay=True):
        """A span whose step goes weight by weight."""
        span = super().make_span(w, g, segments, copy, rate, decay)
        span.update = Stepping(self, span)
        return span


class Stepping:
    """The step of all weights of a span; called with the learning rate and the formula's numbers.

    Args:
        optimizer: whose `step_of` it is.
        span: the weights.
    """

    def __init__(self, optimizer: Any, span: Span):
        self.optimizer, self.span = optimizer, span

    def __call__(self, numbers: tuple[float, ...]) -> None:
        span = self.span
        views: Any = span.views or [lambda segment: segment] * len(span.segments)
        paths = span.paths or [""] * len(span.segments)
        for path, (start, stop), view in zip(paths, span.segments, views, strict=True):
            slots = [view(span.slots[name][start:stop]) for name in self.optimizer.slots]
            self.one(path, view(span.w[start:stop]), view(span.g[start:stop]), slots, numbers)
        if span.copy is not None:
            span.copy.copy_(span.w)

    def one(self, path: str, w: Tensor, g: Tensor, slots: list[Tensor], numbers: tuple[float, ...]) -> None:
        """The step of one weight."""
        self.optimizer.step_of(w, g, slots, *numbers)
