"""Cell: one time step of a recurrent layer: from the input x_t and the states before it to the output and the states after it.

    z_t = x_t W + b                      `project`: of all time steps at once, since it does not wait for the states
    y_t, s_t = step(z_t, s_(t-1))        `step`: the cell's formula

    x_t: (N, n)     W: (n, g u)     U: (u, g u)     b: (g u,)     h: (N, u)          g gates of u units each, side by side

Dropout, in training: one mask for all time steps of a sequence, on x_t before W (`dropout`) and on h before U
(`recurrent_dropout`, which gives each gate masks of its own). Source: Gal & Ghahramani, "A theoretically grounded application of
dropout in recurrent neural networks", 2016.
"""

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F

from nabi import activations, constraints, initializers, kernels, regularizers
from nabi.core.errors import ArgumentError, ShapeError, Unwritten
from nabi.core.numbers import flag, number, whole
from nabi.core.random import Key
from nabi.core.shapes import as_text
from nabi.layers.inside import RUNNING, only_computes
from nabi.layers.layer import Layer
from nabi.layers.node import flatten

SECOND = 1 << 63  # in a key's call counter: the second of the two masks that a call draws


class Drop(NamedTuple):
    """Dropout's masks for a sequence, (1 or g, N, n) on the inputs and (g, N, u) on the states; None where nothing is dropped."""

    inputs: torch.Tensor | None = None
    states: torch.Tensor | None = None


NO_DROP, ALL = Drop(), slice(None)


