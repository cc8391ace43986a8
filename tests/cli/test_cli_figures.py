"""`nabi figures`: some figures into a folder, of one's own run too; the list; a wrong name before anything is made."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.mark.learn
def test_some_figures(nabi, tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 70, 3), dtype="uint8")).save(tmp_path / "me.png")
    words = ("--only", "padding,rgb-channels", "--photo", tmp_path / "me.png", "--out", tmp_path / "f")
    code, out, err = nabi("figures", *words)
    assert code == 0 and out.startswith("2 of 2 figures in") and str(tmp_path / "f" / "index.html") in out
    assert "1/2" in err and " s  rgb_channels" in err and " s  padding" in err
    assert json.loads((tmp_path / "f" / "rgb_channels.json").read_text())["shape"] == [96, 96, 3]


def test_of_a_run(nabi, run, tmp_path):
    out = tmp_path / "f"
    code, found, _ = nabi("figures", "--model", run.folder, "--only", "softmax,evidence", "--out", out, "--json", parse=True)
    assert code == 0 and {one["name"]: one["error"] for one in found["figures"]} == {"softmax": None, "evidence": None}
    evidence, softmax = (json.loads((out / f"{name}.json").read_text()) for name in ("evidence", "softmax"))
    assert evidence["logits"] == pytest.approx(softmax["logit"], abs=1e-4) and sum(softmax["share"]) == pytest.approx(1, abs=1e-5)
    assert "tiny" in (out / "index.html").read_text() and Path(found["page"]) == out / "index.html"


def test_list(nabi):
    code, out, _ = nabi("figures", "--list")
    assert code == 0 and "Padding and stride" in out and "(convolution)" in out
    code, found, _ = nabi("figures", "--list", "--only", "softmax", "--json", parse=True)
    assert [one["name"] for one in found] == ["softmax"]


def test_another_number_of_classes_is_one_line(nabi, run, tmp_path):
    for number, name in enumerate("abc"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for k in range(3):
            Image.new("RGB", (28, 28), (80 * number, 40 * k, 9)).save(tmp_path / "set" / name / f"{k}.png")
    words = ("--model", run.folder, "--data", tmp_path / "set", "--only", "misread", "--out", tmp_path / "f")
    code, _, err = nabi("figures", *words)
    assert code == 1 and "10 classes, as many as the model answers" in err and "got 3" in err and "Traceback" not in err


@pytest.mark.parametrize("words, said", [
    (("--only", "softmx"), "Did you mean 'softmax'"),
    (("--data", "digits"), "a --model"),
    (("--model", "none"), "run none"),
    (("--photo", "none.png"), "none.png"),
])
def test_wrong_words_make_nothing(nabi, tmp_path, words, said):
    code, _, err = nabi("figures", *words, "--out", tmp_path / "f")
    assert code in (1, 2) and said in err and not (tmp_path / "f").exists()
