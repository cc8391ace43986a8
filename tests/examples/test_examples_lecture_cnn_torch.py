"""The example that trains the lecture CNN twice says that both halves lose the same to 1e-5, whatever the number of threads."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "lecture_cnn_torch.py"
BOUND = 1e-5


@pytest.mark.learn
@pytest.mark.parametrize("number", ["1", "2"])
def test_both_halves_lose_the_same(number):
    environment = {**os.environ, "OMP_NUM_THREADS": number}
    del environment["NABI_KERNELS"]  # the fit that a user's script runs
    command = [sys.executable, str(EXAMPLE)]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    steps = re.findall(r"^ +\d+ +(\d\.\d{6}) +(\d\.\d{6})$", made.stdout, re.MULTILINE)
    largest = re.search(r"^largest relative difference: (\S+)$", made.stdout, re.MULTILINE)
    assert len(steps) == 20 and largest is not None
    printed = max(abs(float(ours) - float(theirs)) / float(theirs) for ours, theirs in steps)
    assert printed <= BOUND and float(largest[1]) <= BOUND


@pytest.mark.learn
@pytest.mark.parametrize("right, wrong", [
    ("(root + 1e-7)", "(root + 1e-7)"),  # as it stands
    ("(root + 1e-7)", "(root + 1e-8)"),  # torch.optim.Adam's epsilon
    ("dropout(h, 0.25, 3, step)", "dropout(h, 0.25, 4, step)"),  # another mask
])
def test_four_steps_and_those_of_another_formula(right, wrong, tmp_path, fused_kernels, capsys):
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count(right) == text.count("STEPS, BATCH = 20") == 1
    broken = tmp_path / "broken.py"
    broken.write_text(text.replace(right, wrong).replace("STEPS, BATCH = 20", "STEPS, BATCH = 4"), encoding="utf-8")
    worst = runpy.run_path(str(broken))["worst"]
    assert worst <= BOUND if right == wrong else worst > 10 * BOUND
