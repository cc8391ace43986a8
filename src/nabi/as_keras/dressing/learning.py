"""Learning: methods of models as Keras 1 and 2 have them: fit_generator, predict_classes, fit(nb_epoch=...), ...

They are put on `nabi.Model` while it plays Keras.
"""

import copy
import re
import weakref
from collections.abc import Callable, Iterator
from functools import wraps
from inspect import signature
from typing import Any

import numpy as np

from nabi.as_keras.dressing import old
from nabi.as_keras.dressing.calling import model_shape, output_shape, several
from nabi.as_keras.dressing.compiled import CompiledLoss, CompiledMetrics
from nabi.as_keras.dressing.given import with_arrays
from nabi.as_keras.dressing.giving_way import GivingWay
from nabi.as_keras.dressing.logs import lenient, with_batch_logs, with_both_names, with_logged, with_logs
from nabi.as_keras.dressing.numpy_beside import dress_reflected
from nabi.as_keras.dressing.optimizer_weights import get_weights, set_weights, variables
from nabi.as_keras.dressing.symbolic_losses import Twin, add_loss, add_metric, closure, parts, reads_symbols, shown_symbols
from nabi.as_keras.layers.merging import with_merge
from nabi.as_keras.names.files import exporting, loading_weights, saving, saving_weights
from nabi.as_keras.names.losses import plain_loss
from nabi.as_keras.names.models import naming_own, to_json, to_yaml
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.as_keras.scripts import looping, shortening
from nabi.as_keras.scripts.recording import recorded
from nabi.as_keras.tensorflow.summaries import writer_of
from nabi.callbacks import History, ModelCheckpoint, TensorBoard, monitor
from nabi.callbacks.callback_list import CallbackList
from nabi.core.errors import UnknownName
from nabi.layers import Layer
from nabi.models import Model, Sequential
from nabi.optimizers import Optimizer


def dress_models(patches: Patches) -> None:
    """Puts the methods on nabi's models."""
    dress_reflected(patches)
    patches.around(Model, "get_layer", by_older_names)
    for name in ("fit", "evaluate", "predict"):
        patches.around(Model, name, with_old_words)
    patches.around(Model, "compile", with_old_compile)
    patches.around(Model, "train_on_batch", through_twin)
    for name in ("evaluate", "train_on_batch", "test_on_batch"):
        patches.around(Model, name, with_logged)
    patches.put(Model, "add_loss", add_loss)
    for name, make in (("save", saving), ("save_weights", saving_weights), ("load_weights", loading_weights),
                       ("get_config", naming_own), ("__reduce__", naming_own),
                       ("__deepcopy__", naming_own), ("to_json", to_json)):
        patches.around(Model, name, make)
    patches.around(Sequential, "add", with_merge)
    patches.put(Model, "export", exporting)
    patches.put(Model, "to_yaml", to_yaml)
    for name, thing in (("get_weights", get_weights), ("set_weights", set_weights), ("variables", property(variables)),
                        ("weights", property(variables))):
        patches.put(Optimizer, name, thing)
    patches.put(ModelCheckpoint, "endings", ("",))
    for side in ("input", "output"):
        patches.put(Model, f"{side}_shape", model_shape(side))
    for owner in (Layer, Model):
        patches.around(owner, "__getattr__", output_shape)
    patches.around(Layer, "__call__", several)
    patches.put(Model, "compiled_loss", property(CompiledLoss))
    patches.put(Model, "compiled_metrics", property(CompiledMetrics))
    patches.put(Model, "add_metric", add_metric)
    patches.around(History, "on_epoch_end", with_both_names)
    for name in ("on_epoch_end", "check_monitors"):
        patches.around(CallbackList, name, with_logs)
    for name in ("on_train_batch_end", "on_test_batch_end"):
        patches.around(CallbackList, name, with_batch_logs)
    patches.put(TensorBoard, "writer", GivingWay(writer_of, True))
    patches.around(monitor, "direction", lenient)
    for method in (predict_classes, predict_proba, fit_generator, evaluate_generator, predict_generator):
        patches.put(Model, method.__name__, method)


