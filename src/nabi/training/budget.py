"""Budget: how many epochs, and which batch size, a time budget has room for: from measured speeds to a plan, by plain arithmetic.

    epoch_B  = ceil(N / B) t_B + v                seconds of an epoch: its steps at batch size B, and one validation
    epochs_B = floor((T - s)(1 - r) / epoch_B)    T the budget, s what is spent by now, r = 3 % kept back
    part_B   = steps of one more epoch that still fit, where these are fewer than 5: else up to half the time would be lost
    B        = the one with the least t_B (1 + 64 / B), of those with 20 steps an epoch and 500 in all; 32 may have fewer

Why t_B (1 + B_0 / B): training to a given loss takes S (1 + B_0 / B) steps, B_0 being the gradients' noise scale: below it twice
the batch saves half the steps, above it none. B_0 = 64 is small on purpose: a few thousand pictures have noise scales of tens to
hundreds early in training, and the learning rate, which was chosen for small batches, stays as it is. So 64 must bring 1.33 times
the pictures a second of 32, 128 then 1.5 times those of 64, and 256 then 1.67 times those of 128. Where the epochs asked for fit
at 32, it is 32: then time is not short.

Source: McCandlish et al., "An Empirical Model of Large-Batch Training", 2018, section 2: steps against batch size.
"""

import math
from dataclasses import dataclass, field

from nabi.core.language import say

SIZES = (32, 64, 128, 256)  # batch sizes to choose from
NOISE = 64  # B_0
STEPS_AN_EPOCH, STEPS_IN_ALL = 20, 500  # fewer than these only at the smallest batch size
FEW, WORTH = 5, 0.1  # fewer epochs than these are followed by a part of one, if it is so much of an epoch
RESERVE = 0.03  # of the time, kept back for what no measurement sees

WORDS: dict[str, tuple[str, str]] = {
    "h": ("{h} h {m} min", "{h}시간 {m}분"),
    "m": ("{m} min {s} s", "{m}분 {s}초"),
    "s": ("{s} s", "{s}초"),
    "fit": (
        "Time budget {time}: epochs that fit: {n}, about {each} each; measuring took {measuring}.",
        "시간 예산 {time}: 학습할 수 있는 에포크 {n}. 에포크마다 약 {each} 걸립니다. 측정에 {measuring} 걸렸습니다.",
    ),
    "and part": ("{n} and {part} of the {steps} steps of one more", "{n} 에포크와 {steps}스텝 가운데 {part}스텝"),
    "asked": (
        "Time budget {time}: the epochs asked for, {n}, take about {all}; measuring took {measuring}.",
        "시간 예산 {time}: 요청한 {n} 에포크에 약 {all} 걸립니다. 측정에 {measuring} 걸렸습니다.",
    ),
    "fewer": (
        "Time budget {time}: epochs that fit: {n} of the {asked} asked for, about {each} each; measuring took {measuring}.",
        "시간 예산 {time}: 요청한 에포크 {asked} 가운데 학습할 수 있는 에포크 {n}. 에포크마다 약 {each} 걸립니다. "
        "측정에 {measuring} 걸렸습니다.",
    ),
    "part": (
        "Time budget {time}: not even one epoch fits, it would take about {each}. About {part} of its {steps} steps are trained.",
        "시간 예산 {time}: 한 에포크도 다 학습할 수 없습니다. 한 에포크에 약 {each} 걸리므로 {steps}스텝 가운데 약 {part}스텝만 "
        "학습합니다.",
    ),
    "used up": (
        "Time budget {time}: not even one epoch fits, though it would take about {each}: measuring the speed, and preparing the "
        "kernels for it, took {measuring}. About {part} of its {steps} steps are trained.",
        "시간 예산 {time}: 한 에포크에 약 {each} 걸리지만, 속도를 재고 커널을 준비하는 데 {measuring} 걸려 한 에포크도 다 학습할 "
        "수 없습니다. {steps}스텝 가운데 약 {part}스텝만 학습합니다.",
    ),
    "unmeasured": (
        "Time budget {time}: the speed shows as training goes on, epoch after epoch until the time is over.",
        "시간 예산 {time}: 속도는 학습하면서 잽니다. 시간이 다 될 때까지 에포크를 이어 갑니다.",
    ),
    "batches": (
        "Nothing was measured beforehand, and the batch size stays: the data come in batches of their own.",
        "데이터가 배치로 들어오므로 미리 측정하지 않았고, 배치 크기는 그대로입니다.",
    ),
    "no copy": (
        "Nothing was measured beforehand, and the batch size stays: the model cannot be copied. {reason}",
        "모델을 복사할 수 없어 미리 측정하지 않았고, 배치 크기는 그대로입니다. {reason}",
    ),
    "given": ("Batch size {b}: {speed} images/s.", "배치 크기 {b}: 초당 {speed}장."),
    "only": (
        "Batch size {b}: {speed} images/s; larger ones would leave too few steps.",
        "배치 크기 {b}: 초당 {speed}장. 더 크면 스텝이 너무 적어집니다.",
    ),
    "slow": (
        "Batch size {b}: {speed} images/s; a step is long enough that larger ones would gain little.",
        "배치 크기 {b}: 초당 {speed}장. 한 스텝이 충분히 길어 더 키워도 이득이 거의 없습니다.",
    ),
    "enough": (
        "Batch size {b}: {speed} images/s, fast enough for the epochs asked for.",
        "배치 크기 {b}: 초당 {speed}장. 요청한 에포크에 충분합니다.",
    ),
    "chosen": (
        "Batch size {b}: images/s were {speeds}; a larger one must gain more than its fewer steps lose.",
        "배치 크기 {b}: 초당 처리량은 {speeds}장입니다. 더 큰 배치는 스텝이 줄어드는 손해보다 이득이 커야 합니다.",
    ),
    "other length": (
        "The learning rate follows a schedule made for {made:,.0f} steps, and this training has about {steps:,}: "
        "nabi.schedules.OneCycle(peak), without steps, takes its length from the plan.",
        "학습률 스케줄은 {made:,.0f}스텝에 맞춘 것인데 이번 학습은 약 {steps:,}스텝입니다. steps 없이 쓴 "
        "nabi.schedules.OneCycle(peak)은 계획에서 길이를 얻습니다.",
    ),
    "at": ("{speed} at {b}", "{b}에서 {speed}"),
    "now": (
        "Time budget {time}: epochs that fit are now {n}, not {planned}: a step takes {step}, measured were {measured}. "
        "The number may change again.",
        "시간 예산 {time}: 한 스텝이 측정한 {measured}가 아니라 {step} 걸려, 학습할 수 있는 에포크가 {planned}에서 {n}(으)로 "
        "바뀌었습니다. 앞으로도 바뀔 수 있습니다.",
    ),
    "now again": ("Epochs that fit are now {n}: a step takes {step}.",
                  "학습할 수 있는 에포크: 이제 {n}. 한 스텝에 {step} 걸립니다."),
    "over": (
        "Stopped: the time is over ({time}), after {n} of {steps} steps of epoch {epoch}.",
        "멈춤: 시간이 다 되었습니다({time}). {epoch}번째 에포크의 {steps}스텝 가운데 {n}스텝까지 학습했습니다.",
    ),
    "over between": (
        "Stopped: the time is over ({time}) after epoch {epoch}; one more would not fit.",
        "멈춤: 시간이 다 되었습니다({time}). {epoch} 에포크를 마쳤고 한 에포크를 더 할 시간은 없습니다.",
    ),
}  # fmt: skip


