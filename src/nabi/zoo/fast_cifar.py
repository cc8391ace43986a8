"""Fast CIFAR: a network for 32 x 32 colour pictures that learns CIFAR-10 in minutes on two cores.

    image 32 x 32 x 3, brought to mean 0 and variance 1
    mirror, move up to 2 pixels                                                    training only
    look: Conv 2x2, 24, fixed (see `looks`), ReLU       -> 31 x 31 x 24
    Conv 3x3,  64 -> pool -> BN, ReLU;  Conv 3x3,  64, BN, ReLU   -> 15 x 15 x  64
    Conv 3x3, 128 -> pool -> BN, ReLU;  Conv 3x3, 128, BN, ReLU   ->  7 x  7 x 128
    Conv 3x3, 256 -> pool -> BN, ReLU;  Conv 3x3, 256, BN, ReLU   ->  3 x  3 x 256
    pool 3 -> 256, dense 10, its scores divided by 9

Why it is fast: 65 million multiply-adds a picture, against 557 million of ResNet-18; nearly all of them in wide convolutions,
where the processor is at its best. Why few epochs suffice: the first layer need not be learned, batch norm bears a high learning
rate, and scores that start small keep the softmax from being sure too early.
Source: the plan of blocks, the fixed first layer and the scaled scores follow Jordan, "94% on CIFAR-10 in 3.29 seconds on a
single GPU", 2024, section 3 (there the first layer comes from an eigenvalue decomposition of the training patches).
"""

import numpy as np

from nabi.core.calls import checked
from nabi.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling2D,
    Normalization,
    RandomFlip,
    RandomTranslation,
    Rescaling,
)
from nabi.models import Sequential
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import shares, sides

PAPER = Paper("Jordan", "94% on CIFAR-10 in 3.29 seconds on a single GPU", "arXiv:2404.00498", 2024)

MEAN, DEVIATION = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)  # of CIFAR-10's training pictures, 0-1, red, green, blue
SPREAD = (  # standard deviations of what `looks` sees in such pictures: lightness, red against blue, green against both
    (3.19, 0.871, 0.420),  # the mean of the four places
    (0.636, 0.0764, 0.0477),  # top against bottom
    (0.585, 0.0638, 0.0420),  # left against right
    (0.234, 0.0152, 0.0122),  # diagonals
)


@network(PAPER, "section 3, with a fixed first layer of its own", 1_160_960, 65_431_840,
         "94.01 % accuracy on CIFAR-10, of the paper's network of 64, 256 and 256 maps (mean of 1,000 runs)")
@checked
def fast_cifar(input_shape=(32, 32, 3), classes=10, widths=(64, 128, 256), pixels=2) -> Sequential:
    """Six convolutions with batch normalisation behind a fixed first layer, made to be trained in few epochs.

    Args:
        input_shape: (height, width, 3), each side at least 25. Values 0-1.
        classes: number of classes.
        widths: filters of the three blocks.
        pixels: in training each picture moves by up to so many pixels up, down and sideways; 0 moves none.

    Example:
        >>> fast_cifar().count_params(), fast_cifar().get_layer("conv6").output.shape
        (1163040, (None, 3, 3, 256))
    """
    height, width = sides(input_shape)
    layers = [Input(input_shape, name="image"), Normalization(mean=MEAN, variance=np.square(DEVIATION), name="normal"),
              RandomFlip("horizontal", name="mirror")]
    if pixels:
        layers += [RandomTranslation(pixels / height, pixels / width, "reflect", "nearest", name="move")]
    layers += [Conv2D(24, 2, use_bias=False, trainable=False, name="look"), Activation("relu", name="look_relu")]
    for number in range(6):
        layers += [Conv2D(widths[number // 2], 3, padding="same", use_bias=False, name=f"conv{number + 1}")]
        if number % 2 == 0:
            layers += [MaxPooling2D(2, name=f"pool{number // 2 + 1}")]
        layers += [BatchNormalization(momentum=0.6, name=f"norm{number + 1}"), Activation("relu", name=f"relu{number + 1}")]
    layers += [MaxPooling2D(3, name="pool4"), Flatten(name="flatten"), Dense(classes, use_bias=False, name="dense"),
               Rescaling(1 / 9, name="calm"), Activation(shares(classes), name="softmax")]
    model = Sequential(layers, name="fast_cifar")
    model.get_layer("look").set_weights([looks()])
    return model


def looks() -> np.ndarray:
    """Kernel (2, 2, 3, 24) of the fixed layer: what a 2 x 2 patch shows, in twelve numbers of one size, and their opposites.

        filter (a, b) = shape_a x colour_b / sqrt(spread_ab^2 + 5e-4)
        shapes     mean, top - bottom, left - right, diagonals (the Haar transform)
        colours    lightness, red - blue, green - purple (the opponent colours of the eye)

    In photographs these are almost uncorrelated, so dividing by their spread whitens the patches: the network does not have
    to find out that neighbouring pixels are alike. The 5e-4 keeps noise small. ReLU of a number and of its opposite keeps both
    signs.

    Example:
        >>> K = looks()
        >>> K.shape, bool((K[..., :12] == -K[..., 12:]).all())
        ((2, 2, 3, 24), True)
    """
    shapes = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]]) / 2
    colours = np.array([[1, 1, 1], [1, 0, -1], [1, -2, 1]]) / np.sqrt([[3], [2], [6]])
    weight = 1 / np.sqrt(np.square(SPREAD) + 5e-4)
    filters = np.einsum("ap,bc,ab->pcab", shapes, colours, weight).reshape(2, 2, 3, 12)
    return np.concatenate([filters, -filters], axis=-1).astype(np.float32)