def with_old_words(method: Callable) -> Callable:
    """fit, evaluate or predict, taking old arguments too."""

    places = [name for name in signature(method).parameters if name != "self"]
    shorten = shortening.shortened_fit if method.__name__ == "fit" else shortening.shortened

    @wraps(method)
    def call(self, *args, **options):
        named = dict(zip(places, args, strict=False))
        if len(args) > len(places) or set(named) & set(options):  # the method itself says what is wrong
            return method(self, *args, **options)
        options = with_arrays(self, named | modern(method.__name__, options))
        asked = options.get("epochs")
        options = shorten(options, self)
        twin = self.__dict__.get("loss_twin")
        if method.__name__ == "fit":
            tell_validation_data(options)
        if method.__name__ == "fit" and not twin:
            options = recorded(options)
        made = getattr(twin, method.__name__)(**options) if twin and method.__name__ != "predict" else method(self, **options)
        return looping.stretched(made, asked) if method.__name__ == "fit" else made

    return call


def tell_validation_data(options: dict[str, Any]) -> None:
    """Sets `validation_data` of the user's callbacks as Keras 1 and 2 did: inputs, targets, weights, in one list."""
    held, share = options.get("validation_data"), options.get("validation_split") or 0
    if share and held is None and hasattr(options.get("y"), "shape") and hasattr(options.get("x"), "shape"):
        first = int(len(options["y"]) * (1 - share))
        held = options["x"][first:], options["y"][first:]
    if not isinstance(held, (list, tuple)) or len(held) < 2:
        return
    inputs, targets = (list(part) if isinstance(part, (list, tuple)) else [part] for part in held[:2])
    calls = options.get("callbacks") or []
    for callback in calls if isinstance(calls, (list, tuple)) else [calls]:
        if getattr(callback, "validation_data", None) is None and not own(callback):
            callback.validation_data = [*inputs, *targets, np.ones(len(targets[0]), "float32")]


def own(callback: Any) -> bool:
    """Whether its class is nabi's."""
    return type(callback).__module__.startswith("nabi.")


def with_old_compile(method: Callable) -> Callable:
    """compile, taking old arguments, an optimizer that another model has, and losses made of the model's symbols."""
    places = [name for name in signature(method).parameters if name != "self"]

    @wraps(method)
    def call(self, *args, **options):
        options = dict(zip(places, args, strict=False)) | modern("compile", options)
        third = options.get("loss_weights")
        if isinstance(third, (list, tuple)) and len(args) > 2 and not all(isinstance(one, (int, float)) for one in third):
            del options["loss_weights"]  # Keras 2's third argument is metrics
            options["metrics"], options["loss_weights"] = third, args[3] if len(args) > 3 else None
        for word in ("loss", "metrics", "weighted_metrics"):
            if word in options:
                options[word] = mapped(plain_loss, options[word])
        optimizer = options.get("optimizer")
        if isinstance(optimizer, Optimizer):
            owner = optimizer.__dict__.setdefault("compiled_for", weakref.ref(self))
            if owner() is not self:  # Keras 1 and 2 let models share one: each remembers its own weights here
                options["optimizer"] = copy.deepcopy(optimizer)
        shown = shown_symbols(self, options.get("metrics"))
        if any(map(reads_symbols, parts(options.get("metrics") or []))):
            options["metrics"] = mapped_away(options["metrics"])
        losses, found = self.__dict__.get("symbolic_losses"), closure(self, options.get("loss"))
        if losses or found or shown:
            labels, made = found or ([], None)
            self.__dict__["loss_twin"] = twin = Twin(self, labels, [*(losses or []), *([] if made is None else [made])], shown)
            twin.compile(options.pop("optimizer", "rmsprop"), **options)
            return
        self.__dict__.pop("loss_twin", None)
        method(self, **options)

        if self.optimizer is not None:
            self.optimizer.__dict__["compiled_for"] = weakref.ref(self)
    return call


def mapped(function: Callable, value: Any) -> Any:
    """The function of a value, or of each in a list or dict."""
    if isinstance(value, (list, tuple)):
        return [mapped(function, part) for part in value]
    return {name: mapped(function, part) for name, part in value.items()} if isinstance(value, dict) else function(value)


