"""Cached features: what frozen layers see is computed once, not once an epoch; then a new head learns in seconds.

    fit           every epoch    picture -> frozen layers -> features -> head -> loss
    fit_cached    once           picture -> frozen layers -> features
                  every epoch                                features -> head -> loss

    multiply-adds: (F + 3 H) N epochs  ->  F N + 3 H N epochs        F frozen, H head; backwards costs twice what forwards does

Both give the same weights, but for rounding: the order of the samples, the masks of dropout and the optimizer's steps are the
model's own. In float64 they agree to 1e-12, in float32 the shares of the classes to 1e-6; in bfloat16 features differ in their
third digit, since normalisation is folded into the frozen weights. `nabi.zoo.cutting` finds where the frozen part ends: before
the first layer that learns, or is random in training, as Dropout is.
"""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.duration import seconds
from nabi.core.errors import ArgumentError, FileError, StateError
from nabi.core.files import make_folder
from nabi.core.language import say
from nabi.core.rows import Part, Rows
from nabi.core.warning import warn
from nabi.data import is_iterable_source, opened
from nabi.models import Model, safefile
from nabi.training.budget import span
from nabi.training.feeding import prepared
from nabi.training.findings import since_compile
from nabi.training.own import overrides
from nabi.zoo.cutting import frozen_part, learning_part

WORDS: dict[str, tuple[str, str]] = {
    "features": ("features: {sizes} numbers, {size} MB, {how}, {seconds} s{of}",
                 "특징: 수 {sizes}개, {size} MB, {how}, {seconds}초{of}"),
    "computed": ("computed", "계산함"),
    "read": ("read from {file}", "{file}에서 읽음"),
    "of": (" of {time}", " (시간 예산 {time})"),
}
KIND = "features"  # what the file calls itself
DTYPES = ("float16", "float32", "float64")
PIECE = 2**24  # bytes of pictures that are read at once for their fingerprint
OTHER = {"network": "another network", "weights": "other weights", "data": "other data", "dtype": "another dtype"}
STEPS = ("train_step", "test_step", "compute_loss", "compute_metrics")


def cached_features(model: Model, x: Any, file: Any = None, dtype: str | None = None, batch_size: int | None = None,
                    verbose: int | str = 0) -> np.ndarray:
    """What the frozen layers at a model's beginning give for x: all that its other layers read, as numbers.

    Args:
        model: a model that begins with frozen layers, such as `nabi.transfer` gives: of EfficientNet-Lite0 with a new head all
            up to the pooling, 3.4 million weights, is frozen. Once the model is compiled they compute in its precision.
        x: array of samples, or a part of one's own pictures, as `predict` takes it.
        file: a name that ends in ".safetensors", to keep the features in. What is in it is read instead of being computed if
            network, weights, precision and x are those it was computed with; else it is written anew, with a warning.
        dtype: "float16" takes half the memory and rounds to 3 digits; None keeps what the network computes in.
        batch_size, verbose: as in `predict`.

    Returns:
        (N, ...), one row a sample. EfficientNet-Lite0 gives 1,280 numbers, 5 MB for a thousand pictures.

    Example:
        >>> import nabi
        >>> frozen, head = nabi.layers.Dense(4, trainable=False), nabi.layers.Dense(2, activation="softmax")
        >>> model = nabi.Sequential([nabi.Input((8,)), frozen, head])
        >>> cached_features(model, np.zeros((3, 8))).shape
        (3, 4)

    Raises:
        StateError: the first layer with weights learns already, or pictures are varied before it, so that nothing is the same in
        every epoch. ArgumentError: a generator, another dtype. FileError: a file that holds something else.
    """
    return obtained(model, x, file, dtype, batch_size, verbose)[0]


