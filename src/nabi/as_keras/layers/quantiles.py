"""Quantiles: boundaries with about as many values between them, from batches that are seen once.

A summary is two rows: values in order, and how many values each one stands for; 1 / epsilon columns or fewer.

    thin:  v' at  p = epsilon, 2 epsilon, ..., 1   is  v(p)  by straight lines through (shares of weight so far, v)

Source: Keras 3, layers/preprocessing/discretization.py.
"""

import numpy as np


def summary_of(values: np.ndarray, epsilon: float) -> np.ndarray:
    """The summary of a batch: each value where there are few, else every (n epsilon)-th. Shape: any -> (2, columns).

    Example:
        >>> summary_of(np.array([3.0, 1.0]), 0.01).tolist()
        [[1.0, 3.0], [1.0, 1.0]]
    """
    ordered = np.sort(values.astype(np.float32).ravel())
    step = max(ordered.size * epsilon, 1)
    kept = ordered[int(step - 1) :: int(step)]
    return np.stack([kept, np.full_like(kept, step)])


def thinned(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """No more than 1 / epsilon columns."""
    if summary.shape[1] * epsilon < 1:
        return summary
    at = epsilon + np.arange(0.0, 1.0, epsilon)
    so_far = summary[1].cumsum()
    share = so_far / so_far[-1]
    values, weights = np.interp(at, share, summary[0]), np.interp(at, share, so_far)
    return np.stack([values, np.diff(weights, prepend=0)]).astype(np.float32)


def joined(one: np.ndarray, other: np.ndarray, epsilon: float) -> np.ndarray:
    """The summary of two."""
    both = np.concatenate([one, other], 1)
    return thinned(both[:, np.argsort(both[0])], epsilon)


def boundaries(summary: np.ndarray, bins: int) -> list[float]:
    """Where the bins meet: bins - 1 values, where there are as many."""
    return thinned(summary, 1.0 / bins)[0, :-1].tolist()
