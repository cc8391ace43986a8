"""Telling: which arithmetic belongs to which layer: two functions of a layer's class, one file in `kinds` for each kind.

    tell(layer, seen, place)        how the number at a place of its output came about: a `Told`
    reads(layer, out, shapes)       which places of each input a set of places of its output reads: sets as arrays of bool

A class that neither knows, nor a class above it, is told as the sum that its slopes make (`slopes`), or where it is none as what
went in and what came out; it is taken to read everything.
"""

from collections.abc import Callable
from functools import singledispatch
from typing import Any

import numpy as np

from nabi.layers import Layer
from nabi.trace.seen import Seen
from nabi.trace.slopes import by_slopes
from nabi.trace.step import Reads, Table, Told

Places = np.ndarray  # bool, in the shape of one sample


def anywhere(places: Places, axes: Any = None, keepdims: bool = False) -> Places:
    """Whether any place along these axes is in a set."""
    return np.asarray(np.any(places, axis=axes, keepdims=keepdims))


@singledispatch
def tell(layer: Any, seen: Seen, place: tuple[int, ...], output: int = 0) -> Told:
    """The arithmetic of one number; without a rule, the sum that its slopes make, or else its inputs and itself."""
    if (sum_of := by_slopes(seen, place, output)) is not None:
        return sum_of
    tables = []
    for x in seen.x:
        one = x[seen.sample]
        tables.append(Table({"place": np.argwhere(np.ones(one.shape, dtype=bool)), "x": one.ravel()}))
    whole = tuple(Reads(number, np.argwhere(np.ones(x.shape[1:], dtype=bool)), seen.sample) for number, x in enumerate(seen.x))
    arrays = {**{f"x{number}": x[seen.sample] for number, x in enumerate(seen.x)}, "y": seen.y[output][seen.sample]}
    return Told(float(seen.y[output][(seen.sample, *place)]), (), tuple(tables), arrays, whole, "not traced")


@singledispatch
def reads(layer: Any, out: Places, shapes: list[tuple[int, ...]], output: int = 0) -> list[Places] | None:
    """Which places of each input are read; None where nobody knows."""
    return None


def rule(*kinds: type) -> Callable[[Any], Any]:
    """Decorator: a function of `tell` for these classes of layers."""
    def enter(function):
        for kind in kinds:
            tell.register(kind, function)
        return function

    return enter


def read_by(*kinds: type) -> Callable[[Any], Any]:
    """Decorator: a function of `reads` for these classes of layers."""
    def enter(function):
        for kind in kinds:
            reads.register(kind, function)
        return function

    return enter


def knows(layer: Layer) -> bool:
    """Whether the arithmetic of a layer is traced."""
    return tell.dispatch(type(layer)) is not tell.dispatch(object) and type(layer).__module__.startswith("nabi.")
