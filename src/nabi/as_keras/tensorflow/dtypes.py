"""Dtypes: tf.float32 and the like are torch's dtypes."""

from typing import Any

import numpy as np
import torch

from nabi.ops.op import dtype_named

float16, float32, float64, bfloat16 = torch.float16, torch.float32, torch.float64, torch.bfloat16
half, single, double = float16, float32, float64
int8, int16, int32, int64, uint8 = torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8
complex64, complex128 = torch.complex64, torch.complex128
bool = torch.bool
string = np.dtype("U")
DType = torch.dtype

__all__ = ["DType", "as_dtype", "bfloat16", "bool", "cast", "complex128", "complex64", "double", "float16", "float32", "float64",
           "half", "int16", "int32", "int64", "int8", "single", "string", "uint8"]


def as_dtype(type_value: Any) -> Any:
    """The dtype of a name."""
    return type_value if isinstance(type_value, torch.dtype) else dtype_named("cast", type_value)


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """x with numbers of another kind; from floats to whole numbers towards 0."""
    from nabi import ops

    return ops.cast(x, str(dtype).removeprefix("torch.") if isinstance(dtype, torch.dtype) else dtype)
