"""Text: a traced number as the lecture writes it: a heading, a table of what was added up, the lines of arithmetic."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nabi.core.table import table
from nabi.trace.numbers import place_text, show
from nabi.trace.step import Table, lines_text
from nabi.trace.words import WORDS, t

PLACES = ("place", "channel", "input")
SUMMED = ("x w", "x g", "local g", "d v", "a^2")  # columns that are added up


def cell(name: str, value: Any) -> str:
    """An entry of a column: a number, or a place."""
    if name == "place" and np.size(value) != 1:
        return place_text(np.ravel(value))
    return show(np.ravel(value)[0])


def chosen(rows: Table, most: int) -> tuple[list[int], int]:
    """The rows that are shown, the largest first where they are more than `most`, and how many are not."""
    n = len(rows)
    if n <= max(most, 1):
        return list(range(n)), 0
    name = "share" if "share" in rows.columns else list(rows.columns)[-1]
    order = np.argsort(-np.abs(rows.columns[name].astype(float)), kind="stable")[:max(most, 1)]
    return list(dict.fromkeys([*map(int, order), *rows.marked[:1]])), n - len({*map(int, order), *rows.marked[:1]})


def table_text(rows: Table, most: int) -> str:
    """A table with at most so many rows, the marked ones with a star."""
    names = list(rows.columns)
    shown, rest = chosen(rows, most)
    lines: list[Sequence[str]] = []
    for i in shown:
        star = "*" if i in rows.marked else ""
        outside = t("padding") if rows.inside is not None and not rows.inside[i] else star
        lines.append([*(cell(name, rows.columns[name][i]) for name in names), outside])
    heads = [t(name) if name in WORDS else name for name in names]
    said = table([*heads, ""], lines, right=[k for k, name in enumerate(names) if name not in PLACES])
    if not rest:
        return said
    last = rows.columns[names[-1]]
    total = float(last.sum() - last[shown].sum())
    return said + "\n" + (t("more", n=rest, total=show(total)) if names[-1] in SUMMED else t("more rows", n=rest))


def step_text(step: Any, rows: int = 12) -> str:
    """A traced number (`nabi.trace.traced.Step`)."""
    key = "head" if step.place else "head scalar"
    head = t(key, layer=step.layer, kind=step.kind, place=place_text(step.place), sample=step.sample)
    parts = [*step.notes, head + (t("in training") if step.training else "")]
    if step.note:
        parts.append(t(step.note))
    parts += [table_text(one, rows) for one in step.tables]
    if step.lines:
        parts.append(lines_text(step.lines))
    elif step.note == "not traced":
        parts.append(f"y = {show(step.value)}")
    return "\n\n".join(parts)
