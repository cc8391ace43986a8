"""Objective: what is made small (the loss) and what is watched (the metrics), for one output or several.

    L = sum over outputs o of weight_o * loss_o(y_o, prediction_o)  +  penalties of the regularisers

`loss` in the logs is the mean of L over the samples seen so far in the epoch, while the weights move (Keras).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from nabi import losses as nabi_losses
from nabi import metrics as nabi_metrics
from nabi.core.errors import ArgumentError, DataError
from nabi.core.masks import mask_on, masked
from nabi.data import Batch
from nabi.metrics import CategoricalAccuracy, SparseCategoricalAccuracy
from nabi.training.outputs import metrics_per_output, one_per_output

NO_MASKS: Mapping[int, torch.Tensor] = {}
UNCOUNTED: Mapping[int, int | None] = {}


class Mean:
    """Running mean of values by number of samples, in float64; `name` is how it is logged."""

    def __init__(self, name: str = "loss"):
        self.name = name
        self.reset_state()

    def reset_state(self) -> None:
        self.total, self.count = 0.0, 0

    def update(self, value: float, samples: float) -> None:
        """Adds the mean of so many samples."""
        self.total += value * samples
        self.count += samples

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Adds a value, or the mean of several, with a weight, by default 1: what a train_step of one's own calls."""
        self.update(one_number(torch.as_tensor(values)), 1 if sample_weight is None else float(sample_weight))

    def result(self) -> float:
        return self.total / self.count if self.count else 0.0

    def state(self) -> dict:
        return {"total": self.total, "count": self.count}

    def load_state(self, state: dict) -> None:
        self.total, self.count = float(state["total"]), int(state["count"])


class Watched:
    """One metric of one output: found at the first batch, when the shapes are known ("accuracy" has three forms)."""

    def __init__(self, given: Any, prefix: str, output: int, weighted: bool):
        self.given, self.output, self.weighted = given, output, weighted
        self.metric: Any = nabi_metrics.get(None if isinstance(given, str) else given)
        shown = given if isinstance(given, str) else getattr(self.metric, "name", None) or getattr(given, "__name__", "metric")
        self.name = f"{prefix}{shown}"
        self.shapes: list | None = None  # of one label and one prediction, by which a name was resolved
        self.right = self.seen = 0  # answers that the loss has counted, and that the metric has not been told yet
        if isinstance(given, str):
            nabi_metrics.resolve(given, (None, 1), (None, 1))  # an unknown name is an error now, not at the first batch

    def resolve(self, *shapes) -> Any:
        """Finds the metric behind a name."""
        self.shapes = [list(shape) for shape in shapes]
        self.metric = nabi_metrics.resolve(self.given, (None, *shapes[0]), (None, *shapes[1]))
        return self.metric

    def update(self, y: torch.Tensor, prediction: torch.Tensor, w: torch.Tensor | None, mask: torch.Tensor | None = None,
               right: int | None = None) -> None:
        """Takes one batch; `right` is the number of right answers, if the loss has counted them."""
        metric = self.resolve(y.shape[1:], prediction.shape[1:]) if self.metric is None else self.metric
        weight = w if self.weighted else None
        if right is not None and weight is None and prediction.ndim == 2:
            if type(metric) is (CategoricalAccuracy if y.shape == prediction.shape else SparseCategoricalAccuracy):
                self.right, self.seen = self.right + right, self.seen + y.shape[0]
                if not isinstance(self.given, str):  # the user has it at hand
                    self.tell()
                return
        if mask is not None and getattr(metric, "takes_mask", False):
            weight = masked(weight, mask)
        metric.update_state(y, prediction, weight)

    def tell(self) -> None:
        """Lets the metric know of the answers that were counted for it."""
        if self.seen:
            self.metric.add(self.right, self.seen)
        self.right = self.seen = 0

    def result(self) -> float:
        """One number: of several, one a class or threshold, the mean, as in Keras' progress bar."""
        self.tell()
        return 0.0 if self.metric is None else one_number(self.metric.result())

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Takes one batch by hand: what a train_step of one's own calls. As in Keras, `metrics` count no sample weights."""
        self.update(torch.as_tensor(y_true), torch.as_tensor(y_pred).detach(), sample_weight, mask_on(y_pred))

    def reset_state(self) -> None:
        self.right = self.seen = 0
        if self.metric is not None:
            self.metric.reset_state()

    def state(self) -> dict:
        self.tell()
        return {} if self.metric is None else {"shapes": self.shapes, "sums": self.metric.state()}

    def load_state(self, state: dict) -> None:
        if not state:
            self.reset_state()
            return
        self.right = self.seen = 0
        metric = self.resolve(*state["shapes"]) if self.metric is None else self.metric
        metric.load_state(state["sums"])


