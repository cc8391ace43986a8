"""InceptionV3: branches of small convolutions side by side, n x n written as 1 x n and n x 1; 23,851,784 parameters.

A branch is a list of (filters, rows, columns); the branches of a module are joined along the channels.
Source: Szegedy et al., "Rethinking the Inception architecture for computer vision", 2016.
"""

from typing import Any

from nabi.applications.building import application
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.vgg16 import FILE
from nabi.layers import Activation, AveragePooling2D, BatchNormalization, Concatenate, Conv2D, MaxPooling2D

__all__ = ["InceptionV3", "decode_predictions", "preprocess_input"]

preprocess_input = prepared("tf", __name__)


def conv(x: Any, filters: int, rows: int, columns: int, stride: int = 1, padding: str = "same") -> Any:
    """Convolution, batch normalisation without a factor, ReLU."""
    x = Conv2D(filters, (rows, columns), strides=stride, padding=padding, use_bias=False)(x)
    return Activation("relu")(BatchNormalization(scale=False)(x))


def branch(x: Any, *steps: tuple[int, int, int]) -> Any:
    """Convolutions one after the other."""
    for filters, rows, columns in steps:
        x = conv(x, filters, rows, columns)
    return x


def averaged(x: Any, filters: int) -> Any:
    """The branch of means."""
    return conv(AveragePooling2D(3, strides=1, padding="same")(x), filters, 1, 1)


def joined(name: str | None, *parts: Any) -> Any:
    """The branches side by side."""
    return Concatenate(name=name)(list(parts))


def stem(x: Any) -> Any:
    """Pictures of 299 x 299 to 192 maps of 35 x 35."""
    x = conv(x, 32, 3, 3, 2, "valid")
    x = conv(conv(x, 32, 3, 3, padding="valid"), 64, 3, 3)
    x = conv(MaxPooling2D(3, strides=2)(x), 80, 1, 1, padding="valid")
    return MaxPooling2D(3, strides=2)(conv(x, 192, 3, 3, padding="valid"))


def square(x: Any, last: int, name: str) -> Any:
    """A module on 35 x 35."""
    return joined(name, conv(x, 64, 1, 1), branch(x, (48, 1, 1), (64, 5, 5)), branch(x, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
                  averaged(x, last))


def strips(x: Any, width: int, name: str) -> Any:
    """A module on 17 x 17, with 1 x 7 and 7 x 1."""
    return joined(name, conv(x, 192, 1, 1), branch(x, (width, 1, 1), (width, 1, 7), (192, 7, 1)),
                  branch(x, (width, 1, 1), (width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)), averaged(x, 192))


def fans(x: Any, number: int) -> Any:
    """A module on 8 x 8, whose branches fan out."""
    first = conv(x, 320, 1, 1)
    y = conv(x, 384, 1, 1)
    second = joined(f"mixed9_{number}", conv(y, 384, 1, 3), conv(y, 384, 3, 1))
    y = branch(x, (448, 1, 1), (384, 3, 3))
    third = joined(None, conv(y, 384, 1, 3), conv(y, 384, 3, 1))
    return joined(f"mixed{9 + number}", first, second, third, averaged(x, 192))


@application("inception_v3", 299, 75, FILE.format(name="inception_v3"), named=False)
def InceptionV3(x):
    """InceptionV3; pictures of 299 x 299, prepared in mode "tf".

    Example:
        >>> InceptionV3(weights=None, include_top=False, input_shape=(75, 75, 3)).count_params()
        21802784
    """
    x = stem(x)
    for number, last in enumerate((32, 64, 64)):
        x = square(x, last, f"mixed{number}")
    x = joined("mixed3", conv(x, 384, 3, 3, 2, "valid"), conv(branch(x, (64, 1, 1), (96, 3, 3)), 96, 3, 3, 2, "valid"),
               MaxPooling2D(3, strides=2)(x))
    for number, width in enumerate((128, 160, 160, 192), 4):
        x = strips(x, width, f"mixed{number}")
    x = joined("mixed8", conv(conv(x, 192, 1, 1), 320, 3, 3, 2, "valid"),
               conv(branch(x, (192, 1, 1), (192, 1, 7), (192, 7, 1)), 192, 3, 3, 2, "valid"), MaxPooling2D(3, strides=2)(x))
    return fans(fans(x, 0), 1)
