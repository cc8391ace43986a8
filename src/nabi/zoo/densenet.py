"""DenseNet: each layer reads the maps of all layers before it in its block, and adds k maps of its own (the growth rate).

    dense layer    x -> BN-ReLU-Conv 1x1, 4k -> BN-ReLU-Conv 3x3, k -> joined behind x           1x1: the bottleneck ("B")
    transition     BN-ReLU-Conv 1x1, half of the maps, mean pool 2x2                             half: compression ("C")

    ImageNet   Conv 7x7/2, 2k - max pool 3x3/2 - block (n1) - transition - block (n2) - transition - block (n3) - transition -
               block (n4) - BN-ReLU - global mean pool - dense         maps of 56, 28, 14 and 7 pixels
    CIFAR      Conv 3x3 - block (n) - transition - block (n) - transition - block (n) - BN-ReLU - global mean pool - dense

    >>> from nabi.zoo import outline, parameters
    >>> [parameters(outline(name)) for name in ("densenet121", "densenet169")]
    [7978856, 14149480]

Source: Huang, Liu, van der Maaten & Weinberger, "Densely connected convolutional networks", CVPR 2017, table 1 and section 3.
"""

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import flag
from nabi.layers import Activation, AveragePooling2D, BatchNormalization, Concatenate, Conv2D, Dropout, MaxPooling2D
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import CIFAR, IMAGENET, classified, picture, without_top

PAPER = Paper("Huang, Liu, van der Maaten & Weinberger", "Densely connected convolutional networks", "CVPR 2017", 2016)


def conv(x, filters: int, size: int, name: str, strides: int = 1):
    """Convolution without bias."""
    return Conv2D(filters, size, strides=strides, padding=size // 2, use_bias=False, kernel_initializer="he_normal", name=name)(x)


def norm_relu(x, name: str):
    """BN-ReLU."""
    x = BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)
    return Activation("relu", name=f"{name}_relu")(x)


def dense_layer(x, growth: int, bottleneck: bool, dropout: float, name: str):
    """H(x): k new maps from all maps so far."""
    if bottleneck:
        x = conv(norm_relu(x, f"{name}_1"), 4 * growth, 1, f"{name}_conv1")
    x = conv(norm_relu(x, f"{name}_2"), growth, 3, f"{name}_conv2")
    return Dropout(dropout, name=f"{name}_drop")(x) if dropout else x


def dense_block(x, layers: int, growth: int, name: str, bottleneck: bool = True, dropout: float = 0.0):
    """x, H1(x), H2(x, H1), ...: the maps of all layers side by side.

    The block of the paper's figure 1 has five layers of growth 4:

        >>> import nabi
        >>> dense_block(nabi.Input((8, 8, 6)), 5, 4, "figure1", bottleneck=False).shape
        (None, 8, 8, 26)
    """
    for number in range(1, layers + 1):
        new = dense_layer(x, growth, bottleneck, dropout, f"{name}_{number}")
        x = Concatenate(name=f"{name}_{number}")([x, new])
    return x


def transition(x, compression: float, name: str):
    """Fewer maps of half the size."""
    x = conv(norm_relu(x, name), int(x.shape[-1] * compression), 1, f"{name}_conv")
    return AveragePooling2D(2, name=name)(x)


@checked
def densenet(blocks=(6, 12, 24, 16), growth=32, input_shape=IMAGENET, classes=1000, include_top=True, pooling=None,
             first=None, compression=0.5, dropout=0.0, name="densenet") -> Model:
    """A network for large pictures.

    Args:
        blocks: layers of each dense block.
        growth: k, maps that each layer adds.
        input_shape: (height, width, channels).
        classes, include_top, pooling: see `nabi.zoo.build`.
        first: maps of the first convolution; None is 2k.
        compression: share of the maps that a transition keeps.
        dropout: rate behind each convolution of a block.
    """
    image = picture(input_shape)
    x = conv(image, first or 2 * growth, 7, "conv1", strides=2)
    x = MaxPooling2D(3, 2, padding=1, name="pool1")(norm_relu(x, "conv1"))
    return blocks_of(image, x, blocks, growth, classes, include_top, pooling, True, compression, dropout, name)


