"""Fast pictures: a network for photographs of 16 to 128 pixels that learns a folder of them in minutes on two cores.

    image 64 x 64 x 3, mirrored and moved by up to a tenth                              training only
    Conv 3x3,  32 -> pool -> BN, ReLU;  Conv 3x3,  32, BN, ReLU   -> 32 x 32 x  32
    Conv 3x3,  64 -> pool -> BN, ReLU;  Conv 3x3,  64, BN, ReLU   -> 16 x 16 x  64
    Conv 3x3, 128 -> pool -> BN, ReLU;  Conv 3x3, 128, BN, ReLU   ->  8 x  8 x 128
    Conv 3x3, 256 -> pool -> BN, ReLU;  Conv 3x3, 256, BN, ReLU   ->  4 x  4 x 256
    mean of each map -> 256, dropout .3, dense 10

One block for each halving until the maps are about 4 x 4: three at 32 pixels, four at 64, five at 128. Pooling before batch norm
and ReLU leaves them a quarter of the numbers, and the mean of each map instead of a flat vector keeps the last layer small, so
that a few hundred pictures do not drown in its weights (Lin, Chen & Yan, 2014, section 3.2).
"""

import math

from nabi.core.calls import checked
from nabi.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
    RandomFlip,
    RandomTranslation,
)
from nabi.models import Sequential
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import shares, sides

PAPER = Paper("the nabi authors", "Fast pictures", "nabi.zoo.fast_pictures", 2026)
LAST = 4  # side of the last maps, roughly
MOST = 8  # times as many filters in the last block as in the first


@network(PAPER, "the plan above", 1_175_786, 97_913_344)
@checked
def fast_pictures(input_shape=(64, 64, 3), classes=10, width=32, mirror=True, shift=0.1, rate=0.3,
                  momentum=0.9) -> Sequential:
    """Blocks of two convolutions with batch normalisation, made for one's own pictures.

    Args:
        input_shape: (height, width, channels), each side at least 8. Values 0-1.
        classes: number of classes.
        width: filters of the first block; each further block has twice as many, up to eight times.
        mirror: whether half of the training pictures are mirrored, left to right; not for letters and digits.
        shift: share of the sides by which training pictures move; 0 moves none.
        rate: share of the last numbers that dropout leaves out.
        momentum: of the moving means of batch normalisation; after s steps they still hold momentum^s of what they began with, so
            a training of few steps needs less (`nabi.lab.pictures` chooses it).

    Example:
        >>> fast_pictures().get_layer("norm8").output.shape, fast_pictures((28, 28, 1), 2).get_layer("norm6").output.shape
        ((None, 4, 4, 256), (None, 3, 3, 128))
    """
    layers = [Input(input_shape, name="image")]
    if mirror:
        layers += [RandomFlip("horizontal", name="mirror")]
    if shift:
        layers += [RandomTranslation(shift, shift, "reflect", "nearest", name="move")]
    for block in range(max(1, round(math.log2(min(sides(input_shape)) / LAST)))):
        filters = width * min(2**block, MOST)
        for number in (2 * block + 1, 2 * block + 2):
            layers += [Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}")]
            if number % 2:
                layers += [MaxPooling2D(2, name=f"pool{block + 1}")]
            layers += [BatchNormalization(momentum=momentum, name=f"norm{number}"), Activation("relu", name=f"relu{number}")]
    layers += [GlobalAveragePooling2D(name="mean"), Dropout(rate, name="drop")]
    layers += [Dense(classes, activation=shares(classes), name="dense")]
    return Sequential(layers, name="fast_pictures")
