"""Rearranging: the same numbers in another shape, order or number of copies.

    Reshape        (N, a, b, ...) -> (N, *target_shape), in the order in which they lie: rows first, channels fastest
    Permute        Y[n, i_1, ..., i_k] with its axes in the order `dims`; Permute((2, 1)) is the transpose of each sample
    RepeatVector   Y[n, t, c] = X[n, c] for t = 1 ... n

Source: Keras 3.
"""

import math
from numbers import Integral

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_text, as_tuple, volume
from nabi.layers.layer import Layer


@register("layer")
class Reshape(Layer):
    """Each sample in another shape.

    Args:
        target_shape: the shape of one sample, without the batch axis; one size may be -1: what is left for it.

    Shapes: (batch, ...) -> (batch, *target_shape).

    Example:
        >>> import nabi
        >>> nabi.layers.Reshape((7, 7, 16))(nabi.Input((784,))).shape, nabi.layers.Reshape((-1, 4))(nabi.Input((7, 7, 16))).shape
        ((None, 7, 7, 16), (None, 196, 4))
    """

    def __init__(self, target_shape, **base):
        super().__init__(**base)
        sizes = tuple(target_shape) if isinstance(target_shape, (tuple, list)) else (target_shape,)
        right = all(isinstance(n, Integral) and not isinstance(n, bool) and (int(n) > 0 or n == -1) for n in sizes)
        if not right or sizes.count(-1) > 1:
            raise ArgumentError("Reshape(target_shape)", "whole numbers above 0, of which one may be -1", repr(target_shape),
                                "The batch axis is not among them.")
        self.target_shape = tuple(int(n) for n in sizes)

    def call(self, x):
        return x.reshape(len(x), *self.compute_output_shape(x.shape)[1:])  # an empty batch would leave -1 open

    def compute_output_shape(self, input_shape):
        n, known = volume(input_shape[1:]), math.prod(size for size in self.target_shape if size != -1)
        if n is None:
            return (input_shape[0], *(None if size == -1 else size for size in self.target_shape))
        if n != known if -1 not in self.target_shape else n % known:
            of = "a multiple of " if -1 in self.target_shape else ""
            raise ShapeError(self.label, f"{of}{known} numbers a sample for {self.target_shape}", f"{n}: {as_text(input_shape)}",
                             "" if -1 in self.target_shape else "One size may be -1: what is left for it.")
        return (input_shape[0], *(n // known if size == -1 else size for size in self.target_shape))


@register("layer")
class Permute(Layer):
    """The axes of each sample in another order.

    Args:
        dims: for each axis of the output the axis of the input, counted from 1; the batch axis stays.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Permute((2, 1))(torch.tensor([[[1., 2.], [3., 4.]]])).tolist()
        [[[1.0, 3.0], [2.0, 4.0]]]
    """

    def __init__(self, dims, **base):
        super().__init__(**base)
        axes = tuple(dims) if isinstance(dims, (tuple, list)) else ()
        numbers = all(isinstance(d, Integral) and not isinstance(d, bool) for d in axes)
        if not axes or not numbers or sorted(axes) != list(range(1, len(axes) + 1)):
            raise ArgumentError("Permute(dims)", "the numbers 1 to the number of axes, in another order", repr(dims),
                                "The batch axis is not among them: (2, 1) changes steps and features.")
        self.dims = tuple(map(int, axes))
        self.rank = len(self.dims) + 1

    def call(self, x):
        return x.permute(0, *self.dims)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *(input_shape[d] for d in self.dims))


@register("layer")
class RepeatVector(Layer):
    """A vector as a sequence of n equal steps: an encoder's code, ready for a decoder.

    Args:
        n: how often.

    Shapes: (batch, features) -> (batch, n, features).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.RepeatVector(2)(torch.tensor([[1., 2.]])).tolist()
        [[[1.0, 2.0], [1.0, 2.0]]]
    """

    rank = 2

    def __init__(self, n, **base):
        super().__init__(**base)
        (self.n,) = as_tuple(n, 1, "RepeatVector(n)")

    def call(self, x):
        return x.unsqueeze(1).expand(-1, self.n, -1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.n, input_shape[1])
