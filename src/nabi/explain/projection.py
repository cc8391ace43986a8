"""Projection: features of many pictures as points in a plane: PCA, which is a matrix, and t-SNE, which keeps neighbours.

    PCA     F - mean = U S V^T,    points = (F - mean) V_k,    share of variance k: S_k^2 / sum S^2
    t-SNE   places whose neighbours are those of the features; distances between groups mean nothing

Source: Pearson 1901 (PCA); van der Maaten & Hinton, "Visualizing data using t-SNE", 2008.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError, FileError, ShapeError
from nabi.core.numbers import number, whole


@dataclass(frozen=True)
class Projection:
    """Points, and the plane that they lie in.

    Attributes:
        points: (N, k).
        share: (k,) of the variance that each axis has.
        mean: (D,). `axes`: (D, k), orthonormal; each one's number of largest size is above 0.
    """

    points: np.ndarray
    share: np.ndarray
    mean: np.ndarray
    axes: np.ndarray

    def project(self, features: Any) -> np.ndarray:
        """The points of further features (N, D)."""
        return (np.asarray(features, dtype=np.float64) - self.mean) @ self.axes


@checked
def pca(features: Any, components: int = 2) -> Projection:
    """The directions in which features differ most.

    Args:
        features: (N, D), see `nabi.explain.features`.
        components: k.

    Example:
        >>> found = pca([[0.0, 0.0], [2.0, 2.0], [4.0, 4.0]], 1)
        >>> found.points.round(3).ravel().tolist(), found.share.round(3).tolist()
        ([-2.828, 0.0, 2.828], [1.0])

    Raises ShapeError for what is no table, ArgumentError for more components than there are.
    """
    F = table("pca", features)
    k = int(whole("pca(components)", components, least=1))
    if k > min(F.shape):
        raise ArgumentError("pca(components)", f"a whole number from 1 to {min(F.shape)}", repr(components))
    mean = F.mean(axis=0)
    _, S, V = np.linalg.svd(F - mean, full_matrices=False)
    axes = V[:k].T
    axes = axes * np.sign(axes[abs(axes).argmax(axis=0), np.arange(k)])
    return Projection((F - mean) @ axes, S[:k] ** 2 / (float((S**2).sum()) or 1.0), mean, axes)


@checked
def tsne(features: Any, perplexity: float = 30.0, seed: int = 0) -> np.ndarray:
    """Points (N, 2) by scikit-learn's t-SNE, begun at the first two components of PCA.

    Args:
        features: (N, D).
        perplexity: about how many neighbours count; less than N.
        seed: for the same picture each time.

    Raises FileError without scikit-learn.
    """
    F = table("tsne", features)
    p = float(number("tsne(perplexity)", perplexity, above=0))
    if p >= len(F):
        raise ArgumentError("tsne(perplexity)", f"less than the number of pictures, {len(F)}", repr(perplexity))
    try:
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise FileError("tsne", "the package scikit-learn", "none", 'Install it: pip install "nabi[sklearn]".') from error
    return TSNE(2, perplexity=p, init="pca", random_state=int(whole("tsne(seed)", seed, least=0))).fit_transform(F)


def table(where: str, features: Any) -> np.ndarray:
    """(N, D) float64 with two rows at least."""
    F = np.asarray(features, dtype=np.float64)
    if F.ndim != 2 or len(F) < 2 or not F.shape[1] or not np.isfinite(F).all():
        raise ShapeError(f"{where}(features)", "finite numbers (N, D), N from 2", F.shape)
    return F
