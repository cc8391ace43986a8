"""Spectrograms: Keras' STFTSpectrogram, Fourier's transform of windows of a sound as a convolution that can learn.

    y[f, k] = sum over t of x[f s + t] w[t] exp(-2 pi i t k / n) / c      k = 0 .. n / 2

x: the sound, s: frame_step, w: the window of frame_length samples, n: fft_length, c: 1, the window's length (density) or its sum
(spectrum). The real and the imaginary part of w[t] exp(...) / c are two kernels, weights of the layer; `initializers.STFT` makes
them. Each channel is transformed for itself.

Source: Keras 3, layers/preprocessing/stft_spectrogram.py, initializers/constant_initializers.py.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from nabi.as_keras.installing import enter
from nabi.as_keras.operations.networks import conv
from nabi.core.config import config
from nabi.core.errors import ArgumentError
from nabi.initializers import Initializer
from nabi.layers import Layer

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFT(Initializer):
    """First values of one of the kernels: (frame_length, 1, n / 2 + 1).

    Args:
        side: "real" or "imag".
        window: the name of one of SciPy's windows, or its values; None for none.
        scaling: "density", "spectrum" or None. periodic: whether the window is that of a period.
    """

    def __init__(self, side, window="hann", scaling="density", periodic=False):
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def values(self, shape, generator):
        length, _, bins = shape
        angle = -2 * np.pi * np.arange(length)[:, None, None] * np.arange(bins) / (2 * (bins - 1))
        wave = np.cos(angle) if self.side == "real" else np.sin(angle)
        if self.window is None:
            return wave
        window = self.window_of(length)
        scale = {"density": np.sqrt((window**2).sum()), "spectrum": np.abs(window).sum()}.get(self.scaling, 1.0)
        return wave * window[:, None, None] / scale

    def window_of(self, length: int) -> np.ndarray:
        """The window's values."""
        from scipy.signal import get_window

        return np.asarray(get_window(self.window, length, self.periodic) if isinstance(self.window, str) else self.window)


class STFTSpectrogram(Layer):
    """Fourier's transforms of windows of a sound: (N, samples, channels) -> (N, frames, channels bins).

    Args:
        mode: "log" (of the magnitude), "magnitude", "psd", "real", "imag", "angle" or "stft".
        frame_length, frame_step, fft_length: samples of a window, between windows (half a window), of a transform (the next power
            of two).
        window, periodic, scaling: see `STFT`.
        padding: "valid" or "same".
        expand_dims: (N, frames, bins, channels), as pictures.

    Raises ArgumentError for a step above the window's length, a transform below it, an unknown mode.
    """

    def __init__(self, mode="log", frame_length=256, frame_step=None, fft_length=None, window="hann", periodic=False,
                 scaling="density", padding="valid", expand_dims=False, data_format=None, **base):
        super().__init__(**base)
        if mode not in MODES:
            raise ArgumentError("STFTSpectrogram(mode)", f"one of {', '.join(MODES)}", repr(mode))
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            raise ArgumentError("STFTSpectrogram(frame_step)", f"1 to frame_length = {frame_length}", repr(frame_step))
        if fft_length is not None and fft_length < frame_length:
            raise ArgumentError("STFTSpectrogram(fft_length)", f"at least frame_length = {frame_length}", repr(fft_length))
        self.mode, self.frame_length, self.frame_step, self.fft_length = mode, frame_length, frame_step, fft_length
        self.window, self.periodic, self.scaling, self.padding = window, periodic, scaling, padding
        self.expand_dims, self.data_format = expand_dims, data_format

    @property
    def step(self) -> int:
        """Samples between windows."""
        return self.frame_step or self.frame_length // 2

    @property
    def bins(self) -> int:
        """Frequencies of a transform."""
        return (self.fft_length or 1 << (self.frame_length - 1).bit_length()) // 2 + 1

    def build(self, input_shape):
        for side, other in (("real", "imag"), ("imag", "real")):
            if self.mode != other:
                first = STFT(side, self.window, self.scaling, self.periodic)
                self.add_weight((self.frame_length, 1, self.bins), first, name=f"{side}_kernel")

    def call(self, x):
        sounds = x if self.data_format == "channels_first" else x.movedim(-1, 1)  # (N, C, samples)
        count, channels = sounds.shape[:2]
        parts = {name.partition("_")[0]: conv(sounds.reshape(count * channels, -1, 1), weight.tensor, self.step, self.padding)
                 for name, weight in self._weights.items()}
        found = self.made(**parts)
        found = found.reshape(count, channels, *found.shape[1:])  # (N, C, frames, bins)
        if self.data_format == "channels_first":
            return found if self.expand_dims else found.transpose(2, 3).flatten(1, 2)
        return found.permute(0, 2, 3, 1) if self.expand_dims else found.transpose(1, 2).flatten(2)

    def made(self, real: Any = None, imag: Any = None) -> torch.Tensor:
        """What `mode` asks for, from the two parts."""
        if self.mode in ("real", "imag"):
            return real if imag is None else imag
        if self.mode == "stft":
            return torch.cat([real, imag], -1)
        if self.mode == "angle":
            return torch.atan2(imag, real)
        power = real.square() + imag.square()
        if self.mode == "psd":
            return power + F.pad(power[..., 1:-1], (1, 1))
        size = power.clamp(min=config.epsilon).sqrt()
        return size if self.mode == "magnitude" else size.clamp(min=config.epsilon).log()

    def compute_output_shape(self, input_shape):
        first = self.data_format == "channels_first"
        (samples, channels) = input_shape[:0:-1] if first else input_shape[1:]
        reach = 1 if self.padding == "same" else self.frame_length
        frames = None if samples is None else (samples - reach) // self.step + 1
        bins = self.bins * (2 if self.mode == "stft" else 1)
        if self.expand_dims:
            return (input_shape[0], channels, frames, bins) if first else (input_shape[0], frames, bins, channels)
        return (input_shape[0], bins * channels, frames) if first else (input_shape[0], frames, bins * channels)


enter("layer", {"STFTSpectrogram": STFTSpectrogram})
enter("initializer", {"STFT": STFT})
