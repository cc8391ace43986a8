"""Speeds: how long a step and a validation take, measured on a copy of the model that is thrown away.

    t_B = median of the times of steps at batch size B, blending by `mix` included, but for the first, which compiles and warms up
    v   = batches of a validation * median of the times of test steps, but for the first

Batch sizes are tried in rising order, until one is worse than the one before (see `budget.cost`), the budget has not 500 steps,
or a step takes so long (0.2 s) that it is arithmetic, which larger batches do not shorten. All of it takes a twentieth of the
budget, at most ten seconds, compiling and the first steps left aside. Where these take long another batch size is tried only if
half the time is left after one more like the last; and a validation is timed only if any is left.
"""

import copy
import math
import warnings
from collections.abc import Callable, Iterable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

from nabi.core import random
from nabi.core.errors import NabiError
from nabi.data import ArrayFeed
from nabi.training.budget import STEPS_IN_ALL, Speeds, cost, sizes_to_try
from nabi.training.mixing import INDEX, mixed
from nabi.training.rate_range import endless

SHARE, MOST = 0.05, 10.0  # of the budget, and in seconds
LONG_STEP = 0.2  # seconds
SAMPLES = 50  # times whose median is taken, at most


def measured(trainer: Any, data: Any, given: int | None, budget: float, left: float = math.inf) -> Speeds:
    """The speeds of a model on the data of a fit; nothing of the model, nor of anyone's random numbers, is moved.

    Args:
        trainer: the model's trainer. `data`: the fit's data, divided.
        given: the batch size, None to try several.
        budget: seconds of the whole fit. `left`: those that are left now.

    Returns: no steps where they cannot be measured: batches of a generator, a model that cannot be copied, which `why` says; or a
        step that fails, as that of the training itself then will.
    """
    speeds, began = Speeds(), perf_counter()
    if not isinstance(data.feed, ArrayFeed):
        return Speeds(why="batches")
    with random.seeded(random.current_seed()):
        try:
            trial = copied(trainer)
        except (NabiError, TypeError) as error:
            return Speeds(why="no copy", reason=str(error))
        sizes = [given] if given else sizes_to_try(data.feed.samples)
        most = min(SHARE * budget, MOST) / (len(sizes) + 1)
        try:
            for size in sizes:
                start, feed = perf_counter(), copy.copy(data.feed)
                feed.batch_size = size
                speeds.steps[size] = seconds_a_call(learning_step(trial, data), endless(feed, random.current_seed()), most)
                tried = list(speeds.steps)
                few = budget < STEPS_IN_ALL * speeds.steps[size]
                dear = 2 * perf_counter() - began - start > left / 2  # the time gone, and as much as this size took once more
                if few or dear or speeds.steps[size] > LONG_STEP or (tried[1:] and cost(speeds, size) > cost(speeds, tried[-2])):
                    break
            if isinstance(data.held, ArrayFeed) and perf_counter() - began < left:
                number = min(data.held.length, data.validation_steps or data.held.length)
                speeds.validation = number * seconds_a_call(trial.test_step, repeated(data.held), most)
        except NabiError:  # of the data or the loss: the first step of the training itself says so
            return Speeds()
    return speeds


def learning_step(trial: Any, data: Any) -> Callable:
    """What a batch of a fit goes through: blending by `mix`, as `FitData.batches` does it, and the step."""
    if data.mix is None:
        return trial.train_step
    shape = tuple(trial.model.require_graph().outputs[0].shape[1:])
    return lambda batch: trial.train_step(mixed(batch, data.mix, trial.model.counters.key(data.mix, INDEX), shape))


def copied(trainer: Any) -> Any:
    """The trainer of a copy of its model, at rate 0: it computes all and learns nothing.

    Raises:
        NabiError, TypeError: there can be no copy.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # settings that cannot be written down are handed over below
        model = copy.deepcopy(trainer.model)
        if model.trainer is None:
            settings = dict(trainer.settings)
            eagerly = not settings.pop("fused")
            model.compile(copy.deepcopy(trainer.optimizer), **copy.deepcopy(settings), run_eagerly=eagerly)
    trial: Any = model.trainer
    if trial.optimizer is not None:
        trial.optimizer._learning_rate = 0.0
    trial.own.forms.update(trainer.own.forms)
    return trial


def seconds_a_call(step: Callable, batches: Iterable, most: float) -> float:
    """The median time of gathering a batch and of a call on it, the first left out, until `most` seconds have gone."""
    batches, times = iter(batches), []
    step(next(batches))
    while len(times) < SAMPLES and sum(times) < most or not times:
        start = perf_counter()
        step(next(batches))
        times.append(perf_counter() - start)
    return median(times)


def repeated(feed: ArrayFeed) -> Iterator[Any]:
    """The batches of a feed, again and again."""
    while True:
        yield from feed.batches()
