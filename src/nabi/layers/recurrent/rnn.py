"""RNN: a recurrent layer from cells: nabi's, one's own, or several one above the other.

    y_t, s_t = cell(x_t, s_(t-1))        x_t: (N, n)     s: a list of states (N, size)

Source: Keras 3, layers/rnn/rnn.py.
"""

from nabi.core.registry import register
from nabi.layers.inside import RUNNING
from nabi.layers.node import flatten
from nabi.layers.recurrent.cell import known_features
from nabi.layers.recurrent.recurrent import Recurrent, first
from nabi.layers.recurrent.stacked import (
    StackedRNNCells,
    as_cell,
    build_cell,
    divided,
    first_states,
    one_step,
    packed,
    runs_formula,
)


@register("layer")
class RNN(Recurrent):
    """Runs a cell over the time steps of a sequence.

    Args:
        cell: nabi's LSTMCell, GRUCell or SimpleRNNCell, or a layer with `call(self, x, states)`, which gives an output and the
            new states, and with `state_size`: units of its state, or a list with those of each. It may have `output_size`, if
            that is not its first state's, and `get_initial_state(batch_size)`. A list of cells is a `StackedRNNCells` of them.
        return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask: as in `Recurrent`. The states of
            stacked cells are given cell by cell: [output, [h, c], [h, c]] of two LSTMs.

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

    Raises ArgumentError for what is no cell.
    """

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False,
                 zero_output_for_mask=False, **base):
        super().__init__(return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask, **base)
        self.cell = StackedRNNCells(cell) if isinstance(cell, (list, tuple)) else as_cell("RNN(cell)", cell)

    def get_initial_state(self, batch_size):
        return flatten(first_states(self.cell, batch_size))

    def __call__(self, sequences, initial_state=None, mask=None, training=None):
        made = super().__call__(sequences, initial_state, mask, training)
        if not self.return_state or not isinstance(self.cell, StackedRNNCells):
            return made
        return [made[0], *packed(made[1:], self.cell.state_size)]

    def build(self, input_shape):
        build_cell(self.cell, known_features(self, first(input_shape)), self.dtype)

    def over_time(self, x, states, marks, key, training):
        cells = self.cell.cells if isinstance(self.cell, StackedRNNCells) else [self.cell]
        running, ends = RUNNING.get(), []
        for cell in cells:
            mine, states = divided(states, cell)
            every = self.return_sequences or cell is not cells[-1]
            if runs_formula(cell):
                drawn = key if cell is cells[0] or running is None else running.draw(cell)
                x, after = self.over_cell(cell, x, mine, marks, key and drawn, every)
            else:
                x, after = self.loop(lambda x_t, s, cell=cell: one_step(cell, x_t, s, training), x, mine, marks, every)
            ends += after
        return x, ends

    def macs(self, input_shape, output_shape):
        known = isinstance(self.cell, StackedRNNCells) or runs_formula(self.cell)
        return super().macs(input_shape, output_shape) if known else None
