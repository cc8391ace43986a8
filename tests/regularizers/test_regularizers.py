"""L1, L2, L1L2, orthogonal penalties: values and gradients against Keras 3 in float64 and torch's weight decay; names, errors."""

import json

import numpy as np
import pytest
import torch

from nabi import regularizers
from nabi.core import registry
from nabi.core.errors import ArgumentError, ShapeError, UnknownName

CASES = [("L1", {"l1": 0.3}), ("L2", {"l2": 0.2}), ("L1L2", {"l1": 0.3, "l2": 0.2}), ("L1L2", {"l1": 0.3}), ("L1L2", {"l2": 0.2})]
CASES += [("L1", {}), ("L2", {}), ("L1L2", {})]
W = np.random.default_rng(9).normal(size=(3, 3, 2, 4))


@pytest.mark.parametrize(("name", "config"), CASES)
def test_keras(keras64, name, config):
    found = []
    for module in (regularizers, keras64.regularizers):
        w = torch.tensor(W, requires_grad=True)
        penalty = getattr(module, name)(**config)(w)
        if penalty.requires_grad:
            penalty.backward()
        found.append((float(penalty.detach()), np.zeros_like(W) if w.grad is None else w.grad.numpy()))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-7)  # Keras keeps l1 as a float32
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-7, atol=1e-12)
    by_hand = sum(config.get(k, 0) * float(v) for k, v in (("l1", np.abs(W).sum()), ("l2", (W**2).sum())))
    assert not config or found[0][0] == pytest.approx(by_hand, rel=1e-13)
    assert abs(by_hand - config.get("l1", 0) * np.abs(W).mean()) > 1 or not config  # the mean for the sum would be seen


@pytest.mark.parametrize("config", [{}, {"factor": 0.3, "mode": "columns"}, {"factor": 0.2, "mode": "rows"}])
def test_orthogonal(keras64, config):
    """Keras' penalty and gradient, and the mean |cosine| over pairs in a plain loop."""
    matrix, found = np.random.default_rng(3).normal(size=(5, 4)), []
    for module in (regularizers, keras64.regularizers):
        w = torch.tensor(matrix, requires_grad=True)
        penalty = module.OrthogonalRegularizer(**config)(w)
        penalty.backward()
        found.append((float(penalty.detach()), w.grad.numpy()))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-7)  # Keras keeps the factor as a float32
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-7, atol=1e-12)
    v = matrix if config.get("mode") != "columns" else matrix.T
    cosines = [abs(a @ b) / np.linalg.norm(a) / np.linalg.norm(b) for i, a in enumerate(v) for b in v[:i]]
    assert found[0][0] == pytest.approx(config.get("factor", 0.01) * np.mean(cosines), rel=1e-12)
    assert found[0][0] != pytest.approx(config.get("factor", 0.01) * np.mean(np.square(cosines)), rel=0.01), "squares are seen"


def test_orthogonal_penalties_have_an_end():
    q = torch.linalg.qr(torch.tensor(np.random.default_rng(3).normal(size=(5, 4))))[0]
    assert float(regularizers.OrthogonalRegularizer(1.0, "columns")(q)) < 1e-14
    assert float(regularizers.OrthogonalRegularizer(1.0)(torch.ones(3, 2))) == pytest.approx(1, abs=1e-6)
    assert float(regularizers.OrthogonalRegularizer(1.0)(torch.ones(1, 2))) == 0
    assert float(regularizers.OrthogonalRegularizer(1.0)(torch.zeros(3, 2))) == 0


def test_l2_is_half_of_torchs_weight_decay():
    w, v = (torch.tensor(W, requires_grad=True) for _ in range(2))
    regularizers.L2(0.05)(w).backward()
    torch.optim.SGD([w], lr=0.1).step()
    (0 * v.sum()).backward()
    torch.optim.SGD([v], lr=0.1, weight_decay=0.1).step()
    torch.testing.assert_close(w, v, rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", registry.names("regularizer"))
def test_round_trip(name):
    regularizer = regularizers.get(name)
    written = json.loads(json.dumps(regularizers.serialize(regularizer)))
    again = regularizers.get(written)
    assert type(again) is type(regularizer) and again.get_config() == regularizer.get_config()
    w = torch.tensor(W).reshape(9, 8)
    assert torch.equal(again(w), regularizer(w)) and torch.isnan(again(w * float("nan")))


def test_names_and_errors():
    assert isinstance(regularizers.get("l1_l2"), regularizers.L1L2) and regularizers.get("l1_l2").l1 == 0.01
    assert regularizers.l2 is regularizers.L2 and regularizers.get(None) is None and regularizers.serialize(None) is None
    mine = regularizers.get(lambda w: w.sum())
    assert mine(torch.ones(3)) == 3
    with pytest.raises(ArgumentError, match="expected a registered regularizer"):
        regularizers.serialize(mine)
    with pytest.raises(UnknownName, match="Did you mean 'l1'|Did you mean 'l2'"):
        regularizers.get("l3")


@pytest.mark.parametrize(("call", "error", "words"), [
    *((lambda v=v: regularizers.L2(v), ArgumentError, r"L2\(l2\): expected a finite number from 0 upwards")
      for v in (-1, float("nan"), float("inf"), "0.1", None, True)),
    (lambda: regularizers.L1("a"), ArgumentError, r"L1\(l1\): expected a finite number from 0 upwards, got 'a'"),
    (lambda: regularizers.L1L2(-1), ArgumentError, r"L1L2\(l1\): .* got -1"),
    (lambda: regularizers.L1L2(0, [1]), ArgumentError, r"L1L2\(l2\): .* got \[1\]"),
    (lambda: regularizers.OrthogonalRegularizer(-0.1), ArgumentError, r"OrthogonalRegularizer\(factor\): .* got -0.1"),
    (lambda: regularizers.OrthogonalRegularizer(mode="row"), ArgumentError, r"OrthogonalRegularizer\(mode\): .*got 'row'"),
    (lambda: regularizers.OrthogonalRegularizer()(torch.ones(3)), ShapeError, r"expected a matrix.*shape \(3,\)"),
])  # fmt: skip
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
