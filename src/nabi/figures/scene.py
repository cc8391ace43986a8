"""Scene: what the figures are made from: a model, pictures with their classes, a photograph; by default a small digit network.

    Scene()                                           the lectures' CNN, a quarter as wide, trained on the embedded digits
    Scene(model=my_model, images=x, labels=y)         one's own

The network is trained once a process, in a few seconds, when the first figure asks for it.
"""

import functools
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError
from nabi.core.language import language, with_particles

EPOCHS, SIDE = 8, 96


@functools.cache
def digits() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """The embedded digits: 4,000 for training, 1,000 for testing, values 0-1, shape (n, 28, 28, 1)."""
    from nabi.datasets import digits as source

    (x, y), (x_test, y_test) = source.load_data()
    return (x[..., None] / np.float32(255), y), (x_test[..., None] / np.float32(255), y_test)


@functools.cache
def trained() -> tuple[Any, dict[str, list[float]]]:
    """The lectures' CNN, a quarter as wide, trained on the embedded digits; and its history."""
    from nabi.core.random import set_seed
    from nabi.zoo.lecture import lecture_cnn

    set_seed(0)
    (x, y), _ = digits()
    model = lecture_cnn(width=0.25)
    model.card["preprocessing"] = {"scale": 1 / 255, "ink": True}
    model.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=64, epochs=EPOCHS, validation_split=0.2, verbose=0)
    return model, history.history


class Scene:
    """What the figures are made from; everything has a default.

    Args:
        model: a model with at least one spatial layer and class shares at its end; None: a digit network trained on the spot.
        images: pictures as the model takes them, (n, H, W, C); labels: their classes, integers (n,). Both or none.
        class_names: a name for each class.
        history: of the model's training: name -> a number for each epoch.
        photo: a colour photograph, (H, W, 3) uint8; None: the sample photograph that comes with matplotlib.
        seed: of whatever is drawn at random.
        training: pictures and classes to learn from, as `images` and `labels`; None: a part of these.

    Raises: ArgumentError for images without labels, another number of them, labels that are no class numbers, a model without
    images, or another number of classes than the model answers.

    Example:
        >>> scene = Scene()
        >>> scene.images.shape, scene.class_names[3], scene.photo.dtype
        ((1000, 28, 28, 1), '3', dtype('uint8'))
    """

    def __init__(self, model: Any = None, images: np.ndarray | None = None, labels: Sequence[int] | np.ndarray | None = None,
                 class_names: Sequence[str] | None = None, history: dict[str, list[float]] | None = None,
                 photo: np.ndarray | None = None, seed: int = 0, training: tuple[np.ndarray, np.ndarray] | None = None):
        if (images is None) != (labels is None) or (model is not None and images is None):
            raise ArgumentError("Scene(images, labels)", "both, and with a model of your own both of it", "one of them alone"
                                if (images is None) != (labels is None) else "a model alone")
        if images is not None and labels is not None and len(images) != len(labels):
            raise ArgumentError("Scene(labels)", f"{len(images)} labels, one for each picture", len(labels))
        if labels is not None and (np.ndim(labels) != 1 or np.asarray(labels).dtype.kind not in "iu" or np.min(labels) < 0):
            raise ArgumentError("Scene(labels)", "class numbers 0, 1, 2, ..., one integer for each picture",
                                f"{np.asarray(labels).dtype} of shape {np.shape(labels)}", "Of one-hot rows: labels.argmax(-1).")
        self.given, self.told, self.learned = model, history, training
        test = digits()[1] if images is None else (np.asarray(images), np.asarray(labels))
        self.images, self.labels = test
        known, found = classes_of(model), int(self.labels.max()) + 1
        self.class_names = [str(name) for name in class_names or range(max(known or 0, found))]
        if known is not None and (len(self.class_names) != known or found > known):
            raise ArgumentError("Scene(class_names)", f"{known} classes, as many as the model answers",
                                max(found, len(self.class_names)))
        self.photo = sample_photo() if photo is None else np.asarray(photo, np.uint8)
        self.seed = seed

    @property
    def model(self) -> Any:
        """The model; by default it is trained when it is first asked for."""
        return trained()[0] if self.given is None else self.given

    @property
    def has_model(self) -> bool:
        """Whether the model is there already, so that asking for it trains none."""
        return self.given is not None or trained.cache_info().currsize > 0

    @property
    def history(self) -> dict[str, list[float]]:
        """A number for each epoch of the model's training, by name; empty for a model of one's own without it."""
        return trained()[1] if self.given is None else self.told or {}

    @property
    def training(self) -> tuple[np.ndarray, np.ndarray]:
        """Pictures and classes to train on: the embedded digits', or those of the scene."""
        if self.learned is not None:
            return self.learned
        return digits()[0] if self.given is None else (self.images, self.labels)

    @property
    def white(self) -> float:
        """The value of a white pixel, or of black ink."""
        from nabi.pictures.looks import Looks

        return 1.0 if self.given is None else Looks.of(self.model.card).white

    @property
    def ink(self) -> bool:
        """Whether large values are dark, as in MNIST."""
        from nabi.pictures.looks import Looks

        return self.given is None or bool(Looks.of(self.model.card).ink)

    def shown(self, picture: np.ndarray) -> dict[str, Any]:
        """A picture of the scene as a panel of `viz.panels`: its values 0-1, and their kind."""
        values = np.clip(np.asarray(picture, dtype=float) / self.white, 0, 1)
        if values.shape[-1] == 3:
            return {"values": values, "kind": "colour"}
        return {"values": values.mean(-1), "kind": "ink" if self.ink else "light"}

    @property
    def korean(self) -> bool:
        """Whether labels inside the pictures are Korean: NABI_LANG=ko and a Korean font."""
        from nabi.viz.style import has_korean

        return language() == "ko" and has_korean()

    def say(self, english: str, korean: str, **values: object) -> str:
        """A label in today's language, with its fields filled in."""
        text = korean if self.korean else english
        text = text.format(**values) if values else text
        return with_particles(text) if self.korean else text

    def example(self, of_class: int = 0) -> int:
        """The index of the first picture of a class."""
        found = np.flatnonzero(self.labels == of_class)
        return int(found[0]) if len(found) else 0


def classes_of(model: Any) -> int | None:
    """How many classes a model answers; one number is the probability of the second of two. None where it does not say.

    Example:
        >>> from nabi.zoo.lecture import lecture_cnn
        >>> classes_of(lecture_cnn(width=0.25)), classes_of(None)
        (10, None)
    """
    outputs = getattr(model, "outputs", None) or ()
    if len(outputs) != 1 or len(outputs[0].shape) != 2:
        return None
    return max(int(outputs[0].shape[1]), 2)


@functools.cache
def sample_photo() -> np.ndarray:
    """A colour photograph, (SIDE, SIDE, 3) uint8: Grace Hopper, public domain, as it comes with matplotlib."""
    import matplotlib
    from PIL import Image

    path = os.path.join(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg")
    with Image.open(path) as file:
        side = min(file.size)
        cut = file.convert("RGB").crop((0, 0, side, side)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(cut)
