"""Texts in models: a text is a number in a table while it runs through a model; layers of words look it up there.

    Input((1,), dtype="string") -> TextVectorization -> Embedding -> ...
    model.fit(["a text", "another"], y)            the texts enter as the numbers 7 and 8

Number 0 is the empty text. Whatever enters a model with such a layer is translated: texts in lists, arrays, dicts and streams.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nabi.as_keras.patches import Patches
from nabi.as_keras.tensorflow.ragged import RaggedTensor
from nabi.core.errors import Unwritten
from nabi.data import Dataset, Strings
from nabi.data.structure import leaves
from nabi.layers import Layer
from nabi.layers.node import Symbol
from nabi.models import Model


class Table:
    """Every text that has entered a model, and its number."""

    texts: list[bytes] = [b""]
    numbers: dict[bytes, int] = {b"": 0}


def number_of(text: bytes) -> int:
    """The number of a text, a new one if it was never seen."""
    found = Table.numbers.get(text)
    if found is None:
        found = Table.numbers[text] = len(Table.texts)
        Table.texts.append(text)
    return found


def is_text(x: Any) -> bool:
    """Whether it is a text, or an array, list or frame's column of them."""
    if isinstance(x, (str, bytes, Strings)):
        return True
    if isinstance(x, list):
        first: Any = x[0] if x else None
        return is_text(first) and (isinstance(first, (str, bytes, list)) or first.ndim == 0)
    kind = getattr(getattr(x, "dtype", None), "kind", "")
    return kind in ("U", "S") or kind == "O" and np.size(x) > 0 and isinstance(next(iter(np.asarray(x).flat)), (str, bytes))


def coded(x: Any) -> Any:
    """Data with numbers for texts, in dicts, lists and streams too.

    Example:
        >>> coded(["a", "b", "a"]).tolist() == [number_of(b"a"), number_of(b"b"), number_of(b"a")]
        True
    """
    if is_text(x):
        values: Any = Strings(x).values
        return torch.from_numpy(np.array([number_of(text) for text in values.ravel()], np.int64).reshape(values.shape))
    if isinstance(x, Dataset):
        return x.map(lambda *parts: coded(parts if len(parts) > 1 else next(iter(parts))))
    if isinstance(x, dict):
        return {name: coded(part) for name, part in x.items()}
    return type(x)(map(coded, x)) if isinstance(x, (list, tuple)) and any(map(holds_text, x)) else x


def holds_text(x: Any) -> bool:
    """Whether there are texts in it."""
    return is_text(x) or isinstance(x, dict) and any(map(holds_text, x.values())) or (
        isinstance(x, (list, tuple)) and any(map(holds_text, x[:8])))


def texts_of(numbers: torch.Tensor) -> Strings:
    """The texts that have these numbers."""
    made = np.empty(numbers.numel(), object)
    made[:] = [Table.texts[int(n)] for n in numbers.reshape(-1)]
    return Strings(made.reshape(tuple(numbers.shape)))


class TextLayer(Layer):
    """Base of layers that read texts; they write `of_texts(Strings)`, and `shape_of` the shape of a sample."""

    takes_integers = True
    reads_texts = True

    settings: tuple[str, ...] = ()  # arguments that its configuration names, where some are only older words for others

    def get_config(self):
        if not self.settings:
            return super().get_config()
        return {"name": self.name} | {name: getattr(self, name) for name in self.settings}

    def __call__(self, inputs, *args, **options):
        if isinstance(inputs, Symbol):
            return super().__call__(inputs)
        if isinstance(inputs, RaggedTensor):  # rows of different lengths stay such rows
            return RaggedTensor(self(row) for row in inputs)
        return self.of_values(inputs)

    def of_values(self, x: Any) -> Any:
        """The layer on texts that are there."""
        return self.of_texts(Strings(x))

    def of_texts(self, texts: Strings) -> Any:
        """What is made of texts."""
        raise Unwritten(self, "of_texts(self, texts)")

    def call(self, x):
        return self.of_texts(texts_of(x))

    def load_assets(self, folder: str) -> None:
        """Takes the vocabulary that Keras keeps as a file beside a model, where the model does not name it."""
        file = Path(folder, "vocabulary.txt")
        known = self.get_vocabulary(include_special_tokens=False) if hasattr(self, "get_vocabulary") else True
        if not known and file.is_file():
            self.set_vocabulary(file.read_text("utf-8").split("\n"))

    def pieces(self, data: Any, steps: int | None = None) -> Iterable[np.ndarray]:
        """What a layer learns from, in pieces of one axis."""
        for number, element in enumerate(data if isinstance(data, Dataset) else [data]):
            if steps is not None and number >= steps:
                return
            part = leaves(element)[0] if isinstance(data, Dataset) else element
            yield (Strings(part).values if self.reads_texts or is_text(part) else np.asarray(part)).ravel()


def reads_texts(model: Any) -> bool:
    """Whether a layer of texts is somewhere in a model."""
    return any(isinstance(layer, TextLayer) or isinstance(layer, Model) and reads_texts(layer)
               for layer in getattr(model, "layers", ()))


def dress_texts(patches: Patches) -> None:
    """Lets models take texts."""
    for name in ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch", "__call__"):
        patches.around(Model, name, with_texts)


def with_texts(method: Callable) -> Callable:
    """A method of a model whose data may hold texts."""

    @wraps(method)
    def call(self, *args, **options):
        if not reads_texts(self):
            return method(self, *args, **options)
        if args and not isinstance(args[0], Symbol):
            args = (coded(args[0]), *args[1:])
        for word in ("x", "validation_data"):
            if options.get(word) is not None:
                options[word] = coded(options[word])
        return method(self, *args, **options)

    return call
