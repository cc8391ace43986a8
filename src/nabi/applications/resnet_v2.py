"""ResNet50V2, 101V2, 152V2: normalisation and ReLU before each convolution, nothing on the way around.

    y = F(relu(norm(x))) + x

Keras' own: the stride lies in the last block of a stage, on its 3 x 3 convolution.
Source: He et al., "Identity mappings in deep residual networks", 2016.
"""

from typing import Any

from nabi.applications.building import application
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.resnet import normed, pooled, stages, stem
from nabi.applications.vgg16 import FILE
from nabi.layers import Add, Conv2D, MaxPooling2D, ZeroPadding2D

__all__ = ["ResNet101V2", "ResNet152V2", "ResNet50V2", "decode_predictions", "preprocess_input"]

preprocess_input = prepared("tf", __name__)


def bottleneck(x: Any, filters: int, stride: int, first: bool, name: str) -> Any:
    """One residual block."""
    before = normed(x, f"{name}_preact_bn", f"{name}_preact_relu")
    if first:
        around = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(before)
    else:
        around = MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    y = normed(Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(before), f"{name}_1_bn", f"{name}_1_relu")
    y = ZeroPadding2D(1, name=f"{name}_2_pad")(y)
    y = Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(y)
    y = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(normed(y, f"{name}_2_bn", f"{name}_2_relu"))
    return Add(name=f"{name}_out")([around, y])


def residual(x: Any, counts: tuple[int, ...]) -> Any:
    """The network without its head."""
    return normed(stages(pooled(stem(x)), counts, bottleneck, at_end=True), "post_bn", "post_relu")


@application("resnet50v2", 224, 32, FILE.format(name="resnet50v2"))
def ResNet50V2(x):
    """ResNet-50 V2; pictures prepared in mode "tf".

    Example:
        >>> ResNet50V2(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        23564800
    """
    return residual(x, (3, 4, 6, 3))


@application("resnet101v2", 224, 32, FILE.format(name="resnet101v2"))
def ResNet101V2(x):
    """ResNet-101 V2: 23 blocks in the third stage; else as `ResNet50V2`."""
    return residual(x, (3, 4, 23, 3))


@application("resnet152v2", 224, 32, FILE.format(name="resnet152v2"))
def ResNet152V2(x):
    """ResNet-152 V2: 8 blocks in the second stage, 36 in the third; else as `ResNet50V2`."""
    return residual(x, (3, 8, 36, 3))
