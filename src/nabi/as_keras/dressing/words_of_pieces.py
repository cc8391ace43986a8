"""Words of pieces: what Keras 3's losses, metrics, initializers, optimizers and variables answer to besides.

    for v in metric.variables: v.assign(0)          Keras' list of sums, where nabi has a dict
    metric.stateless_update_state(variables, y, p)  sums after a batch; the metric's own stay
    loss.dtype, initializer.clone(), weight.aggregation
"""

import copy
from collections.abc import Callable, Iterator
from functools import wraps
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from nabi.as_keras.dressing.giving_way import always, put_methods, put_values
from nabi.as_keras.dressing.optimizer_weights import stateless_apply
from nabi.as_keras.dressing.printing import dress_printing
from nabi.as_keras.patches import Patches
from nabi.initializers import Initializer
from nabi.layers.weight import Weight
from nabi.losses import Loss
from nabi.metrics import Metric
from nabi.models.learning import Learning
from nabi.optimizers import Optimizer


def dress_pieces(patches: Patches) -> None:
    """Puts these on nabi's classes."""
    put_values(patches, Loss, {"dtype": always("float32")})
    put_values(patches, Metric, {"variables": Variables, "non_trainable_variables": lambda self: self.variables,
                                 "trainable_variables": lambda self: [], "dtype_policy": always(None)})
    patches.around(Metric, "__init__", with_variables)
    put_methods(patches, Metric, {"stateless_update_state": stateless_update_state, "stateless_result": stateless_result,
                                  "stateless_reset_state": stateless_reset_state})
    put_methods(patches, Initializer, {"clone": copy.copy})
    put_values(patches, Weight, {"overwrite_with_gradient": always(False), "aggregation": always("none"),
                                 "synchronization": always("auto"), "autocast": always(True)})
    put_methods(patches, Optimizer, {"save_own_variables": save_optimizer, "load_own_variables": load_optimizer,
                                     "stateless_apply": stateless_apply})
    patches.around(Learning, "require_trainer", nameless)
    dress_printing(patches)


class Variables(dict):
    """A metric's sums: nabi's dict by name, which goes through its values, as Keras' list does.

    Args:
        metric: whose they are.
        entries: those that `add_weight` made.
    """

    def __init__(self, metric: Any, entries: Any = ()):
        super().__init__(entries)
        self.metric = metric

    def all(self) -> list[Any]:
        """The sums that its class declares, then those that it made."""
        return [*(Sum(self.metric, name) for name in self.metric.accumulators), *self.values()]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self.metric.accumulators) + super().__len__()

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if isinstance(key, str) else self.all()[key]


class Sum:
    """A sum that a metric's class declares, as a variable.

    Args:
        metric, name: the metric, and the attribute.
    """

    def __init__(self, metric: Any, name: str):
        self.metric, self.name = metric, name

    @property
    def tensor(self) -> torch.Tensor:
        """Its numbers."""
        return getattr(self.metric, self.name)

    value = tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of its axes."""
        return tuple(self.tensor.shape)

    def assign(self, value: Any) -> None:
        """Takes numbers of its shape, or one for all."""
        setattr(self.metric, self.name, torch.as_tensor(value, dtype=torch.float64).expand(self.shape).clone())

    def assign_add(self, value: Any) -> None:
        """v <- v + value."""
        self.assign(self.tensor + torch.as_tensor(value))

    def numpy(self) -> np.ndarray:
        """A copy."""
        return self.tensor.numpy().copy()

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.tensor.numpy(), dtype)


def with_variables(make: Callable) -> Callable:
    """A metric's constructor, after which its variables are also Keras' list."""

    @wraps(make)
    def call(self, *args, **options):
        make(self, *args, **options)
        self.__dict__["variables"] = Variables(self, self.__dict__["variables"])

    return call


def numbers_of(metric: Any) -> list[torch.Tensor]:
    """Copies of its sums."""
    return [torch.as_tensor(getattr(one, "tensor", one)).detach().clone() for one in metric.variables]


def with_numbers(metric: Any, numbers: Any, function: Callable) -> Any:
    """What a function gives while a metric has these sums; its own are put back."""
    before = numbers_of(metric)
    try:
        for variable, number in zip(metric.variables, numbers, strict=True):
            variable.assign(getattr(number, "tensor", number))
        return function()
    finally:
        for variable, number in zip(metric.variables, before, strict=True):
            variable.assign(number)


def stateless_update_state(self: Any, metric_variables: Any, *args: Any, **options: Any) -> list[torch.Tensor]:
    """The sums after a batch, from other sums."""
    return with_numbers(self, metric_variables, lambda: (self.update_state(*args, **options), numbers_of(self))[1])


def stateless_result(self: Any, metric_variables: Any) -> Any:
    """The result of such sums."""
    return with_numbers(self, metric_variables, self.result)


def stateless_reset_state(self: Any) -> list[torch.Tensor]:
    """The sums at the start of an epoch."""
    return with_numbers(self, numbers_of(self), lambda: (self.reset_state(), numbers_of(self))[1])


def save_optimizer(self: Any, store: Any) -> None:
    """Puts its steps and memory into a dict, by number."""
    store.update({str(number): np.asarray(value) for number, value in enumerate(self.get_weights())})


def load_optimizer(self: Any, store: Any) -> None:
    """Takes them from there."""
    self.set_weights([store[str(number)] for number in range(len(store))])


def nameless(method: Callable) -> Callable:
    """`require_trainer`, without which `metrics_names` is empty, as in Keras 3."""

    @wraps(method)
    def call(self, asked):
        if self.trainer is None and asked == "metrics_names":
            return SimpleNamespace(names=[])
        return method(self, asked)

    return call
