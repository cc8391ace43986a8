"""Arrays: pictures that are numbers already: .npz files and idx pairs; nothing is decoded or resized.

    .npz    x and y, or x_train, y_train, x_val, ..., x_test, y_test; also images and labels, train_images, ...; class_names
    idx     train-images-idx3-ubyte(.gz) beside train-labels-idx1-ubyte(.gz), t10k- for the test; the pair or its folder

Pixels become uint8: whole numbers of 0-255 stay, 16 bits are v * 255 / 65535, fractions of 0-1 are v * 255, rounded.
"""

import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import DataError, FileError
from nabi.core.table import one_line
from nabi.pictures import idx
from nabi.pictures.decoding import eight_bits
from nabi.pictures.listing import two_classes
from nabi.pictures.names import ORDER, natural, part_of

X = frozenset(["x", "images", "image", "pictures", "data"])
Y = frozenset(["y", "labels", "label", "targets"])
NAMES = ("class_names", "classes", "label_names")
IDX = re.compile(r"(?P<part>.*?)[-_.]?images(?P<rest>.*)", re.IGNORECASE)
MAX_BYTES = 2**32  # that an archive may unpack to, unless it is larger itself


@dataclass(frozen=True)
class Arrays:
    """Pictures and labels in memory: the sibling of a `Listing`.

    Attributes:
        source: as it was given.
        kind: "npz" or "idx".
        x: uint8 (N, H, W, C), C 1 or 3.
        y: class numbers (N,) int64.
        class_names: name of each number.
        parts: "train", "validation", "test" or None for each picture.
    """

    source: str
    kind: str
    x: np.ndarray
    y: np.ndarray
    class_names: list[str]
    parts: list[str | None]


def are_arrays(source: str | os.PathLike) -> bool:
    """Whether a file is an .npz or idx file by its first bytes, or a folder holds idx pairs."""
    path = Path(source)
    if path.is_dir():
        return bool(_pairs(path))
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        first = file.read(4)
    if first[:2] == idx.GZIP_MAGIC:
        return bool(IDX.fullmatch(path.name)) and "idx" in path.name
    return first == b"PK\3\4" and path.suffix == ".npz" or (len(first) == 4 and first[:2] == b"\0\0" and first[2] in idx.DTYPES)


def read(source: str | os.PathLike) -> Arrays:
    """The pictures and labels of an .npz file or of idx pairs.

    Raises:
        FileError: not there, damaged, too large, Python objects inside. DataError: no pictures or labels in it, other shapes or
            values, one class only.
    """
    path = Path(source)
    where = f"data {one_line(os.fspath(source))}"
    if path.is_file() and path.suffix == ".npz":
        kind, found = "npz", _npz(path, where)
    else:
        kind, found = "idx", _idx(path, where)
    names = found.pop(None, None)
    xs, ys, parts = [], [], []
    for key in sorted(found, key=("", *ORDER).index):
        (x, y), part = found[key], key or None
        said = where if part is None else f"{where}, {part}"
        if x is None or y is None or np.ndim(y) == 0 or len(x) != len(y):
            got = "no labels" if y is None else "no pictures" if x is None else f"{np.shape(x)} and {np.shape(y)}"
            raise DataError(said, "pictures and as many labels", got)
        xs.append(pixels(x, said))
        ys.append(_flat(np.asarray(y), said))
        parts += [part] * len(x)
    if len({x.shape[1:] for x in xs}) > 1:
        raise DataError(where, "pictures of one size in every part", ", ".join(str(x.shape) for x in xs))
    numbers, class_names = _numbered(np.concatenate(ys), names, where)
    two_classes(where, class_names, len(numbers))
    return Arrays(os.fspath(source), kind, xs[0] if len(xs) == 1 else np.concatenate(xs), numbers, class_names, parts)


def _npz(path: Path, where: str) -> dict[Any, Any]:
    """{part or "": [x, y]}, and under None the class names, from an .npz file; the arrays that are neither are not read."""
    found: dict[Any, Any] = {}
    most = max(MAX_BYTES, path.stat().st_size)
    try:
        with np.load(path, allow_pickle=False) as saved:
            size = sum(info.file_size for info in saved.zip.infolist())
            if size > most:
                raise FileError(where, f"at most {most:,} bytes unpacked", f"{size:,}")
            for name in saved.files:
                if name.casefold() in NAMES:
                    found[None] = [str(one) for one in saved[name].reshape(-1).tolist()]
                elif spot := _spot(name):
                    found.setdefault(spot[0], [None, None])[spot[1]] = saved[name]
            if not any(part is not None for part in found):
                raise DataError(where, "arrays x and y, or x_train, y_train, x_test, y_test",
                                one_line(", ".join(saved.files[:10])) or "no array")
    except (DataError, FileError):
        raise
    except (ValueError, OSError, EOFError, KeyError, MemoryError, SyntaxError, zipfile.BadZipFile, NotImplementedError) as error:
        raise FileError(where, "a whole .npz file of numbers", f"this error: {one_line(str(error))}") from error
    return found


