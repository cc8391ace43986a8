"""Compare: an experiment in one line: ways of training a network, each with several seeds, and whether the difference is noise.

    nabi compare lecture-cnn --vary activation=sigmoid,tanh,relu --seeds 3

    found = nabi.compare("lecture-cnn", vary={"activation": ["sigmoid", "tanh", "relu"]}, seeds=3)
    print(found.text()); found.figure()

Seed s of every variant has the same first weights, order of pictures and dropout as far as the variants have them in common, so
runs of one seed are compared in pairs (`nabi.lab.seed_noise`). Each run keeps its epoch of lowest validation loss and looks at
the test pictures once, at its end. A variant that is broken is found before the first run.
"""

import csv
import inspect
import io
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from nabi import viz
from nabi.callbacks.progress_text import duration
from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.files import atomic
from nabi.core.language import say
from nabi.core.registry import register
from nabi.lab.amounts import part, with_validation
from nabi.lab.compare_folder import BASE, COLUMNS, COMPARE, FIGURE, TABLE, Experiment
from nabi.lab.compare_page import write_page
from nabi.lab.compare_words import WORDS
from nabi.lab.data import Data, is_set, plain
from nabi.lab.evaluation import evaluate
from nabi.lab.experiment import learn
from nabi.lab.options import built
from nabi.lab.pictures import is_pictures, loaded, recipe_for
from nabi.lab.pretrained import entries_for
from nabi.lab.recipe import OF_THE_DATA, Recipe, as_toml, recipe_names
from nabi.lab.run import made_folder, new_folder
from nabi.lab.study import alone, quiet
from nabi.lab.tuning import Rows
from nabi.lab.variants import TRAIN_SIZE, Variant, as_text, values_of, variants_of
from nabi.zoo.card import CARDS, hyphened
from nabi.zoo.parts import weightless

SEEDS = 3
LONG = 300.0  # seconds from which the first run says how long all of them will take
BRIEF: dict[str, Any] = {"epochs": 5, "batch_size": 64}  # of sets that nabi knows, where nothing else is said


def compare(model: str | Callable[..., Any] | None = None, vary: Mapping[str, Any] | None = None, seeds: int = SEEDS, *,
            data: str = "digits", recipe: Recipe | None = None, target: float | None = None, folder=None, out="runs",
            stream: TextIO | None = None, **entries: Any) -> Experiment:
    """Trains every variant with every seed; Ctrl-C finishes the batch and keeps all, and the same folder goes on.

    Args:
        model: name of a network of the zoo; None takes "lecture-cnn", or for one's own pictures "fast-pictures". A function of
            one's own with the arguments input_shape, classes and others, which can be varied, that returns a model.
        vary: entry -> values, a list or a text with commas; several entries make a grid (see `nabi.lab.variants`).
        seeds: runs of each variant.
        data: name of a set ("digits", "mnist", "cifar10"), or a folder of pictures.
        recipe: what all start from, instead of model, data and entries.
        target: training accuracy; the table says after how many epochs each variant reached it. None takes the highest that all
            reach.
        folder: the comparison's folder; None makes a new one in `out`. One that holds a comparison goes on, without vary.
        out: where new folders are made.
        stream: where progress goes; None is nowhere.
        entries: other entries of the recipe: epochs, batch_size, optimizer, learning_rate, seed (of the first run), ...

    Returns: the experiment: `print(.text())`, `.figure()`, `.summary()`, `.pairs`; see `nabi.lab.compare_folder` for its files.

    Example:
        >>> compare("lecture-cnn", {"activaton": ["relu", "tanh"]})
        Traceback (most recent call last):
        nabi.core.errors.ArgumentError: vary activaton: expected what can be varied, got 'activaton'. Did you mean 'activation'? \
Of the network: width, dropout, activation, ...

    Raises:
        ArgumentError, UnknownName: what cannot be varied, or has no such value; another comparison than the folder's.
        FileError: no data, or no place for the folder. StateError: another process works in the folder.
    """
    if type(seeds) is not int or seeds < 1:
        raise ArgumentError("compare(seeds)", "a whole number above 0", repr(seeds))
    if target is not None and not (isinstance(target, float) and 0 < target <= 1):
        raise ArgumentError("compare(target)", "a share in (0, 1]", repr(target))
    for name, place in (("folder", folder), ("out", out)):
        if not isinstance(place, (str, os.PathLike)) and (place is not None or name == "out"):
            raise ArgumentError(f"compare({name})", "the name of a folder", repr(place))
    rows = Rows(stream)
    model = entered(model) if callable(model) else model
    if folder is not None and (Path(folder) / COMPARE).is_file():
        found = Experiment(folder)
        if vary is not None and {entry: as_text(values_of(entry, value)) for entry, value in vary.items()} != found.vary:
            raise ArgumentError(f"comparison {found.folder}", "a new folder, or the same entries to vary", "others",
                                "Choose another folder.")
        samples = checked(found.variants, with_validation(loaded(found.recipe, rows.tell), found.recipe.validation_split))
    else:
        recipe = recipe or start(model, data, entries, rows)
        recipe = replace(recipe, seed=0 if recipe.seed is None else recipe.seed)
        recipe.check()
        variants = variants_of({} if vary is None else vary, recipe)
        samples = checked(variants, with_validation(loaded(recipe, rows.tell), recipe.validation_split))
        found = begun(recipe, vary or {}, seeds, target, folder, out)
    with alone(found.folder):
        rows.tell(say(WORDS, "folder", folder=found.folder))
        rows.tell(say(WORDS, "plan", variants=len(found.variants), seeds=len(found.seeds),
                      runs=len(found.variants) * len(found.seeds)))
        interrupted = run_all(found, samples, rows)
        found = Experiment(found.folder)
        found.interrupted = interrupted
        conclude(found)
    return found


