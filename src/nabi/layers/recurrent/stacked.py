"""StackedRNNCells: cells one above the other, as one cell: each reads what the one below it gives.

    y1_t, s1_t = cell1(x_t, s1_(t-1))        y2_t, s2_t = cell2(y1_t, s2_(t-1))        output: y of the last

A cell reads nothing of a cell above it, so over a sequence the first may run over all time steps, then the second over the
first's outputs, and so on: that is what `RNN` does, with each cell's fastest form.
Source: Keras 3, layers/rnn/stacked_rnn_cells.py.
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
from nabi.layers.weight import dtype_of


@register("layer")
class StackedRNNCells(Layer):
    """Several cells as one.

    Args:
        cells: the cells, from below: nabi's, or layers with `call(self, x, states)` and `state_size`.

    Attributes:
        state_size: of each cell: a number, or a list where a cell has several states.

    `RNN([a, b])` makes one of a list. Called by hand it takes and gives what Keras' does: `output, states = cell(x, states)`,
    with the states of each cell in a list.

    Example:
        >>> import nabi
        >>> cells = nabi.layers.StackedRNNCells([nabi.layers.LSTMCell(8), nabi.layers.GRUCell(4)])
        >>> cells.state_size, nabi.layers.RNN(cells)(nabi.Input((20, 3))).shape
        ([[8, 8], 4], (None, 4))

    Raises ArgumentError for what is no cell.
    """

    takes_list = True

    def __init__(self, cells, **base):
        super().__init__(**base)
        if not isinstance(cells, (list, tuple)) or not cells:
            raise ArgumentError("StackedRNNCells(cells)", "one cell or more, in a list", repr(cells))
        self.cells = [as_cell("StackedRNNCells(cells)", cell) for cell in cells]

    @property
    def state_size(self) -> list[Any]:
        """Units of the states of each cell."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """Units of the last cell's output."""
        return output_size(self.cells[-1])

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """The states of each cell before the first time step."""
        return [packed(first_states(cell, batch_size or 1), cell.state_size) for cell in self.cells]

    def build(self, input_shape):
        features = known_features(self, input_shape[0] if isinstance(input_shape, list) else input_shape)
        for cell in self.cells:
            build_cell(cell, features, self.dtype)
            features = output_size(cell)

    def __call__(self, inputs, states=None, training=None, mask=None):
        several = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        output, *after = super().__call__([*several, *flatten([] if states is None else states)], training, mask)
        return output, packed(after, self.state_size)

    def call(self, x, training: bool = False):
        x, *states = x
        after: list[torch.Tensor] = []
        for cell in self.cells:
            mine, states = divided(states, cell)
            x, new = one_step(cell, x, mine, training)
            after += new
        return [x, *after]

    def check_shapes(self, shapes):
        """What the first cell checks."""

    def compute_output_shape(self, input_shape):
        return [(None, self.output_size), *((None, size) for size in flatten(self.state_size))]

    def macs(self, input_shape, output_shape):
        features, total = (input_shape[0] if isinstance(input_shape, list) else input_shape)[-1], 0
        for cell in self.cells:
            total += int(cell.macs((None, features), []) or 0) if runs_formula(cell) else 0
            features = output_size(cell)
        return total


def as_cell(where: str, cell: Any) -> Layer:
    """The cell itself, if it is one."""
    if not isinstance(cell, Layer) or not hasattr(cell, "state_size"):
        raise ArgumentError(where, "a layer with call(self, x, states) and state_size", repr(cell))
    return cell


def runs_formula(cell: Any) -> bool:
    """Whether a cell is nabi's own, whose `step` runs over whole sequences; a `call` of the user's is asked step by step."""
    return isinstance(cell, Cell) and type(cell).call is Cell.call


def output_size(cell: Any) -> int:
    """Units of a cell's output: of its first state, if it does not say."""
    return getattr(cell, "output_size", None) or flatten(cell.state_size)[0]


def first_states(cell: Any, batch_size: int) -> list[torch.Tensor]:
    """A cell's states before the first time step; Keras 2 had them asked with `inputs` first."""
    own = getattr(cell, "get_initial_state", None)
    if own is None:
        return [torch.zeros(batch_size, size) for size in flatten(cell.state_size)]
    named = "batch_size" in inspect.signature(own).parameters
    return flatten(own(batch_size=batch_size) if named else own(batch_size))


def build_cell(cell: Any, features: int, dtype: str) -> None:
    """Builds a cell for inputs (N, features); one step builds what is inside a cell of one's own."""
    if isinstance(cell, Cell):
        cell.prepare([(None, features)])
    elif not cell.built:
        cell.build((None, features))
        if not all(layer.built for layer in cell.inside):
            zeros = torch.zeros(1, features, dtype=dtype_of(dtype))
            with torch.no_grad(), holding(RUNNING, Running(False, trial=[])):
                one_step(cell, zeros, [state.to(zeros) for state in first_states(cell, 1)], False)
        cell.built = True


def one_step(cell: Any, x: torch.Tensor, states: list[torch.Tensor], training: bool) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Output and states of a cell after one time step; each state of one's own comes as the cell names it: alone or in lists.

    Raises:
        StateError: a cell of one's own gives something else.
    """
    if runs_formula(cell):
        return cell(x, states)
    extra: dict[str, Any] = {"training": training} if "training" in inspect.signature(cell.call).parameters else {}
    made = cell.call(x, states, **extra)
    if not isinstance(made, (list, tuple)) or len(made) != 2 or len(flatten(made[1])) != len(states):
        raise StateError(f"{cell.label}.call", f"an output and a list of {len(states)} states", type(made).__name__)
    return made[0], flatten(made[1])


def divided(states: list, cell: Any) -> tuple[list, list]:
    """A cell's states from the front of a list, and the rest."""
    count = len(flatten(cell.state_size))
    return states[:count], states[count:]


def packed(states: list, sizes: Any) -> list:
    """A flat list of states in the lists that the sizes are in.

    Example:
        >>> packed(["h", "c", "s"], [[8, 8], 4])
        [['h', 'c'], 's']
    """
    left = iter(states)

    def fill(size: Any) -> Any:
        return [fill(part) for part in size] if isinstance(size, (list, tuple)) else next(left)

    made = fill(sizes)
    return made if isinstance(made, list) else [made]
