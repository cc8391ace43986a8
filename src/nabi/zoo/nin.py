"""Network in network: behind each convolution two of 1 x 1, a small dense net at every place; at the end no dense layer at all.

    mlpconv      Conv k x k, a - ReLU - Conv 1x1, b - ReLU - Conv 1x1, c - ReLU

    CIFAR        mlpconv 5x5: 192, 160, 96 - max pool 3x3/2 - dropout .5 - mlpconv 5x5: 192, 192, 192 - mean pool 3x3/2 -
                 dropout .5 - mlpconv 3x3: 192, 192, 10 - global mean pool - softmax
    ImageNet     mlpconv 11x11/4: 96, 96, 96 - pool - mlpconv 5x5: 256, 256, 256 - pool - mlpconv 3x3: 384, 384, 384 - pool -
                 dropout .5 - mlpconv 3x3: 1024, 1024, 1000 - global mean pool - softmax

The last mlpconv makes one map a class, whose mean is the class's score: a map shows where the network sees its class.

    >>> from nabi.zoo import outline, parameters
    >>> parameters(outline("nin")), parameters(outline("nin-imagenet"))
    (966986, 7595176)

Source: Lin, Chen & Yan, "Network in network", ICLR 2014, figures 1 and 2, section 4; filters as in the authors' Caffe models.
"""

from typing import Any

from nabi.core.calls import checked
from nabi.core.numbers import flag
from nabi.layers import Activation, AveragePooling2D, Conv2D, Dropout, GlobalAveragePooling2D, MaxPooling2D
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import CIFAR, picture, shares, wide, without_top

PAPER = Paper("Lin, Chen & Yan", "Network in network", "ICLR 2014", 2013)


def mlpconv(x, filters: tuple[int, ...], size: int, name: str, strides: int = 1, padding: str = "same"):
    """Figure 1(b): a convolution, and 1x1 convolutions behind it."""
    for number, count in enumerate(filters, 1):
        first: dict[str, Any] = {"strides": strides, "padding": padding} if number == 1 else {}
        x = Conv2D(count, size if number == 1 else 1, activation="relu", kernel_initializer="he_normal",
                   name=f"{name}_{number}", **first)(x)
    return x


def class_maps(image, x, classes: int, include_top: bool, pooling: str | None, name: str) -> Model:
    """The last 1x1 convolution, one map a class, and the softmax of the maps' means."""
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, name)
    last = "linear" if classes == 1 else "relu"  # behind a ReLU a sigmoid has no share below 1/2
    x = Conv2D(classes, 1, activation=last, kernel_initializer="he_normal", name="classes")(x)
    x = GlobalAveragePooling2D(name="pool")(x)
    return Model(image, Activation(shares(classes), name="softmax")(x), name=name)


@network(PAPER, "section 4.2", 966_986, 222_486_528, "8.81 % errors on CIFAR-10 with augmentation, 10.41 % without (table 1)")
@checked
def nin(input_shape=CIFAR, classes=10, include_top=True, pooling=None, width=1.0, dropout=0.5) -> Model:
    """The form for small pictures.

    Args:
        input_shape: (height, width, channels).
        classes, include_top, pooling: see `nabi.zoo.build`.
        width: share of the paper's filters.
        dropout: rate of the two dropouts.
    """
    a, b, c = wide(192, width), wide(160, width), wide(96, width)
    image = picture(input_shape)
    x = mlpconv(image, (a, b, c), 5, "conv1")
    x = MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    x = Dropout(dropout, name="drop1")(x)
    x = mlpconv(x, (a, a, a), 5, "conv2")
    x = AveragePooling2D(3, 2, padding="same", name="pool2")(x)
    x = Dropout(dropout, name="drop2")(x)
    x = mlpconv(x, (a, a), 3, "conv3")
    return class_maps(image, x, classes, include_top, pooling, "nin")


@network(PAPER, "the authors' Caffe model for ImageNet", 7_595_176, 1_100_188_800,
         "59.36 % top-1 accuracy on ImageNet (Caffe's model zoo)")
@checked
def nin_imagenet(input_shape=(224, 224, 3), classes=1000, include_top=True, pooling=None, width=1.0, dropout=0.5) -> Model:
    """The form for large pictures.

    Args:
        input_shape: (height, width, channels).
        classes, include_top, pooling, width, dropout: as in `nin`.
    """
    a, b, c, d = (wide(n, width) for n in (96, 256, 384, 1024))
    image = picture(input_shape)
    x = mlpconv(image, (a, a, a), 11, "conv1", strides=4, padding="valid")
    x = MaxPooling2D(3, 2, padding="same", name="pool1")(x)
    x = mlpconv(x, (b, b, b), 5, "conv2")
    x = MaxPooling2D(3, 2, name="pool2")(x)
    x = mlpconv(x, (c, c, c), 3, "conv3")
    x = MaxPooling2D(3, 2, name="pool3")(x)
    x = Dropout(dropout, name="drop3")(x)
    x = mlpconv(x, (d, d), 3, "conv4")
    return class_maps(image, x, classes, include_top, pooling, "nin_imagenet")
