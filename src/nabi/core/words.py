"""Words: an argument that must be a text, or one of a few, or an error that names the argument and the nearest word.

    one_of("Crop(mode)", "centre", ("center", "random"))      Crop(mode): expected one of center, random, got 'centre'. Did ...
"""

from collections.abc import Iterable
from typing import Any

from nabi.core.errors import ArgumentError, did_you_mean


def text(where: str, value: Any, what: str = "a text") -> str:
    """The value itself if it is a text with letters in it, or ArgumentError; `what` says what it is for.

    Example:
        >>> text("EarlyStopping(monitor)", "val_loss")
        'val_loss'
    """
    if isinstance(value, str) and value:
        return value
    raise ArgumentError(where, what, repr(value))


def one_of(where: str, value: Any, known: Iterable[Any]) -> Any:
    """The value itself if it is among `known`, or ArgumentError with the nearest of them.

    Example:
        >>> one_of("UpSampling2D(interpolation)", "nearest", ("nearest", "bilinear"))
        'nearest'
    """
    words = list(known)
    if isinstance(value, str | None) and value in words:
        return value
    listed = ", ".join(map(str, words))
    raise ArgumentError(where, f"one of {listed}", repr(value), did_you_mean(value, words) if isinstance(value, str) else "")
