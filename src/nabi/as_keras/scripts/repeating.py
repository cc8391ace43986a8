"""Repeating: scripts that loop over `fit` or `train_on_batch` themselves, in a trial shortened by `--max-epochs`.

    for step in range(10_000): model.train_on_batch(x, y)       trains 100 times; then the last answer is given again, and the
                                                                loop ends (`looping`) once a round has learned nothing
    for i in range(200): model.fit(x, y, epochs=1)              from the 11th time on with one batch
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.scripts.shortening import BATCH, Limits

FITS, STEPS = 10, 100  # calls of one model that a trial does in full, for each epoch that it allows
FEW, PATIENCE = 16, 20.0  # of a net so slow that its steps have taken this long, in seconds, a trial does these


class Steps:
    """What `train_on_batch` has done in a trial.

    Attributes:
        learned: calls that trained. spent: calls that gave the last answer again.
    """

    learned = 0
    spent = 0


def counted(model: Any, name: str) -> int:
    """How often this method of a model has been called in a trial, this call included."""
    calls = model.__dict__.setdefault("trial_calls", {})
    calls[name] = calls.get(name, 0) + 1
    return calls[name]


def brief_fit(fit: Callable) -> Callable:
    """`fit`, with one batch where a trial has seen it often enough."""

    @wraps(fit)
    def call(self, *args, **options):
        if Limits.epochs is None or Limits.samples is None or counted(self, "fit") <= FITS * Limits.epochs:
            return fit(self, *args, **options)
        note("many fits", f"--max-epochs: fit is called over and over; after {FITS * Limits.epochs} times one batch is learned.")
        before = Limits.samples
        Limits.samples = min(before, max(BATCH, int(options.get("batch_size") or BATCH)))
        try:
            return fit(self, *args, **options)
        finally:
            Limits.samples = before

    return call


def brief_step(step: Callable) -> Callable:
    """`train_on_batch`, which gives its last answer again where a trial has seen it often enough."""

    @wraps(step)
    def call(self, *args, **options):
        if Limits.epochs is None:
            return step(self, *args, **options)
        number, begun = counted(self, "train_on_batch"), time.monotonic()
        calls = self.__dict__["trial_calls"]
        enough = number > STEPS * Limits.epochs or number > FEW * Limits.epochs and begun - calls["begun"] > PATIENCE
        if enough and "answer" in calls and not options.get("return_dict"):
            note("many steps", f"--max-epochs: train_on_batch learns {number - 1} batches, not more.")
            Steps.spent += 1
            return calls["answer"]
        calls.setdefault("begun", begun)
        made = calls["answer"] = step(self, *args, **options)
        Steps.learned += 1
        return made

    return call
