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
        steps: number of all steps: epochs times steps of an epoch; later steps have rate 0. None: those of the `fit` that uses
            it, which fills them in anew each time and forgets them when it ends; with `fit(time_budget=...)` those that fit into
            the time.
        warmup: share of the steps on the way up, in [0, 1).
        start: rate of step 0 as a share of the peak, in [0, 1].
        shape: "linear" or "cosine", the way down.

    Example:
        >>> lr = OneCycle(peak=0.4, steps=100, warmup=0.2, start=0.0)
        >>> lr(0), lr(10), lr(20), lr(60), lr(100)
        (0.0, 0.2, 0.4, 0.2, 0.0)

    With steps=None a time budget that is corrected on the way lays what is left of the cycle over the steps that are left, so
    that the last step has the last rate, however fast the machine was.

    torch's OneCycleLR counts both phases one step shorter, so that its last step has the last rate, and starts at peak / 25.
    Keras has no such schedule.
    """

    def __init__(self, peak, steps=None, warmup=0.3, start=0.04, shape="linear"):
        self.peak = peak
        self.steps = steps
        self.warmup = warmup
        self.start = start
        self.shape = shape
        number("OneCycle(peak)", peak, least=0)
        if steps is not None:
            check_steps("OneCycle(steps)", steps)
        if not is_number(warmup) or not 0 <= warmup < 1:
            raise ArgumentError("OneCycle(warmup)", "a share of the steps in [0, 1)", repr(warmup))
        if not is_number(start) or not 0 <= start <= 1:
            raise ArgumentError("OneCycle(start)", "a share of the peak in [0, 1]", repr(start))
        if shape not in ("linear", "cosine"):
            raise ArgumentError("OneCycle(shape)", "'linear' or 'cosine'", repr(shape))
        self.course: tuple[int, int, float] | None = None  # with steps=None: a step, the last one, share done at the first

    def __call__(self, step):
        step, steps = (step, self.steps) if self.steps is not None else (self.done(step), 1.0)
        top = self.warmup * steps
        if step < top:
            return self.peak * (self.start + (1 - self.start) * step / top)
        p = min(1.0, (step - top) / (steps - top))
        return self.peak * (1 - p) if self.shape == "linear" else self.peak * (1 + math.cos(math.pi * p)) / 2

    def fill(self, step: int, steps: int, done: float = 0.0) -> None:
        """Lays what is left of the cycle, if `done` of it is over, over so many steps from `step` on; `fit` calls it.

        Example:
            >>> lr = OneCycle(peak=0.4, warmup=0.2, start=0.0)
            >>> lr.fill(0, 100)
            >>> lr(20), lr(60)
            (0.4, 0.2)
            >>> lr.fill(60, 20, lr.done(60))                                     # half the time for the rest
            >>> lr(60), round(lr(70), 9), lr(80)
            (0.2, 0.1, 0.0)
        """
        self.course = int(step), int(step) + max(1, int(steps)), float(done)

    def done(self, step: int) -> float:
        """The share of the cycle that is over at a step, in [0, 1]; 0 before a fit has filled its steps in."""
        if self.course is None:
            return 0.0
        first, last, done = self.course
        return min(1.0, done + (1 - done) * max(0, step - first) / (last - first))

    @property
    def waiting(self) -> bool:
        """Whether its steps are still to be filled in by a `fit`; an optimizer's step is refused until then."""
        return self.steps is None and self.course is None
