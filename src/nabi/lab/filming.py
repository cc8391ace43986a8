"""Film: a training watched epoch by epoch: filters, the maps of one picture, activations, the boundary, what is misread.

    found = film("runs/...-demo")            trained again from the run's recipe and seed: the same numbers, now with a camera
    found = film("lecture-cnn", epochs=6)    a network of the zoo on the embedded digits, or on data="mnist", a folder, ...
    found = film("mlp", data="moons")        a small net on points: its decision boundary
    found.save("film.gif")                   .gif, .mp4 or .html

The weights of each epoch are looked at, never changed: a filmed training gives the same weights as any other. Where the folder of
a run holds a model file of every epoch (ModelCheckpoint("run/epoch-{epoch:02d}.safetensors")), these are read, and nothing is
trained.
"""

import os
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nabi import optimizers, viz
from nabi.callbacks import Callback
from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.language import say
from nabi.core.numbers import whole
from nabi.core.random import seeded
from nabi.core.warning import warn
from nabi.explain.walk import number_type, places, walk
from nabi.lab.experiment import learn
from nabi.lab.pictures import loaded
from nabi.lab.points import NAMES, points_of
from nabi.lab.recipe import Recipe
from nabi.lab.run import RECIPE, Run
from nabi.layers import Dense, Input
from nabi.models import Sequential
from nabi.models.saving import load_model

WHAT = ("filters", "maps", "histograms", "boundary", "misread")
WATCHED, SHOWN, MOST_MAPS, MOST_LAYERS, BINS, KEPT = 1000, 27, 16, 4, 40, 4000
EPOCHS, POINT_EPOCHS, FRAMES = 8, 400, 25
WORDS: dict[str, tuple[str, str]] = {
    "again": ("{run} is trained again from its recipe, seed {seed}: the same numbers, now watched.",
              "{run}의 레시피와 시드 {seed}(으)로 똑같이 다시 학습하며 지켜봅니다."),
    "same": ("The losses of all {n} epochs are those of the run, to the last digit.",
             "{n} 에포크의 손실이 모두 학습 기록과 마지막 자리까지 같습니다."),
    "files": ("{run}: {n} model files, one an epoch, are read; nothing is trained.",
              "{run}: 에포크마다 저장된 모델 파일 {n}개를 읽습니다. 학습하지 않습니다."),
    "new": ("{net} on {data}, {n} epochs, seed {seed}.", "{data} 데이터로 {net}을(를) {n} 에포크 학습합니다. 시드 {seed}."),
}  # fmt: skip


@dataclass
class Filmed:
    """What was seen; plain data for `viz.film_frame`.

    Attributes:
        net, data: names.
        epochs: how many were done at each look, 0 first. losses, accuracy: there; of the training epoch, of the watched samples.
        filters: (looks, kH, kW, n). maps: layer -> (looks, h, w, n) of `picture`. histograms: layer -> (looks, bins) shares
            of the numbers that are not 0, `zeros`: the share of those that are.
        boundary: x, y, shares (looks, h, w), points, labels. misread: images, truth, answers (looks, k), count (looks,).
    """

    net: str
    data: str
    class_names: tuple[str, ...] = ()
    ink: bool = False
    epochs: list[int] = field(default_factory=list)
    losses: list[float | None] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    watched: int = 0
    picture: Any = None
    filters: Any = None
    filter_layer: str = ""
    maps: dict[str, Any] = field(default_factory=dict)
    edges: Any = None
    histograms: dict[str, Any] = field(default_factory=dict)
    zeros: dict[str, Any] = field(default_factory=dict)
    boundary: Any = None
    misread: Any = None

    def plain(self) -> dict[str, Any]:
        """A dict of arrays and plain values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def frames(self) -> list[Any]:
        """A picture of Pillow's for each look."""
        return viz.film_frames(self.plain())

    def save(self, path: str | os.PathLike, pace: int = 700) -> None:
        """Writes .gif, .mp4 or .html; the same training gives the same bytes. Raises ArgumentError, FileError."""
        data = self.plain()
        names = [viz.epoch_name(epoch) for epoch in self.epochs]
        viz.save_film(viz.film_frames(data), path, pace, 3000, viz.film_title(data), names)


