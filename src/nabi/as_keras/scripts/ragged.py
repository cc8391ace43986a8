"""Ragged: arrays of rows of different lengths, as NumPy made them of itself before 1.24.

    x = np.array([[4, 8], [15, 16, 23]])                 sentences as numbers, of any length: an array of lists
    np.save("weights.npy", np.asarray(model.get_weights()))
    x = np.delete(x, empty, axis=0)                      of a list of such rows, too

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
OF_NUMPY = ("delete", "append", "insert", "take", "save")  # written as np.delete(rows, ...): other things have such names, too


def rows(function: Any) -> Any:
    """NumPy's function that takes ragged rows; whatever else has such a name is given back as it is.

    Example:
        >>> rows(np.array)([[1, 2], [3, 4]]).dtype.kind, rows(len) is len
        ('i', True)
    """
    if function is np.array or function is np.asarray:
        return ragged(function)
    return of_rows(function) if any(function is getattr(np, word) for word in OF_NUMPY) else function


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


def of_rows(function: Callable) -> Callable:
    """A function of arrays that takes lists of rows of different lengths.

    Example:
        >>> of_rows(np.delete)([[1, 2], [], [3]], [1], axis=0).tolist()
        [[1, 2], [3]]
    """

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except ValueError as error:
            if "inhomogeneous" not in str(error):
                raise
            made = [ragged(np.asarray)(one) if isinstance(one, list) else one for one in args]
            uneven = [isinstance(new, np.ndarray) and new.dtype.hasobject for new in made]
            return function(*(new if of else one for one, new, of in zip(args, made, uneven, strict=True)), **options)

    return call


class Arrays(ast.NodeTransformer):
    """Writes `np.array(x)` as `rows(np.array)(x)`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        of = called.value.id if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) else None
        of_numpy = of in ("np", "numpy") and getattr(called, "attr", "") in OF_NUMPY
        if of_numpy or getattr(called, "attr" if of else "id", None) in WORDS:
            name = ast.copy_location(ast.Name(NAME, ast.Load()), called)
            node.func = ast.copy_location(ast.Call(name, [called], []), called)
        return node
