"""Norms: a mean, a variance, the number between them, gamma and beta; LRN's neighbours; a vector's length.

    xhat = (x - mu) / sqrt(s2 + eps),   y = gamma xhat + beta
    batch normalisation   training: mu, s2 of the channel over the batch;  inference: the moving ones; layer, group: of the sample
"""

from typing import Any

import numpy as np

from nabi.core.config import config
from nabi.layers import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    LocalResponseNormalization,
    Normalization,
    Rescaling,
    UnitNormalization,
)
from nabi.layers.axes import placed
from nabi.layers.normalizing import LEAST
from nabi.layers.unit_normalization import LEAST as SHORTEST
from nabi.trace.numbers import bracketed, products, show
from nabi.trace.seen import Seen, wide
from nabi.trace.step import Line, Reads, Table, Told
from nabi.trace.telling import Places, anywhere, read_by, rule


def scaled(x: float, mu: float, s2: float, epsilon: float, gamma: float | None, beta: float | None) -> list[Line]:
    """xhat and y."""
    xhat = (x - mu) / np.sqrt(s2 + epsilon)
    value = xhat * (1 if gamma is None else gamma) + (beta or 0.0)
    text = "xhat" if gamma is None else "gamma xhat"
    numbers = show(xhat) if gamma is None else f"{show(gamma)}*{bracketed(xhat)}"
    if beta is not None:
        text, numbers = f"{text} + beta", f"{numbers} + {bracketed(beta)}"
    root = f"({show(x)} - {bracketed(mu)}) / sqrt({show(s2)} + {show(epsilon)})"
    return [Line("xhat", "(x - mu) / sqrt(s2 + eps)", root, float(xhat)), Line("y", text, numbers, float(value))]


def entry(seen: Seen, name: str, place: Any, there: bool) -> float | None:
    """One number of a weight, None where the layer has it not."""
    return float(seen.weight(name)[place]) if there else None


