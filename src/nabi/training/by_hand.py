"""ByHand: an optimizer and weights that it is given gradients for by hand: `optimizer.apply(gradients, weights)`.

    loss.backward()                                              in a train_step of one's own
    gradients = [w.value.grad for w in weights]
    optimizer.apply(gradients, weights)                          the formula runs on spans, as in `fit`

The weights of the first call are those that the optimizer knows; a weight without a gradient keeps its value and its memory.
Source: Keras 3, optimizers/base_optimizer.py (`apply`, `_filter_empty_gradients`).
"""

import math
from typing import Any

import torch
from torch import Tensor

from nabi.core.errors import ShapeError, StateError
from nabi.layers.weight import Weight
from nabi.models.store import form_stores
from nabi.optimizers import Optimizer, Span
from nabi.training.binding import Binding
from nabi.training.nonfinite import LEARNING, NonFinite


class ByHand:
    """The weights of one optimizer, and its memory of them.

    Args:
        optimizer: the optimizer.
        weights: what it learns.

    Raises:
        StateError: things that are no weights, or none.
    """

    def __init__(self, optimizer: Optimizer, weights: list[Weight]):
        if not weights or not all(isinstance(w, Weight) for w in weights):
            raise StateError(f"{type(optimizer).__name__}.apply", "weights, as in model.trainable_weights", repr(weights[:1]))
        self.optimizer, self.weights = optimizer, list({id(w): w for w in weights}.values())
        with torch.inference_mode(False):
            stores = form_stores(self.weights, self.weights[0].stored.dtype)
            choices = {id(w): (getattr(w.owner, "rate_factor", 1.0), optimizer.decays(w.path, w)) for w in self.weights}
            self.binding = Binding(self.weights, choices, (), stores, optimizer)

    @property
    def spans(self) -> list[Span]:
        """The optimizer's vectors."""
        return self.binding.spans

    @torch.no_grad()
    def apply(self, gradients: list[Any], weights: Any = None) -> None:
        """One step; arguments as of `Optimizer.apply`.

        Raises:
            NonFinite: a gradient is NaN or infinite; nothing is changed then.
        """
        given = self.paired(gradients, self.weights if weights is None else list(weights))
        if not given:
            raise StateError(f"{type(self.optimizer).__name__}.apply", "a gradient for at least one weight", "none",
                             "Call loss.backward() before, and read w.value.grad of weights that the loss depends on.")
        left = [w for w in self.weights if id(w) not in given]
        kept = [(w, w.stored.clone()) for w in left]
        before = self.binding.memory() if left else {}
        memory = {id(w): {name: part.clone() for name, part in before[id(w)].items()} for w in left}
        self.binding.refresh()
        self.binding.collect([given.get(id(w)) for w in self.binding.learned])
        self.refuse()
        self.optimizer.apply_spans(self.spans)
        for w, value in kept:
            w.stored.copy_(value)
            for name, part in before[id(w)].items():
                part.copy_(memory[id(w)][name])
        self.binding.stepped()
        for w in self.weights:
            if w.leaf is not None:  # backward through what was computed with the old numbers is an error, as everywhere in torch
                torch.autograd.graph.increment_version(w.leaf)

    def paired(self, gradients: list[Any], weights: list[Weight]) -> dict[int, Tensor]:
        """The gradients that there are, by the weight's id."""
        where, known = f"{type(self.optimizer).__name__}.apply", {id(w) for w in self.weights}
        if len(gradients) != len(weights):
            raise StateError(where, f"a gradient for each of {len(weights)} weights", f"{len(gradients)}")
        for w, g in zip(weights, gradients, strict=True):
            if id(w) not in known:
                raise StateError(where, "the weights of its first call", f"'{w.path}' as well",
                                 "Give each set of weights an optimizer of its own, or begin with optimizer.build(all of them).")
            if g is not None and tuple(g.shape) != w.shape:
                raise ShapeError(f"{where}, weight '{w.path}'", f"a gradient of shape {w.shape}", tuple(g.shape))
        return {id(w): torch.as_tensor(g) for w, g in zip(weights, gradients, strict=True) if g is not None}

    def refuse(self) -> None:
        """Raises NonFinite where a gradient is NaN or infinite."""
        if all(math.isfinite(span.g.sum().item()) for span in self.spans):
            return
        bad = [w for w, g in zip(self.binding.learned, self.binding.views, strict=True) if not torch.isfinite(g).all()]
        if bad:
            raise NonFinite(f"{type(self.optimizer).__name__}.apply: the gradient of weight '{bad[0].path}' is NaN or infinite. "
                            f"{LEARNING}")
