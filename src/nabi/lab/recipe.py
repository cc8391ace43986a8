"""Recipe: everything that is needed to repeat a run, as a TOML file that people read and edit.

    data = "digits"
    model = "lecture-cnn"
    epochs = 12
    ...
"""

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from nabi.core.errors import ArgumentError, FileError, did_you_mean
from nabi.core.files import atomic


@dataclass
class Recipe:
    """What a run is made of.

    Attributes:
        data: name of a data set ("digits", "mnist", "fashion-mnist", "cifar10").
        model: name of a network of the zoo.
        epochs, batch_size, optimizer, learning_rate: as in `fit` and `compile`; a learning rate of None is the optimizer's own.
        precision: "auto", "float32", "float64" or "bfloat16".
        validation_split: share of the training samples held out, every class alike; the test set is only touched at the end.
        seed: seed of weights, order and dropout; None draws one and records it.
        name: the run's name; None takes data and model.
        patience: stop after so many epochs without a better `val_loss`; None trains all epochs.
    """

    data: str = "digits"
    model: str = "lecture-cnn"
    epochs: int = 12
    batch_size: int = 200
    optimizer: str = "adam"
    learning_rate: float | None = None
    precision: str = "auto"
    validation_split: float = 0.1
    seed: int | None = None
    name: str | None = None
    patience: int | None = None
    notes: dict = field(default_factory=dict)

    @classmethod
    def read(cls, path) -> "Recipe":
        """The recipe in a TOML file."""
        try:
            table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise FileError(f"recipe {path}", "a readable file", error.strerror) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise FileError(f"recipe {path}", "TOML", str(error)) from error
        known = [f.name for f in fields(cls)]
        for word in table:
            if word not in known:
                raise ArgumentError(f"recipe {path}", "known entries", repr(word), did_you_mean(word, known))
        return cls(**table)

    def write(self, path) -> None:
        """Writes the recipe as TOML."""
        with atomic(path) as file:
            file.write(as_toml(asdict(self)).encode())


def as_toml(table: dict) -> str:
    """A table of plain values as TOML; None is left out, nested tables follow at the end.

    Example:
        >>> print(as_toml({"epochs": 3, "name": "a", "notes": {"ok": True}}), end="")
        epochs = 3
        name = "a"
        <BLANKLINE>
        [notes]
        ok = true
    """
    plain = {k: v for k, v in table.items() if v is not None and not isinstance(v, dict)}
    text = "".join(f"{key} = {toml_value(value)}\n" for key, value in plain.items())
    for key, value in table.items():
        if isinstance(value, dict) and value:
            text += f"\n[{key}]\n" + as_toml(value)
    return text


def toml_value(value) -> str:
    """One value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    import json

    return json.dumps(str(value), ensure_ascii=False)
