"""Sparse categorical cross-entropy: one of several classes, labels as class numbers.

    L = - log p_y,  p = q / sum q, clipped to [1e-7, 1 - 1e-7]     q: probabilities, y: the right class's number
    L = log sum_j exp z_j - z_y                                    z: logits

The same number as categorical cross-entropy of the one-hot label, without building it.
Source: Keras 3, losses/losses.py and backend/torch/nn.py.
"""

import torch

from nabi.core.errors import DataError
from nabi.core.numbers import flag, whole
from nabi.core.registry import register
from nabi.core.targets import as_pair
from nabi.kernels import softmax, softmax_crossentropy
from nabi.losses.categorical import is_last, log_probabilities
from nabi.losses.labels import class_numbers, whole_numbers
from nabi.losses.loss import Loss


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """- log p_y: class numbers (batch, ...) and predictions (batch, ..., C) -> (batch, ...).

    Example:
        >>> sparse_categorical_crossentropy([1, 2], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])
        tensor([0.0513, 2.3026])
    """
    y, p = as_pair(y_true, y_pred)
    if y.ndim < p.ndim - 1 and y.numel() * p.shape[axis] == p.numel():  # a decoder's single step
        y = y.reshape(p.select(axis, 0).shape)
    y = y.unsqueeze(axis) if y.ndim < p.ndim else y
    if ignore_class is None and from_logits and is_last(axis, p):
        return softmax_crossentropy(p, y.long().squeeze(-1))
    if ignore_class is None:
        return -log_probabilities(p, from_logits, axis).gather(axis, y.long()).squeeze(axis)
    counts = y != ignore_class
    p = torch.where(counts, p, 1.0)  # an ignored pixel's prediction takes no part, not even in the gradient
    log_p = log_probabilities(p, from_logits, axis).gather(axis, torch.where(counts, y, 0).long())
    return torch.where(counts, -log_p, 0.0).squeeze(axis)


@register("loss", "sparse_categorical_crossentropy")
class SparseCategoricalCrossentropy(Loss):
    """- log p_y: class numbers 0 to C-1 of shape (batch, ...) or (batch, ..., 1), predictions of a softmax over C classes.

    Args:
        from_logits: predictions are taken before the softmax.
        ignore_class: samples or pixels of this number count nothing; the mean runs over the others.
        axis: the axis of the classes.

    Example:
        >>> SparseCategoricalCrossentropy()([1, 2], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])
        tensor(1.1769)

    torch's `cross_entropy` silently skips the label -100; here every label outside 0 to C-1 is an error that names it.
    Raises DataError for one-hot labels, for labels that are not whole, negative, or C and more.
    """

    pairs_with = "softmax"
    integer_labels = True

    def __init__(
        self, from_logits=False, ignore_class=None, reduction="sum_over_batch_size", axis=-1,
        name="sparse_categorical_crossentropy",
    ):  # fmt: skip
        super().__init__(name, reduction)
        self.from_logits = flag("SparseCategoricalCrossentropy(from_logits)", from_logits)
        self.ignore_class = whole("SparseCategoricalCrossentropy(ignore_class)", ignore_class, optional=True)
        self.axis = whole("SparseCategoricalCrossentropy(axis)", axis)
        self.pairs_with = None if from_logits else "softmax"

    def call(self, y_true, y_pred):
        try:
            return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits, self.ignore_class, self.axis)
        except RuntimeError as caught:
            error = caught
        self.name_label(y_true, y_pred)
        raise error

    def one_pass(self, y_true, y_pred, g):
        if not (self.from_logits and self.ignore_class is None and is_last(self.axis, y_pred)):
            return None
        y = y_true.long().squeeze(-1) if y_true.ndim == y_pred.ndim else y_true.long()
        try:
            return softmax.one_pass(y_pred, y, g) if softmax.takes(y_pred, y) else None
        except RuntimeError as caught:
            error = caught
        self.name_label(y_true, y_pred)
        raise error

    def name_label(self, y_true, y_pred):
        """Raises DataError where a label is out of range; called behind `except`, so that the kernel's own error is not shown."""
        self.check_labels(y_true.cpu().numpy(), tuple(y_pred.shape[1:]))

    def mask(self, y_true, y_pred):
        if self.ignore_class is None:
            return None
        return (y_true if y_true.ndim < y_pred.ndim else y_true.squeeze(self.axis)) != self.ignore_class

    def check_shapes(self, y_true, y_pred, layer):
        if self.axis in (-1, len(y_pred)):
            class_numbers(self.name, y_true, y_pred, layer)

    def check_values(self, y, output_shape):
        whole_numbers(self.name, y)
        classes = output_shape[self.axis if self.axis < 0 else self.axis - 1]
        y = y if self.ignore_class is None else y[y != self.ignore_class]
        if classes is None or not y.size or (y.min() >= 0 and y.max() < classes):
            return
        if y.min() != y.min():
            raise DataError(self.name, f"labels from 0 to {classes - 1}", "the label NaN",
                            "Leave out the samples without a label.")
        low, high = int(y.min()), int(y.max())
        if low == 1 and high == classes:
            remedy = "The labels count from 1: use y - 1."
        elif low < 0:
            remedy = f"To leave out the label {low} use ignore_class={low}."
        else:
            remedy = (f"Classes are numbered 0, 1, 2, ...: names, y = np.unique(y, return_inverse=True) does so; "
                      f"as they are, the last layer needs {high + 1} units.")
        got = f"the label {low if low < 0 else high}"
        raise DataError(self.name, f"labels from 0 to {classes - 1} ({classes} classes)", got, remedy)
