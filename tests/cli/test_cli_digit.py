"""`nabi digit`: sheets, their pictures, JSON; errors in both languages."""

import numpy as np
import pytest
from PIL import Image

from nabi.datasets import digits


@pytest.fixture
def digit(nabi, monkeypatch, tmp_path):
    """A sheet with 4 and 2, an empty one, a text."""
    monkeypatch.chdir(tmp_path)
    (x, y), _ = digits.load_data()
    sheet = np.full((90, 150), 235, "uint8")
    for k, left in ((4, 20), (2, 80)):
        sheet[30:58, left : left + 28] -= (x[np.flatnonzero(y == k)[2]] * 0.8).astype("uint8")
    Image.fromarray(sheet).save("sheet.png")
    Image.fromarray(sheet * 0 + 200).save("empty.png")
    (tmp_path / "text.jpg").write_text("hello")
    return nabi


def test_a_sheet(digit, monkeypatch, tmp_path):
    code, rows, _ = digit("digit", "sheet.png", "--json", "--out", "read", parse=True)
    assert code == 0 and rows[0]["text"] == "42" and [one["row"] for one in rows[0]["digits"]] == [0, 0]
    first = rows[0]["digits"][0]
    assert first["digit"] == 4 and len(first["probabilities"]) == 10 and len(first["box"]) == 4 and first["second"] != 4
    assert Image.open(rows[0]["picture"]).size == (150, 90) and Image.open(rows[0]["sheet"]).width > 300
    code, out, _ = digit("digit", "sheet.png")
    assert code == 0 and "    42\n" in out and "second guess" in out
    monkeypatch.setenv("NABI_LANG", "ko")
    code, out, _ = digit("digit", "sheet.png", "--out", "read")
    assert code == 0 and "다음 후보" in out
    assert {file.name for file in (tmp_path / "read").iterdir()} == {
        "sheet-digits.png", "sheet-cards.png", "sheet-digits-2.png", "sheet-cards-2.png"}


def test_what_fails_is_told_and_the_rest_is_answered(digit, monkeypatch):
    code, out, err = digit("digit", "empty.png", "sheet.png", "text.jpg", "gone.png")
    assert code == 1 and "    42\n" in out
    lines = err.splitlines()
    assert len(lines) == 3 and "empty.png: expected handwritten digits, got none found. Write large" in lines[0]
    monkeypatch.setenv("NABI_LANG", "ko")
    code, rows, err = digit("digit", "empty.png", "--json", parse=True)
    assert code == 1 and "error" in rows[0] and "expected" not in err and "손글씨 숫자" in err
    code, _, err = digit("digit", "sheet.png", "--model", "text.jpg")
    assert code == 1 and "text.jpg" in err and "expected" not in err
