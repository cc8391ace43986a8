"""Normalization: data brought to mean 0 and variance 1 by their mean and variance, found once, before training (정규화).

    y = (x - mean) / max(sqrt(variance), 1e-7)            invert:  y = x max(sqrt(variance), 1e-7) + mean
    mean = sum x / m,   variance = sum (x - mean)^2 / m   over the m numbers that share one mean; by default those of a channel

`adapt(data)` computes both in float64, piece after piece; two pieces a and b of m_a and m_b numbers have together

    mean = mean_a + (mean_b - mean_a) m_b / m,   m variance = m_a variance_a + m_b variance_b + (mean_b - mean_a)^2 m_a m_b / m

Source: LeCun et al., "Efficient backprop", 1998, section 4.3; Chan, Golub & LeVeque, "Updating formulae and a pairwise algorithm
for computing sample variances", 1979, equation 2.1.
"""

import math
from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError, ShapeError
from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.core.shapes import as_text
from nabi.layers.layer import Layer
from nabi.layers.reshaping import number_or_list

LEAST = 1e-7  # what stands for a standard deviation of 0, Keras' epsilon
PIECE = 1 << 22  # numbers that are taken as float64 at once


@register("layer")
class Normalization(Layer):
    """Centres and scales by numbers known before training: given, or found in data by `adapt`.

    Args:
        axis: the axis, or axes, whose places each have a mean and variance of their own: -1, the channels. None means one mean
            and variance for all numbers.
        mean, variance: the numbers, if they are known; one for all, or one for each place on `axis`. Both or none.
        invert: True goes the way back, from normalised numbers to the data's own.

    Shapes: unchanged. Weights, without given numbers: mean, variance, each (channels,), not trainable; 0 and 1 before `adapt`.

    Example:
        >>> import nabi, numpy as np
        >>> layer = nabi.layers.Normalization()
        >>> layer.adapt(np.array([[0., 7., 4.], [2., 9., 6.], [0., 7., 4.], [2., 9., 6.]]))
        >>> layer(np.array([[0., 7., 4.]], "float32")).tolist()
        [[-1.0, -1.0, -1.0]]

    Keras keeps a third weight, `count`, that it never reads, and computes mean and variance in the data's own precision.
    Raises ArgumentError for one of mean and variance without the other, ShapeError for an axis of unknown length.
    """

    supports_masking = True

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **base):
        super().__init__(**base)
        axes = axis if isinstance(axis, (tuple, list)) else () if axis is None else (axis,)
        if not all(isinstance(a, Integral) and not isinstance(a, bool) for a in axes):
            raise ArgumentError("Normalization(axis)", "a whole number, several of them, or None", repr(axis),
                                "-1, the channels, is the usual one.")
        shapes = [None if given is None else np.shape(given) for given in (mean, variance)]
        if shapes[0] != shapes[1]:
            raise ArgumentError("Normalization(mean, variance)", "both in one shape, or neither", f"{mean!r} and {variance!r}",
                                "adapt(data) finds both.")
        self.axis = axis
        self.mean = None if mean is None else number_or_list(mean, "Normalization(mean)")
        self.variance = None if variance is None else number_or_list(variance, "Normalization(variance)")
        self.invert = flag("Normalization(invert)", invert)

    def kept(self, rank: int) -> tuple[int, ...]:
        """The axes that keep their places, counted from 0, in order; none of numbers in a row, one a sample, as in Keras 2."""
        if rank == 1:
            return ()
        axes = self.axis if isinstance(self.axis, (tuple, list)) else () if self.axis is None else (self.axis,)
        return tuple(sorted(a % rank if -rank <= a < rank else rank for a in axes))

    def build(self, input_shape):
        kept = self.kept(len(input_shape))
        if any(a >= len(input_shape) or input_shape[a] is None for a in kept):
            raise ShapeError(self.label, f"axes of known length among {as_text(input_shape)}", f"axis={self.axis!r}",
                             "axis=-1, the channels, is the usual one; axis=None takes one mean for all numbers.")
        shape = tuple(input_shape[a] for a in kept)
        if self.mean is None:
            self.adapt_mean = self.add_weight(shape, "zeros", trainable=False, name="mean")
            self.adapt_variance = self.add_weight(shape, "ones", trainable=False, name="variance")
        elif not fits(np.shape(self.mean), shape):
            raise ShapeError(f"{self.label}, mean", f"one number, or {shape} for axis={self.axis!r}", np.shape(self.mean))

    def call(self, x):
        mean, variance = self.moments(x)
        sigma = torch.sqrt(variance).clamp(min=LEAST)
        return mean + x * sigma if self.invert else (x - mean) / sigma

    def moments(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Mean and variance, shaped to meet x."""
        kept = self.kept(x.ndim)
        pair = (self.mean, self.variance) if self.mean is not None else (self.adapt_mean, self.adapt_variance)
        shape = [x.shape[a] if a in kept else 1 for a in range(x.ndim)]
        sizes = [x.shape[a] for a in kept]
        return [torch.as_tensor(v, dtype=x.dtype, device=x.device).expand(sizes).reshape(shape) for v in pair]

    def adapt(self, data: Any) -> None:
        """Sets mean and variance to those of the data: an array, a tensor, or batches one after the other (x, or (x, y)).

        Raises:
            ArgumentError: mean and variance were given. DataError: nothing, NaN or infinity.
            ShapeError: another shape than it was built for.
        """
        if self.mean is not None:
            raise ArgumentError(f"{self.label}.adapt", "a layer without given numbers", f"mean={self.mean!r}")
        count, mean, squares = 0, np.zeros(()), np.zeros(())
        for piece in pieces(data):
            self.prepare([(None, *piece.shape[1:])])
            others = tuple(a for a in range(piece.ndim) if a not in self.kept(piece.ndim))
            x = piece.astype(np.float64)
            m, mean_b = math.prod(x.shape[a] for a in others), x.mean(others, keepdims=True)
            squares_b, mean_b = ((x - mean_b) ** 2).sum(others), mean_b.squeeze(others)
            step, count = mean_b - mean, count + m
            mean = mean + step * (m / count)
            squares = squares + squares_b + step**2 * (m * (count - m) / count)
        if not count or not np.isfinite(squares).all():
            raise DataError(f"{self.label}.adapt(data)", "finite numbers", "NaN or infinity" if count else "nothing")
        self._weights["adapt_mean"].assign(mean)
        self._weights["adapt_variance"].assign(squares / count)


def fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    """Whether numbers of a shape can be repeated to the wanted one."""
    return len(shape) <= len(wanted) and all(n in (1, m) for n, m in zip(shape[::-1], wanted[::-1], strict=False))


def pieces(data: Any) -> Iterator[np.ndarray]:
    """Arrays of about `PIECE` numbers from an array, a tensor, or an iterable of batches, of which x is taken."""
    if isinstance(data, torch.Tensor):
        data = data.detach().cpu().numpy()
    whole = hasattr(data, "__array__") or (isinstance(data, (list, tuple)) and not (data and is_batch(data[0])))
    for batch in [data] if whole else data:
        array = np.asarray(batch[0] if isinstance(batch, (tuple, list)) and not whole else batch)
        if array.dtype.kind not in "biuf" or array.ndim == 0:
            raise DataError("Normalization.adapt(data)", "an array of numbers, or batches of them", repr(batch)[:60])
        rows = max(1, PIECE * len(array) // max(array.size, 1))
        for begin in range(0, len(array), rows):
            yield array[begin:begin + rows]


def is_batch(thing: Any) -> bool:
    """Whether it is an array, or (x, y) of arrays."""
    return hasattr(thing[0] if isinstance(thing, tuple) and thing else thing, "__array__")
