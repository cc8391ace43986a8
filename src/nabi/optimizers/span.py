"""Span: a run of weights seen as one flat vector, with its gradient and the optimizer's memory beside it.

An optimizer knows vectors only. A trainer cuts the weights' store into spans: weights that share a learning rate and a choice
about weight decay. `segments` says where each weight lies; between them there may be zeros as padding, which stay zero.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from nabi.core.errors import ShapeError, StateError
from nabi.kernels.update import Update


@dataclass
class Span:
    """One flat vector of weights and all that belongs to it.

    Attributes:
        w: weights (N,), changed in place.
        g: gradient (N,); the optimizer may overwrite it (clipping, averaging), so zero it before each backward pass.
        segments: (start, stop) of each weight inside the vector.
        slots: the optimizer's memory by name, each (N,), such as m and v of Adam.
        copy: low-precision copy of w that is written with it, or None.
        rate: factor on the learning rate, for layers that should learn slower.
        decay: whether weight decay applies here.
        ema: running average of w, if the optimizer has use_ema.
        total: sum of the gradients so far, if the optimizer has gradient_accumulation_steps.
        update: the formula made ready for these vectors, at the first step.
        paths: where files keep each weight; None where nobody asks.
        views: for each weight a function that shows a segment in the weight's shape; None where nobody asks for shapes.
    """

    w: Tensor
    g: Tensor
    segments: list[tuple[int, int]]
    slots: dict[str, Tensor] = field(default_factory=dict)
    copy: Tensor | None = None
    rate: float = 1.0
    decay: bool = True
    ema: Tensor | None = None
    total: Tensor | None = None
    update: Update | Callable[[tuple[float, ...]], None] | None = field(default=None, repr=False, compare=False)
    paths: list[str] | None = field(default=None, repr=False, compare=False)
    views: list[Callable[[Tensor], Tensor]] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self):
        sizes = {name: tuple(t.shape) for name, t in (("w", self.w), ("g", self.g), ("copy", self.copy)) if t is not None}
        if self.w.dim() != 1 or len(set(sizes.values())) != 1:
            raise ShapeError("Span", "flat vectors of one length", sizes)
        ends = [0, *(end for segment in self.segments for end in segment), len(self.w)]
        if ends != sorted(ends):
            raise ShapeError("Span(segments)", f"rising (start, stop) pairs within 0 ... {len(self.w)}", self.segments)

    def state(self) -> dict[str, Tensor]:
        """All vectors besides w that the next step depends on: what a checkpoint keeps. Not copies."""
        extra = {"ema": self.ema, "total": self.total}
        return {**self.slots, **{name: t for name, t in extra.items() if t is not None}}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Copies a checkpoint's vectors into this span; names and lengths must be the same."""
        mine = self.state()
        lengths = {name: len(t) for name, t in mine.items()}
        got = {name: len(t) for name, t in state.items()}
        if lengths != got:
            raise StateError("Span.load_state", f"vectors {lengths}", got, "The checkpoint is of another optimizer or model.")
        with torch.no_grad():
            for name, t in mine.items():
                t.copy_(torch.as_tensor(state[name]))
