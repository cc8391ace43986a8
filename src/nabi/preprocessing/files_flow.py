"""Files flow: batches of pictures out of files, varied at random: what `flow_from_directory` and `flow_from_dataframe` give.

    cats/1.jpg, cats/2.jpg, dogs/1.jpg      ->      class_indices {"cats": 0, "dogs": 1}, classes [0, 0, 1]

Files are decoded on several threads and, where all of them as bytes stay below KEPT, once: later passes read them from memory.
Source: Keras 3, legacy/preprocessing/image.py.
"""

import os
from collections.abc import Iterator as Iterates
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.core.warning import warn
from nabi.preprocessing.iterating import Iterator
from nabi.preprocessing.loading import Store
from nabi.preprocessing.pixels import MODES, checked_format

CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
BY_FOLDER = ("categorical", "binary", "sparse", "input", None)
BY_TABLE = ("categorical", "binary", "sparse", "input", "raw", "multi_output", None)
NUMBERED = ("categorical", "binary", "sparse")  # modes in which classes have numbers


class FilesIterator(Iterator):
    """Base of the flows from files.

    Attributes:
        filenames: as the folder or table has them. filepaths: with the folder before them.
        samples: how many. classes: their class numbers. class_indices: class -> number. num_classes: how many.
        image_shape: of a picture that is given.
    """

    lookahead = True
    sample_weight: Any = None

    def __init__(self, filepaths: list[str], generator: Any, target_size: Any, color_mode: str, class_mode: Any, batch_size: int,
                 shuffle: bool, seed: int | None, data_format: str | None, save_to_dir: Any, save_prefix: str, save_format: str,
                 interpolation: str, keep_aspect_ratio: bool, dtype: Any):
        if color_mode not in MODES:
            raise ArgumentError("flow(color_mode)", "'rgb', 'rgba' or 'grayscale'", repr(color_mode))
        self.image_data_generator, self.target_size = generator, tuple(int(size) for size in target_size)
        self.color_mode, self.class_mode, self.interpolation = color_mode, class_mode, interpolation
        self.data_format, self.dtype = checked_format("flow", data_format), np.dtype(dtype or "float32")
        shape = (self.target_size[0], self.target_size[1], CHANNELS[color_mode])
        self.image_shape = shape if self.data_format == "channels_last" else (shape[2], *shape[:2])
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        self.filepaths, self.samples = filepaths, len(filepaths)
        self.store = Store(filepaths, shape, color_mode=color_mode, target_size=self.target_size, interpolation=interpolation,
                           keep_aspect_ratio=keep_aspect_ratio)
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def labels(self) -> Any:
        """The classes, or with class_mode "raw" and "multi_output" the columns of the table."""
        return self.classes  # type: ignore[attr-defined]

    @property
    def nb_sample(self) -> int:
        """Keras 1's name of `samples`."""
        return self.samples

    def _get_batches_of_transformed_samples(self, index_array: np.ndarray) -> Any:
        x = self.store.read(index_array, self.dtype)
        x = self.made(self.image_data_generator, x if self.data_format == "channels_last" else x.transpose(0, 3, 1, 2))
        if self.save_to_dir:
            self.save(x, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format, 1e7)
        if self.class_mode is None:
            return x
        y = self.targets(index_array) if self.class_mode != "input" else x.copy()
        return (x, y) if self.sample_weight is None else (x, y, self.sample_weight[index_array])

    def targets(self, index_array: np.ndarray) -> Any:
        """The labels of some samples, as the class mode wants them."""
        if self.class_mode == "multi_output":
            return [column[index_array] for column in self.labels]
        if self.class_mode != "categorical":
            labels = np.asarray(self.labels)[index_array]
            return labels.astype(self.dtype) if self.class_mode in NUMBERED else labels
        y = np.zeros((len(index_array), len(self.class_indices)), self.dtype)  # type: ignore[attr-defined]
        for row, place in zip(y, index_array, strict=True):
            row[self.labels[place]] = 1
        return y


