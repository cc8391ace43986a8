"""States: what stateful recurrent layers keep from one batch to the next; part of a model as its counters are.

    layer.states    a list of tensors (N, units), or None before the first batch and after `reset_state`

They are no weights: they have the size of a batch, are not trained, and lie in checkpoints, not in model files.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from nabi.core.errors import StateError
from nabi.layers.inside import opened
from nabi.layers.recurrent import Recurrent


def stateful_layers(model: Any) -> list[Recurrent]:
    """The layers of a model that keep states, those inside layers too, in the order in which they run."""
    within = [inner for leaf in model.leaves for inner in opened(leaf)]
    return [layer for layer in within if isinstance(layer, Recurrent) and layer.stateful]


@contextmanager
def unmoved(layers: list[Recurrent]) -> Iterator[None]:
    """After the block the layers have the states that they had before."""
    before = [layer.states for layer in layers]
    try:
        yield
    finally:
        for layer, states in zip(layers, before, strict=True):
            layer.states = states


def states_of(layers: list[Recurrent]) -> list[list[np.ndarray] | None]:
    """The states of layers as arrays, for a checkpoint."""
    return [None if layer.states is None else [state.cpu().numpy() for state in layer.states] for layer in layers]


def set_states(layers: list[Recurrent], states: list, where: str) -> None:
    """Takes up what `states_of` gave.

    Raises:
        StateError: they are of other layers.
    """
    for layer, given in zip(layers, states, strict=False):
        if given is not None and [np.shape(state)[-1:] for state in given] != [(size,) for size in layer.state_sizes]:
            raise StateError(where, f"states of {layer.state_sizes} numbers for {layer.label}", [np.shape(s) for s in given])
    if len(states) != len(layers):
        raise StateError(where, f"states of {len(layers)} stateful layers", len(states))
    for layer, given in zip(layers, states, strict=True):
        layer.states = None if given is None else [torch.from_numpy(np.array(state)) for state in given]