@contextmanager
def aside(watched: Any, running: bool) -> Iterator[Any]:
    """Fresh sums inside the block; those of a running fit, whose callback asks, are put back afterwards."""
    kept = watched.state() if running else None
    watched.reset()
    try:
        yield watched
    finally:
        if kept is not None:
            watched.load_state(kept)


class Objective:
    """Losses and metrics of all outputs.

    Args:
        names: the model's output names.
        loss, loss_weights, metrics, weighted_metrics: as given to `compile`.

    Attributes:
        losses: one loss an output; None where an output is not trained.
        trackers: everything that is logged, by name: loss, losses by output, metrics.
    """

    def __init__(self, names: list[str], loss: Any, loss_weights: Any = None, metrics: Any = None, weighted_metrics: Any = None):
        self.output_names, self.given_loss = names, loss
        self.losses: list[Any] = [nabi_losses.get(part) for part in one_per_output(loss, names, "loss")]
        factors = one_per_output(loss_weights, names, "loss_weights")
        self.factors = [1.0 if factor is None else float(factor) for factor in factors]
        self.absorbed: set[int] = set()
        self.on_outputs: list[Any] = self.losses
        self.values: list[Any] = []  # of the last batch, by output
        trained = sum(part is not None for part in self.losses)
        self.total = Mean()
        self.parts = [Mean(f"{name}_loss") if trained > 1 and part is not None else None
                      for name, part in zip(names, self.losses, strict=True)]
        plain = metrics_per_output(metrics, names, "metrics")
        weighted = metrics_per_output(weighted_metrics, names, "weighted_metrics")
        self.watched = [
            Watched(one, f"{name}_" if len(names) > 1 else "", number, counts) for number, name in enumerate(names)
            for given, counts in ((plain[number], False), (weighted[number], True)) for one in given]
        held = {watched.output for watched in self.watched}
        self.asking = [i for i, part in enumerate(self.losses) if part is not None or i in held]  # outputs that ask for targets
        self.added: set[str] = set()  # names of metrics that layers add
        self.trackers: dict[str, Any] = {"loss": self.total}
        self.trackers.update((f"{name}_loss", mean) for name, mean in zip(names, self.parts, strict=True) if mean is not None)
        for watched in self.watched:
            name, number = watched.name, 0
            if name in self.trackers and watched.weighted:  # the same metric weighted and unweighted: Keras' name for the second
                name = f"weighted_{name}"
            base = name
            while name in self.trackers:
                number += 1
                name = f"{base}_{number}"
            self.trackers[name] = watched
            watched.name = name

    @property
    def classifier(self) -> bool:
        """Whether every trained output has a cross-entropy loss."""
        trained = [part for part in self.losses if part is not None]
        return bool(trained) and all(type(part).pairs_with is not None for part in trained)

    def absorb(self, last_activations: list[str | None]) -> set[int]:
        """Outputs whose last activation the loss takes over, computing from logits; `last_activations` by output."""
        self.absorbed = {i for i, (part, last) in enumerate(zip(self.losses, last_activations, strict=True))
                         if part is not None and last is not None and part.pairs_with == last and own_formula(part)}
        self.on_outputs = [part.on_logits() if i in self.absorbed else part for i, part in enumerate(self.losses)]
        return self.absorbed

    @property
    def needs_targets(self) -> bool:
        """Whether a loss or metric holds the outputs against something."""
        return bool(self.watched) or any(part is not None for part in self.losses)

    def check_targets(self, batch: Batch) -> None:
        """Raises DataError where there are not as many targets as outputs; without losses and metrics none are needed."""
        if len(batch.y) not in (len(self.output_names), len(self.asking)) and (batch.y or self.needs_targets):
            raise DataError("y", f"targets for the outputs {self.output_names}", len(batch.y) or "none",
                            "Give y, or a generator of (x, y).")

    def target(self, batch: Batch, i: int) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Target and sample weight of output number i, where only the outputs with a loss or metric may have one, as in Keras."""
        place = i if len(batch.y) == len(self.output_names) else self.asking.index(i)
        return batch.y[place], batch.w[place]

    def loss(self, batch: Batch, outputs: list[torch.Tensor], penalties: list[torch.Tensor],
             masks: Mapping[int, torch.Tensor] = NO_MASKS) -> torch.Tensor:
        """L of one batch; `outputs` are logits where the loss absorbed the last activation, `masks` are theirs, by number."""
        self.check_targets(batch)
        return self.sum_up([self.value(i, batch, out, masks) for i, out in enumerate(outputs)], penalties)

    def value(self, i: int, batch: Batch, output: Any, masks: Mapping[int, torch.Tensor]) -> Any:
        """The loss of output number i, None if it is not trained."""
        part = self.on_outputs[i]
        mask = {"mask": masks[i]} if i in masks else {}
        if part is None:
            return None
        y, w = self.target(batch, i)
        return part(y, output, w, **mask)

    def sum_up(self, values: list[Any], penalties: list[torch.Tensor]) -> torch.Tensor:
        """L from the losses of the outputs."""
        self.values = values
        terms = [value if factor == 1.0 else value * factor
                 for value, factor in zip(values, self.factors, strict=True) if value is not None]
        if not terms and not penalties:
            raise ArgumentError("compile(loss)", "a loss for at least one output", repr(self.given_loss),
                                "Or let a layer add one, self.add_loss(...) in its call.")
        total, *others = *terms, *penalties
        for term in others:
            total = total + term
        if getattr(total, "ndim", 0):
            raise ArgumentError("compile(loss)", "one number a batch", f"an array of shape {tuple(total.shape)}",
                                'Give the loss reduction="sum_over_batch_size".')
        return total

    def update(self, loss: float, batch: Batch, predictions: list[torch.Tensor],
               masks: Mapping[int, torch.Tensor] = NO_MASKS, right: Mapping[int, int | None] = UNCOUNTED) -> None:
        """Takes one batch into the running means and metrics; `right` has the number of right answers of an output, if known."""
        self.total.update(loss, batch.size)
        for mean, value in zip(self.parts, self.values, strict=True):
            if mean is not None:
                mean.update(float(value), batch.size)
        for watched in self.watched:
            i = watched.output
            y, w = self.target(batch, i)
            watched.update(y, predictions[i], w, masks.get(i), right.get(i))

    def expect(self, names: Iterable[str]) -> None:
        """Makes room in the logs for metrics that layers add.

        Raises:
            ArgumentError: the name is that of a loss or metric already.
        """
        for name in names:
            if name in self.trackers and name not in self.added:
                raise ArgumentError(f"add_metric(name={name!r})", "a name that nothing in the logs has",
                                    f"one of {list(self.trackers)}")
            self.added.add(name)
            self.trackers.setdefault(name, Mean(name))

    def include(self, metrics: Iterable[Any]) -> None:
        """Logs metrics that are attributes of the model or of its layers, which update them themselves."""
        for metric in metrics:
            self.trackers.setdefault(metric.name, metric)

    def live(self) -> "Logs":
        """The logs as they are when they are read."""
        return Logs(self)

    def measure(self, measured: list[tuple[str, torch.Tensor]]) -> None:
        """Takes one batch of the metrics that layers added."""
        self.expect(name for name, _ in measured)
        for name, value in measured:
            self.trackers[name].update(value.item(), 1)

    aside = aside

    def reset(self) -> None:
        for tracker in self.trackers.values():
            tracker.reset_state()

    def logs(self, prefix: str = "") -> dict[str, float]:
        """The running values as floats."""
        return {prefix + name: one_number(tracker.result()) for name, tracker in self.trackers.items()}

    def state(self) -> dict:
        return {name: tracker.state() for name, tracker in self.trackers.items()}

    def load_state(self, state: dict) -> None:
        for name, tracker in self.trackers.items():
            if name in state:
                tracker.load_state(state[name])
            else:
                tracker.reset_state()

    @property
    def directions(self) -> dict[str, str | None]:
        """Which way each metric improves, for callbacks with mode="auto"."""
        return {name: getattr(t.metric, "direction", None) for name, t in self.trackers.items() if getattr(t, "metric", None)}


def one_number(result: Any) -> float:
    """A result as a float: of several numbers the mean, as in Keras' progress bar."""
    result = result.detach().double() if isinstance(result, torch.Tensor) else result
    return float(result.mean() if getattr(result, "ndim", 0) else result)


def own_formula(loss: Any) -> bool:
    """Whether a loss computes what its class with `pairs_with` computes: a user's own `call` was written for probabilities."""
    owner = next(base for base in type(loss).__mro__ if "pairs_with" in vars(base))
    return type(loss).call is owner.call


class Logs(Mapping):
    """Running values that are computed when they are read, so that a step nobody watches costs nothing."""

    def __init__(self, objective: Objective):
        self.trackers = objective.trackers

    def __getitem__(self, name):
        return one_number(self.trackers[name].result())

    def __iter__(self):
        return iter(self.trackers)

    def __len__(self):
        return len(self.trackers)

    def __repr__(self):
        return repr(dict(self))

    def copy(self) -> dict[str, float]:
        """The values of now."""
        return dict(self)
