"""Orthogonal: a kernel whose columns (or rows) stand at right angles, so that it turns a signal and does not stretch it.

    A ~ N(0, 1),  A = Q R,  w = gain Q sign(diag R)        w^T w = gain^2 1, or w w^T where there are fewer rows than columns

Rows: all axes but the last, so that a convolution's kernel (kH, kW, in, out) is a matrix (kH kW in, out).
Source: Saxe et al. 2014, "Exact solutions to the nonlinear dynamics of learning"; Mezzadri 2007 (the signs make Q uniform);
Keras 3, initializers/random_initializers.py.
"""

import math

import numpy as np

from nabi.core.errors import ShapeError
from nabi.core.numbers import number, whole
from nabi.core.registry import register
from nabi.initializers.initializer import RandomInitializer


@register("initializer", "orthogonal", "OrthogonalInitializer")
class Orthogonal(RandomInitializer):
    """w = gain Q, Q drawn evenly from all orthogonal matrices: for recurrent kernels, which are applied again and again.

    Args:
        gain: a number that multiplies the matrix.
        seed: whole number for values that are the same at every call.

    Example:
        >>> w = Orthogonal(gain=2.0, seed=3)((5, 3))
        >>> (w.T @ w).round(decimals=4).tolist()
        [[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 4.0]]

    torch's `orthogonal_` flattens the other way: its kernels have the outputs first. Raises ShapeError below two axes.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None):
        self.gain = number("Orthogonal(gain)", gain)
        self.seed = whole("Orthogonal(seed)", seed, optional=True)

    def draw(self, shape, generator):
        if len(shape) < 2:
            raise ShapeError("Orthogonal", "a shape of two axes or more", tuple(shape), 'Take "zeros" for a bias.')
        rows, columns = math.prod(shape[:-1]), shape[-1]
        a = generator.standard_normal((max(rows, columns), min(rows, columns)), np.float32)
        q, r = np.linalg.qr(a.astype(np.float64))
        q = q * np.sign(np.diagonal(r))
        q = q.T if rows < columns else q
        return (self.gain * q).reshape(shape).astype(np.float32)
