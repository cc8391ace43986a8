"""Stairs: rates that stay constant for a while and then drop.

    PiecewiseConstantDecay:  lr = values[i]  where i = number of boundaries below step
    StepDecay:               lr = lr_0 * factor ^ floor(step / every)

Source: Keras' PiecewiseConstantDecay; torch.optim.lr_scheduler.StepLR.
"""

from collections.abc import Iterable

from nabi.core.errors import ArgumentError
from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.core.words import text
from nabi.schedules.schedule import Schedule, check_steps


@register("schedule")
class PiecewiseConstantDecay(Schedule):
    """One value for each interval between boundaries; a boundary itself still belongs to the interval before it.

        lr = values[0] for step <= boundaries[0], values[1] for step <= boundaries[1], ..., else values[-1]

    Args:
        boundaries: steps in rising order.
        values: rates, one more than there are boundaries.
        name: kept for Keras, unused.

    Example:
        >>> lr = PiecewiseConstantDecay([100, 110], [1.0, 0.5, 0.1])
        >>> lr(100), lr(101), lr(111)
        (1.0, 0.5, 0.1)

    Raises:
        ArgumentError: the numbers of boundaries and values do not fit, or the boundaries do not rise.
    """

    def __init__(self, boundaries, values, name="PiecewiseConstant"):
        self.boundaries = self.listed("boundaries", boundaries)
        self.values = self.listed("values", values)
        self.name = text(f"{type(self).__name__}(name)", name)
        if len(self.values) != len(self.boundaries) + 1:
            raise ArgumentError("PiecewiseConstantDecay(values)", f"{len(self.boundaries) + 1} values, one more than boundaries",
                                f"{len(self.values)}: {self.values}")
        if any(a >= b for a, b in zip(self.boundaries, self.boundaries[1:], strict=False)):
            raise ArgumentError("PiecewiseConstantDecay(boundaries)", "steps in rising order", self.boundaries)

    def listed(self, argument: str, given) -> list:
        """A list of numbers, 0 or more."""
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise ArgumentError(f"PiecewiseConstantDecay({argument})", "a list of numbers", repr(given))
        return [number(f"PiecewiseConstantDecay({argument})", value, least=0) for value in given]

    def __call__(self, step):
        return float(self.values[sum(step > b for b in self.boundaries)])


@register("schedule")
class StepDecay(Schedule):
    """The rate is multiplied by a factor after every so many steps.

        lr = lr_0 * factor ^ floor(step / every)

    Args:
        initial_learning_rate: lr_0.
        factor: what the rate is multiplied by; 0.5 halves it.
        every: number of steps on one stair; epochs times steps of an epoch.

    Example:
        >>> lr = StepDecay(0.1, factor=0.5, every=10)
        >>> lr(9), lr(10), lr(20)
        (0.1, 0.05, 0.025)

    Source: torch's StepLR(gamma=factor, step_size=every); Keras' ExponentialDecay(staircase=True) is the same function.
    """

    def __init__(self, initial_learning_rate, factor, every):
        self.initial_learning_rate = initial_learning_rate
        self.factor = factor
        self.every = every
        number("StepDecay(initial_learning_rate)", initial_learning_rate, least=0)
        number("StepDecay(factor)", factor, least=0)
        check_steps("StepDecay(every)", every)

    def __call__(self, step):
        return self.initial_learning_rate * self.factor ** (step // self.every)
