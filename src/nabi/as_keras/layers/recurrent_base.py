"""Recurrent: Keras 1's and 2's base of recurrent layers, for classes of the user's that write `step`.

    class Sum(Recurrent):
        def build(self, input_shape): ...
        def step(self, x, states): return x + states[0], [x + states[0]]

Source: keras/layers/recurrent.py of Keras 2.0, keras/legacy/layers.py of Keras 2.2.
"""

from typing import Any

import torch  # noqa: F401  of the example

from nabi import backend
from nabi.core.errors import Unwritten
from nabi.layers import Layer

__all__ = ["Recurrent", "time_distributed_dense"]


class Recurrent(Layer):
    """Runs `step` over the time steps of a sequence.

    Args:
        return_sequences: every output, not the last alone.
        return_state: the last states, too.
        go_backwards: from the last step to the first.
        stateful, unroll, implementation, consume_less: kept.

    Subclasses write `step(x, states)`, and may write `get_initial_state`, `get_constants`, `preprocess_input`; they say in
    `units` or `output_dim` how many numbers an output has, and in `self.states = [None, ...]` how many states there are.
    """

    def __init__(self, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False,
                 implementation=0, consume_less="cpu", weights=None, input_length=None, **base):
        if input_length is not None and base.get("input_dim") is not None:
            base["input_shape"] = (input_length, base.pop("input_dim"))
        super().__init__(**base)
        self.return_sequences, self.return_state, self.go_backwards = return_sequences, return_state, go_backwards
        self.stateful, self.unroll, self.implementation, self.consume_less = stateful, unroll, implementation, consume_less
        self.initial_weights = weights  # what a `build` of Keras 1 sets at its end
        self.supports_masking = True
        self.states: Any = [None]

    @property
    def width(self) -> int:
        """How many numbers an output has."""
        found: Any = vars(self)
        return int(found.get("units", found.get("output_dim")))

    def compute_output_shape(self, input_shape):
        made = (*input_shape[:2], self.width) if self.return_sequences else (input_shape[0], self.width)
        return [made, *[(input_shape[0], self.width)] * len(self.states)] if self.return_state else made

    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask if self.return_sequences else None

    def get_initial_state(self, inputs: Any) -> list:
        """Zeros, a row of the output's width for each state."""
        return [inputs.new_zeros(len(inputs), self.width) for _ in self.states]

    def get_initial_states(self, x: Any) -> list:
        """Keras 1's name of the same."""
        return self.get_initial_state(x)

    def get_constants(self, inputs: Any, training: Any = None) -> list:
        """What every step gets behind the states."""
        return []

    def preprocess_input(self, inputs: Any, training: Any = None) -> Any:
        """What is done for all steps at once, before the first."""
        return inputs

    def call(self, x, mask=None, training=None, initial_state=None):
        first = self.get_initial_states(x) if initial_state is None else initial_state
        last, outputs, states = backend.rnn(self.step, self.preprocess_input(x), first, self.go_backwards, mask,
                                            self.get_constants(x))
        made = outputs if self.return_sequences else last
        return [made, *states] if self.return_state else made

    def step(self, x: Any, states: Any) -> Any:
        """One step: (output, new states)."""
        raise Unwritten(self, "step(self, x, states)")

    def reset_states(self, states: Any = None) -> None:
        """Nothing is kept from batch to batch."""


def time_distributed_dense(x: Any, w: Any, b: Any = None, dropout: Any = None, input_dim: Any = None, output_dim: Any = None,
                           timesteps: Any = None, training: Any = None) -> Any:
    """x w + b at every time step.

    Example:
        >>> time_distributed_dense(torch.ones(2, 5, 3), torch.ones(3, 4)).shape
        torch.Size([2, 5, 4])
    """
    made = x @ w
    return made if b is None else made + b


_time_distributed_dense = time_distributed_dense
