"""Fast CNN: a network for 28 x 28 digits that learns them in seconds on two cores.

    image 28 x 28 x 1
    move up to 2 pixels                                                            training only
    Conv 3x3, 32 -> 26 x 26 -> pool -> 13 x 13, batch norm, ReLU                   288 +  128 weights
    Conv 3x3, 64 -> 11 x 11 -> pool ->  5 x 5,  batch norm, ReLU                18,432 +  256
    Conv 3x3, 128 -> 3 x 3,                     batch norm, ReLU                73,728 +  512
    flatten 1,152, dropout .3, dense 10                                         11,530              together 104,874

Why it is fast: 194,688 + 2,230,272 + 663,552 + 11,520 = 3.1 million multiply-adds a picture, against the lecture CNN's 12.0
million: pooling comes before the wide convolutions, and the one dense layer is small. Pooling first also means that batch norm
and ReLU see a quarter of the numbers; the convolutions need no bias, since batch norm's beta is one.

Why few epochs suffice: batch norm bears a high learning rate (Ioffe & Szegedy, 2015, section 4.2), and pictures that are moved
anew each time show the network more than 60,000 digits (LeCun et al., 1998, section III).
"""

from nabi.core.calls import checked
from nabi.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    MaxPooling2D,
    RandomTranslation,
)
from nabi.models import Sequential
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import shares, sides

PAPER = Paper("the nabi authors", "Fast CNN", "nabi.zoo.fast", 2026)


@network(PAPER, "the plan above", 104_426, 3_100_032,
         "99.31 % accuracy on MNIST by the recipe fast (README, benchmarks/mnist_fast.py)")
@checked
def fast_cnn(input_shape=(28, 28, 1), classes=10, pixels=2) -> Sequential:
    """Three convolutions with batch normalisation, made to be trained in few epochs.

    Args:
        input_shape: (height, width, channels), each side at least 18.
        classes: number of classes.
        pixels: in training each picture moves by up to so many pixels up, down and sideways; 0 moves none.

    Example:
        >>> fast_cnn().count_params(), fast_cnn().get_layer("conv3").output.shape
        (104874, (None, 3, 3, 128))
    """
    height, width = sides(input_shape)
    layers = [Input(input_shape, name="image")]
    if pixels:
        layers += [RandomTranslation(pixels / height, pixels / width, fill_mode="constant", interpolation="nearest", name="move")]
    for number, filters in enumerate((32, 64, 128), 1):
        layers += [Conv2D(filters, (3, 3), use_bias=False, name=f"conv{number}")]
        if number < 3:
            layers += [MaxPooling2D(pool_size=(2, 2), name=f"pool{number}")]
        layers += [BatchNormalization(momentum=0.9, name=f"norm{number}"), Activation("relu", name=f"relu{number}")]
    layers += [Flatten(name="flatten"), Dropout(0.3, name="drop"), Dense(classes, activation=shares(classes), name="dense")]
    return Sequential(layers, name="fast_cnn")
