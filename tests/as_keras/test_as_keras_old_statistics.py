"""SciPy's mode as scripts of before SciPy 1.11 read it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import numpy as np
import nabi
nabi.install_as_keras()
from scipy import stats
assert stats.mode(np.array(["a", "b", "b"]))[0][0] == "b" and stats.mode(["x", "x"]).count[0] == 2
one = stats.mode([1, 2, 2])
assert one[0][0] == 2 and one.mode == 2 and one[0] + 1 == 3 and {2: 5}[one[0]] == 5 and np.array([one[0]]).shape == (1,)
assert stats.mode([1.5, 1.5])[0][0] == 1.5 and stats.mode([3, 3], keepdims=True)[0][0] == 3
assert repr(one) == "ModeResult(mode=np.int64(2), count=np.int64(2))" and str(type(one.mode)) == "<class 'numpy.int64'>"
assert stats.mode([[1, 2], [1, 3]], axis=0)[0].tolist() == [1, 2]
"""


@pytest.mark.learn
def test_mode_of_texts_and_of_one_row():
    source = str(Path(__file__).parents[2] / "src")
    done = subprocess.run([sys.executable, "-c", SCRIPT], env={"PYTHONPATH": source, "PATH": ""}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
