"""Own: steps that a model's class writes itself: train_step, test_step, predict_step, compute_loss, compute_metrics.

    class Net(nabi.Model):
        def train_step(self, data):
            x, y = data
            loss = self.compute_loss(x, y, self(x, training=True))
            self.zero_grad()
            loss.backward()
            weights = self.trainable_weights
            self.optimizer.apply([w.value.grad for w in weights], weights)
            return {"loss": loss}

`fit`, `evaluate` and `predict` call them instead of nabi's steps, in the same loop: callbacks, Ctrl-C, checkpoints. Where only
compute_loss or compute_metrics is written, the steps are those of Keras on torch around it, and run by autograd.
Source: Keras 3, backend/torch/trainer.py; keras.io, "Customizing what happens in fit() with PyTorch".
"""

import inspect
from typing import Any

import torch

from nabi.core.errors import ArgumentError, StateError
from nabi.core.masks import mask_on
from nabi.data import Batch, as_list, weights_for
from nabi.data.batch import as_batch
from nabi.layers.node import flatten
from nabi.training.leaves import Leaves
from nabi.training.nonfinite import LEARNING, NonFinite, step_of, stops
from nabi.training.raw import Forms, Raw, mapped, unpacked
from nabi.training.returned import Returned

AROUND = ("compute_loss", "compute_metrics")


def overrides(model: Any, *methods: str) -> bool:
    """Whether a class of the user's writes one of these methods."""
    return any(not getattr(type(model), method).__module__.startswith("nabi.") for method in methods)


