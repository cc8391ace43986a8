"""Layer runs: one layer alone on an array, with weights of one's choice: with it the figures of convolution compute."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nabi.layers import Conv2D, Input
from nabi.models import Sequential

X = np.array([[1, 0, 2, 3], [2, 1, 0, 1], [1, 0, 1, 3], [2, 0, 3, 2]], dtype=float)  # the lectures' worked example
K = np.array([[1, 2, 0], [3, 2, 1], [0, 1, 3]], dtype=float)


def alone(layer: Any, x: np.ndarray, weights: Sequence[np.ndarray] = ()) -> tuple[Sequential, np.ndarray]:
    """A model of one layer with these weights, and what it makes of one array.

    Args:
        layer: a new layer.
        x: (h, w) or (h, w, C).
        weights: in Keras' shapes.

    Example:
        >>> alone(Conv2D(1, 3, use_bias=False), X, [K[..., None, None]])[1][..., 0].tolist()
        [[12.0, 18.0], [17.0, 15.0]]
    """
    picture = x[..., None] if x.ndim == 2 else x
    model = Sequential([Input(picture.shape), layer])
    if weights:
        model.set_weights([np.asarray(weight) for weight in weights])
    return model, model.predict(picture[None].astype("float32"), verbose=0)[0].astype(float)


def convolved(x: np.ndarray, kernel: np.ndarray, **options: Any) -> np.ndarray:
    """A map (h, w) under one filter of `Conv2D` without bias: (h', w').

    Example:
        >>> convolved(X, K, padding=1)[0].tolist()
        [7.0, 6.0, 10.0, 13.0]
    """
    return alone(Conv2D(1, kernel.shape, use_bias=False, **options), x, [kernel[..., None, None]])[1][..., 0]
