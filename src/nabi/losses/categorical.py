"""Categorical cross-entropy: one of several classes, labels one-hot (or a distribution).

    L = - sum_i y_i log p_i,  p = q / sum q, clipped to [1e-7, 1 - 1e-7]     q: probabilities
    L = - sum_i y_i (z_i - log sum_j exp z_j)                                z: logits

Label smoothing a over C classes: y becomes y (1 - a) + a/C.
Source: Keras 3, losses/losses.py and backend/torch/nn.py; smoothing: Szegedy et al., 2016, section 7.
"""

from nabi.core.config import config
from nabi.core.numbers import flag, number, whole
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.kernels import softmax, softmax_crossentropy
from nabi.losses.labels import several_classes, shares
from nabi.losses.loss import Loss


def log_probabilities(y_pred, from_logits=False, axis=-1):
    """log p from logits, or from probabilities: divided by their sum, clipped to [1e-7, 1 - 1e-7]."""
    if from_logits:
        return y_pred.log_softmax(axis)
    p = y_pred / y_pred.sum(axis, keepdim=True)
    return p.clamp(config.epsilon, 1 - config.epsilon).log()


def smoothed(y, label_smoothing):
    """Labels with a share of their ones spread over all classes."""
    return y * (1 - label_smoothing) + label_smoothing / y.shape[-1] if label_smoothing else y


def is_last(axis, y_pred):
    """Whether an axis is the last one, along which `kernels.softmax_crossentropy` works."""
    return axis in (-1, y_pred.ndim - 1)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """- sum y log p over `axis`: (batch, ..., C) and (batch, ..., C) -> (batch, ...).

    Example:
        >>> categorical_crossentropy([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])
        tensor([0.0513, 2.3026])
    """
    y, p = aligned(y_true, y_pred)
    y = smoothed(y, label_smoothing)
    if from_logits and is_last(axis, p):
        return softmax_crossentropy(p, y)
    return -(y * log_probabilities(p, from_logits, axis)).sum(axis)


@register("loss", "categorical_crossentropy")
class CategoricalCrossentropy(Loss):
    """- sum y log p: one-hot labels (batch, ..., C), predictions of a softmax over C classes.

    Args:
        from_logits: predictions are taken before the softmax.
        label_smoothing: share a in [0, 1] that is spread over all classes.
        axis: the axis of the classes.

    Example:
        >>> CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])
        tensor(1.1769)
        >>> CategoricalCrossentropy(from_logits=True)([[1, 0]], [[-100.0, 100.0]])
        tensor(200.)

    Keras: equal where p >= 1e-7; below, its clipping stops the gradient, the form from logits goes on. torch's `cross_entropy`
    takes logits. Raises DataError for class numbers instead of one-hot labels, for a single class, for labels outside [0, 1].
    """

    pairs_with = "softmax"
    paired_labels = "one-hot labels"

    def __init__(
        self, from_logits=False, label_smoothing=0.0, axis=-1, reduction="sum_over_batch_size", name="categorical_crossentropy"
    ):
        super().__init__(name, reduction)
        self.from_logits = flag("CategoricalCrossentropy(from_logits)", from_logits)
        self.label_smoothing = number("CategoricalCrossentropy(label_smoothing)", label_smoothing, least=0, most=1)
        self.axis = whole("CategoricalCrossentropy(axis)", axis)
        self.pairs_with = None if from_logits else "softmax"

    def call(self, y_true, y_pred):
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)

    def one_pass(self, y_true, y_pred, g):
        if not (self.from_logits and is_last(self.axis, y_pred)):
            return None
        y = smoothed(y_true.to(y_pred.dtype), self.label_smoothing)
        if not softmax.takes(y_pred, y):
            return None
        made = softmax.one_pass(y_pred, y, g)
        return made._replace(right=None) if self.label_smoothing else made  # smoothed labels may all be equal

    def check_shapes(self, y_true, y_pred, layer):
        super().check_shapes(y_true, y_pred, layer)
        several_classes(self.name, y_pred, layer)

    def check_values(self, y, output_shape):
        shares(self.name, y)
