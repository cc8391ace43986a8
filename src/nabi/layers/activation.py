"""Activation functions as layers: y = a(x), element by element (softmax: along the last axis)."""

from nabi import activations
from nabi.core.registry import register
from nabi.layers.inside import only_computes
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

    def __init__(self, activation, **base):
        super().__init__(**base)
        self.activation = only_computes(self, "activation", activations.get(activation))

    def call(self, x):
        return self.activation(x)


@register("layer")
class ReLU(Layer):
    """y = x above the threshold, negative_slope (x - threshold) below it, at most max_value.

    Args:
        max_value: upper bound; 6 gives ReLU6.
        negative_slope: slope below the threshold.
        threshold: where the bend is.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.ReLU(max_value=6)(torch.tensor([[-1., 2., 8.]])).tolist()
        [[0.0, 2.0, 6.0]]
    """

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **base):
        super().__init__(**base)
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    def call(self, x):
        return activations.relu(x, self.negative_slope, self.max_value, self.threshold)


@register("layer")
class LeakyReLU(Layer):
    """y = x for x >= 0, else negative_slope x: a small slope keeps the gradient alive.

    Args:
        negative_slope: slope for negative x (Keras 1 and 2 called it `alpha`).

    Source: Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.LeakyReLU(0.5)(torch.tensor([[-2., 2.]])).tolist()
        [[-1.0, 2.0]]
    """

    def __init__(self, negative_slope=0.3, alpha=None, **base):
        super().__init__(**base)
        self.negative_slope = negative_slope if alpha is None else alpha
        self.alpha = None

    def call(self, x):
        return activations.leaky_relu(x, self.negative_slope)


@register("layer")
class Softmax(Layer):
    """y_i = e^x_i / sum over j of e^x_j along `axis`.

    Args:
        axis: the axis that sums to 1.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.Softmax()(torch.tensor([[0., 0.]])).tolist()
        [[0.5, 0.5]]
    """

    def __init__(self, axis=-1, **base):
        super().__init__(**base)
        self.axis = axis

    def call(self, x):
        return activations.softmax(x, self.axis)
