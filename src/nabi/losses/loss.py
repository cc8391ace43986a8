"""Loss: from labels and predictions to one number, weighted and averaged by Keras' rules.

    L = (1/n) sum_i w_i l_i        l_i: the loss of sample i (or of each of its pixels), w_i: its weight, n: the number of l_i

Source: Keras 3.15, losses/loss.py.
"""

import copy
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError, StateError, Unwritten
from nabi.core.masks import mask_on
from nabi.core.names import snake_case
from nabi.core.numbers import readable
from nabi.core.pieces import Piece
from nabi.core.targets import as_pair, per_sample, same_rank
from nabi.kernels.softmax import OnePass
from nabi.losses.labels import same_shape

REDUCTIONS = ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None)


class Loss(Piece):
    """Base of all losses: subclass it and write `call`.

    Args:
        reduction: "sum_over_batch_size" or "mean": sum(w l) / n; "mean_with_sample_weight": sum(w l) / sum(w); "sum": sum(w l);
            "none" or None: w l as they are.
        name: shown in logs and errors; the class's name in snake_case if None.

    Attributes:
        pairs_with: the last activation that this loss can take over ("softmax", "sigmoid") or None; see `on_logits`.
        paired_labels: what labels are called that must have the predictions' shape ("one-hot labels"); None: any shape will do.

    Example:
        >>> class Cubic(Loss):
        ...     def call(self, y_true, y_pred):
        ...         return (y_pred - y_true).abs().pow(3).mean(-1)
        >>> Cubic()([[0.0, 0.0]], [[1.0, 3.0]])
        tensor(14.)

    Keras: the base class takes (name, reduction, dtype), this one (name, reduction); `call` gets both with one rank.
    Raises DataError where labels and predictions do not fit together.
    """

    instead = {
        "dtype": "Leave it out: a loss has the dtype of the predictions; compile(precision=...) chooses that.",
        "weight": "Weights of samples: fit(sample_weight=...); of classes: fit(class_weight=...).",
        "size_average": 'Write reduction="sum_over_batch_size" or "sum".',
    }
    pairs_with: str | None = None
    from_logits = False
    paired_labels: str | None = None
    integer_labels = False  # True: `call` gets the labels in the dtype they came in
    follows_layers = False  # True: it depends on weights also past the output, by what rides on the prediction

    def __init__(self, name: str | None = None, reduction: str | None = "sum_over_batch_size"):
        if reduction not in REDUCTIONS:
            known = f"one of {', '.join(map(repr, REDUCTIONS))}"
            raise ArgumentError(f"{type(self).__name__}(reduction)", known, repr(reduction))
        if not isinstance(name, str | None):
            raise ArgumentError(f"{type(self).__name__}(name)", "a text as the loss's name, or None", repr(name))
        self.reduction = reduction
        self.name = name or snake_case(type(self).__name__)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Labels, predictions and weights to one number (or one a sample with reduction="none").

        `mask`, (batch, steps), is True where a prediction counts: the mean then runs over these alone, as in Keras. By default it
        is the one that rides on y_pred.
        """
        mask = mask_on(y_pred) if mask is None else mask
        y_true, y_pred = as_pair(y_true, y_pred)
        self.explain_mismatch(y_true, y_pred)
        y_true, y_pred = same_rank(y_true if self.integer_labels else y_true.to(y_pred.dtype), y_pred)
        counts = self.mask(y_true, y_pred)
        if mask is not None:
            counts = mask if counts is None else mask & counts
        return reduce(self.call(y_true, y_pred), sample_weight, counts, self.reduction)

    def call(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
        """Losses per sample: (batch, ..., C) and (batch, ..., C) -> (batch, ...)."""
        raise Unwritten(self, "call(self, y_true, y_pred)")

    def one_pass(self, y_true: torch.Tensor, y_pred: torch.Tensor, g: float | torch.Tensor) -> OnePass | None:
        """`call` and its gradients by y_pred multiplied by g, a number or one a loss, (..., 1), without autograd.

        None where a loss has no such form, or not for these tensors.
        """
        return None

    def mask(self, y_true: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor | None:
        """True where a loss counts, in the shape of `call`'s result; None if all do."""
        return None

    def on_logits(self):
        """A copy that takes the values before the last activation, which is then part of the loss (more exact, and faster)."""
        if self.pairs_with is None:
            raise StateError(self.name, "a loss on probabilities of softmax or sigmoid", "one that takes over no activation")
        twin = copy.copy(self)
        twin.from_logits, twin.pairs_with = True, None
        return twin

    def explain_mismatch(self, y_true: torch.Tensor, y_pred: torch.Tensor, layer: str = "the last Dense") -> None:
        """Raises DataError, with what to do, where a batch's shapes do not fit; `layer` is the output layer's name."""
        if y_true.ndim and y_pred.ndim and y_true.shape[0] != y_pred.shape[0]:
            raise DataError(self.name, f"as many labels as predictions, {y_pred.shape[0]}", y_true.shape[0])
        self.check_shapes(tuple(y_true.shape[1:]), tuple(y_pred.shape[1:]), layer)

    def check_labels(self, y_true: Any, output_shape: tuple[int | None, ...], layer: str = "the last Dense") -> None:
        """Raises DataError where labels (NumPy, all of them) cannot belong to an output of `output_shape` (no batch axis)."""
        y = np.asarray(y_true)
        self.check_shapes(y.shape[1:], tuple(output_shape), layer)
        if y.size:
            self.check_values(y, tuple(output_shape))

    def check_shapes(self, y_true: tuple, y_pred: tuple, layer: str) -> None:
        """Holds the shapes of one sample's label and prediction against each other: equal where `paired_labels` says so."""
        if self.paired_labels is not None:
            same_shape(self.name, y_true, y_pred, layer, self.paired_labels)

    def check_values(self, y: np.ndarray, output_shape: tuple) -> None:
        """Looks at the labels themselves; a loss of your own may leave it open."""


