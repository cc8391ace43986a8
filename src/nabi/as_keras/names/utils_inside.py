"""Utils inside: helpers of Keras 1's and 2's own modules that scripts borrow: sizes of convolutions, lists, checks.

    from keras.utils import conv_utils;  conv_utils.normalize_tuple(3, 2, "kernel_size")       (3, 3)
    from keras.utils.generic_utils import to_list, has_arg;  from keras.utils.layer_utils import count_params

Source: keras/utils/conv_utils.py, generic_utils.py, layer_utils.py and data_utils.py of Keras 2.
"""

import hashlib
import inspect
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.request import urlretrieve

import numpy as np

from nabi.backend import image_data_format
from nabi.core.errors import ArgumentError
from nabi.utils import OrderedEnqueuer

__all__ = ["SequenceEnqueuer", "categorical_probas_to_classes", "conv_input_length", "conv_output_length", "convert_kernel",
           "count_params", "deconv_length", "deconv_output_length", "has_arg", "is_all_none", "iter_sequence_infinite",
           "normalize_data_format", "normalize_padding", "normalize_tuple", "print_msg", "slice_arrays", "smart_cond", "to_list",
           "to_snake_case", "transpose_shape", "unpack_singleton", "urlretrieve", "validate_file"]
SequenceEnqueuer = OrderedEnqueuer


# Convolutions ------------------------------------------------------------------------------------------------------------------


def normalize_tuple(value: Any, n: int, name: str, allow_zero: bool = False) -> tuple[int, ...]:
    """A whole number n times, or n whole numbers.

    Raises ArgumentError.
    """
    found = (value,) * n if isinstance(value, (int, np.integer)) else tuple(value) if np.iterable(value) else ()
    least = 0 if allow_zero else 1
    if len(found) != n or not all(isinstance(one, (int, np.integer)) and one >= least for one in found):
        raise ArgumentError(name, f"a whole number from {least} on, or {n} of them", repr(value))
    return tuple(int(one) for one in found)


def normalize_padding(value: Any) -> str:
    """"valid", "same" or "causal" in small letters.

    Raises ArgumentError.
    """
    if str(value).lower() not in ("valid", "same", "causal", "full"):
        raise ArgumentError("padding", '"valid", "same" or "causal"', repr(value))
    return str(value).lower()


def normalize_data_format(value: Any = None) -> str:
    """The order of axes: the given one, or that which is set.

    Raises ArgumentError.
    """
    found = image_data_format() if value is None else str(value).lower()
    if found not in ("channels_first", "channels_last"):
        raise ArgumentError("data_format", '"channels_first" or "channels_last"', repr(value))
    return found


def conv_output_length(input_length: int | None, filter_size: int, padding: str, stride: int, dilation: int = 1) -> int | None:
    """How many places a window takes: ceil((n - k + 1) / s), or ceil(n / s) with "same" and "causal".

    Example:
        >>> conv_output_length(10, 3, "valid", 2), conv_output_length(10, 3, "same", 2)
        (4, 5)
    """
    if input_length is None:
        return None
    reach = filter_size + (filter_size - 1) * (dilation - 1)
    length = input_length + {"valid": 1 - reach, "full": reach - 1}.get(padding, 0)
    return (length + stride - 1) // stride


