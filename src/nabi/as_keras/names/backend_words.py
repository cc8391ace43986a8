"""Backend words: what `keras.backend` of Keras 3 has about dtypes.

    keras.backend.result_type("int32", "float32")      "float32"
"""

from typing import Any

import torch

from nabi.as_keras.names.utils import standardize_dtype

__all__ = ["is_float_dtype", "is_int_dtype", "result_type", "standardize_dtype"]


def is_float_dtype(dtype: Any) -> bool:
    """Whether numbers of this dtype have fractions."""
    return getattr(torch, standardize_dtype(dtype)).is_floating_point


def is_int_dtype(dtype: Any) -> bool:
    """Whether they are whole.

    Example:
        >>> is_int_dtype("uint8"), is_int_dtype("bool")
        (True, False)
    """
    kind = getattr(torch, standardize_dtype(dtype))
    return not (kind.is_floating_point or kind.is_complex or kind is torch.bool)


def result_type(*dtypes: Any) -> str:
    """The dtype of what two operands make: Python's float and int take the other's kind.

    Example:
        >>> result_type("int32", "float16"), result_type("bfloat16", float), result_type(int, float)
        ('float16', 'bfloat16', 'float32')
    """
    made: Any = None
    for dtype in (one for one in dtypes if one not in (int, float, bool)):
        kind = getattr(torch, standardize_dtype(getattr(dtype, "dtype", dtype)))
        made = kind if made is None else torch.promote_types(made, kind)
    if float in dtypes and (made is None or not made.is_floating_point):
        made = torch.float32
    if made is None:
        made = torch.int32 if int in dtypes else torch.bool
    return standardize_dtype(made)
