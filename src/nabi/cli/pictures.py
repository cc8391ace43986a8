"""Pictures: from files to what a model reads: PNG, JPEG and the like through Pillow, arrays in .npy, idx files.

    pixels 0-255  ->  grey or colour as the model takes it  ->  its size  ->  (N, H, W, C) float32 = pixels * scale

A picture is decoded as for training (`nabi.pictures`), and fitted as the model's card says: padded, cropped or stretched.

What a file is, its first bytes say. A model of ink values (0 paper, 255 ink) sees pictures inverted where their edge is light, as
with dark writing on light paper; arrays and idx files are taken as they are unless asked otherwise.
"""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import DataError, FileError
from nabi.core.language import say
from nabi.core.table import one_line
from nabi.core.warning import warn
from nabi.datasets import idx
from nabi.pictures import decoding
from nabi.pictures.looks import Looks, made

WORDS: dict[str, tuple[str, str]] = {
    "light edge": (
        "light paper, taken as it is: the model does not say which it knows. If it learned light writing on a dark ground, as "
        "MNIST's, add --invert yes.",
        "밝은 종이의 그림을 그대로 읽었습니다. 모델에 전처리 방법이 적혀 있지 않습니다. MNIST처럼 어두운 바탕의 밝은 글씨로 "
        "학습한 모델이라면 --invert yes를 주십시오.",
    ),
}


@dataclass(frozen=True)
class Preparation:
    """How a model wants its pictures.

    Attributes:
        shape: (H, W, C).
        scale: factor on pixels of 0-255.
        ink: whether large values are dark; None where nobody knows.
        fit: how another size is brought to this one: "pad", "crop" or "stretch".
        invert: "auto", "yes" or "no".
        crop: "faces" where it reads the largest face of a picture.
    """

    shape: tuple[int, int, int]
    scale: float = 1 / 255
    ink: bool | None = False
    invert: str = "auto"
    fit: str = "stretch"
    crop: str | None = None

    @classmethod
    def of(cls, model: Any, invert: str = "auto") -> "Preparation":
        """What a model's card says; without a card, values 0-1, and no knowledge of ink.

        Raises:
            DataError: the model does not read pictures.
        """
        shape = model.inputs[0].shape[1:]
        if len(model.inputs) != 1 or len(shape) != 3 or None in shape or shape[2] not in (1, 3):
            shapes = [tuple(symbol.shape[1:]) for symbol in model.inputs]
            raise DataError(f"model '{model.name}'", "one input of pictures (height, width, 1 or 3)", shapes)
        card = Looks.of(model.card)
        return cls(tuple(shape), card.scale, card.ink, invert, card.fit, card.crop)


def load(path: str | Path, how: Preparation) -> np.ndarray:
    """The pictures of one file: (N, H, W, C) float32.

    Raises:
        FileError: no such file, not readable, damaged, of no known kind. DataError: an array of another size than the model's.
    """
    path = Path(path)
    named = one_line(str(path))
    if path.is_dir():
        raise FileError(f"picture {named}", "a file", "a folder", "Name a picture in it.")
    if not path.exists():
        files = {file.stem: file.name for file in path.parent.iterdir() if file.is_file()} if path.parent.is_dir() else {}
        near = [files[stem] for stem in difflib.get_close_matches(path.stem, files, n=1, cutoff=0.6)]  # .png says nothing
        raise FileError(f"picture {named}", "a file", "nothing there", f"Did you mean '{one_line(near[0])}'?" if near else "")
    try:
        with open(path, "rb") as file:
            first = file.read(4)
    except OSError as error:
        raise FileError(f"picture {named}", "a file that can be read", error.strerror) from error
    if first == b"\x93NUM":
        return arrays(numpy_array(path), how, named)
    if len(first) == 4 and (first[:2] == b"\x1f\x8b" or (first[:2] == b"\0\0" and first[2] in idx.DTYPES)):
        return arrays(idx.read(path), how, named)
    return image(path, how)[None]


def numpy_array(path: Path) -> np.ndarray:
    """The array of a .npy file; memory is taken only for what the file really holds."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise FileError(f"array {one_line(str(path))}", "a whole .npy file of numbers", f"this error: {error}") from error


def image(path: Path, how: Preparation) -> np.ndarray:
    """One picture file as (H, W, C) float32."""
    try:
        pixels, light, _ = made(path, Looks(how.scale, ink=how.ink, fit=how.fit, crop=how.crop), how.shape, how.invert)
    except decoding.Damaged as error:
        if error.kind != "foreign":
            raise
        raise FileError(f"picture {one_line(str(path))}", "a picture (PNG, JPEG, ...), a .npy array or an idx file",
                        "a file of another kind") from error
    if light and how.shape[2] == 1 and how.ink is None and how.invert == "auto":
        warn(say(WORDS, "light edge"))
    return pixels.astype(np.float32) * np.float32(how.scale)


def arrays(values: np.ndarray, how: Preparation, where: str) -> np.ndarray:
    """An array's pictures as (N, H, W, C) float32; fractions that stay below 1 are taken as they are, all else is scaled.

    Example:
        >>> arrays(np.full((2, 28, 28), 255, "uint8"), Preparation((28, 28, 1)), "x").shape
        (2, 28, 28, 1)
    """
    shape = how.shape
    forms = {shape: (1, *shape), shape[:2]: (1, *shape)} if shape[2] == 1 else {shape: (1, *shape)}
    new = forms.get(values.shape)
    if new is None and values.ndim == 4 and values.shape[1:] == shape:
        new = values.shape
    if new is None and values.ndim == 3 and shape[2] == 1 and values.shape[1:] == shape[:2]:
        new = (*values.shape, 1)
    if new is None or values.dtype.kind not in "uifb":
        expected = f"pictures of {shape[0]}x{shape[1]}x{shape[2]}"
        raise DataError(where, expected, f"{values.shape} {values.dtype}", "Arrays are not resized.")
    pictures = np.asarray(values, dtype=np.float32).reshape(new)
    if not np.isfinite(pictures).all():
        raise DataError(where, "finite numbers", "NaN or infinity")
    if values.dtype.kind in "ui" or pictures.max(initial=0) > 1:
        pictures = pictures * np.float32(how.scale)
    return how.scale * 255 - pictures if how.invert == "yes" else pictures
