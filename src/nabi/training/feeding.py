"""Feeding: what comes before the first step: data as batches, the model built and checked for them, splits, weights by class.

    fit(x, y, ...)  ->  FitData: feed (training), held (validation), batches of an epoch
"""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from nabi.core import random
from nabi.core.errors import ArgumentError, DataError, NabiError, ShapeError
from nabi.core.numbers import flag, is_whole
from nabi.core.warning import warn
from nabi.data import (
    ArrayFeed,
    Batch,
    Dataset,
    Feed,
    IterableFeed,
    class_labels,
    is_iterable_source,
    make_feed,
    opened,
    split_indices,
    warn_missing,
)
from nabi.data.view import INFINITE
from nabi.training.findings import first_look
from nabi.training.fitting import check_labels
from nabi.training.mixing import INDEX, check_loss, check_mix, mixed, settings
from nabi.training.nonfinite import refuse_bad
from nabi.training.raw import raw_feed, unpacked
from nabi.training.sampling import Sampler, check_sampling
from nabi.training.sampling import settings as sampled
from nabi.training.weighing import weighted

MISFITS = TypeError, ValueError, IndexError, KeyError, RuntimeError, AttributeError  # of a call on what is not its input


class FitData:
    """The data of one `fit`.

    Args:
        trainer: who learns; its model is built if need be.
        x, y, sample_weight, batch_size, validation_split, validation_data, shuffle, class_weight, steps_per_epoch,
        validation_steps, validation_batch_size, validation_freq, validation_split_mode: as in `Model.fit`.
        initial_epoch: the epoch in which the first pass over the data begins.
        mix: a layer that blends the batches of training, or None.
        sampling: how often samples are drawn, see `nabi.training.sampling`; None draws each once an epoch.

    Attributes:
        feed: what is learned from. `held`: what validation is done with, or None; both final after `divide`.
        steps: steps an epoch, None if the data decide.
        first_loss: the loss of an epoch's first step, None before one.
    """

    def __init__(self, trainer, x: Any, y: Any, *, sample_weight: Any, batch_size: int | None, validation_split: float,
                 validation_data: Any, shuffle: bool, class_weight: Any, steps_per_epoch: int | None,
                 validation_steps: int | None, validation_batch_size: int | None, validation_freq: Any,
                 validation_split_mode: str, initial_epoch: int, mix: Any = None, sampling: Any = None):
        self.trainer, self.counters, self.initial_epoch = trainer, trainer.model.counters, initial_epoch
        self.shuffle, self.class_weight = flag("fit(shuffle)", shuffle), class_weight
        self.validation_split, self.validation_split_mode = validation_split, validation_split_mode
        self.validation_data = validation_data
        self.validation_batch_size = count("fit(validation_batch_size)", validation_batch_size)
        self.validation_steps = count("fit(validation_steps)", validation_steps)
        self.validation_freq = epochs_or_every("fit(validation_freq)", validation_freq)
        self.given_steps = count("fit(steps_per_epoch)", steps_per_epoch)
        self.mix = check_mix(mix, trainer.own.trains)
        self.feed: Feed = prepared(trainer, x, y, sample_weight, batch_size, learning=True, finite=True)
        if self.mix is not None:
            check_loss(trainer)
        self.sampling = check_sampling(sampling, class_weight, self.shuffle, self.feed)
        self.sampler: Sampler | None = None  # until `divide`
        self.samples = self.feed.samples  # before `divide`
        self.held: Feed | None = None
        self.first_loss: float | None = None
        arrays = self.feed.x if isinstance(self.feed, ArrayFeed) else []
        for finding in [] if trainer.own.trains else first_look(trainer, arrays):
            warn(finding)

    @property
    def steps(self) -> int | None:
        """Steps an epoch."""
        return self.given_steps or self.feed.length

    @property
    def facts(self) -> dict[str, Any]:
        """What a run that is resumed in the middle of an epoch must share; samples and steps are those before `divide`."""
        size = self.feed.batch_size
        steps = self.given_steps or (math.ceil(self.samples / size) if isinstance(self.feed, ArrayFeed) else self.feed.length)
        return {"samples": self.samples, "batch_size": size, "steps": steps, "shuffle": self.shuffle,
                "validation_split": self.validation_split, "mode": self.validation_split_mode, "mix": settings(self.mix),
                "sampling": sampled(self.sampling)}

    def divide(self) -> None:
        """Holds samples out for validation and weighs the others by class; a function of the model's seed."""
        train = None
        if self.validation_data is not None:
            self.held = validation_feed(self.trainer, self.validation_data, self.validation_batch_size or self.feed.batch_size)
        elif self.validation_split:
            if not isinstance(self.feed, ArrayFeed):
                raise ArgumentError("validation_split", "arrays to split", "a generator", "Give validation_data.")
            mode = self.validation_split_mode
            labels = class_labels(self.feed.y[0]) if len(self.feed.y) == 1 else None
            train, held = split_indices(self.feed.samples, self.validation_split, mode, labels, self.counters.seed)
            warn_missing(labels, train, held, mode)
            self.feed, self.held = self.feed.part(train), self.feed.part(held, self.validation_batch_size)
        if self.class_weight is not None:
            self.feed = weighted(self.feed, self.class_weight)
        if self.sampling is not None and isinstance(self.feed, ArrayFeed):
            self.sampler = Sampler.of(self.sampling, self.feed, train)

    def due(self, epoch: int) -> bool:
        """Whether epoch number `epoch` (from 0) ends in a validation."""
        if isinstance(self.validation_freq, int):
            return self.held is not None and (epoch + 1) % self.validation_freq == 0
        return self.held is not None and epoch + 1 in self.validation_freq

    @property
    def share_due(self) -> float:
        """The share of the epochs that end in a validation, roughly."""
        every = self.validation_freq
        return 0.0 if self.held is None else 1 / every if isinstance(every, int) else len(every) / max(every)

    def take_batch_size(self, size: int | None) -> None:
        """Goes on with another batch size, also in validation where that has none of its own."""
        for feed in (self.feed, None if self.validation_batch_size else self.held):
            if isinstance(feed, ArrayFeed):
                feed.batch_size = size

    def batches(self, epoch: int, step: int) -> Iterator[Batch]:
        """The batches of an epoch from a step on, each blended where `mix` is given."""
        layer, batches = self.mix, self.unmixed(epoch, step)
        if layer is None:
            return batches
        shape = tuple(self.trainer.model.require_graph().outputs[0].shape[1:])
        return (mixed(batch, layer, self.counters.key(layer, INDEX), shape) for batch in batches)

    def unmixed(self, epoch: int, step: int) -> Iterator[Batch]:
        """The batches of an epoch from a step on, as they come.

        Passes over the data follow one another: with `steps_per_epoch` an epoch goes on where the last one stopped, and may be
        longer than a pass. Every pass has a permutation of its own, f(seed, passes this model ever began).
        """
        if isinstance(self.feed, IterableFeed):
            if self.given_steps is None and isinstance(self.feed.source, Dataset) and self.feed.source.count == INFINITE:
                raise ArgumentError("fit(steps_per_epoch)", "the batches of an epoch, since x has no end", "None",
                                    "Say steps_per_epoch=100, or leave out .repeat(): fit begins anew by itself.")
            return checked(self.trainer, self.passes(self.feed), self.given_steps and self.given_steps - step)
        batches = islice(self.numbered_passes(epoch, step), self.steps and self.steps - step)
        return batches if isinstance(self.feed, ArrayFeed) else checked(self.trainer, batches)

    def numbered_passes(self, epoch: int, step: int) -> Iterator[Batch]:
        """Pass after pass over samples or batches that have numbers, from where the epoch stands."""
        feed: Any = self.feed
        number, start = epoch - self.initial_epoch, step
        begun = self.counters.epochs - number  # passes that earlier fits began
        if self.given_steps:
            number, start = divmod(number * self.given_steps + step, feed.length)
        while True:
            order = self.order(begun + number, feed.count)
            yield from feed.batches(order, start)
            number, start = number + 1, 0

    def order(self, number: int, count: int) -> np.ndarray | None:
        """What the pass of this number takes, in its order; None: all, as they lie."""
        if self.sampler is not None:
            return self.sampler.order(self.counters.seed, number)
        return random.permutation(self.counters.seed, number, count) if self.shuffle else None

    def passes(self, feed: IterableFeed) -> Iterator[Batch]:
        """One pass; with `steps_per_epoch` one after the other, until one is empty."""
        empty = 0
        while empty < 2:  # what is left of a pass may be nothing; a whole pass may not
            empty += 1
            for batch in feed.batches():
                empty = 0
                yield batch
            if self.given_steps is None:
                return

    def ran_out(self, epoch: int, step: int) -> None:
        """To be called where the batches of an epoch have ended. Training stops, with a warning, where they were too few.

        Raises:
            DataError: there was not one in the first epoch.
        """
        if step >= (self.given_steps or 1):
            return
        source = type(getattr(self.feed, "source", None)).__name__
        if step == 0 and epoch == self.initial_epoch:
            raise DataError("fit(x)", "at least one batch", f"a {source} that gave none")
        warn(f"fit(x): expected {self.given_steps or 'some'} batches in epoch {epoch + 1}, got {step} from a {source}; "
             "training stops. A generator must give steps_per_epoch x epochs batches; what is to be read again every "
             "epoch must start anew each time it is iterated, as a DataLoader does.")
        self.trainer.model.stop_training = True


