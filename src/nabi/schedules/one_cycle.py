"""OneCycle: up to a high peak in a straight line, then down to zero by the last step.

    up:    lr = peak * (start + (1 - start) * step / (warmup * steps))
    down:  lr = peak * (1 - p)                     shape "linear"
           lr = peak * (1 + cos(pi * p)) / 2       shape "cosine",   p = (step - warmup * steps) / (steps - warmup * steps)

Source: Smith & Topin, "Super-convergence", 2018, section 3; Smith, "A disciplined approach to neural network
hyper-parameters: part 1", 2018, section 4. Theirs falls back to the first rate before it drops to zero; this one goes straight.
"""

import math

from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_number, number
from nabi.core.registry import register
from nabi.schedules.schedule import Schedule, check_steps


@register("schedule")
class OneCycle(Schedule):
    """One rise and one fall over the whole training: the schedule of most fast recipes.

        up for the first `warmup` of all steps, then down to 0 in a straight line or along a cosine

    Args:
        peak: the highest rate; often 5 to 10 times what is best as a constant.
        steps: number of all steps: epochs times steps of an epoch; later steps have rate 0.
        warmup: share of the steps on the way up, in [0, 1).
        start: rate of step 0 as a share of the peak, in [0, 1].
        shape: "linear" or "cosine", the way down.

    Example:
        >>> lr = OneCycle(peak=0.4, steps=100, warmup=0.2, start=0.0)
        >>> lr(0), lr(10), lr(20), lr(60), lr(100)
        (0.0, 0.2, 0.4, 0.2, 0.0)

    torch's OneCycleLR counts both phases one step shorter, so that its last step has the last rate, and starts at peak / 25.
    Keras has no such schedule.
    """

    def __init__(self, peak, steps, warmup=0.3, start=0.04, shape="linear"):
        self.peak = peak
        self.steps = steps
        self.warmup = warmup
        self.start = start
        self.shape = shape
        number("OneCycle(peak)", peak, least=0)
        check_steps("OneCycle(steps)", steps)
        if not is_number(warmup) or not 0 <= warmup < 1:
            raise ArgumentError("OneCycle(warmup)", "a share of the steps in [0, 1)", repr(warmup))
        if not is_number(start) or not 0 <= start <= 1:
            raise ArgumentError("OneCycle(start)", "a share of the peak in [0, 1]", repr(start))
        if shape not in ("linear", "cosine"):
            raise ArgumentError("OneCycle(shape)", "'linear' or 'cosine'", repr(shape))

    def __call__(self, step):
        top = self.warmup * self.steps
        if step < top:
            return self.peak * (self.start + (1 - self.start) * step / top)
        p = min(1.0, (step - top) / (self.steps - top))
        return self.peak * (1 - p) if self.shape == "linear" else self.peak * (1 + math.cos(math.pi * p)) / 2
