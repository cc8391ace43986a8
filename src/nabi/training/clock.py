"""Clock: keeps a fit within its time budget: plans before the first epoch, corrects the plan as it sees how fast the machine is.

    left   = T - spent                         spent: since fit began, kernel compilation included, and before it was resumed
    within = k t + v <= left + 3 % of T        whether the running epoch, with k steps to go, ends in time; else it is cut
    more   = floor((left - k t - v) / (steps t + v))       epochs after it

t is the time of a step as it was lately, v of what comes after an epoch's steps: validation, callbacks, checkpoint. Both begin as
measured. At an epoch's end the number of epochs changes where `more` is no longer what was announced, by more than a fifth: of
few epochs each one counts, of many the times of a step, which waver, move nothing. A `OneCycle` without steps of its own is laid
anew over what is left, so that it ends with the last step. Where no speed could be measured it follows the time, done = spent /
T, until the steps themselves have shown t.
"""

from dataclasses import asdict
from time import monotonic
from typing import Any

from nabi.callbacks import Callback
from nabi.core.errors import ArgumentError, StateError
from nabi.core.language import say
from nabi.core.warning import warn
from nabi.models.states import stateful_layers
from nabi.schedules import CosineDecay, OneCycle, PolynomialDecay
from nabi.training import budget as budgets
from nabi.training.budget import RESERVE, WORDS, Speeds, TimePlan, part_of
from nabi.training.speeds import measured

LOOKS, LATELY = 50, 0.4  # how often in a budget the speed is looked at; the weight of the last look in t
WAVER = 0.2  # of the epochs to go: what may be too many or too few of them
OTHER = 0.1  # a schedule whose length differs by more than this share was made for another training
ENDLESS = 2**62  # epochs, where the time alone ends them


def open_cycle(trainer: Any) -> OneCycle | None:
    """The optimizer's one-cycle schedule, if its steps are for `fit` to fill in."""
    rate = None if trainer.optimizer is None else trainer.optimizer._learning_rate
    return rate if isinstance(rate, OneCycle) and rate.steps is None else None


def lay_cycle(trainer: Any, data: Any, epochs: int) -> int:
    """Fills the steps of a fit of so many epochs into an open cycle, resumed or not; gives the epochs back.

    Raises:
        ArgumentError: the data do not tell how many steps an epoch has.
    """
    cycle, position = open_cycle(trainer), trainer.position
    if cycle is not None:
        if data.steps is None:
            raise ArgumentError("OneCycle(steps)", "a number of steps, since the data do not tell how many an epoch has", "None",
                                "Write OneCycle(peak, steps), or fit(steps_per_epoch=...).")
        done = (position.epoch - data.initial_epoch) * data.steps + position.step
        cycle.fill(trainer.optimizer.calls - done, (epochs - data.initial_epoch) * data.steps)
    return epochs


def made_for(trainer: Any) -> float | None:
    """The steps that the optimizer's schedule was made for, where it has an end."""
    rate = None if trainer.optimizer is None else trainer.optimizer._learning_rate
    if isinstance(rate, CosineDecay | PolynomialDecay) and not getattr(rate, "cycle", False):
        return rate.decay_steps + getattr(rate, "warmup_steps", 0)
    return rate.steps if isinstance(rate, OneCycle) else None


