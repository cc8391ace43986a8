"""Shapes: the arithmetic of sliding windows, and tuples from what users write.

Along one axis with N_in inputs, kernel K, stride S, dilation D, P zeros before and after:

    K_eff = (K - 1) D + 1
    valid or a number P:   N_out = floor((N_in + 2P - K_eff) / S) + 1
    same:                  N_out = ceil(N_in / S),  zeros = max((N_out - 1) S + K_eff - N_in, 0), the odd one after
    causal:                N_out = ceil(N_in / S),  zeros = K_eff - 1, all before

A shape is a tuple with the batch axis first and channels last, as in Keras; None stands for an axis of unknown length.
Source: Keras' padding rule; Dumoulin & Visin, "A guide to convolution arithmetic", 2016.
"""

from numbers import Integral

from nabi.core.errors import ArgumentError

Shape = tuple[int | None, ...]
Padding = str | int | tuple[int, ...]


def as_tuple(value, rank: int, where: str) -> tuple[int, ...]:
    """`3 -> (3, 3)`; a tuple or list of `rank` positive whole numbers stays.

    Example:
        >>> as_tuple(2, 2, "MaxPooling2D(pool_size)")
        (2, 2)
    """
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank
    if len(values) != rank or any(not isinstance(v, Integral) or isinstance(v, bool) or v < 1 for v in values):
        raise ArgumentError(where, "a whole number above 0" + (f" or {rank} of them" if rank > 1 else ""), repr(value))
    return tuple(int(v) for v in values)


def sample_shape(where: str, shape) -> Shape:
    """A sample's shape as a tuple of whole numbers above 0, or None for a size left open; a number stands for one axis.

    Example:
        >>> sample_shape("Input(shape)", [28, 28, 1]), sample_shape("Input(shape)", 4)
        ((28, 28, 1), (4,))

    Raises ArgumentError.
    """
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if shape is None or isinstance(shape, str):
        raise ArgumentError(where, "the shape of one sample, such as (28, 28, 1)", repr(shape))
    if any(n is not None and (not isinstance(n, Integral) or isinstance(n, bool) or n < 1) for n in sizes):
        raise ArgumentError(where, "whole numbers above 0, or None for a size left open", repr(shape))
    return tuple(n if n is None else int(n) for n in sizes)


def effective(kernel: int, dilation: int = 1) -> int:
    """Inputs that a kernel spans: K_eff = (K - 1) D + 1."""
    return (kernel - 1) * dilation + 1


def zeros_around(n_in: int, kernel: int, stride: int, padding: str | int, dilation: int = 1) -> tuple[int, int]:
    """Zeros (before, after) one axis.

    Example:
        >>> zeros_around(4, 2, 2, 1), zeros_around(28, 3, 2, "same")
        ((1, 1), (0, 1))
    """
    if padding == "valid":
        return 0, 0
    if padding == "same":
        n_out = -(-n_in // stride)
        total = max((n_out - 1) * stride + effective(kernel, dilation) - n_in, 0)
        return total // 2, total - total // 2
    if padding == "causal":
        return effective(kernel, dilation) - 1, 0
    return int(padding), int(padding)


def window_output(n_in: int | None, kernel: int, stride: int, padding: str | int, dilation: int = 1) -> int | None:
    """Outputs of a sliding window along one axis; 0 or less means that no window fits.

    Example:
        >>> window_output(28, 3, 1, "valid"), window_output(28, 3, 2, "same"), window_output(4, 2, 2, 1)
        (26, 14, 3)
    """
    if n_in is None:
        return None
    before, after = zeros_around(n_in, kernel, stride, padding, dilation)
    return (n_in + before + after - effective(kernel, dilation)) // stride + 1


def volume(shape: Shape) -> int | None:
    """Product of the axes, None if one is unknown."""
    product = 1
    for n in shape:
        if n is None:
            return None
        product *= n
    return product


def as_text(shape: Shape) -> str:
    """`(None, 28, 28, 1)` as `(28,28,1)`: without the batch axis, the short form of error messages and tables."""
    return "(" + ",".join("?" if n is None else str(n) for n in shape[1:]) + ")"
