"""Conforming: samples with one axis of length 1 too few or too many, and labels of another width than the outputs.

    Conv2D(8, 3, input_shape=(28, 28, 1))      fit(x) with x (60000, 28, 28): read as (60000, 28, 28, 1), as Keras 2 and 3 do
    Dense(1), "mse"                            labels (batch, 3): each of the three against the one output, as Keras 2 and 3 do

Each is said once: the second is seldom meant.
Source: Keras 3, models/functional.py (_adjust_input_rank), losses/loss.py; TensorFlow 2, engine/functional.py.
"""

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from typing import Any

import torch

from nabi.as_keras.dressing.amounts import dress_amounts, spoken
from nabi.as_keras.dressing.answers import answering
from nabi.as_keras.dressing.any_labels import PENDING, dress_labels
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.as_keras.scripts.lengths import whole
from nabi.as_keras.scripts.repeating import brief_fit, brief_step
from nabi.core.errors import DataError
from nabi.core.registry import TABLE
from nabi.core.targets import same_rank
from nabi.data import Dataset
from nabi.data.batch import Batch
from nabi.losses import loss as losses
from nabi.metrics import metric as metrics
from nabi.models import Model, Sequential
from nabi.models.model import fits
from nabi.training import predicting
from nabi.training.trainer import Trainer

METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")
ALL_WITH_ALL = ("labels", "labels 0 or 1", "masks")  # what labels of losses element by element are called


def dress_shapes(patches: Patches) -> None:
    """Puts these in place."""
    for name in METHODS:
        patches.around(Model, name, with_conforming)
    patches.around(Model, "__call__", with_conforming)
    patches.around(Trainer, "check_batch", of_a_batch(lambda trainer: trainer.model))
    patches.around(predicting, "ready_for", of_a_batch(lambda model: model))
    patches.around(Model, "predict", whole)
    patches.around(Model, "fit", brief_fit)
    patches.around(Model, "train_on_batch", brief_step)
    for name in ("predict", "predict_on_batch"):
        patches.around(Model, name, answering)
    patches.around(losses, "same_shape", lenient)
    dress_labels(patches)
    dress_amounts(patches)
    patches.around(Sequential, "build", once_built)
    patches.around(Model, "build", where_there_is_a_call)
    patches.around(metrics, "same_rank", deeper)
    patches.around(sys.modules["nabi.metrics.accuracy"], "equal", equal_all)
    for kind in {thing for thing in TABLE["loss"].values() if isinstance(thing, type)}:
        if getattr(kind, "paired_labels", None) in ALL_WITH_ALL and "call" in vars(kind):
            patches.around(kind, "call", all_with_all)


def once_built(build: Callable) -> Callable:
    """`build` of a Sequential, which for one that has its layers' shapes already does nothing, whatever shape it is given."""

    @wraps(build)
    def call(self, *shape, **options):
        if not self.built:
            build(self, *shape, **options)

    return call


def where_there_is_a_call(build: Callable) -> Callable:
    """`build` of a model, which for one without `call`, as train others, does nothing: its layers are built by themselves."""

    @wraps(build)
    def call(self, *shape, **options):
        if not self.written or self.has_call:
            build(self, *shape, **options)

    return call


def with_conforming(method: Callable) -> Callable:
    """fit, evaluate, predict or one of their like, whose samples get the axes that the model's inputs have."""
    places = [name for name in signature(method).parameters if name != "self"]

    @wraps(method)
    def call(self, *args, **options):
        if "verbose" in options:
            options["verbose"] = spoken(options["verbose"])
        shapes = [tuple(symbol.shape) for symbol in self.inputs] if self.built and not self.written else []
        if shapes:
            if args:
                args = (conformed(columns(self, args[0]), shapes), *args[1:])
            elif "x" in options:
                options["x"] = conformed(columns(self, options["x"]), shapes)
            if isinstance(options.get("validation_data"), Dataset):
                options["validation_data"] = columns(self, options["validation_data"])
            place = places.index("validation_data") if "validation_data" in places else len(args)
            held = args[place] if place < len(args) else options.get("validation_data")
            if isinstance(held, (list, tuple)) and len(held) in (2, 3):
                held = (conformed(held[0], shapes), *held[1:])
                if place < len(args):
                    args = (*args[:place], held, *args[place + 1 :])
                else:
                    options["validation_data"] = held
        return method(self, *args, **options)

    return call


def of_a_batch(model_of: Callable) -> Callable:
    """Makes the check of a batch give its samples those axes first: batches of generators are seen only there."""

    def around(check: Callable) -> Callable:
        @wraps(check)
        def call(owner: Any, batch: Any) -> None:
            model = model_of(owner)
            if model.graph is not None and not model.written and isinstance(batch, Batch):
                wanted = [tuple(symbol.shape) for symbol in model.inputs]
                batch.x[:] = [one_conformed(*pair) for pair in zip(batch.x, wanted, strict=False)] or batch.x
            check(owner, batch)

        return call

    return around


