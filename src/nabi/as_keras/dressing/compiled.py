"""Compiled: `model.compiled_loss` and `model.compiled_metrics`, as train_steps written for TensorFlow 2 call them."""

from typing import Any


class CompiledLoss:
    """The losses that `compile` was given, as one function.

    Args:
        model: the model.
    """

    def __init__(self, model: Any):
        self.model = model

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None, regularization_losses: Any = None) -> Any:
        """The loss of a batch; penalties of the weights are in it."""
        loss = self.model.compute_loss(y=y_true, y_pred=y_pred, sample_weight=sample_weight)
        self.model.trainer.objective.total.update_state(loss.detach(), len(y_pred))
        return loss

    @property
    def metrics(self) -> list:
        """None besides those of `compiled_metrics`."""
        return []


class CompiledMetrics:
    """The metrics that `compile` was given.

    Args:
        model: the model.
    """

    def __init__(self, model: Any):
        self.model = model

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Takes in a batch."""
        self.model.compute_metrics(None, y_true, y_pred, sample_weight)

    @property
    def metrics(self) -> list:
        """What `compile` was given, and the mean of the loss."""
        return self.model.metrics

    def reset_state(self) -> None:
        """Forgets the batches."""
        for metric in self.model.metrics:
            metric.reset_state()
