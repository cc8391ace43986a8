"""Lion against the paper's algorithm 2 as loops over numbers in float64, and what its docstring says of it."""

import numpy as np
import pytest
import torch

from nabi import optimizers
from optimizers.paths import distance, gradients, nabi_path, start


def paper(eta, b1, b2, decay=0.0, swapped=False):
    """Algorithm 2, number by number; `swapped` mistakes the two betas for each other."""
    weights, path = [w.ravel().tolist() for w in start()], []
    memory = [[0.0] * len(w) for w in weights]
    b1, b2 = (b2, b1) if swapped else (b1, b2)
    for step in gradients():
        for w, m, g in zip(weights, memory, step, strict=True):
            for i, gi in enumerate(g.ravel().tolist()):
                c = b1 * m[i] + (1 - b1) * gi
                w[i] = w[i] - eta * ((c > 0) - (c < 0) + decay * w[i])
                m[i] = b2 * m[i] + (1 - b2) * gi
        path.append([np.array(w).reshape(first.shape) for w, first in zip(weights, start(), strict=True)])
    return path


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_the_papers_loop_gives_the_same_path(decay):
    ours = nabi_path(optimizers.Lion(0.01, 0.9, 0.99, weight_decay=decay))
    assert distance(ours, paper(0.01, 0.9, 0.99, decay)) < 1e-12
    assert distance(ours, paper(0.01, 0.9, 0.99, decay, swapped=True)) > 1e-3


def test_every_step_is_lr_long_and_a_weight_without_gradient_stays():
    optimizer = optimizers.Lion(0.5)
    span = optimizer.make_span(torch.zeros(4, dtype=torch.float64), torch.tensor([1e-9, -3.0, 1e9, 0.0], dtype=torch.float64),
                               [(0, 4)])
    optimizer.apply([span])
    assert span.w.tolist() == [-0.5, 0.5, -0.5, 0.0]
