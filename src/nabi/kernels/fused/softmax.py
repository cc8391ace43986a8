"""Softmax: the fused form of `nabi.kernels.softmax`: one pass over rows of logits, for few classes.

Between logits and results it computes in float64, so each result is rounded once and no order of sums can be seen in it.
"""

import math

from nabi.kernels.compiling import inline, small_kernel
from nabi.kernels.fused.bits import f32, np


@inline
def largest(z):
    """The largest of a row; NaN if there is one."""
    m = float(z[0])
    for v in z[1:]:
        m = v if (v > m) | (v != v) else m
    return m


@inline
def exponentials(z, m, e):
    """e = exp(z - m), and their sum."""
    s = 0.0
    for j in range(z.shape[0]):
        e[j] = math.exp(z[j] - m)
        s += e[j]
    return s


@inline
def first_largest(x):
    """The place of the first of the largest numbers of a row."""
    place = 0
    for j in range(1, x.shape[0]):
        place = j if x[j] > x[place] else place
    return place


@small_kernel
def by_shares(z, y, g, loss, d, p):
    """Labels are shares of the classes, such as one-hot vectors. The losses' sum, and how many predictions are right."""
    total, right, e = 0.0, 0, np.empty(z.shape[1])
    for i in range(z.shape[0]):
        m = largest(z[i])
        s = exponentials(z[i], m, e)
        log_s, L, sum_y = math.log(s), 0.0, 0.0
        for j in range(z.shape[1]):
            L -= y[i, j] * ((z[i, j] - m) - log_s)
            sum_y += y[i, j]
        loss[i] = L
        total += L
        for j in range(z.shape[1]):
            p[i, j] = e[j] / s
            d[i, j] = f32(e[j] / s * sum_y - y[i, j]) * g
        right += first_largest(p[i]) == first_largest(y[i])
    return total, right


@small_kernel
def by_number(z, y, g, loss, d, p):
    """Labels are class numbers. As `by_shares`; nothing is right (-1) if a label is no class number."""
    total, right, classes, e = 0.0, 0, z.shape[1], np.empty(z.shape[1])
    for i in range(z.shape[0]):
        if y[i] < 0 or y[i] >= classes:
            return total, -1
        m = largest(z[i])
        s = exponentials(z[i], m, e)
        L = math.log(s) - (z[i, y[i]] - m)
        loss[i] = L
        total += L
        for j in range(classes):
            p[i, j] = e[j] / s
            d[i, j] = f32(e[j] / s - (1.0 if j == y[i] else 0.0)) * g
        right += first_largest(p[i]) == y[i]
    return total, right
