"""Random layers: for each layer that both libraries have, which inputs it takes and how its arguments are drawn.

A draw is a function (dice, shape of one sample) -> arguments, or None where the layer does not fit. Everything drawn is legal in
both libraries; what both allow but count differently is in `DEPARTURES`, and is drawn again.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from random_pieces import FILM, PICTURE, SEQUENCE, VECTOR, Dice, Made, about, activation, initializer, layout
from random_sequences import CELLS, bidirectional, embedding, masking, recurrent, rnn
from random_windows import (
    affine,
    averaging,
    convolution,
    cropping,
    depthwise,
    padding,
    pooling,
    separable,
    spread_out,
    transposed,
    upsampling,
    whole_map,
)


@dataclass(frozen=True)
class Kind:
    """How one layer is drawn: its arguments, and of how many axes its inputs may be."""

    draw: Callable[[Dice, tuple], dict | None]
    ranks: tuple[int, ...] = (VECTOR, SEQUENCE, PICTURE)
    names: tuple[str, ...] = ()  # other names of the class
    merges: bool = False
    tokens: bool = False  # takes whole numbers
    noise: str = ""  # not the same twice in training: "always" (only in networks that only predict) or but for "rate" 0
    before: str = ""  # "dense": behind a Dense layer, so that no vector is exactly 0


def plain(dice: Dice, shape: tuple) -> dict:
    return {}


def dense(dice, shape):
    units = dice.randint(2, 4)
    return {"units": units, **affine(dice, (shape[-1], units), (units,))}


# Windows ----------------------------------------------------------------------------------------------------------------

def center_crop(dice, shape):
    return {"height": dice.randint(1, shape[0]), "width": dice.randint(1, shape[1]), **layout(dice)}


# Functions, shapes, noise -----------------------------------------------------------------------------------------------

def activated(dice, shape):
    return {"activation": activation(dice)}


def relu(dice, shape):
    return dice.some(0.5, max_value=dice.between(0.5, 2), negative_slope=dice.between(0.05, 0.5),
                     threshold=dice.between(0.05, 0.5))


def prelu(dice, shape):
    return {**about(dice, "alpha", (1,) * len(shape), 0.35),
            **dice.some(0.5, shared_axes=lambda: dice.several(range(1, len(shape) + 1), dice.randint(1, len(shape))))}


def softmax(dice, shape):
    axes = [a for a in range(1, len(shape) + 1) if shape[a - 1] > 1]
    if not axes:
        return None
    return dice.some(0.6, axis=lambda: dice.choice([axes[-1] - len(shape) - 1, dice.choice(axes),
                                                    dice.several(axes, min(2, len(axes)))]))


def reshape(dice, shape):
    size = math.prod(shape)
    a = dice.choice([n for n in range(1, size + 1) if size % n == 0])
    return {"target_shape": dice.choice([(a, size // a), (-1, a), (size,), (-1,), (a, 1, size // a)])}


def permute(dice, shape):
    return {"dims": tuple(dice.sample(range(1, len(shape) + 1), len(shape)))}


def repeat(dice, shape):
    return {"n": dice.randint(1, 4)}


def rate(word: str, *options: str):
    """Dropout and noise: a rate above 0 only where nothing is trained."""
    def draw(dice, shape):
        args: dict = {word: dice.number(0.1, 0.6) if dice.inference else 0.0}
        if "noise_shape" in options and dice.chance(0.4):
            args["noise_shape"] = (None, *(n if dice.chance(0.5) else 1 for n in shape))
        return {**args, **dice.some(0.3, seed=lambda: dice.randint(0, 99))}
    return draw


def rescaling(dice, shape):
    scale = [dice.number(0.1, 2) for _ in range(shape[-1])] if dice.chance(0.2) else dice.number(0.1, 2)
    return {"scale": scale, **dice.some(0.6, offset=dice.between(-1, 1))}


def bent(x, by=0.1):
    """A function of one's own."""
    return x + by * x * x


def kept(inputs, mask=None):
    """A function that hands a mask on."""
    return mask


def function(dice, shape):
    return {"function": bent, **dice.some(0.5, arguments=lambda: {"by": dice.number(-0.2, 0.2)}, output_shape=lambda: shape,
                                          mask=lambda: kept)}


def penalty(dice, shape):
    return dice.some(0.7, l1=dice.between(0.001, 0.1), l2=dice.between(0.001, 0.1))


# Normalisation ----------------------------------------------------------------------------------------------------------

