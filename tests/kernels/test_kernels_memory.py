"""Freed memory that stays: page faults counted by the system."""

import subprocess
import sys

import pytest

from nabi.kernels.memory import glibc

COUNT = """
import resource, torch
from nabi.kernels import keep_freed_memory

def faults(steps):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(steps):
        torch.ones(10_000_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(faults(10))
assert keep_freed_memory()
faults(20)  # small blocks settle in between
print(faults(10))
"""


@pytest.mark.learn
def test_pages_are_reused():
    """Ten tensors of 40 MB, 9,766 pages each (fewer where pages are large), more than glibc ever keeps by itself."""
    assert glibc() is not None
    done = subprocess.run([sys.executable, "-c", COUNT], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before > 10 * 10 and after < before / 10
