"""Seen: one use of a layer as its arithmetic is traced: inputs, outputs and weights as NumPy arrays, and how it ran."""

from typing import Any

import numpy as np
import torch

from nabi.layers.inside import local_names
from nabi.trace.run import Run


class Seen:
    """One call of a run.

    Args:
        run: the run.
        number: of the call in its graph.
        sample: which sample is asked about.

    Attributes:
        layer: the layer. `x`, `y`: its inputs and outputs, each (N, ...).
        training: whether it ran as in training.
    """

    def __init__(self, run: Run, number: int, sample: int):
        self.run, self.number, self.sample = run, number, sample
        self.call = run.graph.calls[number]
        self.layer: Any = self.call.layer
        self.x = [array(run.values[slot]) for slot in self.call.inputs]
        self.y = [array(run.values[slot]) for slot in self.call.outputs]
        self.training = run.given.get(number, False)

    @property
    def one(self) -> np.ndarray:
        """The sample of the first input, without the batch axis."""
        return self.x[0][self.sample]

    @property
    def masks(self) -> list[np.ndarray | None]:
        """The masks that it read, one an input; [] where it reads none."""
        values = self.run.values
        return [None if slot is None else array(values[slot]) for slot in self.call.masks] if self.call.reads else []

    def weight(self, name: str) -> np.ndarray:
        """A weight in Keras' shape by its name in the layer; nothing is copied, so cut it before computing with it."""
        return local_names(self.layer)[name].stored.detach().numpy()

    def scores(self, place: tuple[int, ...]) -> np.ndarray:
        """A copy of z along the last axis: what the activation of a softmax layer reads for one place."""
        return np.array(array(self.run.values[-1 - self.call.outputs[0]])[(self.sample, *place[:-1])])

    def again(self, *inputs: np.ndarray) -> list[np.ndarray]:
        """What the layer makes of other inputs, in the same mode, with the same random numbers."""
        made = self.run.again(self.number, [torch.from_numpy(np.ascontiguousarray(x)) for x in inputs])
        return [array(t) for t in made]


def array(t: torch.Tensor) -> np.ndarray:
    """A tensor as an array, without a copy."""
    return t.detach().numpy()


def wide(part: np.ndarray) -> np.ndarray:
    """A part of a weight as float64."""
    return np.asarray(part, dtype=np.float64)