@dataclass
class Speeds:
    """What was measured: seconds of a step at each batch size tried, and of one validation."""

    steps: dict[int, float] = field(default_factory=dict)
    validation: float = 0.0
    why: str = ""  # the key of WORDS that says why nothing was measured, and what stood against it
    reason: str = ""


@dataclass
class TimePlan:
    """What a fit does with its time.

    Attributes:
        budget: seconds; measuring: those spent before the first step.
        batch_size, epochs, steps: samples of a gradient, whole epochs, steps an epoch (None: not known beforehand).
        part: steps of one more epoch, which ends with the time.
        step, validation: seconds of one of each; 0 where nothing was measured.
        why: the key of WORDS that says how the batch size came about, or why nothing was measured; "" for nothing to say.
        asked: epochs that the user asked for, or None.
        speeds: pictures a second at each batch size tried. `reason`: what stood against measuring.
    """

    budget: float
    batch_size: int | None
    epochs: int
    steps: int | None
    part: int = 0
    step: float = 0.0
    validation: float = 0.0
    measuring: float = 0.0
    why: str = ""
    asked: int | None = None
    speeds: dict[str, float] = field(default_factory=dict)
    reason: str = ""

    @property
    def steps_in_all(self) -> int:
        """Steps of the training."""
        return self.epochs * (self.steps or 0) + self.part

    @property
    def epoch_seconds(self) -> float:
        """Seconds of an epoch with its validation."""
        return (self.steps or 0) * self.step + self.validation

    def lines(self) -> list[str]:
        """What is said of it before the first epoch."""
        given = {"time": span(self.budget), "n": self.epochs, "asked": self.asked, "each": span(self.epoch_seconds),
                 "all": span(self.epochs * self.epoch_seconds), "measuring": span(self.measuring), "part": self.part,
                 "steps": self.steps}
        if not self.speeds:
            return [say(WORDS, "unmeasured", **given), *([say(WORDS, self.why, reason=self.reason)] if self.why else [])]
        if self.epochs and self.part:
            given["n"] = say(WORDS, "and part", **given)
        spoilt = self.epoch_seconds < self.budget * (1 - RESERVE) and self.measuring > RESERVE * self.budget
        none = "used up" if spoilt else "part"
        key = none if not self.epochs else "fit" if self.asked is None else "asked" if self.epochs == self.asked else "fewer"
        speeds = ", ".join(say(WORDS, "at", b=b, speed=f"{speed:,.0f}") for b, speed in self.speeds.items())
        speed = f"{self.speeds[str(self.batch_size)]:,.0f}"
        return [say(WORDS, key, **given), say(WORDS, self.why, b=self.batch_size, speed=speed, speeds=speeds)]


