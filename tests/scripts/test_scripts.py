"""The collection of scripts runs unchanged under `nabi run`, and does what real Keras 3 does where that can run it.

Six scripts in the default run, twenty in `make learn`, all in `make full`; each shortened, in a process and a folder of its own.
RESULTS.json has the last figures of all; `python tests/scripts/comparing.py` writes it.
"""

import json
import os
import re

import pytest

from scripts import collection
from scripts.collection import HERE, LEARN, QUICK, SHORT
from scripts.comparing import RESULTS, compare, fine_on_legacy, legacy_verdicts, runs_on_keras, within_noise
from scripts.legacy import target_of

ALL = collection.scripts()
KERAS = [script for script, told in runs_on_keras().items() if not told]
ON_LEGACY = [script for script, row in json.loads(RESULTS.read_text())["scripts"].items() if row.get("keras2") == "agrees"]
LONG = [script for script in ALL if script not in (*QUICK, *LEARN)]
TIERS = [*(pytest.param(LEARN[k::2], id=f"learn {k}", marks=pytest.mark.learn) for k in (0, 1)),
         *(pytest.param(LONG[k::6], id=f"long {k}", marks=pytest.mark.full) for k in range(6))]


def fails(scripts) -> dict[str, str]:
    """Errors of the scripts that fail on nabi, shortened."""
    seen = collection.run_all("nabi", [(script, *SHORT) for script in scripts])
    return {script: f"{one.code} {one.error[-2000:]}" for script, one in zip(scripts, seen, strict=True) if one.code}


@pytest.mark.parametrize("scripts", TIERS)
def test_they_run(scripts):
    failed = fails(scripts)
    assert not failed, "\n".join(f"{script}:\n{error}" for script, error in failed.items())


def test_six_run_and_errors_are_told(tmp_path):
    """Processes that were split off tell what went wrong in each; the others run."""
    wrong, leaves = str(tmp_path / "wrong.py"), str(tmp_path / "leaves.py")
    (tmp_path / "wrong.py").write_text("import keras\nkeras.nothing")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)")
    failed = fails([wrong, *QUICK, leaves])
    assert set(failed) == {wrong, leaves}, "\n".join(failed.values())
    assert "nothing" in failed[wrong] and failed[leaves].startswith("3")


def test_the_collection():
    """Sixty and more; every tier's scripts are there; the topics' table names all and none that is not there."""
    assert len(ALL) >= 64 and len(QUICK) == 6 and len(LEARN) == 20 and not set(QUICK) & set(LEARN)
    assert {*QUICK, *LEARN, *KERAS} <= set(ALL)
    named = re.findall(r"(?:keras[123]|notebooks)/\w+\.(?:py|ipynb)", (HERE / "README.md").read_text())
    assert set(named) == set(ALL), set(named) ^ set(ALL)


@pytest.mark.full
@pytest.mark.parametrize("scripts", [KERAS[k::12] for k in range(12)], ids=range(12))
def test_keras_does_the_same(scripts):
    """Same History keys, same shapes of predictions; losses within the noise of the seed."""
    told = {script: row["verdict"] for script, row in compare(scripts).items()}
    assert set(told.values()) <= {"agrees"}, told


@pytest.mark.full
@pytest.mark.skipif(collection.LEGACY not in os.environ, reason=f"{collection.LEGACY} names no Python with tf_keras")
@pytest.mark.parametrize("scripts", [ON_LEGACY[k::12] for k in range(12)], ids=range(12))
def test_keras_2_does_the_same(scripts):
    told = legacy_verdicts(scripts)
    assert set(told.values()) <= {"agrees"}, told


def test_names_of_keras_2():
    """Where a module of Keras 2.2 is found in the last Keras 2; which verdicts are settled."""
    assert target_of("keras.layers.convolutional") == "tf_keras.layers" and target_of("keras.models") == "tf_keras.models"
    assert [fine_on_legacy({"keras2": said}) for said in ("not for Keras 2: ...", "agrees", "loss 0")] == [True, True, False]
    assert not fine_on_legacy({})


def test_within_noise_tells_apart():
    assert within_noise((0.70, 0.69, 0.71), (0.69, 0.70, 0.72))
    assert not within_noise((0.70, 0.69, 0.71), (0.40, 0.41, 0.39))
