"""The proof of exact resume: programs killed with SIGKILL at random moments end at the same bits as one that ran through.

Compared are weights, best weights, optimizer vectors and numbers, counters, History, the states of EarlyStopping,
ReduceLROnPlateau, ModelCheckpoint and CSVLogger, the CSV file and the best model's file, byte by byte.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("resume_program.py")
SOURCE = Path(__file__).resolve().parents[2] / "src"


def start(argument, **environment):
    """The program in a process of its own, one thread."""
    inherited = {name: value for name, value in os.environ.items() if name != "NABI_KERNELS"}
    everything = {**inherited, "PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "1", **environment}
    return subprocess.Popen([sys.executable, str(PROGRAM), str(argument)], env=everything, stdout=subprocess.PIPE, text=True)


def result(folder):
    return json.loads((folder / "result.json").read_text())


def moments(optimizer, seed):
    """Where the runs are killed: at steps in the middle of epochs and between them, several times in one run, while writing."""
    draw = random.Random(seed).randint
    if optimizer == "momentum":
        return {"steps": [["step", 2], ["step", draw(5, 20)], ["step", draw(5, 20)]]}
    return {"steps": [["step", draw(5, 15)], ["step", draw(5, 15)], ["renamed", draw(2, 4)]],
            "files and epochs": [["writing", draw(2, 8)], ["epoch", draw(1, 2)], ["step", 8]]}


@pytest.mark.parametrize("optimizer, kinds", [("adam", ["steps"]), *(
    pytest.param(*case, marks=pytest.mark.learn) for case in (("adam", ["files and epochs"]), ("momentum", ["steps"])))])
def test_a_killed_run_ends_at_the_same_bits(optimizer, kinds, tmp_path):
    cases = {kind: kills for kind, kills in moments(optimizer, seed=11).items() if kind in kinds}
    plan = [[str(tmp_path / name), optimizer, kills] for name, kills in {"whole": [], **cases}.items()]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    output, _ = start(tmp_path / "plan.json", NABI_KERNELS="plain").communicate(timeout=120)
    codes = [int(line.rsplit(" ", 1)[1]) for line in output.splitlines()]
    assert codes == [0] + [code for kills in cases.values() for code in [*[-9] * len(kills), 0]], output
    whole = result(tmp_path / "whole")
    assert whole["epoch"] == [0, 1, 2, 3, 4, 5], "early stopping must have ended the run"
    assert len(set(whole["history"]["learning_rate"])) == 3, "the plateau must have lowered the rate twice"
    assert whole["weights"] != whole["restored"] == whole["best"]
    assert whole["left"] == ["best.safetensors", "log.csv"], "the backup is removed at the end"
    for name in cases:
        assert result(tmp_path / name) == whole, name


@pytest.mark.full
@pytest.mark.parametrize("cores", ["1", "2"])
def test_fused_kernels_and_auto_precision_killed_from_outside(cores, tmp_path):
    """A larger run, killed five times at any moment after some checkpoint, whatever it is doing then."""
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
        draw = random.Random(int(cores))
        for _ in range(5 if name == "killed" else 0):
            child = start(tmp_path / name, OMP_NUM_THREADS=cores)
            wait_for_checkpoints(tmp_path / name / "backup" / "checkpoint.safetensors", draw.randint(1, 10), child)
            time.sleep(draw.uniform(0, 0.2))
            child.kill()
            assert child.wait() == -9
        assert start(tmp_path / name, OMP_NUM_THREADS=cores).wait(timeout=600) == 0
    assert result(tmp_path / "killed") == result(tmp_path / "whole")


def wait_for_checkpoints(path, number, child):
    """Until the running child has written so many."""
    seen = path.stat().st_mtime_ns if path.exists() else 0
    while number:
        assert child.poll() is None, "the run ended before it could be killed"
        now = path.stat().st_mtime_ns if path.exists() else 0
        if now != seen:
            seen, number = now, number - 1
        time.sleep(0.002)
