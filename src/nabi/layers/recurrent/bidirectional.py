"""Bidirectional: one recurrent layer reads the sequence forwards, another backwards; their outputs are joined (양방향 순환망).

    f_t from x_1 ... x_t        b_t from x_T ... x_t        y_t = [f_t, b_t],  f_t + b_t,  f_t b_t  or  (f_t + b_t) / 2

Source: Schuster & Paliwal, "Bidirectional recurrent neural networks", 1997.
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.pieces import arguments, plain
from nabi.core.registry import register
from nabi.layers.layer import Layer
from nabi.layers.node import flatten
from nabi.layers.recurrent.recurrent import Recurrent, first

MODES = {
    "concat": lambda f, b: torch.cat([f, b], -1),
    "sum": lambda f, b: f + b,
    "mul": lambda f, b: f * b,
    "ave": lambda f, b: (f + b) / 2,
}


@register("layer")
class Bidirectional(Layer):
    """Two recurrent layers, one in each direction.

    Args:
        layer: the forward layer; it is made anew from its configuration, with fresh weights, as in Keras.
        merge_mode: "concat", "sum", "mul", "ave", or None for a list of both outputs.
        weights: first values: the forward layer's arrays, then the backward layer's.
        backward_layer: the backward layer, with go_backwards=True; by default it is made like `layer`.

    Where steps are masked both give zeros, if they return sequences. `initial_state`: the forward layer's, then the backward's.

    Shapes: (batch, steps, n) -> (batch, 2 units) with "concat", (batch, units) with the other modes; sequences likewise.

    Example:
        >>> import nabi
        >>> layer = nabi.layers.Bidirectional(nabi.layers.LSTM(32, return_sequences=True))
        >>> layer(nabi.Input((50, 8))).shape, layer.count_params()
        ((None, 50, 64), 10496)

    Raises ArgumentError for layers that do not belong together.
    """

    takes_list = True

    def __init__(self, layer, merge_mode: Any = "concat", weights=None, backward_layer=None, **base):
        super().__init__(**base)
        for name, given in (("layer", layer), ("backward_layer", layer if backward_layer is None else backward_layer)):
            if not isinstance(given, Recurrent) and not (isinstance(given, Layer) and hasattr(given, "go_backwards")):
                raise ArgumentError(f"Bidirectional({name})", "a recurrent layer, such as LSTM(32)", repr(given))
        if merge_mode is not None and merge_mode not in MODES:
            raise ArgumentError("Bidirectional(merge_mode)", f"one of {', '.join(MODES)}, or None", repr(merge_mode),
                                did_you_mean(str(merge_mode), MODES))
        if not isinstance(weights, list | tuple | None):
            raise ArgumentError("Bidirectional(weights)", "a list of arrays, the forward layer's first, or None", repr(weights))
        self.merge_mode = merge_mode
        self.forward_layer = renamed(layer, "forward_", layer.go_backwards)
        self.backward_layer = renamed(layer, "backward_", True) if backward_layer is None else backward_layer
        self.first_weights = weights
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(self.forward_layer, name) != getattr(self.backward_layer, name):
                raise ArgumentError(f"Bidirectional(backward_layer), {name}", f"{getattr(layer, name)!r}, as in layer",
                                    repr(getattr(self.backward_layer, name)))
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise ArgumentError("Bidirectional(backward_layer)", "layers of opposite directions",
                                f"go_backwards={self.forward_layer.go_backwards} in both",
                                "Give go_backwards=True to the backward layer only.")
        for inner in (self.forward_layer, self.backward_layer):
            inner.zero_output_for_mask = inner.return_sequences
            inner.trainable = inner.trainable and self.trainable

    @property
    def layer(self) -> Recurrent:
        """The forward layer, under the argument's name."""
        return self.forward_layer

    @property
    def return_sequences(self) -> bool:
        """Whether all outputs are given, or the last ones alone."""
        return self.forward_layer.return_sequences

    @property
    def return_state(self) -> bool:
        """Whether the last states are given too."""
        return self.forward_layer.return_state

    @property
    def stateful(self) -> bool:
        """Whether a batch goes on with the last states of the batch before."""
        return self.forward_layer.stateful

    def reset_state(self) -> None:
        """Lets the next batch begin with zeros."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Keras' other name for `reset_state`."""
        self.reset_state()

    def __call__(self, sequences, initial_state=None, mask=None, training=None):
        several = list(sequences) if isinstance(sequences, (list, tuple)) else [sequences]
        return super().__call__([*several, *flatten([] if initial_state is None else initial_state)], training, mask)

    def halves(self, states: list) -> tuple[list, list]:
        """The forward layer's states and the backward layer's."""
        if len(states) % 2:
            raise ArgumentError(f"{self.label}(initial_state)", "as many states for each direction", f"{len(states)} together")
        return states[:len(states) // 2], states[len(states) // 2:]

    def check_shapes(self, shapes):
        shapes = [shapes] if isinstance(shapes, tuple) else shapes
        for inner, states in zip((self.forward_layer, self.backward_layer), self.halves(list(shapes[1:])), strict=True):
            inner.check_shapes([shapes[0], *states])

    def build(self, input_shape):
        self.forward_layer.prepare([first(input_shape)])
        self.backward_layer.prepare([first(input_shape)])
        if self.first_weights is not None:
            self.set_weights(self.first_weights)

    def reads_mask(self, inputs):
        return inputs == 1

    def call(self, x, mask: Any = None):
        x, *given = x
        ahead, back = self.halves(given)
        f = flatten(self.forward_layer(x, ahead or None, mask and mask[0]))
        b = flatten(self.backward_layer(x, back or None, mask and mask[0]))
        if self.return_sequences:
            b[0] = b[0].flip(1)
        joined = [f[0], b[0]] if self.merge_mode is None else [MODES[self.merge_mode](f[0], b[0])]
        several = [*joined, *f[1:], *b[1:]]
        return several if len(several) > 1 else several[0]

    def compute_mask(self, inputs, mask=None):
        given = (mask or [None])[0] if self.return_sequences else None
        return [given, given] if self.merge_mode is None else given

    def compute_output_shape(self, input_shape, initial_state_shape=None):
        made = self.forward_layer.compute_output_shape(first(input_shape))
        output, *states = made if isinstance(made, list) else [made]
        if self.merge_mode is None:
            return [output, output, *states, *states]
        joined = (*output[:-1], 2 * output[-1]) if self.merge_mode == "concat" else output
        return [joined, *states, *states] if states else joined

    def macs(self, input_shape, output_shape):
        both = [inner.macs(input_shape, output_shape) for inner in (self.forward_layer, self.backward_layer)]
        return None if None in both else sum(both)

    def get_config(self):
        return {name: plain(getattr(self, name)) for name in arguments(type(self)) if name != "weights"}


def renamed(layer: Recurrent, prefix: str, go_backwards: bool) -> Any:
    """A new layer like this one, with a name of its own."""
    name = f"{prefix}{layer.name.removeprefix(prefix)}"
    return type(layer).from_config({**layer.get_config(), "name": name, "go_backwards": go_backwards})