def scaled(dice: Dice, shape: tuple) -> dict:
    return {**dice.some(0.3, epsilon=lambda: dice.choice([1e-5, 0.01, 0.1]), center=False, scale=False),
            **about(dice, "gamma", shape), **about(dice, "beta", shape)}


def batch_normalization(dice, shape):
    return {**dice.some(0.3, axis=lambda: dice.choice([len(shape), *range(1, len(shape) + 1)]),
                        momentum=dice.between(0.1, 0.95), moving_mean_initializer=lambda: initializer(dice, 1),
                        moving_variance_initializer=lambda: dice.choice(["zeros", "he_normal"])), **scaled(dice, (1,))}


def layer_normalization(dice, shape):
    axes = [a for a in range(1, len(shape) + 1) if shape[a - 1] > 1]
    if not axes:
        return None
    axis = axes[-1] if shape[-1] == 1 else -1
    if dice.chance(0.4):
        axis = dice.choice([dice.choice(axes), dice.several(axes, dice.randint(1, len(axes)))])
    rank = len(axis) if isinstance(axis, list) else 1
    args = scaled(dice, (1,) * max(rank, 3))
    args = {k: v for k, v in args.items() if "constraint" not in k and "initializer" not in k}
    extra = {**about(dice, "gamma", (1,) * rank, 0.1), **about(dice, "beta", (1,) * rank, 0.1)} if rank != 2 else {}
    return {**({} if axis == -1 else {"axis": axis}), **args, **extra, **dice.some(0.15, rms_scaling=True)}


