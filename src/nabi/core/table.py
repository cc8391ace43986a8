"""Table: columns of text that line up on a terminal, whatever is written in them.

A Korean syllable takes two columns, an accent none. A cell is one line: line ends and other control characters, which a file's or
class's name may hold, are shown as they are written in Python.
"""

import unicodedata
from collections.abc import Iterable, Sequence


def columns(text: str) -> int:
    """Columns of a text on a terminal.

    Example:
        >>> columns("loss"), columns("정확도"), columns("e\\u0301")
        (4, 6, 1)
    """
    return sum(map(width, text))


def width(letter: str) -> int:
    """Columns of one letter: 2 for wide ones; 0 for accents, joiners and the vowels and finals of a syllable in pieces."""
    if unicodedata.category(letter) in ("Mn", "Me", "Cf") or "\u1160" <= letter <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def one_line(text: str) -> str:
    r"""The text without control characters: a terminal obeys those, and a line end breaks a table.

    Example:
        >>> print(one_line("cat\n\x1b[2J"))
        cat\n\x1b[2J
    """
    return "".join(c if unicodedata.category(c) not in ("Cc", "Zl", "Zp", "Cs") else ascii(c)[1:-1] for c in text)


def table(names: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Columns under their names; those numbered in `right` are right-aligned.

    Example:
        >>> print(table(["run", "accuracy"], [["demo", "97.9 %"]], right=[1]))
        run   accuracy
        demo    97.9 %
    """
    lines = [[one_line(cell) for cell in line] for line in (names, *rows)]
    widths = [max(columns(line[i]) for line in lines) for i in range(len(names))]
    right = set(right)
    out = []
    for line in lines:
        blanks = [" " * (most - columns(cell)) for cell, most in zip(line, widths, strict=True)]
        cells = [blank + cell if i in right else cell + blank for i, (cell, blank) in enumerate(zip(line, blanks, strict=True))]
        out.append("  ".join(cells).rstrip())
    return "\n".join(out)
