"""Newer: layers of Keras 3 that `nabi.layers` does not have.

    RMSNormalization()            x / sqrt(mean of x^2 + eps), scaled
    SpectralNormalization(Conv2D(8, 3))
    AdaptiveAveragePooling2D(7)   MelSpectrogram()      STFTSpectrogram(): see `spectrograms.py`

Source: Keras 3, layers/normalization, layers/preprocessing. EinsumDense and attention: `einsum_dense.py`, `many_heads.py`.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F

from nabi.as_keras.installing import enter
from nabi.as_keras.layers.spectrograms import STFTSpectrogram
from nabi.as_keras.operations.algebra import stft
from nabi.core.shapes import as_tuple
from nabi.layers import Layer
from nabi.models import Sequential

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
POOLS = {(kind, n): getattr(F, f"adaptive_{kind}_pool{n}d") for kind in ("avg", "max") for n in (1, 2, 3)}


class RMSNormalization(Layer):
    """y = gamma x / sqrt(mean of x^2 + eps) along an axis.

    Args:
        axis: the axis. epsilon: eps.
    """

    def __init__(self, axis=-1, epsilon=1e-6, **base):
        super().__init__(**base)
        self.axis, self.epsilon = axis, epsilon

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[self.axis],), "ones")

    def call(self, x):
        shape = [-1 if n == self.axis % x.ndim else 1 for n in range(x.ndim)]
        return x * torch.rsqrt(x.square().mean(self.axis, keepdim=True) + self.epsilon) * self.scale.reshape(shape)


class SpectralNormalization(Layer):
    """A layer whose kernel is divided by its largest singular value before each training step.

    Args:
        layer: the layer inside. power_iterations: how often the value is brought nearer.
    """

    def __init__(self, layer, power_iterations=1, **base):
        super().__init__(**base)
        self.layer, self.power_iterations = layer, power_iterations

    def build(self, input_shape):
        if not self.layer.built:
            self.layer.build(tuple(input_shape))
            self.layer.built = True
        self.u = self.add_weight((1, self.inner.shape[-1]), "truncated_normal", trainable=False)

    @property
    def inner(self) -> Any:
        """The weight that is divided."""
        return next(w for w in self.layer.weights if w.name.rpartition("/")[2] in ("kernel", "embeddings"))

    @property
    def own_weights(self) -> list:
        """The kernel, which is the layer's inside, and what it is divided by: Keras lists both here, and the kernel first."""
        return [self.inner, *super().own_weights] if self.built else super().own_weights

    @property
    def weights(self) -> list:
        """All weights in that order."""
        return list({id(w): w for w in (*self.own_weights, *super().weights)}.values())

    def call(self, x, training=False):
        if training:
            with torch.no_grad():
                w, u = self.inner.tensor.reshape(-1, self.inner.shape[-1]), self.u
                for _ in range(self.power_iterations):
                    v = F.normalize(u @ w.T, eps=1e-12)
                    u = F.normalize(v @ w, eps=1e-12)
                sigma = (v @ w @ u.T).squeeze()
                self.inner.assign(self.inner.tensor / sigma)
                self._weights["u"].assign(u)
        return self.layer(x)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)


class AdaptivePooling(Layer):
    """Pooling to a map of a given size, whatever the size of the input.

    Args:
        output_size: lengths of the map's sides.
    """

    dims, kind = 2, "avg"

    def __init__(self, output_size, data_format=None, **base):
        super().__init__(**base)
        self.output_size, self.data_format = output_size, data_format

    def call(self, x):
        size = as_tuple(self.output_size, self.dims, "output_size")
        return POOLS[self.kind, self.dims](x.movedim(-1, 1), size).movedim(1, -1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *as_tuple(self.output_size, self.dims, "output_size"), input_shape[-1])


def adaptive(kind: str, dims: int) -> type[AdaptivePooling]:
    """A class of `AdaptivePooling`."""
    name = f"Adaptive{'Average' if kind == 'avg' else 'Max'}Pooling{dims}D"
    own = {"dims": dims, "kind": kind, "__module__": __name__, "__doc__": AdaptivePooling.__doc__}
    return type(name, (AdaptivePooling,), own)


ADAPTIVE = {made.__name__: made for kind in ("avg", "max") for dims in (1, 2, 3) for made in [adaptive(kind, dims)]}
globals().update(ADAPTIVE)


class MelSpectrogram(Layer):
    """The loudness of bands that the ear tells apart, in decibels: (N, samples) -> (N, num_mel_bins, frames).

    Args:
        fft_length, sequence_stride, sequence_length: of the transforms. sampling_rate: samples a second.
        num_mel_bins: bands between min_freq and max_freq.
    """

    def __init__(self, fft_length=2048, sequence_stride=512, sequence_length=None, window="hann", sampling_rate=16000,
                 num_mel_bins=128, min_freq=20.0, max_freq=None, power_to_db=True, top_db=80.0, mag_exp=2.0, min_power=1e-10,
                 ref_power=1.0, **base):
        super().__init__(**base)
        self.fft_length, self.sequence_stride, self.sequence_length = fft_length, sequence_stride, sequence_length or fft_length
        self.window, self.sampling_rate, self.num_mel_bins, self.min_freq = window, sampling_rate, num_mel_bins, min_freq
        self.max_freq, self.power_to_db, self.top_db = max_freq or sampling_rate / 2, power_to_db, top_db
        self.mag_exp, self.min_power, self.ref_power = mag_exp, min_power, ref_power

    def bands(self) -> torch.Tensor:
        """How much of each frequency belongs to each band: (bins, bands), triangles on the mel scale."""
        def mel(hertz: Any) -> torch.Tensor:
            return 1127.0 * torch.log1p(torch.as_tensor(hertz) / 700.0)

        bins = mel(torch.linspace(0, self.sampling_rate / 2, self.fft_length // 2 + 1)[1:])[:, None]
        edges = torch.linspace(float(mel(self.min_freq)), float(mel(self.max_freq)), self.num_mel_bins + 2)
        low, middle, high = edges[:-2], edges[1:-1], edges[2:]
        rows = torch.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)).clamp(min=0)
        return F.pad(rows, (0, 0, 1, 0))

    def call(self, x):
        real, imag = stft(x, self.sequence_length, self.sequence_stride, self.fft_length, self.window)
        found = torch.sqrt(real.square() + imag.square()).pow(self.mag_exp) @ self.bands()
        found = found.transpose(-1, -2)
        if self.power_to_db:
            lowest = self.min_power
            found = 10 * torch.log10(found.clamp(min=lowest)) - 10 * math.log10(max(lowest, self.ref_power))
            found = torch.maximum(found, found.max() - self.top_db)
        return found

    def compute_output_shape(self, input_shape):
        return self.tried(input_shape)[0]


class Pipeline(Sequential):
    """Layers that prepare data, one after the other.

    Args:
        layers: them.
    """

    def __init__(self, layers, name=None):
        super().__init__(layers, name=name)


LAYERS = (RMSNormalization, SpectralNormalization, MelSpectrogram, *ADAPTIVE.values())
enter("layer", {layer.__name__: layer for layer in LAYERS})
__all__ = [*(layer.__name__ for layer in LAYERS), "Pipeline", "STFTSpectrogram"]
