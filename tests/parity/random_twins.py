"""Random twins: one case trained in both libraries, and how far apart everything is that can be seen of it.

A difference is relative to the largest value of its tensor. Where a gradient is 0 but for rounding (a bias before a
normalisation, less than `NOISE` of the network's largest gradient) both must be that small, and the weight is compared
through the outputs.
"""

from typing import Any

import numpy as np
import torch
from random_data import inputs, targets, weights
from random_models import Case
from random_pieces import of
from twins import library, randomize

import nabi

TOLERANCE = {"float64": 1e-9, "float32": 3e-5}
NOISE = 1e-12
IN_FLOAT32 = ("iou", "meaniou", "onehotiou", "onehotmeaniou", "binaryiou", "auc", "precisionat", "recallat", "sensitivity",
              "specificity")
BATCH, EPOCHS = 4, 2  # 18 to 20 samples: ten steps, the last of an epoch shorter now and then


def least(name: str) -> float:
    """Below what a number counts as this: a metric may be a mean that cancels out, and Keras computes some in float32."""
    return 1e-12 if name.endswith("loss") else 100 if name.startswith(IN_FLOAT32) else 1e-3


class Differences(dict):
    """Largest relative difference by kind: "output", "loss", "gradient", "weight", "history", ..."""

    def take(self, kind: str, ours, theirs, at_least: float = 1e-12) -> None:
        a, b = (np.asarray(side, dtype=np.float64) for side in (ours, theirs))
        assert a.shape == b.shape, (kind, a.shape, b.shape)
        assert np.array_equal(np.isfinite(a), np.isfinite(b)), f"{kind}: NaN or infinity on one side only"
        assert np.isfinite(b).all(), f"{kind}: NaN or infinity in both, the case shows nothing"
        found = np.abs(a - b).max(initial=0) / max(np.abs(b).max(initial=0), at_least)
        self[kind] = max(self.get(kind, 0.0), float(found))


def compared(case: Case, keras) -> Differences:
    """Builds, trains and compares both; AssertionError where they are not even alike in form."""
    nabi.config.floatx, ours = case.dtype, nabi.config.floatx
    keras.config.set_dtype_policy(case.dtype)
    theirs = keras.config.floatx()
    keras.config.set_floatx(case.dtype)
    try:
        return Twosome(case, keras).compare()
    finally:
        nabi.config.floatx = ours
        keras.config.set_dtype_policy(theirs)
        keras.config.set_floatx(theirs)


def wrong(case: Case, keras) -> dict[str, float]:
    """The differences that are larger than rounding."""
    return {kind: value for kind, value in compared(case, keras).items() if not value <= TOLERANCE[case.dtype]}