def entered(function: Callable[..., Any]) -> str:
    """The name by which a network's function is found from now on.

    Raises:
        ArgumentError: it takes neither shape nor classes, or has the name of a network of the zoo.
    """
    name = str(getattr(function, "__name__", ""))
    takes = inspect.signature(function).parameters
    if not name.isidentifier() or any(word not in takes for word in OF_THE_DATA):
        raise ArgumentError("compare(model)", "a function with a name and the arguments input_shape and classes", repr(function),
                            "def my_net(input_shape, classes, activation='relu'): ... is one.")
    if hyphened(name) in CARDS:
        raise ArgumentError("compare(model)", "a function with another name", f"'{name}', which is a network of the zoo")
    register("network")(function)
    return hyphened(name)


def start(model: str | None, data: str, entries: Mapping[str, Any], rows: Rows) -> Recipe:
    """The recipe that all variants start from.

    Raises:
        ArgumentError: an entry that a recipe does not have.
    """
    for entry in entries:
        if entry not in vars(Recipe()) or entry in ("data", "model"):
            raise ArgumentError(f"compare({entry}=...)", "an entry of a recipe", repr(entry), did_you_mean(entry, vars(Recipe())))
    named = entries_for({**entries, **({} if model is None else {"model": model})})
    if is_set(data):
        name = plain(data)
        usual = Recipe.read(name) if name in recipe_names() else Recipe(data=name, **BRIEF)
        return replace(usual, **named)
    return recipe_for(data, rows.tell, named) if is_pictures(data) else Recipe(**{**named, "data": data})


def checked(variants: list[Variant], data: Data) -> Data:
    """The data, if every variant fits them and can be built.

    Raises:
        ArgumentError, ShapeError, UnknownName: one cannot.
    """
    most = len(data.x_train)
    for variant in variants:
        if variant.train_size is not None and not len(data.class_names) <= variant.train_size <= most:
            all_there = f"{len(data.class_names)} pictures, one of each class, to {most:,}, all there are for training"
            raise ArgumentError(f"vary {TRAIN_SIZE}", all_there, variant.train_size)
        if not variant.recipe.weights:
            with weightless():
                built(variant.recipe.model, variant.recipe.model_options, input_shape=data.x_train.shape[1:],
                      classes=len(data.class_names))
    return data


def begun(recipe: Recipe, vary: Mapping[str, Any], seeds: int, target: float | None, folder, out) -> Experiment:
    """A new comparison's folder with its settings."""
    folder = new_folder(out, f"compare-{recipe.title}") if folder is None else made_folder(folder)
    recipe.write(folder / BASE)
    first = recipe.seed or 0
    lines = [f"{entry} = {as_text(values_of(entry, value))}" for entry, value in vary.items()]
    with atomic(folder / COMPARE) as file:
        file.write(as_toml({"vary": lines, "seeds": list(range(first, first + seeds)), "target": target}).encode())
    return Experiment(folder)


def run_all(found: Experiment, data: Data, rows: Rows) -> bool:
    """Run after run, all variants of a seed before the next seed; whether Ctrl-C ended it."""
    k, count, estimated = 0, len(found.variants) * len(found.seeds), False
    for seed in found.seeds:
        for number, variant in enumerate(found.variants):
            k, place, before = k + 1, found.place(number, seed), found.trained(number, seed)
            words = {"k": k, "all": count, "width": len(str(count)), "name": variant.name, "seed": seed}
            if before.accuracy is not None or before.state == "failed":
                continue
            rows.show(say(WORDS, "running", **words))
            own = data if variant.train_size is None else part(data, variant.train_size, seed)
            with quiet():  # of rates that are too high, which is what some compare
                learned = learn(replace(variant.recipe, seed=seed), place, verbose=0, stream=io.StringIO(), data=own)
            if learned.history.interrupted:
                return True
            learned.run.checkpoint.unlink(missing_ok=True)  # it may be three times as large as the model
            if learned.history.failure:
                rows.tell(say(WORDS, "row failed", **words))
                continue
            result = evaluate(learned.model, data.x_test, data.y_test, data.class_names)
            learned.recorder.event("result", best_epoch=learned.best_epoch, sha256=data.fingerprint, **result.summary())
            seconds = (learned.run.last("end") or {}).get("seconds", 0.0)
            rows.tell(say(WORDS, "row", **words, accuracy=f"{100 * result.accuracy:.2f}", seconds=f"{seconds:.1f}"))
            if not estimated and seconds * (count - k) > LONG:
                rows.tell(say(WORDS, "will take", time=duration(seconds * (count - k)), runs=count - k))
            estimated = True
    return False


def conclude(found: Experiment) -> None:
    """Writes the runs as a table, the figure and the page."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *found.rows()])
    with atomic(found.folder / TABLE) as file:
        file.write(text.getvalue().encode())
    viz.save(found.figure(), found.folder / FIGURE)
    write_page(found)
