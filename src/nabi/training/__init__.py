"""Training: plan, step, loop, checkpoints: what `Model.compile` and `Model.fit` reach through the registry."""

from nabi.core.registry import register
from nabi.training.by_hand import ByHand
from nabi.training.plan import Plan
from nabi.training.predicting import predict, predict_on_batch
from nabi.training.rate_range import lr_find
from nabi.training.trainer import Trainer

for _thing in (ByHand, Trainer, predict, predict_on_batch):
    register("trainer")(_thing)

__all__ = ["Plan", "Trainer", "lr_find", "predict", "predict_on_batch"]
