"""Debugging: `tf.debugging`: assertions about numbers, shapes and dtypes.

    tf.debugging.assert_positive(x)            InvalidArgumentError, a ValueError, where a number is not above 0
    tf.debugging.assert_shapes([(x, ("N", 28, 28)), (y, ("N",))])

On symbols of a model nothing is held: they have no numbers yet.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.symbolic import Symbolic
from nabi.data.strings import Strings
from nabi.layers.weight import bare

__all__ = ["Assert", "assert_all_finite", "assert_equal", "assert_greater", "assert_greater_equal", "assert_integer",
           "assert_less", "assert_less_equal", "assert_near", "assert_negative", "assert_non_negative", "assert_non_positive",
           "assert_none_equal", "assert_positive", "assert_proper_iterable", "assert_rank", "assert_rank_at_least",
           "assert_rank_in", "assert_same_float_dtype", "assert_scalar", "assert_shapes", "assert_type", "check_numerics",
           "disable_check_numerics", "disable_traceback_filtering", "enable_check_numerics", "enable_traceback_filtering",
           "is_numeric_tensor", "is_traceback_filtering_enabled", "set_log_device_placement"]


class AssertionFailed(ArgumentError, AssertionError):
    """What an assertion found: a ValueError, as `tf.errors.InvalidArgumentError` is, and an AssertionError."""


def failed(name: str, expected: str, got: Any, message: Any = None) -> AssertionFailed:
    """The error of an assertion."""
    where = f"tf.debugging.{name}"
    return AssertionFailed(where, expected, " ".join(str(got).split())[:200], str(message or ""))


def read(x: Any) -> np.ndarray:
    """The numbers, or texts, of a tensor, weight or list."""
    x = bare(x)
    if isinstance(x, Strings):
        return x.values
    made = np.asarray(x.detach() if isinstance(x, torch.Tensor) else x)
    return made.astype(np.float32) if made.dtype == float and isinstance(x, (float, list, tuple)) else made


def pairwise(name: str, holds: Callable, words: str) -> Callable:
    """An assertion about two tensors, number by number."""

    def check(x: Any, y: Any, message: Any = None, summarize: Any = None, name_: str | None = None, **options: Any) -> None:
        if isinstance(x, Symbolic) or isinstance(y, Symbolic):
            return
        a, b = read(x), read(y)
        if not np.all(holds(a, b)):
            raise failed(name, f"x {words} y", f"x = {a}, y = {b}", message)

    check.__name__, check.__doc__ = name, f"Raises an error where not x {words} y."
    return check


def of_numbers(name: str, holds: Callable, words: str) -> Callable:
    """An assertion about one tensor's numbers."""

    def check(x: Any, message: Any = None, summarize: Any = None, **options: Any) -> None:
        if not isinstance(x, Symbolic) and not np.all(holds(read(x), 0)):
            raise failed(name, f"numbers {words} 0", read(x), message)

    check.__name__, check.__doc__ = name, f"Raises an error where a number is not {words} 0."
    return check


assert_equal = pairwise("assert_equal", operator.eq, "==")
assert_none_equal = pairwise("assert_none_equal", operator.ne, "!=")
assert_less = pairwise("assert_less", operator.lt, "<")
assert_less_equal = pairwise("assert_less_equal", operator.le, "<=")
assert_greater = pairwise("assert_greater", operator.gt, ">")
assert_greater_equal = pairwise("assert_greater_equal", operator.ge, ">=")
assert_positive = of_numbers("assert_positive", operator.gt, "above")
assert_negative = of_numbers("assert_negative", operator.lt, "below")
assert_non_negative = of_numbers("assert_non_negative", operator.ge, "at or above")
assert_non_positive = of_numbers("assert_non_positive", operator.le, "at or below")


def assert_near(x: Any, y: Any, rtol: Any = None, atol: Any = None, message: Any = None, **options: Any) -> None:
    """Raises an error where |x - y| > atol + rtol |y|; both are ten times the dtype's epsilon unless told."""
    a, b = read(x), read(y)
    small = 10 * np.finfo(a.dtype if a.dtype.kind == "f" else np.float32).eps
    rtol, atol = (small if one is None else float(bare(one)) for one in (rtol, atol))
    if not np.all(np.abs(a - b) <= atol + rtol * np.abs(b)):
        raise failed("assert_near", f"numbers within {atol:g} + {rtol:g} |y|", f"x = {a}, y = {b}", message)


def Assert(condition: Any, data: Any, summarize: Any = None, **options: Any) -> None:
    """Raises an error, with these data, where a condition does not hold."""
    if not isinstance(condition, Symbolic) and not np.all(read(condition)):
        raise failed("Assert", "a condition that holds", data)


def check_numerics(tensor: Any, message: str = "", name: Any = None) -> Any:
    """The tensor; an error where it is not finite."""
    if not isinstance(tensor, Symbolic) and not np.isfinite(read(tensor)).all():
        raise failed("check_numerics", "finite numbers", read(tensor), message)
    return tensor


