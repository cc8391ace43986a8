"""Further losses of Keras 3: Circle, which draws embeddings of one class together, and CTC, for labels without places in time.

    d = 1 - p q^T of unit vectors;  a_pos = (m + d)+, a_neg = (1 + m - d)+
    Circle = log(1 + sum over pairs of one class exp(-g a_pos (m - d)) * sum over others exp(g a_neg (1 - m - d)))

Source: Sun et al., "Circle loss", 2020; Graves et al., "Connectionist temporal classification", 2006; Keras 3, losses/losses.py.
"""

from typing import Any

import torch
import torch.nn.functional as F

from nabi.as_keras.installing import enter
from nabi.as_keras.operations.networks import ctc_loss
from nabi.core.errors import ShapeError
from nabi.losses import Loss
from nabi.ops.op import floats, tensor

__all__ = ["CTC", "Circle", "circle", "ctc"]


def circle(y_true: Any, y_pred: Any, ref_labels: Any = None, ref_embeddings: Any = None, remove_diagonal: bool = True,
           gamma: float = 80, margin: float = 0.4) -> torch.Tensor:
    """The circle loss of each embedding against all, or against reference embeddings.

    Args:
        y_true: class numbers. y_pred: embeddings (N, d) of length 1.
        ref_labels, ref_embeddings: those that they are held against; None takes the same ones.
        remove_diagonal: whether an embedding is not its own partner.
        gamma, margin: g and m above.
    """
    p, labels = floats(y_pred), tensor(y_true).reshape(-1)
    others = p if ref_embeddings is None else floats(ref_embeddings)
    theirs = labels if ref_labels is None else tensor(ref_labels).reshape(-1)
    d = (1 - p @ others.T).clamp(min=0)
    same = labels[:, None] == theirs
    differ = ~same
    if remove_diagonal:
        same = same & ~torch.eye(len(labels), len(theirs), dtype=torch.bool)
    near, far = -gamma * (margin + d).clamp(min=0) * (margin - d), gamma * (1 + margin - d).clamp(min=0) * (1 - margin - d)
    sums = [torch.where(mask, part, float("-inf")).logsumexp(1) for mask, part in ((same, near), (differ, far))]
    return F.softplus(sums[0] + sums[1])


def ctc(y_true: Any, y_pred: Any) -> torch.Tensor:
    """-log of the share of all alignments that spell the labels: (N, labels), 0 for none, and logits (N, T, classes).

    Raises ShapeError for other shapes.
    """
    y, p = tensor(y_true), floats(y_pred)
    if y.ndim != 2 or p.ndim != 3:
        raise ShapeError("losses.ctc", "labels (batch, length) and logits (batch, steps, classes)",
                         f"{tuple(y.shape)} and {tuple(p.shape)}")
    return ctc_loss(y, p, (y != 0).sum(-1), torch.full((len(p),), p.shape[1]))


class Circle(Loss):
    """The circle loss; samples without a partner of their class count for nothing.

    Args:
        gamma: scale. margin: m. remove_diagonal: whether an embedding is not its own partner.
        reduction, name: as in `Loss`.
    """

    integer_labels = True

    def __init__(self, gamma=80.0, margin=0.4, remove_diagonal=True, reduction="sum_over_batch_size", name="circle"):
        super().__init__(name, reduction)
        self.gamma, self.margin, self.remove_diagonal = gamma, margin, remove_diagonal

    def call(self, y_true, y_pred):
        return circle(y_true, y_pred, None, None, self.remove_diagonal, self.gamma, self.margin)

    def mask(self, y_true, y_pred):
        return self.call(y_true, y_pred.detach()) > 0


class CTC(Loss):
    """CTC of logits; label 0 is the blank.

    Args:
        reduction, name: as in `Loss`.
    """

    integer_labels = True

    def __init__(self, reduction="sum_over_batch_size", name="ctc"):
        super().__init__(name, reduction)

    def __call__(self, y_true, y_pred, sample_weight=None, mask=None):
        from nabi.losses.loss import reduce

        weights = None if sample_weight is None else floats(sample_weight)
        return reduce(ctc(y_true, y_pred), weights, None, self.reduction)


enter("loss", {"CTC": CTC, "Circle": Circle, "circle": Circle, "ctc": CTC})
