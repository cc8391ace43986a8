"""Networks: what layers and losses compute, as functions of `keras.ops`: convolutions, pooling, crossentropies, attention.

    ops.conv(x, kernel, strides=2, padding="same")           x: (N, H, W, C_in), kernel: (kH, kW, C_in, C_out)
    ops.categorical_crossentropy(target, output)             (N,)
"""

import math
from typing import Any

import torch
import torch.nn.functional as F

from nabi.as_keras.operations.entered import entered
from nabi.core.config import config
from nabi.core.shapes import as_tuple, zeros_around
from nabi.ops.op import axes_of, floats, tensor

__all__ = ["average_pool", "batch_normalization", "binary_crossentropy", "categorical_crossentropy", "conv", "conv_transpose",
           "ctc_decode", "ctc_loss", "depthwise_conv", "dot_product_attention", "layer_normalization", "max_pool",
           "rms_normalization", "separable_conv", "sparse_categorical_crossentropy"]
CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TURNED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
POOL = {("max", 1): F.max_pool1d, ("max", 2): F.max_pool2d, ("max", 3): F.max_pool3d,
        ("mean", 1): F.avg_pool1d, ("mean", 2): F.avg_pool2d, ("mean", 3): F.avg_pool3d}


def surrounded(x: torch.Tensor, window: Any, steps: Any, padding: str, gaps: Any, value: float = 0.0) -> torch.Tensor:
    """x (N, C, ...) with so much around it that the padding means."""
    sides = [zeros_around(n, k, s, padding, d) for n, k, s, d in zip(x.shape[2:], window, steps, gaps, strict=True)]
    return F.pad(x, [n for pair in reversed(sides) for n in pair], value=value) if any(map(any, sides)) else x


def inward(x: Any, data_format: Any) -> torch.Tensor:
    """Channels behind the samples."""
    t = floats(x)
    return t if data_format == "channels_first" else t.movedim(-1, 1)


def outward(x: torch.Tensor, data_format: Any) -> torch.Tensor:
    """Channels where they were."""
    return x if data_format == "channels_first" else x.movedim(1, -1)


def convolved(x: Any, kernel: torch.Tensor, strides: Any, padding: str, data_format: Any, dilation_rate: Any,
              groups: Any = None) -> torch.Tensor:
    """The sliding window; a kernel of fewer channels than x works on groups of them."""
    t, dims = inward(x, data_format), kernel.ndim - 2
    steps, gaps = as_tuple(strides, dims, "ops.conv(strides)"), as_tuple(dilation_rate, dims, "ops.conv(dilation_rate)")
    t = surrounded(t, kernel.shape[:dims], steps, padding, gaps)
    parts = groups or t.shape[1] // kernel.shape[-2]
    found = CONV[dims](t, kernel.permute(-1, -2, *range(dims)), None, steps, 0, gaps, parts)
    return outward(found, data_format)


@entered
def conv(inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None,
         dilation_rate: Any = 1) -> torch.Tensor:
    """Convolution along one, two or three axes."""
    return convolved(inputs, floats(kernel), strides, padding, data_format, dilation_rate)


@entered
def depthwise_conv(inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", data_format: Any = None,
                   dilation_rate: Any = 1) -> torch.Tensor:
    """A convolution of each channel by itself: kernel (kH, kW, C, m) -> C m channels."""
    k = floats(kernel)
    joined = k.reshape(*k.shape[:-2], 1, -1)
    return convolved(inputs, joined, strides, padding, data_format, dilation_rate, k.shape[-2])


@entered
def separable_conv(inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1, padding: str = "valid",
                   data_format: Any = None, dilation_rate: Any = 1) -> torch.Tensor:
    """A convolution of each channel, then one of 1 x 1."""
    found = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(found, pointwise_kernel, 1, "valid", data_format, 1)


@entered
def conv_transpose(inputs: Any, kernel: Any, strides: Any = 1, padding: str = "valid", output_padding: Any = None,
                   data_format: Any = None, dilation_rate: Any = 1) -> torch.Tensor:
    """The way back of a convolution: kernel (kH, kW, C_out, C_in)."""
    t, k = inward(inputs, data_format), floats(kernel)
    dims = k.ndim - 2
    steps, gaps = as_tuple(strides, dims, "strides"), as_tuple(dilation_rate, dims, "dilation_rate")
    found = TURNED[dims](t, k.permute(-1, -2, *range(dims)), None, steps, 0, 0, 1, gaps)
    wanted = [n * s if padding == "same" else n * s + max((w - 1) * d + 1 - s, 0)
              for n, s, w, d in zip(t.shape[2:], steps, k.shape, gaps, strict=False)]
    for axis, (n, w, s, d) in enumerate(zip(wanted, k.shape, steps, gaps, strict=False), 2):
        before = max((w - 1) * d + 1 - s, 0) // 2 if padding == "same" else 0
        spare = before + n - found.shape[axis]
        if spare > 0:  # windows that do not touch leave zeros between them
            found = F.pad(found, [0, 0] * (found.ndim - 1 - axis) + [0, spare])
        found = found.narrow(axis, before, n)
    return outward(found, data_format)


def pooled(kind: str, inputs: Any, pool_size: Any, strides: Any, padding: str, data_format: Any) -> torch.Tensor:
    """The largest or the mean of each window; what is added around counts for neither."""
    t = inward(inputs, data_format)
    dims = t.ndim - 2
    window = as_tuple(pool_size, dims, "ops.pool(pool_size)")
    steps = window if strides is None else as_tuple(strides, dims, "ops.pool(strides)")
    ones = (1,) * dims
    padded = surrounded(t, window, steps, padding, ones, float("-inf") if kind == "max" else 0.0)
    found = POOL[kind, dims](padded, window, steps)
    if kind == "mean" and padded is not t:
        found = found / POOL[kind, dims](surrounded(torch.ones_like(t), window, steps, padding, ones), window, steps)
    return outward(found, data_format)


