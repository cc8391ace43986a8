"""Metric: a number that is collected batch by batch and read at the end; Mean: the weighted mean of what was collected.

    Mean = sum_i w_i v_i / sum_i w_i        v_i: a sample's value (the mean over its places), w_i: its weight, else 1

Sums are kept in float64. Source: Keras 3.15, metrics/metric.py, metrics/reduction_metrics.py.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.claimed import keep_apart
from nabi.core.errors import ArgumentError, Unwritten
from nabi.core.masks import mask_on, masked
from nabi.core.names import snake_case
from nabi.core.pieces import Piece
from nabi.core.registry import TABLE, lookup, register
from nabi.core.targets import as_pair, per_sample, same_rank

FLOATS = ("float64", "float32", "bfloat16", "float16")


class Variable(torch.Tensor):
    """A float64 tensor that is changed in place by Keras' words.

    Example:
        >>> v = torch.zeros(2, dtype=torch.float64).as_subclass(Variable)
        >>> v.assign_add([1, 2])
        >>> v.assign_sub(0.5)
        >>> (v / 2).tolist()
        [0.25, 0.75]
    """

    @torch.no_grad()
    def assign(self, value: Any) -> None:
        """Takes a value, of its shape or a number."""
        self.copy_(torch.as_tensor(value, dtype=torch.float64).expand(self.shape))

    def assign_add(self, value: Any) -> None:
        """v <- v + value, a number or of its shape."""
        self.assign(self.detach() + torch.as_tensor(value, dtype=torch.float64))

    def assign_sub(self, value: Any) -> None:
        """v <- v - value, likewise."""
        self.assign(self.detach() - torch.as_tensor(value, dtype=torch.float64))


class Metric(Piece):
    """Base of all metrics: subclass it, name the sums in `accumulators`, write `update_state` and `result`.

    Args:
        name: shown in logs; the class's name in snake_case if None.
        dtype: as in Keras, how exact the sums must be at least: "float32" or another float dtype. They are float64 in any case.

    Attributes:
        accumulators: name and shape of each sum; every one is an attribute, a float64 tensor that starts at 0.
        direction: "max" where more is better, "min" where less is, None where the metric does not say.
        takes_mask: whether time steps that a mask leaves out count for nothing, as in Keras' means over samples.

    Example:
        >>> class Largest(Metric):
        ...     accumulators = {"error": ()}
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.error = torch.maximum(self.error, (y_pred - y_true).abs().max())
        ...     def result(self):
        ...         return float(self.error)
        >>> Largest()(torch.tensor([1.0, 2.0]), torch.tensor([1.5, 4.0]))
        2.0
    """

    accumulators: dict[str, tuple[int, ...]] = {}
    direction: str | None = None
    takes_mask = False

    def __init_subclass__(cls, **options):
        """`self.state = self.add_weight(...)` of a metric of the user's leaves nabi's `state` alone."""
        super().__init_subclass__(**options)
        keep_apart(cls, ("state", "load_state"))

    def __init__(self, name: str | None = None, dtype: Any = None):
        if not isinstance(name, str | None):
            raise ArgumentError(f"{type(self).__name__}(name)", "a text as the metric's name, or None", repr(name))
        self.name = name or snake_case(type(self).__name__)
        self.dtype = float_name(f"{type(self).__name__}(dtype)", dtype)
        self.variables: dict[str, Variable] = {}
        Metric.reset_state(self)  # not a subclass's own, which may need what it has not made yet

    def add_weight(self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: str | None = None) -> "Variable":
        """A sum as Keras' metrics write it: `self.total = self.add_weight(name="total")`, `self.total.assign_add(...)`.

        It starts at 0, whatever the initializer, and again with each epoch. In checkpoints it stands under its name.
        """
        name = name or f"variable_{len(self.variables)}"
        if name in self.variables or name in self.accumulators:
            raise ArgumentError(f"{type(self).__name__}.add_weight(name)", "a name of its own", f"'{name}' again")
        self.variables[name] = torch.zeros(tuple(shape), dtype=torch.float64).as_subclass(Variable)
        return self.variables[name]

    add_variable = add_weight

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Takes a batch and returns the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Takes a batch; reads nothing back, so it never waits for the device."""
        raise Unwritten(self, "update_state(self, y_true, y_pred, sample_weight=None)")

    def result(self) -> float | np.ndarray:
        """The metric of all batches since `reset_state`: a float, or an array where there are several classes or thresholds.

        In the logs of `fit` and `evaluate` an array stands as its mean, as in Keras' progress bar.
        """
        raise Unwritten(self, "result(self)")

    def reset_state(self) -> None:
        """Sets every sum to 0, as at the start of an epoch."""
        for name, shape in self.accumulators.items():
            setattr(self, name, torch.zeros(shape, dtype=torch.float64))
        for variable in self.variables.values():
            variable.assign(0)

    def state(self) -> dict[str, Any]:
        """The sums as numbers and NumPy arrays, for a checkpoint."""
        tensors = {name: getattr(self, name).cpu() for name in self.accumulators}
        tensors |= {name: variable.as_subclass(torch.Tensor) for name, variable in self.variables.items()}
        return {name: t.numpy().copy() if t.ndim else float(t) for name, t in tensors.items()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Goes on from what `state` returned."""
        for name in self.accumulators:
            setattr(self, name, torch.tensor(np.asarray(state[name]), dtype=torch.float64))
        for name, variable in self.variables.items():
            variable.assign(state[name])


def float_name(where: str, dtype: Any) -> str | None:
    """The name of a float dtype, however it was given; None stays None."""
    name = None if dtype is None else getattr(dtype, "__name__", str(dtype)).removeprefix("torch.")
    if name not in (None, *FLOATS):
        raise ArgumentError(where, f"one of {', '.join(FLOATS)}, or None", repr(dtype))
    return name


def numbers_of(values: Any) -> torch.Tensor:
    """Values in float64: a number, array or tensor, or a list of numbers and tensors."""
    if isinstance(values, (list, tuple)) and any(isinstance(one, torch.Tensor) for one in values):
        values = torch.stack([torch.as_tensor(one) for one in values])
    return torch.as_tensor(values, dtype=torch.float64)


class Averaged(Metric):
    """Base of metrics that are a weighted mean: `collect` values in `update_state`.

    Values (batch, ...) are first averaged over their places. A weight is one number, (batch,), or in the values' shape.
    No values at all give 0, as in Keras.
    """

    accumulators = {"total": (), "count": ()}
    takes_mask = True

    total: torch.Tensor
    count: torch.Tensor

    def collect(self, values: Any, sample_weight: Any = None, y_pred: Any = None) -> None:
        """Adds a batch of values (batch, ...) with their weights; what the mask on y_pred leaves out counts for nothing."""
        mask = mask_on(y_pred) if self.takes_mask else None
        with torch.no_grad():
            sample_weight = sample_weight if mask is None else masked(sample_weight, mask)
            v, w = numbers_of(values), None
            if sample_weight is not None:
                w = torch.as_tensor(sample_weight, dtype=torch.float64, device=v.device)
                v, w = same_rank(v, w)
                v = v.mean(tuple(range(w.ndim, v.ndim))) if v.ndim > w.ndim else v
                v, w = per_sample(v, w)
                v = v * w
                w = w.expand(v.shape)
                w = w.mean(tuple(range(1, w.ndim))) if w.ndim > 1 else w
            v = v.mean(tuple(range(1, v.ndim))) if v.ndim > 1 else v
            self.add(v.sum(), v.numel() if w is None else w.sum())

    def add(self, total: Any, count: Any) -> None:
        """Adds a batch that is summed up already: the sum of its weighted values, and of its weights."""
        self.total, self.count = self.total + total, self.count + count

    def result(self) -> float:
        count = float(self.count)
        return float(self.total) / count if count else 0.0


@register("metric", "mean")
class Mean(Averaged):
    """Weighted mean of values: `update_state(values, sample_weight)`.

    Example:
        >>> mean = Mean()
        >>> mean.update_state([1, 3, 5, 7]), mean.result()
        (None, 4.0)
        >>> mean.update_state([9, 9], sample_weight=[1, 0]), mean.result()
        (None, 5.0)
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None):
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.collect(values, sample_weight)


