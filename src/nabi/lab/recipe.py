"""Recipe: everything that is needed to repeat a run, as a TOML file that people read and edit.

    data = "digits"
    model = "lecture-cnn"
    epochs = 12
    batch_size = 200
    ...

`Recipe.read` takes a file, or the name of one of the recipes that come with nabi: `demo`, or `fast` and `accurate`, which are
there for some data only and lie in files such as `fast-mnist.toml`.
"""

import json
import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from nabi.core.config import PRECISIONS
from nabi.core.errors import ArgumentError, FileError, did_you_mean
from nabi.core.files import atomic

FOLDER = Path(__file__).with_name("recipes")
SCHEDULES = ("constant", "cosine", "one-cycle")
AUGMENTS = ("flip", "translation", "rotation", "zoom")
FLIPS = ("none", "horizontal", "vertical", "horizontal_and_vertical")
DEPTHS = ("head", "top", "all")
OF_THE_DATA = ("input_shape", "classes")  # arguments of every network that a recipe does not give


@dataclass
class Recipe:
    """What a run is made of.

    Attributes:
        data: name of a data set ("digits", "mnist", "fashion-mnist", "cifar10"), or a folder or archive of pictures.
        model: name of a network of the zoo.
        epochs, batch_size, optimizer, learning_rate: as in `fit` and `compile`; a learning rate of None is the optimizer's own.
        optimizer_options: the optimizer's other arguments, such as {"beta_2": 0.99}.
        model_options: arguments of the network's function, such as {"width": 0.5}, or changes that any network takes, such as
            {"activation": "tanh"} (`nabi.zoo.altered`); shape and classes come from the data.
        augment: how training pictures are changed at random, none of it by default: "flip" ("horizontal", "vertical",
            "horizontal_and_vertical" or "none"); "translation", a share of the sides, "rotation", a share of a turn, "zoom".
        schedule: "constant"; "cosine": from the learning rate down to 0 along half a cosine wave; "one-cycle": straight up to the
            learning rate, then straight down to 0.
        warmup: share of the steps on the way up, in [0, 1), for "one-cycle" alone; None is the schedule's own.
        label_smoothing: share of each label that is spread evenly over all classes, in [0, 1).
        precision: "auto", "float32", "float64" or "bfloat16".
        validation_split: share of the training samples held out, every class alike, to choose the best epoch by; with 0 the last
            epoch's weights are kept. The test set is only touched at the end.
        patience: stop after so many epochs without a better `val_loss`; None trains all epochs.
        seed: seed of weights, split, order and dropout; None draws one and records it.
        name: the run's name; None takes data and model.
        class_weight: "balanced" lets every class count the same, whatever its number of samples; None counts samples.
        sampling: "balanced" draws every class equally often instead (see `nabi.training.sampling`); None draws each sample once.
        keep_from: share of the epochs, in [0, 1), before which none is kept: with few validation samples an early epoch may look
            best by chance, while a schedule that ends at 0 makes the last ones good.
        pictures: for one's own pictures, as in `from_folder`: "size", "channels", "fit", "crop", "test", "groups", "seed",
            "memory", "quarantine".
        weights: "imagenet" begins with a network's trained weights and a new head; None with random ones.
        depth: with weights, how much below the head learns, too: "head" (nothing), "top" or "all", as in `nabi.transfer`.

    Example:
        >>> Recipe(epochs=0).check()
        Traceback (most recent call last):
        nabi.core.errors.ArgumentError: recipe, epochs: expected a whole number above 0, got 0.
    """

    data: str = "digits"
    model: str = "lecture-cnn"
    epochs: int = 12
    batch_size: int = 200
    optimizer: str = "adam"
    optimizer_options: dict[str, Any] = field(default_factory=dict)
    learning_rate: float | None = None
    model_options: dict[str, Any] = field(default_factory=dict)
    augment: dict[str, Any] = field(default_factory=dict)
    schedule: str = "constant"
    warmup: float | None = None
    label_smoothing: float = 0.0
    precision: str = "auto"
    validation_split: float = 0.1
    patience: int | None = None
    seed: int | None = None
    name: str | None = None
    class_weight: str | None = None
    sampling: str | None = None
    keep_from: float = 0.0
    pictures: dict[str, Any] = field(default_factory=dict)
    weights: str | None = None
    depth: str | None = None

    @property
    def title(self) -> str:
        """The run's name, or "<data>-<model>"."""
        return self.name or f"{Path(self.data).name or 'pictures'}-{self.model}"

    def check(self) -> None:
        """Holds each entry against its range; whether data, model and optimizer exist is found when they are looked up.

        Raises:
            ArgumentError: the first entry that is out of range.
        """
        for entry, low in (("epochs", 1), ("batch_size", 1), ("patience", 0), ("seed", 0)):
            value = getattr(self, entry)
            optional = entry in ("patience", "seed")
            if not (optional and value is None) and (type(value) is not int or value < low):
                raise ArgumentError(f"recipe, {entry}", "a whole number " + ("above 0" if low else "from 0"), repr(value))
        for entry in ("data", "model", "optimizer"):
            if not isinstance(getattr(self, entry), str):
                raise ArgumentError(f"recipe, {entry}", "a name", repr(getattr(self, entry)))
        for entry, known in (("precision", PRECISIONS), ("schedule", SCHEDULES)):
            value = getattr(self, entry)
            if value not in known:
                raise ArgumentError(f"recipe, {entry}", f"one of {', '.join(known)}", repr(value),
                                    did_you_mean(str(value), known))
        for entry in ("class_weight", "sampling"):
            if getattr(self, entry) not in (None, "balanced"):
                raise ArgumentError(f"recipe, {entry}", "'balanced', or none", repr(getattr(self, entry)))
        for entry, words in (("weights", ("imagenet",)), ("depth", DEPTHS)):
            value = getattr(self, entry)
            if value is not None and value not in words:
                raise ArgumentError(f"recipe, {entry}", f"{', '.join(map(repr, words))}, or none", repr(value))
        if self.depth and not self.weights:
            raise ArgumentError("recipe, depth", 'weights = "imagenet" beside it', "none",
                                "Random layers are of no use frozen.")
        if self.class_weight and self.sampling:
            raise ArgumentError("recipe, sampling", "none beside class_weight", repr(self.sampling), "Leave one of the two out.")
        if not isinstance(self.pictures, dict):
            raise ArgumentError("recipe, pictures", "a table, such as { size = [64, 64] }", repr(self.pictures))
        if self.name is not None and not isinstance(self.name, str):
            raise ArgumentError("recipe, name", "a text", repr(self.name))
        for entry in ("validation_split", "warmup", "label_smoothing", "keep_from"):
            value = getattr(self, entry)
            if not (entry == "warmup" and value is None) and (not is_number(value) or not 0 <= value < 1):
                raise ArgumentError(f"recipe, {entry}", "a share in [0, 1)", repr(value))
        if self.warmup is not None and self.schedule != "one-cycle":
            raise ArgumentError("recipe, warmup", 'schedule = "one-cycle"', repr(self.schedule), "Others have no way up.")
        for entry, such in (("optimizer_options", "{ beta_2 = 0.99 }"), ("model_options", "{ width = 0.5 }"),
                            ("augment", '{ flip = "horizontal" }')):
            if not isinstance(getattr(self, entry), dict):
                raise ArgumentError(f"recipe, {entry}", f"a table, such as {such}", repr(getattr(self, entry)))
        for word in self.model_options:
            if word in OF_THE_DATA:
                raise ArgumentError("recipe, model_options", "arguments of the network", repr(word), "nabi sets it by the data.")
        check_augment(self.augment)
        rate = self.learning_rate
        if rate is not None and (not is_number(rate) or not 0 < rate < float("inf")):
            raise ArgumentError("recipe, learning_rate", "a number above 0", repr(rate), "Leave it out for the optimizer's own.")
        if self.patience is not None and self.validation_split == 0:
            raise ArgumentError("recipe, patience", "a validation_split above 0 to watch", "validation_split 0")

    @classmethod
    def read(cls, path, data: str | None = None) -> "Recipe":
        """The checked recipe in a TOML file, or the one of that name that comes with nabi; one made for `data` comes first.

        Example:
            >>> Recipe.read("fast", "mnist") == Recipe.read("fast-mnist")
            True

        Raises:
            FileError: no such file or name; not TOML. ArgumentError: unknown entries or values out of range.
        """
        file = Path(path)
        if not file.is_file() and len(file.parts) == 1 and not file.suffix:
            file = FOLDER / f"{path}.toml"
            if data is not None and f"{path}-{data}" in recipe_names():
                file = FOLDER / f"{path}-{data}.toml"
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            sets = [name.removeprefix(f"{path}-") for name in recipe_names() if name.startswith(f"{path}-")]
            if sets:
                raise FileError(f"recipe {path}", f"data it was made for: {', '.join(sets)}", data or "no data") from None
            raise FileError(f"recipe {path}", "a TOML file or the name of a recipe", "nothing there",
                            did_you_mean(str(path), recipe_names())) from None
        except OSError as error:
            raise FileError(f"recipe {path}", "a file that can be read", error.strerror) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FileError(f"recipe {path}", "TOML", f"this error: {error}") from error
        known = [f.name for f in fields(cls)]
        for word in table:
            if word not in known:
                raise ArgumentError(f"recipe {path}", "known entries", repr(word), did_you_mean(word, known))
        recipe = cls(**table)
        recipe.check()
        return recipe

    def write(self, path) -> None:
        """Writes the recipe as TOML."""
        with atomic(path) as file:
            file.write(as_toml(asdict(self)).encode())


