"""Output: results on standard output, as text, JSON or CSV."""

import csv
import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


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


def free(folder: str | Path, stem: str, ending: str) -> Path:
    """A file's path in a folder, numbered where that name is taken: a-smile.png, a-smile-2.png, ..."""
    path, number = Path(folder, f"{stem}{ending}"), 1
    while path.exists():
        number += 1
        path = Path(folder, f"{stem}-{number}{ending}")
    return path


def emit_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table with a head; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: Any) -> Any:
    """A cell as it is, unless it begins like a formula and is no number.

    Example:
        >>> harmless("=HYPERLINK(1)"), harmless("-1"), harmless("cat")
        ("'=HYPERLINK(1)", '-1', 'cat')
    """
    if not isinstance(cell, str) or not cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return cell
    try:
        float(cell)
    except ValueError:
        return "'" + cell
    return cell


def percent(share: float | None, digits: int = 2) -> str:
    """A share in per cent, "-" for None.

    Example:
        >>> percent(0.974), percent(None)
        ('97.40 %', '-')
    """
    return "-" if share is None else f"{100 * share:.{digits}f} %"
