"""EfficientNetB0 to B7: inverted bottlenecks that weigh their channels; depth, width and size of pictures grow together.

    y = project(x' * sigmoid(expand(swish(reduce(mean(x')))))) [+ x],   x' = swish(depthwise(swish(expand(x))))

Pictures go in as pixels of 0-255: scaling is the network's first layer, so `preprocess_input` leaves them as they are.
Source: Tan & Le, "EfficientNet: rethinking model scaling for convolutional neural networks", 2019.
"""

import math
from typing import Any

from nabi.applications.building import IMAGENET, assembled
from nabi.applications.imagenet_utils import DEVIATION, as_they_are, decode_predictions
from nabi.applications.mobilenet_v2 import by_eight, odd_padding
from nabi.initializers import VarianceScaling
from nabi.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Multiply,
    Normalization,
    Rescaling,
    Reshape,
    ZeroPadding2D,
)

__all__ = ["EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5",
           "EfficientNetB6", "EfficientNetB7", "decode_predictions", "preprocess_input"]

STAGES = ((3, 1, 16, 1, 1), (3, 2, 24, 6, 2), (5, 2, 40, 6, 2), (3, 3, 80, 6, 2), (5, 3, 112, 6, 1), (5, 4, 192, 6, 2),
          (3, 1, 320, 6, 1))  # window, blocks, filters, expansion, stride
DROPPED = 0.2  # rate at which the last blocks are passed over in training
preprocess_input = as_they_are(__name__)


def window(filters: int, kernel: int, name: str, **options: Any) -> Conv2D:
    """A convolution with this paper's first weights."""
    draw: Any = VarianceScaling(2.0, "fan_out", "truncated_normal")
    return Conv2D(filters, kernel, kernel_initializer=draw, name=name, **options)


def normed(x: Any, name: str, activation: str | None = None, momentum: float = 0.99) -> Any:
    """Batch normalisation, and swish under a name of its own."""
    x = BatchNormalization(momentum=momentum, name=name)(x)
    return x if activation is None else Activation("swish", name=activation)(x)


def weighed(x: Any, narrow: int, name: str) -> Any:
    """Each channel times a share that the means of all give: squeeze and excitation."""
    wide = x.shape[-1]
    weights = Reshape((1, 1, wide), name=f"{name}se_reshape")(GlobalAveragePooling2D(name=f"{name}se_squeeze")(x))
    weights = window(narrow, 1, f"{name}se_reduce", padding="same", activation="swish")(weights)
    weights = window(wide, 1, f"{name}se_expand", padding="same", activation="sigmoid")(weights)
    return Multiply(name=f"{name}se_excite")([x, weights])


def added(x: Any, before: Any, stride: int, rate: float, name: str) -> Any:
    """The way around where shapes allow it; in training some samples take it alone."""
    if stride > 1 or before.shape[-1] != x.shape[-1]:
        return x
    if rate:
        x = Dropout(rate, noise_shape=(None, 1, 1, 1), name=f"{name}drop")(x)
    return Add(name=f"{name}add")([x, before])


def ended(rate: float) -> Any:
    """The head: means, dropout, a Dense layer."""

    def head(x: Any, classes: int, activation: Any) -> Any:
        x = Dropout(rate, name="top_dropout")(GlobalAveragePooling2D(name="avg_pool")(x))
        draw: Any = VarianceScaling(1 / 3, "fan_out", "uniform")
        return Dense(classes, activation=activation, kernel_initializer=draw, name="predictions")(x)

    return head


def block(x: Any, kernel: int, filters: int, expansion: int, stride: int, rate: float, name: str) -> Any:
    """One inverted bottleneck."""
    before, given = x, x.shape[-1]
    if expansion > 1:
        x = window(given * expansion, 1, f"{name}expand_conv", padding="same", use_bias=False)(x)
        x = normed(x, f"{name}expand_bn", f"{name}expand_activation")
    if stride == 2:
        x = ZeroPadding2D(odd_padding(x, kernel), name=f"{name}dwconv_pad")(x)
    draw: Any = VarianceScaling(2.0, "fan_out", "truncated_normal")
    x = DepthwiseConv2D(kernel, strides=stride, padding="same" if stride == 1 else "valid", use_bias=False,
                        depthwise_initializer=draw, name=f"{name}dwconv")(x)
    x = normed(x, f"{name}bn", f"{name}activation")
    x = weighed(x, max(1, given // 4), name)
    x = normed(window(filters, 1, f"{name}project_conv", padding="same", use_bias=False)(x), f"{name}project_bn")
    return added(x, before, stride, rate, name)


def sized(letter: str, width: float, depth: float, size: int, dropout: float) -> Any:
    """The function that builds one of the networks."""
    own = f"efficientnetb{letter}"

    def build(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=IMAGENET,
              classifier_activation="softmax", name=own):
        def efficient(x: Any) -> Any:
            x = Normalization(axis=-1)(Rescaling(1 / 255)(x))
            if weights == "imagenet":  # Keras' files hold variances where deviations are meant
                x = Rescaling([1 / math.sqrt(deviation) for deviation in DEVIATION])(x)
            x = ZeroPadding2D(odd_padding(x, 3), name="stem_conv_pad")(x)
            x = window(by_eight(32 * width), 3, "stem_conv", strides=2, padding="valid", use_bias=False)(x)
            x = normed(x, "stem_bn", "stem_activation")
            counts = [math.ceil(depth * stage[1]) for stage in STAGES]
            done, every = 0, sum(counts)
            for number, (count, (kernel, _, filters, expansion, stride)) in enumerate(zip(counts, STAGES, strict=True), 1):
                for place in range(count):
                    x = block(x, kernel, by_eight(filters * width), expansion, 1 if place else stride, DROPPED * done / every,
                              f"block{number}{chr(97 + place)}_")
                    done += 1
            x = window(by_eight(1280 * width), 1, "top_conv", padding="same", use_bias=False)(x)
            return normed(x, "top_bn", "top_activation")

        efficient.__name__ = build.__name__
        return assembled(efficient, ended(dropout), f"{own}{{top}}.h5", size, 32, include_top, weights, input_tensor,
                         input_shape, pooling, classes, classifier_activation, name, True)

    build.__name__ = build.__qualname__ = f"EfficientNetB{letter}"
    build.__module__ = __name__
    build.__doc__ = f"EfficientNet-B{letter}; pictures of {size} x {size} as they are, pixels 0-255. Arguments as in `ResNet50`."
    return build


EfficientNetB0 = sized("0", 1.0, 1.0, 224, 0.2)
EfficientNetB1 = sized("1", 1.0, 1.1, 240, 0.2)
EfficientNetB2 = sized("2", 1.1, 1.2, 260, 0.3)
EfficientNetB3 = sized("3", 1.2, 1.4, 300, 0.3)
EfficientNetB4 = sized("4", 1.4, 1.8, 380, 0.4)
EfficientNetB5 = sized("5", 1.6, 2.2, 456, 0.4)
EfficientNetB6 = sized("6", 1.8, 2.6, 528, 0.5)
EfficientNetB7 = sized("7", 2.0, 3.1, 600, 0.5)
