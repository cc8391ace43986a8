"""Focal cross-entropy: cross-entropy in which answers that are already right count little, for rare classes.

    binary        L = mean (1 - p_t)^gamma a_t H         p_t = y p + (1 - y)(1 - p): the probability of the right answer
                  H = - (y log p + (1 - y) log(1 - p)),  a_t = y alpha + (1 - y)(1 - alpha) if classes are balanced, else 1
    categorical   L = - sum_i alpha (1 - p_i)^gamma y_i log p_i

gamma = 0 is the plain cross-entropy; at gamma = 2 an answer of p_t = 0.9 counts a hundredth.
Source: Lin et al. 2017, "Focal loss for dense object detection", eq. 4 and 5; Keras 3, losses/losses.py.
"""

from collections.abc import Sequence

import torch
from torch.nn.functional import softplus

from nabi.core.config import config
from nabi.core.errors import ArgumentError
from nabi.core.numbers import flag, number, whole
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.losses.categorical import log_probabilities
from nabi.losses.labels import several_classes, shares
from nabi.losses.loss import Loss


def binary_focal_crossentropy(y_true, y_pred, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False,
                              label_smoothing=0.0, axis=-1):
    """mean (1 - p_t)^gamma a_t H over `axis`: (batch, ..., C) -> (batch, ...).

    Example:
        >>> binary_focal_crossentropy([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])
        tensor([0.3299, 0.2058])
    """
    y, p = aligned(y_true, y_pred)
    if label_smoothing:
        y = y * (1 - label_smoothing) + label_smoothing / 2
    if from_logits:
        z, p = p, p.sigmoid()
        h = y * softplus(-z, threshold=40) + (1 - y) * softplus(z, threshold=40)
    else:
        inside = p.clamp(config.epsilon, 1 - config.epsilon)
        h = -(y * inside.log() + (1 - y) * (-inside).log1p())
    p_t = y * p + (1 - y) * (1 - p)
    a_t = y * alpha + (1 - y) * (1 - alpha) if apply_class_balancing else 1
    return ((1 - p_t).clamp(min=config.epsilon) ** gamma * a_t * h).mean(axis)


def categorical_focal_crossentropy(y_true, y_pred, alpha: float | Sequence[float] = 0.25, gamma=2.0, from_logits=False,
                                   label_smoothing=0.0, axis=-1):
    """- sum alpha (1 - p)^gamma y log p over `axis`; `alpha` is one number or one for each class.

    Example:
        >>> categorical_focal_crossentropy([[0, 1, 0], [0, 0, 1]], [[0.05, 0.9, 0.05], [0.1, 0.85, 0.05]])
        tensor([2.6340e-04, 6.7591e-01])
    """
    y, p = aligned(y_true, y_pred)
    if label_smoothing:
        y = y * (1 - label_smoothing) + label_smoothing / y.shape[-1]
    log_p = log_probabilities(p, from_logits, axis)
    balance = torch.as_tensor(alpha, dtype=p.dtype, device=p.device)
    missed = (1 - log_p.exp()).clamp(min=config.epsilon)
    return -(balance * missed**gamma * y * log_p).sum(axis)


@register("loss", "binary_focal_crossentropy")
class BinaryFocalCrossentropy(Loss):
    """mean (1 - p_t)^gamma H: labels 0 or 1, predictions of a sigmoid; what is right already counts little.

    Args:
        apply_class_balancing: whether class 1 counts `alpha` and class 0 `1 - alpha`.
        alpha: share in [0, 1].
        gamma: how fast right answers lose weight, 0 or more.
        from_logits, label_smoothing, axis: as in `BinaryCrossentropy`.

    Example:
        >>> BinaryFocalCrossentropy()([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])
        tensor(0.2678)

    Keras: equal where 1e-7 <= p <= 1 - 1e-7. Raises DataError for labels outside [0, 1].
    """

    pairs_with = "sigmoid"
    paired_labels = "labels 0 or 1"

    def __init__(self, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1,
                 reduction="sum_over_batch_size", name="binary_focal_crossentropy"):
        super().__init__(name, reduction)
        where = "BinaryFocalCrossentropy"
        self.apply_class_balancing = flag(f"{where}(apply_class_balancing)", apply_class_balancing)
        self.alpha = number(f"{where}(alpha)", alpha, least=0, most=1)
        self.gamma = number(f"{where}(gamma)", gamma, least=0)
        self.from_logits = flag(f"{where}(from_logits)", from_logits)
        self.label_smoothing = number(f"{where}(label_smoothing)", label_smoothing, least=0, most=1)
        self.axis = whole(f"{where}(axis)", axis)
        self.pairs_with = None if from_logits else "sigmoid"

    def call(self, y_true, y_pred):
        return binary_focal_crossentropy(y_true, y_pred, self.apply_class_balancing, self.alpha, self.gamma, self.from_logits,
                                         self.label_smoothing, self.axis)

    def check_values(self, y, output_shape):
        shares(self.name, y)


@register("loss", "categorical_focal_crossentropy")
class CategoricalFocalCrossentropy(Loss):
    """- sum alpha (1 - p)^gamma y log p: labels one-hot, predictions of a softmax over C classes.

    Args:
        alpha: one factor for all classes, or a list of C factors, such as large ones for rare classes.
        gamma: how fast right answers lose weight, 0 or more.
        from_logits, label_smoothing, axis: as in `CategoricalCrossentropy`.

    Example:
        >>> CategoricalFocalCrossentropy()([[0, 1, 0], [0, 0, 1]], [[0.05, 0.9, 0.05], [0.1, 0.85, 0.05]])
        tensor(0.3381)

    Keras: equal where p >= 1e-7. Raises DataError for class numbers instead of one-hot labels, and for a single class.
    """

    pairs_with = "softmax"
    paired_labels = "one-hot labels"

    def __init__(self, alpha: float | Sequence[float] = 0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1,
                 reduction="sum_over_batch_size", name="categorical_focal_crossentropy"):
        super().__init__(name, reduction)
        where = "CategoricalFocalCrossentropy"
        if isinstance(alpha, list | tuple) and not alpha:
            raise ArgumentError(f"{where}(alpha)", "a number, or one for each class", repr(alpha))
        for factor in alpha if isinstance(alpha, list | tuple) else (alpha,):
            number(f"{where}(alpha)", factor, least=0)
        self.alpha = alpha
        self.gamma = number(f"{where}(gamma)", gamma, least=0)
        self.from_logits = flag(f"{where}(from_logits)", from_logits)
        self.label_smoothing = number(f"{where}(label_smoothing)", label_smoothing, least=0, most=1)
        self.axis = whole(f"{where}(axis)", axis)
        self.pairs_with = None if from_logits else "softmax"

    def call(self, y_true, y_pred):
        return categorical_focal_crossentropy(y_true, y_pred, self.alpha, self.gamma, self.from_logits, self.label_smoothing,
                                              self.axis)

    def check_shapes(self, y_true, y_pred, layer):
        super().check_shapes(y_true, y_pred, layer)
        several_classes(self.name, y_pred, layer)
        if isinstance(self.alpha, list | tuple) and y_pred[-1] not in (None, len(self.alpha)):
            raise ArgumentError("CategoricalFocalCrossentropy(alpha)", f"one number, or {y_pred[-1]} for {layer}'s classes",
                                len(self.alpha))

    def check_values(self, y, output_shape):
        shares(self.name, y)
