"""Effects of a grid's entries: what lacks runs is left out, and the rest is told."""

import pytest

from nabi.lab.effects import effects


def test_a_first_variant_without_runs_leaves_the_other_combinations():
    grid = [{"a": a, "b": b} for b in (1, 2, 3) for a in (1, 2)]
    reached = [{}, {0: 0.5}, {0: 0.7, 1: 0.72}, {0: 0.6, 1: 0.61}, {0: 0.8, 1: 0.83}, {0: 0.5, 1: 0.4}]
    (found,) = effects(grid, reached, 0.001)  # of b, all three values are nowhere whole but at a = 2, where b = 1 lacks a seed
    assert found["entry"] == "a"
    assert [v["mean"] for v in found["values"]] == pytest.approx([(0.7 + 0.72 + 0.8 + 0.83) / 4, (0.6 + 0.61 + 0.5 + 0.4) / 4])
