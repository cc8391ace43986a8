"""Training: plan, step, loop, checkpoints: what `Model.compile` and `Model.fit` reach through the registry."""

from nabi.core.registry import register
from nabi.training import loop
from nabi.training.plan import Plan
from nabi.training.trainer import Trainer

for _thing in (Trainer, loop.predict, loop.predict_on_batch):
    register("trainer")(_thing)

__all__ = ["Plan", "Trainer"]