def mapped_away(metrics: Any) -> Any:
    """The metrics without those that read symbols."""
    if isinstance(metrics, dict):
        return {name: one for name, one in metrics.items() if not reads_symbols(one)}
    return [one for one in parts(metrics) if not reads_symbols(one)]


def by_older_names(method: Callable) -> Callable:
    """get_layer, also by Keras 2's names, which counted from 1: dense_1, dense_2, ..., input_1."""

    @wraps(method)
    def get_layer(self, name=None, index=None):
        try:
            return method(self, name, index)
        except UnknownName:
            base, _, number = str(name).rpartition("_")
            base = "input_layer" if base == "input" else base
            like = [layer for layer in self.layers if re.fullmatch(rf"{re.escape(base)}(_\d+)?", layer.name)]
            if not number.isdigit() or not 1 <= int(number) <= len(like):
                raise
            note("names of layers", f"get_layer({name!r}): {like[int(number) - 1].name!r}, the {number}. of its kind.")
            return like[int(number) - 1]

    return get_layer


def through_twin(method: Callable) -> Callable:
    """train_on_batch, of the model that trains in this one's place if there is one."""

    @wraps(method)
    def call(self, *args, **options):
        twin = self.__dict__.get("loss_twin")
        return getattr(twin, method.__name__)(*args, **options) if twin else method(self, *args, **options)

    return call


def modern(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Arguments of fit, evaluate or predict under their present names; those without a meaning here are left out."""
    made = {}
    for word, value in options.items():
        new = old.FIT.get(word)
        if new is None:
            made[word] = value
        elif new != old.DROP:
            note(f"{name} {word}", f"{name}({word}=...): an old argument, {new}=... since Keras 2.")
            made[new] = value
    if isinstance(made.get("shuffle"), str):  # "batch", of Keras 1 and 2: in pieces, for files on disk
        made["shuffle"] = True
    for word in ("steps_per_epoch", "validation_steps", "steps"):
        if isinstance(made.get(word), int) and made[word] == 0:  # len(x) // batch_size of few samples
            note(f"{name} {word}=0", f"{name}({word}=0) runs over all of them, as in Keras.")
            del made[word]
    return made


def predict_classes(self, x, batch_size=None, verbose=0, **options):
    """Numbers of the likeliest classes; 0 or 1 of one sigmoid unit, as Keras before 2.6."""
    made = np.asarray(self.predict(x, batch_size=batch_size, verbose=verbose, **options))
    return made.argmax(-1) if made.shape[-1] > 1 else (made > 0.5).astype("int32")


def predict_proba(self, x, batch_size=None, verbose=0, **options):
    """What `predict` gives."""
    return self.predict(x, batch_size=batch_size, verbose=verbose, **options)


def fit_generator(self, generator, *args, **options):
    """`fit` on a generator of batches, with the arguments of Keras 1 or 2 in their order."""
    names = ("steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps", "validation_freq",
             "class_weight", "max_queue_size", "workers", "use_multiprocessing", "shuffle", "initial_epoch")
    options = dict(zip(names, args, strict=False)) | options
    if "samples_per_epoch" in options:  # Keras 1 counted samples, not batches
        size = batch_size_of(generator)
        options["steps_per_epoch"] = max(1, options.pop("samples_per_epoch") // size)
        for word in ("nb_val_samples", "val_samples"):
            if word in options:
                options["validation_steps"] = max(1, options.pop(word) // size)
    return self.fit(generator, **options)


def batch_size_of(generator: Any) -> int:
    """How many samples a batch of a generator has, where it says so; 32 else."""
    return int(getattr(generator, "batch_size", None) or 32)


def evaluate_generator(self, generator, steps=None, **options):
    """`evaluate` on a generator of batches."""
    steps = options.pop("val_samples", steps)
    return self.evaluate(generator, steps=steps, **{"verbose": 0, **options})


def predict_generator(self, generator, steps=None, **options):
    """`predict` on a generator of batches; a list that it yields are the inputs, where the model has so many."""
    steps, many = options.pop("val_samples", steps), len(self.inputs) if self.graph is not None else 1
    if many > 1 and isinstance(generator, Iterator):
        generator = ((one,) if isinstance(one, list) and len(one) == many else one for one in generator)
    return self.predict(generator, steps=steps, **{"verbose": 0, **options})