@checked
def densenet_cifar(depth=100, growth=12, input_shape=CIFAR, classes=10, include_top=True, pooling=None, bottleneck=True,
                   compression=0.5, dropout=0.0, name="densenet_cifar") -> Model:
    """A network for small pictures: three blocks of equal depth.

    Args:
        depth: L, layers with weights: 3n + 4, or 6n + 4 with bottlenecks.
        growth: k, maps that each layer adds.
        input_shape: (height, width, channels), each side at least 4.
        classes, include_top, pooling: see `nabi.zoo.build`.
        bottleneck, compression: "B" and "C"; without them the network is the plain DenseNet.
        dropout: rate behind each convolution of a block; the paper takes .2 without augmentation.

    Raises:
        ArgumentError: a depth that three blocks cannot have.
    """
    layers, rest = divmod(depth - 4, 6 if bottleneck else 3)
    if rest or layers < 1:
        raise ArgumentError(f"{name}(depth)", f"{'6n' if bottleneck else '3n'} + 4", depth)
    image = picture(input_shape)
    x = conv(image, 2 * growth if bottleneck else 16, 3, "conv1")
    return blocks_of(image, x, (layers,) * 3, growth, classes, include_top, pooling, bottleneck, compression, dropout, name)


def blocks_of(image, x, blocks, growth, classes, include_top, pooling, bottleneck, compression, dropout, name) -> Model:
    """What follows the first maps: the blocks with transitions between them, and the end."""
    for number, layers in enumerate(blocks, 1):
        x = dense_block(x, layers, growth, f"dense{number}", bottleneck, dropout)
        if number < len(blocks):
            x = transition(x, compression, f"transition{number}")
    x = norm_relu(x, "last")
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, name)
    return Model(image, classified(x, classes), name=name)


@network(PAPER, "table 1, DenseNet-121", 7_978_856, 2_834_161_664,
         "25.02 % top-1, 7.71 % top-5 errors on ImageNet (table 3, 1 crop)")
def densenet121(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Blocks of 6, 12, 24 and 16 layers, k = 32; options as of `densenet`."""
    return densenet((6, 12, 24, 16), 32, input_shape, classes, name="densenet121", **options)


@network(PAPER, "table 1, DenseNet-169", 14_149_480, 3_359_843_328,
         "23.80 % top-1, 6.85 % top-5 errors on ImageNet (table 3, 1 crop)")
def densenet169(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Blocks of 6, 12, 32 and 32 layers, k = 32; options as of `densenet`."""
    return densenet((6, 12, 32, 32), 32, input_shape, classes, name="densenet169", **options)


@network(PAPER, "table 1, DenseNet-201", 20_013_928, 4_291_365_888,
         "22.58 % top-1, 6.34 % top-5 errors on ImageNet (table 3, 1 crop)")
def densenet201(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Blocks of 6, 12, 48 and 32 layers, k = 32; options as of `densenet`."""
    return densenet((6, 12, 48, 32), 32, input_shape, classes, name="densenet201", **options)


@network(PAPER, "the authors' README, k = 48", 28_681_000, 7_727_907_072,
         "22.2 % top-1 errors on ImageNet (the README, 1 crop); 77.14 % accuracy (torchvision)")
def densenet161(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """Blocks of 6, 12, 36 and 24 layers, k = 48; options as of `densenet`."""
    return densenet((6, 12, 36, 24), 48, input_shape, classes, name="densenet161", **options)


@network(PAPER, "section 3, DenseNet (k = 12), L = 40", 1_019_722, 264_812_928, "5.24 % errors on CIFAR-10+ (table 2)")
def densenet40(input_shape=CIFAR, classes=10, **options) -> Model:
    """The plain form for CIFAR: three blocks of 12 layers, k = 12; options as of `densenet_cifar`."""
    return densenet_cifar(40, 12, input_shape, classes, bottleneck=False, compression=1.0, name="densenet40", **options)


@network(PAPER, "section 3, DenseNet-BC (k = 12)", 176_122, 72_365_352)
def densenet_bc40(input_shape=CIFAR, classes=10, **options) -> Model:
    """DenseNet-BC for CIFAR with L = 40, k = 12: three blocks of 6 layers; options as of `densenet_cifar`."""
    return densenet_cifar(40, 12, input_shape, classes, name="densenet_bc40", **options)


@network(PAPER, "section 3, DenseNet-BC (k = 12), L = 100", 769_162, 287_929_692, "4.51 % errors on CIFAR-10+ (table 2)")
def densenet_bc100(input_shape=CIFAR, classes=10, **options) -> Model:
    """DenseNet-BC for CIFAR with L = 100, k = 12: three blocks of 16 layers; options as of `densenet_cifar`."""
    return densenet_cifar(100, 12, input_shape, classes, name="densenet_bc100", **options)
