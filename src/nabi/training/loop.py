"""Loop: fit and evaluate: epochs of steps, with validation, callbacks, and a stop that loses nothing.

    for each epoch:   order = permutation(seed, epoch)
        for each batch:   forward, loss, backward, update, metrics
        validation, callbacks
"""

import math
from dataclasses import dataclass
from threading import get_ident
from typing import Any

from nabi.callbacks import CallbackList, History
from nabi.callbacks.callback_list import afterwards
from nabi.core.duration import seconds
from nabi.core.errors import ArgumentError, DataError, StateError
from nabi.core.numbers import ONCE, flag
from nabi.core.registry import lookup
from nabi.core.warning import warn
from nabi.data import Feed
from nabi.training.clock import Clock, lay_cycle, open_cycle
from nabi.training.feeding import FitData, checked, count, prepared
from nabi.training.findings import above_guessing, scaled_before
from nabi.training.interrupt import Interrupt
from nabi.training.nonfinite import NonFinite, report


@dataclass
class Position:
    """Where training stands: epochs that are done, and steps that are done in the current one."""

    epoch: int = 0
    step: int = 0


def fit(trainer, x: Any, y: Any, *, epochs: int, initial_epoch: int, verbose: Any, callbacks: Any, run: Any,
        time_budget: Any = None, **options: Any) -> History:
    """Trains; see `Model.fit`."""
    if trainer.optimizer is None and not trainer.own.trains:
        raise StateError("model.fit", "an optimizer", "None", "Call compile(optimizer='adam', ...).")
    model, position = trainer.model, Position(whole("initial_epoch", initial_epoch))
    asked = None if epochs is ONCE else whole("epochs", epochs)
    limit = None if time_budget is None else seconds("fit(time_budget)", time_budget)
    clock = None if limit is None else Clock(limit, asked, options["batch_size"], verbose != 0, trainer.ahead)
    data = FitData(trainer, x, y, initial_epoch=initial_epoch, **options)
    calls = CallbackList(callbacks, add_history=True, add_progbar=verbose != 0, model=model, verbose=verbose)
    if clock is not None:
        calls.append(clock)
    if run is not None:
        calls.append(lookup("recorder", "RunRecorder")(run))
    history: Any = calls.history
    model.stop_training, model.metric_directions = False, trainer.watched.directions
    trainer.position, trainer.callbacks, trainer.feed, trainer.thread = position, calls, data.feed, get_ident()
    trainer.data, trainer.finished = data.facts if clock is None else clock.certain(data), False

    def idle() -> None:
        trainer.callbacks = trainer.feed = None
        if cycle := open_cycle(trainer):
            cycle.course = None  # its steps were those of this fit

    with afterwards(idle, calls.close):
        calls.restore()  # before the split, which is a function of the model's seed
        data.divide()
        epochs = clock.prepare(trainer, data) if clock is not None else lay_cycle(trainer, data, int(epochs))
        trainer.data = data.facts
        calls.set_params({"verbose": verbose, "epochs": epochs, "steps": data.steps, "samples": data.feed.samples,
                          "batch_size": data.feed.batch_size, "precision": trainer.precision.text})
        run_epochs(trainer, data, calls, epochs if clock is None else clock.most)
    return history


def run_epochs(trainer, data: FitData, calls: CallbackList, epochs: int) -> None:
    """Epoch after epoch, until all are done, a callback or Ctrl-C stops them, or the loss is no number."""
    model, position, history = trainer.model, trainer.position, calls.history
    logs, cut, unchecked = {}, False, True

    def end() -> None:
        history.interrupted = interrupt.asked
        optimizer = trainer.optimizer
        if optimizer is not None and optimizer.use_ema and optimizer.calls:
            optimizer.finalize_variable_values(trainer.spans if optimizer.hand is None else optimizer.hand.spans)

    with Interrupt() as interrupt, afterwards(end, lambda: calls.on_train_end(logs)):
        try:
            calls.on_train_begin()
            while position.epoch < epochs and not model.stop_training and not interrupt.asked:
                cut = train_epoch(trainer, data, calls, interrupt)
                if position.step == 0:
                    break
                logs = trainer.watched.logs()
                due = data.due(position.epoch) and not cut
                if due:
                    logs.update(validate(trainer, data, calls))
                calls.on_epoch_end(position.epoch, logs)
                if position.epoch == data.initial_epoch and not trainer.own.trains:
                    for finding in above_guessing(trainer, data.feed, logs["loss"], data.first_loss, position.step):
                        warn(finding)
                if unchecked:
                    unchecked = data.held is not None and not due  # names with val_ come with the first validation
                    calls.check_monitors(logs, validation_pending=unchecked)
                position.epoch, position.step = position.epoch + 1, 0
                model.counters.epochs += 1
                history.interrupted = interrupt.asked
                if not cut:
                    calls.at_rest()
            trainer.finished = not cut and (position.epoch >= epochs or model.stop_training)
        except NonFinite as failure:
            history.failure = str(failure)
            history.on_epoch_end(position.epoch, broken_off(trainer, data))
            calls.tell(str(failure))


