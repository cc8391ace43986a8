"""Functions of two variables on which optimizers race: each with its gradient, minima, start and the part of the plane to show.

    beale        (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2      steep walls round a flat plain
    long-valley  (x^2 - 4)^2 / 160 + 2 y^2                             nearly flat one way, and a saddle on its floor
    rosenbrock   (1 - x)^2 + 100 (y - x^2)^2                                           a bent valley
    himmelblau   (x^2 + y - 11)^2 + (x + y^2 - 7)^2                                    four minima
    saddle       x^2 + (y^2 - 1)^2 / 4                                                 downhill only to the sides
    quadratic    (x^2 + 20 y^2) / 2                                                    a bowl, 20 times as steep one way

All are 0 at their minima. Formulas take numbers or arrays.
Source: Beale, 1958; Rosenbrock, "An automatic method for finding the greatest or least value of a function", 1960; Himmelblau,
"Applied nonlinear programming", 1972; the long valley and the saddle after A. Radford's animations, 2014.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nabi.core.errors import ArgumentError, UnknownName, did_you_mean


@dataclass(frozen=True)
class Function:
    """A function of two variables.

    Attributes:
        name: as on the command line.
        formula: as text.
        value: (x, y) -> f.
        gradient: (x, y) -> (df/dx, df/dy).
        minima: the places where f is 0.
        start: where a race begins.
        box: (left, right, bottom, top), the part of the plane that is shown.
        saddles: places where the gradient is 0 and f falls to two sides, as far as they are to be shown.
    """

    name: str
    formula: str
    value: Callable[[Any, Any], Any]
    gradient: Callable[[Any, Any], tuple[Any, Any]]
    minima: tuple[tuple[float, float], ...]
    start: tuple[float, float]
    box: tuple[float, float, float, float]
    saddles: tuple[tuple[float, float], ...] = ()


def beale(x, y):
    """Beale's function: minimum 0 at (3, 0.5), a plain round it and steep walls behind."""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def beale_gradient(x, y):
    """(df/dx, df/dy) of `beale`."""
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    return (2 * (a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1)), 2 * x * (a + 2 * b * y + 3 * c * y**2))


def long_valley(x, y):
    """A valley along x whose floor has a saddle at 0 and minima at -2 and 2."""
    return (x**2 - 4) ** 2 / 160 + 2 * y**2


def long_valley_gradient(x, y):
    """(df/dx, df/dy) of `long_valley`."""
    return x * (x**2 - 4) / 40, 4 * y


def rosenbrock(x, y):
    """Rosenbrock's bent valley: minimum 0 at (1, 1)."""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def rosenbrock_gradient(x, y):
    """(df/dx, df/dy) of `rosenbrock`."""
    return -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)


def himmelblau(x, y):
    """Himmelblau's function: four minima of 0."""
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def himmelblau_gradient(x, y):
    """(df/dx, df/dy) of `himmelblau`."""
    a, b = x**2 + y - 11, x + y**2 - 7
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


def saddle(x, y):
    """Falls to both sides of the x axis, to minima of 0 at (0, -1) and (0, 1)."""
    return x**2 + (y**2 - 1) ** 2 / 4


def saddle_gradient(x, y):
    """(df/dx, df/dy) of `saddle`."""
    return 2 * x, y * (y**2 - 1)


def quadratic(x, y):
    """A bowl with curvature 1 along x and 20 along y: gradient descent needs a rate below 2 / 20."""
    return (x**2 + 20 * y**2) / 2


def quadratic_gradient(x, y):
    """(df/dx, df/dy) of `quadratic`."""
    return x, 20 * y


FUNCTIONS = {function.name: function for function in (
    Function("beale", "(1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²", beale, beale_gradient,
             ((3.0, 0.5),), (1.0, 1.5), (-0.5, 4.3, -2.1, 2.1)),
    Function("long-valley", "(x² - 4)² / 160 + 2y²", long_valley, long_valley_gradient,
             ((-2.0, 0.0), (2.0, 0.0)), (0.001, 0.9), (-0.9, 3.1, -1.15, 1.15), ((0.0, 0.0),)),
    Function("rosenbrock", "(1 - x)² + 100(y - x²)²", rosenbrock, rosenbrock_gradient,
             ((1.0, 1.0),), (-1.2, 1.0), (-1.8, 1.8, -0.8, 2.2)),
    Function("himmelblau", "(x² + y - 11)² + (x + y² - 7)²", himmelblau, himmelblau_gradient,
             ((3.0, 2.0), (-2.8051180869527448, 3.1313125182505730), (-3.7793102533777469, -3.2831859912861694),
              (3.5844283403304917, -1.8481265269644036)), (0.0, -1.0), (-5.5, 5.5, -5.0, 5.0)),
    Function("saddle", "x² + (y² - 1)² / 4", saddle, saddle_gradient,
             ((0.0, 1.0), (0.0, -1.0)), (-1.5, 0.01), (-1.9, 1.5, -1.3, 1.6), ((0.0, 0.0),)),
    Function("quadratic", "(x² + 20y²) / 2", quadratic, quadratic_gradient,
             ((0.0, 0.0),), (-4.0, 1.0), (-4.6, 2.6, -1.7, 1.7)),
)}  # fmt: skip


def get(function: "str | Function") -> Function:
    """A function by its name, or itself; underscores do for hyphens.

    Example:
        >>> get("long_valley").value(2.0, 0.5), get("quadratic").gradient(3.0, 0.5)
        (0.5, (3.0, 10.0))

    Raises:
        UnknownName: no such function.
        ArgumentError: neither a name nor a Function.
    """
    if isinstance(function, Function):
        return function
    if not isinstance(function, str):
        raise ArgumentError("race(function)", "a name or a race.Function", repr(function), f"Known: {', '.join(FUNCTIONS)}.")
    name = function.strip().lower().replace("_", "-")
    if name not in FUNCTIONS:
        raise UnknownName("race(function)", f"one of {', '.join(FUNCTIONS)}", repr(function), did_you_mean(name, FUNCTIONS))
    return FUNCTIONS[name]