class DirectoryIterator(FilesIterator):
    """Batches from a folder that has a folder for each class.

    Args:
        directory: the folder; folders inside those of the classes are searched, too.
        image_data_generator: how pictures are varied; None for not at all.
        target_size: (height, width) of all pictures.
        color_mode: "rgb", "rgba" or "grayscale".
        classes: names of folders, in the order of their numbers; None takes all, by the alphabet.
        class_mode: the labels: "categorical" 0s and a 1, "binary" and "sparse" numbers, "input" the pictures, None none.
        batch_size, shuffle, seed, save_to_dir, save_prefix, save_format: see `ImageDataGenerator.flow`.
        data_format: "channels_first" for (channels, height, width).
        follow_links: searches linked folders.
        subset: "training" or "validation": of each class the first `validation_split` is the validation.
        interpolation, keep_aspect_ratio: see `load_img`.
        dtype: of the batches.

    Raises ArgumentError; FileError where there is no such folder.
    """

    def __init__(self, directory: Any, image_data_generator: Any = None, target_size: Any = (256, 256), color_mode: str = "rgb",
                 classes: Any = None, class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True,
                 seed: int | None = None, data_format: str | None = None, save_to_dir: Any = None, save_prefix: str = "",
                 save_format: str = "png", follow_links: bool = False, subset: str | None = None, interpolation: str = "nearest",
                 keep_aspect_ratio: bool = False, dtype: Any = "float32"):
        known_mode(class_mode, BY_FOLDER)
        self.directory, self.subset = os.fspath(directory), subset
        if not os.path.isdir(self.directory):
            raise FileError(f"flow_from_directory({self.directory!r})", "a folder with a folder for each class", "no such folder",
                            f"The current folder is {os.getcwd()}.")
        self.split = split_of(image_data_generator, subset)
        names = list(classes) if classes else sorted(e.name for e in os.scandir(self.directory) if e.is_dir())
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.num_classes = self.nb_class = len(names)
        self.filenames, numbers = [], []
        for name, number in self.class_indices.items():
            files = list(files_in(self.directory, name, self.white_list_formats, follow_links))
            if self.split:
                files = files[int(self.split[0] * len(files)) : int(self.split[1] * len(files))]
            self.filenames += files
            numbers += [number] * len(files)
        self.classes = np.array(numbers, "int32")
        print(f"Found {len(self.filenames)} images belonging to {self.num_classes} classes.")
        if not self.filenames:
            warn(f"flow_from_directory({self.directory!r}): no picture lies in a folder of a class there "
                 f"({', '.join(self.white_list_formats)}).")
        paths = [os.path.join(self.directory, name) for name in self.filenames]
        super().__init__(paths, image_data_generator, target_size, color_mode, class_mode, batch_size, shuffle, seed, data_format,
                         save_to_dir, save_prefix, save_format, interpolation, keep_aspect_ratio, dtype)


