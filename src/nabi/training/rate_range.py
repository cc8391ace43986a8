"""Range test: at which learning rates does this model learn from these data? A short run on a copy, the rate rising all along.

    rate_k = start (stop / start)^(k / (steps - 1))        one step of training at each, k = 0 ... steps - 1
    s_k    = (1 - b) sum_{i <= k} b^(k - i) L_i / (1 - b^(k + 1))        its loss, smoothed with b = 0.9

Too small a rate leaves the loss where it is, a good one brings it down fast, too large a one throws it up. `rate` is where s
falls fastest with log rate, before its lowest point; a one-cycle schedule may take it as its largest rate.

Where a model has learned its data already, no rate brings the loss down, and where noise falls fastest says nothing. So the loss
must fall by more than noise does: with L' the mean of the first m steps, a tenth of all, and e the noise of a step's loss,

    e^2 = mean of (L_{k-1} - 2 L_k + L_{k+1})^2 / 6        which a straight fall leaves out
    falls:   L' - min s > 4 e sqrt(1/m + (1 - b)/(1 + b))        the deviation of a mean of m, and of s itself

Else `steady` is the last rate before s leaves L' upwards, and `rate` a tenth of that, at which training may go on. The run ends
where s is 4 times its lowest and above L' by more than noise, since the batches of a trained model differ by more than 4 times.
Source: Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3; the smoothing as in Adam's means.
"""

import copy
import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from nabi.core import random
from nabi.core.errors import ArgumentError, DataError
from nabi.core.language import say
from nabi.core.numbers import is_number
from nabi.core.registry import lookup, register
from nabi.data import ArrayFeed, Batch
from nabi.training import feeding
from nabi.training.nonfinite import NonFinite

SMOOTH = 0.9
LEFT_OUT, WIDE = 10, 20  # the first tenth is noise: few batches make its means; the fall is read over a twentieth to each side
CLEAR = 4.0  # deviations that a fall must have; of digits, a small CNN had 4.7 to 37 before training, at most 2.5 after an epoch
BELOW = 10.0  # times the rate that is just steady
ENOUGH, LEAST = 4.0, 10  # the run ends where the smoothed loss is so many times its lowest, no earlier than after so many steps
FIRST = 6  # steps whose mean is the loss at the beginning, if these are no more than a fifth of all

WORDS: dict[str, tuple[str, str]] = {
    "tried": ("(tried: {first} to {last})", "(시험한 범위: {first} ~ {last})"),
    "falls": (
        "learning rate {rate}: there the loss falls fastest; lowest at {lowest} {tried}",
        "학습률 {rate}에서 손실이 가장 빠르게 줄어듭니다. 손실은 {lowest}에서 가장 작습니다 {tried}",
    ),
    "flat": (
        "the loss neither falls clearly nor rises {tried}: try more steps, and larger rates by stop=...",
        "손실이 뚜렷이 줄지도 늘지도 않습니다 {tried}. steps를 늘리고 stop=...으로 더 큰 학습률까지 시험해 보십시오",
    ),
    "learned": (
        "the loss falls at no learning rate clearly, and above {steady} it rises {tried}: has the model learned these data\n"
        "already? To train on, take at most {rate}. For a range test, take the model as it was before training.",
        "어느 학습률에서도 손실이 뚜렷이 줄지 않고 {steady}보다 크면 늘어납니다 {tried}. 이미 배운 데이터인지 확인하십시오.\n"
        "이어서 학습하려면 학습률을 {rate} 이하로 하십시오. 학습률 범위는 학습하기 전의 모델로 시험하십시오.",
    ),
}


