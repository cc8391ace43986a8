"""Idx set: MNIST and the data sets in its form: four idx files, each plain or with .gz.

    train-images-idx3-ubyte (60000, 28, 28)   train-labels-idx1-ubyte (60000,)
    t10k-images-idx3-ubyte  (10000, 28, 28)   t10k-labels-idx1-ubyte  (10000,)

The checksum is that of the idx content, so it holds for plain and packed files however they were compressed.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from nabi.core.errors import FileError
from nabi.datasets import idx, made_up, sources, standing

MAX_BYTES = 64 * 2**20  # no file of the four is larger, packed or not
Data = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class IdxSet:
    """Four idx files of one data set.

    Attributes:
        title: the data set's name in messages.
        folder: the subfolder it lies in, in every place that is looked at.
        sha256: file name without .gz -> SHA-256 of the idx content, in the order train images, train labels, test images,
            test labels.
        mirrors: addresses that a file's name with .gz is appended to.
    """

    title: str
    folder: str
    sha256: dict[str, str]
    mirrors: tuple[str, ...]

    def load(self, path: str | os.PathLike | None, extra: Sequence[Path], download: bool) -> Data:
        """`(x_train, y_train), (x_test, y_test)` from the first place that has all four files."""
        if path is None:
            places = sources.folders(self.folder, extra)
        else:
            places = {f"path {folder}": folder for folder in (Path(path), Path(path) / self.folder)}
        for folder in places.values():
            if all(self._file(folder, name) for name in self.sha256):
                break
        else:
            if path is None and standing.is_on():
                standing.tell(self.title)
                return self.made_up()
            if path is not None or not download:
                raise self._not_found(list(places), [])
            folder = self._fetch(list(places))
        x_train, y_train, x_test, y_test = (self._read(self._file(folder, name) or folder / name, name) for name in self.sha256)
        return (x_train, y_train), (x_test, y_test)

    def made_up(self) -> Data:
        """Pictures that stand in: see `nabi.datasets.standing`."""
        parts = [made_up.pictures(count, 28, 1, 10, part) for part, count in enumerate((60_000, 10_000))]
        (x, y), (x_test, y_test) = ((x[..., 0], y.astype(np.uint8)) for x, y in parts)
        return (x, y), (x_test, y_test)

    def _file(self, folder: Path, name: str) -> Path | None:
        """The packed or plain file `name` in a folder."""
        return next((file for file in (folder / f"{name}.gz", folder / name) if file.is_file()), None)

    def _read(self, file: Path, name: str) -> np.ndarray:
        """A file's array, its content checked once per process."""
        array = idx.read(file, MAX_BYTES)
        sources.verify(file, lambda: _sha256(array), self.sha256[name], self.title)
        return array

    def _fetch(self, looked: list[str]) -> Path:
        """Downloads what the cache lacks; returns the cache's folder, which then has all four files."""
        folder = sources.cache_folder() / self.folder
        for name in self.sha256:
            if self._file(folder, name) is None:
                urls = [f"{mirror}{name}.gz" for mirror in self.mirrors]
                failures = sources.download(urls, folder / f"{name}.gz", partial(self._read, name=name), MAX_BYTES)
                if failures:
                    raise self._not_found(looked, failures)
        return folder

    def _not_found(self, looked: list[str], failures: list[str]) -> FileError:
        cache = sources.cache_folder() / self.folder
        remedy = (
            f"Put the four files into {cache}, or set NABI_DATA to a folder that has {self.folder}/ with them, "
            "or give load_data(path=folder). Without any file, nabi.datasets.digits has 5,000 MNIST digits."
        )
        return sources.not_found(self.title, ", ".join(f"{name}.gz" for name in self.sha256), looked, failures, remedy)


def _sha256(array: np.ndarray) -> str:
    """SHA-256 of an array's idx content."""
    return hashlib.sha256(idx.header(array) + array.tobytes()).hexdigest()


def from_npz(file: Path, sha256: str, title: str) -> Data:
    """Keras' one-file form with x_train, y_train, x_test, y_test; the checksum comes first, so nothing unknown is opened."""
    if not file.is_file():
        raise FileError(f"{title}: {file}", "a file", "nothing there", "Check the path.")
    sources.verify(file, lambda: sources.sha256(file), sha256, title)
    with np.load(file, allow_pickle=False) as arrays:
        return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