class Own:
    """The steps of one trainer's model.

    Args:
        trainer: the trainer.

    Attributes:
        trains, tests, predicts: which steps are not nabi's.
        trained, tested: the logs of those steps.
        forms: in which form the arrays of the running fit, or evaluation, were given.
    """

    def __init__(self, trainer: Any):
        self.trainer, model = trainer, trainer.model
        self.trains = overrides(model, "train_step", *AROUND)
        self.tests = overrides(model, "test_step", *AROUND)
        self.predicts = overrides(model, "predict_step")
        self.trained, self.tested = Returned(model, "train_step"), Returned(model, "test_step")
        self.forms: dict[str, Forms | None] = {}

    # What the loop calls --------------------------------------------------------------------------------------------------

    def train(self, batch: Any) -> float:
        """One train_step; gives the loss that it returned, if any.

        Raises:
            NonFinite: a loss that it returned is NaN or infinite.
        """
        trainer = self.trainer
        with Leaves(trainer.model, trainer.precision.dtype):
            self.trained.take(trainer.model.train_step(self.data(batch, "train")))
        logs = self.trained.live()
        for name in logs:
            if "loss" in name and stops(logs[name]):
                raise NonFinite(f"{step_of(trainer)}: '{name}', which train_step returned, is not finite. {LEARNING}")
        return logs["loss"] if "loss" in logs else 0.0

    @torch.no_grad()
    def test(self, batch: Any) -> None:
        """One test_step, without gradients."""
        self.tested.take(self.trainer.model.test_step(self.data(batch, "test")))

    def data(self, batch: Any, purpose: str) -> Any:
        """A batch as the user's step wants it: in its own form, floats in the model's dtype."""
        forms, dtype = self.forms.get(purpose) or Forms(), self.trainer.precision.dtype
        given = batch if isinstance(batch, Raw) else forms.raw(batch)
        return mapped(given.data, lambda t: t.to(dtype) if t.is_floating_point() else t)

    # What the steps of nabi's base class are --------------------------------------------------------------------------------

    def usual_train_step(self, data: Any) -> dict[str, Any]:
        """`Model.train_step`: nabi's own step, or Keras' around the compute_loss or compute_metrics of the user's."""
        trainer, model = self.trainer, self.trainer.model
        if not overrides(model, *AROUND):
            trainer.one_step(self.batch(data))
            return self.results()
        x, y, w = unpacked(data)
        y_pred = model(x, training=True)
        model.zero_grad()
        loss = computed(model, x, y, y_pred, w, True)
        trainer.objective.total.update_state(loss, samples(x))
        weights = model.trainable_weights
        if weights:
            trainer.optimizer.scale_loss(loss).backward()
            trainer.optimizer.apply([v.value.grad for v in weights], weights)
        return model.compute_metrics(x, y, y_pred, sample_weight=w)

    def usual_test_step(self, data: Any) -> dict[str, Any]:
        """`Model.test_step`, likewise."""
        trainer, model = self.trainer, self.trainer.model
        if not overrides(model, *AROUND):
            trainer.one_test(self.batch(data))
            return self.results()
        x, y, w = unpacked(data)
        y_pred = model(x, training=False)
        trainer.objective.total.update_state(computed(model, x, y, y_pred, w, False), samples(x))
        return model.compute_metrics(x, y, y_pred, sample_weight=w)

    def usual_loss(self, y: Any, y_pred: Any, w: Any) -> torch.Tensor:
        """`Model.compute_loss`: the losses of `compile`, what layers added in the last call, penalties of the weights."""
        objective, values = self.trainer.objective, []
        if any(part is not None for part in objective.losses):
            for part, target, prediction, weight in zip(objective.losses, *self.sides(y, y_pred, w), strict=True):
                values.append(None if part is None else part(target, prediction, weight))
        return objective.sum_up(values or [None] * len(objective.losses), self.trainer.model.losses)

    def usual_metrics(self, y: Any, y_pred: Any, w: Any) -> dict[str, Any]:
        """`Model.compute_metrics`: the metrics of `compile`, and what is logged besides."""
        objective = self.trainer.objective
        if objective.watched:
            targets, predictions, weights = self.sides(y, y_pred, w)
            for watched in objective.watched:
                i = watched.output
                watched.update(targets[i], predictions[i].detach(), weights[i], mask_on(predictions[i]))
        for mean, value in zip(objective.parts, objective.values, strict=False):
            if mean is not None and value is not None:
                mean.update_state(value, len(flatten(y_pred)[0]))
        return self.results()

    def results(self) -> dict[str, Any]:
        """The results of all metrics by name."""
        return {metric.name: metric.result() for metric in self.trainer.model.metrics}

    def sides(self, y: Any, y_pred: Any, w: Any) -> tuple[list, list, list]:
        """Targets, predictions and weights, one an output."""
        names = self.trainer.objective.output_names
        predictions = [y_pred[name] for name in names] if isinstance(y_pred, dict) else flatten(y_pred)
        targets = as_list(y, names, "y", 1)
        if len(targets) != len(names) or len(predictions) != len(names):
            raise StateError(f"{self.trainer.model.label}.compute_loss", f"a target and a prediction for each of {names}",
                             f"{len(targets)} and {len(predictions)}")
        return targets, predictions, weights_for(w, names, len(names))

    def batch(self, data: Any) -> Batch:
        """Data as nabi's own step takes them; the model is built for them if need be."""
        trainer, model = self.trainer, self.trainer.model
        x, y, w = unpacked(data)
        if model.graph is None:
            model.begin_on(x)
        trainer.meet()
        found = as_batch((x, y, w)[:1 if y is None else 3], list(model.input_names), list(model.output_names))
        trainer.check_batch(found)
        return found


def computed(model: Any, x: Any, y: Any, y_pred: Any, w: Any, training: bool) -> torch.Tensor:
    """`model.compute_loss`, told the mode if it takes it, as one number.

    Raises:
        ArgumentError: it gives none.
    """
    told = {"training": training} if "training" in inspect.signature(model.compute_loss).parameters else {}
    loss = model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=w, **told)
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1:
        raise ArgumentError(f"{model.label}.compute_loss", "one number as a tensor", type(loss).__name__,
                            "Take the mean over the batch: nabi.ops.mean(...).")
    return loss.reshape(())


def samples(x: Any) -> int:
    """Number of samples of a tensor, or of the first in a list or dict."""
    return len(flatten(x)[0])
