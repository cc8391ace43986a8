"""Newer: layers of Keras 3 that `nabi.layers` does not have.

    EinsumDense("abc,cd->abd", output_shape=(None, 64), bias_axes="d")
    RMSNormalization()            x / sqrt(mean of x^2 + eps), scaled
    GroupQueryAttention(64, num_query_heads=8, num_key_value_heads=2)
    SpectralNormalization(Conv2D(8, 3))
    AdaptiveAveragePooling2D(7)   STFTSpectrogram()   MelSpectrogram()

Source: Keras 3, layers/core/einsum_dense.py, layers/normalization, layers/attention/grouped_query_attention.py.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F

from nabi import activations
from nabi.as_keras.installing import enter
from nabi.as_keras.lookups import Hashing
from nabi.as_keras.operations.algebra import stft
from nabi.core.config import config
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.shapes import as_tuple
from nabi.core.symbolic import Symbolic
from nabi.layers import Layer
from nabi.models import Sequential

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
POOLS = {(kind, n): getattr(F, f"adaptive_{kind}_pool{n}d") for kind in ("avg", "max") for n in (1, 2, 3)}


class EinsumDense(Layer):
    """A dense layer whose sum of products is written with letters: y = a(einsum(equation, x, W) + b).

    Args:
        equation: "inputs,weights->outputs"; "..." stands for further axes.
        output_shape: lengths of the outputs' axes without the batch, None where they are the inputs'.
        activation: a. bias_axes: letters of the outputs' axes that the bias has; None for no bias.
    """

    def __init__(self, equation, output_shape, activation=None, bias_axes=None, kernel_initializer="glorot_uniform",
                 bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, lora_rank=None, lora_alpha=None, **base):
        super().__init__(**base)
        self.equation, self.activation, self.bias_axes = equation, activation, bias_axes
        self.partial_output_shape = tuple(output_shape) if isinstance(output_shape, (list, tuple)) else (output_shape,)
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint

    def written(self, rank: int) -> tuple[str, str, str]:
        """Letters of inputs, weights and outputs, "..." written out for inputs of so many axes."""
        before, _, after = self.equation.replace(" ", "").partition("->")
        inputs, _, weights = before.partition(",")
        dots = LETTERS[: max(rank - len(inputs.replace("...", "")), 0)]
        return inputs.replace("...", dots), weights, after.replace("...", dots)

    def lengths(self, input_shape: Any) -> tuple[dict[str, int | None], str]:
        """Letter -> length, and the letters of the outputs."""
        inputs, _, outputs = self.written(len(input_shape))
        known = dict(zip(inputs, input_shape, strict=True))
        for letter, n in zip(reversed(outputs), reversed(self.partial_output_shape), strict=False):
            if n is not None:
                known[letter] = n
        return known, outputs

    def build(self, input_shape):
        _, weights, outputs = self.written(len(input_shape))
        known, _ = self.lengths(input_shape)
        if any(known.get(letter) is None for letter in weights):
            raise ShapeError(f"{self.label}, equation {self.equation!r}", "lengths of all axes of the weights", input_shape)
        self.kernel = self.add_weight(tuple(known[letter] for letter in weights), self.kernel_initializer,  # type: ignore
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        if self.bias_axes:
            first = min(outputs.index(letter) for letter in self.bias_axes)
            shape = tuple(known[letter] if letter in self.bias_axes else 1 for letter in outputs[first:])
            self.bias = self.add_weight(shape, self.bias_initializer, regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)

    def call(self, x):
        inputs, weights, outputs = self.written(x.ndim)
        y = torch.einsum(f"{inputs},{weights}->{outputs}", x, self.kernel)
        y = y + self.bias if self.bias_axes else y
        return y if self.activation is None else activations.get(self.activation)(y)

    def compute_output_shape(self, input_shape):
        known, outputs = self.lengths(input_shape)
        return tuple(known[letter] for letter in outputs)

    def get_config(self):
        return super().get_config() | {"output_shape": self.partial_output_shape}


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


class GroupQueryAttention(Layer):
    """Attention in which several heads of queries share a head of keys and values.

    Args:
        head_dim: numbers of a head. num_query_heads, num_key_value_heads: heads; the first is a multiple of the second.
    """

    takes_list = True
    takes_integers = True

    def __init__(self, head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True, flash_attention=None,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", seed=None, **base):
        super().__init__(**base)
        if num_query_heads % num_key_value_heads:
            raise ArgumentError("GroupQueryAttention(num_query_heads)", f"a multiple of {num_key_value_heads}", num_query_heads)
        self.head_dim, self.num_query_heads, self.num_key_value_heads = head_dim, num_query_heads, num_key_value_heads
        self.dropout, self.use_bias, self.flash_attention, self.seed = dropout, use_bias, flash_attention, seed
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer

    def build(self, input_shape):
        query, value, key = (*input_shape[:2], input_shape[2] if len(input_shape) > 2 else input_shape[1])
        heads = {"query": (query[-1], self.num_query_heads), "key": (key[-1], self.num_key_value_heads),
                 "value": (value[-1], self.num_key_value_heads)}
        for name, (n, count) in heads.items():
            setattr(self, f"{name}_kernel", self.add_weight((n, count, self.head_dim), self.kernel_initializer))
            if self.use_bias:
                setattr(self, f"{name}_bias", self.add_weight((count, self.head_dim), self.bias_initializer))
        self.output_kernel = self.add_weight((self.num_query_heads, self.head_dim, query[-1]), self.kernel_initializer)
        if self.use_bias:
            self.output_bias = self.add_weight((query[-1],), self.bias_initializer)

    def __call__(self, query, value=None, key=None, attention_mask=None, use_causal_mask=False, training=None, **options):
        several = [*query] if isinstance(query, (list, tuple)) else [query, value]
        several += [several[1] if key is None else key]
        self.causal = bool(use_causal_mask)
        if attention_mask is not None:
            several.append(attention_mask if isinstance(attention_mask, Symbolic) else torch.as_tensor(attention_mask))
        return super().__call__(several[:4], training=training)

    def call(self, x):
        made = []
        for t, name in zip((x[0], x[2], x[1]), ("query", "key", "value"), strict=True):
            head = torch.einsum("btd,dhk->bhtk", t, getattr(self, f"{name}_kernel"))
            made.append(head + getattr(self, f"{name}_bias")[:, None] if self.use_bias else head)
        q, (k, v) = made[0], (one.repeat_interleave(self.num_query_heads // self.num_key_value_heads, 1) for one in made[1:])
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.head_dim)
        if len(x) > 3:
            mask = x[3].bool()
            scores = scores.masked_fill(~(mask[:, None] if mask.ndim == 3 else mask), -1e9)
        if self.causal:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), -1e9)
        out = torch.einsum("bhtk,hkd->btd", scores.softmax(-1) @ v, self.output_kernel)
        return out + self.output_bias if self.use_bias else out

    causal = False

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[0])


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


class STFTSpectrogram(Layer):
    """Fourier's transforms of windows of a sound: (N, samples, channels) -> (N, frames, bins).

    Args:
        mode: "log" (of the length), "magnitude", "psd", "real", "imag", "angle" or "stft".
        frame_length, frame_step, fft_length: samples of a window, between windows, of a transform.
    """

    def __init__(self, mode="log", frame_length=256, frame_step=None, fft_length=None, window="hann", periodic=False,
                 scaling="density", padding="valid", expand_dims=False, data_format=None, **base):
        super().__init__(**base)
        self.mode, self.frame_length, self.fft_length = mode, frame_length, fft_length or frame_length
        self.frame_step = frame_step or frame_length // 2
        self.window, self.periodic, self.scaling, self.padding = window, periodic, scaling, padding
        self.expand_dims, self.data_format = expand_dims, data_format

    def call(self, x):
        sound = x[..., 0] if x.ndim == 3 else x
        if self.padding == "same":
            more = self.frame_length - self.frame_step
            sound = F.pad(sound, (more // 2, more - more // 2))
        make = {"hann": torch.hann_window, "hamming": torch.hamming_window}[self.window]
        window = make(self.frame_length, periodic=self.periodic)
        window = window / {"density": window.square().sum().sqrt(), "spectrum": window.sum()}.get(self.scaling, 1.0)
        found = torch.fft.rfft(sound.unfold(-1, self.frame_length, self.frame_step) * window, self.fft_length)
        real, imag = found.real, found.imag
        power = real.square() + imag.square()
        size = power.clamp(min=config.epsilon).sqrt()
        made = {"log": size.log, "magnitude": lambda: size, "psd": lambda: power + F.pad(power[..., 1:-1], (1, 1)),
                "real": lambda: real, "imag": lambda: imag, "angle": lambda: torch.atan2(imag, real),
                "stft": lambda: torch.cat([real, imag], -1)}
        found = made[self.mode]()
        return found[..., None] if self.expand_dims else found

    def compute_output_shape(self, input_shape):
        return self.tried(input_shape)[0]


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


class HashedCrossing(Hashing):
    """Numbers below num_bins for pairs, triples, ... of values.

    Args:
        num_bins: how many. output_mode: "int" or "one_hot".
    """

    takes_list = True

    def __call__(self, inputs, **options):
        from nabi.data import Strings

        columns = [Strings(one).values.astype("U") for one in inputs]
        joined = columns[0]
        for column in columns[1:]:
            joined = joined + "_X_" + column
        return self.of_values(joined)


class Pipeline(Sequential):
    """Layers that prepare data, one after the other.

    Args:
        layers: them.
    """

    def __init__(self, layers, name=None):
        super().__init__(layers, name=name)


LAYERS = (EinsumDense, RMSNormalization, GroupQueryAttention, SpectralNormalization, STFTSpectrogram, MelSpectrogram,
          *ADAPTIVE.values())
enter("layer", {layer.__name__: layer for layer in LAYERS})
__all__ = [*(layer.__name__ for layer in LAYERS), "HashedCrossing", "Pipeline"]
