"""Unit normalisation: each vector is brought to length 1 (단위 정규화).

    y = x / max(|x|, 1e-12)          |x| = sqrt(sum x_i^2) along the axis (or axes)

Two unit vectors' product is the cosine of the angle between them, which is how embeddings of faces and words are compared.
"""

import torch

from nabi.core.registry import register
from nabi.layers.axes import axes_given, check_axes, placed
from nabi.layers.layer import Layer
from nabi.layers.scaled import wide

LEAST = 1e-12  # Keras' bound of the length


@register("layer")
class UnitNormalization(Layer):
    """Divides by the length along an axis.

    Args:
        axis: the axis, or a list of axes, along which the length is taken.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.UnitNormalization()(torch.tensor([[3., 4.], [0., 0.]])).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]

    A vector of zeros stays one, and no gradient goes through it; in Keras on torch that gradient is NaN.
    Raises ArgumentError for an axis that is no whole number, ShapeError for one that is not there.
    """

    min_rank = 2
    supports_masking = True

    def __init__(self, axis=-1, **base):
        super().__init__(**base)
        self.axis = axes_given("UnitNormalization(axis)", axis)

    def check_shapes(self, shapes):
        super().check_shapes(shapes)
        check_axes(self.label, self.axis, shapes[0], known=False)

    def call(self, x):
        return of_length_1(wide(x), placed(self.axis, x.ndim)).to(x.dtype)


def of_length_1(x: torch.Tensor, axes: int | tuple[int, ...], least: float = LEAST) -> torch.Tensor:
    """x / max(|x|, least) along the axes; without gradient where |x| = 0.

    Example:
        >>> of_length_1(torch.tensor([[0., 2.]]), 1)
        tensor([[0., 1.]])
    """
    length = torch.linalg.vector_norm(x, dim=axes, keepdim=True)
    return x * torch.where(length > 0, 1 / length.clamp(min=least), 0)
