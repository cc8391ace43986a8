"""MobileNetV2: narrow, wide, narrow: 1 x 1 to six times the channels, depthwise 3 x 3, 1 x 1 back; 3,538,984 parameters.

    y = project(relu6(depthwise(relu6(expand(x))))) [+ x where shapes allow]

Source: Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018.
"""

from typing import Any

from nabi.applications.building import IMAGENET, assembled
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.applications.mobilenet import side
from nabi.core.numbers import number
from nabi.layers import Add, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, GlobalAveragePooling2D, ReLU, ZeroPadding2D

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]

STAGES = ((16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))  # filters, blocks, first stride
preprocess_input = prepared("tf", __name__)


def by_eight(filters: float) -> int:
    """The nearest multiple of 8, no more than a tenth below.

    Example:
        >>> by_eight(33), by_eight(11)
        (32, 16)
    """
    near = max(8, int(filters + 4) // 8 * 8)
    return near + 8 if near < 0.9 * filters else near


def normed(x: Any, name: str) -> Any:
    """Batch normalisation with this paper's momentum."""
    return BatchNormalization(epsilon=1e-3, momentum=0.999, name=name)(x)


def odd_padding(x: Any, kernel: int = 3) -> Any:
    """Zeros for a window in steps of 2, so that "valid" gives what "same" does in TensorFlow."""
    half = kernel // 2
    return tuple((half - (size is None or size % 2 == 0), half) for size in x.shape[1:3])


def inverted(x: Any, filters: int, stride: int, expansion: int, name: str) -> Any:
    """One block; the first does not widen."""
    before = x
    if expansion > 1:
        x = Conv2D(expansion * before.shape[-1], 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = ReLU(6.0, name=f"{name}expand_relu")(normed(x, f"{name}expand_BN"))
    if stride == 2:
        x = ZeroPadding2D(odd_padding(x), name=f"{name}pad")(x)
    x = DepthwiseConv2D(3, strides=stride, use_bias=False, padding="same" if stride == 1 else "valid", name=f"{name}depthwise")(x)
    x = ReLU(6.0, name=f"{name}depthwise_relu")(normed(x, f"{name}depthwise_BN"))
    x = normed(Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(x), f"{name}project_BN")
    return Add(name=f"{name}add")([before, x]) if stride == 1 and before.shape[-1] == filters else x


def MobileNetV2(input_shape=None, alpha=1.0, include_top=True, weights="imagenet", input_tensor=None, pooling=None,
                classes=IMAGENET, classifier_activation="softmax", name=None):
    """MobileNetV2; pictures prepared in mode "tf".

    Args:
        input_shape, include_top, weights, input_tensor, pooling, classes, classifier_activation, name: as in `ResNet50`.
        alpha: factor of the filters in all layers but the last, which no factor below 1 makes narrower.

    Example:
        >>> MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        2257984
    """
    alpha = number("MobileNetV2(alpha)", alpha, above=0)
    rows = side(input_shape, (96, 128, 160, 192, 224))

    def mobile(x: Any) -> Any:
        x = Conv2D(by_eight(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="Conv1")(x)
        x = ReLU(6.0, name="Conv1_relu")(normed(x, "bn_Conv1"))
        block = 0
        for filters, count, stride in STAGES:
            for place in range(count):
                name = f"block_{block}_" if block else "expanded_conv_"
                x = inverted(x, by_eight(int(filters * alpha)), 1 if place else stride, 6 if block else 1, name)
                block += 1
        x = Conv2D(by_eight(1280 * alpha) if alpha > 1 else 1280, 1, use_bias=False, name="Conv_1")(x)
        return ReLU(6.0, name="out_relu")(normed(x, "Conv_1_bn"))

    def head(x: Any, classes: int, activation: Any) -> Any:
        return Dense(classes, activation=activation, name="predictions")(GlobalAveragePooling2D()(x))

    mobile.__name__ = "MobileNetV2"
    file = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_{rows}{'' if include_top else '_no_top'}.h5"
    return assembled(mobile, head, file, rows, 32, include_top, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name or f"mobilenetv2_{alpha:0.2f}_{(input_shape or [rows])[0]}")