class Twosome:
    """Both networks of a case, with the same weights, compiled."""

    def __init__(self, case: Case, keras):
        self.case, self.lib, self.found = case, library(keras), Differences()
        self.ours, self.theirs = case.graph.of(nabi), case.graph.of(self.lib)
        self.same_form()
        randomize(self.ours, case.seed)
        self.first = self.ours.get_weights()
        self.theirs.set_weights(self.first)
        self.gradients: tuple[list, list] = ([], [])
        self.compile(self.ours, nabi, {"precision": case.dtype, "run_eagerly": case.eager})
        self.compile(self.theirs, self.lib, {"run_eagerly": True, "jit_compile": False})
        self.x = inputs(case)
        shapes = [tuple(s.shape[1:]) for s in self.ours.outputs]
        self.y = targets(case, shapes)
        self.w = weights(case, self.y, shapes)
        self.several = len(shapes) > 1

    def same_form(self) -> None:
        """Weights in one order, of the same names and shapes; the same first values where nothing is drawn."""
        ours, theirs = self.ours.weights, self.theirs.weights
        assert [(w.name, w.shape) for w in ours] == [(w.name, tuple(w.shape)) for w in theirs]
        assert [id(w) in set(map(id, self.ours.trainable_weights)) for w in ours] \
            == [id(w) in set(map(id, self.theirs.trainable_weights)) for w in theirs]
        for a, b in zip(self.ours.get_weights(), self.theirs.get_weights(), strict=True):
            if b.size > 2 and len(np.unique(b)) <= 2:  # zeros, ones, constants, the identity, an LSTM's bias
                self.found.take("first values", a, b)

    def compile(self, model, lib, options) -> None:
        case = self.case
        optimizer = of(case.optimizer, lib)
        if not isinstance(optimizer, str) and case.undecayed:
            optimizer.exclude_from_weight_decay(var_names=case.undecayed)
        made = {key: of(value, lib) for key, value in case.compiled.items()}
        losses = of(case.losses, lib)
        model.compile(optimizer, losses if len(losses) > 1 else losses[0], **made, **options)

    def watch(self) -> None:
        """Keeps the gradients of every step."""
        ours, theirs = self.ours.optimizer, self.theirs.optimizer
        our_apply, their_apply = ours.apply, theirs.apply
        binding = self.ours.trainer.ready()
        places = {id(w): view for w, view in zip(binding.learned, binding.views, strict=True)}

        def ours_kept(spans):
            views = [places.get(id(w)) for w in self.ours.trainable_weights]
            self.gradients[0].append([None if v is None else v.detach().clone().numpy() for v in views])
            return our_apply(spans)

        def theirs_kept(grads, trainable_variables=None):
            known = {id(v): g for g, v in zip(grads, trainable_variables or self.theirs.trainable_variables, strict=True)}
            self.gradients[1].append([None if known[id(v)] is None else known[id(v)].detach().clone().numpy()
                                      for v in self.theirs.trainable_variables])
            return their_apply(grads, trainable_variables)

        ours.apply, theirs.apply = ours_kept, theirs_kept

    def compare(self) -> Differences:
        self.outputs("first outputs")
        self.called()
        self.values()
        if self.case.trained and self.ours.trainable_weights:
            self.train()
            self.outputs("outputs")
        if not self.saturated():
            self.evaluation()
        return self.found

    def each(self, things: list) -> Any:
        return things if len(things) > 1 else things[0]

    def outputs(self, kind: str) -> None:
        ours = self.ours.predict(self.each(self.x), batch_size=BATCH, verbose=0)
        theirs = self.theirs.predict(self.each(self.x), batch_size=BATCH, verbose=0)
        self.reset()
        for a, b in zip(*([side] if not self.several else side for side in (ours, theirs)), strict=True):
            self.found.take(kind, a, b)
        self.last = [theirs] if not self.several else theirs

    def called(self) -> None:
        """Layer after layer, by hand: `model(x)`."""
        with torch.no_grad():
            ours = self.ours(self.each([x[:BATCH] for x in self.x]))
        for a, b in zip(ours if self.several else [ours], self.last, strict=True):
            self.found.take("calls by hand", a, b[:BATCH])
        self.reset()

    def values(self) -> None:
        """Losses sample by sample, unreduced."""
        for ours, theirs, y, p in zip(self.ours.trainer.objective.losses, self.their_losses(), self.y, self.last, strict=True):
            reductions = ours.reduction, theirs.reduction
            ours.reduction = theirs.reduction = "none"
            self.found.take("loss by sample", ours(y, p).numpy(), theirs(y, p).detach().numpy())
            ours.reduction, theirs.reduction = reductions

    def their_losses(self) -> list:
        made = [self.lib.losses.get(one) for one in of(self.case.losses, self.lib)]
        return [one if isinstance(one, self.lib.losses.Loss) else self.lib.losses.deserialize(nabi.losses.serialize(
            nabi.losses.get(word))) for one, word in zip(made, self.case.losses, strict=True)]

    def train(self) -> None:
        self.watch()
        options = {"batch_size": BATCH, "epochs": EPOCHS, "shuffle": False, "verbose": 0, **self.w}
        ours = self.ours.fit(self.each(self.x), self.each(self.y), **options).history
        theirs = self.theirs.fit(self.each(self.x), self.each(self.y), **options).history
        self.reset()
        assert set(ours) == set(theirs), (set(ours), set(theirs))
        for name in theirs:
            self.found.take(f"history {name}", ours[name], theirs[name], least(name))
        silent = self.compare_gradients()
        ends = zip(self.ours.weights, self.ours.get_weights(), self.theirs.get_weights(), self.first, strict=True)
        for w, a, b, first in ends:
            if id(w) not in silent:
                self.found.take("weights", a, b, np.abs(first).max(initial=0))  # a moving mean may come to nothing

    def compare_gradients(self) -> set[int]:
        """All gradients of all steps; gives the weights, by id, whose gradient is nothing but rounding."""
        ours, theirs = self.gradients
        assert len(ours) == len(theirs) == 10
        silent = set()
        for mine, other in zip(ours, theirs, strict=True):
            most = max((np.abs(g).max(initial=0) for g in other if g is not None), default=0)
            for w, a, b in zip(self.ours.trainable_weights, mine, other, strict=True):
                b = np.zeros(w.shape) if b is None else b
                a = np.zeros(w.shape) if a is None else a
                if max(np.abs(a).max(initial=0), np.abs(b).max(initial=0)) <= NOISE * most:
                    silent.add(id(w))
                    continue
                self.found.take("gradients", a, b)
        return silent

    def saturated(self) -> bool:
        """Whether Keras clips a probability that nabi's losses, which go on from the logits, do not clip."""
        ends = [loss.pairs_with for loss in self.ours.trainer.objective.losses]
        return any(end and (p.min() < 1e-7 or p.max() > 1 - 1e-7) for end, p in zip(ends, self.last, strict=True))

    def evaluation(self) -> None:
        """Loss and metrics, weighted as in training."""
        options = {"batch_size": BATCH, "verbose": 0, "return_dict": True}
        options |= {"sample_weight": self.w["sample_weight"]} if "sample_weight" in self.w else {}
        ours = self.ours.evaluate(self.each(self.x), self.each(self.y), **options)
        theirs = self.theirs.evaluate(self.each(self.x), self.each(self.y), **options)
        assert set(ours) == set(theirs), (set(ours), set(theirs))
        for name in theirs:
            self.found.take(f"evaluation {name}", ours[name], theirs[name], least(name))

    def reset(self) -> None:
        """Stateful layers begin anew."""
        for model in (self.ours, self.theirs):
            for layer in model.layers:
                if getattr(layer, "stateful", False):
                    layer.reset_state()
