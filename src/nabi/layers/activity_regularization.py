"""Activity regularisation: a penalty on what passes through, so that few numbers are large (or anything but 0).

    y = x,   the loss grows by (l1 sum |x| + l2 sum x^2) / N          N: samples of the batch

Source: Olshausen & Field, "Emergence of simple-cell receptive field properties by learning a sparse code", Nature 381, 1996.
"""

from nabi.core.registry import register
from nabi.layers.layer import Layer
from nabi.regularizers import L1L2


@register("layer")
class ActivityRegularization(Layer):
    """Hands its input on; `fit` and `evaluate` add the penalty to the loss.

    Args:
        l1, l2: factors, 0 or more.

    Shapes: unchanged.

    Example:
        >>> import nabi
        >>> x = nabi.Input((4,))
        >>> code = nabi.layers.ActivityRegularization(l1=0.001)(nabi.layers.Dense(8, activation="relu")(x))
        >>> code.shape
        (None, 8)

    Dense, convolutions and recurrent layers take the same as `activity_regularizer`. Raises ArgumentError for negative factors.
    """

    supports_masking = True

    def __init__(self, l1=0.0, l2=0.0, **base):
        super().__init__(**base)
        self.activity_regularizer = L1L2(l1, l2)
        self.l1, self.l2 = self.activity_regularizer.l1, self.activity_regularizer.l2

    def call(self, x):
        return x
