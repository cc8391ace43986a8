"""Sampling: classes drawn as wrong answers, and losses over them: `tf.random.*_candidate_sampler`, `tf.nn.nce_loss`.

    log-uniform: P(k) = log((k + 2) / (k + 1)) / log(range_max + 1): common classes, whose numbers are small, are drawn more often

Source: Gutmann, Hyvaerinen, Noise-contrastive estimation, 2010; Jean et al., On using very large target vocabulary, 2015.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from nabi import ops
from nabi.as_keras.tensorflow.random import numpys
from nabi.layers.weight import bare

__all__ = ["learned_unigram_candidate_sampler", "log_uniform_candidate_sampler", "nce_loss", "sampled_softmax_loss",
           "uniform_candidate_sampler"]


class Candidates(NamedTuple):
    """Classes that were drawn, and how often the true ones and they were to be expected."""

    sampled_candidates: torch.Tensor
    true_expected_count: torch.Tensor
    sampled_expected_count: torch.Tensor


def sampler(share: Callable[[np.ndarray, int], np.ndarray]) -> Callable[..., Candidates]:
    """A sampler of classes by their shares."""

    def draw(true_classes: Any, num_true: int, num_sampled: Any, unique: bool, range_max: Any, seed: Any = None,
             name: str | None = None) -> Candidates:
        most, count = int(range_max), int(num_sampled)
        shares = share(np.arange(most), most)
        found = numpys(seed).choice(most, count, replace=not unique, p=shares / shares.sum())
        true = np.asarray(bare(true_classes)).astype(np.int64)
        expected = (lambda p: -np.expm1(count * np.log1p(-p))) if unique else (lambda p: count * p)  # noqa: E731
        return Candidates(torch.as_tensor(found.astype(np.int64)), *(torch.as_tensor(expected(shares[at]), dtype=torch.float32)
                                                                     for at in (true, found)))

    return draw


log_uniform_candidate_sampler = sampler(lambda k, most: np.log((k + 2) / (k + 1)) / np.log(most + 1))
uniform_candidate_sampler = learned_unigram_candidate_sampler = sampler(lambda k, most: np.full(most, 1 / most))


def scores(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: Any, num_classes: Any, num_true: int,
           sampled_values: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Scores of the true classes and of drawn ones, each less the logarithm of how often it was to be expected."""
    w, b, x = (ops.convert_to_tensor(bare(one)) for one in (weights, biases, inputs))
    true = ops.convert_to_tensor(bare(labels)).long().reshape(len(x), num_true)
    drawn = sampled_values or log_uniform_candidate_sampler(true, num_true, num_sampled, True, num_classes)
    right = (x[:, None] * w[true]).sum(-1) + b[true] - torch.log(drawn.true_expected_count.reshape(true.shape))
    others = x @ w[drawn.sampled_candidates].T + b[drawn.sampled_candidates] - torch.log(drawn.sampled_expected_count)
    return right, others, (drawn.sampled_candidates == true[..., None]).any(1)


def nce_loss(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: Any, num_classes: Any, num_true: int = 1,
             sampled_values: Any = None, remove_accidental_hits: bool = False, name: str = "nce_loss") -> torch.Tensor:
    """Noise-contrastive loss of each sample: true classes from drawn ones, one by one.

    Args:
        weights: (classes, features). biases: (classes,). labels: (N, num_true). inputs: (N, features).
    """
    right, others, hits = scores(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values)
    wrong = torch.nn.functional.softplus(others)
    wrong = wrong.masked_fill(hits, 0.0) if remove_accidental_hits else wrong
    return torch.nn.functional.softplus(-right).sum(1) / num_true + wrong.sum(1)


def sampled_softmax_loss(weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: Any, num_classes: Any,
                         num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = True, seed: Any = None,
                         name: str = "sampled_softmax_loss") -> torch.Tensor:
    """Crossentropy of each sample among its true classes and drawn ones; arguments as in `nce_loss`."""
    right, others, hits = scores(weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values)
    others = others.masked_fill(hits, float("-inf")) if remove_accidental_hits else others
    return (torch.logsumexp(torch.cat([right, others], 1), 1)[:, None] - right).mean(1)
