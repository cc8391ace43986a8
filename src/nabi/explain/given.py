"""Given: what a user hands in as a picture, as the model reads it; what is converted on the way is told.

    as `predict` takes it        float (H, W, C), (1, H, W, C), grey also (H, W)      taken as it is
    bytes 0-255, another size,   decoded, fitted and scaled as the model's card       told in a warning
    grey for colour, Pillow      says ("preprocessing": fit, scale, crop)
"""

from typing import Any

import numpy as np

from nabi.core.errors import DataError, ShapeError
from nabi.core.warning import warn
from nabi.pictures.looks import Looks, encoded, fits, in_bytes, made


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
        raise DataError(f"{method}(x)", "one picture", f"{len(array)}", "Ask for each by itself.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataError(f"{method}(x)", "finite numbers", "NaN or infinity")
    for form in (array[0] if array.ndim == len(wanted) + 1 else array, array[..., None]):
        if fits(form.shape, wanted):
            return in_scale(model, form)[None]
    return converted(method, model, array[0] if array.ndim == 4 else array, wanted)


def in_scale(model: Any, array: np.ndarray) -> np.ndarray:
    """Bytes times the scale of the model's card, if it has one that is not 1; other numbers as they are."""
    how = Looks.of(model.card)
    if array.dtype != np.uint8 or not how.known or how.scale == 1:
        return array.astype(np.float64 if array.dtype == np.float64 else np.float32)
    warn(f"The picture's bytes were multiplied by {how.scale:.6g}, as the card of model '{model.name}' says.")
    return array.astype(np.float32) * np.float32(how.scale)


def converted(method: str, model: Any, array: np.ndarray, wanted: tuple) -> np.ndarray:
    """Pixels of another size or mode, fitted as the model's card says; fractions are taken as shares of white."""
    how = Looks.of(model.card)
    grey = array if array.ndim == 2 else array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else None
    colour = array[..., :3] if array.ndim == 3 and array.shape[2] in (3, 4) else None
    pixels = colour if grey is None else grey
    if len(wanted) != 3 or None in wanted or wanted[2] not in (1, 3) or pixels is None or 0 in array.shape:
        raise ShapeError(f"{method}(x)", f"a picture of shape {wanted}", tuple(array.shape))
    if pixels.dtype != np.uint8:
        pixels = in_bytes(pixels, shares=pixels.max(initial=0) <= 1)
    found, _, _ = made(encoded(pixels), how, wanted, "no")
    warn(f"The picture of {' x '.join(map(str, array.shape))} was brought to {' x '.join(map(str, wanted))} ({how.fit}), "
         f"pixels times {how.scale:.6g}, as model '{model.name}' reads it.")
    return (found.astype(np.float32) * np.float32(how.scale))[None]
