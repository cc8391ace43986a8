"""Recurrent: a cell run over the time steps of a sequence, one after the other.

    s_0 = zeros, the `initial_state`, or what a stateful layer has kept
    for t = 1 ... T:    y_t, s_t = cell(x_t, s_(t-1))        a step that is masked keeps s, and gives the last y again

    x: (N, T, n)    y_t: (N, units)    result: y_T, or all y_t: (N, T, units)

The inputs of all time steps go through the cell's W in one matrix product before the loop; the loop multiplies the states alone.
Where torch has the cell's formula for a whole sequence (LSTM and GRU with their usual activations, in float32) that runs instead;
time steps that a mask leaves out are then not run at all.
Source: Elman 1990; masks: Keras 3, layers/rnn/rnn.py, backend/torch/rnn.py.
"""

from collections.abc import Callable
from typing import Any

import torch

from nabi import regularizers
from nabi.core.errors import ArgumentError, ShapeError, StateError
from nabi.core.numbers import flag
from nabi.core.random import Key
from nabi.core.shapes import Shape, as_text
from nabi.layers.inside import RUNNING
from nabi.layers.layer import Layer
from nabi.layers.node import Symbol, flatten
from nabi.layers.recurrent.cell import Cell


class Recurrent(Layer):
    """Base of recurrent layers; they make `cell`.

    Args:
        return_sequences: whether all outputs are given, or the last one alone.
        return_state: whether the last states are given too: a list [output, state, ...].
        go_backwards: whether the last time step comes first; all outputs are then given in this order.
        stateful: whether a batch goes on with the states that the batch before ended with, until `reset_state`. Sample i must
            then be the continuation of sample i, so data must not be shuffled. The states lie in checkpoints.
        unroll: accepted as in Keras; nothing has to be unrolled here.
        zero_output_for_mask: whether a masked step gives zeros instead of the last output.
        activity_regularizer: function of the output (and of the states with `return_state`) that is added to the loss.

    Called as `layer(x, initial_state=[h, c])` it begins with these states, symbols in a model or tensors. As in Keras 3 it then
    does not read the mask of x; in a call on tensors one may be given: `layer(x, initial_state=[h, c], mask=mask)`.

    Shapes: (batch, steps, n) -> (batch, units), or (batch, steps, units) with return_sequences; states (batch, units).
    """

    takes_list = True
    use_cudnn: Any = "auto"
    cell: Any

    def __init__(self, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False,
                 zero_output_for_mask=False, activity_regularizer=None, **base):
        super().__init__(**base)
        name = type(self).__name__
        self.return_sequences = flag(f"{name}(return_sequences)", return_sequences)
        self.return_state = flag(f"{name}(return_state)", return_state)
        self.go_backwards = flag(f"{name}(go_backwards)", go_backwards)
        self.stateful = flag(f"{name}(stateful)", stateful)
        self.unroll = flag(f"{name}(unroll)", unroll)
        self.zero_output_for_mask = flag(f"{name}(zero_output_for_mask)", zero_output_for_mask)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.states: list[torch.Tensor] | None = None  # kept between batches, (N, units) each

    def __getattr__(self, name):
        cell = self.__dict__.get("cell")
        if isinstance(cell, Cell) and name in cell.argument_names():  # units, activation, ...: as the cell has them
            return getattr(cell, name)
        return super().__getattr__(name)

    def of_cell(self) -> dict[str, Any]:
        """The arguments that a cell shares with its layer."""
        return {"dtype": self.dtype, "trainable": self.trainable}

    @property
    def state_sizes(self) -> list[int]:
        """Units of each state."""
        return flatten(self.cell.state_size)

    # States -------------------------------------------------------------------------------------------------------------

    def reset_state(self) -> None:
        """Lets the next batch begin with zeros."""
        self.states = None

    def reset_states(self) -> None:
        """Keras' other name for `reset_state`."""
        self.reset_state()

    def get_initial_state(self, batch_size: int) -> list[torch.Tensor]:
        """The states before the first time step."""
        return [torch.zeros(batch_size, size) for size in self.state_sizes]

    def first_states(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What a batch begins with where no `initial_state` is given."""
        kept = self.states if self.stateful else None
        if kept is not None and len(kept[0]) != len(x):
            raise StateError(f"{self.label}, which is stateful", f"{len(kept[0])} samples, as in the batch before", len(x),
                             "Give batches of one size, or call model.reset_states() first.")
        return [state.to(x) for state in (self.get_initial_state(len(x)) if kept is None else kept)]

    # As a layer ---------------------------------------------------------------------------------------------------------

    def __call__(self, sequences, initial_state=None, mask=None, training=None):
        several = list(sequences) if isinstance(sequences, (list, tuple)) else [sequences]
        several += flatten([] if initial_state is None else initial_state)
        if len({isinstance(one, Symbol) for one in several}) > 1:
            raise ArgumentError(f"{self.label}(initial_state)", "symbols beside a symbol, tensors beside a tensor",
                                [type(one).__name__ for one in several], "Give the states an Input of their own.")
        return super().__call__(several, training, mask)

    def check_shapes(self, shapes):
        shapes = [shapes] if isinstance(shapes, tuple) else shapes
        if len(shapes[0]) != 3:
            raise ShapeError(self.label, "3 axes (batch, steps, features)", f"{len(shapes[0])}: {as_text(shapes[0])} a sample",
                             rank_remedy(shapes[0]))
        states = [s[-1] if len(s) == 2 else s for s in shapes[1:]]
        if states and states != self.state_sizes:
            raise ShapeError(f"{self.label}(initial_state)", f"{len(self.state_sizes)} states of {self.state_sizes} numbers each",
                             f"{len(states)}: {' and '.join(as_text(s) for s in shapes[1:])}")
        was, now = self.built_features, shapes[0][-1]
        if was is not None and was != now:
            raise ShapeError(self.label, f"{was} features as it was built with", now)

    @property
    def built_features(self) -> int | None:
        """Features it was built for."""
        shape = self.built_shape
        return None if shape is None else first(shape)[-1]

    def build(self, input_shape):
        self.cell.prepare([(None, first(input_shape)[-1])])

    def reads_mask(self, inputs):
        return inputs == 1

    def call(self, x, training: bool = False, mask: Any = None):
        x, *given = x
        running: Any = RUNNING.get()
        key = running.draw(self) if training and self.random else None
        marks = None if mask is None or mask[0] is None else mask[0].transpose(0, 1)[..., None]  # (T, N, 1)
        x, states = x.transpose(0, 1), given or self.first_states(x)  # (T, N, n)
        if self.go_backwards:
            x, marks = x.flip(0), None if marks is None else marks.flip(0)
        y, after = self.over_time(x, states, marks, key, training)
        if self.stateful and (running is None or running.trial is None):
            self.states = [state.detach() for state in after]
        output = y.transpose(0, 1) if self.return_sequences else y[-1]
        return [output, *after] if self.return_state else output

    def over_time(self, x: torch.Tensor, states: list[torch.Tensor], marks: torch.Tensor | None, key: Key | None,
                  training: bool) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Outputs of all time steps (or of the last alone, where no others are asked for), and the states after the last."""
        return self.over_cell(self.cell, x, states, marks, key, self.return_sequences)

    def over_cell(self, cell: Any, x: torch.Tensor, states: list[torch.Tensor], marks: torch.Tensor | None, key: Key | None,
                  every: bool) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """The same of one of nabi's cells; `every` asks for the outputs of all time steps."""
        drop = cell.draw(x, key)
        if drop.states is None and self.use_cudnn is not False and cell.in_torch(x):
            if marks is None:
                return cell.at_once(cell.dropped(x, drop), states)
            if not self.return_state and not self.stateful:  # what the states are where a sample ends, the kernel does not tell
                y, after = cell.at_once(cell.dropped(x.gather(0, spread(moved_up(marks), x)), drop), states)
                return self.put_back(y, marks, every), after
        return self.loop(lambda z, before: cell.step(z, before, drop), cell.project(x, drop), states, marks, every)

    def loop(self, step: Callable, x: torch.Tensor, states: list[torch.Tensor], marks: torch.Tensor | None,
             every: bool) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """y_t, s_t = step(x_t, s_(t-1)) for all t; where marks are False, s_(t-1) stays and y_(t-1) comes again."""
        outputs: list[torch.Tensor] = []
        for t, x_t in enumerate(x.unbind(0)):
            y, after = step(x_t, states)
            if marks is not None:
                idle = outputs[-1] if outputs and not self.zero_output_for_mask else torch.zeros_like(y)
                y = torch.where(marks[t], y, idle)
                after = [torch.where(marks[t], new, old) for new, old in zip(after, states, strict=True)]
            states = after
            outputs = outputs if every else []
            outputs.append(y)
        return torch.stack(outputs), states

    def put_back(self, y: torch.Tensor, marks: torch.Tensor, every: bool) -> torch.Tensor:
        """Outputs (T', N, u) of the steps that count, moved up, at the places where they belong; see `loop`."""
        steps = marks if every else marks[-1:]
        number = (marks.cumsum(0) - 1)[-len(steps):]  # of the last step that counts up to each
        idle = ~steps if self.zero_output_for_mask else number < 0
        return y.gather(0, spread(number.clamp(min=0), y)).masked_fill(idle, 0.0)

    def compute_mask(self, inputs, mask=None):
        return (mask or [None])[0] if self.return_sequences else None

    def compute_output_shape(self, input_shape, initial_state_shape=None):
        batch, steps, _ = first(input_shape)
        units = getattr(self.cell, "output_size", None) or self.state_sizes[0]
        output = (batch, steps, units) if self.return_sequences else (batch, units)
        return [output, *((batch, size) for size in self.state_sizes)] if self.return_state else output

    def macs(self, input_shape, output_shape):
        batch, steps, features = first(input_shape)
        return None if steps is None else steps * self.cell.macs((batch, features), [])


def moved_up(marks: torch.Tensor) -> torch.Tensor:
    """Numbers (T', N, 1) of the time steps that count, those of each sample first; T': as many as the longest sample has.

    Example:
        >>> moved_up(torch.tensor([False, True, False, True])[:, None, None]).flatten().tolist()
        [1, 3]
    """
    return (~marks).to(torch.uint8).argsort(dim=0, stable=True)[:max(int(marks.sum(0).max()), 1)]


def spread(numbers: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Numbers (T', N, 1) for each of the last axis' places of another tensor."""
    return numbers.expand(-1, -1, like.shape[-1])


def first(shape: Any) -> Shape:
    """The shape of the sequences, where states may stand behind it."""
    return shape[0] if isinstance(shape, list) else shape


def rank_remedy(shape: Shape) -> str:
    """What to do about an input that is no sequence of vectors."""
    if len(shape) == 2:
        return "Numbers of words: put Embedding(words, 32) before it. One number a time step: x[..., None]."
    return "TimeDistributed(Flatten()) before it makes a vector of each time step." if len(shape) > 3 else ""


def known(where: str, use_cudnn: Any) -> Any:
    """The value of Keras' `use_cudnn`, if it is one."""
    if use_cudnn not in ("auto", True, False):
        raise ArgumentError(where, "'auto', True or False", repr(use_cudnn))
    return use_cudnn
