"""Identity: y = x; a place in a network where nothing happens, such as the short cut of a residual block that keeps its shape."""

from nabi.core.registry import register
from nabi.layers.layer import Layer


@register("layer")
class Identity(Layer):
    """Hands its input on, and its mask.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Identity()(torch.tensor([[1., -2.]])).tolist()
        [[1.0, -2.0]]
    """

    supports_masking = True

    def call(self, x):
        return x
