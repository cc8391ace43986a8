"""Merge base: Keras 2's `_Merge`, of which scripts derive layers that join tensors in a way of their own.

    class RandomWeightedAverage(_Merge):
        def _merge_function(self, inputs):
            weights = K.random_uniform((32, 1, 1, 1))
            return weights * inputs[0] + (1 - weights) * inputs[1]
"""

from typing import Any

from nabi.core.errors import Unwritten
from nabi.layers import Layer


class _Merge(Layer):
    """Base of layers that join tensors of one shape; `_merge_function` says how."""

    takes_list = True

    def __init__(self, **base: Any):
        super().__init__(**base)

    def _merge_function(self, inputs: list) -> Any:
        raise Unwritten(self, "_merge_function(self, inputs)")

    def call(self, inputs):
        return self._merge_function(inputs)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[0])