class Camera(Callback):
    """Looks at a model before training and after each epoch.

    Args:
        what: some of WHAT.
        x, y: (n, ...) watched samples, and their classes.
        picture: the number of the sample whose maps are kept.
        plane: places of a plane (m, 2), for a boundary.
        every: epochs between two looks.
        most: stop training after so many epochs; None leaves it.

    Attributes:
        looks: what was seen, a dict for each.
    """

    def __init__(self, what: Sequence[str], x: np.ndarray, y: np.ndarray, picture: int = 0, plane: Any = None, every: int = 1,
                 most: int | None = None):
        self.what, self.x, self.y, self.picture, self.plane = tuple(what), x, y, picture, plane
        self.every, self.most = every, most
        self.looks: list[dict[str, Any]] = []

    def on_train_begin(self, logs=None):
        if not self.looks:
            self.look(self.model, 0, None)

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            self.look(self.model, epoch + 1, None if logs is None else float(logs["loss"]))
        if self.most is not None and epoch + 1 >= self.most:
            self.model.stop_training = True

    def look(self, model: Any, epoch: int, loss: float | None) -> None:
        """One look."""
        seen: dict[str, Any] = {"epoch": epoch, "loss": loss}
        shares = np.asarray(model.predict(self.x, verbose=0))
        seen["answers"] = (shares[:, 0] > 0.5).astype(int) if shares.shape[1] == 1 else shares.argmax(axis=1)
        if "filters" in self.what:
            seen["filters"] = kernels(model)
        if "maps" in self.what or "histograms" in self.what:
            values = outputs(model, self.x[:64] if "maps" not in self.what else
                             np.concatenate([self.x[self.picture:self.picture + 1], self.x[:63]]))
            seen["maps"] = {name: v[0, ..., :MOST_MAPS] for name, v in values.items() if v.ndim == 4}
            seen["values"] = {name: thinned(v) for name, v in values.items()}
        if self.plane is not None:
            seen["plane"] = model.predict(self.plane, batch_size=len(self.plane), verbose=0)[:, 0]
        self.looks.append(seen)

    def filmed(self, net: str, data: str, class_names: tuple[str, ...] = (), ink: bool = False) -> Filmed:
        """All looks in order, arrays over the epochs."""
        looks, answers = self.looks, np.stack([look["answers"] for look in self.looks])
        wrong = answers != self.y
        made = Filmed(net, data, class_names, ink, [look["epoch"] for look in looks], [look["loss"] for look in looks],
                      (1 - wrong.mean(axis=1)).tolist(), len(self.y))
        if "filters" in self.what:
            made.filters, made.filter_layer = np.stack([look["filters"][1] for look in looks]), looks[0]["filters"][0]
        if "maps" in self.what:
            made.picture = self.x[self.picture]
            names = list(looks[0]["maps"])
            made.maps = {name: np.stack([look["maps"][name] for look in looks]) for name in ends(names, 2)}
        if "histograms" in self.what:
            names = ends(list(looks[0]["values"]), MOST_LAYERS)
            made.edges = {name: edges([look["values"][name] for look in looks]) for name in names}
            made.histograms = {name: np.stack([spread(look["values"][name], made.edges[name]) for look in looks])
                               for name in names}
            made.zeros = {name: np.array([(look["values"][name] == 0).mean() for look in looks]) for name in names}
        if "misread" in self.what:
            late = wrong[1:] if looks[0]["epoch"] == 0 and len(wrong) > 1 else wrong  # an untrained net misreads nearly all
            often = np.argsort(-late.sum(axis=0), kind="stable")[:min(SHOWN, int(late.any(axis=0).sum()))]
            made.misread = {"images": self.x[often], "truth": self.y[often], "answers": answers[:, often],
                            "count": wrong.sum(axis=1)}
        return made


