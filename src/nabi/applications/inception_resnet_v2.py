"""InceptionResNetV2: modules of Inception as branches of residual blocks, which come in at a small factor; 55,873,736 parameters.

    y = relu(x + s conv1x1([branches of x])),   s = 0.17, 0.1, 0.2 on 35 x 35, 17 x 17, 8 x 8

Source: Szegedy et al., "Inception-v4, Inception-ResNet and the impact of residual connections on learning", 2017.
"""

from typing import Any

from nabi.applications.building import application
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.inception_v3 import averaged, branch, conv, joined, stem
from nabi.applications.vgg16 import FILE
from nabi.layers import Activation, BatchNormalization, Conv2D, CustomScaleLayer, MaxPooling2D

__all__ = ["InceptionResNetV2", "decode_predictions", "preprocess_input"]

BLOCKS = {  # blocks, factor, branches of (filters, rows, columns)
    "block35": (10, 0.17, (((32, 1, 1),), ((32, 1, 1), (32, 3, 3)), ((32, 1, 1), (48, 3, 3), (64, 3, 3)))),
    "block17": (20, 0.1, (((192, 1, 1),), ((128, 1, 1), (160, 1, 7), (192, 7, 1)))),
    "block8": (10, 0.2, (((192, 1, 1),), ((192, 1, 1), (224, 1, 3), (256, 3, 1)))),
}
preprocess_input = prepared("tf", __name__)


def residual(x: Any, kind: str) -> Any:
    """All blocks of one kind; the last block of the network takes its branch whole, without ReLU."""
    count, scale, branches = BLOCKS[kind]
    for number in range(1, count + 1):
        name, last = f"{kind}_{number}", kind == "block8" and number == count
        y = joined(f"{name}_mixed", *[branch(x, *steps) for steps in branches])
        y = Conv2D(x.shape[-1], 1, padding="same", name=f"{name}_conv")(y)
        x = CustomScaleLayer(1.0 if last else scale)([x, y])
        x = x if last else Activation("relu", name=f"{name}_ac")(x)
    return x


@application("inception_resnet_v2", 299, 75, FILE.format(name="inception_resnet_v2"), named=False)
def InceptionResNetV2(x):
    """InceptionResNetV2; pictures of 299 x 299, prepared in mode "tf".

    Example:
        >>> InceptionResNetV2(weights=None, include_top=False, input_shape=(75, 75, 3)).count_params()
        54336736
    """
    x = stem(x)
    x = joined("mixed_5b", conv(x, 96, 1, 1), branch(x, (48, 1, 1), (64, 5, 5)), branch(x, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
               averaged(x, 64))
    x = residual(x, "block35")
    x = joined("mixed_6a", conv(x, 384, 3, 3, 2, "valid"), conv(branch(x, (256, 1, 1), (256, 3, 3)), 384, 3, 3, 2, "valid"),
               MaxPooling2D(3, strides=2)(x))
    x = residual(x, "block17")
    x = joined("mixed_7a", conv(conv(x, 256, 1, 1), 384, 3, 3, 2, "valid"), conv(conv(x, 256, 1, 1), 288, 3, 3, 2, "valid"),
               conv(branch(x, (256, 1, 1), (288, 3, 3)), 320, 3, 3, 2, "valid"), MaxPooling2D(3, strides=2)(x))
    x = Conv2D(1536, 1, padding="same", use_bias=False, name="conv_7b")(residual(x, "block8"))
    return Activation("relu", name="conv_7b_ac")(BatchNormalization(scale=False, name="conv_7b_bn")(x))
