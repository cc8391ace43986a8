"""Loop: fit, evaluate and predict: epochs of steps, with validation, callbacks, and a stop that loses nothing.

    for each epoch:   order = permutation(seed, epoch)
        for each batch:   forward, loss, backward, update, metrics
        validation, callbacks
"""

import math
import warnings
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from nabi.callbacks import CallbackList
from nabi.core import random
from nabi.core.errors import ArgumentError, StateError
from nabi.core.registry import lookup
from nabi.data import Batch, cast, class_labels, class_weights, make_feed, split_indices, warn_missing, weights_for
from nabi.data.feeds import ArrayFeed
from nabi.training.findings import first_look
from nabi.training.fitting import check_labels
from nabi.training.interrupt import Interrupt
from nabi.training.nonfinite import NonFinite, name_place
from nabi.training.objective import Logs
from nabi.training.plan import Pass, Plan


@dataclass
class Position:
    """Where training stands: epochs that are done, and steps that are done in the current one."""

    epoch: int = 0
    step: int = 0


def fit(trainer, x, y, *, batch_size, epochs, verbose, callbacks, validation_split, validation_data, shuffle, class_weight,
        sample_weight, initial_epoch, steps_per_epoch, validation_steps, validation_batch_size, validation_freq,
        validation_split_mode, run):
    """Trains; see `Model.fit`."""
    model = trainer.model
    if trainer.optimizer is None:
        raise StateError("model.fit", "an optimizer", "None", "Call compile(optimizer='adam', ...).")
    feed = make_feed(x, y, sample_weight, batch_size, model.input_names, model.output_names, steps_per_epoch)
    prepare(trainer, feed)
    for finding in first_look(trainer, feed.x if isinstance(feed, ArrayFeed) else []):
        warnings.warn(finding, stacklevel=4)
    calls = CallbackList(callbacks, add_history=True, add_progbar=verbose != 0, model=model, verbose=verbose)
    if run is not None:
        calls.append(lookup("recorder", "RunRecorder")(run))
    history, trainer.callbacks, trainer.feed, trainer.finished = calls.history, calls, feed, False
    trainer.data = {"samples": feed.samples, "batch_size": feed.batch_size, "steps": steps_per_epoch or feed.steps,
                    "shuffle": bool(shuffle), "validation_split": validation_split, "mode": validation_split_mode}
    model.metric_directions = trainer.objective.directions
    model.stop_training = False
    position = trainer.position = Position(initial_epoch)
    calls.restore()  # before the split, which is a function of the model's seed
    first, cut = position.epoch, False
    feed, held = hold_out(trainer, feed, validation_split, validation_split_mode, validation_data is not None)
    feed = weighted(feed, class_weight)
    if validation_data is not None:
        held = validation_feed(model, validation_data, validation_batch_size or batch_size, validation_steps)
        prepare(trainer, held)
    elif held is not None:
        held.batch_size = validation_batch_size or held.batch_size
    calls.set_params({"verbose": verbose, "epochs": epochs, "steps": steps_per_epoch or feed.steps, "samples": feed.samples,
                      "batch_size": feed.batch_size, "precision": trainer.precision.text})
    with Interrupt() as interrupt:
        try:
            calls.on_train_begin()
            while position.epoch < epochs and not model.stop_training and not interrupt.asked:
                cut = train_epoch(trainer, feed, calls, shuffle, steps_per_epoch, interrupt)
                logs = trainer.objective.logs()
                due = held is not None and (position.epoch + 1) % validation_freq == 0 and not cut
                if due:
                    logs.update(validate(trainer, held, validation_steps, calls))
                calls.on_epoch_end(position.epoch, logs)
                if position.epoch == first:
                    calls.check_monitors(logs, validation_pending=held is not None and not due)
                position.epoch, position.step = position.epoch + 1, 0
                model.counters.epochs += 1
                history.interrupted = interrupt.asked
                if not cut:
                    calls.at_rest()
            trainer.finished = not cut and (position.epoch >= epochs or model.stop_training)
        except NonFinite as failure:
            history.failure = str(failure)
            calls.tell(str(failure))
        finally:
            history.interrupted = interrupt.asked
            if trainer.optimizer.use_ema and trainer.binding is not None:
                trainer.optimizer.finalize_variable_values(trainer.binding.spans)
            calls.on_train_end()
            calls.close()
            trainer.callbacks = trainer.feed = None
    return history