@register("metric", "sum")
class Sum(Metric):
    """Weighted sum of values: `update_state(values, sample_weight)`.

    Example:
        >>> total = Sum()
        >>> total.update_state([1, 3, 5, 7]), total.result()
        (None, 16.0)
        >>> total.update_state([[9, 1], [1, 1]], sample_weight=[0, 2]), total.result()
        (None, 20.0)
    """

    accumulators = {"total": ()}

    total: torch.Tensor

    def __init__(self, name: str | None = "sum", dtype: Any = None):
        super().__init__(name, dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        with torch.no_grad():
            v = numbers_of(values)
            if sample_weight is not None:
                v, w = per_sample(v, torch.as_tensor(sample_weight, dtype=torch.float64, device=v.device))
                v = v * w
            self.total = self.total + v.sum()

    def result(self) -> float:
        return float(self.total)


@register("metric")
class MeanMetricWrapper(Averaged):
    """Mean of a function's values: `fn(y_true, y_pred)` gives one value a sample (or one a place, or one for the batch).

    Further arguments are the function's: `MeanMetricWrapper(fn, k=3)` calls `fn(y_true, y_pred, k=3)`.

    Example:
        >>> worst = MeanMetricWrapper(lambda y, p: (y - p).abs().amax(-1), name="worst")
        >>> worst([[0.0, 0.0], [1.0, 1.0]], [[1.0, 3.0], [1.0, 2.0]])
        2.0

    Keras: the same name; here y_true and y_pred reach the function with one rank.
    """

    def __init__(self, fn: Any, name: str | None = None, dtype: Any = None, **arguments: Any):
        if isinstance(fn, str):
            fn = lookup("metric", fn)
        if not callable(fn):
            raise ArgumentError("MeanMetricWrapper(fn)", "a function of y_true and y_pred", repr(fn))
        super().__init__(name or getattr(fn, "name", None) or getattr(fn, "__name__", type(fn).__name__), dtype)
        self.fn = fn
        self.arguments = arguments
        self.direction = "min" if getattr(fn, "__name__", type(fn).__name__) in TABLE["loss"] else None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        with torch.no_grad():
            values = self.fn(*same_rank(*as_pair(y_true, y_pred)), **self.arguments)
        self.collect(values, sample_weight, y_pred)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self.arguments}
