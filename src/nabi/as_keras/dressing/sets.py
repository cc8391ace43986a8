"""Sets: one optimizer that is given gradients of several sets of weights in turn, as TensorFlow's take them; arguments left over.

    optimizer.apply_gradients(zip(d_gradients, discriminator.trainable_variables))
    optimizer.apply_gradients(zip(g_gradients, generator.trainable_variables))

Each set has a memory of its own, under the same rate. A gradient that is NaN or infinite changes nothing, and is told.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.as_keras.tensorflow.taping import weight_of
from nabi.models import Model
from nabi.optimizers import Optimizer
from nabi.training.by_hand import ByHand
from nabi.training.nonfinite import NonFinite


def knows(optimizer: Any, weights: list) -> bool:
    """Whether an optimizer has seen all these weights, or none at all."""
    return optimizer.hand is None or {id(w) for w in weights} <= {id(w) for w in optimizer.hand.weights}


def by_sets(method: Callable) -> Callable:
    """`apply_gradients`, with an optimizer alike for each further set of weights."""

    @wraps(method)
    def call(self, grads_and_vars, *more, **options):
        pairs = [(g, weight_of(w)) for g, w in grads_and_vars]
        weights = [w for _, w in pairs]
        if not pairs or knows(self, weights):
            return method(self, pairs)
        others: list = self.__dict__.setdefault("of_other_sets", [])
        twin = next((one for one in others if knows(one, weights)), None)
        if twin is None:
            twin = type(self).from_config(self.get_config())
            others.append(twin)
        if isinstance(self._learning_rate, float):
            twin.learning_rate = self._learning_rate
        return method(twin, pairs)

    return call


def told(apply: Callable) -> Callable:
    """A step by hand that leaves the weights where a gradient is no number."""

    @wraps(apply)
    def call(self, gradients, weights=None):
        try:
            return apply(self, gradients, weights)
        except NonFinite as failure:
            note("not finite", f"{failure} The weights stay as they were.")
            return None

    return call


def without_itself(make: Callable) -> Callable:
    """A model's constructor, also as `super().__init__(self)`."""

    @wraps(make)
    def call(self, *args, **options):
        make(self, *(args[1:] if args and args[0] is self else args), **options)

    return call


def dress_sets(patches: Patches) -> None:
    """Puts these on nabi's optimizers and models."""
    patches.around(Optimizer, "apply_gradients", by_sets)
    patches.around(ByHand, "apply", told)
    patches.around(Model, "__init__", without_itself)
