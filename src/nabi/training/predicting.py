"""Predicting: outputs as NumPy arrays, from compiled models and from models that were never compiled."""

from itertools import islice
from typing import Any

import numpy as np
import torch

from nabi.callbacks import CallbackList
from nabi.core.errors import DataError
from nabi.data import Batch, cast, make_feed
from nabi.training.feeding import count
from nabi.training.fusion import join
from nabi.training.plan import Pass, Plan

AT_ONCE = 256  # samples computed together where the user does not say


def predict(model, x: Any, *, batch_size: int | None = None, verbose: Any = "auto", steps: int | None = None,
            callbacks: Any = None):
    """Outputs as NumPy arrays; see `Model.predict`."""
    steps = count("predict(steps)", steps)
    feed = make_feed(x, None, None, AT_ONCE if batch_size is None else batch_size, model.input_names, model.output_names)
    if model.graph is None:
        model.build((None, *feed.first().x[0].shape[1:]))
    calls = CallbackList(callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=steps or feed.length,
                         samples=feed.samples, batch_size=feed.batch_size)
    step, parts = predict_step(model), []
    try:
        calls.on_predict_begin()
        for number, batch in enumerate(islice(feed.batches(), steps)):
            calls.on_predict_batch_begin(number)
            model.check_shapes([(None, *t.shape[1:]) for t in batch.x])
            parts.append([out.numpy() for out in step(batch)])
            calls.on_predict_batch_end(number, {"outputs": parts[-1]})
        if not parts:
            raise DataError("predict(x)", "at least one batch", "none")
        calls.on_predict_end()
    finally:
        calls.close()
    return model.structured([np.concatenate(arrays) for arrays in zip(*parts, strict=True)])


def predict_on_batch(model, x: Any):
    """Outputs for one batch as NumPy arrays."""
    feed: Any = make_feed(x, None, None, None, model.input_names, model.output_names)
    return predict(model, x, batch_size=feed.samples, verbose=0)


def predict_step(model):
    """Function from a batch to its outputs: the compiled model's step, or a plan in the weights' own dtype."""
    if model.trainer is not None:
        return model.trainer.predict_step
    dtype = next((w.value.dtype for w in model.weights), torch.float32)
    plan = Plan(model.graph, dtype=dtype, join=join)

    @torch.no_grad()
    def run(batch: Batch) -> list[torch.Tensor]:
        return plan.run(cast(batch, dtype).x, Pass(False, model.counters))

    return run