def prepared(trainer, x: Any, y: Any = None, sample_weight: Any = None, batch_size: int | None = None,
             learning: bool = False, finite: bool = False) -> Feed:
    """The feed for x and y, with the model built for it, and shapes and labels checked before anything is computed.

    `learning`: for a step that trains. `finite`: NaN and infinity in arrays are refused.
    """
    x, y = opened(x, y)
    model, own = trainer.model, trainer.own
    if own.trains if learning else own.tests:
        return own_feed(trainer, x, y, sample_weight, batch_size, "train" if learning else "test")
    feed = feed_for(model, x, y, sample_weight, batch_size)
    if feed.length == 0:
        raise DataError("x", "at least one batch", f"a {type(x).__name__} of length 0")
    if model.graph is None:
        trainer.build_for(feed.first().x)
    trainer.meet()
    if isinstance(feed, ArrayFeed):
        trainer.check_batch(feed.first())
        trainer.objective.check_targets(feed.first())
        if finite:
            refuse_bad(trainer, feed.first())
        check_labels(trainer, feed.y)
    trainer.ready()
    return feed


def own_feed(trainer, x: Any, y: Any, sample_weight: Any, batch_size: int | None, purpose: str) -> Feed:
    """The feed of a step of the user's own: data in the form in which they were given, unchecked; what can be built is built."""
    model = trainer.model
    feed: Any
    feed, trainer.own.forms[purpose] = raw_feed(x, y, sample_weight, batch_size)
    if feed.length == 0:
        raise DataError("x", "at least one batch", f"a {type(x).__name__} of length 0")
    if model.graph is None and (model.has_call or not model.written):
        whole = feed.first().data if trainer.own.forms[purpose] is None else x
        first = unpacked(whole)[0] if trainer.own.forms[purpose] is None else x
        try:
            model.begin_on(first) if model.written else model.build((None, *np.shape(first)[1:]))
        except NabiError:  # a step may take all parts of a batch for inputs: (anchor, positive, negative)
            if not model.written or not isinstance(whole, tuple) or len(whole) < 2:
                raise
            model.begin_on(list(whole))
        except MISFITS:  # it may call the model on something else: x are numbers of nodes, the graph is an attribute
            if not model.written or not trainer.own.trains:
                raise
            model.given = None
    trainer.meet()
    return feed


