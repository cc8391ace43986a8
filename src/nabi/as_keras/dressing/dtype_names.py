"""Names of dtypes: the dtype of a symbol or of texts, a text as in Keras 3 that is equal to TensorFlow's dtype, too.

    keras.Input((1,), dtype=tf.float32).dtype == tf.float32 == "float32"          True
    tf.constant("a").dtype == tf.string                                           True
"""

from typing import Any

import numpy as np
import torch

from nabi.as_keras.patches import Patches
from nabi.data.strings import Strings
from nabi.layers.node import Symbol


class DtypeName(str):
    """A dtype's name.

    Example:
        >>> DtypeName("float32") == torch.float32, DtypeName("int64") == torch.int32, DtypeName("string") == np.dtype("U")
        (True, False, True)
    """

    __slots__ = ()

    def __eq__(self, other: Any) -> bool:
        if isinstance(other, torch.dtype):
            return f"torch.{self}" == str(other)
        if isinstance(other, np.dtype):
            return str(self) == ("string" if other.kind == "U" else other.name)
        return str.__eq__(self, other)

    def __ne__(self, other: Any) -> bool:
        return not self == other

    __hash__ = str.__hash__

    @property
    def name(self) -> str:
        """The name itself, as TensorFlow's dtypes have it."""
        return str(self)


def dress_dtypes(patches: Patches) -> None:
    """The dtypes of symbols and texts are such names."""
    of_symbol: Any = vars(Symbol)["dtype"].fget
    patches.put(Symbol, "dtype", property(lambda self: DtypeName(of_symbol(self))))
    patches.put(Strings, "dtype", DtypeName("string"))
