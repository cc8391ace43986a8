"""Activation functions as layers: y = a(x), number by number (softmax: along an axis).

    Activation("tanh")        any activation by its name, or a function of tensors
    ReLU, LeakyReLU, ELU      with numbers of their own; PReLU learns its slope: `prelu.py`
    Softmax                   along the axis, or the axes, that sum to 1
"""

import torch

from nabi import activations
from nabi.core.errors import ShapeError
from nabi.core.numbers import number
from nabi.core.registry import register
from nabi.layers.axes import axes_given, check_axes, placed
from nabi.layers.inside import as_activation
from nabi.layers.layer import Layer


@register("layer")
class Activation(Layer):
    """Applies an activation.

    Args:
        activation: name ("relu", "softmax", ...) or function on tensors.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Activation("relu")(torch.tensor([[-1., 2.]])).tolist()
        [[0.0, 2.0]]
    """

    supports_masking = True

    def __init__(self, activation, **base):
        super().__init__(**base)
        self.activation = as_activation(self, activations.get(activation))

    def call(self, x):
        return self.activation(x)


@register("layer")
class ReLU(Layer):
    """y = x above the threshold, negative_slope (x - threshold) below it, at most max_value.

    Args:
        max_value: upper bound, 0 or more, None for none; 6 gives ReLU6.
        negative_slope: slope below the threshold, 0 or more.
        threshold: where the bend is, 0 or more.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.ReLU(max_value=6)(torch.tensor([[-1., 2., 8.]])).tolist()
        [[0.0, 2.0, 6.0]]

    Raises ArgumentError for a negative number, as Keras does.
    """

    supports_masking = True

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **base):
        super().__init__(**base)
        self.max_value = None if max_value is None else number("ReLU(max_value)", max_value, least=0)
        self.negative_slope = number("ReLU(negative_slope)", negative_slope, least=0)
        self.threshold = number("ReLU(threshold)", threshold, least=0)

    def call(self, x):
        return activations.relu(x, self.negative_slope, self.max_value, self.threshold)


@register("layer")
class LeakyReLU(Layer):
    """y = x for x >= 0, else negative_slope x: a small slope keeps the gradient alive.

    Args:
        negative_slope: slope for negative x, 0 or more (Keras 1 and 2 called it `alpha`).

    Source: Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.LeakyReLU(0.5)(torch.tensor([[-2., 2.]])).tolist()
        [[-1.0, 2.0]]

    Raises ArgumentError for a negative slope, as Keras does.
    """

    supports_masking = True

    def __init__(self, negative_slope=0.3, alpha=None, **base):
        super().__init__(**base)
        argument, slope = ("negative_slope", negative_slope) if alpha is None else ("alpha", alpha)
        self.negative_slope = number(f"LeakyReLU({argument})", slope, least=0)
        self.alpha = None

    def call(self, x):
        return activations.leaky_relu(x, self.negative_slope)


@register("layer")
class ELU(Layer):
    """y = x for x > 0, else alpha (e^x - 1): smooth at 0 for alpha = 1, and never below -alpha.

    Args:
        alpha: the depth to which it falls, 0 or more.

    Source: Clevert, Unterthiner & Hochreiter, "Fast and accurate deep network learning by exponential linear units", 2016.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.ELU()(torch.tensor([[-1., 2.]])).round(decimals=4).tolist()
        [[-0.632099986076355, 2.0]]

    Raises ArgumentError for a negative alpha.
    """

    supports_masking = True

    def __init__(self, alpha=1.0, **base):
        super().__init__(**base)
        self.alpha = number("ELU(alpha)", alpha, least=0)

    def call(self, x):
        return activations.elu(x, self.alpha)


@register("layer")
class Softmax(Layer):
    """y_i = e^x_i / sum over j of e^x_j along `axis`; what a mask leaves out gets 0 and counts for nothing.

    Args:
        axis: the axis that sums to 1, or a list of axes that do together.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Softmax()(torch.tensor([[0., 0.]])).tolist()
        [[0.5, 0.5]]

    Raises ArgumentError for an axis that is no whole number, ShapeError for one that is not there.
    """

    supports_masking = True

    def __init__(self, axis=-1, **base):
        super().__init__(**base)
        self.axis = axes_given("Softmax(axis)", axis)

    def check_shapes(self, shapes):
        super().check_shapes(shapes)
        check_axes(self.label, self.axis, shapes[0], known=False)

    def call(self, x, mask=None):
        axes = placed(self.axis, x.ndim)
        if mask is not None:
            x = x.masked_fill(~self.fitting(mask, x), -1e9)
        y = activations.softmax(x, axes[0]) if len(axes) == 1 else torch.exp(x - x.logsumexp(axes, keepdim=True))
        return y if mask is None else y.masked_fill(~mask, 0.0)

    def fitting(self, mask, x):
        """The mask, if it can be held against the scores as it is."""
        if mask.ndim > x.ndim or any(m not in (1, n) for m, n in zip(mask.shape[::-1], x.shape[::-1], strict=False)):
            raise ShapeError(f"{self.label} with a mask", f"a mask like the scores {tuple(x.shape)}", tuple(mask.shape),
                             'Activation("softmax") takes no notice of masks and hands them on.')
        return mask
