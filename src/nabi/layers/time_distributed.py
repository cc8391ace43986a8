"""TimeDistributed: one layer applied to each time step for itself (시간축 적용).

    y_t = layer(x_t)        x: (N, T, ...) -> y: (N, T, ...), the same weights at every step

Nothing passes from one step to another, so all N T steps are one batch of the layer; only where a layer counts over its batch, as
batch normalisation does, or is one of the user's own, the steps come one after the other, as in Keras.
"""

from typing import Any

import torch

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_text
from nabi.layers.inside import opened
from nabi.layers.layer import Layer


@register("layer")
class TimeDistributed(Layer):
    """Applies a layer to every time step: a `Conv2D` to every picture of a film.

    Args:
        layer: a layer or model; it has one set of weights.

    Shapes: (batch, steps, ...) -> (batch, steps, ...), what lies behind the steps as in the layer.

    Example:
        >>> import nabi
        >>> layer = nabi.layers.TimeDistributed(nabi.layers.Conv2D(64, 3))
        >>> layer(nabi.Input((10, 28, 28, 3))).shape, layer.count_params()
        ((None, 10, 26, 26, 64), 1792)

    A mask of the steps is handed on. One with more axes, (batch, steps, ...), is given to the layer, if it reads masks.
    """

    min_rank = 3
    supports_masking = True

    def __init__(self, layer, **base):
        super().__init__(**base)
        if not isinstance(layer, Layer):
            raise ArgumentError("TimeDistributed(layer)", "a layer, such as Dense(10)", repr(layer))
        self.layer = layer

    def build(self, input_shape):
        self.layer.prepare(self.one_step(input_shape))

    def one_step(self, shape: Any) -> list:
        """The shapes that the layer sees."""
        return [(shape[0], *shape[2:])]

    @property
    def together(self) -> bool:
        """Whether the steps may be taken as one batch."""
        within = opened(self.layer)
        return all(type(inner).__module__.startswith("nabi.") and not inner.frozen_is_inference
                   and not getattr(inner, "stateful", False) for inner in within)

    def call(self, x, training: bool = False, mask: Any = None):
        inner = mask if mask is not None and mask.ndim > 2 and self.layer.reads_mask(1) else None
        if not training or self.together:
            extra: Any = {} if inner is None else {"mask": inner.flatten(0, 1)}
            return self.layer(x.flatten(0, 1), training=training, **extra).unflatten(0, x.shape[:2])
        extras: Any = [{}] * x.shape[1] if inner is None else [{"mask": m} for m in inner.unbind(1)]
        return torch.stack([self.layer(x_t, training=training, **e) for x_t, e in zip(x.unbind(1), extras, strict=True)], 1)

    def compute_output_shape(self, input_shape):
        given = self.one_step(input_shape)
        out = self.layer.compute_output_shape(given if self.layer.takes_list else given[0])
        if isinstance(out, list):
            raise ShapeError(self.label, "a layer with one output", f"{len(out)}: {' and '.join(map(as_text, out))}")
        return (out[0], input_shape[1], *out[1:])

    def macs(self, input_shape, output_shape):
        given, steps = self.one_step(input_shape), input_shape[1]
        each = self.layer.macs(given if self.layer.takes_list else given[0], (output_shape[0], *output_shape[2:]))
        return None if steps is None or each is None else steps * each
