"""GoogLeNet: inception modules look through windows of several sizes at once, and 1 x 1 convolutions make that cheap.

    naive     [ Conv 1x1 | Conv 3x3 | Conv 5x5 | max pool 3x3 ]                                                side by side
    reduced   [ Conv 1x1 | Conv 1x1 - Conv 3x3 | Conv 1x1 - Conv 5x5 | max pool 3x3 - Conv 1x1 ]               side by side

    Conv 7x7/2, 64 - pool - LRN - Conv 1x1, 64 - Conv 3x3, 192 - LRN - pool      28 x 28 x 192
    inception 3a, 3b - pool - 4a, 4b, 4c, 4d, 4e - pool - 5a, 5b                  7 x  7 x 1024
    global mean pool - dropout .4 - dense

Inception 3a's 5x5 branch takes 120,422,400 multiply-adds on all 192 maps, 12,443,648 on 16 maps of a 1x1 convolution. Two
auxiliary classifiers on 4a and 4d bring gradients to the middle in training; their losses count .3 (`AUXILIARY_WEIGHTS`). The
form with batch normalisation is torchvision's: no LRN, no biases, and, by an old slip, 3x3 in place of 5x5.

    >>> from nabi.zoo import outline, parameters
    >>> parameters(outline("googlenet")), parameters(outline("googlenet-bn")), parameters(outline("googlenet", auxiliary=True))
    (6998552, 6624904, 13378280)

Source: Szegedy et al., "Going deeper with convolutions", CVPR 2015, figures 2 and 3, table 1, section 5.
"""

from nabi.core.calls import checked
from nabi.core.numbers import flag
from nabi.layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    LocalResponseNormalization,
    MaxPooling2D,
)
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import IMAGENET, picture, shares, wide, without_top

PAPER = Paper("Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke & Rabinovich", "Going deeper with convolutions",
              "CVPR 2015", 2014)
MODULES = {  # table 1: 1x1, before 3x3, 3x3, before 5x5, 5x5, behind the pool
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}  # fmt: skip
AUXILIARY_WEIGHTS = {"classes": 1.0, "auxiliary1": 0.3, "auxiliary2": 0.3}  # section 5; for compile(loss_weights=...)