def _spot(name: str) -> tuple[str, int] | None:
    """(part or "", 0 for pictures or 1 for labels) that an array's name means.

    Example:
        >>> _spot("x_train"), _spot("val_labels"), _spot("y"), _spot("weights")
        (('train', 0), ('validation', 1), ('', 1), None)
    """
    words = name.casefold().split("_")
    kinds = [0 if word in X else 1 for word in words if word in X | Y]
    rest = [word for word in words if word not in X | Y]
    if len(kinds) != 1 or len(rest) > 1 or (rest and not part_of(rest[0])):
        return None
    return (part_of(rest[0]) or "" if rest else ""), kinds[0]


def _idx(path: Path, where: str) -> dict[Any, Any]:
    """{part or "": (x, y)} of the idx pairs of a folder, or of the one that a file of pictures belongs to."""
    pairs = _pairs(path) if path.is_dir() else _pairs(path.parent, path.name)
    if not pairs:
        raise FileError(where, "a file of pictures (...images-idx3...) with its labels (...labels-idx1...) beside it",
                        "no such pair" if path.exists() else "nothing there")
    found: dict[Any, Any] = {}
    for images, labels, part in pairs:
        if part in found:
            raise FileError(where, "one pair of files for each part", f"another one, {one_line(images.name)}",
                            "Name one of the files.")
        found[part] = (idx.read(images), idx.read(labels))
    return found


def _pairs(folder: Path, only: str | None = None) -> list[tuple[Path, Path, str]]:
    """(pictures, labels, part or "") of the idx files in a folder."""
    found = []
    names = set(os.listdir(folder)) if folder.is_dir() else set()
    for name in sorted(names if only is None else names & {only}):
        match = IDX.fullmatch(name)
        if match and "idx" in name:
            other = re.sub("images", "labels", name, flags=re.IGNORECASE).replace("idx3", "idx1").replace("idx4", "idx1")
            partner = next((o for o in (other, f"{other}.gz", other.removesuffix(".gz")) if o in names), None)
            if partner:
                part = "test" if match["part"].lower() == "t10k" else part_of(match["part"]) or ""
                found.append((folder / name, folder / partner, part))
    return found


def pixels(x: np.ndarray, where: str) -> np.ndarray:
    """Pictures as uint8 (N, H, W, C).

    Raises:
        DataError: another shape, NaN, values that are neither 0-1 nor 0-255.

    Example:
        >>> pixels(np.array([[[0.0, 0.5], [1.0, 0.25]]]), "x").tolist()
        [[[[0], [128]], [[255], [64]]]]
    """
    x = np.asarray(x)
    if x.ndim == 4 and x.shape[3] not in (1, 3) and x.shape[1] in (1, 3):
        raise DataError(where, "pictures (N, height, width, channels)", f"{x.shape}, channels first",
                        "Turn them: np.moveaxis(x, 1, -1).")
    if x.ndim == 3:
        x = x[..., None]
    if x.ndim != 4 or x.shape[3] not in (1, 3) or not x.size or x.dtype.kind not in "buif":
        raise DataError(where, "pictures of numbers (N, height, width) or (N, height, width, 1 or 3)", f"{x.shape} {x.dtype}")
    if x.dtype == np.uint8:
        return x
    least, largest = x.min(), x.max()
    most = 65535 if x.dtype == np.uint16 else 255
    if not (least >= 0 and largest <= most):  # NaN is neither
        raise DataError(where, f"values of 0-1 or 0-{most}", f"{least} to {largest}")
    if x.dtype.kind == "b" or x.dtype.kind == "f" and largest <= 1:
        return np.floor(x.astype(np.float32) * 255 + 0.5).astype(np.uint8)
    return eight_bits(x) if largest > 255 else np.floor(x + 0.5).astype(np.uint8) if x.dtype.kind == "f" else x.astype(np.uint8)


def _flat(y: np.ndarray, where: str) -> np.ndarray:
    """Labels (N,): whole numbers or texts; rows with a single 1 (one-hot) as the place of the 1."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 2 and y.dtype.kind in "buif" and ((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all():
        y = y.argmax(axis=1)
    is_whole = y.dtype.kind in "bui" or y.dtype.kind == "f" and bool((y == np.floor(y)).all())
    if y.ndim != 1 or not (is_whole or y.dtype.kind == "U"):
        raise DataError(where, "labels (N,): whole numbers or names, or one-hot rows", f"{y.shape} {y.dtype}")
    return y if y.dtype.kind == "U" else y.astype(np.int64)


def _numbered(y: np.ndarray, names: list[str] | None, where: str) -> tuple[np.ndarray, list[str]]:
    """(class numbers (N,) int64, their names)."""
    if names is not None and y.dtype.kind != "U":
        if y.min() < 0 or y.max() >= len(names):
            raise DataError(where, f"class numbers of 0 to {len(names) - 1}, as there are names", f"{y.min()} to {y.max()}")
        return y, names
    unique = sorted({str(one) for one in np.unique(y).tolist()}, key=natural)
    place = {name: k for k, name in enumerate(unique)}
    values, inverse = np.unique(y, return_inverse=True)
    return np.array([place[str(one)] for one in values.tolist()], np.int64)[inverse.reshape(-1)], unique