def columns(model: Model, x: Any) -> Any:
    """Streams and dicts whose (batch,) are (batch, 1) where the model's input of that name or place is one number."""
    wants = {name: tuple(symbol.shape) == (None, 1) for name, symbol in zip(model.input_names, model.inputs, strict=True)}
    if not any(wants.values()) or not isinstance(x, (Dataset, dict)):
        return x

    def one(part: Any, wanted: bool) -> Any:
        return part.reshape(-1, 1) if wanted and getattr(part, "ndim", 0) == 1 and hasattr(part, "reshape") else part

    def sample(given: Any, *rest: Any) -> Any:
        if isinstance(given, dict):
            given = {name: one(part, wants.get(name, False)) for name, part in given.items()}
        elif isinstance(given, (list, tuple)):
            given = type(given)(one(part, wanted) for part, wanted in zip(given, wants.values(), strict=False))
        else:
            given = one(given, all(wants.values()))
        return (given, *rest) if rest else given

    return x.map(sample) if isinstance(x, Dataset) else sample(x)


def conformed(x: Any, shapes: Sequence[tuple]) -> Any:
    """Samples with a last axis of 1 added or taken off where that makes them fit the inputs; else as they are."""
    if len(shapes) == 1:
        return one_conformed(x, shapes[0])
    if isinstance(x, (list, tuple)) and len(x) == len(shapes):
        return [one_conformed(part, shape) for part, shape in zip(x, shapes, strict=True)]
    return x


def one_conformed(x: Any, wanted: tuple) -> Any:
    """The same for one input.

    Example:
        >>> import numpy as np
        >>> one_conformed(np.zeros((9, 28, 28)), (None, 28, 28, 1)).shape, one_conformed(np.zeros((9, 4, 1)), (None, 4)).shape
        ((9, 28, 28, 1), (9, 4))
    """
    got: tuple[int, ...] = tuple(getattr(x, "shape", None) or ())
    if len(got) == len(wanted) - 1 and got and wanted[-1] == 1 and fits(wanted, (*got, 1)):
        if len(got) > 1:
            note("axis", f"samples of shape {got[1:]} for an input of {wanted[1:]}: an axis of 1 is added, as Keras does.")
        return (x.to_numpy() if hasattr(x, "iloc") else x)[..., None]
    if len(got) == len(wanted) + 1 and got[-1:] == (1,) and fits(wanted, got[:-1]):
        return x[..., 0]
    return x


def broadcast(y_true: tuple, y_pred: tuple) -> bool:
    """Whether labels and predictions of these shapes (without the batch axis) are compared all with all.

    Example:
        >>> broadcast((3,), (1,)), broadcast((), (5, 1)), broadcast((4,), (3,))
        (True, True, False)
    """
    y, p = y_true or (1,), y_pred or (1,)
    if len(p) == len(y) + 1 and p[-1] == 1:
        p = p[:-1]
    elif len(y) == len(p) + 1 and y[-1] == 1:
        y = y[:-1]
    return len(y) == len(p) and all(1 in (a, b) or a == b or None in (a, b) for a, b in zip(y, p, strict=True))


def lenient(check: Callable) -> Callable:
    """The check that labels have the predictions' shape, which lets pass what Keras compares all with all."""

    @wraps(check)
    def call(where: str, y_true: tuple, y_pred: tuple, layer: str, form: str) -> None:
        try:
            check(where, y_true, y_pred, layer, form)
        except DataError as error:
            if form not in ALL_WITH_ALL or not broadcast(tuple(y_true), tuple(y_pred)):
                raise
            PENDING.setdefault(where, f"{error} Keras compares all with all there, and so does this run.")

    return call


def all_with_all(call: Callable) -> Callable:
    """`call` of a loss element by element, on labels and predictions that broadcast as in Keras."""

    @wraps(call)
    def paired(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        if y_true.shape != y_pred.shape:
            y_true, y_pred = same_rank(y_true[:, None] if y_true.ndim == 1 < y_pred.ndim else y_true, y_pred)
        made = call(self, y_true, y_pred)
        if said := PENDING.get(self.name):
            note("all with all", said)
        return made

    return paired


def deeper(same: Callable) -> Callable:
    """`same_rank` for metrics: labels without an axis of their own get one before they meet maps."""

    @wraps(same)
    def call(a: Any, b: Any) -> Any:
        return same(a[:, None] if getattr(a, "ndim", 0) == 1 and getattr(b, "ndim", 0) > 2 else a, b)

    return call


def equal_all(equal: Callable) -> Callable:
    """`equal` of the accuracies, all with all where shapes allow it."""

    @wraps(equal)
    def call(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        if a.shape != b.shape and a.ndim and b.ndim and broadcast(tuple(a.shape[1:]), tuple(b.shape[1:])):
            a = a[:, None] if a.ndim == 1 < b.ndim else a
            a, b = torch.broadcast_tensors(*same_rank(a, b))
        return equal(a, b)

    return call