def obtained(model: Model, x: Any, file: Any, dtype: str | None, batch_size: int | None = None,
             verbose: int | str = 0) -> tuple[np.ndarray, bool]:
    """The features, and whether they were read from the file."""
    if is_iterable_source(x):
        raise ArgumentError("cached_features(x)", "an array", f"a {type(x).__name__}", "Its batches may differ each time.")
    if dtype not in (None, *DTYPES):
        raise ArgumentError("cached_features(dtype)", f"None or one of {', '.join(DTYPES)}", repr(dtype))
    x, part = opened(x, None)[0], frozen_part(model)
    if model.trainer is not None:
        precision = model.trainer.precision
        model.trainer.ready()
        part.compile(None, precision="bfloat16" if precision.low else str(precision.dtype).removeprefix("torch."),
                     run_eagerly=not model.trainer.fused)
    if file is None:
        return computed(part, x, dtype, batch_size, verbose), False
    path, marks = safefile.path_to_write(file), fingerprints(part, x, dtype)
    make_folder(path, "cached_features(file)")
    if path.exists():
        found = read(path, marks)
        if found is not None:
            return found, True
    features = computed(part, x, dtype, batch_size, verbose)
    safefile.write(path, {KIND: features}, {"kind": KIND, **marks})
    return features, False


def fit_cached(model: Model, x: Any, y: Any = None, file: Any = None, dtype: str | None = None, validation_data: Any = None,
               verbose: int | str = "auto", **options: Any) -> Any:
    """`model.fit`, with what the frozen layers see computed once; gives the History. The model's own weights are trained.

    `fit` sends every picture through all layers in every epoch; here it goes through the frozen ones once, and an epoch is one of
    the layers behind them. What that saves hangs on the depth of `nabi.transfer`. EfficientNet-Lite0 for 5 classes takes 384
    million multiply-adds for a picture of 224 x 224, forwards:

        depth     computed once, of these                    in every epoch
        "head"    384 million, all up to the pooling         6,400, the classifier
        "top"     265 million, all before block6_2           119 million
        "all"     nothing, which is an error                 384 million, by `fit`

    Args:
        model: compiled, and its first layers frozen, as `nabi.transfer` leaves them with depth "head" or "top".
        x, y: arrays, or a part of one's own pictures, as in `fit`.
        file, dtype: see `cached_features`; those of validation data go into "<name>-validation.safetensors".
        validation_data: (x, y), (x, y, sample_weight), or a part.
        verbose: as in `fit`; where that writes, a first line says what was cached.
        options: what else `fit` takes, but for `mix`; a `time_budget` counts the features, too. Callbacks see a model of what
            learns, which reads features; saving it saves `model`.

    Example:
        >>> import nabi
        >>> frozen, head = nabi.layers.Dense(4, trainable=False), nabi.layers.Dense(2, activation="softmax")
        >>> model = nabi.Sequential([nabi.Input((8,)), frozen, head])
        >>> model.compile("adam", "sparse_categorical_crossentropy")
        >>> x, y = np.random.default_rng(0).random((4, 8)), np.array([0, 1, 0, 1])
        >>> len(fit_cached(model, x, y, epochs=3, verbose=0).history["loss"])
        3

    Raises:
        StateError: not compiled, nothing frozen, a class with steps of its own. ArgumentError: `mix`. Others:
        as `fit` and `cached_features`.
    """
    trainer = model.require_trainer("fit_cached")
    if overrides(model, *STEPS):
        raise StateError("fit_cached", "a model that learns by nabi's steps", f"{type(model).__name__}, which writes its own",
                         "Take model.fit.")
    if options.get("mix") is not None:
        raise ArgumentError("fit_cached(mix)", "None", repr(options["mix"]),
                            "Features would be blended instead of pictures; model.fit(x, y, mix=...) blends pictures.")
    for finding in since_compile(trainer):
        warn(finding)
    budget, begin = options.get("time_budget"), time.perf_counter()
    if budget is not None:
        options["time_budget"] = budget = seconds("fit_cached(time_budget)", budget)
    x, y = opened(x, y)
    if isinstance(validation_data, Part):
        validation_data = opened(validation_data, None)
    if validation_data is not None and (not isinstance(validation_data, (tuple, list)) or len(validation_data) not in (2, 3)):
        raise ArgumentError("fit_cached(validation_data)", "(x, y) or (x, y, sample_weight)", type(validation_data).__name__)
    for data in ((x, y), validation_data):
        if data is not None and not is_iterable_source(data[0]):
            prepared(trainer, data[0], data[1], learning=True)  # labels that do not fit are told before minutes have gone
    features, was_read = obtained(model, x, file, dtype)
    if validation_data is not None:
        held = None if file is None else Path(file).with_name(f"{Path(file).stem}-validation{safefile.ENDING}")
        validation_data = (cached_features(model, validation_data[0], held, dtype), *validation_data[1:])
    if verbose != 0:
        how = say(WORDS, "read", file=file) if was_read else say(WORDS, "computed")
        print(say(WORDS, "features", how=how, sizes=" x ".join(map(str, features.shape)), size=f"{features.nbytes / 1e6:.1f}",
                  seconds=f"{time.perf_counter() - begin:.1f}", of="" if budget is None else say(WORDS, "of", time=span(budget))))
    part, given = learning_part(model), dict(trainer.settings)
    part.compile(model.optimizer, run_eagerly=not given.pop("fused"), **given)
    learner = part.require_trainer("fit_cached")
    learner.rates, learner.frozen, learner.ahead = trainer.rates, trainer.frozen, time.perf_counter() - begin
    try:
        history = part.fit(features, y, validation_data=validation_data, verbose=verbose, **options)
    finally:
        trainer.unbind()  # the optimizer goes on with what it remembers
        model.history = part.history
    history.set_model(model)
    return history


