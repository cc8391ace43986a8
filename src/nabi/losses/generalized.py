"""Generalized cross-entropy: between cross-entropy, which learns wrong labels, too, and the absolute error, which learns slowly.

    L = (1 - p_y^q) / q        q -> 0: - log p_y;  q = 1: 1 - p_y, half the absolute error to the one-hot label

Source: Zhang & Sabuncu, "Generalized cross entropy loss for training deep neural networks with noisy labels", 2018, equation 6;
Keras 3, losses/losses.py.
"""

import torch
from torch.nn import functional

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_number
from nabi.core.registry import register
from nabi.core.targets import as_pair
from nabi.losses.loss import Loss
from nabi.losses.sparse import SparseCategoricalCrossentropy


def categorical_generalized_cross_entropy(y_true, y_pred, q):
    """(1 - p_y^q) / q: class numbers (batch, ...) or (batch, ..., 1), and shares (batch, ..., C) -> (batch, ...).

    Example:
        >>> categorical_generalized_cross_entropy([1, 2], [[0.0, 1.0, 0.0], [0.5, 0.25, 0.25]], q=0.5)
        tensor([0., 1.])
    """
    y, p = as_pair(y_true, y_pred)
    one_hot = functional.one_hot((y if y.ndim < p.ndim else y.squeeze(-1)).long(), p.shape[-1])
    right = (p * one_hot).sum(-1)
    return (1 - right.clamp(min=torch.finfo(p.dtype).tiny) ** q) / q  # at p = 0 the slope is infinite


@register("loss", "categorical_generalized_cross_entropy")
class CategoricalGeneralizedCrossEntropy(Loss):
    """(1 - p_y^q) / q: class numbers 0 to C-1, predictions of a softmax over C classes; for labels that are partly wrong.

    Args:
        q: how little wrong labels count, in (0, 1); the paper takes .7.

    Example:
        >>> CategoricalGeneralizedCrossEntropy(q=0.5)([1, 2], [[0.0, 1.0, 0.0], [0.5, 0.25, 0.25]])
        tensor(0.5000)

    Keras: the same numbers; there an answer of exactly 0 makes the gradient NaN, here 0. Its labels are class numbers as here,
    whatever the name says. Raises DataError for labels as `SparseCategoricalCrossentropy` does.
    """

    integer_labels = True

    def __init__(self, q=0.5, reduction="sum_over_batch_size", name="categorical_generalized_cross_entropy"):
        super().__init__(name, reduction)
        if not is_number(q) or not 0 < q < 1:
            raise ArgumentError("CategoricalGeneralizedCrossEntropy(q)", "a number in (0, 1)", repr(q),
                                "Near 0 it is cross-entropy, near 1 the absolute error.")
        self.q = q

    def call(self, y_true, y_pred):
        try:
            return categorical_generalized_cross_entropy(y_true, y_pred, self.q)
        except RuntimeError as caught:
            error = caught
        self.check_labels(y_true.cpu().numpy(), tuple(y_pred.shape[1:]))
        raise error

    def check_shapes(self, y_true, y_pred, layer):
        as_class_numbers(self).check_shapes(y_true, y_pred, layer)

    def check_values(self, y, output_shape):
        as_class_numbers(self).check_values(y, output_shape)


def as_class_numbers(loss: Loss) -> SparseCategoricalCrossentropy:
    """The loss that knows what class numbers must be like, under this one's name."""
    return SparseCategoricalCrossentropy(name=loss.name)
