"""LSTM: a recurrent layer with a memory cell; gates decide what is written into it, what is kept, what is shown (장단기 메모리).

    i = s(x_t W_i + h U_i + b_i)         input gate: how much is written
    f = s(x_t W_f + h U_f + b_f)         forget gate: how much of the old content stays
    g = tanh(x_t W_g + h U_g + b_g)      new content
    o = s(x_t W_o + h U_o + b_o)         output gate: how much is shown
    c <- f c + i g
    h <- o tanh(c)                       s: sigmoid; h = c = 0 before the first step

    x: (N, T, n)   W: (n, 4 units), the gates in the order i f g o   U: (units, 4 units)   b: (4 units,)   h, c: (N, units)

Parameters: 4 (n + units + 1) units. The forget gate's bias begins with 1, so that at first little is forgotten.
Source: Hochreiter & Schmidhuber, "Long short-term memory", 1997; forget gate: Gers, Schmidhuber & Cummins, 2000; its bias:
Jozefowicz et al., "An empirical exploration of recurrent network architectures", 2015.
"""

from typing import Any

import torch

from nabi import initializers
from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.layers.recurrent.cell import NO_DROP, Cell
from nabi.layers.recurrent.recurrent import Recurrent, known


@register("layer")
class LSTMCell(Cell):
    """One time step of an LSTM; its states are h and c.

    Args: as in `LSTM`.

    Example:
        >>> import nabi, torch
        >>> cell, zeros = nabi.layers.LSTMCell(3), torch.zeros(2, 3)
        >>> h, (h_again, c) = cell(torch.ones(2, 5), [zeros, zeros])
        >>> h.shape, h_again is h, c.shape
        (torch.Size([2, 3]), True, torch.Size([2, 3]))
    """

    num_gates = 4
    num_states = 2

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0,
                 seed=None, *, implementation=2, **base):
        super().__init__(units, activation, use_bias, kernel_initializer, recurrent_initializer,
                         bias_initializer, kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint,
                         recurrent_constraint, bias_constraint, dropout, recurrent_dropout, seed, **base)
        self.of_gates(recurrent_activation, implementation)
        self.unit_forget_bias = flag("LSTM(unit_forget_bias)", unit_forget_bias)

    def first_bias(self):
        if not self.unit_forget_bias:
            return self.bias_initializer

        def first(shape, dtype) -> torch.Tensor:
            u, draw = self.units, self.bias_initializer or initializers.Zeros()
            return torch.cat([draw((u,), dtype=dtype), torch.ones(u, dtype=dtype), draw((2 * u,), dtype=dtype)])

        return first

    def step(self, z, states, drop=NO_DROP):
        h, c = states
        s, tanh = self.recurrent_activation, self.activation
        i, f, g, o = self.recur(z, h, drop).chunk(4, -1)
        c = s(f) * c + s(i) * tanh(g)
        h = s(o) * tanh(c)
        return h, [h, c]

    def in_torch(self, x):
        return self.has_usual_gates and x.dtype is torch.float32 and x.numel() > 0

    def at_once(self, x, states):
        h, c = (state[None].contiguous() for state in states)
        weights = [self.kernel.t(), self.recurrent_kernel.t()]
        weights += [self.bias, torch.zeros_like(self.bias)] if self.use_bias else []
        y, h, c = torch.lstm(x, (h, c), weights, self.use_bias, 1, 0.0, torch.is_grad_enabled(), False, False)
        return y, [h[0], c[0]]


@register("layer")
class LSTM(Recurrent):
    """Long short-term memory.

    Args:
        units: numbers in the output, and in the states h and c.
        activation: of the new content and of what is shown; None is linear.
        recurrent_activation: of the gates.
        use_bias, kernel_..., recurrent_..., bias_...: for W, U and b, as in `Cell`.
        unit_forget_bias: whether the forget gate's bias begins with 1.
        dropout, recurrent_dropout, seed: as in `Cell`.
        return_sequences, return_state, go_backwards, stateful, unroll: as in `Recurrent`.
        use_cudnn: accepted as in Keras; False runs the loop above instead of torch's (oneDNN's) with the same formula.
        implementation: as in `Cell`.

    Shapes: (batch, steps, n) -> (batch, units), or (batch, steps, units) with return_sequences.

    Example:
        >>> import nabi
        >>> layer = nabi.layers.LSTM(64)
        >>> layer(nabi.Input((50, 32))).shape, layer.count_params()
        ((None, 64), 24832)

    PyTorch: nn.LSTM has two biases that are added, and the transposed weights.
    """

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None, bias_constraint=None,
                 dropout=0.0, recurrent_dropout=0.0, seed=None, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, unroll=False, use_cudnn: Any = "auto", *, implementation=2, **base):
        super().__init__(return_sequences, return_state, go_backwards, stateful, unroll,
                         activity_regularizer=activity_regularizer, **base)
        self.use_cudnn = known("LSTM(use_cudnn)", use_cudnn)
        self.cell = LSTMCell(
            units, activation, recurrent_activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            unit_forget_bias, kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint,
            recurrent_constraint, bias_constraint, dropout, recurrent_dropout, seed, implementation=implementation,
            **self.of_cell())
