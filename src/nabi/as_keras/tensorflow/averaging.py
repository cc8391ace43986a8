"""Averaging: `tf.nn`'s means: the loss of one replica among several, weighted moments.

    loss = sum of losses of examples / samples of the whole batch        tf.nn.compute_average_loss
"""

from typing import Any

import torch

from nabi import ops
from nabi.as_keras.tensorflow.distribute import get_strategy
from nabi.layers.weight import bare

__all__ = ["compute_average_loss", "log_poisson_loss", "normalize_moments", "scale_regularization_loss", "sufficient_statistics",
           "weighted_moments"]


def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> torch.Tensor:
    """Sum of the examples' losses, weighted, divided by the samples of the whole batch.

    Example:
        >>> float(compute_average_loss(torch.tensor([1.0, 3.0]), global_batch_size=4))
        1.0
    """
    losses = ops.convert_to_tensor(per_example_loss)
    losses = losses if losses.is_floating_point() else losses.float()
    if sample_weight is not None:
        weights = ops.convert_to_tensor(sample_weight).to(losses.dtype)
        losses = losses * weights.reshape(*weights.shape, *[1] * (losses.ndim - weights.ndim))
    size = len(losses) * get_strategy().num_replicas_in_sync if global_batch_size is None else int(global_batch_size)
    return losses.sum() / size


def scale_regularization_loss(regularization_loss: Any) -> torch.Tensor:
    """The sum of penalties, divided by the number of replicas."""
    listed = regularization_loss if isinstance(regularization_loss, (list, tuple)) else [regularization_loss]
    parts = [ops.convert_to_tensor(one).sum() for one in listed]
    return torch.stack(parts).sum() / get_strategy().num_replicas_in_sync if parts else torch.zeros(())


def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None) -> torch.Tensor:
    """exp(c) - z c for targets z; with the whole loss also z log z - z + log(2 pi z) / 2 for z > 1 (Stirling)."""
    z, c = ops.convert_to_tensor(targets), ops.convert_to_tensor(log_input)
    found = torch.exp(c) - z * c
    if not compute_full_loss:
        return found
    safe = torch.where(z > 0, z, torch.ones_like(z))
    stirling = z * torch.log(safe) - z + 0.5 * torch.log(2 * torch.pi * safe)
    return found + torch.where((z >= 0) & (z <= 1), torch.zeros_like(z), stirling)


def weighted_moments(x: Any, axes: Any, frequency_weights: Any, keepdims: bool = False, name: str | None = None) -> tuple:
    """Mean and variance along axes of numbers that count with weights."""
    values = ops.convert_to_tensor(x)
    weights = ops.convert_to_tensor(frequency_weights).to(values.dtype).expand_as(values)
    along = [int(n) for n in axes] if isinstance(axes, (list, tuple)) else [int(axes)]
    total = weights.sum(along, keepdim=True)
    mean = (weights * values).sum(along, keepdim=True) / total
    variance = (weights * (values - mean) ** 2).sum(along, keepdim=True) / total
    return (mean, variance) if keepdims else (mean.sum(along), variance.sum(along))


def sufficient_statistics(x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: str | None = None) -> tuple:
    """Number of values, their sum, the sum of their squares, and the shift: what `normalize_moments` takes."""
    values = ops.convert_to_tensor(x)
    along = [int(n) for n in axes]
    count = torch.tensor(1.0, dtype=values.dtype)
    for n in along:
        count = count * values.shape[n]
    moved = values if shift is None else values - bare(shift)
    return count, moved.sum(along, keepdim=keepdims), (moved**2).sum(along, keepdim=keepdims), shift


def normalize_moments(counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None) -> tuple:
    """Mean and variance of what `sufficient_statistics` gave."""
    moved = mean_ss / counts
    variance = variance_ss / counts - moved**2
    return (moved if shift is None else moved + shift), variance
