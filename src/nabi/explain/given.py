"""Given: what a user hands in as a picture, as the model reads it; what is converted on the way is told.

    as `predict` takes it        float (H, W, C), (1, H, W, C), grey also (H, W)      taken as it is
    bytes 0-255, another size,   decoded, fitted and scaled as the model's card       told in a warning
    grey for colour, Pillow      says ("preprocessing": fit, scale)
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from nabi.core.errors import DataError, ShapeError
from nabi.core.warning import warn
from nabi.pictures import Preparation, decode


@dataclass(frozen=True)
class Looks:
    """How a model's pictures look.

    Attributes:
        scale: factor on pixels of 0-255. `known`: whether the model says so.
        white: the value of a white pixel.
        ink: whether large values are dark.
        fit: how another size is brought to the model's: "pad", "crop" or "stretch".
    """

    scale: float
    known: bool
    white: float
    ink: bool
    fit: str


def looks(model: Any) -> Looks:
    """What the model's card says of its pictures; without a card, values 0-1."""
    card = model.card.get("preprocessing") or {}
    scale = float(card.get("scale", 1 / 255))
    return Looks(scale, "scale" in card, 255 * scale, bool(card.get("ink")), str(card.get("fit", "stretch")))


def pictured(method: str, model: Any, x: Any) -> np.ndarray:
    """The picture as the model reads it: (1, ...), float32 or float64.

    Args:
        method: for errors.
        model: with one input.
        x: an array or tensor as `predict` takes it, one sample with or without the batch axis; a picture of Pillow's; pixels of
            another size or mode.

    Raises:
        DataError: NaN or infinity, several pictures. ShapeError: what cannot be made into the model's input.
    """
    wanted = tuple(model.require_graph().inputs[0].shape[1:])
    array = np.asarray(x.detach().cpu().numpy() if hasattr(x, "detach") else x)
    if array.dtype.kind not in "biuf":
        raise DataError(f"{method}(x)", "numbers", str(array.dtype))
    if array.ndim == len(wanted) + 1 and len(array) != 1:
        raise DataError(f"{method}(x)", "one picture", f"{len(array)}",
                        f"Ask for each by itself: [nabi.explain.{method}(model, one) for one in x].")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataError(f"{method}(x)", "finite numbers", "NaN or infinity")
    for form in (array[0] if array.ndim == len(wanted) + 1 else array, array[..., None]):
        if fits(form.shape, wanted):
            return in_scale(model, form)[None]
    return converted(method, model, array[0] if array.ndim == 4 else array, wanted)


def fits(shape: tuple[int, ...], wanted: tuple) -> bool:
    """Whether a sample has the model's shape."""
    return len(shape) == len(wanted) and all(n is None or n == m for n, m in zip(wanted, shape, strict=True))


def in_scale(model: Any, array: np.ndarray) -> np.ndarray:
    """Bytes times the scale of the model's card, if it has one that is not 1; other numbers as they are."""
    how = looks(model)
    if array.dtype != np.uint8 or not how.known or how.scale == 1:
        return array.astype(np.float64 if array.dtype == np.float64 else np.float32)
    warn(f"The picture's bytes were multiplied by {how.scale:.6g}, as the card of model '{model.name}' says.")
    return array.astype(np.float32) * np.float32(how.scale)


def converted(method: str, model: Any, array: np.ndarray, wanted: tuple) -> np.ndarray:
    """Pixels of another size or mode, fitted as the model's card says; fractions are taken as shares of white."""
    how = looks(model)
    grey = array if array.ndim == 2 else array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else None
    colour = array[..., :3] if array.ndim == 3 and array.shape[2] in (3, 4) else None
    pixels = colour if grey is None else grey
    if len(wanted) != 3 or None in wanted or wanted[2] not in (1, 3) or pixels is None or 0 in array.shape:
        raise ShapeError(f"{method}(x)", f"a picture of shape {wanted}", tuple(array.shape))
    if pixels.dtype != np.uint8:
        pixels = np.clip(pixels * (1.0 if pixels.max(initial=0) > 1 else 255.0), 0, 255).round().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "BMP")
    made = decode(file.getvalue(), Preparation(wanted[:2], wanted[2], how.fit))
    warn(f"The picture of {' x '.join(map(str, array.shape))} was brought to {' x '.join(map(str, wanted))} ({how.fit}), "
         f"pixels times {how.scale:.6g}, as model '{model.name}' reads it.")
    return (made.astype(np.float32) * np.float32(how.scale))[None]
