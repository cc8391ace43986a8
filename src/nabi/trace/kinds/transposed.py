"""Transposed convolution: the numbers that paint one place, each through the point of the kernel that reaches it.

    z[i, j, o] = sum over u, v, c of x[(i + P - u D) / S, (j + P - v D) / S, c] W[u, v, o, c] + b[o]     where both are whole
"""

from itertools import product

import numpy as np

from nabi.layers.transposed import Transposed
from nabi.trace.kinds.convolution import bias_of
from nabi.trace.kinds.functions import through
from nabi.trace.kinds.sums import summed
from nabi.trace.seen import Seen, wide
from nabi.trace.step import Told
from nabi.trace.telling import Places, anywhere, read_by, rule


def painters(layer: Transposed, sizes: tuple[int, ...], place: list[int]) -> list[list[tuple[int, int]]]:
    """For each axis (place of the input, point of the kernel) that reach a place of the output."""
    found = []
    sides = zip(layer.kernel_size, layer.strides, layer.dilation_rate, layer.cuts(), strict=True)
    for i, n, (k, s, d, (cut, _)) in zip(place, sizes, sides, strict=True):
        reached = [(i + cut - u * d, u) for u in range(k)]
        found.append([(at // s, u) for at, u in reached if at % s == 0 and 0 <= at // s < n])
    return found


@rule(Transposed)
def of_transposed(layer: Transposed, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """A sum over what paints the place."""
    *at, o = place
    x, kernel = seen.one, seen.weight("kernel")
    pairs = list(product(*painters(layer, x.shape[:-1], at)))
    channels = np.arange(x.shape[-1])
    places = np.array([[*(a for a, _ in pair), c] for pair in pairs for c in channels], dtype=int).reshape(-1, x.ndim)
    values = np.array([x[tuple(a for a, _ in pair)] for pair in pairs]).reshape(-1, len(channels))
    w = np.array([kernel[(*(u for _, u in pair), o)] for pair in pairs]).reshape(-1, len(channels))
    parts = (wide(values) * wide(w)).sum(0) if len(channels) > 1 else None
    return summed(layer, seen, place, values, w, places, bias_of(layer, seen, o), None, parts)


@read_by(Transposed)
def of_transposed_read(layer: Transposed, out: Places, shapes: list, output: int = 0) -> list[Places]:
    """What paints the place, over all channels."""
    *sizes, channels = shapes[0]
    found = np.zeros((*sizes, 1), dtype=bool)
    for at in np.argwhere(anywhere(through(layer, out), -1)):
        for pair in product(*painters(layer, tuple(sizes), at.tolist())):
            found[tuple(a for a, _ in pair)] = True
    return [np.repeat(found, channels, -1)]