def train_epoch(trainer, feed, calls, shuffle: bool, steps: int | None, interrupt) -> bool:
    """One epoch of steps, from the current position on; True if Ctrl-C cut it short."""
    model, position, objective = trainer.model, trainer.position, trainer.objective
    calls.on_epoch_begin(position.epoch)
    if position.step == 0:
        objective.reset()
    n = feed.count()
    order = random.permutation(model.counters.seed, model.counters.epochs, n) if shuffle and n is not None else None
    logs = Logs(objective)
    left = None if steps is None else steps - position.step
    for batch in islice(feed.batches(order, position.step), left):
        calls.on_train_batch_begin(position.step)
        loss = trainer.train_step(batch)
        if not math.isfinite(loss):
            raise NonFinite(name_place(trainer, batch, position))
        position.step += 1
        calls.on_train_batch_end(position.step - 1, logs)
        cut = calls.history.interrupted = interrupt.asked
        calls.at_rest()
        if cut:
            return True
        if model.stop_training:
            break
    if position.step == 0:
        raise ArgumentError("x", "at least one batch", "a generator that gave none")
    return False


def validate(trainer, feed, steps: int | None, calls) -> dict[str, float]:
    """Loss and metrics on the validation data, named val_..."""
    run_tests(trainer, feed, steps, calls)
    return trainer.objective.logs("val_")


def run_tests(trainer, feed, steps: int | None, calls) -> None:
    """One pass over a feed without learning."""
    trainer.objective.reset()
    calls.on_test_begin()
    logs = Logs(trainer.objective)
    for number, batch in enumerate(feed.batches()):
        calls.on_test_batch_begin(number)
        trainer.test_step(batch)
        calls.on_test_batch_end(number, logs)
        if steps is not None and number + 1 >= steps:
            break
    calls.on_test_end(logs)


def evaluate(trainer, x, y, *, batch_size, verbose, sample_weight, steps, callbacks, return_dict):
    """Loss and metrics; see `Model.evaluate`."""
    model = trainer.model
    feed = make_feed(x, y, sample_weight, batch_size, model.input_names, model.output_names, steps)
    prepare(trainer, feed)
    calls = CallbackList(callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=steps or feed.steps,
                         samples=feed.samples, batch_size=getattr(feed, "batch_size", None))
    run_tests(trainer, feed, steps, calls)
    return returned(trainer.objective.logs(), return_dict)


def returned(logs: dict[str, float], return_dict: bool):
    """Keras' result: a dict, a list, or the loss alone."""
    if return_dict:
        return logs
    values = list(logs.values())
    return values[0] if len(values) == 1 else values


def predict(model, x, *, batch_size=None, verbose="auto", steps=None, callbacks=None):
    """Outputs as NumPy arrays; see `Model.predict`."""
    if model.graph is None:
        model.build((None, *np.shape(x)[1:]))
    feed = make_feed(x, None, None, batch_size or 256, model.input_names, model.output_names, steps)
    calls = CallbackList(callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=steps or feed.steps,
                         samples=feed.samples, batch_size=getattr(feed, "batch_size", None))
    calls.on_predict_begin()
    step, parts = predict_step(model), []
    for number, batch in enumerate(feed.batches()):
        calls.on_predict_batch_begin(number)
        model.check_shapes([(None, *t.shape[1:]) for t in batch.x])
        parts.append(step(batch.x))
        calls.on_predict_batch_end(number, {"outputs": parts[-1]})
        if steps is not None and number + 1 >= steps:
            break
    calls.on_predict_end()
    outputs = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
    return outputs[0] if len(outputs) == 1 else outputs


