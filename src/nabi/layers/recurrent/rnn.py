"""RNN: a recurrent layer from a cell of one's own.

    y_t, s_t = cell(x_t, s_(t-1))        x_t: (N, n)     s: a list of states (N, size)

Source: Keras 3, layers/rnn/rnn.py.
"""

import inspect
from typing import Any

import torch

from nabi.core.errors import ArgumentError, StateError
from nabi.core.registry import register
from nabi.layers.inside import RUNNING, Running, holding
from nabi.layers.layer import Layer
from nabi.layers.node import flatten
from nabi.layers.recurrent.cell import Cell, known_features
from nabi.layers.recurrent.recurrent import Recurrent, first
from nabi.layers.weight import dtype_of


@register("layer")
class RNN(Recurrent):
    """Runs a cell over the time steps of a sequence.

    Args:
        cell: nabi's LSTMCell, GRUCell or SimpleRNNCell, or a layer with `call(self, x, states)`, which gives an output and the
            new states, and with `state_size`: units of its state, or a list with those of each. It may have `output_size`, if
            that is not its first state's, and `get_initial_state(batch_size)`.
        return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask: as in `Recurrent`.

    Shapes: (batch, steps, n) -> (batch, units), or (batch, steps, units) with return_sequences.

    Example:
        >>> import nabi, torch
        >>> class Sum(nabi.Layer):
        ...     state_size = 2
        ...     def call(self, x, states):
        ...         total = states[0] + x
        ...         return total, [total]
        >>> nabi.layers.RNN(Sum(), return_sequences=True)(torch.tensor([[[1., 2.], [10., 20.]]])).tolist()
        [[[1.0, 2.0], [11.0, 22.0]]]

    Raises ArgumentError for what is no cell; Keras takes a list of cells too, here layers follow one another instead.
    """

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False,
                 zero_output_for_mask=False, **base):
        super().__init__(return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask, **base)
        if not isinstance(cell, Layer) or not hasattr(cell, "state_size"):
            many = isinstance(cell, (list, tuple))
            raise ArgumentError("RNN(cell)", "a layer with call(self, x, states) and state_size", repr(cell),
                                "For several, put RNN(cell, return_sequences=True) layers behind one another." if many else "")
        self.cell = cell

    def get_initial_state(self, batch_size):
        own = getattr(self.cell, "get_initial_state", None)
        return super().get_initial_state(batch_size) if own is None else flatten(own(batch_size))

    def build(self, input_shape):
        if isinstance(self.cell, Cell):
            super().build(input_shape)
        elif not self.cell.built:
            features = known_features(self, first(input_shape))
            self.cell.build((None, features))
            if not all(layer.built for layer in self.cell.inside):  # one step builds them
                zeros = torch.zeros(1, features, dtype=dtype_of(self.dtype))
                with torch.no_grad(), holding(RUNNING, Running(False, trial=[])):
                    self.step(zeros, [state.to(zeros) for state in self.get_initial_state(1)], False)
            self.cell.built = True

    def step(self, x: torch.Tensor, states: list[torch.Tensor], training: bool) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """One time step of a cell of one's own."""
        extra: dict[str, Any] = {"training": training} if "training" in inspect.signature(self.cell.call).parameters else {}
        made = self.cell.call(x, states, **extra)
        if not isinstance(made, (list, tuple)) or len(made) != 2 or len(flatten(made[1])) != len(states):
            raise StateError(f"{self.cell.label}.call", f"an output and a list of {len(states)} states", type(made).__name__)
        return made[0], flatten(made[1])

    def over_time(self, x, states, marks, key, training):
        if isinstance(self.cell, Cell):
            return super().over_time(x, states, marks, key, training)
        return self.loop(lambda x_t, before: self.step(x_t, before, training), x, states, marks)

    def macs(self, input_shape, output_shape):
        return super().macs(input_shape, output_shape) if isinstance(self.cell, Cell) else None