class DataFrameIterator(FilesIterator):
    """Batches from the files that a pandas table names.

    Args:
        dataframe: the table.
        directory: what stands before the names; None where they are whole paths.
        x_col: column of names.
        y_col: column of classes (texts, or lists of them with "categorical"), a list of columns with "multi_output".
        weight_col: column of sample weights.
        class_mode: as in `DirectoryIterator`, besides "raw", the column's numbers, and "multi_output", a list of columns.
        validate_filenames: leaves out what is no file of a picture, with a warning.
        image_data_generator, target_size, color_mode, classes, batch_size, shuffle, seed, data_format, save_to_dir, \
save_prefix, save_format, subset, interpolation, keep_aspect_ratio, dtype: see `DirectoryIterator`.

    Raises ArgumentError, DataError.
    """

    def __init__(self, dataframe: Any, directory: Any = None, image_data_generator: Any = None, x_col: str = "filename",
                 y_col: Any = "class", weight_col: str | None = None, target_size: Any = (256, 256), color_mode: str = "rgb",
                 classes: Any = None, class_mode: str | None = "categorical", batch_size: int = 32, shuffle: bool = True,
                 seed: int | None = None, data_format: str | None = None, save_to_dir: Any = None, save_prefix: str = "",
                 save_format: str = "png", subset: str | None = None, interpolation: str = "nearest",
                 keep_aspect_ratio: bool = False, dtype: Any = "float32", validate_filenames: bool = True):
        known_mode(class_mode, BY_TABLE)
        self.directory, self.subset = os.fspath(directory or ""), subset
        for column in [x_col, *(y_col if isinstance(y_col, (list, tuple)) else [y_col] * (class_mode not in ("input", None)))]:
            if column not in dataframe.columns:
                raise ArgumentError("flow_from_dataframe", f"columns of the table: {', '.join(map(str, dataframe.columns))}",
                                    repr(column), "Say x_col= and y_col=.")
        names = dataframe[x_col].tolist()
        if not all(isinstance(name, str) for name in names):
            raise DataError(f"flow_from_dataframe(x_col={x_col!r})", "names of files", "other things", "Use .astype(str).")
        paths = [os.path.join(self.directory, name) for name in names]
        kept = np.array([not validate_filenames or path.lower().endswith(self.white_list_formats) and os.path.isfile(path)
                         for path in paths], bool)
        if not kept.all():
            first = paths[int(np.argmin(kept))]
            warn(f"flow_from_dataframe: {np.sum(~kept)} names are no files of pictures and are left out; the first is {first!r}.")
        if class_mode in NUMBERED:
            labels = [label if isinstance(label, (list, tuple)) else [label] for label in dataframe[y_col].tolist()]
            self.class_indices, kept = class_numbers(labels, kept, classes, class_mode, y_col)
        places = np.flatnonzero(kept)
        self.split = split_of(image_data_generator, subset)
        if self.split:
            places = places[int(self.split[0] * len(places)) : int(self.split[1] * len(places))]
        self.filenames, known = [names[k] for k in places], f"{'' if validate_filenames else 'non-'}validated image filenames"
        if class_mode in NUMBERED:
            self.num_classes = len(self.class_indices)
            numbers = [[self.class_indices[label] for label in labels[k] if label in self.class_indices] for k in places]
            listed = any(isinstance(label, (list, tuple)) for label in dataframe[y_col].tolist())
            self.classes = numbers if listed else [number[0] for number in numbers]
            print(f"Found {len(places)} {known} belonging to {self.num_classes} classes.")
        else:
            print(f"Found {len(places)} {known}.")
        if class_mode == "multi_output":
            self._targets = [np.array(dataframe[column].tolist())[places] for column in y_col]
        elif class_mode == "raw":
            self._targets = np.asarray(dataframe[list(y_col) if isinstance(y_col, tuple) else y_col].values)[places]
        if weight_col:
            self.sample_weight = np.asarray(dataframe[weight_col].values)[places]
        super().__init__([paths[k] for k in places], image_data_generator, target_size, color_mode, class_mode, batch_size,
                         shuffle, seed, data_format, save_to_dir, save_prefix, save_format, interpolation, keep_aspect_ratio,
                         dtype)

    @property
    def labels(self) -> Any:
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes


def known_mode(class_mode: str | None, modes: tuple) -> None:
    """Raises ArgumentError for a class mode that is none of `modes`."""
    if class_mode not in modes:
        raise ArgumentError("flow(class_mode)", f"one of {', '.join(map(repr, modes))}", repr(class_mode))


def split_of(generator: Any, subset: str | None) -> tuple[float, float] | None:
    """The shares at which a subset begins and ends; None for all."""
    if subset is None:
        return None
    first = getattr(generator, "_validation_split", 0.0)
    if subset not in ("training", "validation"):
        raise ArgumentError("flow(subset)", "'training' or 'validation'", repr(subset))
    return (0, first) if subset == "validation" else (first, 1)


def files_in(directory: str, name: str, endings: tuple[str, ...], follow_links: bool) -> Iterates[str]:
    """The pictures of one class, by folder and name: "cats/1.jpg"."""
    top = os.path.join(directory, name)
    for folder, _, files in sorted(os.walk(top, followlinks=follow_links), key=lambda found: found[0]):
        for file in sorted(files):
            if file.lower().endswith(endings):
                yield os.path.join(name, os.path.relpath(os.path.join(folder, file), top))


def class_numbers(labels: list, kept: np.ndarray, classes: Any, class_mode: str, y_col: Any) -> tuple[dict, np.ndarray]:
    """Class -> number, and which rows have one of them; `labels` are lists.

    Raises DataError for labels that are no texts, and for "binary" with more or fewer than two.
    """
    found = {label for label, keep in zip(labels, kept, strict=True) if keep for label in label}
    if not all(isinstance(label, str) for label in found):
        raise DataError(f"flow_from_dataframe(y_col={y_col!r})", f"texts for class_mode={class_mode!r}", "other things",
                        f"Write df[{y_col!r}] = df[{y_col!r}].astype(str), or class_mode='raw' for numbers.")
    names = list(dict.fromkeys(classes)) if classes else sorted(found)
    if class_mode == "binary" and len(names) != 2:
        raise DataError("flow_from_dataframe(class_mode='binary')", "two classes", len(names), "Use class_mode='categorical'.")
    there = np.array([any(label in names for label in row) for row in labels], bool)
    return {name: number for number, name in enumerate(names)}, kept & there
