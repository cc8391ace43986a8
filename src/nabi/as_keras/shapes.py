"""Shapes: the lengths of a tensor's or symbol's axes, as TensorFlow's shapes answer."""

from typing import Any

import numpy as np


class Lengths(tuple):
    """The lengths of a tensor's axes, as TensorFlow's `get_shape()` gives them.

    Example:
        >>> Lengths((None, 28, 28)).as_list(), Lengths((2, 3)).num_elements(), Lengths((2, 3)).ndims
        ([None, 28, 28], 6, 2)
    """

    def as_list(self) -> list[Any]:
        """They as a list."""
        return list(self)

    @property
    def ndims(self) -> int:
        """How many axes there are."""
        return len(self)

    def num_elements(self) -> int:
        """Their product."""
        return int(np.prod(self))