def film(source: Any, data: str | None = None, epochs: int | None = None, what: str | Sequence[str] | None = None, seed: int = 0,
         picture: int = 0, tell: Callable[[str], None] | None = None) -> Filmed:
    """Films a training.

    Args:
        source: a run (folder or `Run`) that `nabi train` wrote, or the name of a network of the zoo.
        data: for a network: a data set or folder as in `nabi train` (the embedded digits by default), or moons, spirals, xor
            for points in a plane with the network mlp.
        epochs: of a run at most so many of its own; of a network 8, on points 400.
        what: some of filters, maps, histograms, boundary, misread, with commas or as a list; None takes all there are.
        seed: of a network's training; a run has its own.
        picture: the number of the test picture whose maps are shown.
        tell: gets a line of words now and then.

    Raises: ArgumentError for something that cannot be seen there, a run without data in its recipe, options of other sources;
        UnknownName, FileError as in `train`.
    """
    tell = tell or (lambda line: None)
    wanted = chosen(what)
    count = None if epochs is None else whole("film(epochs)", epochs, least=1)
    if isinstance(source, Run) or (Path(str(source)) / RECIPE).is_file():
        if data is not None:
            raise ArgumentError("film(data)", "no data beside a run, which has its own", repr(data))
        return of_run(source if isinstance(source, Run) else Run(source), wanted, count, picture, tell)
    if data in NAMES:
        return of_points(str(source), str(data), wanted, POINT_EPOCHS if count is None else count, seed, tell)
    recipe = Recipe(data=data or "digits", model=str(source), epochs=EPOCHS if count is None else count, seed=seed)
    if source == "lecture-cnn" and data is None:
        recipe = replace(recipe, model_options={"width": 0.25}, batch_size=64)
    recipe.check()
    tell(say(WORDS, "new", net=recipe.model, data=recipe.data, n=recipe.epochs, seed=seed))
    return trained(recipe, wanted, None, picture)[0]


