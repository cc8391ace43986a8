"""Small tables against NumPy written out by hand and against the paths that train; descent on a line fit against closed forms."""

import csv

import numpy as np
import pytest
import torch

from nabi import optimizers, race
from nabi.core.errors import ArgumentError, UnknownName
from nabi.race.path import follow
from nabi.race.small import LINE, START

X, Y = np.array(LINE).T


def column(table, symbol):
    return [row[-1] for row in table.rows if row[-4] == symbol]


@pytest.mark.parametrize("name", race.NINE)
def test_three_steps_are_those_that_train(name):
    for problem, gradient in (("parabola", lambda w: [2 * (w[0] - 3)]),
                              ("line", lambda w: [2 * np.mean((w[0] * X + w[1] - Y) * X), 2 * np.mean(w[0] * X + w[1] - Y)])):
        table = race.steps_table(name, problem)
        rate = 1.0 if name == "Adadelta" else 0.1 if problem == "parabola" else 0.01
        made = optimizers.get({"class_name": name, "config": {"learning_rate": rate}})
        points, _, _ = follow(gradient, made, [0.0] * (1 if problem == "parabola" else 2), 3, lambda w: 0.0)
        for k, weight in enumerate("w" if problem == "parabola" else "wb"):
            assert column(table, weight) == pytest.approx(points[1:, k], rel=1e-12, abs=1e-15)
        slots = {s if problem == "parabola" else f"{s}_w" for s in made.slots}
        assert slots <= {row[1] for row in table.rows}, "all memory is shown"


def test_adam_by_hand():
    m = v = w = 0.0
    table = race.steps_table("adam")
    for t in (1, 2, 3):
        g = 2 * (w - 3)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w -= 0.1 * m_hat / (np.sqrt(v_hat) + 1e-7 / np.sqrt(1 - 0.999**t))
        for symbol, value in {"gw": g, "m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat, "w": w}.items():
            assert column(table, symbol)[t - 1] == pytest.approx(value, rel=1e-12)
    assert len(race.all_steps()) == 9 and table.data()["rows"][0][1] == "gw"
    rows = list(csv.reader(table.csv().splitlines()))
    assert rows[0] == ["step", "symbol", "formula", "numbers", "value"] and float(rows[-1][-1]) == table.rows[-1][-1]


def test_backprop_is_autograd():
    found = {row[0]: row[-1] for row in race.backprop_table().rows}
    learned = [name for name in START if name not in ("x1", "x2", "t", "lr")]
    weights = {name: torch.tensor(START[name], dtype=torch.float64, requires_grad=True) for name in learned}
    a = [torch.sigmoid(weights[f"w1{k}"] * START["x1"] + weights[f"w2{k}"] * START["x2"] + weights[f"b{k}"]) for k in (1, 2)]
    y = torch.sigmoid(weights["v1"] * a[0] + weights["v2"] * a[1] + weights["c"])
    error = (y - START["t"]) ** 2 / 2
    error.backward()
    assert (found["y"], found["E"]) == pytest.approx((y.item(), error.item()), rel=1e-12)
    for name, w in weights.items():
        assert found[name] == pytest.approx((w - START["lr"] * w.grad).item(), rel=1e-12), name
    with pytest.raises(ArgumentError, match="some of x1, x2"):
        race.backprop_table(w3=1)


def test_softmax():
    table = race.softmax_table([2.0, 1.0, -1.0])
    wanted = torch.softmax(torch.tensor([2.0, 1, -1], dtype=torch.float64), 0)
    assert [row[3] for row in table.rows] == pytest.approx(wanted.tolist(), rel=1e-12)
    assert [row[4] for row in table.rows] == [1, 0, 0] and sum(row[3] for row in table.rows) == pytest.approx(1)
    for bad in ([], [float("nan")], [1e4]):
        with pytest.raises(ArgumentError):
            race.softmax_table(bad)


def test_bad_tables(monkeypatch):
    with pytest.raises(UnknownName, match="Did you mean 'adam'"):
        race.steps_table("adm")
    with pytest.raises(ArgumentError, match="parabola, line"):
        race.steps_table("adam", "cubic")
    with pytest.raises(ArgumentError, match="weight_decay"):
        race.steps_table("adamw")
    monkeypatch.setenv("NABI_LANG", "ko")
    assert "기호" in str(race.steps_table("sgd", steps=1)) and "몫" in str(race.softmax_table())


@pytest.mark.learn
def test_line_fit():
    fit = race.line_fit(epochs=20)
    assert fit.best == pytest.approx(tuple(np.polyfit(fit.x, fit.y, 1)), rel=1e-10)
    full, mini, single = fit.paths
    assert [len(p.points) - 1 for p in fit.paths] == [20, 100, 800] and fit.sizes == (40, 8, 1)
    w = np.zeros(2)
    for place in full.points[1:]:  # full batches: the closed form of gradient descent on a quadratic
        a = np.stack([fit.x, np.ones(40)], 1)
        w = w - 0.1 * 2 / 40 * a.T @ (a @ w - fit.y)
        assert place == pytest.approx(w, rel=1e-12)
    assert (np.diff(full.values) < 0).all() and not (np.diff(single.values) < 0).all()
    settle = [p.values[-len(p.values) // 4:].std() for p in (mini, single)]
    assert settle[0] < settle[1], "the smaller the batch, the more it strays"
    assert race.line_fit(epochs=20).paths[2].points.tolist() == single.points.tolist(), "the same seed"
    assert race.line_fit(learning_rate=3.0).paths[0].state == "diverged" and "diverged" in str(race.line_fit(learning_rate=3.0))
    assert fit.figure().axes
    for bad in ({"x": [1], "y": [1]}, {"x": [1, 1], "y": [0, 1]}, {"sizes": [0]}, {"epochs": 0}, {"epochs": 10**7},
                {"learning_rate": -1}):
        with pytest.raises(ArgumentError):
            race.line_fit(**bad)
