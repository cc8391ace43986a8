"""Conditional random field: keras_contrib's layer CRF, with its loss and its accuracies.

    E = x W + b, + left boundary at a row's first step, + right boundary at its last
    y = Viterbi's tags as rows of 0s and 1s (test_mode="viterbi"), or p(y_t = j) (test_mode="marginal")
    L = - log p(y) of whole rows (learn_mode="join"), or cross-entropy of p(y_t) (learn_mode="marginal")

The formulas stand in `linear_chain.py`. E and A ride on the output, since the loss is not of the tags but of what they follow
from. Steps that a mask leaves out are no part of a row: keras_contrib added log K to L for each of them, and left out the right
boundary of padded rows. Source of the names: keras_contrib 2.0.8, layers/crf.py.
"""

from typing import Any

import torch

from nabi import activations, constraints, initializers, regularizers
from nabi.as_keras.installing import enter
from nabi.as_keras.layers.linear_chain import ATTRIBUTE, Chain, chain_on, ends, log_likelihood, marginals, viterbi
from nabi.core.errors import ArgumentError, DataError
from nabi.core.targets import as_pair
from nabi.layers.layer import Layer
from nabi.losses import Loss, sparse_categorical_crossentropy
from nabi.losses.loss import reduce

__all__ = ["CRF", "crf_accuracy", "crf_loss", "crf_marginal_accuracy", "crf_nll", "crf_viterbi_accuracy"]
PARTS = ("kernel", "chain", "boundary", "bias")


