"""Symbolic losses: losses that are written with symbols of the model, as Keras 1 and 2 allowed: `add_loss` and closures.

    vae.add_loss(K.mean(reconstruction + kl));  vae.compile("adam");  vae.fit(x)

    def vae_loss(x, y):
        return binary_crossentropy(x, y) + kl            kl is made of z_mean, a symbol of the model

Such a model trains through a twin: the same layers, whose one output is the loss itself. The labels that a closure reads are
inputs of the twin.
"""

import inspect
from typing import Any

import numpy as np

from nabi import ops
from nabi.as_keras.notes import note
from nabi.core.errors import NabiError
from nabi.layers import Input
from nabi.layers.node import Symbol
from nabi.models import Model


def taken(y_true: Any, y_pred: Any) -> Any:
    """The loss of the twin: its output."""
    return y_pred.reshape(len(y_pred), -1).mean(-1) if y_pred.ndim else y_pred


def ancestors(symbol: Symbol, stop: list[Symbol]) -> list[Symbol]:
    """The symbols that a symbol is made of, without what lies behind those of `stop`."""
    seen: dict[int, Symbol] = {}
    todo = [symbol]
    while todo:
        one = todo.pop()
        if id(one) not in seen:
            seen[id(one)] = one
            if not any(one is end for end in stop):
                todo += one.node.inputs
    return list(seen.values())


def closure(model: Model, loss: Any) -> tuple[list[Symbol], Symbol] | None:
    """For a function of the user's that reads symbols of the model: the symbol of the labels, and of the loss; else None."""
    if not inspect.isfunction(loss) or loss.__module__.startswith("nabi.") or model.written or len(model.outputs) != 1:
        return None
    reads = [cell.cell_contents for cell in loss.__closure__ or ()]
    reads += [loss.__globals__.get(name) for name in loss.__code__.co_names]
    if not any(isinstance(one, Symbol) for one in reads):
        return None
    output = model.outputs[0]
    labels = Input(output.shape[1:])
    try:
        made = loss(labels, output)
    except (NabiError, TypeError, ValueError):
        return None
    if not isinstance(made, Symbol) or not any(one in ancestors(made, [labels, output]) for one in model.inputs):
        return None
    return [labels], made


class Twin:
    """The model that trains in a model's place.

    Args:
        model: the model.
        labels: symbols of labels that the loss reads.
        losses: symbols of the loss.
    """

    def __init__(self, model: Model, labels: list[Symbol], losses: list[Symbol]):
        self.labels, self.own = labels, model
        total = losses[0]
        for one in losses[1:]:
            total = total + one
        self.model = Model([*model.inputs, *labels], batched(total, model.inputs[0]))

    def compile(self, optimizer: Any, **options: Any) -> None:
        """The twin has the optimizer; the model itself computes as before."""
        if options.get("metrics"):
            note("metrics of a symbolic loss", "compile(metrics): a model whose loss is made of its symbols logs the loss alone.")
        self.model.compile(optimizer, loss=taken)

    def given(self, x: Any, y: Any) -> tuple[Any, Any]:
        """x and y of the model as those of the twin."""
        inputs = list(x) if isinstance(x, (list, tuple)) else [x]
        if self.labels:
            inputs += list(y) if isinstance(y, (list, tuple)) else [y]
        return (inputs if len(inputs) > 1 else inputs[0]), np.zeros(len(inputs[0]), "float32")

    def fit(self, x: Any = None, y: Any = None, **options: Any) -> Any:
        """Trains on the loss itself; the History is the model's, too."""
        held = options.pop("validation_data", None)
        if held is not None:
            pair = tuple(held) if isinstance(held, (list, tuple)) else (held, None)
            options["validation_data"] = self.given(pair[0], pair[1] if len(pair) > 1 else None)
        found = self.model.fit(*self.given(x, y), **options)
        self.own.history = found
        return found

    def evaluate(self, x: Any = None, y: Any = None, **options: Any) -> Any:
        """The mean of the loss on these data."""
        return self.model.evaluate(*self.given(x, y), **options)

    def train_on_batch(self, x: Any, y: Any = None, **options: Any) -> Any:
        """One step on one batch."""
        return self.model.train_on_batch(*self.given(x, y), **options)


def batched(loss: Symbol, like: Symbol) -> Symbol:
    """A loss with one number a sample: a mean over all is spread over the batch."""
    if len(loss.shape) and loss.shape[0] is None:
        return loss
    return ops.add(loss, ops.sum(ops.zeros_like(like), axis=list(range(1, len(like.shape)))))


def add_loss(self: Model, loss: Any, *args: Any, **options: Any) -> None:
    """`Model.add_loss` that takes symbols of the model, too."""
    found = [one for one in (loss if isinstance(loss, (list, tuple)) else [loss]) if isinstance(one, Symbol)]
    if not found:
        super(Model, self).add_loss(loss)
        return
    self.__dict__.setdefault("symbolic_losses", []).extend(found)


def add_metric(self: Model, value: Any, name: str | None = None, aggregation: str = "mean") -> None:
    """`Model.add_metric`; symbols are not logged."""
    if not isinstance(value, Symbol):
        super(Model, self).add_metric(value, name, aggregation)
        return
    note("add_metric", f"add_metric({name!r}): what is made of a model's symbols is not logged.")
