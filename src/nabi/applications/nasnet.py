"""NASNetMobile and NASNetLarge: cells that a search has found, each reading the two maps before it, stacked.

    normal cell       five sums of pairs (separable convolutions, means, what is there), joined with the map before
    reduction cell    the same in steps of 2: half the map, twice the channels

Source: Zoph et al., "Learning transferable architectures for scalable image recognition", 2018, figure 4 (NASNet-A).
"""

from typing import Any

from nabi.applications.building import IMAGENET, assembled
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.mobilenet_v2 import odd_padding
from nabi.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Cropping2D,
    Dense,
    GlobalAveragePooling2D,
    MaxPooling2D,
    SeparableConv2D,
    ZeroPadding2D,
)

__all__ = ["NASNetLarge", "NASNetMobile", "decode_predictions", "preprocess_input"]

preprocess_input = prepared("tf", __name__)


def relu(x: Any, name: str | None = None) -> Any:
    """ReLU."""
    return Activation("relu", name=name)(x)


def normed(x: Any, name: str) -> Any:
    """Batch normalisation with this network's momentum."""
    return BatchNormalization(momentum=0.9997, epsilon=1e-3, name=name)(x)


def pointwise(x: Any, filters: int, name: str) -> Any:
    """A 1 x 1 convolution."""
    return Conv2D(filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal", name=name)(x)


def separable(x: Any, filters: int, kernel: int, stride: int, cell: str) -> Any:
    """ReLU, separable convolution, normalisation; twice, the first in steps."""
    x, padding = relu(x), "same"
    if stride == 2:
        x, padding = ZeroPadding2D(odd_padding(x, kernel), name=f"separable_conv_1_pad_{cell}")(x), "valid"
    x = SeparableConv2D(filters, kernel, strides=stride, padding=padding, use_bias=False, name=f"separable_conv_1_{cell}")(x)
    x = relu(normed(x, f"separable_conv_1_bn_{cell}"))
    x = SeparableConv2D(filters, kernel, padding="same", use_bias=False, name=f"separable_conv_2_{cell}")(x)
    return normed(x, f"separable_conv_2_bn_{cell}")


def fitted(before: Any, x: Any, filters: int, cell: str) -> Any:
    """The map before the last one in the size and with the channels of this cell."""
    if before is None:
        return x
    if before.shape[-2] != x.shape[-2]:
        before = relu(before, f"adjust_relu_1_{cell}")
        even = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_1_{cell}")(before)
        even = pointwise(even, filters // 2, f"adjust_conv_1_{cell}")
        behind: Any = ((0, 1), (0, 1))
        odd = Cropping2D(((1, 0), (1, 0)))(ZeroPadding2D(behind)(before))
        odd = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_2_{cell}")(odd)
        odd = pointwise(odd, filters // 2, f"adjust_conv_2_{cell}")
        return normed(Concatenate()([even, odd]), f"adjust_bn_{cell}")
    if before.shape[-1] != filters:
        return normed(pointwise(relu(before), filters, f"adjust_conv_projection_{cell}"), f"adjust_bn_{cell}")
    return before


def mean(x: Any, name: str) -> Any:
    """The mean of 3 x 3."""
    return AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def normal(x: Any, before: Any, filters: int, cell: str) -> tuple[Any, Any]:
    """A normal cell, and the map that was the last."""
    p = fitted(before, x, filters, cell)
    h = normed(pointwise(relu(x), filters, f"normal_conv_1_{cell}"), f"normal_bn_1_{cell}")
    x1 = [separable(h, filters, 5, 1, f"normal_left1_{cell}"), separable(p, filters, 3, 1, f"normal_right1_{cell}")]
    x1 = Add(name=f"normal_add_1_{cell}")(x1)
    x2 = [separable(p, filters, 5, 1, f"normal_left2_{cell}"), separable(p, filters, 3, 1, f"normal_right2_{cell}")]
    x2 = Add(name=f"normal_add_2_{cell}")(x2)
    x3 = Add(name=f"normal_add_3_{cell}")([mean(h, f"normal_left3_{cell}"), p])
    x4 = Add(name=f"normal_add_4_{cell}")([mean(p, f"normal_left4_{cell}"), mean(p, f"normal_right4_{cell}")])
    x5 = Add(name=f"normal_add_5_{cell}")([separable(h, filters, 3, 1, f"normal_left5_{cell}"), h])
    return Concatenate(name=f"normal_concat_{cell}")([p, x1, x2, x3, x4, x5]), x


def reduction(x: Any, before: Any, filters: int, cell: str) -> tuple[Any, Any]:
    """A reduction cell, and the map that was the last."""
    p = fitted(before, x, filters, cell)
    h = normed(pointwise(relu(x), filters, f"reduction_conv_1_{cell}"), f"reduction_bn_1_{cell}")
    wide = ZeroPadding2D(odd_padding(h), name=f"reduction_pad_1_{cell}")(h)
    x1 = [separable(h, filters, 5, 2, f"reduction_left1_{cell}"), separable(p, filters, 7, 2, f"reduction_right1_{cell}")]
    x1 = Add(name=f"reduction_add_1_{cell}")(x1)
    x2 = MaxPooling2D(3, strides=2, name=f"reduction_left2_{cell}")(wide)
    x2 = Add(name=f"reduction_add_2_{cell}")([x2, separable(p, filters, 7, 2, f"reduction_right2_{cell}")])
    x3 = AveragePooling2D(3, strides=2, name=f"reduction_left3_{cell}")(wide)
    x3 = Add(name=f"reduction_add3_{cell}")([x3, separable(p, filters, 5, 2, f"reduction_right3_{cell}")])
    x4 = Add()([x2, mean(x1, f"reduction_left4_{cell}")])
    x5 = separable(x1, filters, 3, 1, f"reduction_left4_{cell}")
    x5 = Add(name=f"reduction_add4_{cell}")([x5, MaxPooling2D(3, strides=2, name=f"reduction_right5_{cell}")(wide)])
    return Concatenate(name=f"reduction_concat_{cell}")([x2, x3, x4, x5]), x


def cells(x: Any, stem: int, filters: int, count: int, skips: bool) -> Any:
    """The network without its head: a stem, and three times `count` normal cells with reductions between them."""
    x = Conv2D(stem, 3, strides=2, use_bias=False, kernel_initializer="he_normal", name="stem_conv1")(x)
    x, p = reduction(normed(x, "stem_bn1"), None, filters // 4, "stem_1")
    x, p = reduction(x, p, filters // 2, "stem_2")
    for stage in range(3):
        if stage:
            x, last = reduction(x, p, filters * 2**stage, f"reduce_{stage * count}")
            p = p if skips else last
        for place in range(count):
            x, p = normal(x, p, filters * 2**stage, f"{stage * count + (stage > 0) + place}")
    return relu(x)


def head(x: Any, classes: int, activation: Any) -> Any:
    """The mean of each channel, and a Dense layer."""
    return Dense(classes, activation=activation, name="predictions")(GlobalAveragePooling2D()(x))


def NASNetMobile(input_shape=None, include_top=True, weights="imagenet", input_tensor=None, pooling=None, classes=IMAGENET,
                 classifier_activation="softmax", name="nasnet_mobile"):
    """NASNet-A (4 @ 1056); pictures of 224 x 224, prepared in mode "tf". Arguments as in `ResNet50`.

    Example:
        >>> NASNetMobile((32, 32, 3), include_top=False, weights=None).count_params()
        4269716
    """

    def mobile(x: Any) -> Any:
        return cells(x, 32, 1056 // 24, 4, False)

    mobile.__name__ = "NASNetMobile"
    file = f"nasnet_mobile{'' if include_top else '_no_top'}.h5"
    return assembled(mobile, head, file, 224, 32, include_top, weights, input_tensor, input_shape or (224, 224, 3), pooling,
                     classes, classifier_activation, name)


def NASNetLarge(input_shape=None, include_top=True, weights="imagenet", input_tensor=None, pooling=None, classes=IMAGENET,
                classifier_activation="softmax", name="nasnet_large"):
    """NASNet-A (6 @ 4032); pictures of 331 x 331, prepared in mode "tf". Arguments as in `ResNet50`."""

    def large(x: Any) -> Any:
        return cells(x, 96, 4032 // 24, 6, True)

    large.__name__ = "NASNetLarge"
    file = f"nasnet_large{'' if include_top else '_no_top'}.h5"
    return assembled(large, head, file, 331, 32, include_top, weights, input_tensor, input_shape or (331, 331, 3), pooling,
                     classes, classifier_activation, name)
