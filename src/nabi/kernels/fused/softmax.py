"""Softmax: the fused form of `nabi.kernels.softmax`: one pass over rows of logits, for few classes."""

import math

from nabi.kernels.fused.bits import VERSION, f32
from nabi.kernels.jit import inline, kernel


@inline
def largest(z):
    """The largest of a row; NaN if there is one."""
    m = z[0]
    for v in z[1:]:
        m = v if (v > m) | (v != v) else m
    return m


@inline
def exponentials(z, m, p):
    """p = exp(z - m), and their sum."""
    s = f32(0)
    for j in range(z.shape[0]):
        p[j] = math.exp(z[j] - m)
        s += p[j]
    return s


@kernel(VERSION, threads=False)
def by_shares(z, y, loss, d, p):
    """Labels are shares of the classes, such as one-hot vectors; True."""
    for i in range(z.shape[0]):
        m = largest(z[i])
        s = exponentials(z[i], m, p[i])
        log_s, total, sum_y = math.log(s), f32(0), f32(0)
        for j in range(z.shape[1]):
            total -= y[i, j] * ((z[i, j] - m) - log_s)
            sum_y += y[i, j]
        loss[i] = total
        for j in range(z.shape[1]):
            p[i, j] /= s
            d[i, j] = p[i, j] * sum_y - y[i, j]
    return True


@kernel(VERSION, threads=False)
def by_number(z, y, loss, d, p):
    """Labels are class numbers; False as soon as one is none."""
    classes = z.shape[1]
    for i in range(z.shape[0]):
        if y[i] < 0 or y[i] >= classes:
            return False
        m = largest(z[i])
        s = exponentials(z[i], m, p[i])
        loss[i] = math.log(s) - (z[i, y[i]] - m)
        for j in range(classes):
            p[i, j] /= s
            d[i, j] = p[i, j]
        d[i, y[i]] -= f32(1)
    return True
