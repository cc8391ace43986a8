"""ResNet50, 101, 152: bottlenecks of 1 x 1, 3 x 3 and 1 x 1 convolutions with a way around each, as Keras has them.

    y = relu(F(x) + x),   F: f filters 1 x 1, f filters 3 x 3, 4 f filters 1 x 1, each with batch normalisation

Keras' own: convolutions have biases, and the stride lies on the first 1 x 1 of a bottleneck.
Source: He et al., "Deep residual learning for image recognition", 2016.
"""

from collections.abc import Callable
from typing import Any

from nabi.applications.building import application
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.vgg16 import FILE
from nabi.layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, ZeroPadding2D

__all__ = ["ResNet101", "ResNet152", "ResNet50", "decode_predictions", "preprocess_input"]

EPSILON = 1.001e-5
preprocess_input = prepared("caffe", __name__)


def normed(x: Any, name: str, relu: str | None = None) -> Any:
    """Batch normalisation, and ReLU under a name of its own."""
    x = BatchNormalization(epsilon=EPSILON, name=name)(x)
    return x if relu is None else Activation("relu", name=relu)(x)


def stem(x: Any, bias: bool = True) -> Any:
    """The 7 x 7 convolution in steps of 2."""
    x = ZeroPadding2D(3, name="conv1_pad")(x)
    return Conv2D(64, 7, strides=2, use_bias=bias, name="conv1_conv")(x)


def pooled(x: Any) -> Any:
    """The largest of 3 x 3 in steps of 2."""
    return MaxPooling2D(3, strides=2, name="pool1_pool")(ZeroPadding2D(1, name="pool1_pad")(x))


def bottleneck(x: Any, filters: int, stride: int, first: bool, name: str) -> Any:
    """One residual block; the first of a stage has a convolution on the way around."""
    around = x
    if first:
        around = normed(Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x), f"{name}_0_bn")
    x = normed(Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x), f"{name}_1_bn", f"{name}_1_relu")
    x = normed(Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x), f"{name}_2_bn", f"{name}_2_relu")
    x = normed(Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x), f"{name}_3_bn")
    return Activation("relu", name=f"{name}_out")(Add(name=f"{name}_add")([around, x]))


def stages(x: Any, counts: tuple[int, ...], block: Callable, at_end: bool = False) -> Any:
    """Four stages of blocks; the map is halved at the beginning of all but the first, or at the end of all but the last."""
    for stage, count in enumerate(counts):
        for place in range(count):
            halves = stage < 3 and place == count - 1 if at_end else stage > 0 and not place
            x = block(x, 64 * 2**stage, 1 + halves, not place, f"conv{stage + 2}_block{place + 1}")
    return x


def residual(x: Any, counts: tuple[int, ...]) -> Any:
    """The network without its head."""
    return stages(pooled(normed(stem(x), "conv1_bn", "conv1_relu")), counts, bottleneck)


@application("resnet50", 224, 32, FILE.format(name="resnet50"))
def ResNet50(x):
    """ResNet-50; pictures prepared in mode "caffe".

    Example:
        >>> ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        23587712
    """
    return residual(x, (3, 4, 6, 3))


@application("resnet101", 224, 32, FILE.format(name="resnet101"))
def ResNet101(x):
    """ResNet-101: 23 blocks in the third stage; else as `ResNet50`."""
    return residual(x, (3, 4, 23, 3))


@application("resnet152", 224, 32, FILE.format(name="resnet152"))
def ResNet152(x):
    """ResNet-152: 8 blocks in the second stage, 36 in the third; else as `ResNet50`."""
    return residual(x, (3, 8, 36, 3))
