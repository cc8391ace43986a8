"""Signal: `tf.signal`: Fourier transforms, windows and frames of sound, by torch.

    spectrogram = tf.abs(tf.signal.stft(waveform, frame_length=255, frame_step=128))      (..., frames, bins)
"""

from typing import Any

import numpy as np
import torch

from nabi import ops

__all__ = ["dct", "fft", "fft2d", "fftshift", "frame", "hamming_window", "hann_window", "ifft", "ifft2d", "ifftshift",
           "inverse_stft", "irfft", "linear_to_mel_weight_matrix", "mfccs_from_log_mel_spectrograms", "overlap_and_add", "rfft",
           "stft"]


def complex_of(x: Any) -> torch.Tensor:
    """A tensor of complex numbers."""
    made = ops.convert_to_tensor(x)
    return made if made.is_complex() else made.to(torch.complex64)


def fft(input: Any, name: str | None = None) -> torch.Tensor:
    """The Fourier transform of the last axis."""
    return torch.fft.fft(complex_of(input))


def ifft(input: Any, name: str | None = None) -> torch.Tensor:
    """From frequencies to numbers, along the last axis."""
    return torch.fft.ifft(complex_of(input))


def fft2d(input: Any, name: str | None = None) -> torch.Tensor:
    """The Fourier transform of the last two axes."""
    return torch.fft.fft2(complex_of(input))


def ifft2d(input: Any, name: str | None = None) -> torch.Tensor:
    """From frequencies to numbers, along the last two axes."""
    return torch.fft.ifft2(complex_of(input))


def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> torch.Tensor:
    """The Fourier transform of real numbers: half of it, as the other half mirrors it."""
    n = None if fft_length is None else int(np.ravel(np.asarray(fft_length))[0])
    return torch.fft.rfft(ops.convert_to_tensor(input_tensor), n)


def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> torch.Tensor:
    """Real numbers of half their Fourier transform."""
    n = None if fft_length is None else int(np.ravel(np.asarray(fft_length))[0])
    return torch.fft.irfft(complex_of(input_tensor), n)


def fftshift(x: Any, axes: Any = None, name: str | None = None) -> torch.Tensor:
    """Frequency 0 in the middle."""
    return torch.fft.fftshift(ops.convert_to_tensor(x), axes)


def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> torch.Tensor:
    """Frequency 0 in front again."""
    return torch.fft.ifftshift(ops.convert_to_tensor(x), axes)


def hann_window(window_length: Any, periodic: bool = True, dtype: Any = torch.float32, name: str | None = None) -> torch.Tensor:
    """1/2 - 1/2 cos(2 pi n / N)."""
    return torch.hann_window(int(window_length), periodic=periodic, dtype=dtype)


def hamming_window(window_length: Any, periodic: bool = True, dtype: Any = torch.float32,
                   name: str | None = None) -> torch.Tensor:
    """0.54 - 0.46 cos(2 pi n / N)."""
    return torch.hamming_window(int(window_length), periodic=periodic, dtype=dtype)


def frame(signal: Any, frame_length: int, frame_step: int, pad_end: bool = False, pad_value: float = 0, axis: int = -1,
          name: str | None = None) -> torch.Tensor:
    """Pieces of the last axis, so long and so far apart; with pad_end the last ones are filled up."""
    x, length, step = ops.convert_to_tensor(signal).movedim(axis, -1), int(frame_length), int(frame_step)
    if pad_end:
        frames = -(-x.shape[-1] // step)
        x = torch.nn.functional.pad(x, (0, max(0, (frames - 1) * step + length - x.shape[-1])), value=pad_value)
    if x.shape[-1] < length:
        return x.new_zeros((*x.shape[:-1], 0, length))
    return x.unfold(-1, length, step)


def stft(signals: Any, frame_length: int, frame_step: int, fft_length: int | None = None, window_fn: Any = hann_window,
         pad_end: bool = False, name: str | None = None) -> torch.Tensor:
    """Fourier transforms of frames that overlap: (..., samples) -> (..., frames, fft_length / 2 + 1)."""
    n = int(fft_length) if fft_length is not None else 1 << (int(frame_length) - 1).bit_length()
    parts = frame(signals, frame_length, frame_step, pad_end)
    if window_fn is not None:
        parts = parts * window_fn(int(frame_length), dtype=parts.dtype)
    return torch.fft.rfft(parts, n)


def overlap_and_add(signal: Any, frame_step: int, name: str | None = None) -> torch.Tensor:
    """Frames laid over each other and added: (..., frames, length) -> (..., samples)."""
    x, step = ops.convert_to_tensor(signal), int(frame_step)
    frames, length = x.shape[-2:]
    made = x.new_zeros((*x.shape[:-2], (frames - 1) * step + length))
    for n in range(frames):
        made[..., n * step : n * step + length] += x[..., n, :]
    return made


def inverse_stft(stfts: Any, frame_length: int, frame_step: int, fft_length: int | None = None, window_fn: Any = hann_window,
                 name: str | None = None) -> torch.Tensor:
    """Sound of Fourier transforms of frames."""
    n = int(fft_length) if fft_length is not None else 1 << (int(frame_length) - 1).bit_length()
    parts = torch.fft.irfft(complex_of(stfts), n)[..., : int(frame_length)]
    if window_fn is not None:
        parts = parts * window_fn(int(frame_length), dtype=parts.dtype)
    return overlap_and_add(parts, frame_step)


def linear_to_mel_weight_matrix(num_mel_bins: int = 20, num_spectrogram_bins: int = 129, sample_rate: float = 8000,
                                lower_edge_hertz: float = 125.0, upper_edge_hertz: float = 3800.0, dtype: Any = torch.float32,
                                name: str | None = None) -> torch.Tensor:
    """Triangles on the mel scale, mel = 1127 log(1 + f / 700): (spectrogram bins, mel bins); frequency 0 counts nothing."""
    mel = 1127.0 * np.log1p(np.linspace(0, sample_rate / 2, int(num_spectrogram_bins))[1:, None] / 700.0)
    low, high = (1127.0 * np.log1p(edge / 700.0) for edge in (lower_edge_hertz, upper_edge_hertz))
    edges = np.linspace(low, high, int(num_mel_bins) + 2)
    rising, falling = (mel - edges[:-2]) / (edges[1:-1] - edges[:-2]), (edges[2:] - mel) / (edges[2:] - edges[1:-1])
    made = np.maximum(0, np.minimum(rising, falling))
    return torch.as_tensor(np.pad(made, ((1, 0), (0, 0))), dtype=dtype)


def dct(input: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None,
        name: str | None = None) -> torch.Tensor:
    """The cosine transform (its second kind) of the last axis: 2 sum_n x_n cos(pi k (2 n + 1) / 2 N)."""
    x = ops.convert_to_tensor(input)
    count = x.shape[-1]
    k = torch.arange(count, dtype=x.dtype)
    made = 2 * x @ torch.cos(torch.pi * k[None, :] * (2 * k[:, None] + 1) / (2 * count))
    if norm == "ortho":
        made = made * torch.where(k == 0, 0.5, 0.5**0.5).to(x.dtype) / count**0.5
    return made


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> torch.Tensor:
    """The cosine transform of each row, scaled by 1 / sqrt(2 N)."""
    x = ops.convert_to_tensor(log_mel_spectrograms)
    return dct(x) / (2 * x.shape[-1]) ** 0.5
