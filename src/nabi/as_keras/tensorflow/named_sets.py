"""Named sets: `tensorflow_datasets` for the sets that `nabi.datasets` has, where the package itself is not installed.

    (train, test), info = tfds.load("mnist", split=["train", "test[:20%]"], as_supervised=True, with_info=True)
    info.features["label"].num_classes                   10

Pictures are uint8 (height, width, channels), labels int64, reviews texts.
"""

import importlib
import re
from typing import Any

import numpy as np
import torch

from nabi.as_keras.tensorflow import made_up_sets
from nabi.as_keras.tensorflow.subwords import SubwordTextEncoder
from nabi.core.errors import NotServed, did_you_mean
from nabi.data.stream import Dataset
from nabi.data.strings import Strings
from nabi.data.structure import TensorSpec

__all__ = ["Split", "as_dataframe", "as_numpy", "builder", "disable_progress_bar", "list_builders", "load", "show_examples",
           "show_statistics"]
CLASSES = {
    "mnist": list("0123456789"), "cifar100": [str(n) for n in range(100)], "imdb_reviews": ["neg", "pos"],
    "fashion_mnist": ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    "cifar10": ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
}  # fmt: skip
Columns = dict[str, Any]  # field -> its values, a row for each sample
SUBWORDS = re.compile(r"/subwords(\d+)k")  # a configuration of older versions: reviews as numbers of pieces of words
LEAST_SIZE = 185  # subwords8k has 8,185 of them
PART = re.compile(r"(\w+)(?:\[(-?\d+%?)?:(-?\d+%?)?\])?$")


class Split:
    """Names of parts."""

    TRAIN, TEST, VALIDATION, ALL = "train", "test", "validation", "all"


class Label:
    """What a label is.

    Args:
        names: of the classes.
    """

    def __init__(self, names: list[str]):
        self.names, self.num_classes, self.shape, self.dtype = names, len(names), (), torch.int64

    def int2str(self, number: Any) -> str:
        """The name of a class."""
        return self.names[int(number)]

    def str2int(self, name: str) -> int:
        """The number of a class."""
        return self.names.index(name)


class Feature:
    """What a picture or a text is like.

    Args:
        shape: None where it varies. dtype: of its numbers.
    """

    def __init__(self, shape: tuple, dtype: Any):
        self.shape, self.dtype = shape, dtype
        self.encoder: SubwordTextEncoder | None = None


class Part:
    """A part of a set.

    Args:
        name: "train" or "test". num_examples: how many samples it has.
    """

    def __init__(self, name: str, num_examples: int):
        self.name, self.num_examples = name, num_examples


