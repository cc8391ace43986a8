"""Formulas: products, activations, crossentropies, random tensors, as Keras' backend names and orders them.

Source: keras/backend/tensorflow_backend.py of Keras 2 for the names and arguments; the work is done by `nabi.ops`, `nabi.losses`.
"""

from typing import Any

import torch
import torch.nn.functional as F

from nabi import losses, ops, random
from nabi.backend.orders import LAST, either_order
from nabi.backend.settings import epsilon
from nabi.layers import UpSampling2D

Tensor = torch.Tensor


def pow(x: Any, a: Any) -> Any:
    """x to the power of a."""
    return ops.power(x, a)


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Numbers brought into [min_value, max_value]; None leaves a side open."""
    return ops.clip(x, float("-inf") if min_value is None else min_value, float("inf") if max_value is None else max_value)


def argmax(x: Any, axis: int = -1) -> Any:
    """Places of the largest."""
    return ops.argmax(x, axis)


def argmin(x: Any, axis: int = -1) -> Any:
    """Places of the smallest."""
    return ops.argmin(x, axis)


def cumsum(x: Any, axis: int = 0) -> Any:
    """Running sums."""
    return ops.cumsum(x, axis)


def cumprod(x: Any, axis: int = 0) -> Any:
    """Running products."""
    return ops.cumprod(x, axis)


def dot(x: Any, y: Any) -> Any:
    """x y: the last axis of x with the last but one of y."""
    if len(x.shape) > 2 or len(y.shape) > 2:
        return ops.dot(x, y)
    return ops.matmul(x, y)


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """Sample by sample the product over one axis of each.

    Example:
        >>> batch_dot(torch.ones(5, 2, 3), torch.ones(5, 3, 4)).shape
        torch.Size([5, 2, 4])
    """
    nx, ny = len(x.shape), len(y.shape)
    if max(nx, ny) == 4 and min(nx, ny) > 2 and axes is not None and not isinstance(axes, int) and x.shape[1] == y.shape[1]:
        return row_dot(x, y, axes)
    a, b = (axes, axes) if isinstance(axes, int) else axes or (nx - 1, max(ny - 2, 1))
    a, b = a % nx, b % ny
    left, right = "bcdefg"[:nx], "buvwxy"[:ny]
    right = right[:b] + left[a] + right[b + 1 :]
    kept = left[:a] + left[a + 1 :] + right[1:b] + right[b + 1 :]
    out = ops.einsum(f"{left},{right}->{kept}", x, y)
    return ops.expand_dims(out, 1) if len(kept) == 1 else out


def row_dot(x: Any, y: Any, axes: Any) -> Any:
    """`batch_dot` of tensors that share their first two axes, as Keras to 2.2 took it: row by row, as capsule networks do."""
    left, right = "abcd"[: len(x.shape)], "abuv"[: len(y.shape)]
    right = right[: axes[1]] + left[axes[0]] + right[axes[1] + 1 :]
    kept = "ab" + "".join(letter for letter in left[2:] + right[2:] if (left + right).count(letter) == 1)
    return ops.einsum(f"{left},{right}->{kept}", x, y)


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """x / |x| along an axis."""
    return ops.divide(x, ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12)))


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """max(x, 0); below it alpha x; at most max_value."""
    y = ops.leaky_relu(x, alpha) if alpha else ops.relu(x)
    if threshold:
        y = ops.where(ops.greater_equal(x, threshold), x, ops.multiply(alpha, ops.subtract(x, threshold)))
    return y if max_value is None else ops.minimum(y, max_value)


def softmax(x: Any, axis: int = -1) -> Any:
    """Scores as shares of 1."""
    return ops.softmax(x, axis)


def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """x with the share `level` of its numbers set to 0, the others scaled up."""
    kept = random.uniform(tuple(noise_shape or x.shape), seed=seed) >= level
    return x * kept.to(x.dtype) / (1 - level)


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """Numbers of the first where the condition holds, else of the second; both may be functions."""
    then = then_expression() if callable(then_expression) else then_expression
    other = else_expression() if callable(else_expression) else else_expression
    return ops.where(condition, then, other)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """x in training, else `alt`; both may be functions."""
    from nabi.backend.settings import learning_phase

    chosen = x if (learning_phase() if training is None else training) else alt
    return chosen() if callable(chosen) and not isinstance(chosen, Tensor) else chosen


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """x in testing, else `alt`."""
    return in_train_phase(alt, x, training)


@either_order
def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Any:
    """x + b."""
    return ops.add(x, bias)


@either_order
def conv2d(x: Tensor, kernel: Tensor, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
           dilation_rate: Any = (1, 1)) -> Tensor:
    """Convolution of pictures (batch, height, width, channels) with a kernel (height, width, in, out)."""
    x = x.permute(0, 3, 1, 2)
    if padding == "same":
        sides: list[int] = []
        for axis in (3, 2):
            n, k = x.shape[axis], (kernel.shape[axis - 2] - 1) * dilation_rate[axis - 2] + 1
            total = max((-(-n // strides[axis - 2]) - 1) * strides[axis - 2] + k - n, 0)
            sides += [total // 2, total - total // 2]
        x = F.pad(x, sides)
    return F.conv2d(x, kernel.permute(3, 2, 0, 1), stride=tuple(strides), dilation=tuple(dilation_rate)).permute(0, 2, 3, 1)


def hard_sigmoid(x: Any) -> Any:
    """min(max(0.2 x + 0.5, 0), 1), as Keras' backend has it; `keras.activations.hard_sigmoid` is relu6(x + 3) / 6 since Keras 3.

    Example:
        >>> hard_sigmoid(torch.tensor([-3.0, 0.0, 2.5])).tolist()
        [0.0, 0.5, 1.0]
    """
    return ops.clip(ops.add(ops.multiply(x, 0.2), 0.5), 0.0, 1.0)


@either_order
def resize_images(x: Any, height_factor: int, width_factor: int, data_format: str | None = None, interpolation: str = "nearest"):
    """Pictures made larger by whole factors."""
    if interpolation != "nearest":
        return UpSampling2D((height_factor, width_factor), LAST, interpolation)(x)
    return ops.repeat(ops.repeat(x, height_factor, axis=1), width_factor, axis=2)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """-t log p - (1 - t) log(1 - p), number by number."""
    p = ops.sigmoid(output) if from_logits else output
    p = clip(p, epsilon(), 1 - epsilon())
    right, wrong = ops.multiply(target, ops.log(p)), ops.multiply(ops.subtract(1, target), ops.log(ops.subtract(1, p)))
    return ops.negative(ops.add(right, wrong))


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """-sum_k t_k log p_k, sample by sample."""
    return losses.categorical_crossentropy(target, output, from_logits=from_logits)


def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """-log p_y, sample by sample."""
    return losses.sparse_categorical_crossentropy(target, output, from_logits=from_logits)


def in_top_k(predictions: Any, targets: Any, k: int) -> Tensor:
    """Whether the target is among the k likeliest classes."""
    return (ops.top_k(predictions, k)[1] == ops.expand_dims(targets, -1)).any(-1)


def random_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None, *,
                  std: float | None = None) -> Tensor:
    """Numbers of the normal distribution; `std` is Keras 1's name of stddev."""
    stddev = stddev if std is None else std
    return random.normal(tuple(map(int, shape)), mean, stddev, dtype=dtype, seed=seed)


def random_uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: int | None = None, *,
                   low: float | None = None, high: float | None = None) -> Tensor:
    """Numbers between minval and maxval, all alike; Keras 1 calls them low and high."""
    minval, maxval = minval if low is None else low, maxval if high is None else high
    return random.uniform(tuple(map(int, shape)), minval, maxval, dtype=dtype, seed=seed)


def random_bernoulli(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Tensor:
    """1 with probability p, else 0."""
    return ops.cast(random.uniform(tuple(map(int, shape)), seed=seed) < p, dtype or "float32")


random_normal_variable = random_normal
random_uniform_variable = random_uniform
random_binomial = random_bernoulli


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None) -> Tensor:
    """Numbers of the normal distribution within two deviations."""
    draw = random.uniform(tuple(map(int, shape)), 0.02275, 0.97725, dtype=dtype, seed=seed)  # between two deviations
    return mean + stddev * torch.special.ndtri(draw)


def map_fn(fn: Any, elems: Any, name: str | None = None, dtype: Any = None) -> Tensor:
    """fn of each entry along the first axis."""
    return torch.stack([fn(part) for part in elems])
