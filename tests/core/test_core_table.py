"""Tables line up by display width, and what a name holds stays in its cell."""

import unicodedata

import pytest

from nabi.core.table import columns, one_line, table


@pytest.mark.parametrize("text, wide", [("loss", 4), ("정확도", 6), ("Ａ", 2), ("e\u0301", 1), ("a\u200bb", 2), ("", 0)])
def test_columns(text, wide):
    assert columns(text) == wide


def test_a_name_in_pieces_is_as_wide_as_the_whole():
    """macOS writes file names in pieces (NFD)."""
    assert columns(unicodedata.normalize("NFD", "한글 파일")) == columns("한글 파일") == 9


def test_columns_begin_at_the_same_place():
    rows = [["나비", "1", "x"], ["a", "22", "가나"], ["고양이 고양이", "3", "y"]]
    lines = table(["이름", "수", "끝"], rows, right=[1]).splitlines()
    starts = [columns(line[: line.index(row[2])]) for line, row in zip(lines[1:], rows, strict=True)]
    assert len(set(starts)) == 1 and columns(lines[0][: lines[0].index("끝")]) == starts[0]
    plain = "\n".join("  ".join(cell.ljust(8) for cell in row) for row in rows).splitlines()
    assert len({columns(line[: line.index(row[2])]) for line, row in zip(plain, rows, strict=True)}) > 1, "ljust does not"


@pytest.mark.parametrize("bad", ["a\nb", "a\r\nb", "\x1b[2Jcls", "a\tb", "\u2028x", "\x07", "\x9b31m"])
def test_control_characters_do_not_reach_the_terminal(bad):
    shown = table(["name"], [[bad]])
    assert len(shown.split("\n")) == 2 and not any(unicodedata.category(c) in ("Cc", "Zl") for c in shown.replace("\n", ""))
    assert one_line(bad).encode().decode("unicode_escape") == bad, "nothing is lost"
