"""Parts that several families share: the input, the end of a network, what takes its place without a top."""

from contextlib import contextmanager
from typing import Any

import torch

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_whole, number, whole
from nabi.layers import Dense, Dropout, GlobalAveragePooling2D, GlobalMaxPooling2D, Input
from nabi.layers.weight import supplied
from nabi.models import Model

IMAGENET, CIFAR = (224, 224, 3), (32, 32, 3)  # shapes of a picture
COLOURS = (1, 3)  # channels of grey and coloured pictures


def picture(input_shape: Any):
    """The symbol of a picture (height, width, channels).

    Raises:
        ArgumentError: anything but three axes, or channels that come first.
    """
    three_axes(input_shape)
    return Input(channels_last(input_shape), name="image")


def channels_last(input_shape: Any) -> tuple[Any, ...]:
    """The shape of a sample as a tuple, if its channels do not seem to come first.

    Example:
        >>> channels_last((3, 224, 224))
        Traceback (most recent call last):
        nabi.core.errors.ArgumentError: input_shape: expected (height, width, channels), got (3, 224, 224). Channels come last: \
write input_shape=(224, 224, 3), and turn pictures with x.transpose(0, 2, 3, 1).

    Raises:
        ArgumentError: of three axes the first has 1 or 3 places and the last has not.
    """
    shape = tuple(input_shape)
    if len(shape) == 3 and shape[0] in COLOURS and shape[2] not in COLOURS:
        raise ArgumentError("input_shape", "(height, width, channels)", shape, f"Channels come last: write input_shape="
                            f"{(*shape[1:], shape[0])}, and turn pictures with x.transpose(0, 2, 3, 1).")
    return shape


def three_axes(input_shape: Any) -> None:
    """Refuses what is no (height, width, channels).

    Raises:
        ArgumentError: it is not; where the channels alone are missing the error says how to write them.
    """
    if isinstance(input_shape, (tuple, list)) and len(input_shape) == 3:
        return
    two = isinstance(input_shape, (tuple, list)) and len(input_shape) == 2 and all(map(is_whole, input_shape))
    raise ArgumentError("input_shape", "(height, width, channels)", repr(input_shape), "Add the channels: "
                        f"{(*input_shape, 3)} for colour, {(*input_shape, 1)} for grey." if two else "")


def sides(input_shape: Any) -> tuple[int, int]:
    """Height and width of a picture, for networks whose plan hangs on them.

    Raises:
        ArgumentError: anything but three axes with known sides.
    """
    three_axes(input_shape)
    return whole("input_shape, height", input_shape[0], least=1), whole("input_shape, width", input_shape[1], least=1)


@contextmanager
def weightless():
    """Within the block weights have shapes, and no memory."""
    with supplied(lambda layer, shape, dtype: torch.empty(shape, dtype=dtype, device="meta")):
        yield


def wide(filters: int, width: float) -> int:
    """A layer's filters at another width of the network, at least one.

    Raises:
        ArgumentError: a width that is no number above 0.
    """
    return max(1, round(filters * number("width", width, above=0)))


def classified(x, classes: int, dropout: float = 0.0):
    """Global average pooling, dropout, a dense layer, shares: the end of networks since NIN."""
    x = GlobalAveragePooling2D(name="pool")(x)
    if dropout:
        x = Dropout(dropout, name="dropout")(x)
    return Dense(classes, activation=shares(classes), name="classes")(x)


def shares(classes: Any) -> str:
    """Name of the activation that makes shares of scores: a softmax over a single class would always say 1.

    Example:
        >>> shares(10), shares(1)
        ('softmax', 'sigmoid')
    """
    return "sigmoid" if classes == 1 else "softmax"


def without_top(image, x, pooling: str | None, name: str) -> Model:
    """The network that ends with its last maps, or with one number of each.

    Raises:
        ArgumentError: a pooling that is none of None, "avg" and "max".
    """
    if pooling not in (None, "avg", "max"):
        raise ArgumentError(f"{name}(pooling)", "None, 'avg' or 'max'", repr(pooling))
    if pooling:
        x = (GlobalAveragePooling2D if pooling == "avg" else GlobalMaxPooling2D)(name="pool")(x)
    return Model(image, x, name=name)
