"""Drawing: the random numbers of a batch of pictures, in the order in which Keras draws them one picture after the other.

    theta, tx, ty, shear, zx, zy      of those that are asked for
    two numbers, one for each flip    always
    channel shift, brightness         of those that are asked for

Each is low + (high - low) u with the next u of the stream, so a batch is one array of u. Only shifts out of a list, or by whole
pixels, are drawn a picture at a time.
"""

from typing import Any

import numpy as np

from nabi.preprocessing.transforms import GEOMETRY

FLIPS = {"flip_horizontal": "horizontal_flip", "flip_vertical": "vertical_flip"}


def draw(g: Any, n: int, height: int, width: int, rng: Any) -> dict[str, Any]:
    """The parameters of n pictures by name, (n,) each; None for a colour that is not drawn.

    Args:
        g: the ImageDataGenerator whose ranges are used.
        n: how many pictures.
        height, width: of each; shifts below 1 are shares of them.
        rng: np.random, or a RandomState.
    """
    ranges = {"theta": about_0(g.rotation_range), "tx": shift(g.height_shift_range, height),
              "ty": shift(g.width_shift_range, width), "shear": about_0(g.shear_range)}
    if tuple(g.zoom_range) != (1, 1):
        ranges |= {"zx": tuple(g.zoom_range), "zy": tuple(g.zoom_range)}
    ranges |= dict.fromkeys(FLIPS, (0.0, 1.0))
    ranges |= {"channel_shift_intensity": about_0(g.channel_shift_range),
               "brightness": None if g.brightness_range is None else tuple(g.brightness_range)}
    ranges = {name: spread for name, spread in ranges.items() if spread is not None}
    if any(isinstance(spread, Choice) for spread in ranges.values()):
        rows = [[spread.pick(rng) if isinstance(spread, Choice) else rng.uniform(*spread) for spread in ranges.values()]
                for _ in range(n)]
        columns = np.array(rows, np.float64).reshape(n, len(ranges)).T
    else:
        low, high = np.array(list(ranges.values()), np.float64).T
        columns = (low + (high - low) * rng.random_sample((n, len(ranges)))).T
    found: dict[str, Any] = {name: np.full(n, still) for name, still in GEOMETRY.items()}
    found |= {"channel_shift_intensity": None, "brightness": None} | dict(zip(ranges, columns, strict=True))
    return found | {name: (found[name] < 0.5) & bool(getattr(g, flip)) for name, flip in FLIPS.items()}


class Choice:
    """A shift by one of some numbers, to either side.

    Args:
        values: a list, or a whole number n for 0 ... n - 1, as Keras takes it.
        size: what shares are shares of.
    """

    def __init__(self, values: Any, size: int):
        self.values, self.factor = values, size if np.max(values) < 1 else 1

    def pick(self, rng: Any) -> float:
        """One of them."""
        return rng.choice(self.values) * rng.choice([-1, 1]) * self.factor


def about_0(most: float) -> tuple[float, float] | None:
    """From -most to most; None where that is nothing."""
    return (-most, most) if most else None


def shift(by: Any, size: int) -> tuple[float, float] | Choice | None:
    """How a shift is drawn: evenly up to a real number, else by choice."""
    if np.ndim(by) or isinstance(by, (int, np.integer)) and by > 0:
        return Choice(by, size)
    return about_0(float(by * size if by < 1 else by))
