"""PReLU: a ReLU whose slope below 0 is learned (매개변수 렐루).

    y = max(0, x) - alpha max(0, -x)          dy/dx = 1 above 0, alpha below, 0 at 0          dy/dalpha = min(0, x)

alpha has one number for each place of a sample; along `shared_axes` it is shared.
Source: He et al., "Delving deep into rectifiers", 2015, equation 1.
"""

from nabi import constraints, initializers, regularizers
from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.core.shapes import as_text
from nabi.layers.axes import axes_given, check_axes, placed
from nabi.layers.layer import Layer


@register("layer")
class PReLU(Layer):
    """Parametric rectified linear unit.

    Args:
        alpha_initializer: first slopes; the paper takes .25.
        alpha_regularizer: penalty; the paper warns of one, since it draws the slopes to 0.
        alpha_constraint: what alpha is brought back to after each step.
        shared_axes: axes along which one alpha serves, [1, 2] for one a channel of a picture; None shares none.

    Shapes: unchanged. Weights: alpha, the input's shape without the batch, 1 on shared axes.

    Example:
        >>> import nabi, torch
        >>> layer = nabi.layers.PReLU(alpha_initializer=nabi.initializers.Constant(0.5))
        >>> layer(torch.tensor([[-2., 2.]])).tolist()
        [[-1.0, 2.0]]

    PyTorch's PReLU has one alpha for all or one a channel, .25 at first, and at 0 the slope alpha.
    Raises ArgumentError for shared_axes that are no whole numbers, ShapeError for one that is not there and for an axis of
    unknown length that is not shared.
    """

    min_rank = 2
    supports_masking = True

    def __init__(self, alpha_initializer="Zeros", alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **base):
        super().__init__(**base)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        shared = None if shared_axes in (None, [], ()) else axes_given("PReLU(shared_axes)", shared_axes)
        self.shared_axes = [shared] if isinstance(shared, int) else shared

    @property
    def fixed_axes(self):
        shape = self.built_shape
        return tuple(a for a in range(1, len(shape)) if a not in placed(self.shared_axes or [], len(shape)))

    def build(self, input_shape):
        check_axes(self.label, self.shared_axes or [], input_shape, known=False)
        shared = placed(self.shared_axes or [], len(input_shape))
        shape = tuple(1 if a in shared else n for a, n in enumerate(input_shape) if a > 0)
        if None in shape:
            raise ShapeError(self.label, "known lengths of the axes that are not shared", as_text(input_shape),
                             f"shared_axes={list(range(1, len(input_shape) - 1))} learns one slope a channel.")
        self.alpha = self.add_weight(shape, self.alpha_initializer, regularizer=self.alpha_regularizer,
                                     constraint=self.alpha_constraint)

    def check_shapes(self, shapes):
        super().check_shapes(shapes)
        if self.built and len(self.built_shape) != len(shapes[0]):
            raise ShapeError(self.label, f"{len(self.built_shape)} axes as it was built with", len(shapes[0]))

    def call(self, x):
        return x.relu() - self.alpha * (-x).relu()
