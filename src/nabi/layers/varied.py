"""Varied: what layers share that change pictures at random in training: one draw a picture, and Keras' dicts with labels.

    y[n] = varied(x[n], draws[n])     in training;       y = x     at inference

    x: (N, H, W, C) -> y: (N, H, W, C).  draws are f(seed, the layer's index in the graph, its call counter, picture): what was
    drawn before does not matter, so a run that is resumed draws what it would have drawn.
    factor = 0.3          ~ U(0, 0.3)               a number: from 0 on
    factor = (0.1, 0.3)   ~ U(0.1, 0.3)             a pair: from the lower to the higher
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError, ShapeError, Unwritten
from nabi.core.numbers import is_number, whole
from nabi.core.random import Key
from nabi.kernels.philox import uniform
from nabi.layers.layer import Layer
from nabi.layers.window import only_channels_last

PARTS = ("images", "labels")


class Augmenting(Layer):
    """Base of layers that act in training alone, and there on pictures; called by themselves they train, as in Keras.

    layer({"images": x, "labels": y}) gives such a dict again; of what Keras puts beside them, boxes and masks are not taken.
    """

    rank = 4
    random = augments = True

    def __call__(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """On a dict: the dict with its pictures varied, and its labels where they follow from the pictures."""
        if not isinstance(inputs, dict):
            return super().__call__(inputs, training, mask)
        if "images" not in inputs or not set(inputs) <= set(PARTS):
            raise ArgumentError(f"{self.label}(...)", "a dict of 'images' and 'labels'", f"the entries {list(inputs)}")
        together = self.both(inputs["images"], inputs.get("labels"), training)
        return {name: part for name, part in zip(PARTS, together, strict=True) if name in inputs}

    def both(self, images: Any, labels: Any, training: bool | None) -> tuple[Any, Any]:
        """Pictures and labels of a dict."""
        return self(images, training), labels


class Varied(Augmenting):
    """Base of layers that draw for each picture, then compute: a layer writes `draws` and `varied`."""

    def __init__(self, seed=None, data_format=None, **base):
        super().__init__(**base)
        name = type(self).__name__
        self.seed = whole(f"{name}(seed)", seed, optional=True)
        self.data_format = only_channels_last(name, data_format)

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        return self.varied(x, *self.draws(x, key))

    def draws(self, x: torch.Tensor, key: Key) -> tuple[torch.Tensor, ...]:
        """What is drawn for pictures x: (N, H, W, C): tensors whose first axis counts the pictures."""
        raise Unwritten(self, "draws(self, x, key)")

    def varied(self, x: torch.Tensor, *drawn: torch.Tensor) -> torch.Tensor:
        """The layer's formula, on what was drawn."""
        raise Unwritten(self, "varied(self, x, ...)")


class Ranged(Varied):
    """Base of layers that know the range of the pixels."""

    def __init__(self, value_range=(0, 255), seed=None, data_format=None, **base):
        super().__init__(seed, data_format, **base)
        self.value_range = pixel_range(type(self).__name__, value_range)


def pixel_range(layer: str, value: Any) -> Any:
    """The range itself if it is a lower and a higher number.

    Raises ArgumentError.
    """
    if isinstance(value, (tuple, list)) and len(value) == 2 and all(map(is_number, value)) and value[0] < value[1]:
        return value
    raise ArgumentError(f"{layer}(value_range)", "the lowest and the highest value of a pixel", repr(value),
                        "(0, 255) for bytes, (0, 1) for pixels that were scaled before.")


def up_to(factor: Any, u: torch.Tensor) -> torch.Tensor:
    """Numbers u in [0, 1) brought to the range of a factor that begins at 0.

    Example:
        >>> up_to(0.2, torch.tensor([0.5])).tolist(), up_to((3, 1), torch.tensor([0.5])).tolist()
        ([0.10000000149011612], [2.0])
    """
    low, high = sorted(factor) if isinstance(factor, (tuple, list)) else (0, factor)
    return low + (high - low) * u


def a_picture(x: torch.Tensor, key: Key, count: int = 1) -> list[torch.Tensor]:
    """Numbers of U(0, 1) for pictures x, each (N, 1, 1, 1), in the dtype of x."""
    return list(uniform(key, (len(x), count), x.dtype, x.device)[:, :, None, None, None].unbind(1))


def further(key: Key, number: int) -> Key:
    """Another key for the same call, for draws whose number the first ones decide."""
    return key._replace(layer=key.layer | number << 24)


def some(x: torch.Tensor, chosen: torch.Tensor, function: Any, *drawn: torch.Tensor) -> torch.Tensor:
    """The pictures x with those that are chosen, (N, ...) bool, put through a function of them and of what was drawn for them."""
    places = chosen.flatten().nonzero().flatten()
    if not len(places):
        return x
    made = function(x.index_select(0, places), *(t.index_select(0, places) for t in drawn))
    return made if len(places) == len(x) else x.index_copy(0, places, made)


def coloured(layer: Layer, x: torch.Tensor) -> bool:
    """Whether pictures have the three channels red, green and blue, rather than grey alone.

    Raises ShapeError for any other number of channels.
    """
    if x.shape[-1] not in (1, 3):
        raise ShapeError(layer.label, "pictures of 3 channels (red, green, blue) or 1 (grey)", f"{x.shape[-1]} channels")
    return x.shape[-1] == 3
