"""Control: loops and choices of `keras.ops` as plain Python, and what is asked of tensors.

    ops.while_loop(lambda i: i < 3, lambda i: (i + 1,), (0,))       (3,)
    ops.scan(step, 0.0, xs)                                         (last carry, outputs)
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nabi import ops
from nabi.as_keras.tensorflow.slopes import custom_gradient
from nabi.core.symbolic import Symbolic
from nabi.layers.weight import Weight

__all__ = ["associative_scan", "cond", "custom_gradient", "dtype", "fori_loop", "is_tensor", "map", "scan", "switch",
           "vectorize", "vectorized_map", "while_loop"]


def leaves(thing: Any, function: Callable, *others: Any) -> Any:
    """A function of the tensors in lists, tuples and dicts."""
    if isinstance(thing, dict):
        return {key: leaves(part, function, *[one[key] for one in others]) for key, part in thing.items()}
    if isinstance(thing, (list, tuple)):
        return type(thing)([leaves(part, function, *[one[n] for one in others]) for n, part in enumerate(thing)])
    return function(thing, *others)


def first_leaf(thing: Any) -> Any:
    """The first tensor of a structure."""
    while isinstance(thing, (dict, list, tuple)):
        thing = next(iter(thing.values())) if isinstance(thing, dict) else thing[0]
    return thing


def stacked(parts: list) -> Any:
    """Structures of one form as one structure of stacked tensors."""
    return None if parts[0] is None else leaves(parts[0], lambda *ones: torch.stack([ops.convert_to_tensor(one) for one in ones]),
                                                *parts[1:])


def cond(pred: Any, true_fn: Callable, false_fn: Callable) -> Any:
    """What one of two functions gives."""
    return true_fn() if bool(pred) else false_fn()


def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """What the index-th function gives."""
    return branches[min(max(int(index), 0), len(branches) - 1)](*operands)


def while_loop(cond: Callable, body: Callable, loop_vars: Any, maximum_iterations: int | None = None) -> Any:
    """Repeats `body` while `cond` holds."""
    several, state, turn = isinstance(loop_vars, (list, tuple)), loop_vars, 0
    state = tuple(state) if several else (state,)
    while bool(cond(*state)) and (maximum_iterations is None or turn < maximum_iterations):
        made = body(*state)
        state, turn = tuple(made) if isinstance(made, (list, tuple)) else (made,), turn + 1
    return state if several else state[0]


def fori_loop(lower: Any, upper: Any, body_fun: Callable, init_val: Any) -> Any:
    """body_fun(i, value) for i from lower to upper - 1."""
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def scan(f: Callable, init: Any, xs: Any = None, length: Any = None, reverse: bool = False, unroll: int = 1) -> Any:
    """f(carry, x) along the first axis: the last carry, and all outputs."""
    n = int(length) if xs is None else len(first_leaf(xs))
    carry, made = init, []
    for i in reversed(range(n)) if reverse else range(n):
        carry, y = f(carry, None if xs is None else leaves(xs, lambda x, i=i: ops.convert_to_tensor(x)[i]))
        made.append(y)
    return carry, stacked(made[::-1] if reverse else made)


def associative_scan(f: Callable, elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """f of all elements up to each."""
    rows = leaves(elems, lambda x: ops.convert_to_tensor(x).movedim(axis, 0))
    n, made = len(first_leaf(rows)), []
    for i in reversed(range(n)) if reverse else range(n):
        here = leaves(rows, lambda x, i=i: x[i])
        made.append(here if not made else f(made[-1], here))
    return leaves(stacked(made[::-1] if reverse else made), lambda x: x.movedim(0, axis))


def map(f: Callable, xs: Any) -> Any:
    """f of each entry along the first axis."""
    return stacked([f(leaves(xs, lambda x, i=i: ops.convert_to_tensor(x)[i])) for i in range(len(first_leaf(xs)))])


def vectorized_map(function: Callable, elements: Any) -> Any:
    """A function of each entry along the first axis, one after the other."""
    return map(function, elements)


def vectorize(pyfunc: Callable, *, excluded: Any = None, signature: Any = None) -> Callable:
    """A function of numbers as one of arrays."""
    inner = np.vectorize(lambda *args: np.asarray(pyfunc(*args)), excluded=excluded, signature=signature)
    return lambda *args: torch.as_tensor(inner(*[ops.convert_to_numpy(x) for x in args]))


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor, a weight or a symbol."""
    return isinstance(x, (torch.Tensor, Symbolic, Weight))


def dtype(x: Any) -> str:
    """The dtype by name."""
    return str(ops.convert_to_tensor(x).dtype).removeprefix("torch.")
