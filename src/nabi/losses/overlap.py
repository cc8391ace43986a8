"""Overlap: how much of two masks covers each other, for the segmentation of pictures in which the object is small.

    Dice    = 1 - 2 sum y p / (sum y + sum p + eps)                               eps = 1e-7
    Tversky = 1 - sum y p / (sum y p + a sum y (1 - p) + b sum (1 - y) p + eps)   a = b = 1/2: Dice, but for eps

The sums run over `axis`, or over the whole batch.
Source: Milletari, Navab & Ahmadi, "V-Net", 2016, section 3; Salehi, Erdogmus & Gholipour, "Tversky loss function for image
segmentation using 3D fully convolutional deep networks", 2017, equation 3; Keras 3, losses/losses.py.
"""

from collections.abc import Sequence

from nabi.core.config import config
from nabi.core.numbers import checked_axes, number
from nabi.core.registry import register
from nabi.core.targets import aligned
from nabi.losses.labels import shares
from nabi.losses.loss import Loss


def dice(y_true, y_pred, axis: int | Sequence[int] | None = None):
    """1 - 2 sum y p / (sum y + sum p + eps) over `axis`; None takes all axes, the batch too, and gives one number.

    Example:
        >>> dice([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], axis=-1)
        tensor([0.3333, 0.0000])
    """
    y, p = aligned(y_true, y_pred)
    both, each = summed(y * p, axis), summed(y, axis) + summed(p, axis)
    return 1 - 2 * both / (each + config.epsilon)


def tversky(y_true, y_pred, alpha=0.5, beta=0.5, axis: int | Sequence[int] | None = None):
    """1 - sum y p / (sum y p + alpha sum y (1 - p) + beta sum (1 - y) p + eps) over `axis`; None takes all axes.

    Example:
        >>> tversky([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]], alpha=0.7, beta=0.3, axis=-1)
        tensor([0.4118])
    """
    y, p = aligned(y_true, y_pred)
    both, missed, wrong = (summed(part, axis) for part in (y * p, y * (1 - p), (1 - y) * p))
    return 1 - both / (both + alpha * missed + beta * wrong + config.epsilon)


def summed(x, axis: int | Sequence[int] | None):
    """The sum over some axes; None for all."""
    return x.sum() if axis is None else x.sum(tuple(axis) if isinstance(axis, Sequence) else axis)


@register("loss", "dice")
class Dice(Loss):
    """1 - 2 sum y p / (sum y + sum p + eps): masks of 0 and 1, predictions of a sigmoid in the same shape.

    Args:
        axis: axes of the sums, (1, 2, 3) for one number a picture; None: the whole batch is one mask.

    Example:
        >>> Dice()([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])
        tensor(0.3333)

    Keras: the same. With axis=None, its default, the loss depends on how samples are put together in batches.
    """

    paired_labels = "masks"

    def __init__(self, reduction="sum_over_batch_size", name="dice", axis: int | Sequence[int] | None = None):
        super().__init__(name, reduction)
        self.axis = None if axis is None else checked_axes("Dice(axis)", axis)

    def call(self, y_true, y_pred):
        return dice(y_true, y_pred, self.axis)

    def check_values(self, y, output_shape):
        shares(self.name, y)


@register("loss", "tversky")
class Tversky(Loss):
    """1 - sum y p / (sum y p + alpha sum y (1 - p) + beta sum (1 - y) p + eps): Dice with a price for each kind of error.

    Args:
        alpha: price of what was missed, y (1 - p), 0 or more.
        beta: price of what was marked wrongly, (1 - y) p, 0 or more.
        axis: axes of the sums; None: the whole batch is one mask.

    Example:
        >>> Tversky(alpha=0.7, beta=0.3)([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])
        tensor(0.4118)

    Keras: the same numbers; it calls what alpha weighs false positives, as the paper does, but sums y (1 - p), the misses.
    """

    paired_labels = "masks"

    def __init__(self, alpha=0.5, beta=0.5, reduction="sum_over_batch_size", name="tversky",
                 axis: int | Sequence[int] | None = None):
        super().__init__(name, reduction)
        self.alpha = number("Tversky(alpha)", alpha, least=0)
        self.beta = number("Tversky(beta)", beta, least=0)
        self.axis = None if axis is None else checked_axes("Tversky(axis)", axis)

    def call(self, y_true, y_pred):
        return tversky(y_true, y_pred, self.alpha, self.beta, self.axis)

    def check_values(self, y, output_shape):
        shares(self.name, y)