def conv_input_length(output_length: int | None, filter_size: int, padding: str, stride: int) -> int | None:
    """What a convolution of this length was given."""
    if output_length is None:
        return None
    pad = {"same": filter_size // 2, "full": filter_size - 1}.get(padding, 0)
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_output_length(input_length: int | None, filter_size: int, padding: str, output_padding: int | None = None,
                         stride: int = 0, dilation: int = 1) -> int | None:
    """What a transposed convolution gives."""
    if input_length is None:
        return None
    reach = filter_size + (filter_size - 1) * (dilation - 1)
    if output_padding is None:
        return {"valid": input_length * stride + max(reach - stride, 0), "same": input_length * stride}.get(
            padding, input_length * stride - (stride + reach - 2))
    pad = {"same": reach // 2, "full": reach - 1}.get(padding, 0)
    return (input_length - 1) * stride + reach - 2 * pad + output_padding


def deconv_length(dim_size: int | None, stride_size: int, kernel_size: int, padding: str, output_padding: int | None = None,
                  dilation: int = 1) -> int | None:
    """`deconv_output_length` with its arguments in another order."""
    return deconv_output_length(dim_size, kernel_size, padding, output_padding, stride_size, dilation)


def convert_kernel(kernel: Any) -> np.ndarray:
    """A kernel turned around in its space, as between Theano and TensorFlow."""
    kernel = np.asarray(kernel)
    return np.copy(kernel[tuple(slice(None, None, -1) for _ in kernel.shape[:-2])])


# Lists and functions -----------------------------------------------------------------------------------------------------------


def to_list(x: Any, allow_tuple: bool = False) -> list:
    """A thing as a list of one; a list as it is."""
    return list(x) if isinstance(x, list) or allow_tuple and isinstance(x, tuple) else [x]


def unpack_singleton(x: Any) -> Any:
    """The thing of a list of one; anything else as it is."""
    return x[0] if isinstance(x, (list, tuple)) and len(x) == 1 else x


def is_all_none(structure: Any) -> bool:
    """Whether there is nothing but None."""
    return all(one is None for one in to_list(structure, allow_tuple=True))


def slice_arrays(arrays: Any, start: Any = None, stop: Any = None) -> Any:
    """Rows of one array or of each of several: from start to stop, or those of a list of numbers."""
    place = start if hasattr(start, "__len__") else slice(start, stop)
    if isinstance(arrays, list):
        return [None if one is None else one[place] for one in arrays]
    return [None] if arrays is None else arrays[place]


def has_arg(fn: Callable, name: str, accept_all: bool = False) -> bool:
    """Whether a function takes an argument of that name."""
    known = inspect.signature(fn).parameters
    return name in known or accept_all and any(one.kind is one.VAR_KEYWORD for one in known.values())


def to_snake_case(name: str) -> str:
    """SeparableConv -> separable_conv."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def transpose_shape(shape: Any, target_format: str, spatial_axes: Any) -> tuple:
    """A shape with its channels, which come first, behind the axes of space if the format wants it."""
    if target_format == "channels_first":
        return tuple(shape)
    return (shape[0], *(shape[axis] for axis in spatial_axes), shape[1])


def smart_cond(pred: Any, true_fn: Callable | None = None, false_fn: Callable | None = None, name: Any = None) -> Any:
    """One of two functions' results."""
    chosen = true_fn if pred else false_fn
    return None if chosen is None else chosen()


def categorical_probas_to_classes(p: Any) -> np.ndarray:
    """Numbers of the likeliest classes."""
    return np.argmax(np.asarray(p), axis=1)


def count_params(weights: Iterable[Any]) -> int:
    """How many numbers there are in weights, each counted once."""
    return sum(int(np.prod(tuple(one.shape))) for one in {id(one): one for one in weights}.values())


def iter_sequence_infinite(seq: Any) -> Iterator[Any]:
    """The batches of a Sequence, over and over."""
    while True:
        yield from (seq[k] for k in range(len(seq)))


def validate_file(fpath: Any, file_hash: str, algorithm: str = "auto", chunk_size: int = 65535) -> bool:
    """Whether a file has this checksum: sha256, or md5 for one of 32 letters."""
    kind = hashlib.sha256 if algorithm == "sha256" or algorithm == "auto" and len(file_hash) == 64 else hashlib.md5
    found = kind()
    with open(os.fspath(fpath), "rb") as file:
        while chunk := file.read(chunk_size):
            found.update(chunk)
    return found.hexdigest() == str(file_hash)


def print_msg(message: Any, line_break: bool = True) -> None:
    """Writes a message to standard output."""
    print(message, end="\n" if line_break else "")
