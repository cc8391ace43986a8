"""Durations: what is a time and what is none; fit, tune and the command line read the same forms."""

from datetime import timedelta

import numpy as np
import pytest

import nabi
from nabi.cli.parser import build, parse
from nabi.core.duration import seconds
from nabi.core.errors import ArgumentError


@pytest.mark.parametrize(("given", "wanted"), [
    ("90s", 90), ("10m", 600), ("1h30m", 5400), ("1.5h", 5400), ("10min", 600), ("90", 90), (" 2 min ", 120),
    ("1h 5m 3s", 3903), (45, 45), (0.5, 0.5),
    (np.float32(2), 2), (timedelta(minutes=3), 180)])
def test_times(given, wanted):
    assert seconds("fit(time_budget)", given) == wanted


@pytest.mark.parametrize("wrong", ["ten minutes", "", "m", "10x", "1h30x", "1h30", "90 90", "1e3", True, float("nan"),
                                   "-5m", "1m2h", "0s", timedelta(0), [60], 1j])
def test_times_that_are_none(wrong):
    with pytest.raises(ArgumentError, match=r"fit\(time_budget\): expected a time above 0: .*Ten minutes are '10m' or 600\."):
        seconds("fit(time_budget)", wrong)


def test_the_same_forms_everywhere():
    for text, time in (("1h30m", 5400), ("10min", 600), ("90", 90)):
        assert parse(build(), ["tune", "--time", text]).time == time
    with pytest.raises(ArgumentError, match=r"tune\(time_budget\): expected a time above 0"):
        nabi.tune(time_budget="soon")
