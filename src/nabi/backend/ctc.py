"""CTC: the loss and the reading of sequences whose labels are not aligned with the steps: speech, lines of handwriting.

    loss = -log sum over all ways of placing the labels on the steps of product over t of p_t(label of the way at t)

A way may repeat a label and put the blank, the last class, between labels. Reading it back: repetitions become one, blanks go.

    y_true: (N, L) numbers of classes    y_pred: (N, T, classes) shares of 1    lengths: (N, 1)    loss: (N, 1)

Source: Graves et al., "Connectionist temporal classification", 2006; the arguments: keras/backend of Keras 2.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from nabi import ops
from nabi.backend.settings import epsilon
from nabi.core.symbolic import Symbolic
from nabi.layers import Lambda


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """The loss of each sample, (N, 1).

    Example:
        >>> p = torch.tensor([[[0.6, 0.4], [0.5, 0.5]]])           # one label or the blank at each of two steps
        >>> float(ctc_batch_cost(torch.tensor([[0]]), p, torch.tensor([[2]]), torch.tensor([[1]])).exp())  # 1 / 0.8
        1.25...
    """
    given = [y_true, y_pred, input_length, label_length]
    if any(isinstance(one, Symbolic) for one in given):
        return Lambda(lambda parts: cost(*parts), output_shape=(1,))(given)
    return cost(*map(ops.convert_to_tensor, given))


def cost(labels: torch.Tensor, shares: torch.Tensor, steps: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """The loss of tensors; the blank is the last class."""
    logs = (shares + epsilon()).log().log_softmax(-1).transpose(0, 1)
    steps, lengths = steps.reshape(-1).long(), lengths.reshape(-1).long()
    found = F.ctc_loss(logs, labels.long().clamp(min=0), steps.clamp(max=len(logs)), lengths, blank=shares.shape[-1] - 1,
                       reduction="none")
    return found[:, None]


def ctc_decode(y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100,
               top_paths: int = 1) -> tuple[list[torch.Tensor], torch.Tensor]:
    """The labels that were most likely meant, filled up with -1, and how likely: ([(N, T)] * top_paths, logarithms).

    With greedy the likeliest class at each step is read; else the likeliest labelling among `beam_width` kept ones.

    Example:
        >>> p = torch.tensor([[[0.9, 0.0, 0.1], [0.9, 0.0, 0.1], [0.1, 0.0, 0.9], [0.2, 0.8, 0.0]]])
        >>> ctc_decode(p, [4])[0][0].tolist()
        [[0, 1, -1, -1]]
    """
    shares = np.asarray(torch.as_tensor(y_pred).detach().cpu(), np.float64)
    steps = np.asarray(torch.as_tensor(input_length).cpu()).astype(int).ravel()
    pairs = zip(shares, steps, strict=True)
    read = [best_way(p[:t]) if greedy else beam(p[:t], int(beam_width), int(top_paths)) for p, t in pairs]
    paths = []
    for place in range(1 if greedy else int(top_paths)):
        found = [one[place][0] if place < len(one) else [] for one in read]
        made = torch.full(shares.shape[:2], -1, dtype=torch.int64)
        for row, labels in zip(made, found, strict=True):
            row[: len(labels)] = torch.tensor(labels, dtype=torch.int64)
        paths.append(made)
    return paths, torch.tensor([[one[0][1]] for one in read], dtype=torch.float32)


def best_way(shares: np.ndarray) -> list[tuple[list[int], float]]:
    """The likeliest class of each step as labels, and minus the logarithm of its share."""
    way, blank = shares.argmax(-1), shares.shape[-1] - 1
    labels = [int(k) for place, k in enumerate(way) if k != blank and (not place or way[place - 1] != k)]
    return [(labels, float(-np.log(shares.max(-1) + 1e-7).sum()))]


def beam(shares: np.ndarray, width: int, most: int) -> list[tuple[list[int], float]]:
    """The likeliest labellings: for each kept one the share of its ways that end in a blank, and of those that do not."""
    blank = shares.shape[-1] - 1
    kept: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for p in shares:
        after: dict[tuple[int, ...], list[float]] = {}
        likely = np.argsort(p[:blank])[::-1][:width]
        for labels, (gap, none) in kept.items():
            same = after.setdefault(labels, [0.0, 0.0])
            same[0] += (gap + none) * p[blank]
            if labels:
                same[1] += none * p[labels[-1]]
            for k in likely:
                more = after.setdefault((*labels, int(k)), [0.0, 0.0])
                more[1] += (gap if labels and labels[-1] == k else gap + none) * p[k]
        total = sum(map(sum, after.values())) or 1.0
        ranked = sorted(after.items(), key=lambda item: -sum(item[1]))[:width]
        kept = {labels: (a / total, b / total) for labels, (a, b) in ranked}
    return [(list(labels), float(np.log(max(sum(both), 1e-300)))) for labels, both in kept.items()][:most]
