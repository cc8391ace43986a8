"""Pre-activation ResNet: BN and ReLU stand before each convolution, so that nothing stands on the way from unit to unit.

    unit         x -> BN-ReLU-Conv 1x1, f - BN-ReLU-Conv 3x3, f - BN-ReLU-Conv 1x1, 4f  -> + x        (basic: two Conv 3x3)
    end          BN-ReLU behind the last sum

Where maps change, the skip is a 1x1 convolution, which reads x behind the unit's first BN-ReLU. On ImageNet (ResNet "v2") the
first unit has no BN-ReLU of its own, since the network's first convolution has one.

    >>> from nabi.zoo import outline, parameters
    >>> parameters(outline("preresnet164")), parameters(outline("resnet18-v2"))
    (1703258, 11687720)

Source: He, Zhang, Ren & Sun, "Identity mappings in deep residual networks", ECCV 2016, figure 1(b), tables 4 and 5, appendix;
the authors' code for CIFAR, and that of fb.resnet.torch for ImageNet, where the 3x3 convolution strides.
"""

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import flag
from nabi.layers import Activation, Add, BatchNormalization, Conv2D, MaxPooling2D
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import CIFAR, IMAGENET, classified, picture, wide, without_top

PAPER = Paper("He, Zhang, Ren & Sun", "Identity mappings in deep residual networks", "ECCV 2016", 2016)


def conv(x, filters: int, size: int, strides: int, name: str):
    """Convolution without bias."""
    return Conv2D(filters, size, strides=strides, padding=size // 2, use_bias=False, kernel_initializer="he_normal", name=name)(x)


def norm_relu(x, name: str):
    """BN-ReLU."""
    return Activation("relu", name=f"{name}_relu")(BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x))


def unit(x, convolutions, name: str, activate: bool = True):
    """Figure 1(b): x + F(x).

    Args:
        convolutions: (filters, size, strides) of each convolution of F.
        activate: whether it begins with a BN-ReLU of its own.
    """
    strides = max(s for _, _, s in convolutions)
    y = norm_relu(x, f"{name}_1") if activate else x
    changed = x.shape[-1] != convolutions[-1][0] or strides > 1
    x = conv(y, convolutions[-1][0], 1, strides, f"{name}_skip_conv") if changed else x
    for number, (filters, size, step) in enumerate(convolutions, 1):
        y = norm_relu(y, f"{name}_{number}") if number > 1 else y
        y = conv(y, filters, size, step, f"{name}_conv{number}")
    return Add(name=name)([x, y])


def basic(filters: int, strides: int):
    """F of two 3x3 convolutions."""
    return (filters, 3, strides), (filters, 3, 1)


def bottleneck(filters: int, strides: int):
    """F of 1x1, 3x3 and 1x1 convolutions, of which the 3x3 strides."""
    return (filters, 1, 1), (filters, 3, strides), (4 * filters, 1, 1)


def early(filters: int, strides: int):
    """F of a bottleneck whose first 1x1 strides, as in the authors' code for CIFAR."""
    return (filters, 1, strides), (filters, 3, 1), (4 * filters, 1, 1)


@checked
def preresnet(units=(3, 4, 6, 3), block=bottleneck, input_shape=IMAGENET, classes=1000, include_top=True, pooling=None,
              width=1.0, name="preresnet") -> Model:
    """A network for large pictures, "v2".

    Args:
        units: number of residual units of each stage.
        block: `basic` or `bottleneck`.
        input_shape: (height, width, channels).
        classes, include_top, pooling: see `nabi.zoo.build`.
        width: share of the paper's filters.
    """
    image = picture(input_shape)
    x = norm_relu(conv(image, wide(64, width), 7, 2, "conv1"), "conv1")
    x = MaxPooling2D(3, 2, padding=1, name="pool1")(x)
    return stages(image, x, units, 64 * width, 2, block, classes, include_top, pooling, name, activated=True)


@checked
def preresnet_cifar(depth=164, input_shape=CIFAR, classes=10, include_top=True, pooling=None, width=1.0, block=early,
                    name="preresnet_cifar") -> Model:
    """A network for small pictures.

    Args:
        depth: layers with weights: 9n + 2 with bottlenecks, 6n + 2 with `basic` units.
        input_shape, classes, include_top, pooling, width: as in `preresnet`.
        block: `early`, `bottleneck` or `basic`.

    Raises:
        ArgumentError: a depth that three stages cannot have.
    """
    each = 3 * len(block(1, 1))
    units, rest = divmod(depth - 2, each)
    if rest or units < 1:
        raise ArgumentError(f"{name}(depth)", f"{each}n + 2, such as {each * 3 + 2} and {each * 18 + 2}", depth)
    image = picture(input_shape)
    x = conv(image, wide(16, width), 3, 1, "conv1")
    return stages(image, x, (units,) * 3, 16 * width, 1, block, classes, include_top, pooling, name, activated=False)


def stages(image, x, units, filters, number, block, classes, include_top, pooling, name, activated) -> Model:
    """The stages, numbered from `number` on, and the end; `activated`: whether x comes out of a BN-ReLU."""
    for stage, count in enumerate(units):
        for place in range(count):
            convolutions = block(wide(filters * 2**stage, 1), 2 if stage and not place else 1)
            first = activated and not stage and not place
            x = unit(x, convolutions, f"conv{stage + number}_{place + 1}", activate=not first)
    x = norm_relu(x, "last")
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, name)
    return Model(image, classified(x, classes), name=name)


@network(PAPER, "figure 1(b), 18 layers", 11_687_720, 1_814_073_344)
def resnet18_v2(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """8 basic units; options as of `preresnet`."""
    return preresnet((2, 2, 2, 2), basic, input_shape, classes, name="resnet18_v2", **options)


@network(PAPER, "figure 1(b), 34 layers", 21_795_880, 3_663_761_408)
def resnet34_v2(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """16 basic units; options as of `preresnet`."""
    return preresnet((3, 4, 6, 3), basic, input_shape, classes, name="resnet34_v2", **options)


@network(PAPER, "figure 1(b), 50 layers", 25_549_352, 4_089_184_256)
def resnet50_v2(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """16 bottleneck units; options as of `preresnet`."""
    return preresnet((3, 4, 6, 3), bottleneck, input_shape, classes, name="resnet50_v2", **options)


@network(PAPER, "figure 1(b), 101 layers", 44_541_480, 7_801_405_440)
def resnet101_v2(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """33 bottleneck units; options as of `preresnet`."""
    return preresnet((3, 4, 23, 3), bottleneck, input_shape, classes, name="resnet101_v2", **options)


@network(PAPER, "figure 1(b), 152 layers", 60_185_128, 11_513_626_624,
         "21.1 % top-1, 5.5 % top-5 errors on ImageNet at 320 x 320 (table 5, 1 crop)")
def resnet152_v2(input_shape=IMAGENET, classes=1000, **options) -> Model:
    """50 bottleneck units; options as of `preresnet`."""
    return preresnet((3, 8, 36, 3), bottleneck, input_shape, classes, name="resnet152_v2", **options)


@network(PAPER, "figure 1(b), 164 layers for CIFAR", 1_703_258, 244_500_992,
         "5.46 % errors on CIFAR-10 (table 4, median of 5 runs)")
def preresnet164(input_shape=CIFAR, classes=10, **options) -> Model:
    """54 bottleneck units; options as of `preresnet_cifar`."""
    return preresnet_cifar(164, input_shape, classes, name="preresnet164", **options)
