"""Theano's tensor functions by the names that Keras' backend does not have.

    T.sqr, T.mul, T.nnet.sigmoid, T.tensordot, T.eq, T.switch, T.cast
"""

from typing import Any

from nabi import activations, backend, losses, ops

__all__ = ["add", "categorical_crossentropy", "binary_crossentropy", "eq", "ge", "gt", "le", "lt", "mul", "neq", "relu",
           "sgn", "sigmoid", "softmax", "softplus", "sqr", "sub", "true_div"]
add, mul, sub, true_div, sgn = ops.add, ops.multiply, ops.subtract, ops.divide, ops.sign
eq, neq, gt, ge, lt, le = ops.equal, ops.not_equal, ops.greater, ops.greater_equal, ops.less, ops.less_equal
sqr = backend.square
sigmoid, softmax, softplus, relu = activations.sigmoid, activations.softmax, activations.softplus, activations.relu


def categorical_crossentropy(coding_dist: Any, true_dist: Any) -> Any:
    """- sum y log p, predictions first, as theano has it."""
    return losses.categorical_crossentropy(true_dist, coding_dist)


def binary_crossentropy(output: Any, target: Any) -> Any:
    """- (y log p + (1 - y) log(1 - p)) by place, predictions first, as theano has it."""
    return backend.binary_crossentropy(target, output)
