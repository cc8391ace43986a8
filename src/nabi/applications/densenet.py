"""DenseNet121, 169, 201: every layer of a block reads all that were before it.

    x_l = [x_(l-1), H(x_(l-1))],   H: norm, ReLU, 128 filters 1 x 1, norm, ReLU, 32 filters 3 x 3

Source: Huang et al., "Densely connected convolutional networks", 2017, with growth rate 32 and half the channels between blocks.
"""

from typing import Any

from nabi.applications.building import application
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.resnet import normed
from nabi.applications.vgg16 import FILE
from nabi.layers import AveragePooling2D, Concatenate, Conv2D, MaxPooling2D, ZeroPadding2D

__all__ = ["DenseNet121", "DenseNet169", "DenseNet201", "decode_predictions", "preprocess_input"]

GROWTH = 32
preprocess_input = prepared("torch", __name__)


def dense_layer(x: Any, name: str) -> Any:
    """What is there, and 32 channels more."""
    y = normed(x, f"{name}_0_bn", f"{name}_0_relu")
    y = normed(Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(y), f"{name}_1_bn", f"{name}_1_relu")
    y = Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(y)
    return Concatenate(name=f"{name}_concat")([x, y])


def dense(x: Any, counts: tuple[int, ...]) -> Any:
    """The network without its head."""
    x = Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(ZeroPadding2D(3)(x))
    x = ZeroPadding2D(1)(normed(x, "conv1_bn", "conv1_relu"))
    x = MaxPooling2D(3, strides=2, name="pool1")(x)
    for block, count in enumerate(counts, 2):
        for number in range(1, count + 1):
            x = dense_layer(x, f"conv{block}_block{number}")
        if block < 5:
            x = normed(x, f"pool{block}_bn", f"pool{block}_relu")
            x = Conv2D(x.shape[-1] // 2, 1, use_bias=False, name=f"pool{block}_conv")(x)
            x = AveragePooling2D(2, strides=2, name=f"pool{block}_pool")(x)
    return normed(x, "bn", "relu")


@application("densenet121", 224, 32, FILE.format(name="densenet121"))
def DenseNet121(x):
    """DenseNet-121; pictures prepared in mode "torch".

    Example:
        >>> DenseNet121(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        7037504
    """
    return dense(x, (6, 12, 24, 16))


@application("densenet169", 224, 32, FILE.format(name="densenet169"))
def DenseNet169(x):
    """DenseNet-169: 32 layers in the last two blocks; else as `DenseNet121`."""
    return dense(x, (6, 12, 32, 32))


@application("densenet201", 224, 32, FILE.format(name="densenet201"))
def DenseNet201(x):
    """DenseNet-201: 48 layers in the third block, 32 in the last; else as `DenseNet121`."""
    return dense(x, (6, 12, 48, 32))
