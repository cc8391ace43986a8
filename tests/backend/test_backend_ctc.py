"""CTC against the sum over every way there is, and reading back against the likeliest labelling among all."""

import itertools
import math

import numpy as np
import torch

from nabi import backend as K
from nabi.layers import Input
from nabi.models import Model


def collapsed(way, blank):
    """Labels that a way stands for."""
    return tuple(k for k, _ in itertools.groupby(way) if k != blank)


def totals(shares):
    """Of every labelling the sum over its ways."""
    steps, classes = shares.shape
    found = {}
    for way in itertools.product(range(classes), repeat=steps):
        labels = collapsed(way, classes - 1)
        found[labels] = found.get(labels, 0.0) + math.prod(shares[t, k] for t, k in enumerate(way))
    return found


SHARES = torch.softmax(torch.tensor(np.random.default_rng(1).normal(size=(3, 5, 4))), -1)
LABELS = torch.tensor([[0, 1, 2], [1, 1, -1], [2, -1, -1]])
LENGTHS, STEPS = torch.tensor([[3], [2], [1]]), torch.tensor([[5], [5], [4]])


def test_loss_is_the_sum_over_all_ways():
    found = K.ctc_batch_cost(LABELS, SHARES, STEPS, LENGTHS).ravel().tolist()
    sizes = zip(LENGTHS.ravel().tolist(), STEPS.ravel().tolist(), strict=True)
    for loss, p, y, (n, t) in zip(found, SHARES.numpy(), LABELS.tolist(), sizes, strict=True):
        wanted = -math.log(totals(p[:t])[tuple(y[:n])])
        assert abs(loss - wanted) < 1e-5
        assert abs(loss + math.log(totals(p[:t])[tuple(reversed(y[:n]))])) > 1e-3 or n == 1 or y[0] == y[1]


def test_reading_back():
    paths, logs = K.ctc_decode(SHARES, [5, 5, 5], greedy=False, beam_width=10_000, top_paths=2)
    for row, p in enumerate(SHARES.numpy()):
        ranked = sorted(totals(p).items(), key=lambda item: -item[1])[:2]
        for path, (labels, _) in zip(paths, ranked, strict=True):
            assert tuple(n for n in path[row].tolist() if n >= 0) == labels
    greedy = K.ctc_decode(SHARES, [5, 5, 4])[0][0]
    for row, p, t in zip(greedy.tolist(), SHARES.numpy(), (5, 5, 4), strict=True):
        assert tuple(n for n in row if n >= 0) == collapsed(p[:t].argmax(-1).tolist(), 3)
    assert logs.shape == (3, 1) and greedy.shape == paths[1].shape == (3, 5)  # -1 up to the steps: tf_keras 2.21


def test_as_a_layer_of_a_model():
    parts = [Input((3,)), Input((5, 4)), Input((1,)), Input((1,))]
    made = Model(parts, K.ctc_batch_cost(*parts)).predict([x.float() for x in (LABELS, SHARES, STEPS, LENGTHS)], verbose=0)
    np.testing.assert_allclose(made, K.ctc_batch_cost(LABELS, SHARES, STEPS, LENGTHS), rtol=1e-5)