class RangeTest:
    """What a range test found.

    Attributes:
        rates: the learning rates, and `losses`, `smoothed`: the loss at each.
        rate: where the smoothed loss falls fastest; where it does not fall, a tenth of `steady`.
        falls: whether it falls clearly at any rate; it does not if the model has learned these data already.
        steady: the largest rate before the loss rises for good. `lowest`: where it is lowest.
        diverged: whether the run ended early, because the loss rose, to four times its lowest, or was no number.

    Example:
        >>> found = RangeTest([0.1, 1.0, 10.0], [2.0, 0.5, 3.0], [2.0, 1.0, 2.0])
        >>> found
        learning rate 0.1: there the loss falls fastest; lowest at 1 (tried: 0.1 to 10)
        >>> RangeTest([0.1, 1.0, 10.0], [0.5, 0.5, 3.0], [0.5, 0.5, 1.4])
        the loss falls at no learning rate clearly, and above 1 it rises (tried: 0.1 to 10): has the model learned these data
        already? To train on, take at most 0.1. For a range test, take the model as it was before training.
    """

    def __init__(self, rates: list[float], losses: list[float], smoothed: list[float], diverged: bool = False):
        self.rates, self.losses, self.smoothed, self.diverged = rates, losses, smoothed, diverged

    @property
    def lowest(self) -> float:
        """The rate at which the smoothed loss was lowest."""
        return self.rates[int(np.argmin(self.smoothed))]

    @property
    def level(self) -> tuple[float, float, int]:
        """The mean loss of the first steps, the deviation of one step's loss, and how many steps are the first."""
        losses = np.asarray(self.losses)
        first = max(1, len(losses) // LEFT_OUT, min(FIRST, len(losses) // 5))
        bends = np.diff(losses[:max(3, len(losses) // 2, int(np.argmin(self.smoothed)) + 1)], 2)
        few = len(losses) < LEFT_OUT  # too few to tell noise
        return float(losses[:first].mean()), 0.0 if few else float(np.sqrt((bends ** 2).mean() / 6)), first

    @property
    def falls(self) -> bool:
        """Whether the loss falls by more than noise does."""
        mean, noise, first = self.level
        fall = mean - min(self.smoothed[first:], default=mean)
        return fall > CLEAR * noise * math.sqrt(1 / first + (1 - SMOOTH) / (1 + SMOOTH))

    @property
    def bound(self) -> float:
        """The smoothed loss above which it has risen, by more than noise."""
        mean, noise, first = self.level
        return mean + CLEAR * noise * math.sqrt((1 - SMOOTH) / (1 + SMOOTH))

    @property
    def rises(self) -> bool:
        """Whether the loss rises for good within the rates."""
        return self.diverged or self.steady < self.rates[-1]

    @property
    def steady(self) -> float:
        """The largest rate before the smoothed loss rises for good."""
        under = np.flatnonzero(np.asarray(self.smoothed) <= self.bound)
        return self.rates[int(under[-1]) if len(under) else 0]

    @property
    def rate(self) -> float:
        """Where the smoothed loss falls fastest; a tenth of `steady` if it does not fall, but no less than was tried."""
        if not self.falls:
            return max(min(self.steady, self.lowest if not self.rises else math.inf) / BELOW, self.rates[0])
        s, wide = np.asarray(self.smoothed), max(1, len(self.smoothed) // WIDE)
        first, end = len(s) // LEFT_OUT, int(np.argmin(s)) + 1
        places = range(max(first, wide), max(end, max(first, wide) + 1))
        fall = [s[k - wide] - s[min(k + wide, len(s) - 1)] for k in places]
        return self.rates[places[int(np.argmax(fall))] if max(fall) > 0 else 0]

    def figure(self) -> Any:
        """The curve: `nabi.viz.rate_range`."""
        falls = self.falls
        return lookup("figure", "rate_range")(self.rates, self.losses, self.smoothed, self.rate if falls else self.steady, falls,
                                              self.rises)

    def _repr_png_(self) -> bytes:
        return self.figure()._repr_png_()

    def __repr__(self):
        key = "falls" if self.falls else "learned" if self.rises else "flat"
        return say(WORDS, key, rate=f"{self.rate:.2g}", lowest=f"{self.lowest:.2g}", steady=f"{self.steady:.2g}",
                   tried=say(WORDS, "tried", first=f"{self.rates[0]:.2g}", last=f"{self.rates[-1]:.2g}"))


@register("trainer")
def lr_find(model: Any, x: Any, y: Any = None, batch_size: int | None = None, start: float = 1e-6, stop: float = 10.0,
            steps: int = 100) -> RangeTest:
    """See `Model.lr_find`.

    Raises:
        ArgumentError: rates that do not rise, fewer than 3 steps, a generator. DataError: not one step with a finite loss.
    """
    if not (is_number(start) and is_number(stop) and 0 < start < stop and math.isfinite(stop)):
        raise ArgumentError("lr_find(start, stop)", "rates with 0 < start < stop", f"{start!r}, {stop!r}")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 3:
        raise ArgumentError("lr_find(steps)", "a whole number of at least 3", repr(steps))
    model.require_trainer("lr_find")
    with random.seeded(random.current_seed()):  # what is drawn here moves nobody else's numbers
        trial = copy.deepcopy(model).require_trainer("lr_find")
        trial.optimizer.gradient_accumulation_steps = None  # each rate makes a step
        feed = feeding.prepared(trial, x, y, batch_size=batch_size, learning=True, finite=True)
        if not isinstance(feed, ArrayFeed):
            raise ArgumentError("lr_find(x)", "arrays", f"a {type(x).__name__}", "A few thousand samples are enough.")
        return run(trial, feed, [start * (stop / start) ** (k / (steps - 1)) for k in range(steps)])


def run(trainer: Any, feed: ArrayFeed, rates: list[float]) -> RangeTest:
    """Trains a step at each rate, until the loss is too high."""
    losses: list[float] = []
    smoothed: list[float] = []
    mean, b = 0.0, SMOOTH
    for rate, batch in zip(rates, endless(feed, random.current_seed()), strict=False):
        trainer.optimizer._learning_rate = rate  # a schedule gives way too, on this copy
        try:
            loss = trainer.train_step(batch)
        except NonFinite:
            loss = math.inf
        mean = b * mean + (1 - b) * loss
        s = mean / (1 - b ** (len(losses) + 1))
        if not losses and not math.isfinite(loss):
            raise DataError("lr_find", "a finite loss at the smallest rate", f"{loss}", "Look at model.check(x, y).")
        if not math.isfinite(s) or risen(rates, losses, smoothed, s):
            break
        losses.append(loss)
        smoothed.append(s)
    return RangeTest(rates[:len(losses)], losses, smoothed, len(losses) < len(rates))


def risen(rates: list[float], losses: list[float], smoothed: list[float], s: float) -> bool:
    """Whether the smoothed loss has come to s for other reasons than noise."""
    if len(losses) < LEAST or s <= ENOUGH * min(smoothed):
        return False
    return s > RangeTest(rates[:len(losses)], losses, smoothed).bound


def endless(feed: ArrayFeed, seed: int) -> Iterator[Batch]:
    """Batches in a new order every pass, without end."""
    for number in itertools.count():
        yield from feed.batches(random.permutation(seed, number, feed.samples))
