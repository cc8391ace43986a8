"""Output: results on standard output, as text, JSON or CSV."""

import csv
import json
import math
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from nabi.core.errors import NabiError


def emit_json(result: Any) -> None:
    """One JSON value, indented; NaN and infinity, which JSON has not, become null."""
    print(json.dumps(cleaned(result), ensure_ascii=False, indent=2, allow_nan=False, default=str))


def cleaned(value: Any) -> Any:
    """The same value without NaN and infinity.

    Example:
        >>> cleaned({"loss": float("nan"), "counts": (1, 2)})
        {'loss': None, 'counts': [1, 2]}
    """
    if isinstance(value, dict):
        return {str(name): cleaned(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleaned(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def emit_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table with a head."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)


def table(names: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> str:
    """Columns under their names; those numbered in `right` are right-aligned. A Korean syllable is two columns wide.

    Example:
        >>> print(table(["run", "accuracy"], [["demo", "97.9 %"]], right=[1]))
        run   accuracy
        demo    97.9 %
    """
    lines = [list(names), *map(list, rows)]
    widths = [max(columns(line[i]) for line in lines) for i in range(len(names))]
    right = set(right)
    out = []
    for line in lines:
        cells = [" " * (w - columns(c)) + c if i in right else c + " " * (w - columns(c))
                 for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        out.append("  ".join(cells).rstrip())
    return "\n".join(out)


def columns(text: str) -> int:
    """Columns of a text on a terminal."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def percent(share: float | None, digits: int = 2) -> str:
    """A share in per cent, "-" for None.

    Example:
        >>> percent(0.974), percent(None)
        ('97.40 %', '-')
    """
    return "-" if share is None else f"{100 * share:.{digits}f} %"


def stop(message: str) -> NabiError:
    """A failure of the command line itself, whole sentence."""
    return NabiError(message)
