"""The slides' loops in NumPy and float64: convolution, pooling, batch normalisation, dense, written place by place.

They share nothing with nabi: "same" follows TensorFlow's rule as its documentation writes it, sums are Python loops.
"""

import numpy as np


def same_zeros(n: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Zeros before and after one axis, by TensorFlow's documentation of "SAME"."""
    span = dilation * (kernel - 1) + 1
    total = max(span - stride, 0) if n % stride == 0 else max(span - n % stride, 0)
    return total // 2, total - total // 2


def frame(x: np.ndarray, window, strides, padding, dilation=(1, 1), value: float = 0.0) -> np.ndarray:
    """x: (N, H, W, C) with its frame of `value`."""
    if padding == "valid":
        return x
    pads = [(padding, padding)] * 2
    if padding == "same":
        pads = [same_zeros(n, k, s, d) for n, k, s, d in zip(x.shape[1:3], window, strides, dilation, strict=True)]
    return np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=value)


def places(size: int, window: int, stride: int, dilation: int = 1) -> range:
    """Where a window begins along one axis."""
    return range(0, size - dilation * (window - 1), stride)


def conv2d(x, w, b=None, strides=(1, 1), padding="valid", dilation=(1, 1), groups=1) -> np.ndarray:
    """x: (N, H, W, C), w: (kH, kW, C / groups, filters): at each place multiply, sum, add the bias; the kernel is not flipped."""
    kh, kw, inside, filters = w.shape
    x = frame(np.asarray(x, float), (kh, kw), strides, padding, dilation)
    rows, columns = places(x.shape[1], kh, strides[0], dilation[0]), places(x.shape[2], kw, strides[1], dilation[1])
    y = np.zeros((len(x), len(rows), len(columns), filters))
    for n in range(len(x)):
        for i, top in enumerate(rows):
            for j, left in enumerate(columns):
                for f in range(filters):
                    first = f // (filters // groups) * inside
                    total = 0.0 if b is None else b[f]
                    for u in range(kh):
                        for v in range(kw):
                            for c in range(inside):
                                total += x[n, top + u * dilation[0], left + v * dilation[1], first + c] * w[u, v, c, f]
                    y[n, i, j, f] = total
    return y


def locally_connected(x, w, b, window, strides, padding="valid") -> np.ndarray:
    """Each place has a kernel of its own, w: (places, kH kW C, filters), for its window read row by row; b: (H', W', filters)."""
    x = frame(np.asarray(x, float), window, strides, padding)
    rows, columns = places(x.shape[1], window[0], strides[0]), places(x.shape[2], window[1], strides[1])
    y = np.zeros((len(x), len(rows), len(columns), w.shape[2]))
    for n in range(len(x)):
        for i, top in enumerate(rows):
            for j, left in enumerate(columns):
                seen = [x[n, top + u, left + v, c] for u in range(window[0]) for v in range(window[1]) for c in range(x.shape[3])]
                for f in range(w.shape[2]):
                    kernel = w[i * len(columns) + j, :, f]
                    y[n, i, j, f] = b[i, j, f] + sum(value * weight for value, weight in zip(seen, kernel, strict=True))
    return y


def transposed(x, w, b, strides, dilation=(1, 1)) -> np.ndarray:
    """x: (N, H, W, C), w: (kH, kW, filters, C): each number paints the kernel; nothing is cut, and nothing added."""
    (N, H, W, C), (kh, kw, filters, _) = np.shape(x), w.shape
    height, width = (H - 1) * strides[0] + dilation[0] * (kh - 1) + 1, (W - 1) * strides[1] + dilation[1] * (kw - 1) + 1
    y = np.zeros((N, height, width, filters))
    for n, i, j, c in np.ndindex(N, H, W, C):
        for u, v, f in np.ndindex(kh, kw, filters):
            y[n, i * strides[0] + u * dilation[0], j * strides[1] + v * dilation[1], f] += x[n, i, j, c] * w[u, v, f, c]
    return y + b


def pool2d(x, window, strides=None, padding="valid", kind="max") -> np.ndarray:
    """Largest, mean or root of the sum of squares of each window; places of the frame do not count."""
    strides = strides or window
    x = frame(np.asarray(x, float), window, strides, padding, value=np.nan)
    rows, columns = places(x.shape[1], window[0], strides[0]), places(x.shape[2], window[1], strides[1])
    y = np.zeros((len(x), len(rows), len(columns), x.shape[3]))
    for n in range(len(x)):
        for i, top in enumerate(rows):
            for j, left in enumerate(columns):
                for c in range(x.shape[3]):
                    values = [x[n, top + u, left + v, c] for u in range(window[0]) for v in range(window[1])]
                    values = [value for value in values if not np.isnan(value)]
                    y[n, i, j, c] = {"max": max, "average": lambda v: sum(v) / len(v),
                                     "l2": lambda v: sum(value * value for value in v) ** 0.5}[kind](values)
    return y


def batch_norm(x, gamma, beta, moving_mean, moving_variance, momentum=0.99, epsilon=1e-3, training=False):
    """(y, new moving mean, new moving variance); x: (..., C), each channel for itself."""
    x = np.asarray(x, float)
    y, means, variances = np.zeros_like(x), np.array(moving_mean, float), np.array(moving_variance, float)
    for c in range(x.shape[-1]):
        values = x[..., c].ravel().tolist()
        mu, s2 = moving_mean[c], moving_variance[c]
        if training:
            mu = sum(values) / len(values)
            s2 = sum((value - mu) ** 2 for value in values) / len(values)
            means[c] = momentum * moving_mean[c] + (1 - momentum) * mu
            variances[c] = momentum * moving_variance[c] + (1 - momentum) * s2
        y[..., c] = gamma[c] * (x[..., c] - mu) / (s2 + epsilon) ** 0.5 + beta[c]
    return y, means, variances


def dense(x, w, b) -> np.ndarray:
    """x: (..., n_in), w: (n_in, units): each unit sums over all inputs."""
    x = np.asarray(x, float)
    y = np.zeros((*x.shape[:-1], w.shape[1]))
    for index in np.ndindex(y.shape):
        y[index] = b[index[-1]] + sum(x[(*index[:-1], i)] * w[i, index[-1]] for i in range(len(w)))
    return y
