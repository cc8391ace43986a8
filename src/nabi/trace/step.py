"""Step: what the arithmetic of a number is told in, plain data: lines, tables of what was added up or compared, arrays.

    Line    name = formula = numbers = value        y = max(0, z) = max(0, -3) = 0
    Table   columns of equal length                 place, x, w, x w: one row for each product of a sum
    Reads   the numbers of one input that it was made of, by their places: the way back
"""

from dataclasses import dataclass, field

import numpy as np

from nabi.trace.numbers import show


@dataclass(frozen=True)
class Line:
    """One line of arithmetic.

    Example:
        >>> print(Line("z", "sum + b", "11 + 1", 12.0))
        z = sum + b = 11 + 1 = 12
    """

    name: str
    formula: str
    numbers: str
    value: float

    def __str__(self):
        said = list(dict.fromkeys(part for part in (self.formula, self.numbers, show(self.value)) if part))
        return " = ".join([self.name, *said])


def lines_text(lines: tuple[Line, ...]) -> str:
    """Lines of arithmetic; numbers that are only given stand side by side.

    Example:
        >>> print(lines_text((Line("w", "", "", 2.0), Line("lr", "", "", 0.1), Line("w", "w - lr g", "2 - 0.1*5", 1.5))))
        w = 2, lr = 0.1
        w = w - lr g = 2 - 0.1*5 = 1.5
    """
    said, given = [], []
    for line in lines:
        if not (line.formula or line.numbers):
            given.append(str(line))
            continue
        said += [", ".join(given), str(line)] if given else [str(line)]
        given = []
    return "\n".join([*said, ", ".join(given)] if given else said)


@dataclass(frozen=True)
class Table:
    """What is added up or compared, row by row.

    Attributes:
        columns: name -> n numbers, or n places (n, axes).
        marked: rows that stand out: the largest of a window, the class that is asked about.
        inside: which rows are numbers of the input; the others are padding.
    """

    columns: dict[str, np.ndarray]
    marked: tuple[int, ...] = ()
    inside: np.ndarray | None = None

    def __len__(self):
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class Reads:
    """The numbers of one input that a number was made of.

    Attributes:
        number: which input of the layer.
        places: (n, axes), without the sample.
        sample: of which sample.
    """

    number: int
    places: np.ndarray
    sample: int = 0


@dataclass(frozen=True)
class Told:
    """What the arithmetic of a layer says about one of its numbers.

    Attributes:
        value: the number, from the lines below and not from the layer.
        lines, tables: how it came about.
        arrays: the same by name as arrays in their own shapes: window, kernel, products, ...
        reads: where its inputs came from.
        note: a sentence, a key of `nabi.trace.words`, where there is something to be said.
    """

    value: float
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    reads: tuple[Reads, ...] = ()
    note: str = ""
