"""CosineDecay: half a cosine wave from the first rate to the last, after an optional straight warm-up.

    warm-up:  lr = lr_0 + (lr_top - lr_0) * step / warmup_steps
    decay:    lr = lr_top * ((1 - alpha) * (1 + cos(pi * s / decay_steps)) / 2 + alpha),  s = step - warmup_steps

Source: Loshchilov & Hutter, "SGDR", ICLR 2017, equation 5 (one period); warm-up: Goyal et al., 2017, section 2.2.
"""

import math

from nabi.core.errors import ArgumentError
from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.core.words import text
from nabi.schedules.schedule import Schedule, check_steps


@register("schedule")
class CosineDecay(Schedule):
    """Slow start, quick middle, slow end: the rate follows half a cosine wave.

        lr = lr_top * ((1 - alpha) * (1 + cos(pi * s / decay_steps)) / 2 + alpha)

    Args:
        initial_learning_rate: rate at step 0; it is lr_top where there is no warm-up.
        decay_steps: number of steps of the decay, warm-up not counted; later steps stay at alpha * lr_top.
        alpha: last rate as a share of lr_top, in [0, 1].
        name: kept for Keras, unused.
        warmup_target: lr_top, reached along a straight line; None leaves the warm-up out.
        warmup_steps: number of steps of the warm-up.

    Example:
        >>> lr = CosineDecay(0.0, decay_steps=100, warmup_target=0.1, warmup_steps=10)
        >>> lr(0), lr(5), lr(10), round(lr(60), 3), lr(110)
        (0.0, 0.05, 0.1, 0.05, 0.0)

    Raises:
        ArgumentError: decay_steps is not above 0, or warmup_steps stands without warmup_target (Keras ignores it then).
    """

    def __init__(self, initial_learning_rate, decay_steps, alpha=0.0, name="CosineDecay", warmup_target=None, warmup_steps=0):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = text(f"{type(self).__name__}(name)", name)
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps
        number("CosineDecay(initial_learning_rate)", initial_learning_rate, least=0)
        check_steps("CosineDecay(decay_steps)", decay_steps)
        number("CosineDecay(alpha)", alpha, least=0, most=1)
        number("CosineDecay(warmup_target)", 0 if warmup_target is None else warmup_target, least=0)
        number("CosineDecay(warmup_steps)", warmup_steps, least=0)
        if warmup_steps and warmup_target is None:
            raise ArgumentError("CosineDecay(warmup_target)", "the rate at the end of the warm-up", None,
                                f"Without it the {warmup_steps} warmup_steps have no aim.")

    def __call__(self, step):
        lr_0, lr_top, warmup_steps = self.initial_learning_rate, self.warmup_target, self.warmup_steps
        if lr_top is None:
            lr_top, warmup_steps = lr_0, 0
        if step < warmup_steps:
            return lr_0 + (lr_top - lr_0) * step / warmup_steps
        s = min(step - warmup_steps, self.decay_steps)
        return lr_top * ((1 - self.alpha) * (1 + math.cos(math.pi * s / self.decay_steps)) / 2 + self.alpha)
