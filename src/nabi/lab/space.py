"""Space: which entries of a recipe a search varies, and over which values.

    learning_rate = 1e-4..1e-2       every number between, on a logarithmic scale, for 1e-2 is at least 10 times 1e-4
    learning_rate = x0.1..x10        so many times the optimizer's own learning rate, which differs from optimizer to optimizer
    label_smoothing = 0..0.2         on a linear scale
    batch_size = 16..256             whole numbers, for both ends are; int:16..1e3 says so, log: and lin: choose the scale
    optimizer = adam,sgd             one of these
    class_weight = none,balanced     none is no value, for an entry that may be left out
    model.width = 0.5,1,2            an argument of the network; optimizer.momentum, augment.rotation likewise

An argument that a trial's optimizer or network does not have is left out of that trial.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.lab.recipe import Recipe

LOG_FROM = 10  # highest / lowest value from which a range is logarithmic by itself
DIGITS = 4  # of a drawn number that count
WHOLE = re.compile(r"[+-]?\d+")
TABLES = {"optimizer": "optimizer_options", "model": "model_options", "augment": "augment"}  # first word -> entry of the recipe
RATE = "learning_rate"
OPTIONAL = [field.name for field in fields(Recipe) if field.default is None]  # entries that may be "none"
COUNTS = [field.name for field in fields(Recipe) if field.type in (int, int | None)]  # entries that are whole numbers
DEFAULT: dict[str, Any] = {RATE: "x0.1..x10", "batch_size": [32, 64, 128, 256], "optimizer": ["adam", "sgd", "rmsprop"]}


@dataclass(frozen=True)
class Choice:
    """One of several values.

    Attributes:
        values: plain values, at least two, all different.
    """

    values: tuple[Any, ...]

    @property
    def ends(self) -> tuple[Any, ...]:
        """The values that stand for all others when a recipe is checked."""
        return self.values

    def plain(self) -> str:
        """What a file keeps, and `parsed` reads."""
        return ",".join("none" if value is None else str(value) for value in self.values)


@dataclass(frozen=True)
class Span:
    """Every number from `low` to `high`.

    Attributes:
        low, high: the ends, both included.
        log: whether the logarithm is drawn evenly, not the number.
        whole: whether only whole numbers are drawn.
        times: whether what is drawn is a factor of the optimizer's own learning rate.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False
    times: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """The values that stand for all others when a recipe is checked."""
        return self.low, self.high

    def plain(self) -> str:
        """What a file keeps, and `parsed` reads.

        Example:
            >>> parsed("learning_rate", "1e-4..1e-2").plain()
            'log:0.0001..0.01'
        """
        x = "x" if self.times else ""
        low, high = (self.low, self.high) if self.whole else (float(self.low), float(self.high))
        return f"{'log' if self.log else 'lin'}:{'int:' if self.whole else ''}{x}{low}..{x}{high}"

    def rounded(self, value: float) -> float:
        """A drawn number with a few digits that count, inside the span.

        Example:
            >>> Span(0.0001, 0.01).rounded(0.00123456), Span(0.00012345, 0.01).rounded(0.00012345)
            (0.001235, 0.00012345)
        """
        return value if self.whole else min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)


def parsed(entry: str, given: Any) -> Choice | Span:
    """What a person wrote behind an entry: text as above, a list of values, or a Choice or Span itself.

    Example:
        >>> parsed("batch_size", "32..64"), parsed("model.width", "0.5,1,2")
        (Span(low=32, high=64, log=False, whole=True, times=False), Choice(values=(0.5, 1, 2)))

    Raises:
        ArgumentError: neither a range nor two different values.
    """
    where = f"vary {entry}"
    if isinstance(given, Span | Choice):
        given = given.plain()  # checked like text, and what a resumed search reads
    if isinstance(given, str) and ".." in given:
        return span(where, given, entry == RATE, entry in COUNTS)
    values = [value_of(word.strip()) for word in given.split(",")] if isinstance(given, str) else given
    if entry in OPTIONAL and isinstance(values, list | tuple):
        values = [None if isinstance(value, str) and value.lower() == "none" else value for value in values]
    plain = str | int | float | None if entry in OPTIONAL else str | int | float
    if not isinstance(values, list | tuple) or not all(isinstance(value, plain) for value in values):
        raise ArgumentError(where, "a range such as '1e-4..1e-2' or a list of values", repr(given))
    if len(set(values)) < 2 or "" in values or any("," in str(value) for value in values):
        raise ArgumentError(where, "a range a..b, or two values or more: a,b", repr(given),
                            "A single value belongs in the recipe.")
    return Choice(tuple(dict.fromkeys(values)))


def span(where: str, text: str, may_multiply: bool, counts: bool) -> Span:
    """A range in text: prefixes, low..high; of what may be written as factors, of what takes whole numbers alone."""
    *prefixes, body = text.replace(" ", "").split(":")
    low_text, _, high_text = body.partition("..")
    times = low_text.startswith("x") and high_text.startswith("x") and may_multiply
    words = [word.removeprefix("x") if times else word for word in (low_text, high_text)]
    try:
        low, high = (float(word) for word in words)
    except ValueError:
        low = high = float("nan")
    wrong = [word for word in prefixes if word not in ("log", "lin", "int")]
    if not -float("inf") < low < high < float("inf") or wrong or {"log", "lin"} <= set(prefixes):
        raise ArgumentError(where, "low..high with low < high, and log:, lin: or int: before it", repr(text))
    whole = "int" in prefixes or all(WHOLE.fullmatch(word) for word in words)
    log = "log" in prefixes or ("lin" not in prefixes and low > 0 and high / low >= LOG_FROM)
    if log and low <= 0:
        raise ArgumentError(where, "a range above 0 for a logarithmic scale", repr(text))
    if whole and (low, high) != (int(low), int(high)):
        raise ArgumentError(where, "whole numbers at both ends", repr(text))
    if counts and not whole and low == int(low) and high == int(high):
        raise ArgumentError(where, "a range of whole numbers", repr(text), f"Write int:{text}, which draws whole numbers alone.")
    return Span(int(low) if whole else low, int(high) if whole else high, log, whole, times)


def value_of(word: str) -> Any:
    """A word as the number, truth value or text that it is.

    Example:
        >>> [value_of(word) for word in ("3", "1e-3", "true", "adam")]
        [3, 0.001, True, 'adam']
    """
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    if WHOLE.fullmatch(word):
        return int(word)
    try:
        return float(word)
    except ValueError:
        return word


def placed(recipe: Recipe, entry: str, value: Any) -> Recipe:
    """The recipe with one entry set, those of its tables named by a dot.

    Example:
        >>> placed(Recipe(), "model.width", 0.5).model_options
        {'width': 0.5}
    """
    first, dot, option = entry.partition(".")
    if not dot:
        return replace(recipe, **{entry: value})
    table = TABLES[first]
    return replace(recipe, **{table: {**getattr(recipe, table), option: value}})


def value_in(table: Mapping[str, Any], entry: str) -> Any:
    """What a recipe, as a plain table, has of an entry; None if nothing.

    Example:
        >>> value_in({"epochs": 3, "model_options": {"width": 0.5}}, "model.width")
        0.5
    """
    first, dot, option = entry.partition(".")
    return table.get(TABLES[first], {}).get(option) if dot else table.get(entry)