class Cell(Layer):
    """Base of cells; they write `step` and say how many gates and states they have.

    Args:
        units: u, numbers in the output and in each state.
        activation: of what a step makes; a name or function on tensors.
        use_bias: whether b is added.
        kernel_initializer, recurrent_initializer, bias_initializer: first values of W, U, b; regularizers and constraints alike.
        dropout, recurrent_dropout: shares of inputs and of states that are off in training, in [0, 1).
        seed: own seed of the masks; None takes the model's.

    Attributes:
        num_gates, num_states: of the formula.
        implementation: 1 gives each gate a mask of its own on the inputs, as `recurrent_dropout` does in any case.

    Called by hand it takes and gives what Keras' cells do: `output, states = cell(x, states)`.
    """

    num_gates = 1
    num_states = 1
    implementation = 2
    takes_list = True
    rank = 2

    def __init__(self, units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
                 kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
                 bias_constraint, dropout, recurrent_dropout, seed, **base):
        super().__init__(**base)
        kind = type(self).__name__.removesuffix("Cell")  # errors name the layer that the user wrote
        self.units = whole(f"{kind}(units)", units, 1)
        self.activation = only_computes(self, "activation", activations.get(activation))
        self.use_bias = flag(f"{kind}(use_bias)", use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = share(f"{kind}(dropout)", dropout)
        self.recurrent_dropout = share(f"{kind}(recurrent_dropout)", recurrent_dropout)
        self.seed = whole(f"{kind}(seed)", seed, optional=True)
        self.random = bool(self.dropout or self.recurrent_dropout)

    @property
    def state_size(self) -> Any:
        """Units of its state, or of each of its states."""
        return self.units if self.num_states == 1 else [self.units] * self.num_states

    @property
    def output_size(self) -> int:
        """Units of its output."""
        return self.units

    def bias_shape(self) -> tuple[int, ...]:
        """Shape of b."""
        return (self.num_gates * self.units,)

    def first_bias(self) -> Any:
        """Initializer of b."""
        return self.bias_initializer

    def build(self, input_shape):
        features = known_features(self, input_shape[0] if isinstance(input_shape, list) else input_shape)
        wide = self.num_gates * self.units
        self.kernel = self.add_weight((features, wide), self.kernel_initializer, regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint, memory=(1, 0))
        self.recurrent_kernel = self.add_weight((self.units, wide), self.recurrent_initializer, memory=(1, 0),
                                                regularizer=self.recurrent_regularizer, constraint=self.recurrent_constraint)
        if self.use_bias:
            self.bias = self.add_weight(self.bias_shape(), self.first_bias(), regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)

    def of_gates(self, recurrent_activation: Any, implementation: Any) -> None:
        """Keeps what only cells with gates have."""
        self.recurrent_activation = only_computes(self, "recurrent_activation", activations.get(recurrent_activation))
        if implementation not in (0, 1, 2):
            raise ArgumentError(f"{type(self).__name__.removesuffix('Cell')}(implementation)", "1 or 2", repr(implementation))
        self.implementation = implementation

    @property
    def has_usual_gates(self) -> bool:
        """Whether its activations are those of torch's kernels."""
        return self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid

    # One step -----------------------------------------------------------------------------------------------------------

    def input_bias(self) -> torch.Tensor | None:
        """b."""
        return self.bias if self.use_bias else None

    def dropped(self, x: torch.Tensor, drop: Drop) -> torch.Tensor:
        """x with the mask that all gates share."""
        return x if drop.inputs is None else x * drop.inputs[0]

    def project(self, x: torch.Tensor, drop: Drop = NO_DROP) -> torch.Tensor:
        """x W + b of one time step (N, n) or of all (T, N, n)."""
        b = self.input_bias()
        if drop.inputs is None or len(drop.inputs) == 1:
            return F.linear(self.dropped(x, drop), self.kernel.t(), b)
        parts = zip(drop.inputs, self.kernel.chunk(self.num_gates, -1), strict=True)
        z = torch.cat([(x * m) @ w for m, w in parts], -1)
        return z if b is None else z + b

    def recur(self, z: torch.Tensor | None, h: torch.Tensor, drop: Drop = NO_DROP, gates: slice = ALL) -> torch.Tensor:
        """z + h U; of some gates only, if they are named."""
        u, masks = self.recurrent_kernel, drop.states
        if gates is not ALL:
            u = u[:, gates.start * self.units:gates.stop * self.units]
        if masks is None:
            return h @ u if z is None else torch.addmm(z, h, u)
        parts = torch.cat([(h * m) @ w for m, w in zip(masks[gates], u.split(self.units, -1), strict=True)], -1)
        return parts if z is None else z + parts

    def step(self, z: torch.Tensor, states: list[torch.Tensor], drop: Drop = NO_DROP) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """y_t and the states after a time step, from z_t and the states before."""
        raise Unwritten(self, "step(self, z, states, drop)")

    def in_torch(self, x: torch.Tensor) -> bool:
        """Whether torch has a kernel with this formula for all time steps of x: (T, N, n)."""
        return False

    def at_once(self, x: torch.Tensor, states: list[torch.Tensor]) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Outputs (T, N, u) of all time steps and the last states, by torch's kernel."""
        raise Unwritten(self, "at_once(self, x, states)")

    def draw(self, x: torch.Tensor, key: Key | None) -> Drop:
        """Dropout's masks for inputs like x: (..., N, n); without a key nothing is dropped."""
        if key is None:
            return NO_DROP
        rows, features = x.shape[-2:]
        each = self.num_gates if self.recurrent_dropout or self.implementation == 1 else 1

        def mask(count: int, size: int, rate: float, key: Key) -> torch.Tensor | None:
            return kernels.dropout(x.new_ones(count, rows, size), rate, key) if rate else None

        return Drop(mask(each, features, self.dropout, key),
                    mask(self.num_gates, self.units, self.recurrent_dropout, key._replace(call=key.call | SECOND)))

    # As a layer ---------------------------------------------------------------------------------------------------------

    def __call__(self, inputs, states=None, training=None, mask=None):
        several = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        if states is None and len(several) == 1:
            raise ArgumentError(f"{self.label}(inputs, states)", f"{self.num_states} states", "none",
                                "RNN(cell) runs it over a sequence, from zeros.")
        output, *after = super().__call__([*several, *flatten([] if states is None else states)], training, mask)
        return output, after

    def call(self, x, states=None, training: bool = False, key: Key | None = None) -> Any:
        if states is not None:  # of a subclass, whose `call` reads like Keras'; one key for all time steps
            running = RUNNING.get()
            output, *after = Cell.call(self, [x, *flatten(states)], None, training, running and running.key)
            return output, after
        x, *states = x
        drop = self.draw(x, key if training else None)
        output, after = self.step(self.project(x, drop), states, drop)
        return [output, *after]

    def check_shapes(self, shapes):
        shapes = [shapes] if isinstance(shapes, tuple) else shapes
        sizes = [s[-1] for s in shapes[1:]]
        if any(len(s) != 2 for s in shapes) or (sizes and sizes != [self.units] * self.num_states):
            raise ShapeError(self.label, f"(batch, features) and {self.num_states} states (batch, {self.units})",
                             " and ".join(map(as_text, shapes)))
        if self.built and shapes[0][-1] != self.features:
            raise ShapeError(self.label, f"{self.features} features as it was built with", shapes[0][-1])

    @property
    def features(self) -> int:
        """n, what it was built for."""
        return self.kernel.shape[0]

    def compute_output_shape(self, input_shape):
        return [(None, self.units)] * (1 + self.num_states)

    def macs(self, input_shape, output_shape):
        return (self.features + self.units) * self.num_gates * self.units


def known_features(layer: Layer, shape: Any) -> int:
    """The length of the last axis, which weights are made for."""
    if shape[-1] is None:
        raise ShapeError(layer.label, "a known number of features", "an unknown one",
                         "Give Input its last axis, such as Input((None, 8)).")
    return shape[-1]


def share(where: str, value: Any) -> float:
    """A share of units to be switched off."""
    if number(where, value, 0, most=1) == 1:
        raise ArgumentError(where, "a share in [0, 1)", repr(value), "0.3 switches 30 % of the units off.")
    return value
