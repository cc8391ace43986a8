"""VGG16: thirteen 3 x 3 convolutions in five blocks, three Dense layers; 138,357,544 parameters.

Source: Simonyan & Zisserman, "Very deep convolutional networks for large-scale image recognition", 2015, network D.
"""

from typing import Any

from nabi.applications.building import application
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.layers import Conv2D, Dense, Flatten, MaxPooling2D

__all__ = ["VGG16", "decode_predictions", "preprocess_input"]

FILE = "{name}_weights_tf_dim_ordering_tf_kernels{{top}}.h5"
preprocess_input = prepared("caffe", __name__)


def blocks(x: Any, convolutions: tuple[int, ...]) -> Any:
    """Blocks of 3 x 3 convolutions with a halving of the map behind each."""
    for number, (count, filters) in enumerate(zip(convolutions, (64, 128, 256, 512, 512), strict=True), 1):
        for layer in range(1, count + 1):
            x = Conv2D(filters, 3, activation="relu", padding="same", name=f"block{number}_conv{layer}")(x)
        x = MaxPooling2D(2, strides=2, name=f"block{number}_pool")(x)
    return x


def three_dense(x: Any, classes: int, activation: Any) -> Any:
    """Flatten, 4096, 4096, classes."""
    x = Flatten(name="flatten")(x)
    for name in ("fc1", "fc2"):
        x = Dense(4096, activation="relu", name=name)(x)
    return Dense(classes, activation=activation, name="predictions")(x)


@application("vgg16", 224, 32, FILE.format(name="vgg16"), three_dense, named=False)
def VGG16(x):
    """VGG16, network D of the paper; pictures prepared in mode "caffe".

    Example:
        >>> VGG16(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        14714688
    """
    return blocks(x, (2, 2, 3, 3, 3))