def feed_for(model, x: Any, y: Any = None, sample_weight: Any = None, batch_size: int | None = None) -> Feed:
    """The feed for x and y. A model that is written as `call` is built by what comes first: only then its outputs have names."""
    x, y = opened(x, y)
    waiting = model.graph is None and model.written
    if waiting and is_iterable_source(x):
        feed: Any = make_feed(x, y, sample_weight, batch_size, [], [])
        item = None if feed.length == 0 else feed.peek()
        if item is not None:
            model.begin_on(item[0] if isinstance(item, (list, tuple)) else item)
        feed.inputs, feed.outputs = list(model.input_names), list(model.output_names)
        return feed
    if waiting:
        model.begin_on(x)
    return make_feed(x, y, sample_weight, batch_size, list(model.input_names), list(model.output_names))


def checked(trainer, batches: Iterator[Batch], most: int | None = None) -> Iterator[Batch]:
    """At most so many batches, each held against the model's shapes as it comes, unless a step of the user's own takes them."""
    for batch in islice(batches, most):
        if not trainer.own.tests:
            trainer.check_batch(batch)
        yield batch


def validation_feed(trainer, data: Any, batch_size: int | None) -> Feed:
    """The feed of validation_data: (x, y), (x, y, sample_weight), or a generator; x alone where no targets are needed."""
    several = isinstance(data, (tuple, list))
    x, y, w = (*data, None)[:3] if several and len(data) in (2, 3) else (*opened(data, None), None)
    if y is None and not trainer.own.tests and not is_iterable_source(data) and trainer.objective.needs_targets:
        got = f"a {type(data).__name__} of {len(data)}" if several else type(data).__name__
        raise DataError("fit(validation_data)", "(x, y) or (x, y, sample_weight), or a generator of batches", got,
                        "Write validation_data=(x_val, y_val).")
    try:
        return prepared(trainer, x, y, w, batch_size)
    except (DataError, ShapeError) as error:
        where, expected, got, remedy = error.parts
        kind = DataError if isinstance(error, DataError) else ShapeError
        raise kind(f"validation_data, {where}", expected, got, remedy or "") from None


def one_batch(trainer, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None, learning: bool = True) -> Batch:
    """All of x and y as one batch."""
    feed = prepared(trainer, x, y, sample_weight, learning=learning)
    if not isinstance(feed, ArrayFeed):
        raise ArgumentError("x", "the arrays of one batch", f"a {type(x).__name__}")
    weighed: Any = feed if class_weight is None else weighted(feed, class_weight)
    return weighed.whole()


def epochs_or_every(where: str, value: Any) -> Any:
    """A whole number above 0, or a list of them, which are epochs counted from 1; None is 1."""
    if not isinstance(value, (list, tuple, set)):
        return count(where, value) or 1
    if not all(is_whole(epoch) and int(epoch) >= 1 for epoch in value):
        raise ArgumentError(where, "a whole number above 0, or a list of epochs from 1", repr(value))
    return value


def count(where: str, value: Any) -> int | None:
    """A whole number above 0, or None."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1):
        raise ArgumentError(where, "a whole number above 0", repr(value))
    return None if value is None else int(value)
