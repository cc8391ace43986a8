"""Convolutional LSTM: an LSTM whose states are maps and whose products are convolutions: films, radar pictures, fields in time.

    i, f, g, o = s, s, tanh, s ( x_t * W + h * U + b )        *: convolution, four blocks of filters in this order
    c <- f c + i g              h <- o tanh(c)

    x: (N, T, H, W, C)   W: (kH, kW, C, 4 filters)   U: (kH, kW, filters, 4 filters)   h, c: (N, H', W', filters)

x_t * W has the layer's strides and padding; h * U is padded so that h keeps its size. The convolutions of all time steps by W are
one call before the loop; with dropout, in training, one a gate.
Source: Shi et al., "Convolutional LSTM network", 2015; Keras 3, layers/rnn/conv_lstm.py.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from nabi import activations, constraints, initializers, kernels, regularizers
from nabi.core.errors import ShapeError
from nabi.core.random import Key
from nabi.core.shapes import as_text, as_tuple, window_output
from nabi.layers.dropout import share_off
from nabi.layers.layer import Layer
from nabi.layers.node import flatten
from nabi.layers.recurrent.cell import SECOND, known_features
from nabi.layers.recurrent.recurrent import first
from nabi.layers.window import Window, channels_last, channels_second, only_channels_last

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "ConvRecurrent2D"]
CONVOLUTION = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


class ConvLSTM(Window):
    """Base: `dims` spatial axes behind the time axis; it begins with zeros, or where a stateful layer ended.

    Args:
        filters: channels of the states and of the output.
        kernel_size, strides, padding, dilation_rate: of the convolution of x, as in `Conv2D`.
        activation, recurrent_activation: of the new content, and of the gates.
        unit_forget_bias: whether the forget gate's bias begins with 1.
        dropout, recurrent_dropout: shares of x's and h's numbers that are off in training, in [0, 1]; each gate has a mask of its
            own, which stays over all time steps.
        seed: own seed of the masks.
        return_sequences, return_state, go_backwards, stateful: as in `LSTM`.

    Called as `layer(x, initial_state=[h, c])` it begins with these states. A time step that is masked keeps the states.
    """

    takes_list = True

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, dilation_rate=1, activation="tanh",
                 recurrent_activation="sigmoid", use_bias=True, kernel_initializer="glorot_uniform",
                 recurrent_initializer="orthogonal", bias_initializer="zeros", unit_forget_bias=True, kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, seed=None,
                 return_sequences=False, return_state=False, go_backwards=False, stateful=False, **base):
        super().__init__(**base)
        where = type(self).__name__
        (self.filters,) = as_tuple(filters, 1, f"{where}(filters)")
        self.kernel_size = self.window = as_tuple(kernel_size, self.dims, f"{where}(kernel_size)")
        self.strides = as_tuple(strides, self.dims, f"{where}(strides)")
        self.dilation_rate = as_tuple(dilation_rate, self.dims, f"{where}(dilation_rate)")
        self.padding = self.check_padding(padding)
        self.data_format = only_channels_last(where, data_format, self.dims)
        self.activation, self.recurrent_activation = activations.get(activation), activations.get(recurrent_activation)
        self.use_bias, self.unit_forget_bias = bool(use_bias), bool(unit_forget_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer, self.bias_regularizer = regularizers.get(kernel_regularizer), regularizers.get(bias_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.kernel_constraint, self.bias_constraint = constraints.get(kernel_constraint), constraints.get(bias_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.dropout = share_off(f"{where}(dropout)", dropout)
        self.recurrent_dropout, self.seed = share_off(f"{where}(recurrent_dropout)", recurrent_dropout), seed
        self.return_sequences, self.return_state = bool(return_sequences), bool(return_state)
        self.go_backwards, self.stateful = bool(go_backwards), bool(stateful)
        self.random = bool(dropout or recurrent_dropout)
        self.states: list[torch.Tensor] | None = None

    def __call__(self, sequences, initial_state=None, mask=None, training=None):
        several = list(sequences) if isinstance(sequences, (list, tuple)) else [sequences]
        return super().__call__([*several, *flatten([] if initial_state is None else initial_state)], training, mask)

    def check_shapes(self, shapes):
        shapes = [shapes] if isinstance(shapes, tuple) else list(shapes)
        if len(shapes[0]) != self.dims + 3:
            raise ShapeError(self.label, f"{self.dims + 3} axes: batch, time, places, channels", as_text(shapes[0]))
        if len(shapes) not in (1, 3):
            raise ShapeError(f"{self.label}(initial_state)", "two states, h and c", f"{len(shapes) - 1}")
        if self.built and shapes[0][-1] != self.kernel.shape[-2]:
            raise ShapeError(self.label, f"{self.kernel.shape[-2]} channels as it was built with", shapes[0][-1])

    def reset_state(self) -> None:
        """Lets the next batch begin with zeros."""
        self.states = None

    reset_states = reset_state

    def build(self, input_shape):
        n = 4 * self.filters
        self.kernel = self.add_weight((*self.kernel_size, known_features(self, first(input_shape)), n), self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        self.recurrent_kernel = self.add_weight((*self.kernel_size, self.filters, n), self.recurrent_initializer,
                                                regularizer=self.recurrent_regularizer, constraint=self.recurrent_constraint)
        if self.use_bias:
            self.bias = self.add_weight((n,), self.first_bias() if self.unit_forget_bias else self.bias_initializer,
                                        regularizer=self.bias_regularizer, constraint=self.bias_constraint)

    def first_bias(self) -> Any:
        """0 everywhere, 1 for the forget gate."""
        def ones_of_forget(shape, dtype) -> torch.Tensor:
            return torch.tensor([0.0, 1.0, 0.0, 0.0], dtype=dtype).repeat_interleave(self.filters)

        return ones_of_forget

    def convolved(self, x: torch.Tensor, kernel: torch.Tensor, bias: Any, strides: Any, dilation: Any) -> torch.Tensor:
        """x: (N, C, ...), already padded, under Keras' kernel."""
        return CONVOLUTION[self.dims](x, kernel.movedim(-1, 0).movedim(-1, 1), bias, strides, 0, dilation)

    def of_gates(self, x: torch.Tensor, masks: torch.Tensor | None, kernel: torch.Tensor, convolve: Callable) -> torch.Tensor:
        """convolve(x, kernel), whose four blocks of filters each have a mask on x, if there are masks: (4, N, ...)."""
        if masks is None:
            return convolve(x, kernel)
        return torch.cat([convolve(x * m, k) for m, k in zip(masks, kernel.chunk(4, -1), strict=True)], 1)

    def drop(self, like: torch.Tensor, rate: float, key: Key | None) -> torch.Tensor | None:
        """A mask for each gate on numbers like these, None where nothing is dropped."""
        return kernels.dropout(like.new_ones(4, *like.shape), rate, key) if key is not None and rate else None

    def of_input(self, x: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
        """x * W for (N, T, ..., C): (N, T, filters, ...)."""
        rows, zeros = self.padded(channels_second(x.flatten(0, 1)))
        rows = F.pad(rows, [p for p in reversed(zeros) for _ in range(2)])
        return self.convolved(rows, kernel, None, self.strides, self.dilation_rate).unflatten(0, x.shape[:2])

    def call(self, x, training: bool = False, key: Any = None, mask: Any = None):
        x, *given = x
        key = key if training else None
        masks = self.drop(x[:, 0], self.dropout, key)
        z = self.of_gates(x, None if masks is None else masks[:, :, None], self.kernel,
                          lambda x, k: self.of_input(x, k).transpose(1, 2)).transpose(1, 2)  # (N, T, 4 filters, ...)
        if self.use_bias:
            z = z + self.bias.reshape(-1, *[1] * self.dims)
        n, steps = z.shape[:2]
        h = c = z.new_zeros(n, self.filters, *z.shape[3:])
        kept = given or (self.states if self.stateful and self.states is not None and len(self.states[0]) == n else None)
        if kept:
            h, c = (channels_second(state).to(z) for state in kept)
        masks = self.drop(h, self.recurrent_dropout, key and key._replace(call=key.call | SECOND))
        around = [p for k in reversed(self.kernel_size) for p in ((k - 1) // 2, k // 2)]
        s, tanh, outputs = self.recurrent_activation, self.activation, []
        for t in reversed(range(steps)) if self.go_backwards else range(steps):
            u = self.of_gates(h, masks, self.recurrent_kernel, lambda h, k: self.convolved(F.pad(h, around), k, None, 1, 1))
            i, f, g, o = (z[:, t] + u).chunk(4, 1)
            before = h, c
            c = s(f) * c + s(i) * tanh(g)
            h = s(o) * tanh(c)
            y = h
            if mask is not None and mask[0] is not None:
                counts = mask[0][:, t].reshape(n, *[1] * (h.ndim - 1))
                y = torch.where(counts, h, outputs[-1] if outputs else torch.zeros_like(h))
                h, c = torch.where(counts, h, before[0]), torch.where(counts, c, before[1])
            outputs.append(y)
        after = [channels_last(h), channels_last(c)]
        if self.stateful:
            self.states = [state.detach() for state in after]
        y = torch.stack(outputs, 1).movedim(2, -1) if self.return_sequences else channels_last(outputs[-1])
        return [y, *after] if self.return_state else y

    def reads_mask(self, inputs):
        return inputs == 1

    def compute_mask(self, inputs, mask=None):
        return (mask or [None])[0] if self.return_sequences else None

    def compute_output_shape(self, input_shape, initial_state_shape=None):
        n, steps, *sizes, _ = first(input_shape)
        axes = zip(sizes, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        state = (n, *(window_output(size, k, s, self.padding, d) for size, k, s, d in axes), self.filters)
        y = (n, steps, *state[1:]) if self.return_sequences else state
        return [y, state, state] if self.return_state else y


class ConvLSTM1D(ConvLSTM):
    """LSTM over sequences of sequences: (batch, time, steps, channels)."""

    dims = 1


class ConvLSTM2D(ConvLSTM):
    """LSTM over pictures in time.

    Shapes: (batch, time, height, width, channels) -> (batch, height', width', filters), or with time with return_sequences.

    Example:
        >>> import nabi
        >>> ConvLSTM2D(8, 3, padding="same", return_sequences=True)(nabi.Input((None, 20, 20, 1))).shape
        (None, None, 20, 20, 8)
    """

    dims = 2


class ConvLSTM3D(ConvLSTM):
    """LSTM over volumes in time: (batch, time, depth, height, width, channels)."""

    dims = 3


ConvRecurrent2D = ConvLSTM2D
LAYERS: tuple[type[Layer], ...] = (ConvLSTM1D, ConvLSTM2D, ConvLSTM3D)