class Builder:
    """A set by its name, as TensorFlow's names go: what stands behind a slash or a colon is passed over.

    Args:
        name: such as "mnist", "imdb_reviews/plain_text", "cifar10:3.*.*".

    Raises NotServed for a set that nabi does not have.
    """

    def __init__(self, name: str, **options: Any):
        self.name = re.split("[/:]", name)[0]
        stand_in = made_up_sets.made(self.name) if self.name not in CLASSES else None
        if self.name not in CLASSES and stand_in is None:
            raise NotServed(f"tensorflow_datasets.load({name!r}): nabi has {', '.join(sorted(CLASSES))}; nabi run --stand-in "
                            f"makes up others. {did_you_mean(self.name, CLASSES)}".strip())
        self.parts, self.kind, classes = stand_in or self.own()
        first = next(iter(self.parts.values()))
        varying = stand_in is not None and self.name not in made_up_sets.SAME_SIZE
        self.features: dict[str, Any] = {field: Feature((), "string") if isinstance(x, Strings) else Feature(
            (None, None, x.shape[-1]) if varying else x.shape[1:], torch.uint8) for field, x in first.items()}
        self.features["label"] = Label(classes)
        self.splits = {name: Part(name, len(columns["label"])) for name, columns in self.parts.items()}
        self.description = self.full_name = self.name
        self.supervised_keys = (self.kind, "label")
        sizes = SUBWORDS.search(name)
        if sizes and self.kind == "text":
            self.features["text"] = Feature((None,), torch.int64)
            texts = next(iter(self.parts.values()))["text"].values
            self.features["text"].encoder = SubwordTextEncoder.build_from_corpus(texts, int(sizes[1]) * 1000 + LEAST_SIZE)

    def own(self) -> tuple[dict[str, Columns], str, list[str]]:
        """Parts of a set that nabi has, the field of its inputs, names of its classes."""
        sets = importlib.import_module(f"nabi.datasets.{self.name.removesuffix('_reviews')}")
        train, test = sets.load_data()
        kind = "text" if self.name == "imdb_reviews" else "image"
        index = {number + 3: word for word, number in sets.get_word_index().items()} if kind == "text" else {}
        return {"train": columns_of(train, kind, index), "test": columns_of(test, kind, index)}, kind, CLASSES[self.name]

    @property
    def info(self) -> "Builder":
        """Classes, shapes and numbers of samples."""
        return self

    def download_and_prepare(self, **options: Any) -> None:
        """Done already."""

    def cut(self, name: str) -> Columns:
        """A part by its name, such as "test", "train[:80%]", "train[100:200]".

        Raises NotServed for another form.
        """
        found = PART.match(str(name).strip())
        if found is None or found[1] not in (*self.parts, "all"):
            raise NotServed(f"tensorflow_datasets: split={name!r}; nabi reads 'train', 'test', 'train[:80%]', 'train[100:200]'.")
        columns = joined(list(self.parts.values())) if found[1] == "all" else self.parts[found[1]]
        count = len(columns["label"])
        ends = slice(*(None if one is None else int(one) if one[-1] != "%" else round(count * int(one[:-1]) / 100)
                       for one in found.groups()[1:]))
        return {field: values[ends] for field, values in columns.items()}

    def as_dataset(self, split: Any = None, batch_size: int | None = None, shuffle_files: bool = False,
                   as_supervised: bool = False, **options: Any) -> Any:
        """Streams: one, those of a list of parts, or a dict of all."""
        if split is None:
            return {name: self.as_dataset(name, batch_size, False, as_supervised) for name in self.parts}
        if isinstance(split, (list, tuple)):
            return type(split)(self.as_dataset(one, batch_size, False, as_supervised) for one in split)
        columns = joined([self.cut(one) for one in str(split).split("+")])
        made = (columns[self.kind], columns["label"]) if as_supervised else columns
        if batch_size == -1:
            return next(iter(Dataset.from_tensors(made)))
        found = Dataset.from_tensor_slices(made)
        encoder = getattr(self.features.get("text"), "encoder", None)
        if encoder is not None:
            found = found.map(lambda *given: numbered(encoder, *given))
            text, label = TensorSpec((None,), torch.int64), TensorSpec((), torch.int64)
            found._spec = (text, label) if as_supervised else {"text": text, "label": label}
        return found if batch_size is None else found.batch(batch_size)


def numbered(encoder: SubwordTextEncoder, *given: Any) -> Any:
    """A sample with its text as numbers."""
    if len(given) == 2:
        return torch.tensor(encoder.encode(given[0])), given[1]
    return given[0] | {"text": torch.tensor(encoder.encode(given[0]["text"]))}


def columns_of(data: Any, kind: str, index: dict[int, str]) -> Columns:
    """Inputs and labels as TensorFlow gives them."""
    x, y = data
    if index:
        x = Strings([" ".join(index.get(n, "") for n in row if n > 3) for row in x])
    return {kind: x if index or x.ndim == 4 else x[..., None], "label": np.asarray(y, np.int64).ravel()}


def joined(parts: list[Columns]) -> Columns:
    """Parts one behind the other."""
    if len(parts) == 1:
        return parts[0]
    return {field: Strings(np.concatenate([one[field].values for one in parts])) if isinstance(values, Strings)
            else np.concatenate([one[field] for one in parts]) for field, values in parts[0].items()}


def load(name: str, *, split: Any = None, data_dir: Any = None, batch_size: int | None = None, shuffle_files: bool = False,
         download: bool = True, as_supervised: bool = False, with_info: bool = False, **options: Any) -> Any:
    """Streams of a set, and with_info what is known of it. Arguments as those of tensorflow_datasets."""
    made = Builder(name)
    found = made.as_dataset(split, batch_size, shuffle_files, as_supervised)
    return (found, made) if with_info else found


builder = Builder


def list_builders(**options: Any) -> list[str]:
    """Names of the sets."""
    return sorted({*CLASSES, *made_up_sets.PICTURES, *made_up_sets.TEXTS})


def as_numpy(dataset: Any) -> Any:
    """A stream, or tensors, as NumPy's arrays."""
    if isinstance(dataset, Dataset):
        return dataset.as_numpy_iterator()
    if isinstance(dataset, dict):
        return {name: as_numpy(one) for name, one in dataset.items()}
    if isinstance(dataset, (list, tuple)):
        return type(dataset)(as_numpy(one) for one in dataset)
    return dataset.numpy()


def as_dataframe(ds: Any, ds_info: Any = None) -> Any:
    """A stream as a table of pandas."""
    rows = [one if isinstance(one, dict) else dict(enumerate(one)) for one in ds.as_numpy_iterator()]
    return importlib.import_module("pandas").DataFrame(rows)


def show_examples(*values: Any, **options: Any) -> None:
    """Shows nothing: `plt.imshow` draws."""


show_statistics = disable_progress_bar = show_examples
