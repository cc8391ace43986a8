"""Printed: `tf.print`: numbers alone, the first and last three of each axis.

    tf.print("step", tf.constant(3), tf.constant([0.1, 2.0]))      step 3 [0.1 2]

A float32 is written with 6 digits, or with 9 where these are not the number; a float64 with 15, or 17.
Source: TensorFlow 2.21, StringFormat and strings::FloatToBuffer.
"""

import builtins
from typing import Any

import numpy as np
import torch

from nabi.data.strings import Strings
from nabi.layers.weight import Weight


def print(*inputs: Any, output_stream: Any = None, summarize: int | None = None, sep: str = " ", end: str = "\n",
          name: str | None = None) -> None:
    """Writes values to standard output, or to `output_stream`: sys.stderr, "file://a.txt".

    Args:
        summarize: how many entries of an axis stand before and behind the dots: 3; -1 for all.
    """
    texts = [text(value, 3 if summarize is None else summarize) for value in inputs]
    if isinstance(output_stream, str) and output_stream.startswith("file://"):
        with open(output_stream.removeprefix("file://"), "a", encoding="utf-8") as file:
            builtins.print(*texts, sep=sep, end=end, file=file)
        return
    stream: Any = output_stream if hasattr(output_stream, "write") else None
    builtins.print(*texts, sep=sep, end=end, file=stream)


def text(value: Any, most: int = 3) -> str:
    """A value as `tf.print` writes it; tensors in lists, tuples and dicts too.

    Example:
        >>> text(torch.tensor([1.0, 0.25])), text({"k": [torch.tensor(2)]}), text(torch.arange(9)), text("a")
        ('[1 0.25]', "{'k': [2]}", '[0 1 2 ... 6 7 8]', 'a')
    """
    if isinstance(value, str):
        return value
    if type(value) in (list, tuple):
        inner = ", ".join(repr(one) if isinstance(one, str) else text(one, most) for one in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    if type(value) is dict:
        return "{" + ", ".join(f"{key!r}: {repr(one) if isinstance(one, str) else text(one, most)}"
                               for key, one in value.items()) + "}"  # fmt: skip
    if isinstance(value, Weight):
        value = value.numpy()
    elif isinstance(value, torch.Tensor):
        value = torch.Tensor.detach(value).cpu()
        value = (value.float() if value.dtype is torch.bfloat16 else value).numpy()
    elif isinstance(value, Strings):
        value = np.asarray(value.values, object)
    else:
        return repr(value)
    return rows(np.asarray(value), most, 1)


def rows(array: np.ndarray, most: int, depth: int) -> str:
    """An array in brackets, one row on a line, with dots in the middle of long axes."""
    if array.ndim == 0:
        return entry(array[()])
    parts = [*array] if most < 0 or len(array) <= 2 * most else [*array[:most], None, *array[len(array) - most :]]
    gap = " " if array.ndim == 1 else "\n" * (array.ndim - 1) + " " * depth
    return f"[{gap.join('...' if one is None else rows(np.asarray(one), most, depth + 1) for one in parts)}]"


def entry(value: Any) -> str:
    """One number, truth value or text.

    Example:
        >>> entry(np.float32(0.1)), entry(np.float32(1 / 3)), entry(np.float64(1 / 3)), entry(np.True_), entry(b"a")
        ('0.1', '0.333333343', '0.33333333333333331', '1', '"a"')
    """
    if isinstance(value, (bytes, str)):
        return f'"{value.decode(errors="replace") if isinstance(value, bytes) else value}"'
    if not isinstance(value, np.floating):
        return str(int(value)) if isinstance(value, (np.bool_, np.integer)) else str(value)
    few, many = (15, 17) if isinstance(value, np.float64) else (6, 9)
    short = f"{value:.{few}g}"
    return short if type(value)(short) == value or value != value else f"{value:.{many}g}"