@entered
def max_pool(inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid", data_format: Any = None) -> torch.Tensor:
    """The largest of each window."""
    return pooled("max", inputs, pool_size, strides, padding, data_format)


@entered
def average_pool(inputs: Any, pool_size: Any, strides: Any = None, padding: str = "valid",
                 data_format: Any = None) -> torch.Tensor:
    """The mean of each window."""
    return pooled("mean", inputs, pool_size, strides, padding, data_format)


@entered
def batch_normalization(x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None,
                        epsilon: float = 1e-3) -> torch.Tensor:
    """(x - mean) / sqrt(variance + epsilon), scaled and moved, along an axis."""
    t = floats(x)
    shape = [-1 if n == axis % t.ndim else 1 for n in range(t.ndim)]
    m, v = floats(mean).reshape(shape), floats(variance).reshape(shape)
    found = (t - m) * torch.rsqrt(v + epsilon)
    found = found if scale is None else found * floats(scale).reshape(shape)
    return found if offset is None else found + floats(offset).reshape(shape)


@entered
def layer_normalization(x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: Any = None,
                        **options: Any) -> torch.Tensor:
    """x of mean 0 and variance 1 along the axes, scaled by gamma and moved by beta."""
    t = floats(x)
    axes = axes_of(axis, t.ndim)
    shape = [n if k in axes else 1 for k, n in enumerate(t.shape)]
    found = (t - t.mean(axes, True)) * torch.rsqrt(t.var(axes, correction=0, keepdim=True) + (epsilon or config.epsilon))
    found = found if gamma is None else found * floats(gamma).reshape(shape)
    return found if beta is None else found + floats(beta).reshape(shape)


@entered
def rms_normalization(x: Any, scale: Any = 1, axis: Any = -1, epsilon: Any = None) -> torch.Tensor:
    """x / sqrt(mean of x^2 + epsilon), scaled."""
    t = floats(x)
    return t * torch.rsqrt(t.square().mean(axes_of(axis, t.ndim), True) + (epsilon or config.epsilon)) * tensor(scale)


@entered
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> torch.Tensor:
    """-sum_k t_k log p_k."""
    t, p = floats(target), floats(output)
    if from_logits:
        return -(t * p.log_softmax(axis)).sum(axis)
    p = (p / p.sum(axis, keepdim=True)).clamp(config.epsilon, 1 - config.epsilon)
    return -(t * p.log()).sum(axis)


@entered
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> torch.Tensor:
    """-log of the share of the class."""
    t, p = tensor(target).long(), floats(output)
    t = t.squeeze(-1) if t.ndim == p.ndim and t.shape[-1] == 1 else t
    if from_logits:
        logs = p.log_softmax(axis)
    else:
        logs = (p / p.sum(axis, keepdim=True)).clamp(config.epsilon, 1 - config.epsilon).log()
    return -logs.gather(axis, t.unsqueeze(axis)).squeeze(axis)


@entered
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> torch.Tensor:
    """-t log p - (1 - t) log(1 - p), number by number."""
    t, p = floats(target), floats(output)
    if from_logits:
        return F.binary_cross_entropy_with_logits(p, t.to(p).expand_as(p), reduction="none")
    p = p.clamp(config.epsilon, 1 - config.epsilon)
    return -(t * p.log() + (1 - t) * (1 - p).log())


@entered
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> torch.Tensor:
    """The loss of sequences whose labels are not aligned with the steps; output: (N, T, classes), logits."""
    logs = floats(output).log_softmax(-1).transpose(0, 1)
    lengths = tensor(target_length).reshape(-1).long(), tensor(output_length).reshape(-1).long()
    return F.ctc_loss(logs, tensor(target).long(), lengths[1], lengths[0], blank=mask_index, reduction="none", zero_infinity=True)


@entered
def ctc_decode(inputs: Any, sequence_lengths: Any, strategy: str = "greedy", beam_width: int = 100, top_paths: int = 1,
               merge_repeated: bool = True, mask_index: int = 0) -> Any:
    """The labels that were most likely meant, filled up with -1: ((1, N, T), logarithms)."""
    logs, lengths = floats(inputs), tensor(sequence_lengths).reshape(-1).long()
    best, scores = logs.argmax(-1), logs.amax(-1)
    made = torch.full((1, *best.shape), -1)
    for row, (labels, steps) in enumerate(zip(best, lengths.tolist(), strict=True)):
        kept = labels[:steps]
        kept = torch.unique_consecutive(kept) if merge_repeated else kept
        kept = kept[kept != mask_index]
        made[0, row, : len(kept)] = kept
    inside = torch.arange(best.shape[1]) < lengths[:, None]
    return made, -(scores * inside).sum(-1, keepdim=True)


@entered
def dot_product_attention(query: Any, key: Any, value: Any, bias: Any = None, mask: Any = None, scale: Any = None,
                          is_causal: bool = False, flash_attention: Any = None, **options: Any) -> torch.Tensor:
    """softmax(q k^T scale) v of heads: (N, T, heads, d)."""
    q, k, v = (floats(x).transpose(1, 2) for x in (query, key, value))
    if k.shape[1] != q.shape[1]:
        k, v = (x.repeat_interleave(q.shape[1] // x.shape[1], 1) for x in (k, v))
    scores = q @ k.transpose(-1, -2) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    scores = scores if bias is None else scores + floats(bias)
    if is_causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -1e9)
    if mask is not None:
        scores = scores.masked_fill(~tensor(mask).bool(), -1e9)
    return (scores.softmax(-1) @ v).transpose(1, 2)
