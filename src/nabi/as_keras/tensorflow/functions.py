"""Functions: `tf.function`: a function as it is, with what TensorFlow's compiled ones answer to besides."""

from collections.abc import Callable
from functools import partial
from inspect import signature
from types import FunctionType
from typing import Any


def function(func: Callable | None = None, *args: Any, **options: Any) -> Any:
    """The function itself: nabi computes at once. With options: a decorator."""
    if not callable(func):
        return function
    if isinstance(func, FunctionType):
        func.python_function = func  # type: ignore[attr-defined]
        func.get_concrete_function = lambda *specs, **named: concrete(func, named)  # type: ignore[attr-defined]
        func.experimental_get_tracing_count = lambda: 1  # type: ignore[attr-defined]
        func.pretty_printed_concrete_signatures = lambda verbose=True: f"{func.__name__}{signature(func)}"  # type: ignore[attr-defined]
    return func


def concrete(func: Callable, named: dict[str, Any]) -> Callable:
    """The function with those arguments fixed that are no tensors to come: `pow.get_concrete_function(a=spec, b=2)`."""
    fixed = {name: value for name, value in named.items() if not hasattr(value, "shape")}
    return partial(func, **fixed) if fixed else func
