"""Binding: a trainer's hold on the weights: leaves to differentiate by, one gradient vector a store, bfloat16 copies, spans.

    store.vector   float32   [ kernel | bias | kernel | bias | ... | moving_mean | ... ]      shared by all models
    gradient       float32   [   g    |  g   |   g    |  g   | ... ]                          this trainer's
    copy           bfloat16  [ what lowered layers compute with ]                             this trainer's, written by the optimizer
    spans          [---------- one run of trainable neighbours ----------]                    what the optimizer sees

Inside `with binding:` layers compute with the leaves and copies; outside they hold their own values.
"""

import torch

from nabi.core.errors import StateError
from nabi.layers.weight import Weight
from nabi.models.store import Store
from nabi.optimizers import Optimizer, Span


class Binding:
    """Leaves, gradients, copies and spans for the weights of one trainer.

    Args:
        weights: all weights of the model, by layer: (weight, factor on the learning rate, whether decay applies).
        learned: ids of the weights that learn.
        low: ids of the weights that lowered layers compute with.
        stores: the stores that hold the weights.
        optimizer: makes the spans.
    """

    def __init__(self, weights: list[tuple[Weight, float, bool]], learned: set[int], low: set[int], stores: list[Store],
                 optimizer: Optimizer):
        self.stores = stores
        self.vectors = [store.vector for store in stores]
        lowered = {id(w.store) for w, _, _ in weights if id(w) in low}
        self.copies = [torch.empty_like(s.vector, dtype=torch.bfloat16) if id(s) in lowered else None for s in stores]
        self.gradients = [torch.zeros_like(s.vector) for s in stores]
        self.seen = [-1] * len(stores)
        self.learned: list[Weight] = []
        self.leaves: list[torch.Tensor] = []
        self.views: list[torch.Tensor] = []
        self.copied: list[tuple[Weight, torch.Tensor]] = []
        for w, _, _ in weights:
            place = next(i for i, s in enumerate(stores) if s is w.store)
            start, stop = w.store.segments[id(w)]
            source = self.copies[place] if id(w) in low else self.vectors[place]
            tensor = w.view(source.data[start:stop])  # .data: a version counter of its own, so that BN's moving numbers may
            if id(w) in learned:                      # change in the forward pass while autograd keeps this leaf
                self.learned.append(w)
                self.leaves.append(tensor.requires_grad_())
                self.views.append(w.view(self.gradients[place][start:stop]))
            elif id(w) in low:
                self.copied.append((w, tensor))
        self.spans = self._spans(weights, learned, optimizer)

    def _spans(self, weights, learned: set[int], optimizer: Optimizer) -> list[Span]:
        """Runs of neighbours that learn at one rate and share the choice about decay."""
        options = {id(w): (rate, decay) for w, rate, decay in weights}
        spans = []
        for store, vector, gradient, copy in zip(self.stores, self.vectors, self.gradients, self.copies, strict=True):
            run: list[Weight] = []

            def close(run=run, store=store, vector=vector, gradient=gradient, copy=copy):
                if run:
                    begin, end = store.segments[id(run[0])][0], store.segments[id(run[-1])][1]
                    segments = [(store.segments[id(w)][0] - begin, store.segments[id(w)][1] - begin) for w in run]
                    rate, decay = options[id(run[0])]
                    spans.append(optimizer.make_span(vector[begin:end], gradient[begin:end], segments,
                                                     None if copy is None else copy[begin:end], rate, decay))
                    run.clear()

            for w in store.weights:
                if id(w) not in learned or (run and options[id(w)] != options[id(run[0])]):
                    close()
                if id(w) in learned:
                    run.append(w)
            close()
        return spans

    def refresh(self) -> None:
        """Brings the copies up to date with weights that changed elsewhere: set by hand, loaded, or learned by another model."""
        for i, store in enumerate(self.stores):
            if store.vector is not self.vectors[i]:
                raise StateError("training step", "the weights as they were compiled", "weights moved to another precision since",
                                 "Compile the model again.")
            copy = self.copies[i]
            if copy is not None and self.seen[i] != store.version:
                copy.copy_(store.vector)
                self.seen[i] = store.version

    def stepped(self) -> None:
        """After the optimizer has written weights and copies in one pass."""
        self.seen = [store.version for store in self.stores]

    def collect(self, gradients) -> None:
        """Puts the gradients by leaf into the gradient vectors; a weight the loss does not depend on gets zeros."""
        pairs = [(view, g) for view, g in zip(self.views, gradients, strict=True) if g is not None]
        if pairs:
            torch._foreach_copy_([view for view, _ in pairs], [g for _, g in pairs])
        for view, g in zip(self.views, gradients, strict=True):
            if g is None:
                view.zero_()

    def __enter__(self):
        for w, leaf in zip(self.learned, self.leaves, strict=True):
            w.bound = leaf
        for w, copy in self.copied:
            w.bound = copy
        return self

    def __exit__(self, *failure):
        for w in self.learned:
            w.bound = None
        for w, _ in self.copied:
            w.bound = None
