"""The formulas of the norms that look at one sample only, in NumPy and float64, place by place. They share nothing with nabi."""

import itertools

import numpy as np


def standard(values: list[float], epsilon: float) -> list[float]:
    """The values at mean 0 and variance 1."""
    mu = sum(values) / len(values)
    s2 = sum((value - mu) ** 2 for value in values) / len(values)
    return [(value - mu) / (s2 + epsilon) ** 0.5 for value in values]


def layer_norm(x, axes, gamma=None, beta=None, epsilon=1e-3) -> np.ndarray:
    """x: (N, ...) normalised along the axes (in order, from 0); gamma, beta: of the axes' shape."""
    x, y = np.asarray(x, float), np.zeros(np.shape(x))
    others = [range(n) if a not in axes else [None] for a, n in enumerate(x.shape)]
    inner = list(itertools.product(*(range(x.shape[a]) for a in axes)))
    for outer in itertools.product(*others):
        places = []
        for index in inner:
            place = list(outer)
            for a, i in zip(axes, index, strict=True):
                place[a] = i
            places.append(tuple(place))
        for place, index, xhat in zip(places, inner, standard([x[p] for p in places], epsilon), strict=True):
            y[place] = xhat * (1 if gamma is None else gamma[index]) + (0 if beta is None else beta[index])
    return y


def group_norm(x, groups, gamma=None, beta=None, epsilon=1e-3) -> np.ndarray:
    """x: (N, ..., C): each sample's channels in groups of neighbours."""
    x = np.asarray(x, float)
    flat, y = x.reshape(len(x), -1, x.shape[-1]), np.zeros((len(x), x[0].size // x.shape[-1], x.shape[-1]))
    size = x.shape[-1] // groups
    for n in range(len(x)):
        for group in range(groups):
            places = [(n, p, group * size + c) for p in range(flat.shape[1]) for c in range(size)]
            for place, xhat in zip(places, standard([flat[p] for p in places], epsilon), strict=True):
                c = place[-1]
                y[place] = xhat * (1 if gamma is None else gamma[c]) + (0 if beta is None else beta[c])
    return y.reshape(x.shape)


def local_response(x, size, alpha, beta, k) -> np.ndarray:
    """x: (..., C): each number by the strength of `size` channels around it."""
    x, y = np.asarray(x, float), np.zeros(np.shape(x))
    for place in np.ndindex(x.shape):
        i = place[-1]
        around = range(max(0, i - size // 2), min(x.shape[-1], i + (size - 1) // 2 + 1))
        y[place] = x[place] / (k + alpha * sum(x[(*place[:-1], j)] ** 2 for j in around)) ** beta
    return y