def sizes_to_try(samples: int) -> list[int]:
    """The batch sizes that leave an epoch enough steps, the smallest in any case.

    Example:
        >>> sizes_to_try(1500), sizes_to_try(100)
        ([32, 64], [32])
    """
    return [b for b in SIZES if b == SIZES[0] or math.ceil(samples / b) >= STEPS_AN_EPOCH]


def cost(speeds: Speeds, size: int) -> float:
    """t_B (1 + B_0 / B): in proportion to the time that training to a given loss takes."""
    return speeds.steps[size] * (1 + NOISE / size)


def planned(budget: float, spent: float, samples: int, speeds: Speeds, *, asked: int | None = None, given: int | None = None,
            steps: int | None = None) -> TimePlan:
    """The plan for what is left of a budget; see the formula above.

    Args:
        budget, spent: seconds in all, and by now.
        samples: N, samples of an epoch.
        speeds: what was measured.
        asked: epochs that the user asked for, None for as many as fit.
        given: the batch size where it is not to be chosen. `steps`: the user's steps an epoch.

    Example:
        >>> plan = planned(600, 10, 20_000, Speeds({32: 0.020, 64: 0.025, 128: 0.045}, validation=2.0))
        >>> plan.batch_size, plan.steps, plan.epochs                # 128: 0.0675; 64: 0.05; 32: 0.06; an epoch takes 9.8 s
        (64, 313, 58)
    """
    left = max(0.0, budget - spent) * (1 - RESERVE)

    def steps_of(size: int) -> int:
        return steps or math.ceil(samples / size)

    def room(size: int) -> int:
        return int(left // (steps_of(size) * speeds.steps[size] + speeds.validation))

    tried = list(speeds.steps)
    first = given or tried[0]
    enough = asked is not None and room(first) >= asked
    long = [b for b in tried if b == first or min(room(b), asked or math.inf) * steps_of(b) >= STEPS_IN_ALL]
    size = first if given or enough else min(long, key=lambda b: cost(speeds, b))
    epochs = room(size) if asked is None else min(asked, room(size))
    part = part_of(steps_of(size), speeds.steps[size], left - epochs * (steps_of(size) * speeds.steps[size] + speeds.validation)
                   - speeds.validation, epochs, asked)
    alone = "slow" if tried != sizes_to_try(samples) and left >= STEPS_IN_ALL * speeds.steps[size] else "only"
    why = "given" if given else "enough" if enough else "chosen" if len(long) > 1 else alone
    return TimePlan(budget, size, epochs, steps_of(size), part, speeds.steps[size], speeds.validation, spent, why, asked,
                    {str(b): min(b, samples) / t for b, t in speeds.steps.items()})


def part_of(steps: int, step: float, left: float, epochs: int, asked: int | None) -> int:
    """Steps of one more epoch after so many whole ones, of `step` seconds each in the time left; 0 if it is not worth while.

    Example:
        >>> part_of(100, 0.1, 4.05, 3, None), part_of(100, 0.1, 4.05, 3, 3), part_of(100, 0.1, 4.05, 5, None)
        (40, 0, 0)
    """
    part = min(steps - 1, int(left // step))
    if not epochs and asked != 0:
        return max(1, part)
    return part if epochs < FEW and (asked is None or epochs < asked) and part >= WORTH * steps else 0


def span(time: float) -> str:
    """A time for reading.

    Example:
        >>> span(0.04), span(3.2), span(46), span(200), span(5400)
        ('0.04 s', '3.2 s', '46 s', '3 min 20 s', '1 h 30 min')
    """
    if round(time) < 60:
        return say(WORDS, "s", s=f"{time:.2g}")
    if round(time) < 3600:
        return say(WORDS, "m", m=round(time) // 60, s=round(time) % 60)
    return say(WORDS, "h", h=round(time / 60) // 60, m=round(time / 60) % 60)
