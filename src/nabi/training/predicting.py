"""Predicting: outputs as NumPy arrays, from compiled models and from models that were never compiled."""

import math
from collections.abc import Callable
from itertools import islice, zip_longest
from typing import Any

import numpy as np
import torch

from nabi.callbacks import CallbackList
from nabi.core.config import config
from nabi.core.errors import DataError
from nabi.core.warning import warn
from nabi.data import ArrayFeed, Batch, Feed, cast, is_iterable_source
from nabi.layers.node import flatten
from nabi.models.states import stateful_layers
from nabi.training.binding import STEPPING
from nabi.training.feeding import count, feed_for
from nabi.training.findings import scaled_before
from nabi.training.inference import Inference
from nabi.training.own import overrides
from nabi.training.plan import Pass
from nabi.training.raw import mapped, raw_feed

AT_ONCE = 256  # samples computed together where the user does not say; 32 are 18 % slower, 1024 are 3 % quicker
Steps = tuple[Feed, Callable[[Any], list[torch.Tensor]], Callable[[list], Any]]
LARGEST = 1 << 26  # numbers of a layer's output for one batch; networks on large pictures take fewer samples at once


def predict(model, x: Any, *, batch_size: int | None = None, verbose: Any = "auto", steps: int | None = None,
            callbacks: Any = None):
    """Outputs as NumPy arrays; see `Model.predict`."""
    steps = count("predict(steps)", steps)
    feed, step, structured = (own_steps if overrides(model, "predict_step") else usual_steps)(model, x, batch_size)
    calls = CallbackList(callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=steps or feed.length,
                         samples=feed.samples, batch_size=feed.batch_size)
    parts = []
    try:
        calls.on_predict_begin()
        for number, batch in enumerate(islice(feed.batches(), steps)):
            calls.on_predict_batch_begin(number)
            parts.append([out.numpy() for out in step(batch)])
            calls.on_predict_batch_end(number, {"outputs": structured(parts[-1])})
        if not parts:
            raise DataError("predict(x)", "at least one batch", "none")
        calls.on_predict_end()
    finally:
        calls.close()
    return structured([np.concatenate(arrays) for arrays in zip(*parts, strict=True)])


def usual_steps(model, x: Any, batch_size: int | None) -> Steps:
    """The feed for x; what computes the outputs of a batch; what brings them into the form that the model gives."""
    if model.written and not is_iterable_source(x):
        model.begin_on(x)
    feed = feed_for(model, x, batch_size=at_once(model) if batch_size is None else batch_size)
    if model.graph is None:
        ready_for(model, feed.first())
    step, fresh = predict_step(model), [True]

    def checked(batch: Batch) -> list[torch.Tensor]:
        ready_for(model, batch)
        for finding in scaled_before(model, batch.x) if fresh else ():
            warn(finding)
        fresh.clear()
        return step(batch)

    return feed, checked, model.structured


def own_steps(model, x: Any, batch_size: int | None) -> Steps:
    """As `usual_steps`, by a predict_step of the user's own: its outputs may be a tensor, or a list, tuple or dict of them."""
    feed, forms = raw_feed(x, batch_size=batch_size)
    dtype = next((w.stored.dtype for w in model.weights), getattr(torch, config.floatx))
    kept: list[Any] = [None]  # the outputs of the last batch, for their form

    @torch.no_grad()
    def step(batch: Any) -> list[torch.Tensor]:
        data = (batch if forms is None else forms.raw(batch)).data
        kept[0] = model.predict_step(mapped(data, lambda t: t.to(dtype) if t.is_floating_point() else t))
        return [out.detach() for out in flatten(kept[0])]

    def structured(arrays: list[np.ndarray]) -> Any:
        form = kept[0]
        return dict(zip(form, arrays, strict=True)) if isinstance(form, dict) else arrays if isinstance(
            form, (list, tuple)) else arrays[0]

    return feed, step, structured


def at_once(model) -> int:
    """Samples that `predict` computes together by itself. Keras takes 32; the outputs hang on it by rounding at most.

    A stateful layer takes Keras' 32: there the samples of a batch go on with those of the batch before.

    Example:
        >>> import nabi
        >>> [at_once(nabi.Sequential([nabi.Input((n, n, 3)), nabi.layers.Conv2D(64, 3, padding="same")])) for n in (32, 224)]
        [256, 20]
    """
    layers = [] if model.graph is None else model.leaves
    if layers and stateful_layers(model):
        return 32
    volumes = [math.prod(n or 1 for n in symbol.shape[1:]) for layer in layers for node in layer.nodes for symbol in node.outputs]
    return max(1, min(AT_ONCE, LARGEST // max([1, *volumes])))


def predict_on_batch(model, x: Any):
    """Outputs for one batch as NumPy arrays."""
    if overrides(model, "predict_step"):
        feed, step, structured = own_steps(model, x, None)
        return structured([out.numpy() for out in step(feed.whole() if isinstance(feed, ArrayFeed) else feed.first())])
    batch = the_batch(model, x)
    ready_for(model, batch)
    return model.structured([np.array(out.numpy()) for out in predict_step(model)(batch)])  # it may be the user's own memory


def the_batch(model, x: Any) -> Batch:
    """All of x as one batch. The usual array is taken straight: for one picture, looking at all forms of x costs a tenth."""
    if type(x) is np.ndarray and x.dtype == np.float32 and x.flags.carray and len(model.input_names) == 1 and x.ndim and len(x):
        return Batch([torch.from_numpy(x)], [], [])
    feed: Any = feed_for(model, x)
    if not isinstance(feed, ArrayFeed):
        raise DataError("predict_on_batch(x)", "arrays", f"a {type(x).__name__}", "predict(x) takes a source of batches.")
    return feed.whole()


def ready_for(model, batch: Batch) -> None:
    """Builds a model that was waiting for its first data, and holds the shapes of a batch against it."""
    if model.graph is None:
        model.build((None, *batch.x[0].shape[1:]))
    model.check_shapes([(None, *t.shape[1:]) for t in batch.x])


def predict_step(model):
    """Function from a batch to its outputs: the compiled model's step, or one in the weights' own dtype."""
    if model.trainer is not None:
        return model.trainer.predict_step
    inference = uncompiled(model)

    @torch.no_grad()
    def run(batch: Batch) -> list[torch.Tensor]:
        with STEPPING:
            return inference.run(cast(batch, inference.plan.dtype, inference.plan.raw).x, Pass(False, model.counters))

    return run


def uncompiled(model) -> Inference:
    """The inference plan of a model that was never compiled, kept until its layers, their activations or its dtype change."""
    dtype = next((w.value.dtype for w in model.weights), torch.float32)
    signs = [dtype, model.graph, *(getattr(call.layer, "activation", None) for call in model.graph.calls)]
    if model.inference is None or not all(a is b for a, b in zip_longest(model.inference.signs, signs)):
        model.inference = Inference(model.graph, dtype=dtype)
        model.inference.signs = signs
    return model.inference
