"""Random windows: how the arguments of convolutions, pooling, padding and upsampling are drawn; see `random_layers`."""

import math
from typing import Any

from random_pieces import ACTIVATIONS, LARGEST, PICTURE, SEQUENCE, Dice, about, activation, layout, regularizer


def affine(dice: Dice, kernel: tuple, bias: tuple, stem="kernel", activations=ACTIVATIONS) -> dict:
    """What Dense and the convolutions share."""
    return {**dice.some(0.4, activation=lambda: activation(dice, activations), use_bias=False), **about(dice, stem, kernel),
            **about(dice, "bias", bias), **dice.some(0.1, activity_regularizer=lambda: regularizer(dice))}


def each_axis(dice: Dice, dims: int, low: int, high: int) -> Any:
    """A number for all axes (not 1) or one for each: 3, (3, 3) or (1, 3)."""
    if dice.chance(0.5):
        return one_or_all(dice, [dice.randint(max(low, min(2, high)), high)] * dims)
    return one_or_all(dice, [dice.randint(low, high) for _ in range(dims)])


def one_or_all(dice: Dice, values: list[int]) -> Any:
    """(3, 3) as 3 or as it is, 3 for one axis as 3 or (3,)."""
    return values[0] if len(set(values)) == 1 and dice.chance(0.6) else tuple(values)


def window(dice: Dice, sizes: tuple, kernel="kernel_size", words=("valid", "same"), dilates=True, up=False) -> dict | None:
    """Window, strides, padding and dilation of a layer over axes of these sizes."""
    padding, dims = dice.choice(words), len(sizes)
    wide = [dice.randint(1, 3) for _ in sizes] if dice.chance(0.5) else [dice.randint(1, 3)] * dims
    moves = {"strides": lambda: each_axis(dice, dims, 1, 3), "dilation_rate": lambda: each_axis(dice, dims, 1, 2)}
    args = dice.some(0.35, **{key: draw for key, draw in moves.items() if dilates or key == "strides"})
    if len(args) > 1:  # strides or dilation
        del args[dice.choice(list(args))]
    reach = [(k - 1) * d + 1 for k, d in zip(wide, spread_out(args.get("dilation_rate", 1), dims), strict=True)]
    if padding == "valid" and not up and any(r > n for r, n in zip(reach, sizes, strict=True)):
        return None
    spelled = {"padding": padding} if padding != "valid" or dice.chance(0.2) else {}
    return {kernel: one_or_all(dice, wide), **spelled, **args}


def spread_out(value: Any, dims: int) -> tuple:
    return tuple(value) if isinstance(value, tuple) else (value,) * dims


def convolution(words=("valid", "same")):
    def draw(dice, shape):
        found, channels = window(dice, shape[:-1], words=words), shape[-1]
        groups = dice.choice([1, *(g for g in (2, 3) if channels % g == 0)])
        filters = groups * dice.randint(1, 2 if groups > 1 else 4)
        kernel = (1,) * len(shape[:-1]) + (channels, filters)
        return found and {"filters": filters, **found, **({"groups": groups} if groups > 1 else {}),
                          **layout(dice), **affine(dice, kernel, (filters,))}
    return draw


def transposed(dice, shape):
    found, filters = window(dice, shape[:-1], up=True), dice.randint(1, 3)
    assert found is not None
    dims, steps = len(shape) - 1, spread_out(found.get("strides", 1), len(shape) - 1)
    extra = {}
    if dice.chance(0.4):
        extra["output_padding"] = one_or_all(dice, [dice.randrange(s) for s in steps])
    wide, spread = spread_out(found["kernel_size"], dims), spread_out(found.get("dilation_rate", 1), dims)
    paddings = spread_out(extra.get("output_padding", 1), dims)
    sizes = [(n - 1) * s + (k - 1) * d + 1 - 2 * (((k - 1) * d + 1) // 2) + p
             for n, s, k, d, p in zip(shape, steps, wide, spread, paddings, strict=False)]
    if min(sizes) < 1 or math.prod(n * s for n, s in zip(shape, steps, strict=False)) * filters > LARGEST * 2:
        return None
    return {"filters": filters, **found, **extra, **layout(dice), **affine(dice, (1,) * dims + (filters, shape[-1]), (filters,))}


def depthwise(dice, shape):
    found, times = window(dice, shape[:-1]), dice.choice([1, 1, 2])
    rank = len(shape) + 1
    return found and {**found, **({"depth_multiplier": times} if times > 1 else {}), **layout(dice),
                      **affine(dice, (1,) * rank, (times * shape[-1],), "depthwise")}


def separable(words=("valid", "same")):
    def draw(dice, shape):
        found, times, filters = window(dice, shape[:-1], words=words), dice.choice([1, 1, 2]), dice.randint(1, 4)
        rank = len(shape) + 1
        return found and {"filters": filters, **found, **({"depth_multiplier": times} if times > 1 else {}), **layout(dice),
                          **about(dice, "pointwise", (1,) * rank), **affine(dice, (1,) * rank, (filters,), "depthwise")}
    return draw


def pooling(dice, shape):
    found = window(dice, shape[:-1], "pool_size", dilates=False)
    return found and {**found, **layout(dice)}


def averaging(dice, shape):
    if dice.chance(0.25):  # "same" with as many places before as behind
        return {"pool_size": 3, "strides": 1, "padding": "same", **layout(dice)}
    return pooling(dice, shape)


def whole_map(dice, shape):
    return {**dice.some(keepdims=True), **layout(dice)}


def two_sided(dice: Dice, dims: int, most: int) -> Any:
    """1, (1, 2) or ((1, 0), (0, 2)): the spellings of padding and cropping."""
    pairs = [(dice.randint(0, most), dice.randint(0, most)) for _ in range(dims)]
    if dims == 1:
        return dice.choice([most, pairs[0]])
    return dice.choice([most, (dice.randint(0, most), dice.randint(0, most)), tuple(pairs)])


def padding(dice, shape):
    if math.prod(n + 2 for n in shape[:-1]) * shape[-1] > LARGEST * 2:
        return None
    return {**dice.some(0.8, padding=lambda: two_sided(dice, len(shape) - 1, dice.randint(1, 2))),
            **layout(dice)}


def cropping(dice, shape):
    args = dice.some(0.8, cropping=lambda: two_sided(dice, len(shape) - 1, 1))
    return {**args, **(layout(dice) if len(shape) == PICTURE else {})} if min(shape[:-1]) > 2 else None


def upsampling(dice, shape):
    if math.prod(shape) > LARGEST:
        return None
    if len(shape) == SEQUENCE:
        return dice.some(0.7, size=lambda: dice.randint(1, 3))
    return {**dice.some(0.7, size=lambda: one_or_all(dice, [dice.randint(1, 3), dice.randint(1, 3)]),
                        interpolation=lambda: dice.choice(["nearest", "bilinear"])), **layout(dice)}
