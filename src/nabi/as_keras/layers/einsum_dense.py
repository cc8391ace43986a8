"""EinsumDense: a linear map written as a sum over named axes: "abc,cde->abde" maps c to (d, e).

    y = a(einsum(x, W) + b)        the first letters are x's axes, the second W's, those behind the arrow y's

Source: Keras 3, layers/core/einsum_dense.py.
"""

from typing import Any

import torch

from nabi import constraints, initializers, regularizers
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.shapes import Shape
from nabi.layers.activated import Activated

LETTERS = "ZYXWVUTSRQPONML"  # of the axes that "..." stands for


class EinsumDense(Activated):
    """A linear map by an equation.

    Args:
        equation: such as "ab,bc->ac", which is Dense; "..." stands for axes that stay.
        output_shape: the output's lengths without the batch; None where an axis is as long as the input's.
        activation: name or function on tensors.
        bias_axes: letters of the output's axes that the bias has; None for no bias.
        kernel_initializer, bias_initializer, and regularizers and constraints: as in `Dense`.
    """

    min_rank = 2

    def __init__(self, equation, output_shape, activation=None, bias_axes=None, kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **base):
        super().__init__(activation, activity_regularizer, **base)
        if not isinstance(equation, str) or equation.count(",") != 1 or "->" not in equation:
            raise ArgumentError("EinsumDense(equation)", "axes of x, of W and of y, such as 'abc,cd->abd'", repr(equation))
        self.equation, self.bias_axes = equation, bias_axes
        self.output_shape: Any = tuple(output_shape) if isinstance(output_shape, (list, tuple)) else (output_shape,)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer, self.bias_regularizer = regularizers.get(kernel_regularizer), regularizers.get(bias_regularizer)
        self.kernel_constraint, self.bias_constraint = constraints.get(kernel_constraint), constraints.get(bias_constraint)

    def axes(self, rank: int) -> tuple[str, str, str]:
        """Letters of x, W and y for an input of so many axes."""
        given, kernel = self.equation.replace(" ", "").split("->")[0].split(",")
        made = self.equation.replace(" ", "").split("->")[1]
        hidden = LETTERS[:rank - len(given.replace("...", ""))] if "..." in given else ""
        return given.replace("...", hidden), kernel, made.replace("...", hidden)

    def lengths(self, input_shape: Shape) -> dict[str, int | None]:
        """Length of each axis."""
        given, _, made = self.axes(len(input_shape))
        found: dict[str, Any] = dict(zip(given, input_shape, strict=True))
        said = self.output_shape[-(len(made) - 1):]
        return found | {a: n for a, n in zip(made[-len(said):], said, strict=True) if n is not None}

    def build(self, input_shape):
        lengths, (_, kernel, made) = self.lengths(input_shape), self.axes(len(input_shape))
        if any(lengths.get(a) is None for a in kernel):
            raise ShapeError(f"{self.label}, equation {self.equation!r}", "lengths of all axes of the weights", input_shape)
        self.kernel: Any = self.add_weight(tuple(lengths[a] for a in kernel), self.kernel_initializer,  # type: ignore[arg-type]
                                           regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        if self.bias_axes:
            first = min(made.index(a) for a in self.bias_axes)
            shape: Any = tuple(lengths[a] if a in self.bias_axes else 1 for a in made[first:])
            self.bias: Any = self.add_weight(shape, self.bias_initializer, regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)
        else:
            self.bias = None

    def linear(self, x):
        y = torch.einsum(",".join(self.axes(x.ndim)[:2]) + "->" + self.axes(x.ndim)[2], x, self.kernel)
        return y + self.bias if self.bias_axes else y

    def compute_output_shape(self, input_shape):
        lengths = self.lengths(input_shape)
        return (input_shape[0], *(lengths[a] for a in self.axes(len(input_shape))[2][1:]))
