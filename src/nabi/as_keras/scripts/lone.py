"""Lone: an array of one number where a number is wanted, as NumPy took it before 2.4.

    float(model.predict(x)[0]), int(classes), math.sqrt(error)      number(float)(...)
    "%.2f" % model.predict(x)[0]                                    percent("%.2f", ...)
    forecast[i] = model.predict(x)                                  put(..., forecast, i)

`nabi run` writes such lines of a script so, and only what would have failed is done otherwise. Scripts that compile functions of
their own with Numba, which would not know these names, are left as they are.
"""

import ast
import math
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from nabi.as_keras.notes import note

NUMBER, PERCENT, PUT = "__nabi_number__", "__nabi_percent__", "__nabi_put__"
WORDS = ("float", "int", "round")
FUNCTIONS = (float, int, round, *(one for one in vars(math).values() if callable(one)))


def sole(value: Any) -> Any:
    """The number of an array that holds one; also in a tuple; whatever else as it is.

    Example:
        >>> sole((np.array([[2.5]]), "a", 3))
        (2.5, 'a', 3)
    """
    if type(value) is tuple:
        return tuple(sole(one) for one in value)
    return value.item() if isinstance(value, np.ndarray) and value.ndim and value.size == 1 else value


def told() -> None:
    """Says it, once."""
    note("lone", "An array of one number stands for the number, as in NumPy before 2.4.")


def number(function: Any) -> Any:
    """`float`, `int`, `round` or a function of `math` that takes arrays of one number; other things by these names as they are.

    Example:
        >>> number(len) is len, number(float)("2")
        (True, 2.0)
    """
    try:
        return lenient(function) if function in FUNCTIONS else function
    except (TypeError, ValueError):  # what cannot be compared or kept is none of them
        return function


@cache
def lenient(function: Callable) -> Callable:
    """A function that is asked again with the numbers of its arrays, where it does not take arrays."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except TypeError:
            bare = sole(args)
            if all(one is other for one, other in zip(bare, args, strict=True)):
                raise
        told()
        return function(*bare, **options)

    return call


def percent(text: str, values: Any) -> str:
    """`text % values`."""
    try:
        return text % values
    except TypeError:
        bare = sole(values)
        if bare is values or type(values) is tuple and all(one is other for one, other in zip(bare, values, strict=True)):
            raise
    told()
    return text % bare


def put(value: Any, target: Any, place: Any) -> None:
    """`target[place] = value`."""
    try:
        target[place] = value
    except (TypeError, ValueError):
        bare = sole(value)
        if bare is value or not isinstance(target, np.ndarray):
            raise
        told()
        target[place] = bare


NAMES = {NUMBER: number, PERCENT: percent, PUT: put}


class Numbers(ast.NodeTransformer):
    """Writes a script's lines so."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        of_math = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "math"
        plain = isinstance(called, ast.Name) and called.id in WORDS
        if (of_math or plain) and node.args and not isinstance(node.args[0], ast.Constant):
            node.func = asked(NUMBER, [called], called)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        return asked(PERCENT, [node.left, node.right], node) if text and isinstance(node.op, ast.Mod) else node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Subscript) or isinstance(node.value, ast.Constant):
            return node
        if any(isinstance(part, (ast.Slice, ast.Starred)) for part in ast.walk(target.slice)):
            return node
        return ast.copy_location(ast.Expr(asked(PUT, [node.value, target.value, target.slice], node)), node)


def asked(name: str, parts: list[ast.expr], place: ast.AST) -> ast.Call:
    """A call of one of the names, where something stood."""
    return ast.copy_location(ast.Call(ast.copy_location(ast.Name(name, ast.Load()), place), parts, []), place)


def by_numba(tree: ast.Module) -> bool:
    """Whether a script imports Numba."""
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = [alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in imports if isinstance(node, ast.ImportFrom)]
    return any(name.partition(".")[0] == "numba" for name in names)