class Clock(Callback):
    """Plans the epochs of one fit and ends it in time.

    Args:
        budget: seconds. `asked`: number of the last epoch, as the user gave it; None for as many as fit.
        given: the user's batch size, or None. `said`: whether it speaks. `ahead`: seconds that were spent before fit began.

    Attributes:
        plan: what was decided before the first step; a resumed run goes on with it.
        last: number of the last epoch, as things stand. `parted`: whether the time ends within it.
        before: seconds that were spent before this call of fit, those of sessions that it resumes among them.
        corrections: [epoch, epochs from then on] each time that `last` changed.
        stopped: what was said when the time ended the run, else None. `told`: the value of `last` that was said last.
    """

    def __init__(self, budget: float, asked: int | None, given: int | None, said: bool, ahead: float = 0.0):
        self.budget, self.asked, self.given, self.said, self.ahead = budget, asked, given, said, ahead
        self.began, self.before = monotonic(), ahead
        self.plan: TimePlan = None  # type: ignore[assignment]  # until prepare
        self.last, self.parted = 0, False
        self.corrections: list[list[int]] = []
        self.stopped: str | None = None
        self.told = 0
        self.step = self.tail = 0.0  # t and v
        self.steps: Any = None  # of an epoch; None while unknown
        self.share = 1.0  # of the epochs that end in a validation
        self.looked: tuple[float, int] | None = None  # when, after which step; None: wait for the first, it compiles
        self.warm = False  # whether a step of this session is done
        self.ended: float | None = None  # when the last epoch's last step was done
        self.data: Any = None

    @property
    def spent(self) -> float:
        return self.before + monotonic() - self.began

    @property
    def most(self) -> int:
        """The number of the last epoch that there may be."""
        return ENDLESS if self.asked is None else self.asked

    # What a checkpoint keeps -----------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        cycle = open_cycle(self.model.trainer)
        return {"spent": self.spent, "plan": asdict(self.plan) if self.plan else None, "last": self.last, "parted": self.parted,
                "corrections": self.corrections, "step": self.step, "tail": self.tail,
                "cycle": list(cycle.course) if cycle and cycle.course else None}

    def load_state(self, state: dict[str, Any]) -> None:
        self.before, self.began = self.ahead + float(state["spent"]), monotonic()
        self.plan = TimePlan(**{**state["plan"], "budget": self.budget}) if state["plan"] else None  # type: ignore[assignment]
        if self.plan and self.given not in (None, self.plan.batch_size):
            raise StateError("fit(batch_size)", f"{self.plan.batch_size}, as the interrupted run had it", self.given)
        self.last, self.parted, self.step, self.tail = int(state["last"]), bool(state["parted"]), state["step"], state["tail"]
        self.corrections = [list(pair) for pair in state["corrections"]]
        cycle = open_cycle(self.model.trainer)
        if cycle is not None and state["cycle"]:
            first, last, done = state["cycle"]
            cycle.fill(first, last - first, done)

    def certain(self, data: Any) -> dict[str, Any]:
        """The facts of the data but for those that are for the plan to choose, which a checkpoint may bring."""
        chosen = () if self.given else ("batch_size",) if data.given_steps else ("batch_size", "steps")
        return {name: fact for name, fact in data.facts.items() if name not in chosen}

    # Before the first epoch ---------------------------------------------------------------------------------------------------

    def prepare(self, trainer: Any, data: Any) -> int:
        """Plans, if no checkpoint brought a plan, and sets the batch size; gives the number of the last epoch."""
        self.data = data
        if self.plan is None:
            self.plan = self.planned(trainer, data)
            self.parted = self.plan.part > 0
            self.last = data.initial_epoch + self.plan.epochs + self.parted
            self.step, self.tail = self.plan.step, self.plan.validation
            data.take_batch_size(self.plan.batch_size)
            cycle = open_cycle(trainer)
            if self.plan.step or self.asked is not None:
                lay_cycle(trainer, data, self.last)
            else:
                self.follow(cycle, trainer.optimizer)
            if cycle is not None and self.parted:
                cycle.fill(trainer.optimizer.calls, self.plan.steps_in_all)
            if self.parted and not self.plan.epochs:
                warn(self.plan.lines()[0])
        data.take_batch_size(self.plan.batch_size)
        self.steps, self.share, self.told = data.steps, data.share_due, self.last
        return self.last

    def planned(self, trainer: Any, data: Any) -> TimePlan:
        """The plan from measured speeds; from the clock alone where none can be measured."""
        asked = None if self.asked is None else max(0, self.asked - data.initial_epoch)
        given = self.given or (data.feed.batch_size if data.given_steps or stateful_layers(trainer.model) else None)
        speeds = Speeds() if asked == 0 else measured(trainer, data, given, self.budget, self.budget - self.spent)
        if not speeds.steps:
            return TimePlan(self.budget, data.feed.batch_size, 1 if asked is None else asked, data.steps,
                            measuring=self.spent - self.before, why=speeds.why, reason=speeds.reason)
        plan = budgets.planned(self.budget, self.spent, data.feed.samples, speeds, asked=asked, given=given,
                               steps=data.given_steps)
        plan.measuring -= self.before
        return plan

    def follow(self, cycle: OneCycle | None, optimizer: Any) -> None:
        """Lays an open cycle by the time alone."""
        if cycle is not None:
            cycle.fill(optimizer.calls, ENDLESS, min(1.0, self.spent / self.budget))

    def on_train_begin(self, logs=None):
        warned = self.parted and not self.plan.epochs  # that not even one epoch fits
        lines = self.plan.lines()[warned:]
        made, steps = made_for(self.model.trainer), self.plan.steps_in_all
        if made is not None and self.plan.step and abs(made - steps) > OTHER * steps:
            lines.append(say(WORDS, "other length", made=made, steps=steps))
        if not self.model.stop_training:  # as after a resumed run that was over
            self.tell_if_asked(*lines)
        self.model.history.budget = self.record()

    def tell_if_asked(self, *lines: str) -> None:
        for line in lines if self.said else ():
            self.tell(line)

    def record(self) -> dict[str, Any]:
        """What History keeps: the plan, what was said, how it was corrected, how it ended."""
        return {**asdict(self.plan), "said": self.plan.lines(), "corrections": self.corrections, "spent": self.spent,
                "stopped": self.stopped}

    # On the way -----------------------------------------------------------------------------------------------------------------

    def on_epoch_begin(self, epoch, logs=None):
        now = monotonic()
        if self.ended is not None and self.data.due(epoch - 1):
            self.tail = now - self.ended
        self.looked, self.ended = (now, self.model.trainer.position.step) if self.warm else None, None

    def on_train_batch_end(self, batch, logs=None):
        now, done, epoch, self.warm = monotonic(), batch + 1, self.model.trainer.position.epoch, True
        if self.asked is None and (not self.step or self.steps is None):
            self.follow(open_cycle(self.model.trainer), self.model.optimizer)
        if self.looked is None:
            self.looked = now, done
        elif now - self.looked[0] >= self.budget / LOOKS:
            self.pace(now, done)
            self.correct(epoch, done)
        if self.steps is not None and done >= self.steps:
            self.pace(now, done)
            self.ended = now
        elif self.over(epoch, done):
            self.ended = now
            self.stop(say(WORDS, "over", time=budgets.span(self.budget), epoch=epoch + 1, n=done, steps=self.steps or "?"))

    def pace(self, now: float, done: int) -> None:
        """Takes up how long the steps since the last look took."""
        if self.looked is not None and done > self.looked[1]:
            late = (now - self.looked[0]) / (done - self.looked[1])
            self.step += (late - self.step) * (LATELY if self.step else 1)
            self.looked = now, done

    def after(self, epoch: int) -> float:
        """Seconds of what follows the last step of an epoch."""
        return self.tail if self.data.due(epoch) else 0.0

    def over(self, epoch: int, done: int) -> bool:
        """Whether the running epoch must be cut here."""
        end = self.spent + self.after(epoch)
        to_go = None if self.steps is None else (self.steps - done) * self.step
        return end + self.step >= self.budget and (to_go is None or end + to_go > self.budget * (1 + RESERVE))

    def correct(self, epoch: int, done: int) -> None:
        """Holds the number of epochs against the time that is left; `done` steps of epoch number `epoch` (from 0) are over."""
        if self.steps is None:
            return
        left, to_go = self.budget - self.spent, self.steps - done
        this = to_go * self.step + self.after(epoch) if to_go else 0.0
        each, spare = self.steps * self.step + self.share * self.tail, RESERVE * self.budget
        if this > left + spare:  # the time ends within this epoch
            last, steps = epoch + 1, max(1, int((left - self.after(epoch)) / self.step))
        else:
            announced = whole = self.last - epoch - 1 - self.parted
            if not (left - this - spare) // each <= whole <= (left - this + spare) // each:
                whole = int(max(0.0, left - this) // each)
            whole = min(whole, self.most - epoch - 1)
            first = self.data.initial_epoch
            part = part_of(self.steps, self.step, left - this - whole * each - self.tail, epoch + 1 + whole - first,
                           None if self.asked is None else self.asked - first)
            last, steps = self.last, to_go + whole * self.steps + part
            if not to_go and (part or self.parted or abs(whole - announced) > WAVER * announced):
                self.parted = part > 0
                last = epoch + 1 + whole + self.parted
        if last != self.last:
            self.corrections.append([epoch + 1, last])
            self.last = self.params["epochs"] = last
        cycle = open_cycle(self.model.trainer)
        if cycle is not None and cycle.course is not None and steps:
            now, in_all = self.model.trainer.optimizer.calls, (epoch - self.data.initial_epoch) * self.steps + done + steps
            if abs(now + steps - cycle.course[1]) > RESERVE * in_all:
                cycle.fill(now, steps, cycle.done(now))

    def on_epoch_end(self, epoch, logs=None):
        now = monotonic()
        position = self.model.trainer.position
        if self.steps is None:
            self.steps = position.step  # the next epoch is as long
        self.pace(self.ended or now, position.step)
        if self.data.due(epoch) and self.ended is not None:
            self.tail = max(self.tail, now - self.ended) if self.tail else now - self.ended
        if not self.step:
            self.step = (self.spent - self.before) / max(1, position.step)
        if self.model.stop_training:
            return
        planned = self.data.initial_epoch + self.plan.epochs + (self.plan.part > 0)
        self.correct(epoch, self.steps)
        if self.last <= epoch + 1:
            self.model.stop_training = True
            if epoch + 1 < (planned if self.asked is None else self.asked):
                self.stop(say(WORDS, "over between", time=budgets.span(self.budget), epoch=epoch + 1))
        elif self.last != self.told and self.plan.step:  # the next line counts up to another number
            key, self.told = "now" if self.told == planned else "now again", self.last
            self.tell_if_asked(say(WORDS, key, time=budgets.span(self.budget), n=self.last, planned=planned,
                                   step=milliseconds(self.step), measured=milliseconds(self.plan.step)))

    def stop(self, text: str) -> None:
        """Ends the run."""
        self.model.stop_training, self.stopped = True, text

    def on_train_end(self, logs=None):
        if self.stopped:
            self.tell_if_asked(self.stopped)
        self.model.history.budget = self.record()


def milliseconds(time: float) -> str:
    """A short time for reading.

    Example:
        >>> milliseconds(0.00123), milliseconds(0.81), milliseconds(1.84)
        ('1.2 ms', '810 ms', '1.8 s')
    """
    return f"{time:.2g} s" if time >= 1 else f"{1000 * time:.0f} ms" if time >= 0.01 else f"{1000 * time:.2g} ms"
