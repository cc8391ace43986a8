"""The transfer example: what was learned from other digits helps in all three ways."""

import re
import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "transfer.py"
ROW = re.compile(r"^(\w+) +(\d+\.\d) % ± \d+\.\d +\d+\.\d s$", re.MULTILINE)


@pytest.mark.learn
def test_what_was_learned_helps(capsys, fused_kernels):
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 40
    runpy.run_path(str(EXAMPLE))
    found = {way: float(share) for way, share in ROW.findall(capsys.readouterr().out)}
    assert list(found) == ["head", "top", "all", "scratch", "untaught"]
    assert min(found[way] for way in ("head", "top", "all")) > max(found["scratch"] + 8, found["untaught"])
