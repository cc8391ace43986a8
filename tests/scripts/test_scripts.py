"""The collection of scripts runs unchanged under `nabi run`, and does what real Keras 3 does where that can run it.

Six scripts in the default run, twenty in `make learn`, all in `make full`; each shortened, in a process and a folder of its own.
"""

import json
import re
import statistics

import pytest

from scripts import collection
from scripts.collection import HERE, LEARN, QUICK, SHORT

ALL = collection.scripts()
KERAS = json.loads((HERE / "keras_runs.json").read_text())["runs"]  # what Keras 3 runs unedited, found by benchmarks/scripts.py
SEEDS = range(3)


def tier(script: str) -> list:
    """The mark of the run a script belongs to."""
    return [] if script in QUICK else [pytest.mark.learn] if script in LEARN else [pytest.mark.full]


@pytest.mark.parametrize("script", [pytest.param(script, marks=tier(script)) for script in ALL])
def test_it_runs(script):
    seen = collection.run("nabi", script, *SHORT)
    assert seen.code == 0, seen.error[-2000:]


def test_the_collection():
    """Sixty and more; every tier's scripts are there; the topics' table names sixty and none that is not there."""
    assert len(ALL) >= 64 and len(QUICK) == 6 and len(LEARN) == 20 and not set(QUICK) & set(LEARN)
    assert {*QUICK, *LEARN, *KERAS} <= set(ALL)
    named = re.findall(r"(?:keras[123]|notebooks)/\w+\.(?:py|ipynb)", (HERE / "README.md").read_text())
    assert len(set(named)) >= 64 and set(named) <= set(ALL)


@pytest.mark.full
@pytest.mark.parametrize("script", KERAS)
def test_keras_does_the_same(script):
    """Same History keys, same shapes of predictions; losses within the noise of the seed (`within_noise`)."""
    ours = [collection.run("nabi", script, *SHORT, "--seed", str(seed)) for seed in SEEDS]
    theirs = [collection.run("keras", script, *SHORT, "--seed", str(seed)) for seed in SEEDS]
    assert all(seen.code == 0 for seen in (*ours, *theirs)), ours[0].error[-1000:] + theirs[0].error[-1000:]
    assert ours[0].keys == theirs[0].keys
    assert ours[0].shapes == theirs[0].shapes
    for a, b in zip(zip(*(s.losses for s in ours), strict=True), zip(*(s.losses for s in theirs), strict=True), strict=True):
        assert within_noise(a, b), (a, b)


def within_noise(a, b) -> bool:
    """Whether two sets of losses, one value a seed, have the same mean: within four standard errors, or a tenth of the larger."""
    error = sum(statistics.variance(values) / len(values) for values in (a, b)) ** 0.5
    low, high = sorted(abs(statistics.fmean(values)) for values in (a, b))
    return abs(statistics.fmean(a) - statistics.fmean(b)) <= max(4 * error, 0.1 * high)


def test_within_noise_tells_apart():
    assert within_noise((0.70, 0.69, 0.71), (0.69, 0.70, 0.72))
    assert not within_noise((0.70, 0.69, 0.71), (0.40, 0.41, 0.39))
