"""CIFAR-10: 60,000 colour photographs of 10 classes, 32x32, 50,000 for training and 10,000 for testing.

Two forms are read, each as one archive:
    cifar-10-binary.tar.gz   the original's binary version: records of 1 label and 3072 pixels (red, green, blue planes)
    cifar10.tar.gz           folders train/<class>/*.jpg and test/<class>/*.jpg (.png too)
JPEG copies are re-encoded, so accuracies on them compare only with each other. Of the original's python version, whose batches
are pickles, only the folder that Keras unpacked in its cache is read, as plain data (`nabi.datasets.records`); no archive of it.
Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
"""

import io
import os
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from nabi.core.errors import FileError
from nabi.core.files import atomic
from nabi.core.warning import warn
from nabi.datasets import made_up, records, sources, standing, tar

class_names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHA256 = {
    "cifar-10-binary.tar.gz": "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    "cifar10.tar.gz": "61cb66c66e166280ab554553603e5ceb81f5b6acdaa0e469b2a0786961b7ff1d",
}
ORIGINAL = "cifar-10-binary.tar.gz"
MIRRORS = ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",)
PARTS = {"train": 50_000, "test": 10_000}
RECORD = 1 + 32 * 32 * 3
BATCH_SIZE = 10_000 * RECORD
MAX_BYTES = 400 * 2**20  # what an archive may unpack to
PYTHON = "cifar-10-batches-py"
PICTURE = re.compile(rf"(?:\./)?(?:[^/]+/)?(train|test)/({'|'.join(class_names)})/[^/]+\.(?:jpe?g|png)")
BATCH = re.compile(r"(?:\./)?(?:[^/]+/)?(?:data_batch_([1-5])|test_batch)\.bin")
PICKLE = re.compile(r"(?:\./)?(?:[^/]+/)?(?:data_batch_[1-5]|test_batch)")
NO_PICKLES = "The python version is not read, because its pickles can run code: take cifar-10-binary.tar.gz."
Arrays = dict[str, np.ndarray]
Data = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def load_data(path: str | os.PathLike | None = None, download: bool = True) -> Data:
    """`(x_train, y_train), (x_test, y_test)`, uint8: (50000, 32, 32, 3) and (50000, 1), (10000, 32, 32, 3) and (10000, 1).

    The original's order is kept. Pictures in class folders go round the classes instead (picture i has class i % 10), so every
    tail taken by `validation_split` holds all classes; decoded once, they are kept in the user's cache (184 MB).

    Args:
        path: an archive of either form, whatever its checksum, or the folder it lies in; None looks for the two known archives
            in NABI_DATA, ../shared/data and the user's cache, then downloads the original's binary version (170 MB).
        download: False never uses the network.

    Raises: FileError that lists the places that were looked at, or says what is wrong with an archive.

    Example:
        (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    """
    archive = _archive(path, download)
    if archive is None:
        (x, y), (x_test, y_test) = (made_up.pictures(count, 32, 3, 10, part) for part, count in enumerate(PARTS.values()))
        return (x, y.astype(np.uint8)[:, None]), (x_test, y_test.astype(np.uint8)[:, None])
    if archive.is_dir():
        return _from_python(archive)
    digest = sources.sha256(archive)
    if path is None:
        sources.verify(archive, lambda: digest, SHA256[archive.name], "CIFAR-10")
    arrays = _cached(digest)
    if arrays is None:
        arrays, is_decoded = _read(archive)
        if is_decoded:
            _keep(digest, arrays)
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _archive(path: str | os.PathLike | None, download: bool) -> Path | None:
    """The archive to read: the given one, or the first known one that lies anywhere, or the downloaded original; the folder
    of Keras; None for stand-in data."""
    if path is not None and Path(path).is_file():
        return Path(path)
    places = sources.folders() if path is None else {f"path {path}": Path(path)}
    for folder in places.values():
        for name in SHA256:
            if (folder / name).is_file():
                return folder / name
    left = sources.keras_folder()
    for folder in (left / PYTHON, left / f"{PYTHON}-target" / PYTHON) if path is None else ():
        if (folder / "test_batch").is_file():
            return folder
    if path is None and standing.is_on():
        standing.tell("CIFAR-10")
        return None
    failures = []
    target = sources.cache_folder() / ORIGINAL
    if path is None and download:
        failures = sources.download(MIRRORS, target, _check, MAX_BYTES)
        if not failures:
            return target
    remedy = f"Put one into {target.parent}, or set NABI_DATA to its folder, or give load_data(path=archive). {NO_PICKLES}"
    raise sources.not_found("CIFAR-10", " or ".join(SHA256), list(places), failures, remedy)


