"""Adding: what a layer or model adds to the loss and to the metrics while it computes: add_loss, add_metric, in its `call`.

    L = loss of the outputs + sum of what was added in this batch + penalties of the weights

    def call(self, x):
        self.add_loss(1e-2 * ops.mean(ops.square(x)))        counts in training and in evaluation, as in Keras
        self.add_metric(ops.mean(x), name="activity")        a line of its own in the logs: the mean over the batches
        return x

Within `fit` and `evaluate` these go to the batch that is running; of a call by hand, `layer.losses` has them until the next one.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.layers.inside import RUNNING, opened


@dataclass
class Added:
    """What one run added: scalars for the loss, and (name, value) for the metrics."""

    penalties: list[torch.Tensor] = field(default_factory=list)
    measured: list[tuple[str, torch.Tensor]] = field(default_factory=list)


ADDING: ContextVar[Any] = ContextVar("nabi_adding", default=None)  # an Added, or the pass that is running


class Adding:
    """The methods, as part of every layer.

    Attributes:
        measures: names of the metrics that its `call` has added, in a trial too, so that the logs know them beforehand.
        added: (the run, what it added by a call by hand).
    """

    activity_regularizer: Any = None
    label: Any

    def add_loss(self, loss: Any) -> None:
        """Adds a tensor, or a list of them, to the loss of the batch; of more than one number the sum.

        Example:
            >>> import nabi, torch
            >>> class Small(nabi.Layer):
            ...     def call(self, x):
            ...         self.add_loss(0.5 * x.square().sum())
            ...         return x
            >>> layer = Small()
            >>> out = layer(torch.tensor([[1.0, 2.0]]))
            >>> layer.losses
            [tensor(2.5000)]

        Raises ArgumentError for what is no tensor: in Keras 3 functions and symbols are none either.
        """
        for one in loss if isinstance(loss, (list, tuple)) else [loss]:
            if not isinstance(one, (torch.Tensor, float, int)):
                raise ArgumentError(f"{self.label}.add_loss", "a tensor, in its call", type(one).__name__,
                                    "In a model of Inputs put a layer of your own in the way, whose call adds the loss.")
            penalty = torch.as_tensor(one)
            self.enter("penalties", penalty.sum() if penalty.ndim else penalty)

    def add_metric(self, value: Any, name: str | None = None, aggregation: str = "mean") -> None:
        """Watches a number: its mean over the batches is logged under `name`, as in Keras 2. Keras 3 has no such method.

        Args:
            value: a tensor; of more than one number the mean.
            name: how it is logged; what a metric among the layer's attributes gives needs none, and is logged by that metric.
            aggregation: "mean", Keras 2's other values make no difference for means.

        Raises ArgumentError without a name.
        """
        own = [one.name for one in vars(self).values() if hasattr(one, "update_state")]
        if name in own or (name is None and own):
            return
        if not isinstance(name, str) or aggregation not in ("mean", None):
            raise ArgumentError(f"{self.label}.add_metric", 'a name, and aggregation="mean"', f"{name!r}, {aggregation!r}",
                                'Write self.add_metric(value, name="what it is").')
        self.measures = (*(known for known in self.measures if known != name), name)
        with torch.no_grad():
            self.enter("measured", (name, torch.as_tensor(value).double().mean()))

    def enter(self, side: str, what: Any) -> None:
        """Gives the running batch a loss or metric; a call by hand keeps it here."""
        now, running = ADDING.get(), RUNNING.get()
        if running is not None and running.trial is not None:
            return
        if now is None or isinstance(now, Added):
            if self.added[0] is not now or now is None:
                self.added = now, Added()
            getattr(self.added[1], side).append(what)
        if now is not None:
            getattr(now, side).append(what)

    def add_nothing(self) -> None:
        """The attributes that `add_loss` needs."""
        self.measures: tuple[str, ...] = ()
        self.added: tuple[Any, Added] = None, Added()

    def regularize(self, made: Any) -> None:
        """Adds the penalty on what `call` has made: that of each output, divided by the number of samples."""
        for part in [made] if isinstance(made, torch.Tensor) else made:
            self.add_loss(self.activity_regularizer(part) / len(part))

    @property
    def may_add(self) -> bool:
        """Whether it, or a layer inside it, may add a loss or a metric: those with a `call` of the user's own."""
        return any(one.activity_regularizer is not None or one.own_code for one in opened(self))
