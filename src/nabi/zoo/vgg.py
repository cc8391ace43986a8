"""VGG: nothing but 3 x 3 convolutions, five poolings, three dense layers; depth does the rest.

    picture 224 x 224 x 3
    block 1   Conv 3x3,  64 (n1 times), pool 2x2  -> 112 x 112 x  64        n   A  B  D  E
    block 2   Conv 3x3, 128 (n2 times), pool 2x2  ->  56 x  56 x 128            1  2  2  2
    block 3   Conv 3x3, 256 (n3 times), pool 2x2  ->  28 x  28 x 256            1  2  2  2
    block 4   Conv 3x3, 512 (n4 times), pool 2x2  ->  14 x  14 x 512            2  2  3  4
    block 5   Conv 3x3, 512 (n5 times), pool 2x2  ->   7 x   7 x 512            2  2  3  4
    Dense 4096, dropout .5, Dense 4096, dropout .5, Dense 1000                  2  2  3  4

Two 3 x 3 convolutions see 5 x 5 pixels with 18 C^2 weights where one 5 x 5 takes 25 C^2. The forms with batch normalisation are
torchvision's (a norm behind each convolution, which keeps its bias).

    >>> from nabi.zoo import outline, parameters
    >>> [parameters(outline(name)) for name in ("vgg11", "vgg13", "vgg16", "vgg19")]
    [132863336, 133047848, 138357544, 143667240]

Source: Simonyan & Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015, table 1.
"""

from nabi.core.calls import checked
from nabi.core.numbers import flag
from nabi.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import IMAGENET, picture, shares, wide, without_top

PAPER = Paper("Simonyan & Zisserman", "Very deep convolutional networks for large-scale image recognition", "ICLR 2015", 2014)
A, B, D, E = (1, 1, 2, 2, 2), (2, 2, 2, 2, 2), (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)  # columns of table 1
FILTERS = (64, 128, 256, 512, 512)


@checked
def vgg(convolutions=D, input_shape=IMAGENET, classes=1000, include_top=True, pooling=None, batch_norm=False, width=1.0,
        units=4096, use_bias=True, name="vgg") -> Model:
    """A network of this family.

    Args:
        convolutions: how many 3 x 3 convolutions each block has.
        input_shape: (height, width, channels), each side at least 2 to the number of blocks.
        classes, include_top, pooling: see `nabi.zoo.build`.
        batch_norm: whether a batch normalisation stands behind each convolution.
        width: share of the paper's filters.
        units: of the two dense layers before the classifier.
        use_bias: whether the convolutions have one; before a norm it changes nothing.
    """
    x = image = picture(input_shape)
    for block, (count, filters) in enumerate(zip(convolutions, FILTERS, strict=False), 1):
        for number in range(1, count + 1):
            activation = None if batch_norm else "relu"
            x = Conv2D(wide(filters, width), 3, padding="same", activation=activation, use_bias=use_bias,
                       kernel_initializer="he_normal", name=f"conv{block}_{number}")(x)
            if batch_norm:
                x = BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"norm{block}_{number}")(x)
                x = Activation("relu", name=f"relu{block}_{number}")(x)
        x = MaxPooling2D(2, name=f"pool{block}")(x)
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, name)
    x = Flatten(name="flatten")(x)
    for number in (6, 7):
        x = Dense(units, activation="relu", name=f"fc{number}")(x)
        x = Dropout(0.5, name=f"drop{number}")(x)
    return Model(image, Dense(classes, activation=shares(classes), name="classes")(x), name=name)


@network(PAPER, "table 1, column A", 132_863_336, 7_609_090_048,
         "29.6 % top-1, 10.4 % top-5 errors on ImageNet (table 3, one scale)")
def vgg11(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Column A: 8 convolutions, 3 dense layers; options as of `vgg`."""
    return vgg(A, input_shape, classes, name="vgg11", **options)


@network(PAPER, "table 1, column B", 133_047_848, 11_308_466_176,
         "28.7 % top-1, 9.9 % top-5 errors on ImageNet (table 3, one scale)")
def vgg13(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Column B: 10 convolutions, 3 dense layers; options as of `vgg`."""
    return vgg(B, input_shape, classes, name="vgg13", **options)


@network(PAPER, "table 1, column D", 138_357_544, 15_470_264_320,
         "25.6 % top-1, 8.1 % top-5 errors on ImageNet (table 3, one scale; trained on several)")
def vgg16(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Column D: 13 convolutions, 3 dense layers; options as of `vgg`."""
    return vgg(D, input_shape, classes, name="vgg16", **options)


@network(PAPER, "table 1, column E", 143_667_240, 19_632_062_464,
         "25.5 % top-1, 8.0 % top-5 errors on ImageNet (table 3, one scale; trained on several)")
def vgg19(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Column E: 16 convolutions, 3 dense layers; options as of `vgg`."""
    return vgg(E, input_shape, classes, name="vgg19", **options)


@network(PAPER, "table 1, column A; norms as in torchvision", 132_868_840, 7_609_090_048,
         "70.37 % top-1 accuracy on ImageNet (torchvision)")
def vgg11_bn(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Column A with batch normalisation; options as of `vgg`."""
    return vgg(A, input_shape, classes, batch_norm=True, name="vgg11_bn", **options)


@network(PAPER, "table 1, column B; norms as in torchvision", 133_053_736, 11_308_466_176,
         "71.59 % top-1 accuracy on ImageNet (torchvision)")
def vgg13_bn(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Column B with batch normalisation; options as of `vgg`."""
    return vgg(B, input_shape, classes, batch_norm=True, name="vgg13_bn", **options)


@network(PAPER, "table 1, column D; norms as in torchvision", 138_365_992, 15_470_264_320,
         "73.36 % top-1 accuracy on ImageNet (torchvision)")
def vgg16_bn(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Column D with batch normalisation; options as of `vgg`."""
    return vgg(D, input_shape, classes, batch_norm=True, name="vgg16_bn", **options)


@network(PAPER, "table 1, column E; norms as in torchvision", 143_678_248, 19_632_062_464,
         "74.22 % top-1 accuracy on ImageNet (torchvision)")
def vgg19_bn(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Column E with batch normalisation; options as of `vgg`."""
    return vgg(E, input_shape, classes, batch_norm=True, name="vgg19_bn", **options)
