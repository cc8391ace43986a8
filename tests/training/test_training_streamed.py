"""Exact resume of a streamed source: pictures in shards, larger than the memory budget, augmented and blended.

A run that is killed with SIGKILL in the middle of epochs ends at the bits of one that ran through, and both at the bits of a run
on the same pictures in memory.
"""

import io
import json
import os
import random
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.test_training_resume import result, wait_for_checkpoints

PROGRAM = Path(__file__).with_name("streamed_program.py")
SOURCE = Path(__file__).resolve().parents[2] / "src"
pytestmark = pytest.mark.learn


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """A pattern of three shards with 30 pictures each, three classes."""
    folder, rng = tmp_path_factory.mktemp("shards"), np.random.default_rng(0)
    for shard in range(3):
        with tarfile.open(folder / f"set-{shard}.tar", "w") as tar:
            for number in range(30):
                y = number % 3
                x = rng.integers(0, 120, (12, 12, 3), dtype=np.uint8)
                x[..., y] += 100
                png = io.BytesIO()
                Image.fromarray(x).save(png, "PNG")
                for ending, content in (("png", png.getvalue()), ("cls", str(y).encode())):
                    info = tarfile.TarInfo(f"{number:04}.{ending}")
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
    return folder / "set-{0..2}.tar"


def start(*arguments, kernels="plain"):
    """The program in a process of its own, one thread."""
    everything = {**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{PROGRAM.parents[1]}", "OMP_NUM_THREADS": "1"}
    everything = {name: value for name, value in everything.items() if name != "NABI_KERNELS"}
    everything |= {"NABI_KERNELS": kernels} if kernels else {}
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    return subprocess.Popen(command, env=everything, stdout=subprocess.PIPE, text=True)


def test_a_killed_run_on_shards_ends_at_the_same_bits(shards, tmp_path):
    """9 steps an epoch, checkpoints every third: killed in the first, second and third epoch, and while writing."""
    draw = random.Random(3).randint
    kills = {"steps": [["step", 5], ["step", draw(6, 12)], ["step", draw(6, 12)]], "files": [["writing", 2], ["renamed", 3]]}
    plan = [[str(tmp_path / name), "streamed", moments] for name, moments in {"whole": [], **kills}.items()]
    (tmp_path / "plan.json").write_text(json.dumps([*plan, [str(tmp_path / "memory"), "memory", []]]))
    output, _ = start(shards, tmp_path / "plan.json").communicate(timeout=170)
    codes = [int(line.rsplit(" ", 1)[1]) for line in output.splitlines()]
    assert codes == [0, *[-9] * 3, 0, *[-9] * 2, 0, 0], output
    whole = result(tmp_path / "whole")
    assert len(whole["history"]["loss"]) == 4 and len(set(whole["history"]["loss"])) == 4
    for name in ("steps", "files", "memory"):
        assert result(tmp_path / name) == whole, name


def test_fused_kernels_killed_from_outside(shards, tmp_path):
    """Killed three times at any moment after some checkpoint of a longer run."""
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
        draw = random.Random(1)
        for _ in range(3 if name == "killed" else 0):
            child = start(shards, tmp_path / name, kernels=None)
            wait_for_checkpoints(tmp_path / name / "backup" / "checkpoint.safetensors", draw.randint(3, 25), child)
            time.sleep(draw.uniform(0, 0.1))
            child.kill()
            assert child.wait() == -9
        assert start(shards, tmp_path / name, kernels=None).wait(timeout=170) == 0
    assert result(tmp_path / "killed") == result(tmp_path / "whole")
