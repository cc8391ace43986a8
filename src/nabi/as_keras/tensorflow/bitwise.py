"""Bitwise: `tf.bitwise`: whole numbers bit by bit."""

import operator
from collections.abc import Callable
from typing import Any

from nabi.as_keras.tensorflow.selecting import number

__all__ = ["bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"]


def of_two(plain: Callable) -> Callable:
    """An operator of two tensors."""

    def compute(x: Any, y: Any, name: str | None = None) -> Any:
        return plain(number(x), number(y))

    return compute


bitwise_and, bitwise_or, bitwise_xor = of_two(operator.and_), of_two(operator.or_), of_two(operator.xor)
left_shift, right_shift = of_two(operator.lshift), of_two(operator.rshift)


def invert(x: Any, name: str | None = None) -> Any:
    """Each bit the other way round."""
    return ~number(x)