def computed(part: Model, x: Any, dtype: str | None, batch_size: int | None, verbose: int | str) -> np.ndarray:
    """The features, computed now."""
    features = part.predict(x, batch_size=batch_size, verbose=verbose)
    return features if dtype is None else features.astype(dtype)


def read(path: Path, marks: dict[str, str]) -> np.ndarray | None:
    """The features in a file, if they were computed with the same things; else None, with a warning that says what differs.

    Raises:
        FileError: the file holds something else, and is left alone.
    """
    with safefile.opened(path) as kept:
        if kept.json("kind") != KIND or KIND not in kept.places:
            raise FileError(f"cached_features('{path}')", "a file of features", "one that holds something else",
                            "It is left as it is; give another name.")
        found = {name: kept.json(name) for name in marks}
        other = [name for name, mark in marks.items() if found[name] != mark]
        if not other:
            return kept.arrays()[KIND]
    if "dtype" in other and "weights" in other:
        other.remove("weights")  # they differ in any case: they have that dtype, too
    dtypes = f" ({found['dtype']}, now {marks['dtype']})" if "dtype" in other else ""
    warn(f"{path}: the features in it are of {' and '.join(OTHER[name] for name in other)}{dtypes}; they are computed anew.")
    return None


def fingerprints(part: Model, x: Any, dtype: str | None) -> dict[str, str]:
    """What features depend on: SHA-256, in hex, of layers and their settings (preprocessing among them), of weights, of data; and
    in words the dtype that they are computed and kept in."""
    graph = part.require_graph()
    calls = [[type(call.layer).__name__, settings(call.layer), call.inputs, call.outputs] for call in graph.calls]
    trainer = part.trainer
    how = str(next(w.dtype for w in part.weights)) if trainer is None else trainer.precision.text
    data = list(x.values()) if isinstance(x, dict) else x if isinstance(x, list) else [x]
    return {"network": digest(json.dumps([calls, graph.output_slots], sort_keys=True, default=str).encode()),
            "weights": digest(*map(np.asarray, part.get_weights())),
            "data": digest(*(a if isinstance(a, Rows) else np.asarray(a) for a in data)),
            "dtype": how + (f" kept as {dtype}" if dtype else "")}


def settings(layer: Any) -> dict[str, Any]:
    """A layer's configuration but for its name, and for what only training asks for."""
    return {key: value for key, value in layer.get_config().items() if key not in ("name", "trainable", "dtype", "rate_factor")}


def digest(*parts: Any) -> str:
    """SHA-256 over bytes, or over dtype, shape and bytes of arrays; rows of a file are read piece by piece."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Rows):
            total.update(f"{part.dtype.str} {part.shape};".encode())
            many = max(1, PIECE // max(1, int(np.prod(part.shape[1:]))))
            for begin in range(0, len(part), many):
                total.update(part[begin:begin + many].tobytes())
            continue
        if isinstance(part, np.ndarray):
            total.update(f"{part.dtype.str} {part.shape};".encode())
            part = np.ascontiguousarray(part).reshape(-1).view("u1").data if part.size else b""
        total.update(part)
    return total.hexdigest()
