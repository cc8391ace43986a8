"""Norm: the fused form of `nabi.kernels.norm`, on flat arrays of rows of C channels.

An array is read in chunks of `width(C)` elements, a whole number of rows, so that inner loops are long whatever C is; what
belongs to a channel is repeated over a chunk. Sums are taken by lanes (places in a chunk) in float32 over a block of chunks, and
put together in float64 block after block. The blocks depend on the shape alone, so the number of threads changes no bit.

All that belongs to a channel lies in one `table`, (6, C) float64: mean, variance, scale, offset, dscale, doffset.
"""

import math

from numba import prange

from nabi.kernels.compiling import inline, kernel
from nabi.kernels.fused.bits import below, f32, get, np, put

LANES = 512  # elements of a chunk, about
CHUNKS = 64  # of a block


@inline
def width(C):
    """Elements of a chunk."""
    return max(LANES // C, 1) * C


@inline
def bend(z, v, slope):
    """v where z is above 0 or NaN, else slope * v; 0 for slope 0, even if v is infinite."""
    return below(v, slope) if z <= f32(0) else v


@inline
def finite(v):
    """v, or 0 for infinity and NaN."""
    return v if abs(v) < f32(np.inf) else f32(0)


@kernel
def moments(x, table):
    """Writes mean and biased variance of each channel, from sums of differences and of their squares.

    In float32 the differences are from the lane's first element in the block, so a large mean costs no digits; in float64 they
    are moved to the channel's first element in x, where all lanes and blocks just add up. Shifting by a sample is safe whatever
    the sample: the n squares about it are at most n + 1 times those about the mean.
    """
    size, C, mean, variance = x.shape[0], table.shape[1], table[0], table[1]
    lanes = width(C)
    length = lanes * CHUNKS
    blocks = (size + length - 1) // length
    part, origin = np.empty((blocks, 2, C)), np.empty(C)
    for c in range(C):
        origin[c] = finite(get(x, c))
    for block in prange(blocks):
        start, stop = block * length, min(size, (block + 1) * length)
        first, s, q = np.zeros(lanes, np.float32), np.zeros(lanes, np.float32), np.zeros(lanes, np.float32)
        a = x[start : min(stop, start + lanes)]
        for e in range(a.shape[0]):
            first[e] = finite(get(a, e))
        for at in range(start, stop, lanes):
            a = x[at : min(stop, at + lanes)]
            for e in range(a.shape[0]):
                d = get(a, e) - first[e]
                s[e] += d
                q[e] += d * d
        full, rest = (stop - start) // lanes, (stop - start) % lanes
        u, w = part[block, 0], part[block, 1]
        for c in range(C):
            u[c], w[c] = 0, 0
        for at in range(0, lanes, C):
            k = np.float64(full + (at < rest))  # elements in each of these lanes
            f, t, r = first[at : at + C], s[at : at + C], q[at : at + C]
            for c in range(C):
                u[c] += t[c] + k * (f[c] - origin[c])
            for c in range(C):
                d = f[c] - origin[c]
                w[c] += r[c] + d * (2 * np.float64(t[c]) + k * d)
    add_up(part, mean, variance)
    n = size // C
    for c in range(C):
        d = mean[c] / n
        mean[c], variance[c] = origin[c] + d, (variance[c] - mean[c] * d) / n


@inline
def add_up(part, first, second):
    """(blocks, 2, C) -> two sums (C,), in the order of the blocks."""
    for c in range(first.shape[0]):
        first[c], second[c] = 0, 0
    for block in range(part.shape[0]):
        for c in range(first.shape[0]):
            first[c] += part[block, 0, c]
            second[c] += part[block, 1, c]


@inline
def folded(table, epsilon, lanes):
    """mu, a, b of y = (x - mu) a + b, repeated; mu is the mean as float32, and b makes up for what that has rounded off."""
    C = table.shape[1]
    mu, a, b = np.empty(lanes, np.float32), np.empty(lanes, np.float32), np.empty(lanes, np.float32)
    for c in range(C):
        factor = table[2, c] / math.sqrt(table[1, c] + epsilon)
        mu[c], a[c] = table[0, c], factor
        b[c] = table[3, c] - (table[0, c] - mu[c]) * factor
    for e in range(C, lanes):
        mu[e], a[e], b[e] = mu[e - C], a[e - C], b[e - C]
    return mu, a, b


@kernel
def forward(x, residual, y, table, epsilon, slope):
    """y = bend(scale (x - mean) / sqrt(variance + epsilon) + offset [+ residual])."""
    size, lanes = x.shape[0], width(table.shape[1])
    mu, a, b = folded(table, epsilon, lanes)
    length = lanes * CHUNKS
    for block in prange((size + length - 1) // length):
        for at in range(block * length, min(size, (block + 1) * length), lanes):
            stop = min(size, at + lanes)
            i, o = x[at:stop], y[at:stop]
            if residual is None:
                for e in range(i.shape[0]):
                    z = (get(i, e) - mu[e]) * a[e] + b[e]
                    put(o, e, bend(z, z, slope))
            else:
                r = residual[at:stop]
                for e in range(i.shape[0]):
                    z = (get(i, e) - mu[e]) * a[e] + b[e] + get(r, e)
                    put(o, e, bend(z, z, slope))


@kernel
def sums(x, g, y, d, table, epsilon, slope):
    """Writes dscale and doffset: sums of d * xhat and of d, where d is g behind the activation.

    With a residual, d is written out as its gradient, by the sign of y; without one (y and d are None) the sign of y is computed
    once more from x.
    """
    size, C, dscale, doffset = x.shape[0], table.shape[1], table[4], table[5]
    lanes = width(C)
    mu, a, b = folded(table, epsilon, lanes)
    length = lanes * CHUNKS
    blocks = (size + length - 1) // length
    part = np.empty((blocks, 2, C))
    for block in prange(blocks):
        s, q = np.zeros(lanes, np.float32), np.zeros(lanes, np.float32)
        for at in range(block * length, min(size, (block + 1) * length), lanes):
            stop = min(size, at + lanes)
            i, o = x[at:stop], g[at:stop]
            if y is None:
                for e in range(i.shape[0]):
                    t = get(i, e) - mu[e]
                    v = bend(t * a[e] + b[e], get(o, e), slope)
                    s[e] += v
                    q[e] += v * t
            else:
                k, w = y[at:stop], d[at:stop]
                for e in range(i.shape[0]):
                    put(w, e, bend(get(k, e), get(o, e), slope))
                for e in range(i.shape[0]):
                    v = get(w, e)
                    s[e] += v
                    q[e] += v * (get(i, e) - mu[e])
        u, w = part[block, 0], part[block, 1]
        for c in range(C):
            u[c], w[c] = 0, 0
        for at in range(0, lanes, C):
            t, r = s[at : at + C], q[at : at + C]
            for c in range(C):
                u[c] += t[c]
            for c in range(C):
                w[c] += r[c]
    add_up(part, doffset, dscale)
    for c in range(C):
        rounded_off = finite((table[0, c] - mu[c]) * doffset[c])  # not 0 * infinity
        dscale[c] = (dscale[c] - rounded_off) / math.sqrt(table[1, c] + epsilon)


@kernel
def backward(x, g, dx, table, epsilon, slope, own):
    """dx = scale / sqrt(variance + epsilon) * (d - doffset / n - xhat * dscale / n); of d alone where the moments are given."""
    size, C = x.shape[0], table.shape[1]
    lanes = width(C)
    mu, a, b = folded(table, epsilon, lanes)
    p, q = np.zeros(lanes, np.float32), np.zeros(lanes, np.float32)
    for c in range(C):
        n, r = size // C, 1 / math.sqrt(table[1, c] + epsilon)
        p[c] = table[2, c] * r * r * table[4, c] / n
        q[c] = table[2, c] * r * table[5, c] / n - (table[0, c] - mu[c]) * p[c]
    for e in range(C, lanes):
        p[e], q[e] = p[e - C], q[e - C]
    length = lanes * CHUNKS
    for block in prange((size + length - 1) // length):
        for at in range(block * length, min(size, (block + 1) * length), lanes):
            stop = min(size, at + lanes)
            i, k, o = x[at:stop], g[at:stop], dx[at:stop]
            if own:
                for e in range(i.shape[0]):
                    t = get(i, e) - mu[e]
                    put(o, e, bend(t * a[e] + b[e], get(k, e), slope) * a[e] - t * p[e] - q[e])
            else:
                for e in range(i.shape[0]):
                    put(o, e, bend((get(i, e) - mu[e]) * a[e] + b[e], get(k, e), slope) * a[e])
