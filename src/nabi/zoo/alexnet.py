"""AlexNet: five convolutions, overlapping pools, three dense layers; it won ImageNet's contest of 2012 by far.

    picture 227 x 227 x 3
    Conv 11x11/4,  96             -> 55 x 55 x  96      LRN, pool 3x3/2 -> 27 x 27
    Conv 5x5, 256 in two groups   -> 27 x 27 x 256      LRN, pool 3x3/2 -> 13 x 13
    Conv 3x3, 384                 -> 13 x 13 x 384
    Conv 3x3, 384 in two groups   -> 13 x 13 x 384
    Conv 3x3, 256 in two groups   -> 13 x 13 x 256      pool 3x3/2 -> 6 x 6
    Dense 4096, dropout .5, Dense 4096, dropout .5, Dense 1000

The two groups lay on two graphics cards; so conv 2, 4 and 5 see half of the maps each. The paper says 224 x 224, but its numbers
(55 x 55 maps, 253,440 units) need 227. The one-tower form has no groups and no LRN, fewer filters, and takes 224 x 224; it is
torchvision's, whose fourth convolution has 256 filters where the paper of one tower has 384.

    >>> from nabi.zoo import outline, parameters
    >>> parameters(outline("alexnet")), parameters(outline("alexnet-one-tower"))
    (60965224, 61100840)

Source: Krizhevsky, Sutskever & Hinton, "ImageNet classification with deep convolutional neural networks", NIPS 2012, figure 2;
Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014.
"""

from typing import Any

from nabi.core.calls import checked
from nabi.core.numbers import flag
from nabi.initializers import RandomNormal
from nabi.layers import Conv2D, Dense, Dropout, Flatten, LocalResponseNormalization, MaxPooling2D
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import IMAGENET, picture, shares, wide, without_top

PAPER = Paper("Krizhevsky, Sutskever & Hinton", "ImageNet classification with deep convolutional neural networks", "NIPS 2012",
              2012)
ONE_TOWER = Paper("Krizhevsky", "One weird trick for parallelizing convolutional neural networks", "arXiv:1404.5997", 2014)
SMALL: dict[str, Any] = {"kernel_initializer": RandomNormal(stddev=0.01)}  # section 5
ONES: dict[str, Any] = {**SMALL, "bias_initializer": "ones"}  # conv 2, 4, 5 and the dense layers begin with units that are on


def dense_layers(x, classes: int, units: int):
    """Dense, dropout, dense, dropout, classifier."""
    x = Flatten(name="flatten")(x)
    for number in (6, 7):
        x = Dense(units, activation="relu", name=f"fc{number}", **ONES)(x)
        x = Dropout(0.5, name=f"drop{number}")(x)
    return Dense(classes, activation=shares(classes), name="classes", **SMALL)(x)


@network(PAPER, "figure 2", 60_965_224, 724_406_816, "40.7 % top-1, 18.2 % top-5 errors on ImageNet (table 2, 10 crops)")
@checked
def alexnet(input_shape=(227, 227, 3), classes=1000, include_top=True, pooling=None, groups=2, width=1.0, units=4096) -> Model:
    """The paper's network.

    Args:
        input_shape: (height, width, channels), each side at least 67.
        classes, include_top, pooling: see `nabi.zoo.build`.
        groups: of conv 2, 4 and 5.
        width: share of the paper's filters; the groups must divide them.
        units: of the two dense layers before the classifier.
    """
    c1, c2, c3, c4, c5 = (wide(n, width) for n in (96, 256, 384, 384, 256))
    x = image = picture(input_shape)
    x = Conv2D(c1, 11, strides=4, activation="relu", name="conv1", **SMALL)(x)
    x = LocalResponseNormalization(name="lrn1")(x)
    x = MaxPooling2D(3, 2, name="pool1")(x)
    x = Conv2D(c2, 5, padding="same", groups=groups, activation="relu", name="conv2", **ONES)(x)
    x = LocalResponseNormalization(name="lrn2")(x)
    x = MaxPooling2D(3, 2, name="pool2")(x)
    x = Conv2D(c3, 3, padding="same", activation="relu", name="conv3", **SMALL)(x)
    x = Conv2D(c4, 3, padding="same", groups=groups, activation="relu", name="conv4", **ONES)(x)
    x = Conv2D(c5, 3, padding="same", groups=groups, activation="relu", name="conv5", **ONES)(x)
    x = MaxPooling2D(3, 2, name="pool5")(x)
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, "alexnet")
    return Model(image, dense_layers(x, classes, units), name="alexnet")


@network(ONE_TOWER, "the one tower of its experiments; conv 4 and dropout as in torchvision", 61_100_840, 714_188_480,
         "56.52 % top-1 accuracy on ImageNet (torchvision)")
@checked
def alexnet_one_tower(input_shape=IMAGENET, classes=1000, include_top=True, pooling=None, width=1.0, units=4096) -> Model:
    """The form without groups and normalisation, which torchvision has.

    Args:
        input_shape: (height, width, channels), each side at least 63.
        classes, include_top, pooling, width, units: as in `alexnet`.
    """
    c1, c2, c3, c4, c5 = (wide(n, width) for n in (64, 192, 384, 256, 256))
    x = image = picture(input_shape)
    x = Conv2D(c1, 11, strides=4, padding=2, activation="relu", kernel_initializer="he_normal", name="conv1")(x)
    x = MaxPooling2D(3, 2, name="pool1")(x)
    x = Conv2D(c2, 5, padding="same", activation="relu", kernel_initializer="he_normal", name="conv2")(x)
    x = MaxPooling2D(3, 2, name="pool2")(x)
    for number, filters in ((3, c3), (4, c4), (5, c5)):
        x = Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer="he_normal", name=f"conv{number}")(x)
    x = MaxPooling2D(3, 2, name="pool5")(x)
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, "alexnet_one_tower")
    x = Flatten(name="flatten")(x)
    for number in (6, 7):
        x = Dropout(0.5, name=f"drop{number}")(x)
        x = Dense(units, activation="relu", name=f"fc{number}")(x)
    return Model(image, Dense(classes, activation=shares(classes), name="classes")(x), name="alexnet_one_tower")
