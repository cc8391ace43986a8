"""Initializer: a weight's first values, f(shape, generator); and those that draw nothing.

    init((784, 100)), init((3, 3, 1, 32), torch.float64, numpy.random.default_rng(7))

Source: Keras 3, initializers/initializer.py, initializers/constant_initializers.py.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import ShapeError, Unwritten
from nabi.core.numbers import number
from nabi.core.pieces import Piece
from nabi.core.random import WEIGHTS, fresh_generator, stream
from nabi.core.registry import register
from nabi.initializers.law import Law


class Initializer(Piece):
    """Base of all initializers: subclass it and write `values`.

    A call makes a tensor of `shape` in Keras' order: Dense (in, out), convolution (kH, kW, in, out).
    """

    def __call__(
        self,
        shape: tuple[int, ...],
        dtype: torch.dtype | str = torch.float32,
        generator: np.random.Generator | None = None,
    ) -> torch.Tensor:
        """First values of a weight; drawn from `generator`, or from the next stream of nabi's global seed."""
        kind = getattr(torch, dtype) if isinstance(dtype, str) else dtype
        return torch.as_tensor(np.asarray(self.values(tuple(shape), generator))).to(kind)

    def values(self, shape: tuple[int, ...], generator: np.random.Generator | None) -> np.ndarray:
        """The values as a NumPy array of `shape`: float32 if they are drawn, else exact."""
        raise Unwritten(self, "values(self, shape, generator)")


class RandomInitializer(Initializer):
    """Base of initializers that draw: write `draw`, or `law` where each number is drawn for itself.

    With a `seed` the values are f(seed, shape), the same at every call, as in Keras; a generator is then not used.
    Values are drawn in float32, so that a float64 network starts where a float32 one does.
    """

    seed: int | None = None

    def values(self, shape, generator):
        return self.draw(shape, self.source(generator))

    def source(self, generator: np.random.Generator | None = None) -> np.random.Generator:
        """What it draws from: its own seed's stream, the generator, or the next stream of nabi's global seed."""
        return stream(self.seed, WEIGHTS) if self.seed is not None else generator or fresh_generator()

    def law(self, shape: tuple[int, ...]) -> Law | None:
        """How the numbers of a weight of this shape are spread; None where they are not drawn each for itself."""
        return None

    def draw(self, shape: tuple[int, ...], generator: np.random.Generator) -> np.ndarray:
        """float32 values of `shape` from `generator`."""
        law = self.law(shape)
        if law is None:
            raise Unwritten(self, "draw(self, shape, generator)")
        return law.drawn(shape, generator)

    def fills(self, target: torch.Tensor) -> bool:
        """Draws straight into a tensor, if it can: its `draw` must be nabi's own. Says whether it did."""
        law = self.law(tuple(target.shape)) if type(self).__module__.startswith("nabi.") else None
        if law is not None:
            law.fill(target, self.source())
        return law is not None


class FunctionInitializer(Initializer):
    """An initializer from a function `fn(shape, dtype=...)` of your own, Keras' form.

    Example:
        >>> FunctionInitializer(lambda shape, dtype: torch.full(shape, 0.5))((2,))
        tensor([0.5000, 0.5000])
    """

    def __init__(self, fn: Any):
        self.fn = fn

    def values(self, shape, generator):
        return np.asarray(self.fn(shape, dtype=torch.float32))


@register("initializer", "zeros", "zero")
class Zeros(Initializer):
    """Zeros: for biases.

    Example:
        >>> Zeros()((2, 2))
        tensor([[0., 0.],
                [0., 0.]])
    """

    def values(self, shape, generator):
        return np.zeros(shape, np.float32)


@register("initializer", "ones", "one")
class Ones(Initializer):
    """Ones: for the scale of a normalisation.

    Example:
        >>> Ones()((3,))
        tensor([1., 1., 1.])
    """

    def values(self, shape, generator):
        return np.ones(shape, np.float32)


@register("initializer", "constant")
class Constant(Initializer):
    """The same number everywhere; equal weights stay equal, so not for kernels. Or an array's numbers, such as word vectors.

    Example:
        >>> Constant(0.1)((2,), torch.float64)
        tensor([0.1000, 0.1000], dtype=torch.float64)
        >>> Constant([[1, 2], [3, 4]])((2, 2))
        tensor([[1., 2.],
                [3., 4.]])

    Raises ShapeError where the array does not fit the weight.
    """

    def __init__(self, value: float | Any = 0.0):
        array = isinstance(value, (list, tuple)) or getattr(value, "ndim", 0) > 0
        self.value = np.asarray(value).tolist() if array else number("Constant(value)", value)

    def values(self, shape, generator):
        given = np.asarray(self.value)
        try:
            return np.broadcast_to(given, shape).copy()
        except ValueError as error:
            raise ShapeError("Constant(value)", f"an array that fits {tuple(shape)}", given.shape) from error


@register("initializer", "identity", "IdentityInitializer")
class Identity(Initializer):
    """gain times the kernel that hands its input on: the identity matrix, or for a convolution the one at the kernel's centre.

        w[i, i] = gain,    w[kH // 2, kW // 2, i, i] = gain,    else 0

    Example:
        >>> Identity()((2, 3))
        tensor([[1., 0., 0.],
                [0., 1., 0.]])

    Keras refuses kernels of convolutions; there it is torch's `dirac_`. Raises ShapeError below two axes.
    """

    def __init__(self, gain: float = 1.0):
        self.gain = number("Identity(gain)", gain)

    def values(self, shape, generator):
        if len(shape) < 2:
            raise ShapeError("Identity", "a shape of two axes or more", tuple(shape), 'Take "zeros" for a bias.')
        w = np.zeros(shape)
        if w.size:
            w[tuple(k // 2 for k in shape[:-2])] = self.gain * np.eye(shape[-2], shape[-1])
        return w
