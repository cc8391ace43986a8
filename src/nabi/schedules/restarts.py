"""CosineDecayRestarts: cosine decay that jumps up again and again: warm restarts, SGDR.

    lr = lr_0 * ((1 - alpha) * m_mul^i * (1 + cos(pi * q)) / 2 + alpha)

    i   number of restarts so far;  period i is first_decay_steps * t_mul^i steps long
    q   share of the present period that is over, in [0, 1)

Source: Loshchilov & Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR 2017, equation 5.
"""

import math

from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.core.words import text
from nabi.schedules.schedule import Schedule, check_steps

NEAR = 1e-9  # a restart is not missed because a logarithm was rounded down


@register("schedule")
class CosineDecayRestarts(Schedule):
    """Periods of cosine decay, each t_mul times as long and m_mul times as high as the one before.

        lr = lr_0 * ((1 - alpha) * m_mul^i * (1 + cos(pi * q)) / 2 + alpha)

    Args:
        initial_learning_rate: lr_0, the rate at which the first period begins.
        first_decay_steps: steps of the first period.
        t_mul: how many times longer each period is than the one before, 1 or more.
        m_mul: height of each restart as a share of the one before.
        alpha: rate at a period's end as a share of lr_0, in [0, 1].
        name: kept for Keras, unused.

    Example:
        >>> lr = CosineDecayRestarts(0.1, first_decay_steps=10, m_mul=0.5)
        >>> lr(0), round(lr(5), 3), lr(10), round(lr(20), 4), lr(30)  # periods of 10, 20, 40 steps
        (0.1, 0.05, 0.05, 0.025, 0.025)

    torch's CosineAnnealingWarmRestarts is the same with m_mul 1 and eta_min = alpha * lr_0.
    Keras takes t_mul below 1 too and gives NaN once the shrinking periods have come to their end.
    """

    def __init__(self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name="SGDRDecay"):
        self.initial_learning_rate = number("CosineDecayRestarts(initial_learning_rate)", initial_learning_rate, least=0)
        check_steps("CosineDecayRestarts(first_decay_steps)", first_decay_steps)
        self.first_decay_steps = first_decay_steps
        self.t_mul = number("CosineDecayRestarts(t_mul)", t_mul, least=1)
        self.m_mul = number("CosineDecayRestarts(m_mul)", m_mul, least=0)
        self.alpha = number("CosineDecayRestarts(alpha)", alpha, least=0, most=1)
        self.name = text(f"{type(self).__name__}(name)", name)

    def __call__(self, step):
        i, q = self.place(step / self.first_decay_steps)
        wave = self.m_mul**i * (1 + math.cos(math.pi * q)) / 2
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)

    def place(self, p: float) -> tuple[int, float]:
        """Number of the period and the share of it that is over, p first periods after the start.

        Periods 0 to i - 1 together are 1 + t + ... + t^(i-1) = (t^i - 1) / (t - 1) first periods long.
        """
        t = self.t_mul
        if t == 1:
            i = math.floor(p + NEAR)
            return i, p - i
        i = math.floor(math.log(1 + p * (t - 1)) / math.log(t) + NEAR)
        return i, (p - (t**i - 1) / (t - 1)) / t**i
