"""Rates: the learning rate with which each optimizer enters a race, and a sweep over rates: too small, right, too large.

The rates of a race are those of the grid 1, 2, 5, 10, ... at which 500 steps bring the optimizer furthest without throwing it out
of the picture (`sweep` shows the grid). Two are chosen for what they show: SGD has the lectures' 0.1 on the long valley, and
0.09 on the quadratic, where it zig-zags. Adadelta's are large: its step sizes begin near 0 and grow for hundreds of steps.
Those on networks are the ones of the same grid with the lowest loss after 200 steps on the embedded digits.
"""

from math import floor, log10
from typing import Any

from nabi import optimizers
from nabi.core.errors import ArgumentError, UnknownName, did_you_mean
from nabi.core.numbers import number
from nabi.core.registry import names
from nabi.optimizers import Optimizer

NINE = ("SGD", "Momentum", "NAG", "Adagrad", "Adadelta", "RMSprop", "Adam", "Adamax", "Nadam")
RATES: dict[str, dict[str, float]] = {function: dict(zip(NINE, rates, strict=True)) for function, rates in {
    "beale": (0.02, 0.005, 0.005, 1.0, 50.0, 0.05, 0.2, 0.5, 0.2),
    "long-valley": (0.1, 0.1, 0.1, 0.2, 10.0, 0.02, 0.05, 0.05, 0.05),
    "rosenbrock": (0.002, 0.001, 0.001, 1.0, 5.0, 0.01, 0.2, 0.5, 0.1),
    "himmelblau": (0.01, 0.005, 0.005, 0.5, 20.0, 0.05, 0.2, 0.2, 0.2),
    "saddle": (0.1, 0.05, 0.05, 0.2, 10.0, 0.05, 0.05, 0.05, 0.05),
    "quadratic": (0.09, 0.02, 0.02, 1.0, 20.0, 0.1, 0.2, 0.2, 0.2),
}.items()}  # fmt: skip
NET_RATES: dict[str, dict[str, float]] = {net: dict(zip(NINE, rates, strict=True)) for net, rates in {
    "mlp": (0.5, 0.1, 0.1, 0.2, 10.0, 0.01, 0.01, 0.02, 0.01),
    "lecture-cnn": (0.2, 0.02, 0.05, 0.1, 5.0, 0.005, 0.01, 0.01, 0.005),
    "softmax": (0.5, 0.1, 0.2, 0.5, 10.0, 0.02, 0.02, 0.02, 0.02),
}.items()}  # fmt: skip
LIKE = {"AdamW": "Adam", "AMSGrad": "Adam"}  # the same rate


def entered(function: str, optimizer: Any, learning_rate: float | None = None) -> Optimizer:
    """The optimizer that runs: an instance as it is; a name with its rate in the race, "adam:0.1" with its own.

    Args:
        function: name of the function.
        optimizer: an instance, a config, a name, or name:rate.
        learning_rate: for names without one.

    Example:
        >>> entered("beale", "adam").learning_rate, entered("beale", "sgd:0.001").learning_rate
        (0.2, 0.001)

    Raises:
        UnknownName: no optimizer of this name.
        ArgumentError: a rate that is no number above 0; neither a name nor an optimizer.
    """
    if not isinstance(optimizer, str):
        found = optimizers.get(optimizer)
        if found is None:
            raise ArgumentError("race(optimizers)", "names or optimizers", repr(optimizer), f"For example {', '.join(NINE[:3])}.")
        return found
    name, _, rate = optimizer.strip().partition(":")
    if name.lower() not in names("optimizer"):
        raise UnknownName("race(optimizers)", "names of optimizers, or all", repr(name), did_you_mean(name.lower(), known()))
    made = optimizers.get(name)
    usual = (RATES | NET_RATES).get(function, {})
    kind = type(made).__name__
    if rate:
        try:
            learning_rate = float(rate)
        except ValueError:
            raise ArgumentError(f"race(optimizers), {name}", "name:rate with a number", repr(optimizer),
                                "For example adam:0.1.") from None
    elif learning_rate is None:
        learning_rate = usual.get(LIKE.get(kind, kind), made.learning_rate)
    made.learning_rate = number(f"race(optimizers), the rate of {name}", learning_rate, above=0)
    return made


def known() -> list[str]:
    """The names that optimizers are entered by."""
    return [name.lower() for name in optimizers.__all__ if name.lower() in names("optimizer")]


def grid(middle: float, decades: int = 2) -> list[float]:
    """Rates of the grid 1, 2, 5, 10, ..., so many powers of ten to both sides.

    Example:
        >>> grid(0.1, 1)
        [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    """
    base = floor(log10(middle) + 1e-9)
    return [float(f"{m}e{k}") for k in range(base - decades, base + decades) for m in (1, 2, 5)] + [float(f"1e{base + decades}")]
