"""Training runs: the trainings that the figures are drawn from, each done once a scene, in a second or two.

    course(scene)        a dense network, until it has learned its samples by heart: training, validation and test, epoch by epoch
    seen(scene)          the lectures' CNN, a quarter as wide, with a `nabi.lab.Watch` inside
    deep(...)            multi-layer networks of any depth, activation and initialisation
"""

import functools
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

import nabi.callbacks as callbacks
from nabi.core.errors import StateError
from nabi.core.random import set_seed
from nabi.data.split import split_indices
from nabi.figures.scene import Scene
from nabi.lab.watch import Watch, some
from nabi.layers import Activation, BatchNormalization, Dense, Dropout, Flatten, Input
from nabi.models import Sequential
from nabi.zoo.lecture import lecture_cnn

EPOCHS, BATCH, SHARE = 20, 64, 0.8
LEARNED, TESTED = 200, 50  # pictures, at least, where two losses are compared
LOSS = "sparse_categorical_crossentropy"
Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Course:
    """A training: its model, its history, with "test_loss" and "test_accuracy", images a second of each epoch, its watch, and how
    many pictures it learned from and was validated on."""

    model: Any
    history: dict[str, list[float]]
    pace: list[float]
    watch: Any
    sizes: tuple[int, int]


class Pace(callbacks.Callback):
    """Training images a second, epoch by epoch, validation left out; and what the model is worth on a test set meanwhile."""

    def __init__(self, test: Pair | None = None):
        self.test, self.pace, self.tested = test, [], []
        self.began = self.last = 0.0
        self.images = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.began, self.images = time.perf_counter(), 0

    def on_train_batch_end(self, batch, logs=None):
        self.last, self.images = time.perf_counter(), self.images + self.params["batch_size"]

    def on_epoch_end(self, epoch, logs=None):
        self.pace.append(min(self.images, self.params["samples"]) / (self.last - self.began))
        if self.test is not None:
            self.tested.append(self.model.evaluate(*self.test, verbose=0))


def percent(share: Any, decimals: int = 0) -> str:
    """A share in per cent.

    Example:
        >>> percent(0.412), percent(0.9431, 1)
        ('41 %', '94.3 %')
    """
    return f"{100 * float(share):.{decimals}f} %"


def parts(scene: Scene) -> tuple[Pair, Pair]:
    """Pictures and classes to learn and to test on, shuffled, values up to 1; those of a user without a part of their own to
    learn from are divided, a fifth of each class for the test."""
    x, y = scene.training
    if scene.given is None:
        return (x, y), (scene.images, scene.labels)
    most = np.abs(x).max() or 1
    x, y = np.asarray(x, np.float32) / most, np.asarray(y)
    order = np.random.default_rng(scene.seed).permutation(len(x))
    x, y = x[order], y[order]
    if scene.learned is not None:
        return (x, y), (np.asarray(scene.images, np.float32) / most, scene.labels)
    learned, held = split_indices(len(x), 1 - SHARE, "stratified", y, scene.seed)
    return (x[learned], y[learned]), (x[held], y[held])


def enough(scene: Scene) -> None:
    """Raises StateError where the pictures are too few for a comparison of losses to be more than chance."""
    (_, y), (_, y_test) = parts(scene)
    if len(y) < LEARNED or len(y_test) < TESTED:
        raise StateError("figures", f"at least {LEARNED} pictures to learn from and {TESTED} to test on",
                         f"{len(y)}, {len(y_test)}",
                         "On fewer this figure shows chance.")


def trained(scene: Scene, model: Any, epochs: int, optimizer: Any = "adam", watched: int = 0, most: int | None = None,
            tested: bool = False) -> Course:
    """A model trained on the scene's pictures, or the first `most` of them, a fifth of them held out."""
    (x, y), test = parts(scene)
    x, y = x[:most], y[:most]
    model.compile(optimizer, LOSS, metrics=["accuracy"])
    pace = Pace(test if tested else None)
    watch = Watch(*some(x, y, watched)) if watched else None
    mode = "tail" if scene.given is None else "stratified"  # the digits lie shuffled
    learned, held = split_indices(len(x), 1 - SHARE, mode, y, scene.seed)
    history = model.fit(x[learned], y[learned], batch_size=BATCH, epochs=epochs, validation_data=(x[held], y[held]), verbose=0,
                        callbacks=[one for one in (pace, watch) if one is not None]).history
    if tested:
        history |= {name: [row[k] for row in pace.tested] for k, name in enumerate(("test_loss", "test_accuracy"))}
    return Course(model, history, pace.pace, watch, (len(learned), len(held)))


@functools.lru_cache(maxsize=2)
def course(scene: Scene) -> Course:
    """The lectures' dense network, trained until it has learned its samples by heart, and tested after each epoch."""
    set_seed(scene.seed)
    model = Sequential([Input(scene.images.shape[1:]), Flatten(), Dense(512, activation="relu", name="dense1"),
                        Dense(len(scene.class_names), activation="softmax", name="dense2")])
    return trained(scene, model, EPOCHS, tested=True)


@functools.lru_cache(maxsize=2)
def seen(scene: Scene) -> Course:
    """The lectures' CNN, a quarter as wide, with a look inside after each epoch."""
    set_seed(scene.seed)
    return trained(scene, lecture_cnn(scene.images.shape[1:], len(scene.class_names), width=0.25), 6, watched=64)


def deep(scene: Scene, depth: int, units: int, activation: str, initializer: Any, batch_normalization: bool = False) -> Any:
    """A network of `depth` hidden layers, each as z1 -> (bn1) -> a1, with a softmax at its end."""
    set_seed(scene.seed)
    layers: list[Any] = [Input(scene.images.shape[1:]), Flatten()]
    for k in range(1, depth + 1):
        norm = [BatchNormalization(momentum=0.9, name=f"bn{k}")] if batch_normalization else []
        layers += [Dense(units, kernel_initializer=initializer, name=f"z{k}"), *norm, Activation(activation, name=f"a{k}")]
    return Sequential([*layers, Dense(len(scene.class_names), activation="softmax", name="out")])


def dense(scene: Scene, units: tuple[int, ...], rate: float = 0.0) -> Any:
    """A dense ReLU network, with dropout of a rate behind each hidden layer."""
    set_seed(scene.seed)
    hidden = [layer for n, u in enumerate(units, 1) for layer in
              (Dense(u, activation="relu", name=f"dense{n}"), *([Dropout(rate)] if rate else []))]
    return Sequential([Input(scene.images.shape[1:]), Flatten(), *hidden, Dense(len(scene.class_names), activation="softmax",
                                                                                 name="out")])
