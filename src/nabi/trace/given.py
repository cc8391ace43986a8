"""Given: what a user hands a trace, as the model's inputs in float64: arrays, one sample, picture files, other sizes.

    array (N, H, W, C)                        as it is, as in `predict`
    array (H, W, C), (H, W); (N, H, W)        the axes that lack are added
    file, Pillow's picture, another size      decoded and fitted as the model's card says (`preprocessing`), which is told

A file's picture is inverted where the model reads ink (0 paper, 255 ink) and its edge is light.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from nabi.core.errors import DataError
from nabi.core.warning import warn
from nabi.pictures.looks import Looks, encoded, fits, in_bytes, made
from nabi.trace.words import t


def inputs_of(model: Any, x: Any) -> tuple[list[torch.Tensor], tuple[str, ...]]:
    """The model's inputs, and what was done to make them.

    Raises:
        ShapeError: they do not fit the model. DataError: no numbers.
    """
    shapes = [symbol.shape for symbol in model.require_graph().inputs]
    notes: list[str] = []
    picture = len(shapes) == 1 and len(shapes[0]) == 4 and None not in shapes[0][1:] and shapes[0][-1] in (1, 3)
    if picture and (is_file(x) or isinstance(x, Image.Image)):
        arrays = [from_pictures([x], model, shapes[0][1:], notes, None)]
    else:
        several = model.by_name(x) if isinstance(x, dict) else x
        given = list(several) if isinstance(several, (list, tuple)) and len(shapes) > 1 else [several]
        arrays = [completed(numbers(one), shape) for one, shape in zip(given, shapes, strict=False)]
        if len(given) != len(shapes):
            arrays = [numbers(one) for one in given]
        elif picture and not fits(arrays[0].shape, shapes[0]) and (found := as_pictures(arrays[0])) is not None:
            scale = 1 / 255 if found[1] else None if model.card.get("preprocessing") else 1.0
            arrays = [from_pictures(found[0], model, shapes[0][1:], notes, scale)]
    model.check_shapes([(None, *a.shape[1:]) for a in arrays])
    for note in notes:
        warn(note)
    return [torch.tensor(a, dtype=torch.float64) for a in arrays], tuple(notes)


def is_file(x: Any) -> bool:
    """Whether it names a file."""
    return isinstance(x, (str, os.PathLike))


def numbers(x: Any) -> np.ndarray:
    """An array of numbers."""
    array = x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else np.asarray(x)
    if array.dtype.kind not in "uifb":
        raise DataError("trace(x)", "numbers", f"an array of {array.dtype}")
    return array


def completed(x: np.ndarray, shape: tuple) -> np.ndarray:
    """The array with the batch axis, and the channel axis, where they lack."""
    for form in (x, x[None], x[..., None], x[None, ..., None]):
        if fits(form.shape, shape):
            return form
    return x


def as_pictures(x: np.ndarray) -> tuple[list[Image.Image], bool] | None:
    """Pictures of another size or mode, in 8 bits, and whether their values were shares (0 to 1); None for what are none.

    (H, W), (H, W, 1, 3 or 4), or several of them.
    """
    if x.ndim < 2 or 0 in x.shape:
        return None
    if x.ndim == 2 or (x.ndim == 3 and x.shape[-1] in (1, 3, 4)):
        x = x[None]
    if x.ndim == 3:
        x = x[..., None]
    if x.ndim != 4 or x.shape[-1] not in (1, 3, 4) or not np.isfinite(x).all():
        return None
    shares = x.dtype.kind == "f" and float(x.max()) <= 1
    return [Image.fromarray(one[..., 0] if one.shape[-1] == 1 else one) for one in in_bytes(x, shares)], shares


def from_pictures(pictures: list[Any], model: Any, shape: tuple[int, ...], notes: list[str], scale: float | None) -> np.ndarray:
    """Pictures as the model's card says that it wants them; `scale` is for models whose card says nothing."""
    how, size = Looks.of(model.card), "x".join(map(str, shape))
    scale, found = how.scale if scale is None else scale, []
    for picture in pictures:
        file = is_file(picture)
        pixels, _, inverted = made(picture if file else encoded(picture), how, shape, "auto" if file else "no")
        found.append(pixels.astype(np.float64) * scale)
        if not notes:
            said = Path(picture).name if file else f"{picture.height}x{picture.width}, {picture.mode}"
            card = t("by card" if model.card.get("preprocessing") else "no card")
            note = t("converted", was=said, size=size, fit=how.fit, scale=f"{scale:.6g}", card=card)
            notes.append(note + (t("inverted") if inverted else ""))
    return np.stack(found)
