"""Constraints: values against Keras 3 in float64 and against NumPy; names, configurations, errors."""

import json
import math

import numpy as np
import pytest
import torch

from nabi import constraints
from nabi.core import registry
from nabi.core.errors import ArgumentError, ShapeError, UnknownName, Unwritten

RNG = np.random.default_rng(9)
DENSE, KERNEL = RNG.normal(size=(6, 4)), RNG.normal(size=(3, 3, 2, 4))
DENSE[:, 1], KERNEL[..., 2] = 0, 0.01 * KERNEL[..., 2]  # a unit of zeros, and one that is too short
CASES = [
    ("MaxNorm", {}, DENSE), ("MaxNorm", {"max_value": 0.7}, DENSE), ("MaxNorm", {"max_value": 1.5, "axis": [0, 1, 2]}, KERNEL),
    ("MaxNorm", {"max_value": 0.3, "axis": -1}, DENSE), ("MaxNorm", {"max_value": 0}, DENSE), ("NonNeg", {}, KERNEL),
    ("UnitNorm", {}, DENSE), ("UnitNorm", {"axis": (0, 1, 2)}, KERNEL), ("UnitNorm", {"axis": 1}, DENSE[0:2]),
    ("MinMaxNorm", {}, DENSE), ("MinMaxNorm", {"min_value": 1.0, "max_value": 1.2, "rate": 0.3}, DENSE),
    ("MinMaxNorm", {"min_value": 0.5, "max_value": 2.0, "axis": [0, 1, 2]}, KERNEL),
]  # fmt: skip


@pytest.mark.parametrize(("name", "config", "w"), CASES)
def test_keras(keras64, name, config, w):
    ours, theirs = getattr(constraints, name)(**config), getattr(keras64.constraints, name)(**config)
    given = torch.tensor(w)
    np.testing.assert_allclose(ours(given), theirs(torch.tensor(w)), rtol=1e-13, atol=0)
    assert torch.equal(given, torch.tensor(w)), "the weight itself is left as it is"
    assert ours.get_config() == theirs.get_config()


def test_by_hand_and_broken_on_purpose():
    """Lengths after the projection; the formula without its 1e-7, or over another axis, is seen."""
    long = np.sqrt((DENSE**2).sum(0))
    after = np.sqrt((constraints.MaxNorm(1.0)(torch.tensor(DENSE)).numpy() ** 2).sum(0))
    np.testing.assert_allclose(after, long * np.minimum(long, 1) / (long + 1e-7), rtol=1e-13)
    assert np.abs(after - np.minimum(long, 1)).max() > 1e-8
    assert np.abs(after - np.sqrt((constraints.MaxNorm(1.0, axis=1)(torch.tensor(DENSE)).numpy() ** 2).sum(0))).max() > 0.01
    filters = constraints.UnitNorm([0, 1, 2])(torch.tensor(KERNEL)).reshape(-1, 4).norm(dim=0)
    np.testing.assert_allclose(filters, 1, atol=1e-5)
    step = constraints.MinMaxNorm(0.0, 1.0, rate=0.25)(torch.tensor([[8.0]]))
    assert float(step) == pytest.approx(0.25 * 1 + 0.75 * 8, abs=1e-6)
    assert constraints.NonNeg()(torch.tensor([-1.0, -0.0, 2.0, math.nan]))[:3].tolist() == [0, 0, 2]


@pytest.mark.parametrize("name", registry.names("constraint"))
def test_round_trip(name):
    constraint = constraints.get(name)
    again = constraints.get(json.loads(json.dumps(constraints.serialize(constraint))))
    assert type(again) is type(constraint) and again.get_config() == constraint.get_config()
    assert torch.equal(again(torch.tensor(DENSE)), constraint(torch.tensor(DENSE)))
    assert torch.isnan(constraint(torch.full((2, 2), math.nan))).all(), "a training that has diverged stays visible"
    assert constraint(torch.ones(2, 2)).dtype == torch.float32


def test_names():
    assert constraints.get(None) is None and constraints.serialize(None) is None
    assert constraints.max_norm is constraints.MaxNorm and isinstance(constraints.get("min_max_norm"), constraints.MinMaxNorm)
    mine = constraints.get(lambda w: w / 2)
    assert mine(torch.ones(1)) == 0.5
    with pytest.raises(ArgumentError, match="expected a registered constraint"):
        constraints.serialize(mine)


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: constraints.get("maxnorm"), UnknownName, "constraint 'maxnorm'.*Did you mean 'max_norm'"),
    (lambda: constraints.get(3), ArgumentError, "constraint: expected a name"),
    (lambda: constraints.MaxNorm(-1), ArgumentError, r"MaxNorm\(max_value\): expected a finite number from 0 upwards, got -1"),
    (lambda: constraints.MaxNorm(axis=0.5), ArgumentError, r"MaxNorm\(axis\): expected a whole number, got 0.5"),
    (lambda: constraints.MaxNorm(axis=[]), ArgumentError, r"MaxNorm\(axis\): expected an axis, or several different .*got \[\]"),
    (lambda: constraints.UnitNorm(axis=[0, "1"]), ArgumentError, r"UnitNorm\(axis\): expected a whole number, got '1'"),
    (lambda: constraints.UnitNorm(max_value=1), ArgumentError, r"UnitNorm\(max_value=...\): expected a known argument"),
    (lambda: constraints.MinMaxNorm(2, 1), ArgumentError, r"MinMaxNorm\(max_value\): .* from 2 upwards, got 1"),
    (lambda: constraints.MinMaxNorm(-1), ArgumentError, r"MinMaxNorm\(min_value\): .* from 0 upwards, got -1"),
    (lambda: constraints.MinMaxNorm(rate=1.5), ArgumentError, r"MinMaxNorm\(rate\): expected a number in \[0, 1\], got 1.5"),
    (lambda: constraints.MinMaxNorm(axis=None), ArgumentError, r"MinMaxNorm\(axis\): expected a whole number, got None"),
    (lambda: constraints.MaxNorm(axis=2)(torch.ones(2, 2)), ShapeError, r"MaxNorm\(axis\): expected axes of .*\(2, 2\), got 2"),
    (lambda: constraints.Constraint()(torch.ones(1)), Unwritten, r"Write __call__\(self, w\) in Constraint"),
])  # fmt: skip
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
