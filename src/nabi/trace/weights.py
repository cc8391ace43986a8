"""Weights: where a weight was used, and what it was multiplied by there: the input x upstream products of its gradient.

    conv       dL/dW[u, v, c, o] = sum over samples n and places i, j of x[n, i S + u D - P, j S + v D - P, c] g[n, i, j, o]
    dense      dL/dW[i, j] = sum over samples n of x[n, i] g[n, j]              bias   dL/db[o] = sum of g[n, i, j, o]

Padding is no number of the input: its products, all 0, are left out. A kind that has no rule here goes by its derivatives.
"""

from functools import singledispatch
from typing import Any

import numpy as np

from nabi.layers import Dense, Embedding
from nabi.layers.convolution import Convolution
from nabi.layers.depthwise import Depthwise
from nabi.trace.kinds.windows import starts
from nabi.trace.seen import Seen
from nabi.trace.step import Table


@singledispatch
def used(layer: Any, seen: Seen, name: str, index: tuple[int, ...], g: np.ndarray) -> Table | None:
    """The products whose sum is a weight's gradient, place by place; None without a rule."""
    return None


def table(places: np.ndarray, x: np.ndarray, g: np.ndarray) -> Table:
    """x, upstream gradient, product at each place (sample first)."""
    return Table({"place": places, "x": x, "upstream": g, "x g": x * g})


def of_bias(g: np.ndarray, index: tuple[int, ...]) -> Table:
    """A bias is added everywhere, as if x were 1."""
    part = g[..., index[-1]]
    return table(np.argwhere(np.ones(part.shape, dtype=bool)), np.ones(part.size), part.ravel())


def slid(layer: Any, x: np.ndarray, g: np.ndarray, offset: tuple[int, ...]) -> Table:
    """Where one point of a kernel lay on x (N, ...) for each place of g (N, ...)."""
    sizes = x.shape[1:]
    axes = [np.arange(m) * s + u * d - before for m, s, u, d, before in
            zip(g.shape[1:], layer.strides, offset, layer.dilation_rate, starts(layer, sizes), strict=True)]
    inside = [np.flatnonzero((a >= 0) & (a < n)) for a, n in zip(axes, sizes, strict=True)]
    samples = np.arange(len(x))
    grid = np.meshgrid(samples, *inside, indexing="ij")
    read = x[np.ix_(samples, *(a[i] for a, i in zip(axes, inside, strict=True)))]
    return table(np.stack([part.ravel() for part in grid], -1), read.ravel(), g[np.ix_(samples, *inside)].ravel())


@used.register
def of_convolution(layer: Convolution, seen: Seen, name: str, index: tuple[int, ...], g: np.ndarray) -> Table:
    """Inputs under one point of a kernel, with the gradients of the filter's map."""
    if name == "bias":
        return of_bias(g, index)
    *offset, c, o = index
    channel = o // (layer.filters // layer.groups) * seen.weight("kernel").shape[-2] + c
    return slid(layer, seen.x[0][..., channel], g[..., o], tuple(offset))


@used.register
def of_depthwise(layer: Depthwise, seen: Seen, name: str, index: tuple[int, ...], g: np.ndarray) -> Table:
    """Inputs of one channel, with the gradients of its map."""
    if name == "bias":
        return of_bias(g, index)
    *offset, c, m = index
    return slid(layer, seen.x[0][..., c], g[..., c * layer.depth_multiplier + m], tuple(offset))


@used.register
def of_dense(layer: Dense, seen: Seen, name: str, index: tuple[int, ...], g: np.ndarray) -> Table:
    """One input of each sample, with the gradients of the unit."""
    if name == "bias":
        return of_bias(g, index)
    x, part = seen.x[0][..., index[0]], g[..., index[1]]
    return table(np.argwhere(np.ones(part.shape, dtype=bool)), x.ravel(), part.ravel())


@used.register
def of_embedding(layer: Embedding, seen: Seen, name: str, index: tuple[int, ...], g: np.ndarray) -> Table:
    """The places of the word, with the gradients there."""
    there = seen.x[0].astype(int) == index[0]
    return table(np.argwhere(there), np.ones(int(there.sum())), g[..., index[1]][there])