@rule(BatchNormalization)
def of_batch(layer: BatchNormalization, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """Both modes: numbers of the batch, or the moving ones."""
    axis = layer.axis % seen.x[0].ndim
    c = place[axis - 1]
    x = float(seen.one[place])
    if seen.training:
        every = np.moveaxis(seen.x[0], axis, -1)[..., c]
        if seen.masks and seen.masks[0] is not None:
            mask = seen.masks[0]
            m = np.broadcast_to(mask.reshape(mask.shape + (1,) * (every.ndim - mask.ndim)), every.shape)
            count = m.sum() + config.epsilon
            mu = float((m * every).sum() / count)
            s2 = float((m * (every - mu) ** 2).sum() / count)
        else:
            mu, count = float(every.mean()), every.size
            s2 = float(((every - mu) ** 2).mean())
        lines = [Line("mu", "sum x / m", f"{show(every.sum())} / {show(count)}", mu), Line("s2", "sum (x - mu)^2 / m", "", s2)]
    else:
        mu, s2 = float(seen.weight("moving_mean")[c]), float(seen.weight("moving_variance")[c])
        lines = [Line("mu", "moving_mean", "", mu), Line("s2", "moving_variance", "", s2)]
    lines += scaled(x, mu, s2, layer.epsilon, entry(seen, "gamma", c, layer.scale), entry(seen, "beta", c, layer.center))
    note = "batch training" if seen.training else "batch inference"
    return Told(lines[-1].value, (Line("x", "", "", x), *lines), (), {}, (Reads(0, np.array([place]), seen.sample),), note)


def of_members(layer: Any, seen: Seen, place: tuple[int, ...], member: np.ndarray, gamma: float | None, beta: float | None,
               centred: bool = True) -> Told:
    """Mean and variance of some numbers of the sample, and one of them brought to 0 and 1."""
    x, numbers = float(seen.one[place]), seen.one[member]
    mu = float(numbers.mean())
    s2 = float(((numbers - mu) ** 2).mean())
    lines = [Line("x", "", "", x), Line("mu", "sum x / m", f"{show(numbers.sum())} / {len(numbers)}", mu),
             Line("s2", "sum (x - mu)^2 / m", "", s2), *scaled(x, mu if centred else 0.0, s2, layer.epsilon, gamma, beta)]
    places = np.argwhere(member)
    mine = tuple(int(i) for i in np.flatnonzero((places == place).all(1)))
    table = Table({"place": places, "x": numbers}, mine)
    return Told(lines[-1].value, tuple(lines), (table,), {}, (Reads(0, places, seen.sample),))


@rule(LayerNormalization)
def of_layer(layer: LayerNormalization, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """Numbers along the normalised axes."""
    axes = [a - 1 for a in placed(layer.axis, seen.x[0].ndim)]
    member = np.zeros(seen.one.shape, dtype=bool)
    member[tuple(slice(None) if a in axes else i for a, i in enumerate(place))] = True
    at = tuple(place[a] for a in axes)
    gamma = entry(seen, "gamma", at, layer.scale or layer.rms_scaling)
    return of_members(layer, seen, place, member, gamma, entry(seen, "beta", at, layer.center and not layer.rms_scaling),
                      not layer.rms_scaling)


@rule(GroupNormalization)
def of_group(layer: GroupNormalization, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """The channels of one group, at all places."""
    axis = layer.axis % seen.x[0].ndim - 1
    c, channels = place[axis], seen.one.shape[axis]
    width = 1 if layer.groups == -1 else channels // layer.groups
    member = np.zeros(seen.one.shape, dtype=bool)
    np.moveaxis(member, axis, 0)[c // width * width:(c // width + 1) * width] = True
    return of_members(layer, seen, place, member, entry(seen, "gamma", c, layer.scale), entry(seen, "beta", c, layer.center))


@rule(UnitNormalization)
def of_unit(layer: UnitNormalization, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """Numbers that share a length."""
    axes = [a - 1 for a in placed(layer.axis, seen.x[0].ndim)]
    member = np.zeros(seen.one.shape, dtype=bool)
    member[tuple(slice(None) if a in axes else i for a, i in enumerate(place))] = True
    x, numbers = float(seen.one[place]), seen.one[member]
    length = float(np.sqrt((numbers**2).sum()))
    value = x / max(length, SHORTEST) if length else 0.0
    lines = (Line("length", "sqrt(sum of x^2)", "", length), Line("y", "x / length", f"{show(x)} / {show(length)}", value))
    places = np.argwhere(member)
    return Told(value, lines, (Table({"place": places, "x": numbers}),), {}, (Reads(0, places, seen.sample),))


@rule(LocalResponseNormalization)
def of_response(layer: LocalResponseNormalization, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """The channel and its neighbours."""
    *at, c = place
    a = wide(seen.one[tuple(at)])
    first, last = max(0, c - layer.size // 2), min(len(a), c + (layer.size - 1) // 2 + 1)
    near = a[first:last]
    strength = float((near**2).sum())
    value = float(a[c] / (layer.k + layer.alpha * strength) ** layer.beta)
    numbers = f"{show(a[c])} / ({show(layer.k)} + {show(layer.alpha)}*{show(strength)})^{show(layer.beta)}"
    lines = (Line("a", "", "", float(a[c])), Line("sum", "sum of a_j^2", products(near, near), strength),
             Line("y", "a / (k + alpha sum)^beta", numbers, value))
    places = np.array([(*at, j) for j in range(first, last)])
    return Told(value, lines, (Table({"place": places, "a": near, "a^2": near**2}, (c - first,)),), {},
                (Reads(0, places, seen.sample),))


@rule(Rescaling, Normalization)
def of_scaling(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """Numbers known before training."""
    x = float(seen.one[place])
    if isinstance(layer, Rescaling):
        scale, offset = (float(np.broadcast_to(n, seen.one.shape)[place]) for n in (layer.scale, layer.offset))
        lines = [Line("y", "x scale + offset", f"{show(x)}*{show(scale)} + {bracketed(offset)}", x * scale + offset)]
    else:
        given = (layer.mean, layer.variance) if layer.mean is not None else (seen.weight("mean"), seen.weight("variance"))
        kept = layer.kept(seen.x[0].ndim)
        at, sizes = tuple(place[a - 1] for a in kept), [seen.x[0].shape[a] for a in kept]
        mean, variance = (float(np.broadcast_to(n, sizes)[at]) for n in given)
        sigma = max(float(np.sqrt(variance)), LEAST)
        value = mean + x * sigma if layer.invert else (x - mean) / sigma
        text = "x sigma + mean" if layer.invert else "(x - mean) / sigma"
        numbers = (f"{show(x)}*{show(sigma)} + {bracketed(mean)}" if layer.invert else
                   f"({show(x)} - {bracketed(mean)}) / {show(sigma)}")
        lines = [Line("sigma", "sqrt(variance)", f"sqrt({show(variance)})", sigma), Line("y", text, numbers, value)]
    return Told(lines[-1].value, (Line("x", "", "", x), *lines), (), {}, (Reads(0, np.array([place]), seen.sample),))


@read_by(BatchNormalization, Rescaling, Normalization)
def of_itself(layer: Any, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """Each place itself: in training batch normalisation reads all others of the channel too, which is not counted."""
    return [out]


@read_by(LayerNormalization, UnitNormalization)
def of_axes_read(layer: Any, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """All numbers along the normalised axes."""
    return [np.broadcast_to(anywhere(out, tuple(a - 1 for a in placed(layer.axis, out.ndim + 1)), True), out.shape)]


@read_by(GroupNormalization)
def of_group_read(layer: GroupNormalization, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """All places of the group's channels."""
    axis = layer.axis % (out.ndim + 1) - 1
    by_channel = anywhere(out, tuple(a for a in range(out.ndim) if a != axis))
    width = 1 if layer.groups == -1 else len(by_channel) // layer.groups
    group = np.repeat(anywhere(by_channel.reshape(-1, width), 1), width)
    return [np.broadcast_to(group.reshape([-1 if a == axis else 1 for a in range(out.ndim)]), out.shape)]


@read_by(LocalResponseNormalization)
def of_response_read(layer: LocalResponseNormalization, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The channel and its neighbours, at the same place."""
    found = out.copy()
    for shift in range(1, layer.size // 2 + 1):
        found[..., :-shift] |= out[..., shift:]
    for shift in range(1, (layer.size - 1) // 2 + 1):
        found[..., shift:] |= out[..., :-shift]
    return [found]