def check_augment(table: dict[str, Any]) -> None:
    """Holds each entry of `augment` against its range.

    Raises:
        ArgumentError: the first entry that is unknown or out of range.
    """
    for word, value in table.items():
        if word not in AUGMENTS:
            raise ArgumentError("recipe, augment", "known entries", repr(word), did_you_mean(word, AUGMENTS))
        if word == "flip":
            if value not in FLIPS:
                raise ArgumentError("recipe, augment.flip", f"one of {', '.join(FLIPS)}", repr(value),
                                    did_you_mean(str(value), FLIPS))
        elif not (is_number(value) and 0 <= value <= 1):
            raise ArgumentError(f"recipe, augment.{word}", "a share in [0, 1]", repr(value))


def is_number(value: Any) -> bool:
    """Whether it is an int or float, and no bool."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def recipe_names() -> list[str]:
    """Names of the recipes that come with nabi."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def as_toml(table: dict) -> str:
    """A table of plain values as TOML; None is left out, nested tables follow at the end.

    Example:
        >>> print(as_toml({"epochs": 3, "name": "a", "optimizer": {"rate": 0.1}}), end="")
        epochs = 3
        name = "a"
        <BLANKLINE>
        [optimizer]
        rate = 0.1
    """
    plain = {k: v for k, v in table.items() if v is not None and not isinstance(v, dict)}
    text = "".join(f"{key} = {toml_value(value)}\n" for key, value in plain.items())
    for key, value in table.items():
        if isinstance(value, dict) and value:
            text += f"\n[{key}]\n" + as_toml(value)
    return text


def toml_value(value) -> str:
    """One value as TOML: a JSON string is also a TOML string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
