"""Window: what convolution and pooling share: a window that slides over the spatial axes.

Along each axis: N_out = floor((N_in + 2P - K_eff) / S) + 1 with K_eff = (K - 1) D + 1 (see `nabi.core.shapes`).
"""

from numbers import Integral

import torch
import torch.nn.functional as F

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.shapes import as_text, as_tuple, window_output, zeros_around
from nabi.layers.layer import Layer


class Window(Layer):
    """Base of layers with a sliding window over `dims` spatial axes of (batch, ..., channels).

    Subclasses set `dims` and the attributes `window`, `strides`, `padding`, `dilation_rate`; `paddings` are the words they take.
    """

    dims = 2
    paddings: tuple[str, ...] = ("valid", "same")
    window: tuple[int, ...]
    strides: tuple[int, ...]
    dilation_rate: tuple[int, ...]
    padding: str | int

    def check_padding(self, padding):
        """One of `paddings` or a number of zeros on every side."""
        name = padding.lower() if isinstance(padding, str) else padding
        if name in self.paddings:
            return name
        if isinstance(name, Integral) and not isinstance(name, bool) and int(name) >= 0:
            return int(name)
        words = ", ".join(map(repr, self.paddings))
        raise ArgumentError(f"{type(self).__name__}(padding)", f"{words} or a number of zeros", repr(padding))

    def spatial(self, input_shape) -> tuple:
        """Output sizes of the spatial axes; an error where no window fits."""
        sizes = tuple(window_output(n, k, s, self.padding, d) for n, k, s, d in
                      zip(input_shape[1:-1], self.window, self.strides, self.dilation_rate, strict=True))
        if any(n is not None and n < 1 for n in sizes):
            text = "x".join(map(str, self.window))
            raise ShapeError(f"{self.label} {as_text(input_shape)}: window {text} does not fit"
                             + (f" with padding {self.padding!r}" if self.padding not in ("valid", 0) else "") + ".")
        return sizes

    def pads(self, sizes: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Zeros (before, after) each spatial axis of an input of these sizes."""
        return tuple(zeros_around(n, k, s, self.padding, d) for n, k, s, d in
                     zip(sizes, self.window, self.strides, self.dilation_rate, strict=True))

    def padded(self, x: torch.Tensor, value: float = 0.0) -> tuple[torch.Tensor, tuple[int, ...]]:
        """x: (N, C, ...) made ready for torch: symmetric padding is left to it, the odd pixel is added here."""
        pads = self.pads(tuple(x.shape[2:]))
        if all(before == after for before, after in pads):
            return x, tuple(before for before, _ in pads)
        return F.pad(x, [n for pair in reversed(pads) for n in pair], value=value), (0,) * self.dims


def channels_second(x: torch.Tensor) -> torch.Tensor:
    """(N, ..., C) seen as torch's (N, C, ...); the memory stays channels last."""
    return x.movedim(-1, 1)


def channels_last(x: torch.Tensor) -> torch.Tensor:
    """(N, C, ...) seen as (N, ..., C)."""
    return x.movedim(1, -1)


def window_tuples(layer, window, strides, dims: int, argument: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Window and strides as tuples; no strides means the window's own size."""
    where = type(layer).__name__
    window = as_tuple(window, dims, f"{where}({argument})")
    return window, as_tuple(window if strides is None else strides, dims, f"{where}(strides)")


def only_channels_last(where: str, data_format: str | None, dims: int = 2) -> str:
    """Keras' argument `data_format`; the other layout is refused with the way out, for data with `dims` spatial axes."""
    if data_format not in (None, "channels_last"):
        axes = ", ".join(map(str, (0, *range(2, dims + 2), 1)))
        raise ArgumentError(f"{where}(data_format)", "'channels_last', nabi's one layout", repr(data_format),
                            f"Move the channel axis of your data: x.transpose({axes}).")
    return "channels_last"
