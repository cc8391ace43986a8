"""Addons, losses: tensorflow_addons' losses of detection, pairs and triplets.

    focal         a_t (1 - p_t)^gamma H, summed over classes           Lin et al. 2017, eq. 5
    contrastive   y d^2 + (1 - y) max(margin - d, 0)^2                  Hadsell et al. 2006, eq. 4
    triplets      max(margin + d(a, p) - d(a, n), 0)                    Schroff et al. 2015, eq. 3
    pinball       max(tau (y - p), (tau - 1) (y - p))

Source of the names: tensorflow_addons 0.23.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from nabi.as_keras.dressing.answering import from_outside
from nabi.as_keras.installing import enter
from nabi.losses import FunctionLoss, binary_focal_crossentropy

__all__ = ["ContrastiveLoss", "PinballLoss", "SigmoidFocalCrossEntropy", "TripletHardLoss", "TripletSemiHardLoss",
           "contrastive_loss", "pinball_loss", "sigmoid_focal_crossentropy", "triplet_hard_loss", "triplet_semihard_loss"]


def sigmoid_focal_crossentropy(y_true: Any, y_pred: Any, alpha: float = 0.25, gamma: float = 2.0,
                               from_logits: bool = False) -> torch.Tensor:
    """The focal loss, summed over the last axis: (batch, classes) -> (batch,)."""
    p: torch.Tensor = torch.as_tensor(y_pred)
    return p.shape[-1] * binary_focal_crossentropy(y_true, p, bool(alpha), alpha, gamma, from_logits)


def contrastive_loss(y_true: Any, y_pred: Any, margin: float = 1.0) -> torch.Tensor:
    """y_pred: distances of pairs; y_true: 1 for pairs of one kind. In their shape.

    Example:
        >>> contrastive_loss([1.0, 0.0, 0.0], [0.5, 0.5, 2.0]).tolist()
        [0.25, 0.25, 0.0]
    """
    d: torch.Tensor = torch.as_tensor(y_pred)
    y: torch.Tensor = torch.as_tensor(y_true).to(d.dtype)
    return y * d.square() + (1 - y) * (margin - d).clamp(min=0).square()


def pinball_loss(y_true: Any, y_pred: Any, tau: float = 0.5) -> torch.Tensor:
    """Of a quantile tau, the mean over the last axis."""
    p: torch.Tensor = torch.as_tensor(y_pred)
    e: torch.Tensor = torch.as_tensor(y_true).to(p.dtype) - p
    return torch.maximum(tau * e, (tau - 1) * e).mean(-1)


def distances(x: torch.Tensor, metric: Any) -> torch.Tensor:
    """Between all rows: "L2", "squared-L2", "angular", or a function."""
    if callable(metric):
        return torch.as_tensor(metric(x))
    if metric == "angular":
        unit = torch.nn.functional.normalize(x, dim=-1)
        return 1 - unit @ unit.T
    square = ((x[:, None] - x[None]) ** 2).sum(-1)
    if metric == "squared-L2":
        return square
    return torch.where(square > 0, square.clamp(min=1e-16).sqrt(), 0.0)


def pairs(y_true: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Which pairs are of one class, without those of a sample with itself; which are of two."""
    y = torch.as_tensor(y_true).reshape(-1)
    same = y[:, None] == y[None]
    return same & ~torch.eye(len(y), dtype=torch.bool), ~same


def triplet_semihard_loss(y_true: Any, y_pred: Any, margin: float = 1.0, distance_metric: Any = "L2") -> torch.Tensor:
    """Mean over pairs (a, p) of a class; n: the nearest of another class beyond p, else the farthest of all others.

    Args:
        y_true: classes (batch,). y_pred: vectors (batch, n). distance_metric: "L2", "squared-L2", "angular" or a function.
    """
    d = distances(torch.as_tensor(y_pred), distance_metric)
    same, other = pairs(y_true)
    beyond = other[:, None, :] & (d[:, None, :] > d[:, :, None])  # [a, p, n]
    nearest = torch.where(beyond, d[:, None, :], torch.inf).amin(-1)
    farthest = torch.where(other, d, -torch.inf).amax(-1, keepdim=True)
    farthest = torch.where(farthest.isinf(), d.amin(-1, keepdim=True), farthest)
    n = torch.where(beyond.any(-1), nearest, farthest.expand_as(d))
    return ((margin + d - n).clamp(min=0) * same).sum() / same.sum()


def triplet_hard_loss(y_true: Any, y_pred: Any, margin: float = 1.0, soft: bool = False,
                      distance_metric: Any = "L2") -> torch.Tensor:
    """Mean over anchors: the farthest of its class, the nearest of another."""
    d = distances(torch.as_tensor(y_pred), distance_metric)
    same, other = pairs(y_true)
    near = torch.where(other, d, torch.inf).amin(-1)
    near = torch.where(near.isinf(), d.amax(-1), near)
    far = torch.where(same, d, 0.0).amax(-1)
    return (torch.log1p(torch.exp(far - near)) if soft else (margin + far - near).clamp(min=0)).mean()


def loss_class(function: Callable) -> type:
    """A loss of a function, as Keras has its classes; further arguments are the function's."""
    words = function.__code__.co_varnames[2 : function.__code__.co_argcount]

    class Made(FunctionLoss):
        def __init__(self, *values: Any, name: Any = None, reduction: Any = "sum_over_batch_size", **options: Any):
            given = dict(zip(words, values, strict=False)) | options
            super().__init__(partial(function, **given), reduction, name or function.__name__)

    Made.__name__, Made.__doc__ = "".join(word.capitalize() for word in function.__name__.split("_")), function.__doc__
    return Made


class SigmoidFocalCrossEntropy(FunctionLoss):
    """The focal loss: called by hand one number a sample, as tensorflow_addons gives it; in `compile` their mean.

    Args:
        from_logits, alpha, gamma: as of the function.
        reduction: None or "none" as said; "sum_over_batch_size", "sum".
    """

    def __init__(self, from_logits: bool = False, alpha: float = 0.25, gamma: float = 2.0, reduction: Any = "none",
                 name: str = "sigmoid_focal_crossentropy"):
        self.single = reduction in (None, "none")
        super().__init__(partial(sigmoid_focal_crossentropy, alpha=alpha, gamma=gamma, from_logits=from_logits),
                         "sum_over_batch_size" if self.single else reduction, name)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> torch.Tensor:
        if self.single and from_outside():
            values = self.fn(y_true, y_pred)
            return values if sample_weight is None else values * torch.as_tensor(sample_weight).to(values.dtype)
        return super().__call__(y_true, y_pred, sample_weight)


ContrastiveLoss, PinballLoss = loss_class(contrastive_loss), loss_class(pinball_loss)
TripletSemiHardLoss, TripletHardLoss = loss_class(triplet_semihard_loss), loss_class(triplet_hard_loss)
enter("loss", {name: thing for name, thing in list(globals().items()) if name in __all__})
