"""Adafactor: Adam's second moment of a matrix from the means of its rows and columns; steps relative to the weight.

    r = b r + (1 - b) mean over columns of (g^2 + eps1)       c likewise over rows       b = 1 - t^beta_2_decay
    v = r c / mean of r                                       of vectors: v = b v + (1 - b) (g^2 + eps1)
    u = g / sqrt(v)                                           u = u / max(1, rms(u) / clip_threshold)
    w = w - max(eps2, rms(w)) min(lr, 1 / sqrt(t)) u

r and c are kept as wide as the weight, so that every slot is one more vector like it; of a kernel with more axes the last two are
factored. Source: Shazeer & Stern, "Adafactor", 2018, algorithms 4 and 5; Keras 3, optimizers/adafactor.py.
"""

import math

import torch

from nabi.as_keras.steps.shaped import Shaped
from nabi.core.numbers import flag, number
from nabi.optimizers import checks


class Adafactor(Shaped):
    """Second moments by rows and columns.

        u = g / sqrt(r c / mean of r)
        w = w - max(eps2, rms(w)) min(lr, 1 / sqrt(t)) u / max(1, rms(u) / clip_threshold)

    Args:
        learning_rate: lr, an upper bound.
        beta_2_decay: exponent of b = 1 - t^beta_2_decay, below 0.
        epsilon_1, epsilon_2: eps1 and eps2, above 0.
        clip_threshold: root mean square that u may have.
        relative_step: accepted; the rate is bounded by 1 / sqrt(t) in any case, as Keras' formula has it.
        options: see `Optimizer`.
    """

    slots = ("r", "c", "v")

    def __init__(self, learning_rate=0.001, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=1e-3, clip_threshold=1.0,
                 relative_step=True, **options):
        super().__init__(learning_rate, **options)
        self.beta_2_decay = number("Adafactor(beta_2_decay)", beta_2_decay, most=0)
        self.epsilon_1 = checks.epsilon("Adafactor(epsilon_1)", epsilon_1)
        self.epsilon_2 = checks.epsilon("Adafactor(epsilon_2)", epsilon_2)
        self.clip_threshold = checks.epsilon("Adafactor(clip_threshold)", clip_threshold)
        self.relative_step = flag("Adafactor(relative_step)", relative_step)

    def step_of(self, w, g, slots, lr, *numbers):
        (r, c, v), (b, bound) = slots, numbers
        square = g**2 + self.epsilon_1
        if w.ndim >= 2:
            r.mul_(b).add_((1 - b) * square.mean(-1, keepdim=True))
            c.mul_(b).add_((1 - b) * square.mean(-2, keepdim=True))
            v.copy_(r / r.mean(-2, keepdim=True) * c)
        else:
            v.mul_(b).add_((1 - b) * square)
        u = g / torch.sqrt(v)
        u = u / torch.clamp(rms(u) / self.clip_threshold, min=1.0)
        w.sub_(torch.clamp(rms(w), min=self.epsilon_2) * min(lr, bound) * u)

    def numbers(self, step):
        return 1 - step**self.beta_2_decay, 1 / math.sqrt(step)


def rms(x: torch.Tensor) -> torch.Tensor:
    """Root mean square of all numbers."""
    return torch.sqrt(torch.mean(x**2))
