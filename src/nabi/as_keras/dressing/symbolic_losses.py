"""Symbolic losses: losses that are written with symbols of the model, as Keras 1 and 2 allowed: `add_loss` and closures.

    vae.add_loss(K.mean(reconstruction + kl));  vae.compile("adam");  vae.fit(x)

    def vae_loss(x, y):
        return binary_crossentropy(x, y) + kl            kl is made of z_mean, a symbol of the model

Such a model trains through a twin: the same layers, with an output more for each such loss, whose number is the loss itself. The
labels that a closure reads are inputs of the twin.
"""

import dis
import functools
import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from nabi import ops
from nabi.as_keras.dressing.metrics_of_outputs import broadcast
from nabi.as_keras.notes import note
from nabi.backend.gradient import GradientOf
from nabi.core.errors import NabiError
from nabi.layers import Input
from nabi.layers.names import fresh_name
from nabi.layers.node import Symbol
from nabi.layers.operation import Operation
from nabi.models import Model
from nabi.training.outputs import one_per_output
from nabi.utils import PyDataset

ENDS = {"input", "inputs", "output", "outputs"}


def taken(y_true: Any, y_pred: Any) -> Any:
    """The loss of the twin: its output."""
    return y_pred.reshape(len(y_pred), -1).mean(-1) if y_pred.ndim else y_pred


def value_of_output(y_true: Any, y_pred: Any) -> Any:
    """A metric of symbols: what the twin's output is."""
    return taken(y_true, y_pred)


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


def closures(model: Model, loss: Any) -> dict[int, tuple[Symbol, Symbol]]:
    """By output those losses that read symbols of the model: the symbol of the labels, and of the loss."""
    if model.written or not loss or not any(map(reads_symbols, parts(loss))):
        return {}
    each = one_per_output(loss, list(model.output_names), "loss")
    return {number: made for number, (one, output) in enumerate(zip(each, model.outputs, strict=True))
            if reads_symbols(one) and (made := on_symbols(model, one, output)) is not None}


def closure(model: Model, loss: Any) -> tuple[dict[int, tuple[Symbol, Symbol]], None] | None:
    """What `Twin` needs to know of losses that read symbols; None where there is no such loss."""
    found = closures(model, loss)
    return (found, None) if found else None


def parts(loss: Any) -> list:
    """The losses of a list or dict."""
    return list(loss.values()) if isinstance(loss, dict) else list(loss) if isinstance(loss, (list, tuple)) else [loss]


def reads_symbols(loss: Any, depth: int = 3) -> bool:
    """Whether a function of the user's reads symbols: from around it, globals, arguments of a partial, or an object's attributes;
    functions that it calls count as well."""
    if isinstance(loss, functools.partial):
        return any(isinstance(one, Symbol) for one in (*loss.args, *loss.keywords.values())) or reads_symbols(loss.func)
    held = [getattr(loss, "__self__", None)]
    loss = getattr(loss, "__func__", loss)
    if not inspect.isfunction(loss) or loss.__module__.startswith("nabi.") or not depth:
        return False
    read = [filled(cell) for cell in loss.__closure__ or ()]
    steps = list(dis.get_instructions(loss))
    names = {step.argval for step in steps if step.opname == "LOAD_GLOBAL"}
    read += [loss.__globals__.get(name) for name in names]
    attributes = {step.argval for step in steps if step.opname in ("LOAD_ATTR", "LOAD_METHOD")}
    read += [vars(one).get(name) for one in (*held, *read) if type(one).__module__ == loss.__module__ and hasattr(one, "__dict__")
             for name in attributes]
    read += [one for value in read if isinstance(value, (list, tuple)) for one in value]
    if attributes & ENDS and any(isinstance(one, Model) and not one.written for one in read):
        return True  # model.get_layer("codes").output
    return any(isinstance(one, Symbol) or reads_symbols(one, depth - 1) for one in read)