class FunctionLoss(Loss):
    """A loss from a function `fn(y_true, y_pred)` of your own, which gives one value a sample (or one for the batch).

    Example:
        >>> FunctionLoss(lambda y, p: (y - p).abs().amax(-1))([[1.0, 2.0]], [[1.5, 4.0]])
        tensor(2.)
    """

    def __init__(self, fn, reduction: str | None = "sum_over_batch_size", name: str | None = None):
        super().__init__(name or getattr(fn, "__name__", None), reduction)
        self.fn = fn

    def call(self, y_true, y_pred):
        return torch.as_tensor(self.fn(y_true, y_pred))


def reduce(
    values: torch.Tensor, weight: Any = None, mask: torch.Tensor | None = None, reduction: str | None = "mean"
) -> torch.Tensor:
    """Weights, masks and sums per-sample losses: values (batch, ...), weight () or (batch,) or (batch, ...).

    A mask raises the weights of what remains by total/valid, so that the mean runs over what counts.
    A weight (batch,) belongs to the samples even where losses are (batch, d); Keras would hold it against the last axis.
    """
    w = None if weight is None else torch.as_tensor(readable(weight), device=values.device).to(values.dtype)
    if mask is not None and values.ndim:
        m = mask.to(values.dtype)
        if reduction in ("mean", "sum_over_batch_size"):
            m = m * (m.numel() / m.sum().clamp(min=1))
        w = m if w is None else torch.mul(*per_sample(m, w))
    if w is not None:
        values, w = per_sample(values, w)
        values = values * w
    if reduction in (None, "none") or values.ndim == 0:
        return values
    if reduction == "mean_with_sample_weight" and w is not None:
        total = w.sum()
        return values.sum() / torch.where(total == 0, 1.0, total) * (total != 0)
    return values.sum() if reduction == "sum" else values.sum() / max(values.numel(), 1)
