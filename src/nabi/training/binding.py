"""Binding: a trainer's hold on the weights: leaves to differentiate by, bfloat16 copies, spans with their gradients.

    store.vector   float32   [ kernel | bias | kernel | bias | ... | moving_mean | ... ]   shared by all models
    spans          [---------- one run of trainable neighbours ----------]                 what the optimizer sees
    gradient       float32   [   g    |  g   |   g    |  g   | ... ]                       one for each span
    copy           bfloat16  [ what lowered layers compute with ]                          this trainer's, written in each step

Inside `with binding:` layers compute with the leaves and copies; outside they hold their own values.
"""

import os
import threading
from collections.abc import Callable, Collection, Sequence
from itertools import groupby
from typing import Any

import torch

from nabi.core.errors import StateError
from nabi.layers.weight import Weight
from nabi.models.store import Store
from nabi.optimizers import Optimizer, Span

STEPPING = threading.RLock()  # one step at a time: weights are bound to one step's tensors, whoever shares them
if hasattr(os, "register_at_fork"):  # whoever held it is not in the child
    os.register_at_fork(after_in_child=STEPPING._at_fork_reinit)  # type: ignore[attr-defined]


class Binding:
    """Leaves, gradients, copies and spans for the weights of one trainer.

    Args:
        weights: all weights of the model.
        choices: for each weight that learns, by id: (factor on the learning rate, whether weight decay applies).
        low: ids of the weights that lowered layers compute with.
        stores: the stores that hold the weights.
        optimizer: makes the spans; None if nothing learns.
    """

    def __init__(self, weights: list[Weight], choices: dict[int, tuple[float, bool]], low: Collection[int], stores: list[Store],
                 optimizer: Optimizer | None):
        self.stores = stores
        self.vectors = [store.vector for store in stores]
        lowered = {id(w.store) for w in weights if id(w) in low}
        self.copies = [torch.empty_like(s.vector, dtype=torch.bfloat16) if id(s) in lowered else None for s in stores]
        self.seen = [-1] * len(stores)  # version of each store that its copy was made of
        self.learned: list[Weight] = []
        self.leaves: list[torch.Tensor] = []
        self.views: list[torch.Tensor] = []  # of the gradients, in the leaves' order
        self.copied: list[tuple[Weight, torch.Tensor]] = []
        self.spans: list[Span] = []
        self.constrained: list[tuple[Weight, torch.Tensor | None]] = []  # and their places in the copies
        views = {} if optimizer is None else self.cut(choices, optimizer)
        self.stateful: list[Any] = []  # layers that keep states between batches
        self.counted = [part for part in map(counted_part, stores) if len(part)]
        place_of = {id(store): place for place, store in enumerate(stores)}
        for w in weights:
            place = place_of[id(w.store)]
            start, stop = stores[place].segments[id(w)]
            source = self.copies[place] if id(w) in low else self.vectors[place]
            tensor = w.view(source.data[start:stop])  # type: ignore[union-attr]
            # .data has a version counter of its own: BN's moving numbers may change while autograd keeps this leaf
            if id(w) in choices:
                self.learned.append(w)
                self.leaves.append(tensor.requires_grad_())
                self.views.append(views[id(w)])
            elif id(w) in low or w.trainable:  # a frozen kernel needs a counter of its own just as a leaf does
                self.copied.append((w, tensor))
        self.bindings = [*zip(self.learned, self.leaves, strict=True), *self.copied]  # what a step computes with
        self.before: list[list[torch.Tensor | None]] = []  # what the weights were bound to outside, step in step
        if optimizer is not None:
            self.take_up(optimizer)

    def cut(self, choices: dict[int, tuple[float, bool]], optimizer: Optimizer) -> dict[int, torch.Tensor]:
        """Makes the spans: runs of neighbours that learn at one rate and share the choice about decay.

        Returns:
            Where each weight's gradient goes, by the weight's id: a view of its span's gradient vector.
        """
        views = {}
        for store, copy in zip(self.stores, self.copies, strict=True):
            for choice, run in groupby(store.weights, key=lambda w: choices.get(id(w))):
                if choice is None:
                    continue
                run = list(run)
                begin, end = store.segments[id(run[0])][0], store.segments[id(run[-1])][1]
                segments = [(start - begin, stop - begin) for start, stop in (store.segments[id(w)] for w in run)]
                vector, part = store.vector[begin:end], None if copy is None else copy[begin:end]
                self.constrained += [(w, None if copy is None else w.view(copy[slice(*store.segments[id(w)])]))
                                     for w in run if w.constraint is not None]
                gradient = torch.zeros_like(vector)
                self.spans.append(optimizer.make_span(vector, gradient, segments, part, *choice))
                self.spans[-1].views, self.spans[-1].paths = [w.view for w in run], [w.path for w in run]
                views.update((id(w), w.view(gradient[start:stop])) for w, (start, stop) in zip(run, segments, strict=True))
        return views

    def memory(self) -> dict[int, dict[str, torch.Tensor]]:
        """The optimizer's numbers of each weight that learns, by the weight's id: views into the spans' vectors."""
        found, learned = {}, {id(w) for w in self.learned}
        places = [(id(w), store, store.segments[id(w)]) for store in self.stores for w in store.weights if id(w) in learned]
        segments = [(span, segment) for span in self.spans for segment in span.segments]
        for (key, _, _), (span, (start, stop)) in zip(places, segments, strict=True):
            found[key] = {name: vector[start:stop] for name, vector in span.state().items()}
        return found

    def take_up(self, optimizer: Optimizer) -> None:
        """Goes on with what an optimizer that was compiled before remembers of these weights, as its step count does.

        Raises:
            StateError: it has learned other weights; its step count does not fit new ones (Keras refuses them too).
        """
        memory, old = self.memory(), optimizer.remembered
        mine = {w: memory[id(w)] for w in self.learned}
        if optimizer.calls:
            if any(w not in old for w in mine):
                raise StateError("compile(optimizer)", "an optimizer for these weights", f"{optimizer!r}, which learned others",
                                 f"Make a new one: {type(optimizer).__name__}(...).")
            for w, vectors in mine.items():
                for name, vector in vectors.items():
                    vector.copy_(old[w][name])
        old.update(mine)

    def paired(self, read: Callable[[], tuple]) -> tuple[tuple, tuple]:
        """What an op reads of its layers' weights, twice: bound to what a step computes with, and to where its gradient goes.

        Args:
            read: gives tensors (or None) that are weights of layers or views of them.

        Returns:
            (tensors, places of their gradients), the latter None where nothing is learned.
        """
        with self, torch.enable_grad():
            tensors = read()
            for w, view in zip(self.learned, self.views, strict=True):
                w.bound = view
            places = read()
        learns = [t is not None and t.requires_grad for t in tensors]
        return tensors, tuple(place if learned else None for place, learned in zip(places, learns, strict=True))

    def refresh(self) -> None:
        """Brings the copies up to date with weights that changed elsewhere: set by hand, loaded, or learned by another model."""
        for i, store in enumerate(self.stores):
            if store.vector is not self.vectors[i]:
                raise StateError("training step", "the weights as they were compiled", "weights moved to another precision since",
                                 "Compile the model again; models that share weights need one precision.")
            copy = self.copies[i]
            if copy is not None and self.seen[i] != store.version:
                copy.copy_(store.vector)
                self.seen[i] = store.version

    @torch.no_grad()
    def stepped(self) -> None:
        """After the optimizer has written weights and copies in one pass: brings weights back to what their constraints ask."""
        for weight, copy in self.constrained:
            weight.stored.copy_(weight.constraint(weight.stored))
            if copy is not None:
                copy.copy_(weight.stored)
        self.seen = [store.version for store in self.stores]

    def differentiated(self, loss: torch.Tensor) -> list[Span]:
        """The spans with the gradient of a loss in them."""
        if loss.requires_grad:
            self.collect(torch.autograd.grad(loss, self.leaves, allow_unused=True))
        else:  # it depends on no weight that learns
            self.collect([None] * len(self.leaves))
        return self.spans

    def collect(self, gradients: Sequence[torch.Tensor | None]) -> None:
        """Puts the gradients by leaf into the gradient vectors; a weight the loss does not depend on gets zeros."""
        known = [g for g in gradients if g is not None]
        if len(known) == len(gradients):
            if known:
                torch._foreach_copy_(self.views, known)  # pyright: ignore[reportPrivateImportUsage]
            return
        for view, g in zip(self.views, gradients, strict=True):
            view.zero_() if g is None else view.copy_(g)

    def keep_counted(self) -> tuple[list[torch.Tensor], list[Any]]:
        """What a forward pass changes: copies of the counted weights (moving means), the states of stateful layers."""
        return [part.clone() for part in self.counted], [layer.states for layer in self.stateful]

    def restore_counted(self, kept: tuple[list[torch.Tensor], list[Any]]) -> None:
        """Takes the change back."""
        for part, before in zip(self.counted, kept[0], strict=True):
            part.copy_(before)
        for layer, states in zip(self.stateful, kept[1], strict=True):
            layer.states = states

    def __enter__(self):
        STEPPING.acquire()
        self.before.append([w.bound for w, _ in self.bindings])
        for w, tensor in self.bindings:
            w.bound = tensor
        return self

    def __exit__(self, *failure):
        for (w, _), outside in zip(self.bindings, self.before.pop(), strict=True):
            w.bound = outside
        STEPPING.release()


def counted_part(store: Store) -> torch.Tensor:
    """The part of a store's vector that training counts instead of learning: moving means, behind all that is learned."""
    begin = next((store.segments[id(w)][0] for w in store.weights if not w.trainable), store.size)
    return store.vector[begin:]
