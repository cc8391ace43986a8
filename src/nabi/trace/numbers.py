"""Numbers as a trace writes them: whole ones whole, others with six digits; sums of products as on a blackboard.

    show(12.0)  12        show(0.1 + 0.2)  0.3        products([1, 0], [3, 2])  1*3 + 0*2
"""

from collections.abc import Iterable

import numpy as np

FEW = 12  # products that are written out in one line


def show(value: object, digits: int = 6) -> str:
    """A number with so many digits.

    Example:
        >>> show(12.0), show(0.30000000000000004), show(-1.5), show(123456789.0), show(1e-9)
        ('12', '0.3', '-1.5', '123456789', '1e-09')
    """
    if isinstance(value, (bool, np.bool_)):
        return "1" if value else "0"
    number = float(value)  # type: ignore[arg-type]
    if number == 0:
        return "0"
    return str(int(number)) if number.is_integer() and abs(number) < 1e12 else f"{number:.{digits}g}"


def bracketed(value: float) -> str:
    """A number as a factor or summand: negative ones in brackets.

    Example:
        >>> bracketed(-2.0), bracketed(3.0)
        ('(-2)', '3')
    """
    text = show(value)
    return f"({text})" if text.startswith("-") else text


def plus(values: Iterable[float]) -> str:
    """`1 + (-2) + 3`; nothing where they are too many to be read.

    Example:
        >>> plus([1.0, -2.0, 3.0])
        '1 + (-2) + 3'
    """
    values = list(values)
    return " + ".join(map(bracketed, values)) if len(values) <= FEW else ""


def products(x: Iterable[float], w: Iterable[float]) -> str:
    """`1*3 + 0*2`; nothing where they are too many to be read.

    Example:
        >>> products([1.0, 0.0], [3.0, -2.0])
        '1*3 + 0*(-2)'
    """
    pairs = list(zip(x, w, strict=True))
    return " + ".join(f"{bracketed(a)}*{bracketed(b)}" for a, b in pairs) if len(pairs) <= FEW else ""


def place_text(place: Iterable[int]) -> str:
    """`(1, 0, 2)`, also for one axis."""
    return "(" + ", ".join(str(int(n)) for n in place) + ")"
