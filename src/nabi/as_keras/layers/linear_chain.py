"""Linear chain: how likely a row of tags is where each tag hangs on its word and on the tag before it.

    s(y) = sum_t E[t, y_t] + sum_t A[y_(t-1), y_t]          E: a number for each step and tag, A: one for each pair of tags
    p(y) = exp s(y) / Z,    Z = sum over all rows y of exp s(y)
    alpha_t[j] = E[t, j] + log sum_i exp(alpha_(t-1)[i] + A[i, j]),    log Z = log sum_j exp alpha_T[j]          forward
    delta_t[j] = E[t, j] + max_i (delta_(t-1)[i] + A[i, j])                                                  Viterbi
    p(y_t = j) = exp(alpha_t[j] + beta_t[j] - E[t, j]) / Z          beta: alpha of the row read from its end, with A turned round

A mask, (N, T), says which steps count; the chain runs over these alone, wherever they lie. Tensors: E (N, T, K), A (K, K).
Source: Lafferty, McCallum, Pereira, "Conditional random fields", 2001; Sutton and McCallum, "An introduction to conditional
random fields", 2012, section 4.1.
"""

from typing import Any

import torch
from torch import Tensor

__all__ = ["ends", "forward", "log_likelihood", "marginals", "viterbi"]


def ends(mask: Tensor) -> tuple[Tensor, Tensor]:
    """Where each row's first and its last step lie: two tensors like the mask.

    Example:
        >>> first, last = ends(torch.tensor([[False, True, True, False]]))
        >>> first.long().tolist(), last.long().tolist()
        ([[0, 1, 0, 0]], [[0, 0, 1, 0]])
    """
    number = mask.long().cumsum(1)
    return mask & (number == 1), mask & (number == number[:, -1:])


def forward(E: Tensor, A: Tensor, mask: Tensor) -> Tensor:
    """alpha, (N, T, K); where a step does not count it is that of the step before."""
    begun, alpha = mask[:, 0, None], torch.where(mask[:, 0, None], E[:, 0], 0.0)
    found = [alpha]
    for t in range(1, E.shape[1]):
        moved = torch.where(begun, (alpha[:, :, None] + A).logsumexp(1), 0.0)  # (N, i, j) -> (N, j)
        alpha = torch.where(mask[:, t, None], E[:, t] + moved, alpha)
        begun = begun | mask[:, t, None]
        found.append(alpha)
    return torch.stack(found, 1)


def score(E: Tensor, A: Tensor, mask: Tensor, y: Tensor) -> Tensor:
    """s(y), (N,), of tags y (N, T)."""
    steps = torch.where(mask, torch.arange(E.shape[1], device=E.device), -1).cummax(1).values[:, :-1]  # the last one that counts
    pairs = A[y.gather(1, steps.clamp(min=0)), y[:, 1:]] * (mask[:, 1:] & (steps >= 0))
    return (E.gather(2, y[..., None])[..., 0] * mask).sum(1) + pairs.sum(1)


def log_likelihood(E: Tensor, A: Tensor, mask: Tensor, y: Tensor) -> Tensor:
    """log p(y), (N,), of tags y (N, T); 0 where no step counts.

    Example:
        >>> E, A, mask = torch.zeros(1, 3, 2), torch.zeros(2, 2), torch.tensor([[True, True, False]])
        >>> log_likelihood(E, A, mask, torch.tensor([[0, 1, 0]])).exp().tolist()          # one of four rows
        [0.25]
    """
    log_z = forward(E, A, mask)[:, -1].logsumexp(1)
    return (score(E, A, mask, y) - log_z) * mask.any(1)


def viterbi(E: Tensor, A: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The likeliest tags, (N, T), 0 where a step does not count, and their s(y), (N,).

    Example:
        >>> E, A = torch.tensor([[[0.0, 1.0], [0.6, 0.0]]]), torch.tensor([[0.0, 0.0], [0.0, 2.0]])
        >>> viterbi(E, A, torch.ones(1, 2, dtype=torch.bool))[0].tolist()
        [[1, 1]]
    """
    same = torch.arange(E.shape[2], device=E.device).expand(len(E), -1)
    begun, delta, back = mask[:, 0, None], torch.where(mask[:, 0, None], E[:, 0], 0.0), []
    for t in range(1, E.shape[1]):
        best, before = (delta[:, :, None] + A).max(1)
        moved = begun & mask[:, t, None]
        back.append(torch.where(moved, before, same))
        delta = torch.where(mask[:, t, None], E[:, t] + torch.where(begun, best, 0.0), delta)
        begun = begun | mask[:, t, None]
    value, tag = delta.max(1)
    tags = [tag]
    for before in reversed(back):
        tag = before.gather(1, tag[:, None])[:, 0]
        tags.append(tag)
    return torch.stack(tags[::-1], 1) * mask, value


def marginals(E: Tensor, A: Tensor, mask: Tensor) -> Tensor:
    """p(y_t = j), (N, T, K)."""
    alpha, beta = forward(E, A, mask), forward(E.flip(1), A.T, mask.flip(1)).flip(1)
    return (alpha + beta - E).softmax(2)


class Chain:
    """E, A and mask of one batch, which ride on a layer's output to the loss.

    Args:
        E, A, mask: as above. joint: whether rows are learned as wholes, not tag by tag.
    """

    def __init__(self, E: Tensor, A: Tensor, mask: Tensor, joint: bool):
        self.E, self.A, self.mask, self.joint = E, A, mask, joint


ATTRIBUTE = "nabi_chain"  # where it rides


def chain_on(tensor: Any) -> Chain | None:
    """The chain that rides on a tensor; None if there is none."""
    return getattr(tensor, ATTRIBUTE, None)