def chosen(what: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """The words of `what`. Raises ArgumentError for others."""
    if what is None:
        return None
    words = [word.strip() for word in what.split(",")] if isinstance(what, str) else list(what)
    for word in words:
        if word not in WHAT:
            raise ArgumentError("film(what)", f"some of {', '.join(WHAT)}", repr(word), did_you_mean(str(word), WHAT))
    return tuple(dict.fromkeys(words))


def of_run(run: Run, wanted: tuple[str, ...] | None, epochs: int | None, picture: int, tell: Callable[[str], None]) -> Filmed:
    """From the model files of each epoch, or trained again."""
    if "data" not in run.recipe:
        raise ArgumentError(f"run {run.folder}", "a recipe with data, as nabi train writes it", "that of a script's fit(run=...)",
                            "Film it in the script: callbacks=[nabi.lab.Camera(...)].")
    recipe = Recipe.read(run.folder / RECIPE)
    files = epoch_files(run)
    if files and len(files) == run.epochs:
        tell(say(WORDS, "files", run=run.name, n=len(files)))
        return from_files(run, recipe, files[:epochs], wanted, picture)
    tell(say(WORDS, "again", run=run.name, seed=recipe.seed))
    found, history = trained(recipe, wanted, epochs, picture)
    before = run.history.get("loss", [])[:len(history)]
    if before == [float(f"{v!r}") for v in history[:len(before)]]:
        tell(say(WORDS, "same", n=len(before)))
    else:
        warn(f"Film: the losses are not those of run {run.name}: another machine, or other versions.")
    return found


def trained(recipe: Recipe, wanted: tuple[str, ...] | None, most: int | None, picture: int) -> tuple[Filmed, list[float]]:
    """A training by a recipe with a camera, in a folder that is thrown away; and its losses."""
    data = loaded(recipe)
    x, y = data.x_test[:WATCHED], data.y_test[:WATCHED]
    camera = Camera(kinds(wanted, x), x, y, checked_picture(picture, x), most=most)
    with tempfile.TemporaryDirectory() as folder:
        learned = learn(recipe, Path(folder, "run"), verbose=0, data=data, callbacks=[camera])
    return camera.filmed(recipe.model, recipe.data, tuple(data.class_names), bool(data.ink)), learned.history.history["loss"]


def from_files(run: Run, recipe: Recipe, files: list[Path], wanted: tuple[str, ...] | None, picture: int) -> Filmed:
    """A look at each model file."""
    data = loaded(recipe)
    x, y = data.x_test[:WATCHED], data.y_test[:WATCHED]
    camera, losses = Camera(kinds(wanted, x), x, y, checked_picture(picture, x)), run.history.get("loss", [])
    for number, file in enumerate(files, 1):
        camera.look(load_model(file), number, losses[number - 1] if number <= len(losses) else None)
    return camera.filmed(recipe.model, recipe.data, tuple(data.class_names), bool(data.ink))


def epoch_files(run: Run) -> list[Path]:
    """Model files whose names end in the number of their epoch, from 1 on without a gap; none otherwise."""
    found = {int(match[1]): path for path in run.folder.glob("*.safetensors") if (match := re.search(r"(\d+)$", path.stem))}
    return [found[k] for k in sorted(found)] if sorted(found) == list(range(1, len(found) + 1)) else []


def of_points(net: str, data: str, wanted: tuple[str, ...] | None, epochs: int, seed: int, tell: Callable[[str], None]) -> Filmed:
    """A small net on points."""
    if net != "mlp":
        raise ArgumentError("film(source)", "mlp for points in a plane", repr(net))
    points, labels = points_of(data)
    x, y, places_ = viz.plane(points, cells=90)
    what = wanted or ("histograms", "boundary")
    for word in what:
        if word not in ("histograms", "boundary"):
            raise ArgumentError("film(what)", "histograms or boundary, on points in a plane", repr(word))
    tell(say(WORDS, "new", net="mlp 2-16-16-1", data=data, n=epochs, seed=seed))
    camera = Camera(what, points, labels, plane=places_ if "boundary" in what else None, every=max(1, epochs // FRAMES))
    with seeded(seed):
        model = Sequential([Input((2,)), *(Dense(16, activation="tanh", name=f"dense{k}") for k in (1, 2)),
                            Dense(1, activation="sigmoid", name="answer")])
        model.compile(optimizers.Adam(0.02), loss="binary_crossentropy")
        model.fit(points, labels, epochs=epochs, batch_size=len(points), shuffle=False, verbose=0, callbacks=[camera])
    made = camera.filmed("mlp 2-16-16-1", data, ("0", "1"))
    if "boundary" in what:
        shares = np.stack([look["plane"].reshape(len(y), len(x)) for look in camera.looks])
        made.boundary = {"x": x, "y": y, "shares": shares, "points": points, "labels": labels}
    return made


def kinds(wanted: tuple[str, ...] | None, x: np.ndarray) -> tuple[str, ...]:
    """What of pictures is looked at. Raises ArgumentError for a boundary, which pictures have not."""
    if wanted is None:
        return tuple(word for word in WHAT if word != "boundary")
    if "boundary" in wanted:
        raise ArgumentError("film(what)", "points in a plane, for a boundary", f"samples {x.shape[1:]}",
                            "nabi film mlp --data moons")
    return wanted


def checked_picture(picture: int, x: np.ndarray) -> int:
    """The number of a watched sample. Raises ArgumentError."""
    number = whole("film(picture)", picture, least=0)
    if number >= len(x):
        raise ArgumentError("film(picture)", f"a whole number from 0 to {len(x) - 1}", number)
    return number


def kernels(model: Any) -> tuple[str, np.ndarray]:
    """The first kernels that look at a picture: (kH, kW, n); of a dense layer on a flat picture its weights, as pictures."""
    shape = model.input_shape[1:]
    for leaf in model.leaves:
        kernel = getattr(leaf, "kernel", None)
        if kernel is not None and kernel.ndim == 4:
            return leaf.name, kernel.detach().double().numpy()[:, :, :, :MOST_MAPS].mean(axis=2)
        if kernel is not None and kernel.ndim == 2 and len(shape) == 3 and kernel.shape[0] == np.prod(shape):
            return leaf.name, kernel.detach().double().numpy()[:, :MOST_MAPS].reshape(*shape, -1).mean(axis=2)
    raise ArgumentError("film(what)", "a first layer that looks at pictures, for filters", f"model '{model.name}' without one")


def outputs(model: Any, x: np.ndarray) -> dict[str, np.ndarray]:
    """What each layer with kernels gives for some samples."""
    found = [place for place in places(model.require_graph()) if any(w.ndim > 1 for w in place.layer.weights)
             and not hasattr(place.layer, "graph")]
    with torch.no_grad():
        values = walk(model, torch.from_numpy(np.ascontiguousarray(x)).to(number_type(model)), keep=True)
    return {place.name: values[place.slot].double().numpy() for place in found}


def thinned(values: np.ndarray) -> np.ndarray:
    """At most KEPT of the numbers, at even distances."""
    row = values.ravel()
    return row[np.linspace(0, len(row) - 1, min(KEPT, len(row))).astype(int)]


def spread(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The share of the numbers that are not 0 in each bin."""
    some = values[values != 0]
    return np.histogram(some, at)[0] / max(len(some), 1)


def ends(names: list[str], most: int) -> list[str]:
    """At most so many names, the first and the last among them."""
    return names if len(names) <= most else [names[round(k)] for k in np.linspace(0, len(names) - 1, most)]


def edges(values: list[np.ndarray]) -> np.ndarray:
    """Bins that hold all but the outermost half per cent of all looks."""
    everything = np.concatenate(values)
    everything = everything[everything != 0] if (everything != 0).any() else everything
    low, high = np.quantile(everything, [0.0025, 0.9975])
    return np.linspace(low, high if high > low else low + 1, BINS + 1)