def filled(cell: Any) -> Any:
    """What a cell of a closure holds, None for nothing yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def on_symbols(model: Model, loss: Any, output: Symbol) -> tuple[Symbol, Symbol] | None:
    """The symbol of the labels, and that of the loss which a function makes of it; None where it is not made of the inputs."""
    labels = Input(output.shape[1:])
    try:
        made = loss(labels, output)
    except (NabiError, TypeError, ValueError):
        return None
    if not isinstance(made, Symbol) or not any(one in ancestors(made, [labels, output]) for one in model.inputs):
        return None
    return labels, made


class Twin:
    """The model that trains in a model's place.

    Args:
        model: the model.
        labels: by output the symbols of labels and loss of those losses that are closures.
        losses: further symbols of losses, which are added.
        shown: names and symbols of metrics, whose means are logged.
    """

    def __init__(self, model: Model, labels: Any, losses: list[Symbol], shown: Sequence[tuple[str, Symbol]] = ()):
        self.own, self.closures = model, dict(labels or {})
        made = [loss for _, loss in self.closures.values()] + list(losses)
        self.made = [batched(one, model.inputs[0]) for one in made]
        self.shown = [(name, batched(one, model.inputs[0])) for name, one in shown]
        made += [one for _, one in shown]
        names = {layer.name for layer in model.layers} | {node.layer.name for one in made for node in nodes_behind(one)
                                                           if not isinstance(node.layer, Operation)}
        for layer in {id(node.layer): node.layer for one in made for node in nodes_behind(one)}.values():
            if isinstance(layer, Operation) and layer.name in names:  # K.mean beside a layer called "mean"
                layer.name = fresh_name(f"{layer.name}_of_loss")
        ends = [*self.made, *(one for _, one in self.shown)]
        self.model = Model([*model.inputs, *(one for one, _ in self.closures.values())], [*model.outputs, *ends])
        for name in ("save", "save_weights", "load_weights", "get_weights", "set_weights", "predict"):  # what callbacks ask for
            self.model.__dict__[name] = getattr(model, name)

    def compile(self, optimizer: Any, loss: Any = None, metrics: Any = None, loss_weights: Any = None,
                weighted_metrics: Any = None, **options: Any) -> None:
        """The twin has the optimizer and the losses; the model itself computes as before."""
        names = list(self.own.output_names)
        each = one_per_output(loss, names, "loss") if loss is not None else [None] * len(names)
        factors = one_per_output(loss_weights, names, "loss_weights")
        added = [factors[number] for number in self.closures] + [None] * (len(self.made) - len(self.closures))
        each = [None if number in self.closures else one for number, one in enumerate(each)]
        if any(isinstance(node.layer, GradientOf) for symbol in self.made for node in nodes_behind(symbol)):
            options["run_eagerly"] = True  # autograd follows the whole step
        losses = [taken] * len(self.made) + [None] * len(self.shown)
        watched = [[] for _ in self.made] + [[value_of_output]] * len(self.shown)
        self.model.compile(optimizer, loss=each + losses, loss_weights=[*factors, *added, *([None] * len(self.shown))],
                           metrics=[*broadcast(metrics, names, "metrics"), *watched],
                           weighted_metrics=[*broadcast(weighted_metrics, names, "weighted_metrics"), *([[]] * len(losses))],
                           **options)
        self.rename(names)
        self.read = [one is not None for one in each]
        for number, watched in enumerate(broadcast(metrics, names, "metrics")):
            self.read[number] |= bool(watched)

    def rename(self, names: list[str]) -> None:
        """The logs have the model's names: no added losses, a closure's under its output's."""
        objective = self.model.trainer.objective
        own = dict(zip(self.model.output_names[len(names):], [names[n] for n in self.closures], strict=False))
        ends = self.model.output_names[len(self.model.output_names) - len(self.shown):]
        shown = {f"{end}_{value_of_output.__name__}": name for end, (name, _) in zip(ends, self.shown, strict=True)}
        trackers = {}
        for given, tracker in objective.trackers.items():
            name: str | None = shown.get(given, given)
            output = next((one for one in self.model.output_names if given == f"{one}_loss"), None)
            if output is not None:
                name = f"{own.get(output, output)}_loss" if len(names) > 1 and (output in names or output in own) else None
            elif len(names) == 1 and given.startswith(f"{names[0]}_"):
                name = given[len(names[0]) + 1 :]
            if name is not None:
                trackers[name] = tracker
                tracker.name = name
        objective.trackers.clear()
        objective.trackers.update(trackers)

    def given(self, x: Any, y: Any, w: Any = None) -> tuple[Any, ...]:
        """x, y and weights of the model as those of the twin."""
        names = list(self.own.output_names)
        inputs = [x[name] for name in self.own.input_names] if isinstance(x, dict) else list(x) if listed(x) else [x]
        targets = [y.get(name) for name in names] if isinstance(y, dict) else list(y) if listed(y) else [y]
        targets += [None] * (len(names) - len(targets))
        inputs += [targets[number] for number in self.closures]
        nothing = np.zeros(len(inputs[0]), "float32")
        full = [one if read and one is not None else nothing for one, read in zip(targets, self.read, strict=True)]
        full += [nothing] * (len(self.made) + len(self.shown))
        if w is None:
            return (inputs if len(inputs) > 1 else inputs[0]), full
        weights = list(w) if listed(w) else [w] * len(names)
        return (inputs if len(inputs) > 1 else inputs[0]), full, [*weights, *([None] * (len(self.made) + len(self.shown)))]

    def arranged(self, x: Any, y: Any, options: dict[str, Any]) -> dict[str, Any]:
        """The arguments of fit or evaluate, for the twin; what gives batches gives them in its form."""
        if isinstance(x, PyDataset):
            return options | {"x": Arranged(x, self)}
        if not (listed(x) or isinstance(x, dict) or hasattr(x, "shape")):
            return options | {"x": (self.given(*paired(batch)) for batch in x)}
        made = self.given(x, y, options.pop("sample_weight", None))
        return options | dict(zip(("x", "y", "sample_weight"), made, strict=False))

    def fit(self, x: Any = None, y: Any = None, **options: Any) -> Any:
        """Trains on the losses; the History is the model's, too."""
        held = options.pop("validation_data", None)
        if isinstance(held, (tuple, list)):
            options["validation_data"] = self.given(*paired(held))
        elif held is not None:
            whole = hasattr(held, "shape")
            options["validation_data"] = self.given(held, None) if whole else self.arranged(held, None, {})["x"]
        found = self.model.fit(**self.arranged(x, y, options))
        self.own.history = found
        return found

    def evaluate(self, x: Any = None, y: Any = None, **options: Any) -> Any:
        """The mean of the losses on these data."""
        return self.model.evaluate(**self.arranged(x, y, options))

    def train_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, **options: Any) -> Any:
        """One step on one batch."""
        return self.model.train_on_batch(*self.given(x, y, sample_weight), **options)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, **options: Any) -> Any:
        """Losses of one batch."""
        return self.model.test_on_batch(*self.given(x, y, sample_weight), **options)


