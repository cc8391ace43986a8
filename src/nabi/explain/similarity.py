"""Similarity of two maps: Spearman's rank correlation and SSIM, as the sanity checks of Adebayo et al. measure it.

    rho = correlation of the ranks (equal numbers share the mean of their ranks)                         Spearman 1904
    SSIM = mean over windows of (2 m_a m_b + c1)(2 s_ab + c2) / ((m_a^2 + m_b^2 + c1)(s_a^2 + s_b^2 + c2))
    c1 = (0.01 R)^2, c2 = (0.03 R)^2; windows of 7 x 7, sample variances, R the range, 1 after scaling   Wang et al. 2004
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

WINDOW = 7


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0 of the numbers of an array, flat; equal ones share the mean of theirs.

    Example:
        >>> ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist()
        [2.5, 0.0, 2.5, 1.0]
    """
    _, place, times = np.unique(np.ravel(values), return_inverse=True, return_counts=True)
    return (np.cumsum(times) - times + (times - 1) / 2)[place.ravel()]


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation, -1 to 1; 0 where a map is the same everywhere and so orders nothing.

    Example:
        >>> spearman(np.array([1, 2, 3, 4]), np.array([10, 100, 1000, 1001])), spearman(np.arange(4), np.zeros(4))
        (1.0, 0.0)
    """
    p, q = ranks(a), ranks(b)
    p, q = p - p.mean(), q - q.mean()
    size = float(np.sqrt((p @ p) * (q @ q)))
    return float(p @ q) / size if size else 0.0


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Structural similarity of two maps (H, W), each scaled to 0-1 by its own range; 1 for equal ones.

    Example:
        >>> a = np.arange(64.0).reshape(8, 8)
        >>> ssim(a, 2 * a + 1), round(ssim(a, a.T), 3)
        (1.0, 0.248)
    """
    side = min(WINDOW, *a.shape)
    x, y = (sliding_window_view(scaled(m), (side, side)).reshape(-1, side * side) for m in (a, b))
    n = side * side
    mx, my = x.mean(1), y.mean(1)
    vx, vy, vxy = x.var(1, ddof=1), y.var(1, ddof=1), ((x * y).mean(1) - mx * my) * n / (n - 1)
    c1, c2 = 0.01**2, 0.03**2
    return float(np.mean((2 * mx * my + c1) * (2 * vxy + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))))


def scaled(m: np.ndarray) -> np.ndarray:
    """A map from 0 to 1; all 0 where it is the same everywhere."""
    span = float(m.max() - m.min())
    return (m - m.min()) / span if span else np.zeros(m.shape)
