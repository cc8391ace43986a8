"""SimpleRNN: the output is fed back as a second input, so that it depends on all time steps before (순환 신경망).

    h_t = tanh(x_t W + b + h_(t-1) U)        h_0 = 0

    x: (N, T, n)   W: (n, units)   U: (units, units)   b: (units,)   h_t: (N, units)

Parameters: (n + units + 1) units. Source: Elman, "Finding structure in time", 1990.
"""

from nabi.core.registry import register
from nabi.layers.recurrent.cell import NO_DROP, Cell
from nabi.layers.recurrent.recurrent import Recurrent


@register("layer")
class SimpleRNNCell(Cell):
    """One time step of a SimpleRNN.

    Args: as in `SimpleRNN`.

    Example:
        >>> import nabi, torch
        >>> cell = nabi.layers.SimpleRNNCell(1, kernel_initializer="ones", recurrent_initializer="ones")
        >>> h, states = cell(torch.tensor([[0.5]]), [torch.tensor([[0.5]])])
        >>> bool(h == torch.tanh(torch.tensor(1.0))), states[0] is h
        (True, True)
    """

    def __init__(self, units, activation="tanh", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, seed=None, **base):
        super().__init__(units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
                         kernel_regularizer, recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
                         bias_constraint, dropout, recurrent_dropout, seed, **base)

    def step(self, z, states, drop=NO_DROP):
        (h,) = states
        h = self.activation(self.recur(z, h, drop))
        return h, [h]


@register("layer")
class SimpleRNN(Recurrent):
    """The plain recurrent layer; what it has seen fades within a dozen steps, for which LSTM and GRU are the remedy.

    Args:
        units: numbers in the output and in the state.
        activation: name or function; None is linear.
        use_bias, kernel_..., recurrent_..., bias_...: for W, U and b, as in `Cell`.
        dropout, recurrent_dropout, seed: as in `Cell`.
        return_sequences, return_state, go_backwards, stateful, unroll: as in `Recurrent`.

    Shapes: (batch, steps, n) -> (batch, units), or (batch, steps, units) with return_sequences.

    Example:
        >>> import nabi
        >>> layer = nabi.layers.SimpleRNN(32, return_sequences=True)
        >>> layer(nabi.Input((None, 10))).shape, layer.count_params()
        ((None, None, 32), 1376)
    """

    def __init__(self, units, activation="tanh", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, return_sequences=False,
                 return_state=False, go_backwards=False, stateful=False, unroll=False, seed=None, **base):
        super().__init__(return_sequences, return_state, go_backwards, stateful, unroll,
                         activity_regularizer=activity_regularizer, **base)
        self.cell = SimpleRNNCell(
            units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer, kernel_regularizer,
            recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout, seed, **self.of_cell())
