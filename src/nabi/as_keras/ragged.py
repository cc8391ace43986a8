"""Ragged: arrays of rows of different lengths, as NumPy made them of itself before 1.24.

    x = np.array([[4, 8], [15, 16, 23]])                 sentences as numbers, of any length: an array of lists
    np.save("weights.npy", np.asarray(model.get_weights()))

`nabi run` writes a script's calls named `array` and `asarray` as `rows(np.array)(...)`, so that no library's own calls change.
"""

import ast
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from nabi.as_keras.notes import note

NAME = "__nabi_rows__"
WORDS = ("array", "asarray")


def rows(function: Any) -> Any:
    """NumPy's `array` or `asarray` that takes ragged rows; whatever else has such a name is given back as it is.

    Example:
        >>> rows(np.array)([[1, 2], [3, 4]]).dtype.kind, rows(len) is len
        ('i', True)
    """
    return ragged(function) if function is np.array or function is np.asarray else function


def ragged(make: Callable) -> Callable:
    """An array of objects where lengths differ and no dtype was asked for."""

    @wraps(make)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return make(*args, **options)
        except ValueError as error:
            if "inhomogeneous" not in str(error) or len(args) != 1 or options.get("dtype") is not None:
                raise
            note("ragged", "Rows of different lengths: the array holds objects, as NumPy made it before 1.24.")
            return make(*args, **{**options, "dtype": object})

    return call


class Arrays(ast.NodeTransformer):
    """Writes `np.array(x)` as `rows(np.array)(x)`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in WORDS and isinstance(called.value, ast.Name) or (
                isinstance(called, ast.Name) and called.id in WORDS):
            name = ast.copy_location(ast.Name(NAME, ast.Load()), called)
            node.func = ast.copy_location(ast.Call(name, [called], []), called)
        return node
