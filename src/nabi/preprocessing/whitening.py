"""Whitening: a matrix after which the pixels of a set of pictures are uncorrelated and spread alike: ZCA.

    x = U S V'  (of the centred data, transposed)        W = U (sqrt(N) / (S + epsilon)) U'

Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009, appendix A. Keras takes a singular value
decomposition of all the data; here it is that of their covariance, in float64, which for many pictures is far smaller.
"""

import numpy as np

ROWS = 4096  # pictures that are widened to float64 at a time


def whitening(x: np.ndarray, epsilon: float = 1e-6) -> np.ndarray:
    """W (pixels, pixels) of pictures (N, pixels), in their dtype.

    Example:
        >>> x = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        >>> white = x @ whitening(x)
        >>> (white.T @ white / 4).round(4).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    n, d = x.shape
    few = min(n, d)
    if n < d:  # U and S from the smaller matrix x x', of which U = x' V / S
        values, V = np.linalg.eigh(product(x.T))
        S = np.sqrt(np.clip(values, 0, None))
        U = x.T.astype(np.float64) @ (V / np.maximum(S, np.finfo(np.float32).tiny))
    else:
        values, U = np.linalg.eigh(product(x))
        S, U = np.sqrt(np.clip(values[-few:], 0, None)), U[:, -few:]
    return ((U * (np.sqrt(n) / (S + epsilon))) @ U.T).astype(x.dtype)


def product(x: np.ndarray) -> np.ndarray:
    """x' x in float64."""
    return sum((part := x[k : k + ROWS].astype(np.float64)).T @ part for k in range(0, len(x), ROWS))  # type: ignore[return-value]