def conv(x, filters: int, size: int, name: str, strides: int = 1):
    """Convolution and ReLU."""
    return Conv2D(filters, size, strides=strides, padding=size // 2, activation="relu", name=name)(x)


def conv_norm(x, filters: int, size: int, name: str, strides: int = 1):
    """Convolution, batch normalisation and ReLU."""
    x = Conv2D(filters, size, strides=strides, padding=size // 2, use_bias=False, kernel_initializer="he_normal", name=name)(x)
    x = BatchNormalization(momentum=0.9, epsilon=1e-3, name=f"{name}_norm")(x)
    return Activation("relu", name=f"{name}_relu")(x)


def reduced(x, filters: tuple[int, ...], unit, name: str, large: int = 5):
    """Figure 2(b): a 1x1 convolution before the 3x3, the 5x5 and behind the pool."""
    f1, r3, f3, r5, f5, fp = filters
    a = unit(x, f1, 1, f"{name}_1x1")
    b = unit(unit(x, r3, 1, f"{name}_3x3_reduce"), f3, 3, f"{name}_3x3")
    c = unit(unit(x, r5, 1, f"{name}_5x5_reduce"), f5, large, f"{name}_5x5")
    d = unit(MaxPooling2D(3, 1, padding=1, name=f"{name}_pool")(x), fp, 1, f"{name}_pool_1x1")
    return Concatenate(name=f"inception{name}")([a, b, c, d])


def naive(x, filters: tuple[int, ...], unit, name: str, large: int = 5):
    """Figure 2(a): nothing is reduced, and the pool hands on all the maps it reads; so they become more and more."""
    f1, _, f3, _, f5, _ = filters
    a, b, c = unit(x, f1, 1, f"{name}_1x1"), unit(x, f3, 3, f"{name}_3x3"), unit(x, f5, large, f"{name}_5x5")
    return Concatenate(name=f"inception{name}")([a, b, c, MaxPooling2D(3, 1, padding=1, name=f"{name}_pool")(x)])


def auxiliary_classifier(x, classes: int, unit, name: str):
    """Section 5: mean pool 5x5/3, Conv 1x1, dense, dropout .7, classes."""
    x = AveragePooling2D(5, 3, name=f"{name}_pool")(x)
    x = Flatten(name=f"{name}_flatten")(unit(x, 128, 1, f"{name}_conv"))
    x = Dropout(0.7, name=f"{name}_drop")(Dense(1024, activation="relu", name=f"{name}_fc")(x))
    return Dense(classes, activation=shares(classes), name=name)(x)


@network(PAPER, "figure 3 and table 1", 6_998_552, 1_582_671_872, "10.07 % top-5 errors on ImageNet (table 3, one net, one crop)")
@checked
def googlenet(input_shape=IMAGENET, classes=1000, include_top=True, pooling=None, auxiliary=False, module=reduced,
              width=1.0) -> Model:
    """The paper's network, with local response normalisation.

    Args:
        input_shape: (height, width, channels).
        classes, include_top, pooling: see `nabi.zoo.build`.
        auxiliary: with the two classifiers for training. The model then has the outputs "classes", "auxiliary1" and
            "auxiliary2": compile it with `loss_weights=nabi.zoo.AUXILIARY_WEIGHTS` and give `fit` the labels of each;
            `main_branch(model)` is the network to use afterwards.
        module: `reduced` or `naive`.
        width: share of the paper's filters.
    """
    def lrn(name):
        return LocalResponseNormalization(size=5, alpha=2e-5, k=1.0, name=name)

    image = picture(input_shape)
    x = conv(image, wide(64, width), 7, "conv1", strides=2)
    x = lrn("lrn1")(MaxPooling2D(3, 2, padding="same", name="pool1")(x))
    x = conv(conv(x, wide(64, width), 1, "conv2_reduce"), wide(192, width), 3, "conv2")
    x = MaxPooling2D(3, 2, padding="same", name="pool2")(lrn("lrn2")(x))
    return inceptions(image, x, conv, module, classes, include_top, pooling, auxiliary, width, 5, 3, 0.4, "googlenet")


@network(PAPER, "figure 3; norms, windows and dropout as in torchvision", 6_624_904, 1_498_376_192,
         "69.78 % top-1 accuracy on ImageNet (torchvision)")
@checked
def googlenet_bn(input_shape=IMAGENET, classes=1000, include_top=True, pooling=None, auxiliary=False, module=reduced,
                 width=1.0) -> Model:
    """torchvision's form, with batch normalisation.

    Args:
        input_shape: (height, width, channels).
        classes, include_top, pooling, auxiliary, module, width: as in `googlenet`.
    """
    image = picture(input_shape)
    x = conv_norm(image, wide(64, width), 7, "conv1", strides=2)
    x = MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    x = conv_norm(conv_norm(x, wide(64, width), 1, "conv2_reduce"), wide(192, width), 3, "conv2")
    x = MaxPooling2D(3, 2, padding="same", name="pool2")(x)
    return inceptions(image, x, conv_norm, module, classes, include_top, pooling, auxiliary, width, 3, 2, 0.2, "googlenet_bn")


def inceptions(image, x, unit, module, classes, include_top, pooling, auxiliary, width, large, last_pool, dropout, name) -> Model:
    """The nine modules and the classifiers; `large`: the size of the 5x5 windows, `last_pool`: of the pool before 5a."""
    extra = {}
    for number, filters in MODULES.items():
        if number in ("4a", "5a"):
            size = 3 if number == "4a" else last_pool
            x = MaxPooling2D(size, 2, padding="same", name=f"pool{int(number[0]) - 1}")(x)
        x = module(x, tuple(wide(n, width) for n in filters), unit, number, large)
        if auxiliary and number in ("4a", "4d"):
            label = f"auxiliary{len(extra) + 1}"
            extra[label] = auxiliary_classifier(x, classes, unit, label)
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, name)
    x = Dropout(dropout, name="dropout")(GlobalAveragePooling2D(name="pool")(x))
    x = Dense(classes, activation=shares(classes), name="classes")(x)
    return Model(image, {"classes": x, **extra} if auxiliary else x, name=name)


def main_branch(model) -> Model:
    """The network without its auxiliary classifiers; it shares the layers and their weights.

    Example:
        >>> from nabi.zoo import outline
        >>> trained = outline("googlenet", auxiliary=True)
        >>> list(trained.output_shape), main_branch(trained).output_shape
        (['classes', 'auxiliary1', 'auxiliary2'], (None, 1000))
    """
    return Model(model.inputs, model.outputs[0], name=model.name)
