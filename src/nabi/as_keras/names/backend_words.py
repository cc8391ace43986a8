"""Backend words: what `keras.backend` of Keras 3 has about dtypes, and convolutions in Keras 1's words.

    keras.backend.result_type("int32", "float32")      "float32"
    K.conv2d(x, self.W, border_mode="same")            padding="same"
"""

from typing import Any

import torch

from nabi import backend
from nabi.as_keras.names.utils import standardize_dtype

__all__ = ["conv2d", "is_float_dtype", "is_int_dtype", "result_type", "standardize_dtype"]


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


def conv2d(x: Any, kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
           dilation_rate: Any = (1, 1), border_mode: str | None = None, **shapes: Any) -> Any:
    """`nabi.backend.conv2d`; `border_mode` is Keras 1's padding, and what it told of orders and shapes besides is seen."""
    return backend.conv2d(x, kernel, strides, border_mode or padding, data_format, dilation_rate)
