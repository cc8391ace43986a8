"""Convolutions: a window, a kernel, their products, the partial sums of the channels, the sum, the bias, the activation.

    conv       z[i, j, o] = sum over u, v, c of x[i S + u D - P, j S + v D - P, c] W[u, v, c, o] + b[o]
    depthwise  each channel under kernels of its own: o = c M + m
    separable  that, d, and then z[o] = sum over c, m of d[c M + m] V[c M + m, o]
    local      as conv, with weights for each place alone
"""

from typing import Any

import numpy as np

from nabi.layers import LocallyConnected2D
from nabi.layers.convolution import Convolution
from nabi.layers.depthwise import Depthwise, Separable
from nabi.trace.kinds.functions import activated, through
from nabi.trace.kinds.sums import summed
from nabi.trace.kinds.windows import covered, drawn, named, read_window, taken
from nabi.trace.numbers import bracketed, products, show
from nabi.trace.seen import Seen, wide
from nabi.trace.step import Line, Reads, Table, Told
from nabi.trace.telling import Places, anywhere, read_by, rule


def bias_of(layer: Any, seen: Seen, place: Any) -> float | None:
    """b of a place, None without one."""
    return float(seen.weight("bias")[place]) if layer.use_bias else None


@rule(Convolution)
def of_convolution(layer: Convolution, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """A window, a kernel, a sum; of several groups of channels the one that belongs to the filter."""
    *at, o = place
    x, kernel = seen.one, seen.weight("kernel")
    width = kernel.shape[-2]
    first = o // (layer.filters // layer.groups) * width
    axes = covered(layer, x.shape[:-1], at)
    window, inside = taken(x[..., first:first + width], axes)
    w = wide(kernel[..., o])
    parts = (window * w).sum(tuple(range(layer.dims))) if width > 1 else None
    places = named(axes, np.arange(first, first + width))
    return summed(layer, seen, place, window, w, places, bias_of(layer, seen, o),
                  np.broadcast_to(inside, window.shape).ravel(), parts, drawn(x[..., first:first + width], axes, first))


@rule(Depthwise)
def of_depthwise(layer: Depthwise, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """One channel, one kernel."""
    *at, o = place
    c, m = divmod(o, layer.depth_multiplier)
    axes = covered(layer, seen.one.shape[:-1], at)
    window, inside = taken(seen.one[..., c:c + 1], axes)
    w = wide(seen.weight("kernel")[..., c:c + 1, m])
    return summed(layer, seen, place, window, w, named(axes, np.array([c])), bias_of(layer, seen, o), inside.ravel(),
                  None, drawn(seen.one[..., c:c + 1], axes, c))


@rule(LocallyConnected2D)
def of_local(layer: LocallyConnected2D, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """A window under the weights of its own place."""
    *at, o = place
    x = seen.one
    axes = covered(layer, x.shape[:-1], at)
    window, inside = taken(x, axes)
    number = int(np.ravel_multi_index(at, seen.y[0].shape[1:-1]))
    w = wide(seen.weight("kernel")[number, :, o]).reshape(window.shape)
    parts = (window * w).sum((0, 1)) if x.shape[-1] > 1 else None
    return summed(layer, seen, place, window, w, named(axes, np.arange(x.shape[-1])), bias_of(layer, seen, place),
                  np.broadcast_to(inside, window.shape).ravel(), parts, drawn(x, axes))


@rule(Separable)
def of_separable(layer: Separable, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """The sums of the channels, each under its own kernels, and then a sum over them."""
    *at, o = place
    x, M = seen.one, layer.depth_multiplier
    axes = covered(layer, x.shape[:-1], at)
    window, inside = taken(x, axes)
    depthwise = wide(seen.weight("depthwise_kernel"))
    d = (window[..., None] * depthwise).sum(tuple(range(layer.dims))).ravel()  # (C M,)
    v = wide(seen.weight("pointwise_kernel")[..., o]).ravel()
    total = float((d * v).sum())
    lines = [Line("sum", "sum of d v", products(d, v), total)]
    bias, value = bias_of(layer, seen, o), total
    if bias is not None:
        value = total + bias
        lines.append(Line("z", "sum + b", f"{show(total)} + {bracketed(bias)}", value))
    places = named(axes, np.arange(x.shape[-1]))
    within = np.broadcast_to(inside, window.shape).ravel()
    table = Table({"channel": np.repeat(np.arange(x.shape[-1]), M)[:, None], "d": d, "v": v, "d v": d * v})
    arrays = {"window": window, "kernel": depthwise, "depthwise": d, "pointwise": v, "sum": np.array(total), "z": np.array(value)}
    told = Told(value, tuple(lines), (table,), arrays, (Reads(0, places[within], seen.sample),))
    return activated(layer, seen, place, told)


@read_by(Convolution)
def of_convolution_read(layer: Convolution, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The window, over all channels of the filter's group."""
    *sizes, channels = shapes[0]
    out = through(layer, out)
    by_group = anywhere(out.reshape(*out.shape[:-1], layer.groups, -1), -1)
    return [np.repeat(read_window(layer, by_group, sizes), channels // layer.groups, -1)]


@read_by(LocallyConnected2D, Separable)
def of_all_channels(layer: Any, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The window, over all channels."""
    *sizes, channels = shapes[0]
    return [np.repeat(read_window(layer, anywhere(through(layer, out), -1, True), sizes), channels, -1)]


@read_by(Depthwise)
def of_depthwise_read(layer: Depthwise, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """The window, on one channel."""
    out = through(layer, out)
    by_channel = anywhere(out.reshape(*out.shape[:-1], -1, layer.depth_multiplier), -1)
    return [read_window(layer, by_channel, shapes[0][:-1])]
