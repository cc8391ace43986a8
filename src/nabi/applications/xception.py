"""Xception: Inception taken to its end: separable convolutions with ways around them; 22,910,480 parameters.

Source: Chollet, "Xception: deep learning with depthwise separable convolutions", 2017.
"""

from typing import Any

from nabi.applications.building import application
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.vgg16 import FILE
from nabi.layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, SeparableConv2D

__all__ = ["Xception", "decode_predictions", "preprocess_input"]

preprocess_input = prepared("tf", __name__)


def relu(x: Any, name: str) -> Any:
    """ReLU under a name."""
    return Activation("relu", name=f"{name}_act")(x)


def separable(x: Any, filters: int, name: str) -> Any:
    """A separable 3 x 3 convolution and batch normalisation."""
    return BatchNormalization(name=f"{name}_bn")(SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x))


def narrowing(x: Any, first: int, filters: int, name: str) -> Any:
    """Two separable convolutions, the map halved, and a 1 x 1 convolution around them; the very first begins without ReLU."""
    around = BatchNormalization()(Conv2D(filters, 1, strides=2, padding="same", use_bias=False)(x))
    x = separable(x if name == "block2" else relu(x, f"{name}_sepconv1"), first, f"{name}_sepconv1")
    x = separable(relu(x, f"{name}_sepconv2"), filters, f"{name}_sepconv2")
    return Add()([MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(x), around])


@application("xception", 299, 71, FILE.format(name="xception"), named=False)
def Xception(x):
    """Xception; pictures of 299 x 299, prepared in mode "tf".

    Example:
        >>> Xception(weights=None, include_top=False, input_shape=(71, 71, 3)).count_params()
        20861480
    """
    for number, (filters, stride) in enumerate(((32, 2), (64, 1)), 1):
        x = Conv2D(filters, 3, strides=stride, use_bias=False, name=f"block1_conv{number}")(x)
        x = relu(BatchNormalization(name=f"block1_conv{number}_bn")(x), f"block1_conv{number}")
    for number, filters in enumerate((128, 256, 728), 2):
        x = narrowing(x, filters, filters, f"block{number}")
    for number in range(5, 13):
        before = x
        for layer in (1, 2, 3):
            name = f"block{number}_sepconv{layer}"
            x = separable(relu(x, name), 728, name)
        x = Add()([x, before])
    x = narrowing(x, 728, 1024, "block13")
    for number, filters in enumerate((1536, 2048), 1):
        name = f"block14_sepconv{number}"
        x = relu(separable(x, filters, name), name)
    return x
