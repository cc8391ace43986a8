"""Older layers: those of Keras 1 and 2 that have no like today.

    Highway        y = t h + (1 - t) x,   t = sigmoid(x W_carry + b_carry),   h = a(x W + b)
    ParametricSoftplus    y = alpha log(1 + exp(beta x)), alpha and beta learned
    LocallyConnected1D    a convolution whose kernel is another one at each place

Source: keras/layers/core.py and advanced_activations.py of Keras 1.2; Srivastava et al., "Highway networks", 2015.
"""

import torch
import torch.nn.functional as F

from nabi import activations, backend, regularizers
from nabi.core.shapes import as_tuple
from nabi.initializers import Constant
from nabi.layers import Layer

__all__ = ["Highway", "LocallyConnected1D", "ParametricSoftplus"]


class Highway(Layer):
    """Lets a share t of a dense layer through, and the share 1 - t of its input.

    Args:
        init: first values of both kernels. activation: of the dense layer. bias: whether there are biases.
        transform_bias: first value of the gate's, -2 as in Keras 1.

    Shapes: unchanged. Weights: W, W_carry (n, n), b, b_carry (n,).
    """

    def __init__(self, init="glorot_uniform", activation=None, bias=True, transform_bias=-2, **base):
        super().__init__(**base)
        self.init, self.activation, self.bias, self.transform_bias = init, activations.get(activation), bias, transform_bias

    def build(self, input_shape):
        n = input_shape[-1]
        self.kernel = self.add_weight((n, n), self.init)
        self.carry = self.add_weight((n, n), self.init)
        self.b = self.add_weight((n,), "zeros") if self.bias else None
        self.b_carry = self.add_weight((n,), Constant(float(self.transform_bias))) if self.bias else None

    def call(self, x):
        gate, made = x @ self.carry, x @ self.kernel
        if self.bias:
            gate, made = gate + self.b_carry, made + self.b
        t = torch.sigmoid(gate)
        return t * self.activation(made) + (1 - t) * x

    def compute_output_shape(self, input_shape):
        return input_shape


class ParametricSoftplus(Layer):
    """Softplus whose height and steepness are learned, by place.

    Args:
        alpha_init, beta_init: first values of all.

    Shapes: unchanged.
    """

    def __init__(self, alpha_init=0.2, beta_init=5.0, **base):
        super().__init__(**base)
        self.alpha_init, self.beta_init = alpha_init, beta_init

    def build(self, input_shape):
        self.alphas = self.add_weight(tuple(input_shape[1:]), Constant(float(self.alpha_init)))
        self.betas = self.add_weight(tuple(input_shape[1:]), Constant(float(self.beta_init)))

    def call(self, x):
        return self.alphas * F.softplus(self.betas * x)

    def compute_output_shape(self, input_shape):
        return input_shape


class LocallyConnected1D(Layer):
    """A convolution of sequences whose kernel is another one at each place.

    Args:
        filters: outputs a place. kernel_size, strides: of the windows; only padding "valid".
        activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer: as of Conv1D.

    Shapes: (batch, steps, n) -> (batch, places, filters). Weights: (places, size n, filters), (places, filters).
    """

    def __init__(self, filters, kernel_size, strides=1, padding="valid", data_format=None, activation=None, use_bias=True,
                 kernel_initializer="glorot_uniform", bias_initializer="zeros", kernel_regularizer=None, bias_regularizer=None,
                 **base):
        super().__init__(**base)
        self.filters, self.padding, self.data_format, self.use_bias = int(filters), padding, data_format, use_bias
        self.kernel_size = as_tuple(kernel_size, 1, "LocallyConnected1D(kernel_size)")
        self.strides = as_tuple(strides, 1, "LocallyConnected1D(strides)")
        self.activation = activations.get(activation)
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = map(regularizers.get, (kernel_regularizer, bias_regularizer))

    def places(self, steps: int) -> int:
        """How many windows there are."""
        return (steps - self.kernel_size[0]) // self.strides[0] + 1

    def build(self, input_shape):
        places = self.places(input_shape[1])
        size = self.kernel_size[0] * input_shape[2]
        self.kernel = self.add_weight((places, size, self.filters), self.kernel_initializer, regularizer=self.kernel_regularizer)
        if self.use_bias:
            self.bias = self.add_weight((places, self.filters), self.bias_initializer, regularizer=self.bias_regularizer)

    def call(self, x):
        y = backend.local_conv1d(x, self.kernel, self.kernel_size, self.strides)
        return self.activation(y + self.bias if self.use_bias else y)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.places(input_shape[1]), self.filters)
