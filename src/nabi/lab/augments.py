"""Augments: short words for the layers that change pictures at random, as a user writes them in one line.

    flip, rotate=0.1, zoom=0.2      ->  RandomFlip("horizontal"), RandomRotation(0.1), RandomZoom(0.2)

    word             the strength in the table below
    word=0.2         another strength: what the layer's first factor means
    word=0.1:0.3     drawn from this range
    flip=vertical    a name, where the layer has names
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nabi import layers as L
from nabi.core.errors import ArgumentError, did_you_mean


@dataclass(frozen=True)
class Augment:
    """One word.

    Attributes:
        make: (strength, (height, width)) -> layer for pixels of 0 to 255.
        strength: without a value.
        mixes: whether it needs several pictures.
    """

    make: Callable[[Any, tuple[int, int]], Any]
    strength: Any
    mixes: bool = False


def around(share: Any) -> Any:
    """A strength as a range around 1/2, where a layer changes nothing: 0.2 is (0.3, 0.7)."""
    return share if isinstance(share, tuple) else (0.5 - share, 0.5 + share)


def always(share: Any) -> Any:
    """A probability that is not drawn itself."""
    return share, share


def shifted(pixels: Any, size: tuple[int, int]) -> Any:
    """Padding by so many pixels and a window of the old size: a move by whole pixels."""
    return L.RandomTranslation(min(1, (pixels + 0.5) / size[0]), min(1, (pixels + 0.5) / size[1]), "constant", "nearest")


WORDS: dict[str, Augment] = {
    "flip": Augment(lambda v, size: L.RandomFlip(v), "horizontal"),
    "shift": Augment(lambda v, size: L.RandomTranslation(v, v), 0.1),
    "crop": Augment(shifted, 4),
    "rotate": Augment(lambda v, size: L.RandomRotation(v), 0.05),
    "zoom": Augment(lambda v, size: L.RandomZoom(v), 0.2),
    "shear": Augment(lambda v, size: L.RandomShear(v, v), 0.3),
    "brightness": Augment(lambda v, size: L.RandomBrightness(v), 0.3),
    "contrast": Augment(lambda v, size: L.RandomContrast(v), 0.5),
    "color": Augment(lambda v, size: L.RandomColorJitter((0, 255), v, v, around(v), v), 0.2),
    "hue": Augment(lambda v, size: L.RandomHue(v), 0.5),
    "saturation": Augment(lambda v, size: L.RandomSaturation(around(v)), 0.3),
    "grey": Augment(lambda v, size: L.RandomGrayscale(v), 0.5),
    "fade": Augment(lambda v, size: L.RandomColorDegeneration(v), 1.0),
    "invert": Augment(lambda v, size: L.RandomInvert(always(v)), 0.5),
    "solarize": Augment(lambda v, size: L.Solarization(0.0, v), 1.0),
    "posterize": Augment(lambda v, size: L.RandomPosterization(whole(v)), (1, 4)),
    "sharpness": Augment(lambda v, size: L.RandomSharpness(around(v)), 0.5),
    "blur": Augment(lambda v, size: L.RandomGaussianBlur(always(1), wide(v), v), (0.0, 2.0)),
    "noise": Augment(lambda v, size: L.GaussianNoise(v), 20.0),
    "erase": Augment(lambda v, size: L.RandomErasing(always(v)), 0.8),
    "equalize": Augment(lambda v, size: L.Equalization(), None),
    "autocontrast": Augment(lambda v, size: L.AutoContrast(), None),
    "randaugment": Augment(lambda v, size: L.RandAugment(factor=v), 0.3),
    "augmix": Augment(lambda v, size: L.AugMix(factor=v), 0.3),
    "mixup": Augment(lambda v, size: L.MixUp(v), 0.4, mixes=True),
    "cutmix": Augment(lambda v, size: L.CutMix(v), 1.0, mixes=True),
}


def augments(line: str, size: tuple[int, int]) -> list[tuple[str, Any]]:
    """The layers of a line, in its order, each with its word; `size`: the pictures' (height, width).

    Example:
        >>> [(word, layer.get_config()["factor"]) for word, layer in augments("rotate=0.1, contrast=0.1:0.3", (32, 32))]
        [('rotate', 0.1), ('contrast', [0.1, 0.3])]

    Raises:
        ArgumentError: an unknown word, a value that the layer does not take.
    """
    made = []
    for part in filter(None, (part.strip() for part in line.split(","))):
        word, _, value = (piece.strip() for piece in part.partition("="))
        if word not in WORDS:
            raise ArgumentError("augment", f"words of {', '.join(WORDS)}", repr(word), did_you_mean(word, list(WORDS)))
        known = WORDS[word]
        if value and known.strength is None:
            raise ArgumentError(f"augment, {word}", "no value", repr(value))
        strength = read(word, value, known.strength) if value else known.strength
        try:
            made.append((word, known.make(strength, size)))
        except ArgumentError as error:
            _, expected, got, remedy = error.parts
            raise ArgumentError(f"augment, {word}", expected, got, remedy or "") from None
    return made


def read(word: str, value: str, usual: Any) -> Any:
    """A strength as it was written: a name where the usual one is a name, a number, or a pair of numbers.

    Raises ArgumentError.
    """
    if isinstance(usual, str):
        return value
    try:
        numbers = tuple(float(part) for part in value.split(":"))
    except ValueError:
        numbers = ()
    if len(numbers) not in (1, 2):
        raise ArgumentError(f"augment, {word}", f"a number or a range, {word}=0.2 or {word}=0.1:0.3", repr(value))
    if len(numbers) == 2 and word not in PAIRS:
        raise ArgumentError(f"augment, {word}", "one number", repr(value))
    return numbers[0] if len(numbers) == 1 else numbers


PAIRS = ("shift", "rotate", "zoom", "shear", "brightness", "contrast", "hue", "saturation", "fade", "solarize", "posterize",
         "sharpness", "blur", "randaugment", "augmix", "cutmix")  # words that take a range


def whole(value: Any) -> Any:
    """Bits, as whole numbers where they are such."""
    return tuple(map(whole, value)) if isinstance(value, tuple) else int(value) if value == int(value) else value


def wide(sigma: Any) -> int:
    """An odd window, wide enough for the largest sigma: 6 sigma + 1."""
    return 2 * int(3 * (max(sigma) if isinstance(sigma, tuple) else sigma) + 0.999) + 1