def broken_off(trainer, data: FitData) -> dict[str, float]:
    """What the History has of an epoch that was not finite: NaN under every name, so that curves end where training did."""
    prefixes = ("", "val_") if data.due(trainer.position.epoch) else ("",)
    return {prefix + name: math.nan for prefix in prefixes for name in trainer.names}


def train_epoch(trainer, data: FitData, calls: CallbackList, interrupt: Interrupt) -> bool:
    """One epoch of steps, from the current position on; True if Ctrl-C cut it short."""
    model, position, logs = trainer.model, trainer.position, trainer.watched.live()
    calls.on_epoch_begin(position.epoch)
    if position.step == 0:
        trainer.watched.reset()
    for batch in data.batches(position.epoch, position.step):
        calls.on_train_batch_begin(position.step)
        loss = trainer.train_step(batch)
        if not math.isfinite(loss):
            report(trainer, batch)
        if position.step == 0:
            data.first_loss = loss
        position.step += 1
        calls.on_train_batch_end(position.step - 1, logs)
        cut = calls.history.interrupted = interrupt.asked
        calls.at_rest()
        if cut:
            return True
        if model.stop_training:
            return False
    data.ran_out(position.epoch, position.step)
    data.feed.finish_epoch()
    return False


def validate(trainer, data: FitData, calls: CallbackList) -> dict[str, float]:
    """Loss and metrics on the validation data, named val_..."""
    held: Any = data.held
    run_tests(trainer, held, data.validation_steps, calls)
    return trainer.tested.logs("val_")


def run_tests(trainer, feed: Feed, steps: int | None, calls: CallbackList) -> None:
    """One pass over a feed, or so many steps of it, without learning."""
    trainer.tested.reset()
    calls.on_test_begin()
    logs, number = trainer.tested.live(), -1
    for number, batch in enumerate(checked(trainer, feed.batches(), steps)):
        calls.on_test_batch_begin(number)
        for finding in scaled_before(trainer.model, batch.x) if number == 0 and not trainer.own.tests else ():
            warn(finding)
        trainer.test_step(batch)
        calls.on_test_batch_end(number, logs)
    if number < 0:
        raise DataError("evaluation data", "at least one batch", "none: the generator has come to its end",
                        "Give arrays, or something that starts anew each time it is iterated.")
    feed.finish_epoch()
    feed.restart()
    calls.on_test_end(logs)


def evaluate(trainer, x: Any, y: Any, *, batch_size: int | None, verbose: Any, sample_weight: Any, steps: int | None,
             callbacks: Any, return_dict: bool):
    """Loss and metrics; see `Model.evaluate`."""
    return_dict = flag("evaluate(return_dict)", return_dict)
    if trainer.callbacks is not None and trainer.thread != get_ident():
        raise StateError("model.evaluate", "the thread of the running fit, whose metrics it would mix up", "another one",
                         "Evaluate in a callback, or a copy of the model: copy.deepcopy(model).")
    feed, steps = prepared(trainer, x, y, sample_weight, batch_size), count("evaluate(steps)", steps)
    calls = CallbackList(callbacks, add_progbar=verbose != 0, model=trainer.model, verbose=verbose, epochs=1,
                         steps=steps or feed.length, samples=feed.samples, batch_size=feed.batch_size)
    with trainer.tested.aside(trainer.callbacks is not None) as tested, afterwards(calls.close):
        run_tests(trainer, feed, steps, calls)
        return returned(tested.logs(), return_dict)


def returned(logs: dict[str, float], return_dict: bool):
    """Keras' result: a dict, a list, or the loss alone."""
    if return_dict:
        return logs
    values = list(logs.values())
    return values[0] if len(values) == 1 else values


def whole(where: str, value: Any) -> int:
    """A number of epochs."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < 0:
        raise ArgumentError(f"fit({where})", "a whole number, 0 or more", repr(value))
    return int(value)