def _from_python(folder: Path) -> Data:
    """The batches that Keras unpacked, read as plain data; labels as Keras gives them."""
    batches = [records.read((folder / name).read_bytes(), f"CIFAR-10: {folder / name}")
               for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")]
    parts = [(np.ascontiguousarray(batch[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)),
              np.array(batch[b"labels"], np.uint8)[:, None]) for batch in batches]
    x, y = (np.concatenate(arrays) for arrays in zip(*parts[:5], strict=True))
    return (x, y), parts[5]


def _check(part: Path) -> None:
    """Refuses a download that is not the original."""
    sources.verify(part, lambda: sources.sha256(part), SHA256[ORIGINAL], "CIFAR-10")


def _read(archive: Path) -> tuple[Arrays, bool]:
    """The four arrays, and whether they were decoded from pictures."""
    where = f"CIFAR-10: {archive}"
    pictures: dict[str, dict[str, list[tuple[str, bytes]]]] = {part: {name: [] for name in class_names} for part in PARTS}
    batches: dict[str, bytes] = {}
    for name, content in tar.files(archive, MAX_BYTES, max_file=BATCH_SIZE):
        if match := PICTURE.fullmatch(name):
            pictures[match[1]][match[2]].append((name, content))
        elif match := BATCH.fullmatch(name):
            batches[match[1] or "test"] = content
        elif PICKLE.fullmatch(name):
            raise FileError(where, "the binary version or class folders", f"the pickle {name}", NO_PICKLES)
    if batches:
        return _from_batches(batches, where), False
    counts = {part: sorted({len(files) for files in pictures[part].values()}) for part in PARTS}
    if counts != {part: [number // 10] for part, number in PARTS.items()}:
        got = ", ".join(f"{sum(map(len, pictures[part].values())):,} in {part}/" for part in PARTS)
        raise FileError(where, "5,000 pictures a class in train/ and 1,000 in test/", got, "Fetch the archive again.")
    arrays: Arrays = {}
    for part in PARTS:
        rows = zip(*(sorted(files) for files in pictures[part].values()), strict=True)
        arrays[f"x_{part}"] = _decode((file for row in rows for file in row), PARTS[part], where)
        arrays[f"y_{part}"] = (np.arange(PARTS[part]) % 10).astype(np.uint8)[:, None]
    return arrays, True


def _decode(files: Iterable[tuple[str, bytes]], number: int, where: str) -> np.ndarray:
    """Pictures -> (number, 32, 32, 3)."""
    x = np.empty((number, 32, 32, 3), np.uint8)
    for i, (name, content) in enumerate(files):
        x[i] = _pixels(content, f"{where}, {name}")
    return x


def _pixels(content: bytes, where: str) -> np.ndarray:
    """One picture -> (32, 32, 3); its size is known before it is decoded."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            size = picture.size
            if size == (32, 32):
                return np.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # what Pillow raises for bad pictures
        raise FileError(where, "an intact picture", str(error), "Fetch the archive again.") from error
    raise FileError(where, "32x32 pixels", f"{size[0]}x{size[1]}", "Resize the pictures first.")


def _from_batches(batches: dict[str, bytes], where: str) -> Arrays:
    """Binary version: six files of 10,000 records -> the four arrays; planes (3, 32, 32) become (32, 32, 3)."""
    names = ["1", "2", "3", "4", "5", "test"]
    sizes = {name: len(batches.get(name, b"")) for name in names}
    if set(sizes.values()) != {BATCH_SIZE}:
        raise FileError(where, f"six batches of {BATCH_SIZE:,} bytes", sizes, "Fetch the archive again.")
    records = np.concatenate([np.frombuffer(batches[name], np.uint8).reshape(-1, RECORD) for name in names])
    y = records[:, :1].copy()
    if y.max() > 9:
        raise FileError(where, "labels 0 to 9", int(y.max()), "Fetch the archive again.")
    x = np.ascontiguousarray(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    n = PARTS["train"]
    return {"x_train": x[:n], "y_train": y[:n], "x_test": x[n:], "y_test": y[n:]}


def _cache_file(digest: str) -> Path:
    return sources.cache_folder() / f"cifar10-{digest[:16]}.npz"


def _cached(digest: str) -> Arrays | None:
    """The decoded arrays of the archive with this checksum, None where they are not kept or the file is damaged."""
    file = _cache_file(digest)
    if not file.is_file():
        return None
    shapes = {f"x_{p}": (n, 32, 32, 3) for p, n in PARTS.items()} | {f"y_{p}": (n, 1) for p, n in PARTS.items()}
    try:
        with np.load(file, allow_pickle=False) as saved:
            arrays = {name: saved[name] for name in shapes}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        warn(f"{file} is damaged ({error}); the pictures are decoded again.")
        return None
    is_right = all(arrays[name].shape == shape and arrays[name].dtype == np.uint8 for name, shape in shapes.items())
    return arrays if is_right else None


def _keep(digest: str, arrays: Arrays) -> None:
    """Keeps decoded arrays in the user's cache; where that is impossible, a warning says what it costs."""
    file = _cache_file(digest)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic(file) as target:
            np.savez(target, **arrays)  # type: ignore[arg-type]
    except OSError as error:
        cost = "the next load decodes them again"
        warn(f"The decoded pictures cannot be kept in {file.parent} ({error}): {cost}.")
