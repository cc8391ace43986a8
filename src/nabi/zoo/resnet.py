"""ResNet: two or three convolutions learn what is to be added to their input; a skip connection carries the input past them.

    basic        x -> Conv 3x3, f - BN - ReLU - Conv 3x3, f - BN                          -> + x -> ReLU
    bottleneck   x -> Conv 1x1, f - BN - ReLU - Conv 3x3, f - BN - ReLU - Conv 1x1, 4f - BN  -> + x -> ReLU

    ImageNet   Conv 7x7/2, 64 - pool 3x3/2 - units of f = 64, 128, 256, 512 - global mean pool - dense     56, 28, 14, 7 pixels
    CIFAR      Conv 3x3, 16                - n units each of f = 16, 32, 64 - global mean pool - dense     32, 16, 8;  6n + 2

The first unit of a stage halves the maps; there the skip is a strided 1x1 convolution with BN ("projection"), or x at every other
place with zero maps behind ("identity"). "all" projects in every unit; "none" leaves the skips out: the paper's plain network.
In a bottleneck the first 1x1 strides (the paper), or the 3x3 ("v1.5", torchvision: .5 points better, 6 % more arithmetic).

    >>> from nabi.zoo import outline, parameters
    >>> [parameters(outline(f"resnet{depth}")) for depth in (18, 34, 50)]
    [11689512, 21797672, 25557032]
    >>> [parameters(outline(f"resnet{depth}")) for depth in (20, 32, 44)]
    [269722, 464154, 658586]

Source: He, Zhang, Ren & Sun, "Deep residual learning for image recognition", CVPR 2016, table 1, section 4.2 and figure 5.
"""

from functools import partial

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import flag
from nabi.layers import Activation, Add, AveragePooling2D, BatchNormalization, Conv2D, MaxPooling2D, Operation
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import CIFAR, IMAGENET, classified, picture, wide, without_top

PAPER = Paper("He, Zhang, Ren & Sun", "Deep residual learning for image recognition", "CVPR 2016", 2015)
SHORTCUTS = ("identity", "projection", "all", "none")


def conv_norm(x, filters: int, size: int, strides: int, name: str, number: int | str = "", relu: bool = True):
    """Conv - BN [- ReLU]."""
    x = Conv2D(filters, size, strides=strides, padding=size // 2, use_bias=False, kernel_initializer="he_normal",
               name=f"{name}_conv{number}")(x)
    x = BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm{number}")(x)
    return Activation("relu", name=f"{name}_relu{number}")(x) if relu else x


def skip(x, filters: int, strides: int, shortcut: str, name: str):
    """x in the shape of what is to be added to it."""
    grown = filters - x.shape[-1]
    if shortcut == "all" or (shortcut == "projection" and (grown or strides > 1)):
        return conv_norm(x, filters, 1, strides, name, "_skip", relu=False)
    if strides > 1:
        x = AveragePooling2D(1, strides, name=f"{name}_every{strides}")(x)
    if grown:
        x = Operation("pad", [{"input": 0}, [[0, 0], [0, 0], [0, 0], [0, grown]]], name=f"{name}_zeros")([x])
    return x


def joined(x, y, strides: int, shortcut: str, name: str):
    """ReLU of the sum; in a plain network of y alone."""
    if shortcut != "none":
        y = Add(name=f"{name}_add")([skip(x, y.shape[-1], strides, shortcut, name), y])
    return Activation("relu", name=name)(y)


def basic(x, filters: int, strides: int, shortcut: str, name: str):
    """Figure 5, left."""
    y = conv_norm(x, filters, 3, strides, name, 1)
    y = conv_norm(y, filters, 3, 1, name, 2, relu=False)
    return joined(x, y, strides, shortcut, name)


def bottleneck(x, filters: int, strides: int, shortcut: str, name: str, in_3x3: bool = False):
    """Figure 5, right; `in_3x3` says which convolution strides."""
    y = conv_norm(x, filters, 1, 1 if in_3x3 else strides, name, 1)
    y = conv_norm(y, filters, 3, strides if in_3x3 else 1, name, 2)
    y = conv_norm(y, 4 * filters, 1, 1, name, 3, relu=False)
    return joined(x, y, strides, shortcut, name)


