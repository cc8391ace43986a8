"""Schedule-free AdamW: no schedule is needed, since what is tested is the mean of all steps so far.

    v = b2 v + (1 - b2) g^2
    z = z - lr min(t / warmup_steps, 1) g / (sqrt(v / (1 - b2^t)) + eps)
    x = (w - (1 - b1) z) / b1                                    the mean so far, found again
    x = (1 - 1/t) x + z / t
    w = (1 - b1) z + b1 x                                        where the next gradient is taken; z begins at w

The paper finds the mean by the z before the step. Keras means to, and on TensorFlow and torch reads z after it; so does nabi,
that a script gives the same numbers.
Source: Defazio et al., "The road less scheduled", 2024, algorithm 1; Keras 3, optimizers/schedule_free_adamw.py.
"""

from nabi.core.numbers import whole
from nabi.kernels.math import sqrt
from nabi.optimizers import Optimizer, checks


class ScheduleFreeAdamW(Optimizer):
    """AdamW on a mean of its own steps.

        z = z - lr g / (sqrt(v / (1 - b2^t)) + eps)
        w = (1 - b1) z + b1 ((1 - 1/t) x + z / t)

    Args:
        learning_rate: lr.
        beta_1: b1 in (0, 1], how far w stands from z towards the mean x.
        beta_2: b2 in [0, 1).
        epsilon: eps, above 0.
        warmup_steps: steps in which lr grows from 0.
        options: see `Optimizer`.

    Example:
        >>> import torch
        >>> w, g, z, v = torch.tensor([[1.0], [2.0], [1.0], [0.0]])
        >>> made = ScheduleFreeAdamW.formula(w, g, z, v, 0.5, b1=0.5, b2=0.75, eps=1e-8, fix=0.25, c=1, warm=1)
        >>> made[0].item()  # 1 - 0.5 * 2 / 2
        0.5
    """

    slots = ("z", "v")

    def __init__(self, learning_rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0, **options):
        super().__init__(learning_rate, **options)
        self.beta_1 = checks.share_above_0("ScheduleFreeAdamW(beta_1)", beta_1)
        self.beta_2 = checks.kept_share("ScheduleFreeAdamW(beta_2)", beta_2)
        self.epsilon = checks.epsilon("ScheduleFreeAdamW(epsilon)", epsilon)
        self.warmup_steps = whole("ScheduleFreeAdamW(warmup_steps)", warmup_steps, least=0)

    def make_span(self, w, g, segments, copy=None, rate=1.0, decay=True):
        span = super().make_span(w, g, segments, copy, rate, decay)
        span.slots["z"].copy_(w)
        return span

    @staticmethod
    def formula(w, g, z, v, lr, b1, b2, eps, fix, c, warm):
        v = b2 * v + (1 - b2) * g**2
        z = z - lr * warm * g / (sqrt(v / fix) + eps)
        x = (w - (1 - b1) * z) / b1
        x = (1 - c) * x + c * z
        return (1 - b1) * z + b1 * x, z, v

    def numbers(self, step):
        warm = min(step / self.warmup_steps, 1.0) if self.warmup_steps else 1.0
        return self.beta_1, self.beta_2, self.epsilon, 1 - self.beta_2**step, 1 / step, warm