class CRF(Layer):
    """Tags for each step of a row, each of which hangs on the one before.

    Args:
        units: K, how many tags.
        learn_mode: "join" or "marginal". test_mode: "viterbi" or "marginal"; by default the one that fits learn_mode.
        sparse_target: kept; the loss sees from the labels whether they are numbers.
        use_boundary, use_bias, activation: of E.
        kernel_initializer, chain_initializer, ...: of W, A, the boundaries and b; likewise regularizers and constraints.

    Shapes: (batch, steps, features) -> (batch, steps, units).
    """

    min_rank = 3
    supports_masking = True

    def __init__(self, units, learn_mode="join", test_mode=None, sparse_target=False, use_boundary=True, use_bias=True,
                 activation="linear", kernel_initializer="glorot_uniform", chain_initializer="orthogonal",
                 bias_initializer="zeros", boundary_initializer="zeros", kernel_regularizer=None, chain_regularizer=None,
                 boundary_regularizer=None, bias_regularizer=None, kernel_constraint=None, chain_constraint=None,
                 boundary_constraint=None, bias_constraint=None, input_dim=None, unroll=False, **base):
        if input_dim is not None:
            base.setdefault("input_shape", (None, input_dim))
        self.input_dim, self.unroll = input_dim, unroll
        super().__init__(**base)
        if learn_mode not in ("join", "marginal"):
            raise ArgumentError("CRF(learn_mode)", "'join' or 'marginal'", repr(learn_mode))
        if test_mode not in (None, "viterbi", "marginal"):
            raise ArgumentError("CRF(test_mode)", "'viterbi' or 'marginal'", repr(test_mode))
        self.units, self.learn_mode = int(units), learn_mode
        self.test_mode = test_mode or ("viterbi" if learn_mode == "join" else "marginal")
        self.sparse_target, self.use_boundary, self.use_bias = sparse_target, use_boundary, use_bias
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.chain_initializer = initializers.get(chain_initializer)
        self.boundary_initializer = initializers.get(boundary_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.chain_regularizer = regularizers.get(chain_regularizer)
        self.boundary_regularizer = regularizers.get(boundary_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint, self.chain_constraint = constraints.get(kernel_constraint), constraints.get(chain_constraint)
        self.boundary_constraint, self.bias_constraint = constraints.get(boundary_constraint), constraints.get(bias_constraint)

    def part(self, kind: str, *shape: int) -> Any:
        """A weight with what the arguments say of its kind."""
        initializer, regularizer, constraint = (
            getattr(self, f"{kind}_{word}") for word in ("initializer", "regularizer", "constraint"))
        return self.add_weight(shape, initializer, regularizer=regularizer, constraint=constraint)

    def build(self, input_shape):
        self.kernel = self.part("kernel", input_shape[-1], self.units)
        self.chain_kernel = self.part("chain", self.units, self.units)
        if self.use_bias:
            self.bias = self.part("bias", self.units)
        if self.use_boundary:
            self.left_boundary, self.right_boundary = self.part("boundary", self.units), self.part("boundary", self.units)

    def call(self, x, mask=None, training=False):
        mask = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device) if mask is None else mask.bool()
        E = x @ self.kernel
        E = self.activation(E + self.bias if self.use_bias else E)  # (N, T, K)
        if self.use_boundary:
            first, last = ends(mask)
            E = E + first[..., None] * self.left_boundary + last[..., None] * self.right_boundary
        A, joint = self.chain_kernel, self.learn_mode == "join"
        if self.test_mode == "viterbi" and (joint or not training):
            with torch.no_grad():
                y = torch.nn.functional.one_hot(viterbi(E, A, mask)[0], self.units).to(E.dtype)
        else:
            y = marginals(E, A, mask)
        setattr(y, ATTRIBUTE, Chain(E, A, mask, joint))
        return y

    def compute_output_shape(self, input_shape):
        return (*input_shape[:2], self.units)

    @property
    def loss_function(self) -> Loss:
        """The loss that fits learn_mode."""
        return crf_loss

    @property
    def accuracy(self) -> Any:
        """The accuracy that fits test_mode."""
        return self.viterbi_acc if self.test_mode == "viterbi" else self.marginal_acc

    @property
    def viterbi_acc(self) -> Any:
        """The share of right tags in the likeliest rows."""
        return crf_viterbi_accuracy

    @property
    def marginal_acc(self) -> Any:
        """The share of right tags where each is the likeliest by itself."""
        return crf_marginal_accuracy


class CRFLoss(Loss):
    """- log p(y) of rows of tags: labels (N, T), (N, T, 1) or one-hot (N, T, K), predictions of a CRF -> (N,).

    Of a CRF with learn_mode="marginal" it is the cross-entropy of each step.
    Raises DataError for predictions of another layer.
    """

    follows_layers = True  # its gradient goes to the layer's weights beside the output

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str | None = "crf_loss"):
        super().__init__(name, reduction)
        self.__name__ = self.name

    def __call__(self, y_true, y_pred, sample_weight=None, mask=None):
        chain = chain_on(y_pred)
        if chain is None:
            raise DataError(self.name, "the output of a CRF layer", "another layer's", "Let the CRF be the model's last layer.")
        y = tags_of(as_pair(y_true, y_pred)[0], y_pred)
        if chain.joint:
            values = -log_likelihood(chain.E, chain.A, chain.mask, y)
            return reduce(values, sample_weight, chain.mask.any(1), self.reduction)
        values = sparse_categorical_crossentropy(y, y_pred)
        return reduce(values, sample_weight, chain.mask if mask is None else mask, self.reduction)


def tags_of(y: torch.Tensor, y_pred: torch.Tensor) -> torch.Tensor:
    """Labels as numbers (N, T), from one-hot rows, too."""
    if y.ndim < y_pred.ndim:
        return y.long()
    return y[..., 0].long() if y.shape[-1] == 1 else y.argmax(-1)


def right(y_true: Any, y_pred: Any) -> torch.Tensor:
    """1 where the tag of the largest number is the label's, (N, T)."""
    y, p = as_pair(y_true, y_pred)
    return (tags_of(y, p) == p.argmax(-1)).float()


def crf_viterbi_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Whether tags are right, (N, T), by the output of a CRF with test_mode="viterbi"."""
    return right(y_true, y_pred)


def crf_marginal_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Whether tags are right, (N, T), each the likeliest at its step, by the output of a CRF with test_mode="marginal"."""
    return right(y_true, y_pred)


def crf_accuracy(y_true: Any, y_pred: Any) -> torch.Tensor:
    """Whether tags are right, (N, T), by the CRF's output."""
    return right(y_true, y_pred)


crf_loss = CRFLoss()
crf_nll = CRFLoss(name="crf_nll")
enter("layer", {"CRF": CRF})
enter("loss", {"CRFLoss": CRFLoss})
enter("metric", {f.__name__: f for f in (crf_accuracy, crf_marginal_accuracy, crf_viterbi_accuracy)})