def large(x, filters: int):
    """How the network begins: Conv 7x7/2 and a pool, which leave a quarter of each side."""
    return MaxPooling2D(3, 2, padding=1, name="pool1")(conv_norm(x, filters, 7, 2, "conv1"))


def small(x, filters: int):
    """How it begins on small pictures, whose size a Conv 3x3 keeps; four stages behind it are a usual form for CIFAR."""
    return conv_norm(x, filters, 3, 1, "conv1")


@checked
def resnet(units=(3, 4, 6, 3), block=bottleneck, input_shape=IMAGENET, classes=1000, include_top=True, pooling=None, width=1.0,
           shortcut="projection", start=large, name="resnet") -> Model:
    """A network for large pictures.

    Args:
        units: number of residual units of each stage.
        block: `basic` or `bottleneck`, or another function (x, filters, strides, shortcut, name).
        input_shape: (height, width, channels).
        classes, include_top, pooling: see `nabi.zoo.build`.
        width: share of the paper's filters.
        shortcut: "identity", "projection", "all" (options A, B, C of section 4.1) or "none".
        start: `large`, or `small` for small pictures.

    Raises:
        ArgumentError: another shortcut.
    """
    image = picture(input_shape)
    x = start(image, wide(64, width))
    return stages(image, x, units, 64 * width, 2, block, classes, include_top, pooling, shortcut, name)


@checked
def resnet_cifar(depth=20, input_shape=CIFAR, classes=10, include_top=True, pooling=None, width=1.0, shortcut="identity",
                 name="resnet_cifar") -> Model:
    """A network for small pictures: section 4.2.

    Args:
        depth: layers with weights, 6n + 2.
        input_shape, classes, include_top, pooling, width, shortcut: as in `resnet`.

    Raises:
        ArgumentError: a depth that three stages cannot have, or another shortcut.
    """
    units, rest = divmod(depth - 2, 6)
    if rest or units < 1:
        raise ArgumentError(f"{name}(depth)", "6n + 2, such as 20, 32, 44, 56, 110", depth)
    image = picture(input_shape)
    x = small(image, wide(16, width))
    return stages(image, x, (units,) * 3, 16 * width, 1, basic, classes, include_top, pooling, shortcut, name)


def stages(image, x, units, filters, number, block, classes, include_top, pooling, shortcut, name) -> Model:
    """The stages, numbered from `number` on: each has twice the filters of the one before, on maps of half the size."""
    if shortcut not in SHORTCUTS:
        raise ArgumentError(f"{name}(shortcut)", f"one of {', '.join(SHORTCUTS)}", repr(shortcut))
    for stage, count in enumerate(units):
        for unit in range(count):
            strides = 2 if stage and not unit else 1
            x = block(x, wide(filters * 2**stage, 1), strides, shortcut, f"conv{stage + number}_{unit + 1}")
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, name)
    return Model(image, classified(x, classes), name=name)


@network(PAPER, "table 1, 18-layer", 11_689_512, 1_814_073_344,
         "27.88 % top-1 errors on ImageNet with identity shortcuts (table 2, 10 crops)")
