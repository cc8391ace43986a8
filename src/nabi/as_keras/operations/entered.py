"""Entered: how a function of tensors becomes one of `keras.ops` while nabi plays Keras.

As `nabi.ops.op.op`, but its names are known only from `install_as_keras` on: they are Keras', not nabi's.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.core.calls import checked
from nabi.core.registry import lookup
from nabi.ops.op import symbolic

ENTERED: dict[str, Callable] = {}  # name -> function: what joins the table of operations


def entered(function: Callable, name: str | None = None) -> Callable:
    """Decorator: on symbols a function makes a node, on tensors it computes."""
    known = name or function.__name__
    compute = checked(function)

    @wraps(function)
    def call(*args, **options):
        if symbolic(args) or (options and symbolic(options.values())):
            return lookup("layer", "Operation").node(known, args, options)
        return compute(*args, **options)

    ENTERED[known] = call
    return call


def made_of(rows: str, source: Any, wrap: Callable[[Callable], Callable]) -> dict[str, Callable]:
    """Functions for a table of "theirs" or "theirs=ours" words, each made by `wrap` of one of `source`'s."""
    found: dict[str, Callable] = {}
    for word in rows.split():
        theirs, _, ours = word.partition("=")
        inner = getattr(source, ours or theirs)
        call = wrap(inner)
        call.__name__ = call.__qualname__ = theirs
        call.__doc__ = f"{theirs} of tensors, number by number, as in NumPy."
        found[theirs] = entered(call)
    return found
