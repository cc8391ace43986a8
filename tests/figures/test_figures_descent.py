"""Descent: the numbers of the figures against plain NumPy rules and bounds from the books."""

import numpy as np
import pytest

from nabi import figures


def test_sgd_on_the_quadratic_is_the_closed_form():
    numbers = figures.draw("learning_rate_paths").numbers
    x, y = numbers["start"]
    for row in numbers["rows"]:
        name, rate = row[0], row[1]
        points = numbers["paths"][name]
        n = np.arange(len(points))
        np.testing.assert_allclose(points[:, 0], x * (1 - rate) ** n, rtol=1e-9)
        np.testing.assert_allclose(points[:, 1], y * (1 - 20 * rate) ** n, rtol=1e-9, atol=1e-300)
        assert (row[6] == "diverged") == (rate > numbers["bound"])
    assert [row[6] for row in numbers["rows"]] == ["not reached", "reached", "reached", "diverged"]


def test_sgd_stops_in_the_valley_and_waits_at_the_saddle():
    valley = figures.draw("race_long_valley").numbers
    states = {row[0]: row[6] for row in valley["rows"]}
    assert states.pop("SGD") == "not reached" and "not reached" not in states.values()
    away = figures.draw("saddle_escape").numbers["left the ridge at"]
    assert away["SGD"] == max(away.values()) and all(step is not None for step in away.values())
    x, y, step = 0.6, 1e-3, 0
    while abs(y) <= 0.5:
        x, y, step = x - 0.1 * 2 * x, y - 0.1 * y * (y * y - 1), step + 1
    assert away["SGD"] == step


def test_beale_is_told_as_in_the_race():
    numbers = figures.draw("race_beale").numbers
    for row in numbers["rows"]:
        values = numbers["values"][row[0]]
        inside = values <= numbers["tolerance"]
        assert row[2] == (int(inside.argmax()) if inside.any() else None) and (row[6] == "reached") == bool(inside[-1])
        px, py = numbers["paths"][row[0]][-1]
        assert row[3] == pytest.approx((1.5 - px + px * py) ** 2 + (2.25 - px + px * py**2) ** 2 + (2.625 - px + px * py**3) ** 2)


@pytest.mark.parametrize("name", ["error_surface", "batch_paths"])
def test_line_fits_are_least_squares(name):
    numbers = figures.draw(name).numbers
    x, y = numbers["x"], numbers["y"]
    np.testing.assert_allclose(numbers["best"], np.linalg.lstsq(np.stack([x, np.ones_like(x)], 1), y, rcond=None)[0], rtol=1e-9)
    w = b = 0.0
    for place, value in zip(numbers["paths"]["full"], numbers["values"]["full"], strict=True):
        e = w * x + b - y
        np.testing.assert_allclose([*place, value], [w, b, np.mean(e * e)], rtol=1e-9, atol=1e-12)
        w, b = w - numbers["learning_rate"] * 2 * np.mean(e * x), b - numbers["learning_rate"] * 2 * np.mean(e)
    assert {k: len(p) - 1 for k, p in numbers["paths"].items()} == {
        kind: numbers["epochs"] * -(-40 // size) for kind, size in zip(numbers["paths"], numbers["sizes"], strict=True)}


def test_first_steps_by_hand():
    numbers = figures.draw("steps_parabola").numbers
    w, v = 0.0, 0.0
    for step in (1, 2, 3):
        g = 2 * (w - 3)
        v = 0.9 * v - 0.1 * g
        w = w + v
        rows = {row[1]: row[-1] for row in numbers["Momentum"]["rows"] if row[0] == step}
        assert (rows["gw"], rows["v"], rows["w"]) == pytest.approx((g, v, w))
    assert len(numbers) == 9 and all(row[0] in (1, 2, 3) for one in numbers.values() for row in one["rows"])
    line = figures.draw("steps_line").numbers["SGD"]["rows"]
    first = {row[1]: row[-1] for row in line if row[0] == 1}
    x, y = np.arange(1, 5), 2 * np.arange(1, 5) + 1
    assert (first["w"], first["b"]) == pytest.approx((0.01 * 2 * np.mean(y * x), 0.01 * 2 * np.mean(y)))
    assert first["w"] != pytest.approx(0.01 * np.mean(y * x)), "half the slope is told apart"


@pytest.mark.learn
def test_the_net_s_race_and_slice():
    race, slice_ = figures.draw("race_net").numbers, figures.draw("loss_surface").numbers
    starts = [losses[0] for losses in race["losses"].values()]
    assert len(starts) == 9 and np.ptp(starts) == 0 and all(losses[-1] < 0.5 for losses in race["losses"].values())
    np.testing.assert_allclose(slice_["directions"] @ slice_["directions"].T, np.eye(2), atol=1e-6)
    best = min(race["losses"], key=lambda name: race["losses"][name][-1])
    np.testing.assert_allclose(slice_["points"][best][-1], 0, atol=1e-6)
    i, j = (np.abs(slice_[axis]).argmin() for axis in ("y", "x"))  # the grid's place nearest to where the best path ends
    assert slice_["z"][i, j] == pytest.approx(race["losses"][best][-1], rel=0.3) and slice_["z"].max() > 5 * slice_["z"][i, j]


@pytest.mark.learn
def test_each_rate_of_the_sweep():
    numbers = figures.draw("rate_sweep").numbers
    x, y = 1.0, 1.5
    for _ in range(300):
        a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
        x, y = (x - 0.01 * 2 * (a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1)), y - 0.01 * 2 * x * (a + 2 * b * y + 3 * c * y**2))
    final = (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
    assert numbers["SGD"][0.01][0] == pytest.approx(final, rel=1e-9) and numbers["SGD"][0.1][1] is not None
