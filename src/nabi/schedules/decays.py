"""Decays: rates that fall smoothly: exponentially, with the inverse of time, along a polynomial.

    ExponentialDecay:   lr = lr_0 * rate ^ (step / decay_steps)
    InverseTimeDecay:   lr = lr_0 / (1 + rate * step / decay_steps)
    PolynomialDecay:    lr = (lr_0 - lr_end) * (1 - step / decay_steps) ^ power + lr_end

With `staircase=True` step / decay_steps is rounded down, and the curve becomes a stair.
Source: Keras' schedules of the same names.
"""

import math

from nabi.core.numbers import flag, number
from nabi.core.registry import register
from nabi.core.words import text
from nabi.schedules.schedule import Schedule, check_steps


@register("schedule")
class ExponentialDecay(Schedule):
    """The rate shrinks by the same factor over each stretch of `decay_steps`.

        lr = lr_0 * decay_rate ^ (step / decay_steps)

    Args:
        initial_learning_rate: lr_0.
        decay_steps: number of steps after which the rate is lr_0 * decay_rate.
        decay_rate: that factor, usually in (0, 1).
        staircase: round step / decay_steps down.
        name: kept for Keras, unused.

    Example:
        >>> lr = ExponentialDecay(0.1, decay_steps=10, decay_rate=0.25)
        >>> lr(0), lr(5), lr(10)
        (0.1, 0.05, 0.025)
    """

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name="ExponentialDecay"):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = flag(f"{type(self).__name__}(staircase)", staircase)
        self.name = text(f"{type(self).__name__}(name)", name)
        number("ExponentialDecay(initial_learning_rate)", initial_learning_rate, least=0)
        check_steps("ExponentialDecay(decay_steps)", decay_steps)
        number("ExponentialDecay(decay_rate)", decay_rate, least=0)

    def __call__(self, step):
        p = step / self.decay_steps
        p = math.floor(p) if self.staircase else p
        return self.initial_learning_rate * self.decay_rate**p


@register("schedule")
class InverseTimeDecay(Schedule):
    """The rate falls like one over time; what Keras 1 and 2 called `decay=` (with decay_steps 1).

        lr = lr_0 / (1 + decay_rate * step / decay_steps)

    Args:
        initial_learning_rate: lr_0.
        decay_steps: unit in which the steps are counted.
        decay_rate: how fast the denominator grows; at decay_rate 1 the rate is lr_0 / 2 after decay_steps.
        staircase: round step / decay_steps down.
        name: kept for Keras, unused.

    Example:
        >>> lr = InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)
        >>> lr(0), lr(10), lr(30)
        (0.1, 0.05, 0.025)
    """

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False, name="InverseTimeDecay"):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = flag(f"{type(self).__name__}(staircase)", staircase)
        self.name = text(f"{type(self).__name__}(name)", name)
        number("InverseTimeDecay(initial_learning_rate)", initial_learning_rate, least=0)
        check_steps("InverseTimeDecay(decay_steps)", decay_steps)
        number("InverseTimeDecay(decay_rate)", decay_rate, least=0)

    def __call__(self, step):
        p = step / self.decay_steps
        p = math.floor(p) if self.staircase else p
        return self.initial_learning_rate / (1 + self.decay_rate * p)


@register("schedule")
class PolynomialDecay(Schedule):
    """The rate falls from lr_0 to lr_end along a power of the remaining share; power 1 is a straight line.

        lr = (lr_0 - lr_end) * (1 - step / decay_steps) ^ power + lr_end

    Args:
        initial_learning_rate: lr_0.
        decay_steps: the step at which lr_end is reached; later steps stay there.
        end_learning_rate: lr_end.
        power: exponent of the polynomial.
        cycle: instead of staying at lr_end stretch decay_steps to its next multiple that is not below step.
        name: kept for Keras, unused.

    Example:
        >>> lr = PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.0, power=2.0)
        >>> lr(0), lr(5), lr(12)
        (0.5, 0.125, 0.0)
    """

    def __init__(self, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False,
                 name="PolynomialDecay"):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = flag("PolynomialDecay(cycle)", cycle)
        self.name = text(f"{type(self).__name__}(name)", name)
        number("PolynomialDecay(initial_learning_rate)", initial_learning_rate, least=0)
        check_steps("PolynomialDecay(decay_steps)", decay_steps)
        number("PolynomialDecay(end_learning_rate)", end_learning_rate, least=0)
        number("PolynomialDecay(power)", power, above=0)

    def __call__(self, step):
        if self.cycle:
            decay_steps = self.decay_steps * max(1, math.ceil(step / self.decay_steps))
        else:
            step, decay_steps = min(step, self.decay_steps), self.decay_steps
        return (self.initial_learning_rate - self.end_learning_rate) * (1 - step / decay_steps) ** self.power \
            + self.end_learning_rate
