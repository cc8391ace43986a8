"""Smile CNN: a network for grey faces of 64 x 64 that says whether they smile; 0.7 MB, a few minutes to train on one core.

    face 64 x 64 x 1
    mirror; move, turn, zoom each side; blur some                                  training only
    level: less its mean, over its deviation; dark and pale faces, flat and hard light look alike
    Conv 3x3 / 2, 16 -> 32 x 32,                batch norm, ReLU                   144 +  64 weights
    Conv 3x3, 32 -> 32 x 32 -> pool -> 16 x 16, batch norm, ReLU                 4,608 + 128
    Conv 3x3, 64 -> 16 x 16 -> pool ->  8 x  8, batch norm, ReLU                18,432 + 256
    Conv 3x3, 96 ->  8 x  8,                    batch norm, ReLU                55,296 + 384
    Conv 3x3, 96 ->  8 x  8 -> pool ->  4 x  4, batch norm, ReLU                82,944 + 384
    flatten 1,536, dropout .4, dense 2                                           3,074

Why level: nothing that makes a face brighter, darker, flatter or harder as a whole reaches the network. Equalising its histogram
(`Equalization`) does that, too, and cost a point of balanced accuracy: ranks make flat cheeks as rough as lips.
Why zoom the sides apart: faces that others found are cropped otherwise.
Source: the plan of blocks is that of `fast`.
"""

from typing import Any

from nabi.core.calls import checked
from nabi.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    LayerNormalization,
    MaxPooling2D,
    RandomFlip,
    RandomGaussianBlur,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    Resizing,
)
from nabi.models import Sequential
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import shares

PAPER = Paper("the nabi authors", "Smile CNN", "nabi.zoo.smile_cnn", 2026)
UNIT = (0, 1)  # range of the pixels
FACE: Any = [1, 2, 3]  # the axes of a face
SOME: Any = (0.15, 0.15)  # share of the faces that are blurred
BLUR: Any = (0.3, 1.0)  # standard deviation, in pixels


@network(PAPER, "the plan above", 165_106, 18_435_072, "see benchmarks/smile.py: five-fold cross-validation on 11,870 faces")
@checked
def smile_cnn(input_shape=(64, 64, 1), classes=2, side=None, move=0.05, turn=0.025, zoom=0.1) -> Sequential:
    """Five convolutions with batch normalisation on a face whose light is levelled. Values 0-1.

    Args:
        input_shape: (height, width, 1), each side at least 15.
        classes: number of classes.
        side: pixels of the square to which faces are made smaller first, for half the work at 48; None leaves them as they are.
        move, turn, zoom: in training, by which share of a side, of a full turn, of its size a face changes at most.

    Example:
        >>> smile_cnn().count_params(), smile_cnn().get_layer("conv5").output.shape
        (165714, (None, 8, 8, 96))
    """
    layers = [Input(input_shape, name="face"), *([] if side is None else [Resizing(side, side, name="smaller")]),
              RandomFlip("horizontal", name="mirror"),
              RandomTranslation(move, move, "nearest", name="move"), RandomRotation(turn, "nearest", name="turn"),
              RandomZoom(zoom, zoom, "nearest", name="zoom"),
              RandomGaussianBlur(SOME, 5, BLUR, value_range=UNIT, name="blur"),
              LayerNormalization(FACE, epsilon=1e-5, center=False, scale=False, name="level")]
    for number, filters in enumerate((16, 32, 64, 96, 96), 1):
        strides = 2 if number == 1 else 1
        layers += [Conv2D(filters, 3, strides, "same", use_bias=False, name=f"conv{number}")]
        if number in (2, 3, 5):
            layers += [MaxPooling2D(2, name=f"pool{number}")]
        layers += [BatchNormalization(momentum=0.9, name=f"norm{number}"), Activation("relu", name=f"relu{number}")]
    layers += [Flatten(name="flatten"), Dropout(0.4, name="drop"), Dense(classes, activation=shares(classes), name="dense")]
    return Sequential(layers, name="smile_cnn")
