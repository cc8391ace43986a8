"""Experiment: from a recipe to a run folder: data, network, training, evaluation on the untouched test set, report.

    run = train(Recipe(data="digits", epochs=3))          a new folder under runs/
    run = resume(run.folder)                              goes on where the checkpoint stands

The test set is read when training has ended, once if the run is not resumed; epochs are chosen on the validation split.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from nabi import optimizers
from nabi.callbacks import Callback, EarlyStopping
from nabi.callbacks.progress import Progress
from nabi.core import random
from nabi.core.errors import ArgumentError, StateError
from nabi.core.language import say
from nabi.core.version import __version__
from nabi.data.split import split_indices
from nabi.lab.augmentation import augmented
from nabi.lab.data import Data
from nabi.lab.environment import versions
from nabi.lab.evaluation import evaluate, targets
from nabi.lab.options import built as network
from nabi.lab.pictures import held_out, loaded, on_bytes, scaled
from nabi.lab.pretrained import built, fitted_by, line_of
from nabi.lab.recipe import Recipe
from nabi.lab.recorder import RunRecorder
from nabi.lab.report import write_report
from nabi.lab.run import RECIPE, Run, made_folder, new_folder
from nabi.lab.two_classes import two_classes
from nabi.lab.watch import Watch, some
from nabi.losses import CategoricalCrossentropy
from nabi.schedules import CosineDecay, OneCycle
from nabi.zoo.catalogue import check_weights, known

WORDS: dict[str, tuple[str, str]] = {
    "begin": (
        "{model} on {data}: {parameters:,} parameters, seed {seed}\nSamples: {train:,} for training, {test:,} for testing",
        "{data} 데이터로 {model}을(를) 학습합니다. 매개변수 {parameters:,}개, 시드 {seed}\n학습 표본 {train:,}개, 시험 "
        "표본 {test:,}개",
    ),
    "folder": ("Run folder: {folder}", "학습 기록 폴더: {folder}"),
    "done": (
        "{folder} is finished already, epochs trained: {epochs}. To train it longer, raise epochs in its recipe.toml and "
        "resume it again.",
        "{folder}의 학습은 {epochs} 에포크를 모두 마쳤습니다. 더 오래 학습하려면 recipe.toml의 epochs를 늘리고 다시 이어서 "
        "하십시오.",
    ),
    "goes on": ("Going on with {folder}", "{folder}의 학습을 이어서 합니다"),
    "cut short": (
        "Interrupted: evaluating what was learned so far (Ctrl-C again ends at once).",
        "중단했습니다. 지금까지 학습한 것을 평가합니다. Ctrl-C를 다시 누르면 바로 끝납니다.",
    ),
}
SAMPLES, LEAST, MOST = 200, 16, 64  # one picture in so many is watched, at least and at most so many
CARD_FIGURES = ("loss", "accuracy", "correct", "total", "interval", "baseline")


def train(recipe: Recipe, folder=None, *, out="runs", verbose: Any = "auto", stream: TextIO | None = None, tell=None) -> Run:
    """Trains what the recipe says and returns its run.

    Sets nabi's global seed. Ctrl-C finishes the batch and goes on to evaluation and report; again, it ends at once.

    Args:
        recipe: what to train.
        folder: the run folder; None makes a new one in `out`. One that holds a run of the same recipe is resumed.
        out: where new folders are made.
        verbose, stream: progress, as in `fit`, and where it goes.
        tell: function that prints a line of progress; None prints none.

    Returns: the run; `run.state` says how training ended.

    Raises:
        ArgumentError, UnknownName: the recipe. FileError: no data, or no place for the run.
    """
    learned = learn(recipe, folder, out=out, verbose=verbose, stream=stream, tell=tell, watch=True)
    finish(learned)
    return learned.run


@dataclass
class Learned:
    """What training leaves before anything is said about the test set.

    Attributes:
        recipe: what was trained, with its seed.
        run, recorder: the run folder and who writes it.
        model, data: the network, with the weights of the kept epoch, and the data set.
        history: what `fit` returned.
        best_epoch: the kept epoch, from 1; None where nothing was held out.
    """

    recipe: Recipe
    run: Run
    recorder: RunRecorder
    model: Any
    data: Data
    history: Any
    best_epoch: int | None


def learn(recipe: Recipe, folder=None, *, out="runs", verbose: Any = "auto", stream: TextIO | None = None, tell=None,
          data: Data | None = None, callbacks: Sequence[Callback] = (), watch: bool = False) -> Learned:
    """Trains as `train` does, with data that are loaded already and further callbacks, and leaves the test set alone.

    With `watch` the run keeps a look inside the network after each epoch, unless it only trains a new head.
    """
    recipe.check()
    tell = tell or (lambda line: None)
    recipe = replace(recipe, seed=secrets.randbelow(2**31) if recipe.seed is None else recipe.seed)
    check_weights(known(recipe.model), recipe.weights)
    data = loaded(recipe, tell) if data is None else data
    model = prepare(recipe, data)
    if line := line_of(recipe, model):
        tell(line)
    if folder is None:
        folder = new_folder(out, recipe.title)
    run = open_run(folder, recipe)
    tell(say(WORDS, "begin", model=recipe.model, data=recipe.data, parameters=model.count_params(), train=len(data.x_train),
             test=len(data.x_test), seed=recipe.seed))
    is_done = run.state == "finished" and run.epochs >= recipe.epochs
    tell(say(WORDS, "done" if is_done else "goes on" if run.checkpoint.exists() else "folder", folder=run.folder,
             epochs=recipe.epochs))
    first = int(recipe.keep_from * recipe.epochs)
    began_with = (run.last("start") or {}).get("data_sha256")
    if run.checkpoint.exists() and began_with not in (None, data.fingerprint):  # what was held out may be learned now
        raise StateError(f"run {run.folder}", f"{recipe.data} as it was when the run began",
                         "other pictures or another quarantine", "Bring them back, or train anew.")
    recorder = RunRecorder(run.folder, report=False, keep_from=first)
    recorder.facts = {"data_sha256": data.fingerprint, "validation_samples": divided(data, recipe)[1]}
    patience = recipe.epochs if recipe.patience is None else recipe.patience
    best = EarlyStopping("val_loss", patience=patience, restore_best_weights=True, start_from_epoch=first)
    watching = [*([best] if recipe.validation_split else []), *callbacks, *watched(run, model, data, recipe, watch),
                Progress(verbose, stream)]
    fit = fitted_by(model) if recipe.weights else model.fit
    history = fit(data.x_train, targets(model, data.y_train), batch_size=recipe.batch_size, epochs=recipe.epochs, verbose=0,
                  run=recorder, callbacks=watching, class_weight=recipe.class_weight, sampling=recipe.sampling,
                  **held_out(model, data, recipe.validation_split))
    if history.interrupted:
        tell(say(WORDS, "cut short"))
    return Learned(recipe, run, recorder, model, data, history, best.best_epoch + 1 if best.best is not None else None)


def watched(run: Run, model: Any, data: Data, recipe: Recipe, watch: bool) -> list[Callback]:
    """The look inside; [] without one. A run that began without it goes on without it.

    It takes so few pictures that it costs below 2 % of a training with convolutions, and a dense network's some 10 ms an epoch.
    """
    if not watch or recipe.weights or (run.checkpoint.exists() and not run.watched):
        return []
    x, y = some(data.x_train, data.y_train, min(max(len(data.x_train) // SAMPLES, LEAST), MOST))
    return [Watch(x, targets(model, y), run.folder)]


def plan(recipe: Recipe) -> dict[str, Any]:
    """What training by a recipe would mean, without training: the recipe, samples, steps, parameters.

    Example:
        >>> plan(Recipe(model="lecture-dense", epochs=2))["steps"]
        36
    """
    recipe.check()
    data = loaded(recipe)
    model = prepare(recipe, data)
    samples, held = divided(data, recipe)
    entries = {name: value for name, value in asdict(recipe).items() if value is not None}
    steps = recipe.epochs * -(-samples // recipe.batch_size)
    return {"recipe": entries, "training samples": samples, "validation samples": held, "test samples": len(data.x_test),
            "steps": steps, "parameters": model.count_params()}


def kept(samples: int, recipe: Recipe) -> tuple[int, int]:
    """About how many samples are trained on, and how many held out."""
    held = round(samples * recipe.validation_split)
    return samples - held, held


def divided(data: Data, recipe: Recipe) -> tuple[int, int]:
    """How many samples `learn` trains on, and how many it holds out."""
    if not recipe.validation_split:
        return len(data.x_train), 0
    if data.x_validation is not None:
        return len(data.x_train), len(data.x_validation)
    train, held = split_indices(len(data.y_train), recipe.validation_split, "stratified", data.y_train, 0)
    return len(train), len(held)


def resume(folder, **options) -> Run:
    """Goes on with a run where its checkpoint stands, to the same numbers as if it had not stopped; options as in `train`.

    Raises:
        FileError: no run folder. ArgumentError: a run that `fit(run=...)` wrote: only its script can go on with it.
    """
    run = Run(folder)
    if "data" not in run.recipe:
        raise ArgumentError(f"run {run.folder}", "a recipe with data, as nabi train writes it", "that of a script's fit(run=...)",
                            "Start the script again: fit(run=the same folder) goes on where it stopped.")
    return train(Recipe.read(run.folder / RECIPE), run.folder, **options)


def prepare(recipe: Recipe, data: Data):
    """The compiled network, its weights drawn from the recipe's seed, with a card."""
    random.set_seed(recipe.seed or 0)
    if recipe.weights:
        model = augmented(built(recipe, data), recipe.augment, data.ink)
        model = model if data.scale == 1 else scaled(model, 1 / data.scale, "pixels")
    else:
        shape = data.x_train.shape[1:]
        model = network(recipe.model, recipe.model_options, input_shape=shape, classes=len(data.class_names))
        model = augmented(model, recipe.augment, data.ink)
        model = on_bytes(model) if data.scale == 1 else model
    smoothing = recipe.label_smoothing
    loss = CategoricalCrossentropy(label_smoothing=smoothing) if smoothing else "sparse_categorical_crossentropy"
    model.compile(optimizer(recipe, learned_from(data, recipe)), loss, metrics=["accuracy"], precision=recipe.precision)
    model.card = {
        "data": {"name": data.name, "sha256": data.fingerprint, "train": len(data.x_train), "test": len(data.x_test)},
        "class_names": list(data.class_names),
        "preprocessing": {"scale": data.scale, "input_shape": list(data.x_train.shape[1:]), "ink": data.ink,
                          **{name: value for name in ("fit", "crop") if (value := getattr(data, name)) is not None}},
        "recipe": {name: value for name, value in asdict(recipe).items() if value is not None},
        "versions": {"nabi": __version__, **versions()},
    }
    return model


