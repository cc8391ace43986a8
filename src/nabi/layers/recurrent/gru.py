"""GRU: a recurrent layer with two gates and no memory but its output (게이트 순환 유닛).

    z = s(x_t W_z + h U_z + b_z)                update gate: how much of the old state stays
    r = s(x_t W_r + h U_r + b_r)                reset gate: how much of it the new content sees
    g = tanh(x_t W_g + b_g + r (h U_g + d_g))   new content, reset after the product with U (`reset_after=True`)
    g = tanh(x_t W_g + b_g + (r h) U_g)         or before it (`reset_after=False`)
    h <- z h + (1 - z) g                        s: sigmoid; h = 0 before the first step

    x: (N, T, n)   W: (n, 3 units), the gates in the order z r g   U: (units, 3 units)   h: (N, units)
    b: (2, 3 units), the second row, d, beside h U; or (3 units,) with reset_after=False

Parameters: 3 (n + units + 2) units, or 3 (n + units + 1) units with reset_after=False.
Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, equations 5 to 8 (reset before; there z and
1 - z have changed places); after: the form of NVIDIA's cuDNN.
"""

from typing import Any

import torch

from nabi.core.numbers import flag
from nabi.core.registry import register
from nabi.layers.recurrent.cell import NO_DROP, Cell
from nabi.layers.recurrent.recurrent import Recurrent, known


@register("layer")
class GRUCell(Cell):
    """One time step of a GRU.

    Args: as in `GRU`.

    Example:
        >>> import nabi, torch
        >>> h, states = nabi.layers.GRUCell(3)(torch.ones(2, 5), [torch.zeros(2, 3)])
        >>> h.shape, states[0] is h
        (torch.Size([2, 3]), True)
    """

    num_gates = 3

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, reset_after=True,
                 seed=None, *, implementation=2, **base):
        super().__init__(units, activation, use_bias, kernel_initializer, recurrent_initializer,
                         bias_initializer, kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint,
                         recurrent_constraint, bias_constraint, dropout, recurrent_dropout, seed, **base)
        self.of_gates(recurrent_activation, implementation)
        self.reset_after = flag("GRU(reset_after)", reset_after)

    def bias_shape(self):
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def input_bias(self):
        return None if not self.use_bias else self.bias[0] if self.reset_after else self.bias

    def step(self, x, states, drop=NO_DROP):
        (h,) = states
        s, tanh = self.recurrent_activation, self.activation
        x_z, x_r, x_g = x.chunk(3, -1)
        if self.reset_after:
            u_z, u_r, u_g = self.recur(self.bias[1] if self.use_bias else None, h, drop).chunk(3, -1)
            z, r = s(x_z + u_z), s(x_r + u_r)
            g = tanh(x_g + r * u_g)
        else:
            u_z, u_r = self.recur(None, h, drop, slice(0, 2)).chunk(2, -1)
            z, r = s(x_z + u_z), s(x_r + u_r)
            g = tanh(self.recur(x_g, r * h, drop, slice(2, 3)))
        h = z * h + (1 - z) * g
        return h, [h]

    def in_torch(self, x):
        return self.has_usual_gates and self.reset_after and x.dtype is torch.float32 and x.numel() > 0

    def at_once(self, x, states):
        def torchs(w):  # its gates are r z g
            z, r, g = w.chunk(3, -1)
            return torch.cat([r, z, g], -1)

        weights = [torchs(self.kernel).t(), torchs(self.recurrent_kernel).t(), *(torchs(self.bias) if self.use_bias else ())]
        y, h = torch.gru(x, states[0][None].contiguous(), weights, self.use_bias, 1, 0.0, torch.is_grad_enabled(), False, False)
        return y, [h[0]]


@register("layer")
class GRU(Recurrent):
    """Gated recurrent unit: nearly the LSTM's memory with three quarters of its weights.

    Args:
        units: numbers in the output and in the state.
        activation: of the new content; None is linear.
        recurrent_activation: of the gates.
        use_bias, kernel_..., recurrent_..., bias_...: for W, U and b, as in `Cell`.
        dropout, recurrent_dropout, seed: as in `Cell`.
        return_sequences, return_state, go_backwards, stateful, unroll: as in `Recurrent`.
        reset_after: which of the two formulas for g.
        use_cudnn: accepted as in Keras; False runs the loop above instead of torch's with the same formula.
        implementation: as in `Cell`.

    Shapes: (batch, steps, n) -> (batch, units), or (batch, steps, units) with return_sequences.

    Example:
        >>> import nabi
        >>> layer = nabi.layers.GRU(64)
        >>> layer(nabi.Input((50, 32))).shape, layer.count_params()
        ((None, 64), 18816)

    PyTorch: nn.GRU has the gates in the order r z g, and the transposed weights.
    """

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True,
                 kernel_initializer="glorot_uniform", recurrent_initializer="orthogonal", bias_initializer="zeros",
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0,
                 seed=None, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False,
                 reset_after=True, use_cudnn: Any = "auto", *, implementation=2, **base):
        super().__init__(return_sequences, return_state, go_backwards, stateful, unroll,
                         activity_regularizer=activity_regularizer, **base)
        self.use_cudnn = known("GRU(use_cudnn)", use_cudnn)
        self.cell = GRUCell(
            units, activation, recurrent_activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint,
            dropout, recurrent_dropout, reset_after, seed, implementation=implementation, **self.of_cell())