def assert_all_finite(x: Any, message: str = "", name: Any = None) -> Any:
    """As `check_numerics`."""
    return check_numerics(x, message)


def rank_of(x: Any) -> int:
    """How many axes there are."""
    return len(x.shape) if hasattr(x, "shape") else np.ndim(x)


def assert_rank(x: Any, rank: Any, message: Any = None, name: Any = None) -> None:
    """Raises an error where x has not so many axes."""
    if rank_of(x) != int(rank):
        raise failed("assert_rank", f"{int(rank)} axes", rank_of(x), message)


def assert_rank_at_least(x: Any, rank: Any, message: Any = None, name: Any = None) -> None:
    """Raises an error where x has fewer axes."""
    if rank_of(x) < int(rank):
        raise failed("assert_rank_at_least", f"{int(rank)} axes or more", rank_of(x), message)


def assert_rank_in(x: Any, ranks: Any, message: Any = None, name: Any = None) -> None:
    """Raises an error where x has none of these numbers of axes."""
    if rank_of(x) not in [int(one) for one in ranks]:
        raise failed("assert_rank_in", f"one of {list(ranks)} axes", rank_of(x), message)


def assert_scalar(tensor: Any, message: Any = None, name: Any = None) -> Any:
    """The tensor; an error where it is not a single number."""
    if rank_of(tensor):
        raise failed("assert_scalar", "a single number", f"{rank_of(tensor)} axes", message)
    return tensor


def dtype_of(x: Any) -> str:
    """The name of a dtype."""
    found = getattr(bare(x), "dtype", None)
    return str(found if found is not None else np.asarray(x).dtype).removeprefix("torch.")


def assert_type(tensor: Any, tf_type: Any, message: Any = None, name: Any = None) -> None:
    """TypeError where the dtype is another."""
    if dtype_of(tensor) != str(tf_type).removeprefix("torch."):
        raise TypeError(f"{message or ''}  tensor must be of type {tf_type!r}; got {dtype_of(tensor)}")


def assert_integer(x: Any, message: Any = None, name: Any = None) -> None:
    """TypeError where numbers are not whole by their dtype."""
    if "int" not in dtype_of(x):
        raise TypeError(f"{message or ''}  Expected \"x\" to be integer type. Found: {dtype_of(x)}")


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> Any:
    """The dtype that all tensors have; ValueError where they differ or hold whole numbers."""
    found = {dtype_of(one) for one in tensors or []} | ({str(dtype).removeprefix("torch.")} if dtype is not None else set())
    if len(found) > 1 or any("float" not in one for one in found):
        raise failed("assert_same_float_dtype", "one dtype of fractions", ", ".join(sorted(found)))
    return getattr(torch, next(iter(found), "float32"))


def assert_proper_iterable(values: Any) -> None:
    """TypeError for a tensor, array, text or what cannot be gone through."""
    if isinstance(values, (torch.Tensor, np.ndarray, str, bytes)) or not hasattr(values, "__iter__"):
        raise TypeError(f"Expected argument to be iterable and not a tensor, array or text, got {type(values).__name__}.")


def assert_shapes(shapes: Any, data: Any = None, summarize: Any = None, message: Any = None, name: Any = None) -> None:
    """Raises an error where shapes are others, or a letter stands for two lengths.

    Args:
        shapes: {tensor: lengths} or [(tensor, lengths), ...]; a length is a number, a letter for one that is the same everywhere,
            None or "." for any; `...` or "*" first stands for any axes before.
        message: said in the error.
    """
    known: dict[Any, int] = {}
    for tensor, wanted in shapes.items() if isinstance(shapes, dict) else shapes:
        sizes = tuple(tensor.shape) if hasattr(tensor, "shape") else np.shape(tensor)
        lengths = [*(wanted if isinstance(wanted, (tuple, list, str)) else (wanted,))]
        if lengths and lengths[0] in (..., "*"):
            lengths = lengths[1:]
            compared = sizes[len(sizes) - len(lengths) :]
        else:
            compared = sizes
        fits = len(compared) == len(lengths) <= len(sizes)
        for length, size in zip(lengths, compared, strict=False):
            if length in (None, ".") or size is None:
                continue
            fixed = not isinstance(length, str) or length.isdigit()
            fits = fits and size == (int(length) if fixed else known.setdefault(length, size))
        if not fits:
            raise failed("assert_shapes", f"a shape ({', '.join(map(str, wanted))})", tuple(sizes), message)


def nothing(*values: Any, **options: Any) -> None:
    """What has no meaning here: the setting is accepted."""


set_log_device_placement = enable_check_numerics = disable_check_numerics = nothing
enable_traceback_filtering = disable_traceback_filtering = nothing


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers."""
    return isinstance(bare(tensor), torch.Tensor) and bare(tensor).dtype is not torch.bool


def is_traceback_filtering_enabled() -> bool:
    """True: an error shows a script's own lines."""
    return True
