"""LeNet-5: convolutions and subsampling by turns, then dense layers: the plan that all later networks follow.

    image 32 x 32
    C1  Conv 5x5,  6   -> 28 x 28 x  6          156 weights        S2  2x2 -> 14 x 14 x  6     12 weights (1998)
    C3  Conv 5x5, 16   -> 10 x 10 x 16        1,516 (1998) or 2,416 S4  2x2 ->  5 x  5 x 16     32
    C5  Conv 5x5, 120  ->  1 x  1 x 120      48,120
    F6  dense 84                             10,164
    out                                                            1998: 84 x 10 fixed numbers; else dense, 850

`lenet5` is the form of today's textbooks: C3 reads all maps, S2 and S4 are plain means, the end is a dense layer.
`lenet5_1998` is the paper's: C3 reads the maps of table 1, S2 and S4 multiply each map's mean by a learned coefficient, add a
bias and squash, f(a) = 1.7159 tanh(2/3 a), and the output compares F6 with ten fixed pictures of digits, 7 x 12 pixels, -1 or 1.

    y_i = sum_j (x_j - w_ij)^2 = |x|^2 - 2 x.w_i + 84       so  softmax(-y / 2) = softmax(x.w_i): a dense layer that never learns

    >>> from nabi.zoo import outline, parameters
    >>> parameters(outline("lenet5")), parameters(outline("lenet5-1998"))
    (61706, 60000)

Source: LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86, 1998, figure 2,
table 1, section II.B, eq. 5-8. The pictures of digits are drawn after its figure 3.
"""

import numpy as np

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import flag, whole
from nabi.layers import (
    Activation,
    AveragePooling2D,
    Concatenate,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    Rescaling,
    ZeroPadding2D,
)
from nabi.models import Model
from nabi.zoo.card import Paper, network
from nabi.zoo.digits import bitmaps
from nabi.zoo.parts import picture, shares, wide, without_top

PAPER = Paper("LeCun, Bottou, Bengio & Haffner", "Gradient-based learning applied to document recognition", "Proc. IEEE 86", 1998)
TABLE_1 = (  # which maps of S2 each map of C3 reads
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (4, 5, 0), (5, 0, 1),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 0), (4, 5, 0, 1), (5, 0, 1, 2),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip
ERRORS = ".95 % errors on MNIST (figure 9)"


def framed(x):
    """MNIST's 28 x 28 digits in 32 x 32, as the paper has them, so that strokes at the edge reach the middle of a window."""
    return ZeroPadding2D(2, name="frame")(x) if all(28 <= (side or 32) < 32 for side in x.shape[1:3]) else x


@network(PAPER, "figure 2, with C3 connected to all maps", 61_706, 416_520, f"{ERRORS}, of the 1998 form")
@checked
def lenet5(input_shape=(32, 32, 1), classes=10, include_top=True, pooling=None, activation="tanh", width=1.0) -> Model:
    """The all-connected form.

    Args:
        input_shape: (height, width, channels), each side at least 28; pictures below 32 get a frame of 2 zeros.
        classes, include_top, pooling: see `nabi.zoo.build`.
        activation: of all layers but the last.
        width: share of the paper's maps and units.
    """
    image = picture(input_shape)
    x = framed(image)
    x = Conv2D(wide(6, width), 5, activation=activation, name="C1")(x)
    x = AveragePooling2D(2, name="S2")(x)
    x = Conv2D(wide(16, width), 5, activation=activation, name="C3")(x)
    x = AveragePooling2D(2, name="S4")(x)
    x = Conv2D(wide(120, width), 5, activation=activation, name="C5")(x)
    if not flag("include_top", include_top):
        return without_top(image, x, pooling, "lenet5")
    x = Dense(wide(84, width), activation=activation, name="F6")(Flatten(name="flatten")(x))
    return Model(image, Dense(classes, activation=shares(classes), name="classes")(x), name="lenet5")


def squashed(x, name: str):
    """f(a) = 1.7159 tanh(2/3 a): f(1) = 1, and its curvature is largest at +-1, where the targets are (appendix A)."""
    x = Activation("tanh", name=f"{name}_tanh")(Rescaling(2 / 3, name=f"{name}_slope")(x))
    return Rescaling(1.7159, name=f"{name}_out")(x)


def subsampled(x, name: str):
    """The mean of each 2x2 window times a coefficient of its map, plus a bias; the paper's sum is four times the mean."""
    return squashed(DepthwiseConv2D(1, name=name)(AveragePooling2D(2, name=f"{name}_mean")(x)), name)


def connected(x, table, size: int, name: str):
    """A convolution whose k-th map reads the maps table[k] only."""
    maps = [Concatenate(name=f"{name}_{k}_reads")([x[..., i:i + 1] for i in reads]) for k, reads in enumerate(table)]
    return Concatenate(name=name)([Conv2D(1, size, name=f"{name}_{k}")(chosen) for k, chosen in enumerate(maps)])


@network(PAPER, "figure 2, table 1, section II.B", 60_000, 328_096, ERRORS)
@checked
def lenet5_1998(input_shape=(32, 32, 1), classes=10) -> Model:
    """The paper's form.

    Args:
        input_shape: (32, 32, 1), or (28, 28, 1), which gets a frame of 2 zeros.
        classes: at most 10, since there are ten pictures.

    Raises:
        ArgumentError: more classes than pictures of digits.
    """
    if not 1 <= whole("lenet5_1998(classes)", classes) <= 10:
        raise ArgumentError("lenet5_1998(classes)", "1 to 10, a picture of a digit for each", classes, "lenet5 takes any number.")
    image = picture(input_shape)
    x = squashed(Conv2D(6, 5, name="C1")(framed(image)), "C1")
    x = subsampled(x, "S2")
    x = squashed(connected(x, TABLE_1, 5, "C3"), "C3")
    x = subsampled(x, "S4")
    x = squashed(Conv2D(120, 5, name="C5")(x), "C5")
    x = squashed(Dense(84, name="F6")(Flatten(name="flatten")(x)), "F6")
    fixed = Dense(classes, activation=shares(classes), use_bias=False, trainable=False, name="classes")
    model = Model(image, fixed(x), name="lenet5_1998")
    fixed.set_weights([bitmaps()[:classes].reshape(classes, 84).T.astype(np.float32)])
    return model