def group_normalization(dice, shape):
    axis = dice.choice([-1, -1, *range(1, len(shape) + 1)])
    n = shape[axis if axis < 0 else axis - 1]
    others = math.prod(shape) // n
    groups = [g for g in (1, 2, 3, 4, n) if n % g == 0 and n // g * others > 1]
    if not groups:
        return None
    g = dice.choice(groups)
    return {"groups": -1 if g == n and dice.chance(0.5) else g, **({} if axis == -1 else {"axis": axis}), **scaled(dice, (1,))}


def unit_normalization(dice, shape):
    if len(shape) == 1:
        return {}
    return dice.some(0.5, axis=lambda: dice.choice([dice.randint(1, len(shape)), dice.several(range(1, len(shape) + 1), 2)]))


def normalization(dice, shape):
    axis = dice.choice([-1, -1, None, len(shape), list(range(1, len(shape) + 1))[-2:]])
    args: dict = {} if axis == -1 else {"axis": axis}
    if axis == -1 or axis == len(shape):
        n = shape[-1]
        args |= {"mean": [dice.number(-1, 1) for _ in range(n)], "variance": [dice.number(0.2, 2) for _ in range(n)]}
    else:
        args |= {"mean": dice.number(-1, 1), "variance": dice.number(0.2, 2)}
    return {**args, **dice.some(0.4, invert=True)}


def time_distributed(dice, shape):
    names = [n for n, kind in KINDS.items() if len(shape) - 1 in kind.ranks and not (kind.merges or kind.tokens or kind.before)
             and n not in ("Masking", "Bidirectional", "TimeDistributed", "Softmax") and n[:6] != "Random"]
    name = dice.choice(list(CELLS) if len(shape) == PICTURE and dice.chance(0.5) else names)  # loops read masks
    args = legal(name, dice, shape[1:])
    return None if args is None else {"layer": Made("layers", name, args)}


# Pictures at random: the same as nothing at inference ------------------------------------------------------------------------

def random_flip(dice, shape):
    return dice.some(0.6, mode=lambda: dice.choice(["horizontal", "vertical", "horizontal_and_vertical"]),
                     seed=lambda: dice.randint(0, 99)) | layout(dice)


def reading(dice: Dice) -> dict:
    """How moved pictures are read; Keras on torch mirrors "reflect" about the border pixel, and has no "wrap"."""
    return {**dice.some(0.4, fill_mode=lambda: dice.choice(["constant", "nearest"]), fill_value=dice.between(0, 1),
                        interpolation="nearest", seed=lambda: dice.randint(0, 99)), **layout(dice)}


def share(dice: Dice) -> Any:
    return dice.choice([0.2, (-0.1, 0.3)])


def random_translation(dice, shape):
    return {"height_factor": share(dice), "width_factor": share(dice), **reading(dice)}


def random_zoom(dice, shape):
    return {"height_factor": share(dice), **dice.some(0.5, width_factor=lambda: share(dice)), **reading(dice)}


def random_rotation(dice, shape):
    return {"factor": share(dice), **reading(dice)}


def lighting(dice, shape):
    return {"factor": dice.choice([0.2, (0.1, 0.3)]),
            **dice.some(0.5, value_range=lambda: (0, 1), seed=lambda: dice.randint(0, 99)),
            **layout(dice)}


def resizing(dice, shape):
    args: dict = {"height": dice.randint(1, 6), "width": dice.randint(1, 6), **layout(dice)}
    args |= dice.some(0.5, interpolation=lambda: dice.choice(["nearest", "bilinear", "bicubic"]), antialias=True)
    if dice.chance(0.5):
        args[dice.choice(["crop_to_aspect_ratio", "pad_to_aspect_ratio"])] = True
    return args | dice.some(0.4, fill_value=dice.between(0, 1), fill_mode="constant")


def random_crop(dice, shape):
    return {"height": shape[0], "width": shape[1], **dice.some(0.4, seed=lambda: dice.randint(0, 99)), **layout(dice)}


# Merging ----------------------------------------------------------------------------------------------------------------

def concatenate(dice, shape):
    return dice.some(0.5, axis=lambda: dice.choice([-1, *range(1, len(shape) + 1)]))


def dot(dice, shape):
    axis = dice.randint(1, len(shape))
    return {"axes": dice.choice([axis, (axis, axis), axis - len(shape) - 1]), **dice.some(0.5, normalize=True)}


KINDS: dict[str, Kind] = {
    "Dense": Kind(dense),
    "Activation": Kind(activated), "ReLU": Kind(relu), "Softmax": Kind(softmax), "PReLU": Kind(prelu),
    "LeakyReLU": Kind(lambda d, s: d.some(0.6, negative_slope=d.between(0, 0.5))),
    "ELU": Kind(lambda d, s: d.some(0.6, alpha=d.between(0.2, 2))),
    "Flatten": Kind(lambda d, s: layout(d)), "Reshape": Kind(reshape), "Permute": Kind(permute),
    "RepeatVector": Kind(repeat, (VECTOR,)), "Rescaling": Kind(rescaling), "ActivityRegularization": Kind(penalty),
    "Lambda": Kind(function), "Identity": Kind(plain),
    "Dropout": Kind(rate("rate", "noise_shape"), noise="rate"), "GaussianNoise": Kind(rate("stddev"), noise="rate"),
    "GaussianDropout": Kind(rate("rate"), noise="rate"), "SpatialDropout1D": Kind(rate("rate"), (SEQUENCE,), noise="rate"),
    "SpatialDropout2D": Kind(rate("rate"), (PICTURE,), noise="rate"),
    "Conv1D": Kind(convolution(("valid", "same", "causal")), (SEQUENCE,), ("Convolution1D",)),
    "Conv2D": Kind(convolution(), (PICTURE,), ("Convolution2D",)),
    "Conv1DTranspose": Kind(transposed, (SEQUENCE,), ("Convolution1DTranspose",)),
    "Conv2DTranspose": Kind(transposed, (PICTURE,), ("Convolution2DTranspose",)),
    "DepthwiseConv1D": Kind(depthwise, (SEQUENCE,)), "DepthwiseConv2D": Kind(depthwise, (PICTURE,)),
    "SeparableConv1D": Kind(separable(), (SEQUENCE,), ("SeparableConvolution1D",)),
    "SeparableConv2D": Kind(separable(), (PICTURE,), ("SeparableConvolution2D",)),
    "MaxPooling1D": Kind(pooling, (SEQUENCE,), ("MaxPool1D",)), "MaxPooling2D": Kind(pooling, (PICTURE,), ("MaxPool2D",)),
    "AveragePooling1D": Kind(averaging, (SEQUENCE,), ("AvgPool1D",)),
    "AveragePooling2D": Kind(averaging, (PICTURE,), ("AvgPool2D",)),
    "GlobalMaxPooling1D": Kind(whole_map, (SEQUENCE,), ("GlobalMaxPool1D",)),
    "GlobalMaxPooling2D": Kind(whole_map, (PICTURE,), ("GlobalMaxPool2D",)),
    "GlobalAveragePooling1D": Kind(whole_map, (SEQUENCE,), ("GlobalAvgPool1D",)),
    "GlobalAveragePooling2D": Kind(whole_map, (PICTURE,), ("GlobalAvgPool2D",)),
    "ZeroPadding1D": Kind(padding, (SEQUENCE,)), "ZeroPadding2D": Kind(padding, (PICTURE,)),
    "Cropping1D": Kind(cropping, (SEQUENCE,)), "Cropping2D": Kind(cropping, (PICTURE,)),
    "UpSampling1D": Kind(upsampling, (SEQUENCE,)), "UpSampling2D": Kind(upsampling, (PICTURE,)),
    "CenterCrop": Kind(center_crop, (PICTURE,)),
    "BatchNormalization": Kind(batch_normalization), "LayerNormalization": Kind(layer_normalization),
    "GroupNormalization": Kind(group_normalization), "UnitNormalization": Kind(unit_normalization, before="dense"),
    "Normalization": Kind(normalization),
    "Embedding": Kind(embedding, (VECTOR,), tokens=True), "Masking": Kind(masking, (SEQUENCE,)),
    "SimpleRNN": Kind(recurrent("SimpleRNN"), (SEQUENCE,)), "LSTM": Kind(recurrent("LSTM"), (SEQUENCE,)),
    "GRU": Kind(recurrent("GRU"), (SEQUENCE,)), "RNN": Kind(rnn, (SEQUENCE,)),
    "Bidirectional": Kind(bidirectional, (SEQUENCE,)), "TimeDistributed": Kind(time_distributed, (SEQUENCE, PICTURE, FILM)),
    "RandomFlip": Kind(random_flip, (PICTURE,), noise="always"),
    "RandomTranslation": Kind(random_translation, (PICTURE,), noise="always"),
    "RandomCrop": Kind(random_crop, (PICTURE,), noise="always"), "RandomZoom": Kind(random_zoom, (PICTURE,), noise="always"),
    "RandomRotation": Kind(random_rotation, (PICTURE,), noise="always"), "Resizing": Kind(resizing, (PICTURE,)),
    "RandomContrast": Kind(lighting, (PICTURE,), noise="always"), "RandomBrightness": Kind(lighting, (PICTURE,), noise="always"),
    **{name: Kind(plain, merges=True) for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")},
    "Concatenate": Kind(concatenate, merges=True), "Dot": Kind(dot, (VECTOR, SEQUENCE), merges=True),
}  # fmt: skip


def lopsided(args: dict, shape: tuple) -> bool:
    """Whether "same" adds to one side of an axis only."""
    dims = len(shape) - 1
    wide = spread_out(args["pool_size"], dims)
    steps = spread_out(args.get("strides") or wide, dims)
    added = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(shape, wide, steps, strict=False)]
    return args.get("padding") == "same" and any(n % 2 for n in added)


def in_the_middle(args: dict, shape: tuple) -> bool:
    """Whether the axes are neighbours of which the last is not the input's last."""
    axis = args.get("axis", -1)
    axes = sorted(a if a > 0 else a + len(shape) + 1 for a in (axis if isinstance(axis, list) else [axis]))
    return not args.get("rms_scaling") and axes[-1] < len(shape) and axes[-1] - axes[0] == len(axes) - 1


DEPARTURES: list = [  # (layers, which arguments, in what Keras on torch differs)
    (("AveragePooling1D", "AveragePooling2D"), lopsided,
     "repeats the edge where 'same' pads one side only; nabi, as Keras on TensorFlow, does not count places that are added"),
    (("TimeDistributed",),
     lambda args, shape: "activity_regularizer" in args["layer"].args or args["layer"].name[:8] == "Activity",
     "forgets the penalty on what the layer inside makes"),
    (("SimpleRNN", "LSTM", "GRU", "RNN"), lambda args, shape: args.get("unroll") and args.get("go_backwards"),
     "fails where there is a mask (`rnn.py` flips a tuple)"),
    (("Resizing",), lambda args, shape: args.get("antialias") and args["width"] == 1 < args["height"],
     "makes a wrong column (torch 2.13, of maps that lie channels last)"),
    (("LayerNormalization",), in_the_middle, "normalises the last axes whichever neighbouring ones are asked for, or fails"),
]


WRAPPERS = ("RNN", "Bidirectional", "TimeDistributed")  # Keras' trainable=False leaves what is inside trainable


def legal(name: str, dice: Dice, shape: tuple) -> dict | None:
    """Arguments of a layer on samples of this shape, the same in both libraries; None if none were found."""
    for _ in range(20):
        args = KINDS[name].draw(dice, shape)
        if args is not None and not any(name in names and differs(args, shape) for names, differs, _ in DEPARTURES):
            common = {"dtype": "float64", **({} if name[:7] == "Spatial" or name in WRAPPERS else {"trainable": False})}
            return args | {key: value for key, value in common.items() if dice.chance(0.05)}
    return None
