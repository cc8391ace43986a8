"""Optimizers: lower-case names of Keras 1, tf.train's names, `legacy` and `experimental`: all are nabi's optimizers."""

from typing import Any

from nabi.as_keras.names import schedules
from nabi.as_keras.names.objects import deserializer
from nabi.as_keras.steps import Adafactor, Ftrl, Lamb, MultiOptimizer, Muon, OptimizerMap, ScheduleFreeAdamW
from nabi.optimizers import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, Nadam, Optimizer, RMSprop, get

__all__ = ["Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb", "Lion", "LossScaleOptimizer",
           "MultiOptimizer", "Muon", "Nadam", "Optimizer", "OptimizerMap", "RMSprop", "SGD", "ScheduleFreeAdamW",
           "TFOptimizer", "adadelta", "adagrad", "adam", "adamax", "adamw", "deserialize", "lion", "nadam", "rmsprop",
           "schedules", "sgd"]
adadelta, adagrad, adam, adamax, adamw = Adadelta, Adagrad, Adam, Adamax, AdamW
lion, nadam, rmsprop, sgd = Lion, Nadam, RMSprop, SGD
deserialize = deserializer(get)


def TFOptimizer(optimizer: Optimizer) -> Optimizer:
    """Keras 2's frame around an optimizer of TensorFlow: here they are of one kind."""
    return optimizer


def LossScaleOptimizer(inner_optimizer: Optimizer, **options: Any) -> Optimizer:
    """Keras' frame that scales losses for half precision: nabi keeps weights in float32 and needs none: a factor of 1.

    Example:
        >>> optimizer = LossScaleOptimizer(SGD())
        >>> optimizer.get_unscaled_gradients([optimizer.get_scaled_loss(2.0)]), optimizer.loss_scale
        ([2.0], 1.0)
    """
    framed: Any = inner_optimizer
    framed.get_scaled_loss = framed.get_unscaled_gradients = unscaled
    framed.inner_optimizer, framed.loss_scale, framed.dynamic = inner_optimizer, 1.0, False
    return inner_optimizer


def unscaled(values: Any) -> Any:
    """A loss, a function that gives one, or gradients, times 1."""
    return values
