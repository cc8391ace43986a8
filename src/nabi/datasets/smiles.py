"""smiles: 11,870 grey faces of 64 x 64, 3,332 of which smile: SMILEsmileD, the data of the lectures' closing exercise.

The archive smiles.tar.gz holds smile/*.jpg and neutral/*.jpg. It has no licence text and shows people who were not asked, so it
is read where it lies, never fetched, and no picture of it is part of nabi. The faces, press photographs by the look of them, are
all cropped in one way. A fifth is the test part: every class alike, near duplicates on one side.
Source: D. Hromada et al., SMILEsmileD, 2010.
"""

import io
import os
import re
from pathlib import Path

import numpy as np
from PIL import Image

from nabi.core.errors import FileError
from nabi.datasets import sources, tar
from nabi.pictures.duplicates import near
from nabi.pictures.splitting import split

class_names = ("neutral", "smile")
NAME = "smiles.tar.gz"
SIDE = 64
VALIDATION, TEST = 0.1, 0.2  # shares
MEMBER = re.compile(rf"(?:\./)?(?:[^/]+/)?({'|'.join(class_names)})/[^/]+\.(?:jpe?g|png)")
Arrays = tuple[np.ndarray, np.ndarray]


def load_data(path: str | os.PathLike | None = None) -> tuple[Arrays, Arrays]:
    """`(x_train, y_train), (x_test, y_test)`: (N, 64, 64) and (N,), uint8; 1 is a smile.

    Args:
        path: the archive or its folder; None looks in NABI_DATA, ../shared/data and the user's cache.

    Raises: FileError that lists the places that were looked at, or says what is wrong with the archive.

    Example:
        (x_train, y_train), (x_test, y_test) = smiles.load_data()
    """
    (x, y), (x_held, y_held), test = load_parts(path)
    return (np.concatenate([x, x_held]), np.concatenate([y, y_held])), test


def load_parts(path: str | os.PathLike | None = None) -> tuple[Arrays, Arrays, Arrays]:
    """The faces to train, to validate and to test with, as in `load_data`; near duplicates are in one part."""
    x, y, group = faces(path)
    train, held, test = ((x[part], y[part]) for part in split(y, group, VALIDATION, TEST))
    return train, held, test


def faces(path: str | os.PathLike | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All faces: pictures (N, 64, 64) uint8, classes (N,) uint8, groups of near duplicates (N,); in the order of their names.

    Raises: FileError, see `load_data`.
    """
    archive = found(path)
    read = []
    for name, content in tar.files(archive, max_bytes=2**28, max_file=2**20):
        if match := MEMBER.fullmatch(name):
            read.append((match[1], name, pixels(content, f"archive {archive}, {name}")))
    if len({label for label, _, _ in read}) < 2:
        raise FileError(f"archive {archive}", "pictures in neutral/ and smile/", f"{len(read)} pictures of these",
                        "This is not the expected archive.")
    read.sort(key=lambda one: one[:2])
    x = np.stack([picture for _, _, picture in read])
    return x, np.array([class_names.index(label) for label, _, _ in read], np.uint8), near(x[..., None])


def pixels(content: bytes, where: str) -> np.ndarray:
    """One face -> (64, 64); its size is known before it is decoded."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            size = picture.size
            if size == (SIDE, SIDE):
                return np.asarray(picture.convert("L"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # what Pillow raises for bad pictures
        raise FileError(where, "an intact picture", str(error), "Fetch the archive again.") from error
    raise FileError(where, f"{SIDE}x{SIDE} pixels", f"{size[0]}x{size[1]}", "Resize the pictures first.")


def found(path: str | os.PathLike | None = None) -> Path:
    """The archive.

    Raises: FileError where it is at none of the places.
    """
    if path is not None:
        path = Path(path)
        return path / NAME if path.is_dir() else path
    places = sources.folders()
    for folder in places.values():
        if (folder / NAME).is_file():
            return folder / NAME
    raise sources.not_found("smiles", NAME, list(places), [], "It is never downloaded: put it into a folder and name that in "
                            "NABI_DATA.")
