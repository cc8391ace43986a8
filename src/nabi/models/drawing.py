"""Drawing: a table of text between rules: numbers to the right, long names wrapped, plain ASCII where the terminal needs it."""

import sys
from dataclasses import dataclass, field

from nabi.core.table import columns

NARROW = 22  # a column is not wrapped to less
ASCII = str.maketrans("━─│├└·", "=-||`.")


@dataclass
class Line:
    """One row of a table: a cell a column, and lines below that may use the whole width."""

    cells: list[str]
    below: list[str] = field(default_factory=list)


def table(title: str, heads: list[str], lines: list[Line], foot: list[str], left: set[int], shrink: list[int], under: int,
          width: int) -> str:
    """The drawn table.

    Args:
        title, foot: lines above and below.
        heads: column titles.
        lines: rows.
        left: columns that are left-aligned; the others are right-aligned.
        shrink: columns that may be wrapped to keep `width`, the first of them first.
        under: column where the lines below a row begin.
        width: most characters a line, if wrapping those columns can keep it.
    """
    widths, least = natural(heads, lines), narrowest(heads, lines, shrink)
    for column in shrink:
        widths[column] = max(least[column], widths[column] - max(breadth(widths) - width, 0))
    indent = " " * (1 + sum(width + 2 for width in widths[:under]))
    below = [columns(indent + text) for line in lines for text in line.below]
    full = max([columns(title) + 1, breadth(widths), *below])
    out = [f" {title}", "━" * full, *wrap(heads, widths, left), "─" * full]
    for line in lines:
        out += [*wrap(line.cells, widths, left), *(indent + text for text in line.below)]
    return encodable("\n".join([*out, "━" * full, *(f" {text}" for text in foot)]))


def natural(heads: list[str], lines: list[Line]) -> list[int]:
    """Widths of the columns when nothing is wrapped."""
    return [max(map(columns, column)) for column in zip(heads, *(line.cells for line in lines), strict=True)]


def narrowest(heads: list[str], lines: list[Line], shrink: list[int]) -> list[int]:
    """Widths of the columns when those numbered in `shrink` are wrapped as far as they may be."""
    widths = natural(heads, lines)
    for column in shrink:
        longest = max((columns(word) for line in lines for word in line.cells[column].split(" ")), default=0)
        widths[column] = max(min(widths[column], longest + 2, NARROW), columns(heads[column]))
    return widths


def breadth(widths: list[int]) -> int:
    """Characters of a line with columns of these widths."""
    return sum(widths) + 2 * len(widths) - 1


def wrap(cells: list[str], widths: list[int], left: set[int]) -> list[str]:
    """One row as one or more lines of text."""
    folded = [fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for number in range(max(map(len, folded))):
        parts = [pieces[number] if number < len(pieces) else "" for pieces in folded]
        blanks = [" " * (width - columns(part)) for part, width in zip(parts, widths, strict=True)]
        padded = [part + blank if i in left else blank + part for i, (part, blank) in enumerate(zip(parts, blanks, strict=True))]
        lines.append((" " + "  ".join(padded)).rstrip())
    return lines


def fold(text: str, width: int) -> list[str]:
    """A text in pieces of at most `width` characters, cut before a bracket, else at a space, behind an underscore, before a
    capital letter, anywhere.

    Example:
        >>> fold("├─ batch_normalization_1 (BatchNormalization)", 26)
        ['├─ batch_normalization_1', '│    (BatchNormalization)']
        >>> fold("lrn1 (LocalResponseNormalization)", 24)
        ['lrn1', '  (LocalResponse', '  Normalization)']
    """
    tree = text[:len(text) - len(text.lstrip("│├└─ "))]
    indent = tree.replace("├─ ", "│  ").replace("└─ ", "   ") + "  "
    pieces, start = [], len(tree)
    while len(text) > width:
        cut = max(text.rfind(" (", start, width + 2), text.rfind(" [", start, width + 2))
        cut = cut if cut > start else text.rfind(" ", start, width + 1)
        cut = cut if cut > start else text.rfind("_", start, width) + 1
        cut = cut if cut > start else max((i for i in range(start + 2, width + 1) if text[i - 1:i + 1].isalpha()
                                           and text[i - 1].islower() and text[i].isupper()), default=0)
        cut = cut if cut > start else max(width, start + 1)
        pieces.append(text[:cut].rstrip())
        text, start = indent + text[cut:].lstrip(), len(indent)
    return [*pieces, text]


def encodable(text: str) -> str:
    """The text in characters that standard output can write: rules become = and - where it knows ASCII only."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(ASCII)
    return text


def human(count: float | None, digits: int = 1) -> str:
    """Bytes in units of 1,024, as Keras shows them.

    Example:
        >>> human(86528), human(4799528, 2), human(0)
        ('84.5 KB', '4.58 MB', '0 B')
    """
    if count is None:
        return "?"
    units = ["B", "KB", "MB", "GB", "TB"]
    while count >= 1024 and len(units) > 1:
        count, units = count / 1024, units[1:]
    return f"{count:.{digits}f} {units[0]}" if units[0] != "B" else f"{count:.0f} B"
