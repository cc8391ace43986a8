"""Binary cross-entropy: two classes, or several independent yes-no answers.

    L = - mean (y log p + (1 - y) log(1 - p))                             p: probabilities, clipped to [1e-7, 1 - 1e-7]
    L =   mean (y softplus(-z) + (1 - y) softplus(z)),  p = sigmoid(z)    z: logits

Label smoothing a: y becomes y (1 - a) + a/2.
Source: Keras 3, losses/losses.py; Goodfellow et al., "Deep learning", 6.2.2.2.
"""

from torch.nn.functional import softplus

from nabi.core.config import config
from nabi.core.numbers import flag, number, whole
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.losses.labels import shares
from nabi.losses.loss import Loss


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """- mean (y log p + (1 - y) log(1 - p)) over `axis`: (batch, ..., C) -> (batch, ...).

    Example:
        >>> binary_crossentropy([[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]])
        tensor([0.9163, 0.7136])
    """
    y, p = aligned(y_true, y_pred)
    if label_smoothing:
        y = y * (1 - label_smoothing) + label_smoothing / 2
    if from_logits:
        z = p
        return (y * softplus(-z, threshold=40) + (1 - y) * softplus(z, threshold=40)).mean(axis)
    p = p.clamp(config.epsilon, 1 - config.epsilon)
    return -(y * p.log() + (1 - y) * (-p).log1p()).mean(axis)


@register("loss", "bce", "BCE", "binary_crossentropy")
class BinaryCrossentropy(Loss):
    """- mean (y log p + (1 - y) log(1 - p)): labels 0 or 1 (or shares between), predictions of a sigmoid.

    Args:
        from_logits: predictions are taken before the sigmoid.
        label_smoothing: share a in [0, 1]: 1 becomes 1 - a/2, 0 becomes a/2.
        axis: the axis of the mean.

    Example:
        >>> BinaryCrossentropy()([[0.0], [1.0]], [[0.5], [0.5]])
        tensor(0.6931)
        >>> BinaryCrossentropy(from_logits=True)([[0.0], [1.0]], [[-100.0], [-100.0]])
        tensor(50.)

    Keras: equal where 1e-7 <= p <= 1 - 1e-7; beyond, its clipping stops the gradient, the form from logits goes on.
    Raises DataError for labels outside [0, 1] (`check_labels`) or of another shape than the predictions.
    """

    pairs_with = "sigmoid"
    paired_labels = "labels 0 or 1"

    def __init__(
        self, from_logits=False, label_smoothing=0.0, axis=-1, reduction="sum_over_batch_size", name="binary_crossentropy"
    ):
        super().__init__(name, reduction)
        self.from_logits = flag("BinaryCrossentropy(from_logits)", from_logits)
        self.label_smoothing = number("BinaryCrossentropy(label_smoothing)", label_smoothing, least=0, most=1)
        self.axis = whole("BinaryCrossentropy(axis)", axis)
        self.pairs_with = None if from_logits else "sigmoid"

    def call(self, y_true, y_pred):
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing, self.axis)

    def check_values(self, y, output_shape):
        shares(self.name, y)
