"""Functions and paths: gradients against autograd and finite differences, known minima, paths against torch.optim in float64."""

import numpy as np
import pytest
import torch

from nabi import optimizers, race
from nabi.core.errors import ArgumentError, UnknownName
from nabi.race import functions, rates
from nabi.race.path import walk

EPS = 1e-30  # where Keras and torch add epsilon to different roots, it must not matter
OURS = {
    "SGD": ({}, torch.optim.SGD, {}),
    "Momentum": ({"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    "NAG": ({"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "Adagrad": ({"epsilon": EPS}, torch.optim.Adagrad, {"initial_accumulator_value": 0.1, "eps": EPS}),
    "Adadelta": ({"rho": 0.95, "epsilon": 1e-6}, torch.optim.Adadelta, {"rho": 0.95, "eps": 1e-6}),
    "RMSprop": ({"rho": 0.9, "epsilon": EPS}, torch.optim.RMSprop, {"alpha": 0.9, "eps": EPS}),
    "Adam": ({"epsilon": EPS}, torch.optim.Adam, {"eps": EPS}),
    "Adamax": ({"epsilon": EPS}, torch.optim.Adamax, {"eps": EPS}),
    "Nadam": ({"epsilon": EPS, "schedule_decay": 0.004}, torch.optim.NAdam, {"eps": EPS, "momentum_decay": 0.004}),
}


def torch_path(function, kind, options, rate, steps):
    w = torch.tensor(function.start, dtype=torch.float64, requires_grad=True)
    other, points = kind([w], lr=rate, **options), [function.start]
    for _ in range(steps):
        other.zero_grad()
        function.value(w[0], w[1]).backward()
        other.step()
        points.append(tuple(w.tolist()))
    return np.array(points)


@pytest.mark.parametrize("function", functions.FUNCTIONS.values(), ids=lambda f: f.name)
def test_gradient_and_minima(function):
    rng, h = np.random.default_rng(0), 1e-5
    for x, y in rng.uniform(-2, 2, (5, 2)):
        slope = ((function.value(x + h, y) - function.value(x - h, y)) / (2 * h),
                 (function.value(x, y + h) - function.value(x, y - h)) / (2 * h))
        assert function.gradient(x, y) == pytest.approx(slope, rel=1e-6, abs=1e-6)
    for place in function.minima:
        assert function.value(*place) == pytest.approx(0, abs=1e-20) and np.abs(function.gradient(*place)).max() < 1e-11
        assert all(function.value(*(np.array(place) + d)) > 0 for d in rng.normal(0, 0.1, (5, 2)))
    for place in function.saddles:
        assert function.gradient(*place) == (0, 0) and function.value(*place) > 0
    left, right, bottom, top = function.box
    assert all(left < x < right and bottom < y < top for x, y in (function.start,))


def test_published_values():
    assert functions.get("beale").value(0, 0) == 1.5**2 + 2.25**2 + 2.625**2
    assert functions.get("rosenbrock").value(-1.2, 1) == pytest.approx(24.2)
    assert functions.get("himmelblau").value(-0.270845, -0.923039) == pytest.approx(181.617, abs=1e-3)  # its maximum


@pytest.fixture
def double():
    """torch's NAdam carries the product of its mu in the default dtype."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.learn
@pytest.mark.parametrize("name", OURS)
def test_paths_are_those_of_torch(name, double):
    ours, kind, theirs = OURS[name]
    for function in ("beale", "long-valley"):
        f, rate = functions.get(function), rates.RATES[function][name] / 4
        made = optimizers.get({"class_name": name, "config": {"learning_rate": rate, **ours}})
        path, wanted = walk(f, made, f.start, 25), torch_path(f, kind, theirs, rate, 25)
        assert np.abs(path.points - wanted).max() < 1e-12
        if name == "Adam":  # broken on purpose: epsilon elsewhere, no bias correction
            assert np.abs(torch_path(f, kind, {"eps": 1e-2}, rate, 25) - wanted).max() > 1e-6


def test_the_optimizer_that_trains_is_the_one_that_races(monkeypatch):
    before = walk(functions.get("quadratic"), optimizers.SGD(0.01), (1.0, 1.0), 3).points
    monkeypatch.setattr(optimizers.SGD, "formula", staticmethod(lambda w, g, lr: w - 2 * lr * g))
    assert (walk(functions.get("quadratic"), optimizers.SGD(0.01), (1.0, 1.0), 3).points[1:] != before[1:]).all()


def test_sgd_is_the_slowest_on_the_long_valley_and_stops():
    found = race("long-valley")
    assert [p.name for p in found.paths] == list(race.NINE)
    sgd = found["SGD"]
    assert sgd.state == "not reached" and all(p.reached is not None for p in found.paths if p is not sgd)
    assert np.linalg.norm(sgd.points[-1] - (0, 0)) < 0.2 and np.abs(np.diff(sgd.points[150:300], axis=0)).max() < 1e-3


def test_direction_and_step_size_on_beale():
    found = race("beale", "sgd,momentum,nag,adam")
    assert all(p.state == "reached" for p in found.paths)
    lowest = {p.name: p.points[:, 1].min() for p in found.paths}
    assert lowest["Momentum"] < lowest["NAG"] < lowest["SGD"], "momentum overshoots, NAG brakes"
    zig = race("quadratic", "sgd")["SGD"].points[:12, 1]
    assert (np.sign(zig[1:]) == -np.sign(zig[:-1])).all(), "SGD zig-zags"


def test_divergence_is_told_and_the_path_cut():
    found = race("quadratic", "sgd:0.001,sgd:0.05,sgd:0.11", steps=300)
    small, right, large = found.paths
    assert (small.state, right.state, large.state) == ("not reached", "reached", "diverged")
    assert len(large.points) == large.diverged and np.isfinite(large.values).all() and "diverged at step" in str(found)
    for rate in ("1e300", "1e9"):
        wild = race("beale", [f"{name}:{rate}" for name in race.NINE], steps=20)
        assert all(np.isfinite(p.points).all() and len(p.points) >= 1 for p in wild.paths) and wild["SGD"].diverged == 1
    assert race("quadratic", "adam", start=(0, 0)).paths[0].reached == 0


@pytest.mark.learn
def test_sweep():
    found = race.sweep("quadratic", "sgd,momentum", steps=100)
    assert list(found) == ["SGD", "Momentum"] and len(found["SGD"].paths) == 13
    states = {p.learning_rate: p.state for p in found["SGD"].paths}
    assert states[0.0001] == "not reached" and states[0.05] == "reached" and states[0.2] == "diverged"  # 2 / 20 is the bound
    assert race.sweep_figure(found).axes


BAD = [
    ({"function": "beal"}, UnknownName, "Did you mean 'beale'"), ({"function": 3}, ArgumentError, "a name or a race.Function"),
    ({"optimizers": "adm"}, UnknownName, "Did you mean 'adam'"), ({"optimizers": ""}, ArgumentError, "got none"),
    ({"optimizers": "adam:x"}, ArgumentError, "name:rate"), ({"optimizers": "adam,adam"}, ArgumentError, "Adam 0.2 twice"),
    ({"optimizers": "adam:-1"}, ArgumentError, "above 0"), ({"optimizers": [None]}, ArgumentError, "names or optimizers"),
    ({"start": "1"}, ArgumentError, "two numbers"), ({"start": "a,b"}, ArgumentError, "For beale: 1,1.5"),
    ({"start": (1, float("nan"))}, ArgumentError, "two numbers"), ({"start": "1e300,1"}, ArgumentError, "to 10,000"),
    ({"steps": 0}, ArgumentError, "1"), ({"steps": 10**9}, ArgumentError, "at most 100,000 steps"),
    ({"tolerance": 0}, ArgumentError, "above 0"),
]  # fmt: skip


@pytest.mark.parametrize("given, kind, said", BAD, ids=lambda v: str(v)[:30])
def test_bad_calls(given, kind, said):
    with pytest.raises(kind, match=said):
        race(**{"steps": 3, **given})


def test_a_place_where_the_function_is_infinite():
    own = race.Function("pole", "1 / x", lambda x, y: 1 / x + 0 * y, lambda x, y: (-1 / x**2, 0 * y), (), (1.0, 0.0),
                        (0, 2, -1, 1))
    with pytest.raises(ArgumentError, match="a place where pole is finite"):
        race(own, "sgd", start=(0, 0))
    assert race(own, "sgd", steps=5).paths[0].learning_rate == 0.01, "Keras' own where there is no usual one"


def test_who_leaves_again_is_told():
    found = race("quadratic", "adadelta,rmsprop,adam,sgd")
    for name in ("Adadelta", "RMSprop"):
        path = found[name]
        assert path.state == "left again" and path.stays is None and path.values[path.reached] <= 1e-3 < path.final
        assert f"reached at step {path.reached}, left again" in str(found)
    adam = found["Adam"]
    assert adam.state == "reached" and adam.stays > adam.reached and (adam.values[adam.stays:] <= 1e-3).all()
    assert adam.values[adam.stays - 1] > 1e-3 and f"stays from step {adam.stays}" in str(found)
    assert found["SGD"].stays == found["SGD"].reached and [row[-1] for row in found.rows()][:2] == [None, None]
