"""MobileNetV3 Small and Large: blocks of MobileNetV2 that weigh their channels, with hard swish; found by search, then by hand.

    y = project(x' * gate(reduce(mean(x')))) [+ x],   gate(z) = relu6(expand(z) + 3) / 6,   hard swish(x) = x relu6(x + 3) / 6

Pictures go in as pixels of 0-255: scaling is the network's first layer, unless include_preprocessing=False.
Source: Howard et al., "Searching for MobileNetV3", 2019, tables 1 and 2.
"""

from typing import Any

from nabi.applications.building import IMAGENET, assembled
from nabi.applications.imagenet_utils import as_they_are, decode_predictions
from nabi.applications.mobilenet_v2 import by_eight, normed, odd_padding
from nabi.core.numbers import flag, number
from nabi.layers import (
    Activation,
    Add,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Multiply,
    ReLU,
    Rescaling,
    ZeroPadding2D,
)

__all__ = ["MobileNetV3Large", "MobileNetV3Small", "decode_predictions", "preprocess_input"]

SMALL = (  # expansion, filters, window, stride, whether it weighs its channels, whether with hard swish
    (1, 16, 3, 2, True, False), (72 / 16, 24, 3, 2, False, False), (88 / 24, 24, 3, 1, False, False),
    (4, 40, 5, 2, True, True), (6, 40, 5, 1, True, True), (6, 40, 5, 1, True, True), (3, 48, 5, 1, True, True),
    (3, 48, 5, 1, True, True), (6, 96, 5, 2, True, True), (6, 96, 5, 1, True, True), (6, 96, 5, 1, True, True),
)  # fmt: skip
LARGE = (
    (1, 16, 3, 1, False, False), (4, 24, 3, 2, False, False), (3, 24, 3, 1, False, False), (3, 40, 5, 2, True, False),
    (3, 40, 5, 1, True, False), (3, 40, 5, 1, True, False), (6, 80, 3, 2, False, True), (2.5, 80, 3, 1, False, True),
    (2.3, 80, 3, 1, False, True), (2.3, 80, 3, 1, False, True), (6, 112, 3, 1, True, True), (6, 112, 3, 1, True, True),
    (6, 160, 5, 2, True, True), (6, 160, 5, 1, True, True), (6, 160, 5, 1, True, True),
)  # fmt: skip
preprocess_input = as_they_are(__name__)


def bent(x: Any, swish: bool) -> Any:
    """Hard swish, or ReLU."""
    return Activation("hard_swish")(x) if swish else ReLU()(x)


def weighed(x: Any, filters: int, name: str) -> Any:
    """Each channel times a number in [0, 1] that its mean and those of all others give."""
    y = GlobalAveragePooling2D(keepdims=True, name=f"{name}squeeze_excite_avg_pool")(x)
    y = Conv2D(by_eight(filters / 4), 1, padding="same", name=f"{name}squeeze_excite_conv")(y)
    y = ReLU(name=f"{name}squeeze_excite_relu")(y)
    y = Conv2D(filters, 1, padding="same", name=f"{name}squeeze_excite_conv_1")(y)
    return Multiply(name=f"{name}squeeze_excite_mul")([x, ReLU(6.0)(y + 3.0) * (1 / 6)])


def inverted(x: Any, expansion: float, filters: int, kernel: int, stride: int, weighs: bool, swish: bool, name: str) -> Any:
    """One block; the first does not widen."""
    before, wide = x, by_eight(x.shape[-1] * expansion)
    if name != "expanded_conv_":
        x = normed(Conv2D(wide, 1, padding="same", use_bias=False, name=f"{name}expand")(x), f"{name}expand_bn")
        x = bent(x, swish)
    if stride == 2:
        x = ZeroPadding2D(odd_padding(x, kernel), name=f"{name}depthwise_pad")(x)
    x = DepthwiseConv2D(kernel, strides=stride, padding="same" if stride == 1 else "valid", use_bias=False,
                        name=f"{name}depthwise")(x)
    x = bent(normed(x, f"{name}depthwise_bn"), swish)
    if weighs:
        x = weighed(x, wide, name)
    x = normed(Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(x), f"{name}project_bn")
    return Add(name=f"{name}add")([before, x]) if stride == 1 and before.shape[-1] == filters else x


def sized(own: str, blocks: tuple, last: int) -> Any:
    """The function that builds one of the two networks."""

    def build(input_shape=None, alpha=1.0, minimalistic=False, include_top=True, weights="imagenet", input_tensor=None,
              classes=IMAGENET, pooling=None, dropout_rate=0.2, classifier_activation="softmax", include_preprocessing=True,
              name=own):
        alpha = number(f"{own}(alpha)", alpha, above=0)
        plain = flag(f"{own}(minimalistic)", minimalistic)

        def mobile(x: Any) -> Any:
            if flag(f"{own}(include_preprocessing)", include_preprocessing):
                x = Rescaling(1 / 127.5, offset=-1.0)(x)
            x = Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
            x = bent(normed(x, "conv_bn"), not plain)
            for place, (expansion, filters, kernel, stride, weighs, swish) in enumerate(blocks):
                x = inverted(x, expansion, by_eight(filters * alpha), 3 if plain else kernel, stride, weighs and not plain,
                             swish and not plain, f"expanded_conv_{place}_" if place else "expanded_conv_")
            x = Conv2D(by_eight(x.shape[-1] * 6), 1, padding="same", use_bias=False, name="conv_1")(x)
            return bent(normed(x, "conv_1_bn"), not plain)

        def head(x: Any, classes: int, activation: Any) -> Any:
            x = GlobalAveragePooling2D(keepdims=True)(x)
            x = Conv2D(by_eight(last * alpha) if alpha > 1 else last, 1, padding="same", name="conv_2")(x)
            x = bent(x, not plain)
            x = Dropout(dropout_rate)(x) if dropout_rate > 0 else x
            return Activation(activation, name="predictions")(Flatten()(Conv2D(classes, 1, padding="same", name="logits")(x)))

        mobile.__name__ = own
        kind = own.removeprefix("MobileNetV3").lower() + ("_minimalistic" if plain else "")
        file = f"weights_mobilenet_v3_{kind}_224_{alpha}_float{'' if include_top else '_no_top_v2'}.h5"
        return assembled(mobile, head, file, None, 32, include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name, True)

    build.__name__ = build.__qualname__ = own
    build.__module__ = __name__
    build.__doc__ = (f"{own}; pictures of any size as they are, pixels 0-255 (-1 to 1 with include_preprocessing=False); "
                     "minimalistic=True without weighing, hard swish and windows of 5 x 5. Other arguments as in `MobileNetV2`.")
    return build


MobileNetV3Small = sized("MobileNetV3Small", SMALL, 1024)
MobileNetV3Large = sized("MobileNetV3Large", LARGE, 1280)