def resnet18(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """8 basic units; options as of `resnet`."""
    return resnet((2, 2, 2, 2), basic, input_shape, classes, name="resnet18", **options)


@network(PAPER, "table 1, 34-layer", 21_797_672, 3_663_761_408,
         "24.52 % top-1, 7.46 % top-5 errors on ImageNet (table 3, 10 crops)")
def resnet34(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """16 basic units; `shortcut="none"` makes it the plain network beside it in figure 3; options as of `resnet`."""
    return resnet((3, 4, 6, 3), basic, input_shape, classes, name="resnet34", **options)


@network(PAPER, "table 1, 50-layer", 25_557_032, 3_857_973_248,
         "22.85 % top-1, 6.71 % top-5 errors on ImageNet (table 3, 10 crops)")
def resnet50(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """16 bottleneck units; options as of `resnet`."""
    return resnet((3, 4, 6, 3), bottleneck, input_shape, classes, name="resnet50", **options)


@network(PAPER, "table 1, 101-layer", 44_549_160, 7_570_194_432,
         "21.75 % top-1, 6.05 % top-5 errors on ImageNet (table 3, 10 crops)")
def resnet101(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """33 bottleneck units; options as of `resnet`."""
    return resnet((3, 4, 23, 3), bottleneck, input_shape, classes, name="resnet101", **options)


@network(PAPER, "table 1, 152-layer", 60_192_808, 11_282_415_616,
         "21.43 % top-1, 5.71 % top-5 errors on ImageNet (table 3, 10 crops)")
def resnet152(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """50 bottleneck units; options as of `resnet`."""
    return resnet((3, 8, 36, 3), bottleneck, input_shape, classes, name="resnet152", **options)


@network(PAPER, "table 1, 50-layer, strides as in torchvision", 25_557_032, 4_089_184_256,
         "76.13 % top-1 accuracy on ImageNet (torchvision, its first weights)")
def resnet50_v1_5(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """16 bottleneck units whose 3x3 convolutions stride; options as of `resnet`."""
    return resnet((3, 4, 6, 3), partial(bottleneck, in_3x3=True), input_shape, classes, name="resnet50_v1_5", **options)


@network(PAPER, "table 1, 101-layer, strides as in torchvision", 44_549_160, 7_801_405_440,
         "77.37 % top-1 accuracy on ImageNet (torchvision, its first weights)")
def resnet101_v1_5(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """33 bottleneck units whose 3x3 convolutions stride; options as of `resnet`."""
    return resnet((3, 4, 23, 3), partial(bottleneck, in_3x3=True), input_shape, classes, name="resnet101_v1_5", **options)


@network(PAPER, "table 1, 152-layer, strides as in torchvision", 60_192_808, 11_513_626_624,
         "78.31 % top-1 accuracy on ImageNet (torchvision, its first weights)")
def resnet152_v1_5(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """50 bottleneck units whose 3x3 convolutions stride; options as of `resnet`."""
    return resnet((3, 8, 36, 3), partial(bottleneck, in_3x3=True), input_shape, classes, name="resnet152_v1_5", **options)


@network(PAPER, "section 4.2, n = 3", 269_722, 40_551_040, "8.75 % errors on CIFAR-10 (table 6)")
def resnet20(input_shape=CIFAR, classes=10, **options) -> Model:
    """9 basic units; options as of `resnet_cifar`."""
    return resnet_cifar(20, input_shape, classes, name="resnet20", **options)


@network(PAPER, "section 4.2, n = 5", 464_154, 68_862_592, "7.51 % errors on CIFAR-10 (table 6)")
def resnet32(input_shape=CIFAR, classes=10, **options) -> Model:
    """15 basic units; options as of `resnet_cifar`."""
    return resnet_cifar(32, input_shape, classes, name="resnet32", **options)


@network(PAPER, "section 4.2, n = 7", 658_586, 97_174_144, "7.17 % errors on CIFAR-10 (table 6)")
def resnet44(input_shape=CIFAR, classes=10, **options) -> Model:
    """21 basic units; options as of `resnet_cifar`."""
    return resnet_cifar(44, input_shape, classes, name="resnet44", **options)


@network(PAPER, "section 4.2, n = 9", 853_018, 125_485_696, "6.97 % errors on CIFAR-10 (table 6)")
def resnet56(input_shape=CIFAR, classes=10, **options) -> Model:
    """27 basic units; options as of `resnet_cifar`."""
    return resnet_cifar(56, input_shape, classes, name="resnet56", **options)


@network(PAPER, "section 4.2, n = 18", 1_727_962, 252_887_680,
         "6.43 % errors on CIFAR-10, the best of 5 runs; 6.61 % in the mean (table 6)")
def resnet110(input_shape=CIFAR, classes=10, **options) -> Model:
    """54 basic units; options as of `resnet_cifar`."""
    return resnet_cifar(110, input_shape, classes, name="resnet110", **options)
