"""The transfer example: what was learned from other digits helps in all three ways, and it is that which helps."""

import re
import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "transfer.py"
ROW = re.compile(r"^(\w+) +(\d+\.\d) % ± \d+\.\d +\d+\.\d s$", re.MULTILINE)


def shares(text, tmp_path, capsys):
    script = tmp_path / "script.py"
    script.write_text(text, encoding="utf-8")
    runpy.run_path(str(script))
    return {way: float(share) for way, share in ROW.findall(capsys.readouterr().out)}


@pytest.mark.learn
def test_what_was_learned_helps(tmp_path, capsys, fused_kernels):
    text = EXAMPLE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    found = shares(text, tmp_path, capsys)
    assert list(found) == ["head", "top", "all", "scratch"]
    assert min(found[way] for way in ("head", "top", "all")) > found["scratch"] + 8
    untaught = text.replace("copy.deepcopy(first)", "nabi.zoo.fast_cnn(classes=5, pixels=0)").replace("epochs=8", "epochs=0")
    assert untaught.count("fast_cnn") == 3
    assert shares(untaught, tmp_path, capsys)["head"] < found["head"] - 8
