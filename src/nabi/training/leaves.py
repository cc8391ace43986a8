"""Leaves: within a train_step of the user's own every weight is a leaf that autograd follows: `weight.value.grad` after backward.

    with Leaves(model, dtype):
        loss = ... model(x, training=True) ...
        loss.backward()
        gradients = [w.value.grad for w in model.trainable_weights]

A leaf shares its weight's memory, under a version counter of its own: an optimizer may change the numbers, normalisation count
its moments in between. Outside weights are plain tensors, so that nothing is recorded that nobody needs.
"""

from typing import Any

import torch
from torch.autograd.graph import increment_version

from nabi.layers.inside import opened
from nabi.layers.weight import WATCH, Weight
from nabi.models.store import form_stores
from nabi.training.binding import STEPPING


class Leaves:
    """Opens the weights of a model, and of all layers in it, to autograd.

    Args:
        model: the model; weights that are made within the block are opened as well.
        dtype: the dtype that the weights are brought to.
    """

    def __init__(self, model: Any, dtype: torch.dtype):
        self.model, self.dtype = model, dtype
        self.open: list[tuple[Weight, torch.Tensor | None, torch.Tensor | None]] = []  # and what they were bound to before

    def __enter__(self):
        STEPPING.acquire()
        weights = self.model.weights
        if weights:
            form_stores(weights, self.dtype)
            for layer in opened(self.model):
                layer.dtype = str(self.dtype).removeprefix("torch.")
        learned = set(map(id, self.model.trainable_weights))
        for w in weights:
            self.enter(w, id(w) in learned)
        self.token = WATCH.set(self.enter)
        self.grad = torch.enable_grad()
        self.grad.__enter__()
        return self

    def enter(self, w: Weight, learns: bool | None = None) -> None:
        """Opens one weight; a new one learns if it may."""
        self.open.append((w, w.bound, w.leaf))
        w.leaf = w.stored.data.requires_grad_(w.trainable if learns is None else learns)
        w.bound = w.leaf

    def __exit__(self, *failure):
        self.grad.__exit__(*failure)
        WATCH.reset(self.token)
        for w, bound, leaf in reversed(self.open):
            w.bound, w.leaf = bound, leaf
        for owner in {id(w.store or w): w.store.vector if w.store else w.stored for w, *_ in self.open}.values():
            increment_version(owner)  # a leaf counts for itself: whoever looks at the vector learns here that it has changed
        self.open = []
        STEPPING.release()

