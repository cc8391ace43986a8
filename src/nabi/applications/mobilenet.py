"""MobileNet: depthwise 3 x 3 and pointwise 1 x 1 convolutions instead of full ones; 4,253,864 parameters.

Source: Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications", 2017.
"""

from typing import Any

from nabi.applications.building import IMAGENET, assembled
from nabi.applications.imagenet_utils import decode_predictions, prepared
from nabi.core.numbers import number, whole
from nabi.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    ReLU,
    Reshape,
    ZeroPadding2D,
)

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]

BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))  # filters, stride
WIDTHS = {1.0: "1_0", 0.75: "7_5", 0.5: "5_0", 0.25: "2_5"}  # in the names of files
preprocess_input = prepared("tf", __name__)


def clipped(x: Any, name: str) -> Any:
    """Batch normalisation and ReLU up to 6."""
    return ReLU(6.0, name=f"{name}_relu")(BatchNormalization(name=f"{name}_bn")(x))


def MobileNet(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, include_top=True, weights="imagenet",
              input_tensor=None, pooling=None, classes=IMAGENET, classifier_activation="softmax", name=None):
    """MobileNet; pictures prepared in mode "tf".

    Args:
        input_shape, include_top, weights, input_tensor, pooling, classes, classifier_activation, name: as in `ResNet50`.
        alpha: factor of the filters in all layers.
        depth_multiplier: filters of each depthwise convolution for one channel.
        dropout: rate before the classifier.

    Example:
        >>> MobileNet(weights=None, include_top=False, input_shape=(32, 32, 3)).count_params()
        3228864
    """
    alpha = number("MobileNet(alpha)", alpha, above=0)
    multiplier = whole("MobileNet(depth_multiplier)", depth_multiplier, least=1)
    rows = side(input_shape, (128, 160, 192, 224))

    def mobile(x: Any) -> Any:
        x = Conv2D(int(32 * alpha), 3, padding="same", use_bias=False, strides=2, name="conv1")(x)
        x = clipped(x, "conv1")
        after: Any = ((0, 1), (0, 1))
        for block, (filters, stride) in enumerate(BLOCKS, 1):
            if stride == 2:
                x = ZeroPadding2D(after, name=f"conv_pad_{block}")(x)
            x = DepthwiseConv2D(3, padding="same" if stride == 1 else "valid", depth_multiplier=multiplier, strides=stride,
                                use_bias=False, name=f"conv_dw_{block}")(x)
            x = clipped(x, f"conv_dw_{block}")
            x = clipped(Conv2D(int(filters * alpha), 1, padding="same", use_bias=False, name=f"conv_pw_{block}")(x),
                        f"conv_pw_{block}")
        return x

    def head(x: Any, classes: int, activation: Any) -> Any:
        x = Dropout(dropout, name="dropout")(GlobalAveragePooling2D(keepdims=True)(x))
        x = Reshape((classes,), name="reshape_2")(Conv2D(classes, 1, padding="same", name="conv_preds")(x))
        return Activation(activation, name="predictions")(x)

    mobile.__name__ = "MobileNet"
    file = f"mobilenet_{WIDTHS.get(alpha, alpha)}_{rows}_tf{'' if include_top else '_no_top'}.h5"
    return assembled(mobile, head, file, rows, 32, include_top, weights, input_tensor, input_shape, pooling, classes,
                     classifier_activation, name or f"mobilenet_{alpha:0.2f}_{(input_shape or [rows])[0]}")


def side(input_shape: Any, known: tuple[int, ...]) -> int:
    """The side of the pictures that weights were learned on: that of the input where there are such, else 224."""
    sides = set(input_shape[:2]) if isinstance(input_shape, (tuple, list)) and len(input_shape) == 3 else set()
    return next(iter(sides)) if len(sides) == 1 and sides <= set(known) else 224
