"""Freed memory that stays: page faults counted by the system."""

import subprocess
import sys

from nabi.kernels.memory import glibc

COUNT = """
import resource, sys, torch
from nabi.kernels import keep_freed_memory
if sys.argv[1] == "keep":
    assert keep_freed_memory()
for step in range(30):
    if step == 20:  # small blocks settle in between during the first steps
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(10_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_pages_are_reused():
    """Ten tensors of 40 MB, 9,766 pages each, more than glibc ever keeps by itself."""
    assert glibc() is not None
    faults = {
        how: int(subprocess.run([sys.executable, "-c", COUNT, how], capture_output=True, text=True, check=True).stdout)
        for how in ("keep", "return")
    }
    assert faults["keep"] < 100 and faults["return"] > 10 * 100
