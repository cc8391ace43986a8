"""Addons, texts: tensorflow_addons' conditional random field, as a layer and as functions.

    tags, potentials, lengths, A = tfa.layers.CRF(K)(x)
    log_p, A = tfa.text.crf_log_likelihood(potentials, y, lengths, A)

The formulas: `nabi.as_keras.layers.linear_chain`. Source of the names: tensorflow_addons 0.23.
"""

from typing import Any

import numpy as np
import torch

from nabi import initializers
from nabi.as_keras.installing import enter
from nabi.as_keras.layers.linear_chain import ends, forward, log_likelihood, score, viterbi
from nabi.layers import Dense, Layer

__all__ = ["CRF", "crf_binary_score", "crf_decode", "crf_log_likelihood", "crf_log_norm", "crf_sequence_score",
           "crf_unary_score", "viterbi_decode"]


class CRF(Layer):
    """x -> tags (N, T), potentials (N, T, K), lengths (N,), A (K, K): a model's train_step makes the loss of them.

    Args:
        units: K. use_kernel: whether potentials are a Dense layer's. use_boundary: whether first and last step have their own.
        chain_initializer, boundary_initializer: of A and of the boundaries.
    """

    min_rank = 3

    def __init__(self, units, chain_initializer: Any = "orthogonal", use_boundary=True, boundary_initializer: Any = "zeros",
                 use_kernel=True, **base):
        super().__init__(**base)
        self.units, self.use_boundary, self.use_kernel = int(units), use_boundary, use_kernel
        self.chain_initializer = initializers.get(chain_initializer)
        self.boundary_initializer = initializers.get(boundary_initializer)
        if use_kernel:
            self.dense = Dense(self.units)

    def build(self, input_shape):
        self.chain_kernel = self.add_weight((self.units, self.units), self.chain_initializer)
        if self.use_boundary:
            self.left_boundary = self.add_weight((self.units,), self.boundary_initializer)
            self.right_boundary = self.add_weight((self.units,), self.boundary_initializer)
        if self.use_kernel:
            self.dense.prepare([tuple(input_shape)])

    def call(self, x, mask=None):
        mask = torch.ones(x.shape[:2], dtype=torch.bool) if mask is None else mask.bool()
        E = self.dense(x) if self.use_kernel else x
        if self.use_boundary:
            first, last = ends(mask)
            E = E + first[..., None] * self.left_boundary + last[..., None] * self.right_boundary
        with torch.no_grad():
            tags = viterbi(E, self.chain_kernel, mask)[0]
        return tags, E, mask.sum(1), self.chain_kernel * 1

    def compute_output_shape(self, input_shape):
        return [input_shape[:2], (*input_shape[:2], self.units), input_shape[:1], (self.units, self.units)]

    def compute_mask(self, inputs, previous_mask):
        return [previous_mask, previous_mask, None, None]


def tensor(x: Any) -> torch.Tensor:
    """A tensor of whatever was given."""
    x = getattr(x, "tensor", x)
    return x if isinstance(x, torch.Tensor) else torch.as_tensor(np.asarray(x))


def chain_of(inputs: Any, lengths: Any, transitions: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """E, A and the mask of rows of these lengths; None for transitions draws them."""
    E = tensor(inputs)
    draw: Any = initializers.get("glorot_uniform")
    A = draw((E.shape[2], E.shape[2])) if transitions is None else tensor(transitions)
    return E, A.to(E.dtype), torch.arange(E.shape[1]) < tensor(lengths).reshape(-1, 1)


def crf_log_likelihood(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None) -> tuple:
    """log p(y), (N,), and A."""
    E, A, mask = chain_of(inputs, sequence_lengths, transition_params)
    return log_likelihood(E, A, mask, tensor(tag_indices).long()), A


def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """The likeliest tags, (N, T), and their numbers s(y), (N,)."""
    E, A, mask = chain_of(potentials, sequence_length, transition_params)
    tags, best = viterbi(E, A, mask)
    return tags.int(), best


def crf_sequence_score(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> torch.Tensor:
    """s(y), (N,)."""
    return score(*chain_of(inputs, sequence_lengths, transition_params), tensor(tag_indices).long())


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> torch.Tensor:
    """sum_t E[t, y_t], (N,)."""
    E = tensor(inputs)
    return crf_sequence_score(E, tag_indices, sequence_lengths, torch.zeros(E.shape[2], E.shape[2]))


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> torch.Tensor:
    """sum_t A[y_(t-1), y_t], (N,)."""
    A, y = tensor(transition_params), tensor(tag_indices)
    return crf_sequence_score(torch.zeros(*y.shape, len(A)), y, sequence_lengths, A)


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> torch.Tensor:
    """log Z, (N,)."""
    return forward(*chain_of(inputs, sequence_lengths, transition_params))[:, -1].logsumexp(1)


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], np.ndarray]:
    """The likeliest tags of one row, (T, K), as a list, and their number."""
    tags, best = crf_decode(tensor(score)[None], transition_params, [len(score)])
    return tags[0].tolist(), best[0].numpy()


enter("layer", {"Addons>CRF": CRF})
