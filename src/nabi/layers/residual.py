"""Residual: layers that weigh the branch of a residual block, as Keras' applications have them.

    LayerScale          y = gamma x                       gamma: one learned number a channel, near 0 at first
    CustomScaleLayer    y = x_1 + scale x_2               scale: one fixed number, below 1

Both let a deep network begin near the identity: the branches come in little by little.
Source: Touvron et al., "Going deeper with image transformers", 2021, equation 4; Szegedy et al., "Inception-v4", 2017,
section 3.3. The classes' names are Keras', in whose files they stand.
"""

from nabi import initializers
from nabi.core.errors import ShapeError
from nabi.core.numbers import number, whole
from nabi.core.registry import register
from nabi.layers.layer import Layer
from nabi.layers.merging import Merge, aligned


@register("layer")
class LayerScale(Layer):
    """Multiplies each channel by a learned number.

    Args:
        init_values: what all of them are at first.
        projection_dim: number of channels.

    Shapes: unchanged. Weights: gamma (projection_dim,).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.LayerScale(0.5, 2)(torch.tensor([[2., 4.]])).tolist()
        [[1.0, 2.0]]

    Raises ShapeError for another number of channels, which Keras would stretch or refuse later.
    """

    min_rank = 2

    def __init__(self, init_values, projection_dim, **base):
        super().__init__(**base)
        self.init_values = number("LayerScale(init_values)", init_values)
        self.projection_dim = int(whole("LayerScale(projection_dim)", projection_dim, least=1))

    def build(self, input_shape):
        if input_shape[-1] != self.projection_dim:
            raise ShapeError(self.label, f"{self.projection_dim} channels", input_shape[-1], "projection_dim is their number.")
        self.gamma = self.add_weight((self.projection_dim,), initializers.Constant(self.init_values))

    def call(self, x):
        return x * self.gamma


@register("layer")
class CustomScaleLayer(Merge):
    """The first of two inputs and a share of the second.

    Args:
        scale: the factor of the second.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.CustomScaleLayer(0.1)([torch.tensor([[1., 2.]]), torch.tensor([[10., 20.]])]).tolist()
        [[2.0, 4.0]]
    """

    only = 2

    def __init__(self, scale, **base):
        super().__init__(**base)
        self.scale = number("CustomScaleLayer(scale)", scale)

    def call(self, x):
        a, b = aligned(x)
        return a + b * self.scale
