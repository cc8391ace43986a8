"""Folders: streams of pictures, texts and windows of a series: Keras' `..._dataset_from_directory` and `..._from_array`.

    cats/1.jpg, dogs/1.jpg   ->   (pictures (32, 256, 256, 3), labels (32,)), ...        a batch at a time, `nabi.data.Dataset`
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.data import AUTOTUNE, Dataset, Strings
from nabi.data.threads import on_threads
from nabi.data.view import Table, View, counted
from nabi.kernels.resize import RESIZINGS, resize
from nabi.preprocessing.files_flow import files_in
from nabi.preprocessing.pixels import checked_format, img_to_array, load_img, smart_resize

PICTURES, TEXTS = (".bmp", ".gif", ".jpeg", ".jpg", ".png"), (".txt",)
KEPT = 2**29  # bytes of resized pictures that a stream keeps
LABELS = ("int", "categorical", "binary", None)


class Pictures:
    """Pictures in files as rows of a table, (N, height, width, channels) float32 of 0 to 255; kept where they fit.

    Args:
        paths: of the files.
        one: path -> picture.
        shape: of a picture.
    """

    def __init__(self, paths: list[str], one: Callable[[str], np.ndarray], shape: tuple[int, ...]):
        self.paths, self.one, self.shape = paths, one, (len(paths), *shape)
        self.ndim, self.dtype = len(self.shape), torch.float32
        keeps = int(np.prod(self.shape)) * 4 <= KEPT
        self.kept, self.known = np.empty(self.shape if keeps else 0, np.float32), np.zeros(len(paths), bool)

    def __len__(self) -> int:
        return len(self.paths)

    def take(self, numbers: np.ndarray) -> torch.Tensor:
        """Some of them."""
        x = np.empty((len(numbers), *self.shape[1:]), np.float32)
        known = self.known[numbers]
        if known.any():
            x[known] = self.kept[numbers[known]]
        missing = np.flatnonzero(~known)
        for row, one in zip(missing, on_threads(lambda n: self.one(self.paths[n]), numbers[missing].tolist()), strict=True):
            x[row] = one
            if len(self.kept):
                self.kept[numbers[row]], self.known[numbers[row]] = one, True
        return torch.from_numpy(x)


def image_dataset_from_directory(directory: Any, labels: Any = "inferred", label_mode: str | None = "int",
                                 class_names: Any = None, color_mode: str = "rgb", batch_size: int | None = 32,
                                 image_size: Any = (256, 256), shuffle: bool = True, seed: int | None = None,
                                 validation_split: float | None = None, subset: str | None = None,
                                 interpolation: str = "bilinear", follow_links: bool = False,
                                 crop_to_aspect_ratio: bool = False, pad_to_aspect_ratio: bool = False,
                                 data_format: str | None = None, format: str = "tf", verbose: bool = True, **kwargs: Any) -> Any:
    """A stream of pictures from a folder that has a folder for each class; with subset="both" two.

    Args:
        directory: the folder.
        labels: "inferred" from the folders, None, or a list of numbers in the order of the files.
        label_mode: "int" (N,), "categorical" (N, classes) of 0s and a 1, "binary" (N, 1), or None for pictures alone.
        class_names: folders in the order of their numbers; None takes all, by the alphabet.
        color_mode: "rgb", "rgba" or "grayscale".
        batch_size: pictures a batch; None gives them one by one.
        image_size: (height, width).
        shuffle, seed: a new order for each pass; the parts of a split hang on the seed.
        validation_split, subset: "training", "validation" (the last share of the order) or "both".
        interpolation: one of nabi.layers.Resizing's.
        follow_links: searches linked folders.
        crop_to_aspect_ratio: takes the middle of each picture instead of stretching it.
        pad_to_aspect_ratio: takes the whole picture, on black.
        data_format: "channels_first" for (channels, height, width).
        format: accepted as in Keras.
        verbose: tells how many files were found.

    Returns: float32 (batch, height, width, channels) of 0 to 255 and labels. The stream has `class_names` and `file_paths`.

    Keras shuffles within 8 batches, here it is all pictures. Raises ArgumentError, FileError, DataError.
    """
    where, size = "image_dataset_from_directory", (image_size, image_size) if isinstance(image_size, int) else image_size
    channels = {"rgb": 3, "rgba": 4, "grayscale": 1}.get(color_mode, 0)
    if not channels:
        raise ArgumentError(f"{where}(color_mode)", "'rgb', 'rgba' or 'grayscale'", repr(color_mode))
    if np.shape(size) != (2,):
        raise ArgumentError(f"{where}(image_size)", "(height, width)", repr(image_size))
    if interpolation not in RESIZINGS:
        raise ArgumentError(f"{where}(interpolation)", f"one of {', '.join(RESIZINGS)}", repr(interpolation))
    first = checked_format(where, data_format) == "channels_first"
    height, width = (int(n) for n in size)

    def one(path: str) -> np.ndarray:
        x = img_to_array(load_img(path, color_mode=color_mode))
        if crop_to_aspect_ratio:
            x = smart_resize(x, (height, width), interpolation)
        elif pad_to_aspect_ratio:
            x = on_black(x, height, width, interpolation)
        elif x.shape[:2] != (height, width):
            x = resize(torch.from_numpy(x)[None], height, width, interpolation)[0].numpy()
        return x.transpose(2, 0, 1) if first else x

    shape = (channels, height, width) if first else (height, width, channels)
    return parts(where, directory, PICTURES, lambda paths: Pictures(paths, one, shape), labels, label_mode, class_names,
                 batch_size, shuffle, seed, validation_split, subset, follow_links, verbose)


def text_dataset_from_directory(directory: Any, labels: Any = "inferred", label_mode: str | None = "int", class_names: Any = None,
                                batch_size: int | None = 32, max_length: int | None = None, shuffle: bool = True,
                                seed: int | None = None, validation_split: float | None = None, subset: str | None = None,
                                follow_links: bool = False, format: str = "tf", verbose: bool = True) -> Any:
    """A stream of texts from a folder that has a folder of .txt files for each class; see `image_dataset_from_directory`.

    Args:
        max_length: bytes of a text that are given; None gives all.
    """
    def read(path: str) -> bytes:
        return Path(path).read_bytes()[:max_length]

    return parts("text_dataset_from_directory", directory, TEXTS, lambda paths: Strings(on_threads(read, paths)), labels,
                 label_mode, class_names, batch_size, shuffle, seed, validation_split, subset, follow_links, verbose)


def on_black(x: np.ndarray, height: int, width: int, interpolation: str) -> np.ndarray:
    """A whole picture in the middle of black: first filled up to the sides' proportion, then resized, as in Keras."""
    rows, columns = max(x.shape[0], x.shape[1] * height // width), max(x.shape[1], x.shape[0] * width // height)
    top, left = (rows - x.shape[0]) // 2, (columns - x.shape[1]) // 2
    made = np.zeros((rows, columns, x.shape[2]), np.float32)
    made[top : top + x.shape[0], left : left + x.shape[1]] = x
    return resize(torch.from_numpy(made)[None], height, width, interpolation)[0].numpy()


def parts(where: str, directory: Any, endings: tuple[str, ...], leaf: Callable, labels: Any, label_mode: Any, class_names: Any,
          batch_size: Any, shuffle: bool, seed: Any, share: Any, subset: Any, follow_links: bool, verbose: bool) -> Any:
    """The stream of a folder, or two of them."""
    check_split(where, share, subset, shuffle, seed)
    if label_mode not in LABELS:
        raise ArgumentError(f"{where}(label_mode)", f"one of {', '.join(map(repr, LABELS))}", repr(label_mode))
    paths, numbers, names = listed(where, directory, endings, labels if label_mode else None, class_names, follow_links)
    if verbose:
        print(f"Found {len(paths)} files" + ("." if names is None else f" belonging to {len(names)} classes."))
    if not paths:
        raise DataError(where, f"files that end in {', '.join(endings)}", f"none in {os.fspath(directory)}")
    if label_mode == "binary" and len(names or ()) != 2:
        raise DataError(f"{where}(label_mode='binary')", "two classes", len(names or ()), "Use label_mode='int'.")
    order = np.arange(len(paths))
    seed = int(np.random.randint(10**6)) if seed is None else seed
    if shuffle:
        np.random.RandomState(seed).shuffle(order)
    held = int((share or 0) * len(paths))
    chosen = {"training": order[: len(order) - held], "validation": order[len(order) - held :], None: order}
    made = []
    for part in ("training", "validation") if subset == "both" else (subset,):
        places = chosen[part]
        if verbose and part:
            print(f"Using {len(places)} files for {part}.")
        files = [paths[k] for k in places]
        y = None if numbers is None or not label_mode else targets(numbers[places], label_mode, len(names or ()))
        table = Table(lambda files=files, y=y: leaf(files) if y is None else (leaf(files), y))
        n = len(files)
        stream = Dataset.of_view(View(table, lambda n=n: counted(n), n, plain=True), works=True)
        if shuffle and not (subset == "both" and part == "validation"):
            stream = stream.shuffle(max(n, 1), seed)
        stream = (stream if batch_size is None else stream.batch(batch_size)).prefetch(AUTOTUNE)
        stream.class_names, stream.file_paths = names, files  # type: ignore[attr-defined]
        made.append(stream)
    return made if subset == "both" else made[0]


def check_split(where: str, share: Any, subset: Any, shuffle: bool, seed: Any) -> None:
    """Raises ArgumentError for a split that cannot be meant."""
    if share and not 0 < share < 1:
        raise ArgumentError(f"{where}(validation_split)", "a share between 0 and 1", share)
    if bool(share) != bool(subset) or subset not in ("training", "validation", "both", None):
        raise ArgumentError(f"{where}(subset)", "'training', 'validation' or 'both' beside validation_split", repr(subset))
    if share and shuffle and seed is None:
        raise ArgumentError(f"{where}(seed)", "a seed, on which both parts hang", "none", "Say seed=1, the same for both.")


def listed(where: str, directory: Any, endings: tuple[str, ...], labels: Any, class_names: Any, follow_links: bool) -> tuple:
    """Paths, class numbers (None without labels) and names of the classes."""
    top = os.fspath(directory)
    if not os.path.isdir(top):
        raise FileError(f"{where}({top!r})", "a folder", "no such folder", f"The current folder is {os.getcwd()}.")
    if not isinstance(labels, str):
        files = [os.path.join(top, name) for name in files_in(top, "", endings, follow_links)]
        if labels is None:
            return files, None, None
        if len(labels) != len(files):
            raise DataError(f"{where}(labels)", f"a label for each of {len(files)} files", len(labels))
        return files, np.asarray(labels, "int32"), [str(label) for label in sorted(set(labels))]
    if labels != "inferred":
        raise ArgumentError(f"{where}(labels)", "'inferred', None or a list of numbers", repr(labels))
    there = sorted(entry.name for entry in os.scandir(top) if entry.is_dir() and not entry.name.startswith("."))
    names = there if class_names is None else list(class_names)
    if not set(names) <= set(there):
        raise ArgumentError(f"{where}(class_names)", f"folders in {top}: {', '.join(there)}", ", ".join(map(str, names)))
    groups = [[os.path.join(top, file) for file in files_in(top, name, endings, follow_links)] for name in names]
    numbers = np.repeat(np.arange(len(names)), [len(group) for group in groups]).astype("int32")
    return [path for group in groups for path in group], numbers, names


def targets(numbers: np.ndarray, label_mode: str, classes: int) -> torch.Tensor:
    """Class numbers as a label mode wants them."""
    y = torch.from_numpy(np.ascontiguousarray(numbers))
    if label_mode == "categorical":
        return torch.nn.functional.one_hot(y.long(), classes).float()
    return y.float()[:, None] if label_mode == "binary" else y
