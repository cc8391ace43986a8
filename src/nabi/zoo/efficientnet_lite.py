"""EfficientNet-Lite0: inverted bottlenecks without squeeze-and-excitation, for phones and for processors without a GPU.

    MBConv e, k    x -> Conv 1x1, e C - BN-ReLU6 - depthwise Conv k x k - BN-ReLU6 - Conv 1x1, C' - BN  [-> + x if shapes agree]

    Conv 3x3/2, 32      -> 112 x 112 x  32          4 MBConv 6, 5x5, strides 2, 192 ->   7 x   7 x  192
    1 MBConv 1, 3x3, 16 -> 112 x 112 x  16          1 MBConv 6, 3x3, 320            ->   7 x   7 x  320
    2 MBConv 6, 3x3, strides 2,  24 -> 56 x 56      Conv 1x1, 1280                  ->   7 x   7 x 1280
    2 MBConv 6, 5x5, strides 2,  40 -> 28 x 28      global mean pool - dropout .2 - dense
    3 MBConv 6, 3x3, strides 2,  80 -> 14 x 14
    3 MBConv 6, 5x5, 112            -> 14 x 14

Against EfficientNet-B0: no squeeze-and-excitation, ReLU6 for SiLU; first and last convolution do not grow with the network. The
stochastic depth of the authors' training is left out.

    >>> from nabi.zoo import outline, parameters
    >>> parameters(outline("efficientnet-lite0"))
    4652008

Source: Tan & Le, "EfficientNet", ICML 2019, table 1; Liu, "Higher accuracy on vision models with EfficientNet-Lite",
TensorFlow blog, 2020, and the authors' code (tpu/models/official/efficientnet/lite).
"""

import math

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import flag
from nabi.layers import Activation, Add, BatchNormalization, Conv2D, DepthwiseConv2D, Rescaling
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import IMAGENET, classified, picture, without_top
from nabi.zoo.pretrained import CLASSES, load_imagenet

PAPER = Paper("Liu", "Higher accuracy on vision models with EfficientNet-Lite", "TensorFlow blog", 2020)
STAGES = (  # expansion, window, strides, filters, repeats
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)  # fmt: skip


def norm(x, name: str, relu: bool = True):
    """BN [- ReLU6]."""
    x = BatchNormalization(momentum=0.99, epsilon=1e-3, name=f"{name}_norm")(x)
    return Activation("relu6", name=f"{name}_relu")(x) if relu else x


def conv(x, filters: int, size: int, name: str, strides: int = 1):
    """Convolution without bias."""
    return Conv2D(filters, size, strides=strides, padding="same", use_bias=False, kernel_initializer="he_normal", name=name)(x)


def mbconv(x, expansion: int, size: int, strides: int, filters: int, name: str):
    """Wide between narrow ends: expand, filter each map by itself, project; no ReLU behind, so that nothing is lost there."""
    y = norm(conv(x, expansion * x.shape[-1], 1, f"{name}_expand"), f"{name}_expand") if expansion > 1 else x
    y = norm(DepthwiseConv2D(size, strides, padding="same", use_bias=False, name=f"{name}_depthwise")(y), f"{name}_depthwise")
    y = norm(conv(y, filters, 1, f"{name}_project"), f"{name}_project", relu=False)
    return Add(name=name)([x, y]) if strides == 1 and filters == x.shape[-1] else y


def rounded(filters: float, divisor: int = 8) -> int:
    """The nearest multiple of 8, not more than 10 % below.

    >>> rounded(16 * 1.1), rounded(24 * 1.1), rounded(40 * 1.4)
    (16, 24, 56)
    """
    near = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return near + divisor if near < 0.9 * filters else near


@network(PAPER, "EfficientNet-B0, table 1 of Tan & Le, without SE", 4_652_008, 385_187_552,
         "75.1 % top-1 accuracy on ImageNet (the authors' README)")
@checked
def efficientnet_lite0(input_shape=IMAGENET, classes=1000, include_top=True, pooling=None, width=1.0, depth=1.0,
                       dropout=0.2, weights=None) -> Model:
    """The smallest of five; `width`, `depth` and `input_shape` make the others.

    Args:
        input_shape: (height, width, channels).
        classes, include_top, pooling: see `nabi.zoo.build`.
        width, depth: factors of filters and repeats: Lite1 1, 1.1 at 240 pixels; Lite2 1.1, 1.2 at 260; Lite3 1.2, 1.4 at 280;
            Lite4 1.4, 1.8 at 300.
        dropout: rate before the classifier.
        weights: None, or "imagenet" for those the authors trained: then the network takes pixels 0-255 as they are, bytes or
            floats, never x / 255, and scales them in its first layer. `nabi.transfer` gives it a head for other classes.

    Raises:
        ArgumentError: other weights, or "imagenet" for another width, depth or number of classes. FileError: their package
        is not installed.
    """
    if weights not in (None, "imagenet") or (weights and (width, depth) != (1.0, 1.0)):
        raise ArgumentError("efficientnet_lite0(weights)", "None, or 'imagenet' at width and depth 1",
                            f"{weights!r} at width {width} and depth {depth}", "load_torch(model, file) reads a file.")
    top = flag("include_top", include_top)
    if weights and top and classes != CLASSES:
        raise ArgumentError("efficientnet_lite0(classes)", f"the {CLASSES} of ImageNet beside weights='imagenet'", repr(classes),
                            'For classes of your own: nabi.transfer(nabi.zoo.build("efficientnet-lite0", weights="imagenet"), '
                            f"{classes}).")
    name = "efficientnet_lite0"
    image = picture(input_shape)
    x = Rescaling(1 / 128, -127 / 128, name="scale")(image) if weights else image
    x = norm(conv(x, 32, 3, "first", strides=2), "first")
    for stage, (expansion, size, strides, filters, repeats) in enumerate(STAGES, 1):
        count = repeats if stage in (1, len(STAGES)) else math.ceil(repeats * depth)
        for number in range(1, count + 1):
            x = mbconv(x, expansion, size, strides if number == 1 else 1, rounded(filters * width), f"block{stage}_{number}")
    x = norm(conv(x, 1280, 1, "last"), "last")
    whole = Model(image, classified(x, classes, dropout), name=name)
    if weights:
        load_imagenet(whole, classes)
    return whole if top else without_top(image, x, pooling, name)