def learned_from(data: Data, recipe: Recipe) -> int:
    """How many samples an epoch has; about, where a share of them is held out."""
    return len(data.x_train) if data.x_validation is not None else kept(data.samples, recipe)[0]


def optimizer(recipe: Recipe, samples: int):
    """The recipe's optimizer with its rate or schedule, for epochs of so many samples.

    Raises:
        UnknownName: no optimizer of that name. ArgumentError: an option that it does not have.
    """
    made = optimizers.get(recipe.optimizer)
    config: dict[str, Any] = {**recipe.optimizer_options}
    if recipe.learning_rate is not None:
        config["learning_rate"] = recipe.learning_rate
    top = config.get("learning_rate", float(made.learning_rate))
    steps = recipe.epochs * -(-samples // recipe.batch_size)
    if recipe.schedule == "cosine":
        config["learning_rate"] = CosineDecay(top, decay_steps=steps)
    elif recipe.schedule == "one-cycle":
        config["learning_rate"] = OneCycle(top, steps) if recipe.warmup is None else OneCycle(top, steps, recipe.warmup)
    return type(made)(**config) if config else made


def open_run(folder, recipe: Recipe) -> Run:
    """The run in a folder, with the recipe written into it.

    Raises:
        ArgumentError: the folder holds a run of another recipe.
    """
    path = Path(folder) / RECIPE
    if path.exists():
        there = Recipe.read(path)
        if there != recipe:
            changed = [name for name, value in asdict(recipe).items() if getattr(there, name) != value]
            raise ArgumentError(f"run folder {folder}", "a new folder, or a run of the same recipe",
                                f"a run that differs in {', '.join(changed)}", "Choose another folder.")
    else:
        made_folder(folder)
        recipe.write(path)
    return Run(folder)


def finish(learned: Learned) -> None:
    """After training: evaluation on the test set, the model with its metrics, result event, figures and report."""
    run, model, data = learned.run, learned.model, learned.data
    try:
        evaluation = evaluate(model, data.x_test, data.y_test, data.class_names, learned.recipe.batch_size)
    except StateError:  # the loss became NaN and no good weights are left: the report says why
        if run.state != "failed":
            raise
        evaluation = None
    two = None
    if evaluation is not None:
        figures = evaluation.summary()
        model.card["metrics"] = {"test": {name: figures[name] for name in CARD_FIGURES}}
        two = two_classes(model, data) if learned.best_epoch is not None else None
        if two is not None:
            figures["two_classes"] = two.summary()
            model.card["threshold"] = two.threshold
            model.card["metrics"]["test"] |= two.summary()
        model.save(run.model)
        learned.recorder.event("result", best_epoch=learned.best_epoch, sha256=data.fingerprint, **figures)
    write_report(run, model, data, evaluation, two)
