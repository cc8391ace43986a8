"""Timing: which layers a training step spends its time in, forward and backward, as it really runs: fused, in its own precision.

    share of a layer = (its forward + its backward seconds) / seconds of the whole step

Neighbours that run as one kernel are one row: "conv2d + relu" cannot be parted. A step is that of a copy of the model, which
learns on; the model itself stays as it is. Each number is the smallest over the steps: what else runs can only add to it.
"""

import copy
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError, DataError
from nabi.core.numbers import whole
from nabi.data import Batch, cast
from nabi.kernels import jit
from nabi.training.binding import STEPPING
from nabi.training.plan import Pass
from nabi.training.tape import Direct, Record, Small, Tape

CONVOLUTIONS = ("Conv", "Depthwise")
Row = dict[str, Any]


def time_by_layer(model: Any, x: Any, y: Any = None, steps: int = 10) -> list[Row]:
    """Seconds of a training step by layer, in the order in which they run; then the loss and the optimizer's update.

    Args:
        model: compiled.
        x: one batch, an array (N, ...) as `fit` takes it.
        y: its targets; None takes the model's own answers.
        steps: how many are timed; as many, but at most three, run before.

    Returns: rows {"layers": names, "kind": what runs, such as "Conv2D + relu", "forward": seconds, "backward": seconds,
        "share": of the step, 0 to 1}; the last two have no layers, their kinds are "loss" and "optimizer".

    Raises: ArgumentError for a model that is not compiled, or has several inputs or outputs; DataError for an empty batch.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((8,)), nabi.layers.Dense(16, activation="relu"), nabi.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> rows = time_by_layer(model, np.ones((32, 8), "float32"), steps=3)
        >>> [row["kind"] for row in rows if not row["layers"]], round(sum(row["share"] for row in rows), 6)
        (['loss', 'optimizer'], 1.0)
    """
    if model.trainer is None or model.optimizer is None or len(model.require_graph().outputs) * len(model.inputs) != 1:
        raise ArgumentError("time_by_layer(model)", "a model compiled with an optimizer, with one input and one output",
                            f"model '{model.name}'")
    if not len(x):
        raise DataError("time_by_layer(x)", "at least one sample", "none")
    steps = whole("time_by_layer(steps)", steps, least=1)
    target = answers(model, x) if y is None else np.asarray(y)
    trainer = copy.deepcopy(model).trainer
    batch = Batch([torch.as_tensor(np.asarray(x))], [torch.as_tensor(target)], [None])
    binding = trainer.ready()
    tape = trainer.tape if trainer.tape is not None and jit.fused() else None
    tape = tape or Tape(trainer.steps_plan, binding, trainer.objective, trainer.penalized)
    batch = cast(batch, trainer.precision.dtype, trainer.steps_plan.raw)
    runs = [one_step(trainer, tape, batch) for _ in range(steps + min(steps, 3))][-steps:]
    seconds = np.min(runs, axis=0)
    kinds = [*((op.kind, list(dict.fromkeys(layer.name for layer in op.layers))) for op in tape.plan.ops),
             ("loss", []), ("optimizer", [])]
    return [{"layers": names, "kind": kind, "forward": float(forward), "backward": float(backward),
             "share": float((forward + backward) / seconds.sum())} for (kind, names), (forward, backward)
            in zip(kinds, seconds, strict=True)]


def convolution_share(rows: list[Row]) -> float:
    """The share of a step that goes into convolutions, with what runs in the same kernels.

    Example:
        >>> convolution_share([{"kind": "Conv2D + relu", "share": 0.7}, {"kind": "Dense", "share": 0.3}])
        0.7
    """
    return min(sum(row["share"] for row in rows if any(word in row["kind"] for word in CONVOLUTIONS)), 1.0)


def answers(model: Any, x: Any) -> np.ndarray:
    """What a model answers, in the form of its targets: class numbers where its loss takes these."""
    p = np.asarray(model.predict(x, batch_size=len(x), verbose=0))
    (loss, *_) = model.trainer.objective.losses
    return p.argmax(-1) if loss is not None and loss.integer_labels and p.shape[-1] > 1 else p


def one_step(trainer: Any, tape: Tape, batch: Batch) -> np.ndarray:
    """Seconds (ops + 2, 2) of one step: forward and backward of each op, of the loss, and of the update."""
    ops, found = len(tape.entries), np.zeros((len(tape.entries) + 2, 2))
    p = Pass(True, trainer.model.counters)
    with torch.inference_mode(False), torch.no_grad(), STEPPING, trainer.bound():
        trainer.binding.refresh()
        values, made = dict(zip(tape.plan.graph.input_slots, batch.x, strict=True)), []
        for number, (entry, ends) in enumerate(zip(tape.entries, tape.plan.ends, strict=True)):
            op = entry.op
            given = [values[slot] for slot in op.inputs]
            began = time.perf_counter()
            tensors = given if op.dtype is None else [t.to(op.dtype) for t in given]
            one = (Small if entry.fused is None else Direct)(entry, tensors, p)
            found[number, 0] = time.perf_counter() - began
            values.update(zip(op.outputs, one.made, strict=True))
            made.append((Timed(one, found[number]), [t.dtype for t in given]))
            for slot in ends:
                values.pop(slot, None)
        p.masks = {number: values[slot] for number, slot in tape.plan.masks.items()}
        record, found[ops, 0] = timed(lambda: Record(tape, batch, p, made, [values[s] for s in tape.plan.outputs], 1.0))
        (by_output, by_weight), found[ops, 1] = timed(record.slope.gradients)
        record.slope.gradients = lambda: (by_output, by_weight)
        spans = record.backward()
        _, found[ops + 1, 0] = timed(lambda: trainer.optimizer.apply(spans))
        trainer.binding.stepped()
    return found


class Timed:
    """One run of an op whose way back is timed, into `seconds[1]`."""

    def __init__(self, one: Any, seconds: np.ndarray):
        self.one, self.entry, self.seconds = one, one.entry, seconds

    def backward(self, gs: list, out: list) -> Any:
        """As in `nabi.training.tape`."""
        found, self.seconds[1] = timed(lambda: self.one.backward(gs, out))
        return found


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the seconds it takes."""
    began = time.perf_counter()
    made = act()
    return made, time.perf_counter() - began