def predict_on_batch(model, x):
    """Outputs for one batch as NumPy arrays."""
    return predict(model, x, batch_size=len(x[0]) if isinstance(x, (list, tuple)) else len(x), verbose=0)


def predict_step(model):
    """Function from input tensors to NumPy outputs: the compiled model's plan, or a plain float32 one."""
    if model.trainer is not None:
        def run(inputs):
            return model.trainer.predict_step(inputs)
    else:
        weights = model.weights
        dtype = weights[0].value.dtype if weights else torch.float32
        plan = Plan(model.graph, dtype=dtype, frozen={id(layer) for layer in model.leaves})

        def run(inputs):
            with torch.no_grad():
                return plan.run(cast(Batch(inputs, [], []), dtype).x, Pass(False, model.counters))
    return lambda inputs: [out.numpy() for out in run(inputs)]


# What comes before the first step ---------------------------------------------------------------------------------------------


def prepare(trainer, feed) -> None:
    """Builds the model for the data and checks shapes and labels, before anything is computed."""
    if isinstance(feed, ArrayFeed):
        trainer.build_for(feed.x)
        trainer.check_batch(Batch(feed.x, feed.y, feed.w))
        if trainer.objective is None:
            trainer.make_objective()
        check_labels(trainer, feed.y)
    elif trainer.model.graph is None:
        raise StateError(f"Model '{trainer.model.name}'", "a model that knows its input shape", "a generator to find it out from",
                         "Give the first layer input_shape=..., or call model.build((None, ...)).")
    trainer.ready()


def hold_out(trainer, feed, share: float, mode: str, ignored: bool):
    """Splits the feed for validation_split: (training feed, validation feed or None)."""
    if not share or ignored:
        return feed, None
    if not isinstance(feed, ArrayFeed):
        raise ArgumentError("validation_split", "arrays to split", "a generator", "Give validation_data.")
    labels = class_labels(feed.y[0]) if len(feed.y) == 1 else None
    train, held = split_indices(feed.samples, share, mode, labels, trainer.model.counters.seed)
    warn_missing(labels, train, held)

    def part(index: np.ndarray):
        contiguous = slice(int(index[0]), int(index[-1]) + 1) if len(index) == index[-1] - index[0] + 1 else torch.from_numpy(index)
        return ArrayFeed(*([None if t is None else t[contiguous] for t in side] for side in (feed.x, feed.y, feed.w)), feed.batch_size)

    return part(train), part(held)


def validation_feed(model, data, batch_size, steps):
    """The feed of validation_data: (x, y), (x, y, sample_weight), or a generator."""
    if isinstance(data, (tuple, list)) and len(data) in (2, 3):
        x, y, w = (*data, None)[:3]
        return make_feed(x, y, w, batch_size, model.input_names, model.output_names, steps)
    return make_feed(data, None, None, batch_size, model.input_names, model.output_names, steps)


def weigh(class_weight, sample_weight, targets: list):
    """Sample weights times class weights."""
    labels = class_labels(targets[0]) if len(targets) == 1 else None
    by_class = torch.from_numpy(class_weights(class_weight, labels))
    given = weights_for(sample_weight, ["y"], 1)[0]
    return by_class if given is None else by_class * given


def weighted(feed, class_weight):
    """The feed with class weights in its sample weights."""
    if class_weight is None:
        return feed
    if not isinstance(feed, ArrayFeed):
        raise ArgumentError("class_weight", "arrays, whose labels are known", "a generator", "Let it give sample weights.")
    return ArrayFeed(feed.x, feed.y, [weigh(class_weight, feed.w[0] if feed.w else None, feed.y)], feed.batch_size)