class Arranged(PyDataset):
    """Batches of a model as those of its twin.

    Args:
        data: the batches.
        twin: the twin.
    """

    def __init__(self, data: Any, twin: Twin):
        super().__init__()
        self.data, self.twin = data, twin

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        return self.twin.given(*paired(self.data[index]))

    def on_epoch_end(self):
        self.data.on_epoch_end()


def paired(batch: Any) -> tuple:
    """(x, y), (x, y, weights) or x alone as (x, y, weights)."""
    return (*batch, None, None)[:3] if isinstance(batch, (tuple, list)) else (batch, None, None)


def listed(value: Any) -> bool:
    """Whether it is a list or tuple of arrays."""
    return isinstance(value, (list, tuple))


def nodes_behind(symbol: Symbol) -> list[Any]:
    """The nodes that make a symbol."""
    return [one.node for one in ancestors(symbol, [])]


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


def add_metric(self: Model, value: Any, name: str | None = None, aggregation: str | None = "mean") -> None:
    """`Model.add_metric`; what a metric of the model gave is logged already; of symbols the mean is."""
    if name is None and any(one.name == getattr(value, "metric_name", None) for one in self.metrics):
        return
    if not isinstance(value, Symbol):
        super(Model, self).add_metric(value, name or getattr(value, "metric_name", "metric"), aggregation or "mean")
        return
    shown = self.__dict__.setdefault("symbolic_metrics", [])
    shown.append((name or f"metric_{len(shown)}", value))


def shown_symbols(self: Model, metrics: Any) -> list[tuple[str, Symbol]]:
    """Names and symbols of `add_metric`, and of those metrics that read symbols of the model and no labels."""
    found = list(self.__dict__.get("symbolic_metrics", []))
    for one in [] if self.written else parts(metrics or []):
        made = on_symbols(self, one, self.outputs[0]) if reads_symbols(one) else None
        if made is not None and not any(symbol is made[0] for symbol in ancestors(made[1], [])):
            found.append((getattr(one, "__name__", "metric"), made[1]))
        elif reads_symbols(one):
            note("metrics of symbols", "metrics that read labels and symbols of the model are left out; losses may.")
    return found
