"""EfficientNetV2 B0 to B3, S, M, L: the first stages with whole convolutions, where these are faster than depthwise ones.

    fused:    y = project(swish(conv3x3(x))) [+ x]
    else:     as in EfficientNet

Pictures go in as pixels of 0-255: scaling is the network's first layer, unless include_preprocessing=False.
Source: Tan & Le, "EfficientNetV2: smaller models and faster training", 2021, table 4.
"""

import math
from typing import Any

from nabi.applications.building import IMAGENET, assembled
from nabi.applications.efficientnet import DROPPED, added, ended, normed, weighed, window
from nabi.applications.imagenet_utils import DEVIATION, MEAN, as_they_are, decode_predictions
from nabi.core.numbers import flag
from nabi.initializers import VarianceScaling
from nabi.layers import DepthwiseConv2D, Normalization, Rescaling

__all__ = ["EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3", "EfficientNetV2L", "EfficientNetV2M",
           "EfficientNetV2S", "decode_predictions", "preprocess_input"]

BASE = ((1, 16, 1, 1), (2, 32, 4, 2), (2, 48, 4, 2), (3, 96, 4, 2), (5, 112, 6, 1), (8, 192, 6, 2))
SMALL = ((2, 24, 1, 1), (4, 48, 4, 2), (4, 64, 4, 2), (6, 128, 4, 2), (9, 160, 6, 1), (15, 256, 6, 2))
MEDIUM = ((3, 24, 1, 1), (5, 48, 4, 2), (5, 80, 4, 2), (7, 160, 4, 2), (14, 176, 6, 1), (18, 304, 6, 2), (5, 512, 6, 1))
LARGE = ((4, 32, 1, 1), (7, 64, 4, 2), (7, 96, 4, 2), (10, 192, 4, 2), (19, 224, 6, 1), (25, 384, 6, 2), (7, 640, 6, 1))
FUSED = 3  # stages, of (blocks, filters, expansion, stride), with whole convolutions
MOMENTUM = 0.9
preprocess_input = as_they_are(__name__)


def by_eight(filters: float) -> int:
    """The nearest multiple of 8, at least 8; `mobilenet_v2.by_eight` takes no more than a tenth away.

    Example:
        >>> by_eight(19.2)
        16
    """
    return max(8, int(filters + 4) // 8 * 8)


def whole(x: Any, filters: int, expansion: int, stride: int, rate: float, name: str) -> Any:
    """A block with a whole convolution."""
    before = x
    if expansion > 1:
        x = window(x.shape[-1] * expansion, 3, f"{name}expand_conv", strides=stride, padding="same", use_bias=False)(x)
        x = normed(x, f"{name}expand_bn", f"{name}expand_activation", MOMENTUM)
    kernel, step = (1, 1) if expansion > 1 else (3, stride)
    x = window(filters, kernel, f"{name}project_conv", strides=step, padding="same", use_bias=False)(x)
    x = normed(x, f"{name}project_bn", None if expansion > 1 else f"{name}project_activation", MOMENTUM)
    return added(x, before, stride, rate, name)


def depthwise(x: Any, filters: int, expansion: int, stride: int, rate: float, name: str) -> Any:
    """An inverted bottleneck that weighs its channels."""
    before, given = x, x.shape[-1]
    x = window(given * expansion, 1, f"{name}expand_conv", padding="same", use_bias=False)(x)
    x = normed(x, f"{name}expand_bn", f"{name}expand_activation", MOMENTUM)
    draw: Any = VarianceScaling(2.0, "fan_out", "truncated_normal")
    x = DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False, depthwise_initializer=draw, name=f"{name}dwconv2")(x)
    x = weighed(normed(x, f"{name}bn", f"{name}activation", MOMENTUM), max(1, given // 4), name)
    x = window(filters, 1, f"{name}project_conv", padding="same", use_bias=False)(x)
    return added(normed(x, f"{name}project_bn", None, MOMENTUM), before, stride, rate, name)


def scaled(x: Any, as_v1: bool) -> Any:
    """Pixels of 0-255 as the network wants them."""
    if as_v1 and x.shape[-1] == len(MEAN):
        return Normalization(mean=MEAN, variance=[d**2 for d in DEVIATION], axis=-1)(Rescaling(1 / 255)(x))
    return Rescaling(1 / 128, offset=-1)(x)


def sized(letter: str, stages: tuple, first: int, size: int, width: float = 1.0, depth: float = 1.0) -> Any:
    """The function that builds one of the networks."""
    as_v1 = letter.startswith("B")
    own = f"efficientnetv2-{letter.lower()}"

    def build(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=IMAGENET,
              classifier_activation="softmax", include_preprocessing=True, name=own):
        def efficient(x: Any) -> Any:
            if flag(f"EfficientNetV2{letter}(include_preprocessing)", include_preprocessing):
                x = scaled(x, as_v1)
            x = window(by_eight(first * width), 3, "stem_conv", strides=2, padding="same", use_bias=False)(x)
            x = normed(x, "stem_bn", "stem_activation", MOMENTUM)
            done, every = 0, sum(stage[0] for stage in stages)
            for number, (count, filters, expansion, stride) in enumerate(stages, 1):
                block = whole if number <= FUSED else depthwise
                for place in range(math.ceil(depth * count)):
                    x = block(x, by_eight(filters * width), expansion, 1 if place else stride, DROPPED * done / every,
                              f"block{number}{chr(97 + place)}_")
                    done += 1
            x = window(by_eight(1280 * width), 1, "top_conv", padding="same", use_bias=False)(x)
            return normed(x, "top_bn", "top_activation", MOMENTUM)

        efficient.__name__ = build.__name__
        return assembled(efficient, ended(DROPPED), f"{own}{{top}}.h5", size, 32, include_top, weights, input_tensor,
                         input_shape, pooling, classes, classifier_activation, name, True)

    build.__name__ = build.__qualname__ = f"EfficientNetV2{letter}"
    build.__module__ = __name__
    build.__doc__ = (f"EfficientNetV2-{letter}; pictures of {size} x {size} as they are, pixels 0-255; with "
                     "include_preprocessing=False they come scaled. Other arguments as in `ResNet50`.")
    return build


EfficientNetV2B0 = sized("B0", BASE, 32, 224)
EfficientNetV2B1 = sized("B1", BASE, 32, 240, 1.0, 1.1)
EfficientNetV2B2 = sized("B2", BASE, 32, 260, 1.1, 1.2)
EfficientNetV2B3 = sized("B3", BASE, 32, 300, 1.2, 1.4)
EfficientNetV2S = sized("S", SMALL, 24, 384)
EfficientNetV2M = sized("M", MEDIUM, 24, 480)
EfficientNetV2L = sized("L", LARGE, 32, 480)
