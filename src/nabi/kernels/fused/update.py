"""Update: an optimizer's formula compiled into one pass over weights, gradient, slots and the bfloat16 copy of the weights.

A formula is any pure function of elements; the loops below are cloned for each, with the global name `formula` bound to it.
Slots are separate arguments: Numba 0.68 drops writes to arrays that a parallel loop takes out of a tuple.
"""

import types
from typing import Any

from numba import njit, prange
from numba import types as nb
from numba.extending import overload

from nabi.kernels.compiling import kernel
from nabi.kernels.fused.bits import narrow
from nabi.kernels.fused.element import cast, wrap

formula: Any = None  # a name for the loops below; each clone of them binds an optimizer's formula to it


def first(result) -> Any:
    """w of a result (w, *slots) or w."""


def store(array, i, value):
    """array[i] = value, unless there is no array."""


@overload(first)
def _first(result):
    return (lambda result: result[0]) if isinstance(result, nb.BaseTuple) else (lambda result: result)


@overload(store)
def _store(array, i, value):
    if isinstance(array, nb.NoneType):
        return lambda array, i, value: None

    def put(array, i, value):
        array[i] = narrow(value)

    return put


def loop0(w, g, copy, numbers):
    """w <- formula, with no slot."""
    for i in prange(w.shape[0]):
        x = w[i]
        r = cast(first(formula(wrap(x), wrap(g[i]), *numbers)), x)
        w[i] = r
        store(copy, i, r)


def loop1(w, g, a, copy, numbers):
    """w <- formula, with one slot."""
    for i in prange(w.shape[0]):
        x = w[i]
        W, A = formula(wrap(x), wrap(g[i]), wrap(a[i]), *numbers)
        r = cast(W, x)
        w[i], a[i] = r, cast(A, x)
        store(copy, i, r)


def loop2(w, g, a, b, copy, numbers):
    """w <- formula, with two slots."""
    for i in prange(w.shape[0]):
        x = w[i]
        W, A, B = formula(wrap(x), wrap(g[i]), wrap(a[i]), wrap(b[i]), *numbers)
        r = cast(W, x)
        w[i], a[i], b[i] = r, cast(A, x), cast(B, x)
        store(copy, i, r)


def loop3(w, g, a, b, c, copy, numbers):
    """w <- formula, with three slots."""
    for i in prange(w.shape[0]):
        x = w[i]
        W, A, B, C = formula(wrap(x), wrap(g[i]), wrap(a[i]), wrap(b[i]), wrap(c[i]), *numbers)
        r = cast(W, x)
        w[i], a[i], b[i], c[i] = r, cast(A, x), cast(B, x), cast(C, x)
        store(copy, i, r)


def loop4(w, g, a, b, c, d, copy, numbers):
    """w <- formula, with four slots."""
    for i in prange(w.shape[0]):
        x = w[i]
        W, A, B, C, D = formula(wrap(x), wrap(g[i]), wrap(a[i]), wrap(b[i]), wrap(c[i]), wrap(d[i]), *numbers)
        r = cast(W, x)
        w[i], a[i], b[i], c[i], d[i] = r, cast(A, x), cast(B, x), cast(C, x), cast(D, x)
        store(copy, i, r)


LOOPS = loop0, loop1, loop2, loop3, loop4


def compiled(name: str, function, slots: int):
    """The loop over a formula with so many slots."""
    formula = njit(forceinline=True, error_model="numpy")(clone(function, name, function.__globals__))
    return kernel(clone(LOOPS[slots], f"{LOOPS[slots].__name__}_{name}", {**globals(), "formula": formula}))


def clone(function, label: str, scope: dict):
    """The function under another name, at home in this module: a cache file must not ask for the module of a formula."""
    new = types.FunctionType(function.__code__, scope, label, function.__defaults__, function.__closure__)
    new.__qualname__, new.__module__ = label, __name__
    return new
