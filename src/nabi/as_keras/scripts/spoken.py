"""Spoken: shapes and dtypes as TensorFlow writes them, in scripts that import it; torch's own two types take no other text.

    print(t.shape, t.dtype)      (2, 3) <dtype: 'float32'>          not torch.Size([2, 3]) torch.float32
    [t.shape], [t.dtype]         [TensorShape([2, 3])], [tf.float32]

What stands in print, str, repr, format, f-strings and behind "..." % is written as `spoken(...)`.
Source: TensorFlow 2.21, TensorShape and DType.
"""

import ast
from typing import Any

import torch

from nabi.as_keras.dressing.printing import speaks_tensorflow

NAME = "__nabi_spoken__"
CALLED = ("print", "str", "repr", "format", "display")
ASKED = (".shape", ".dtype", "get_shape(")


class Shape(tuple):
    """A shape that is only to be shown."""

    def __repr__(self):
        return f"TensorShape([{', '.join(map(str, self))}])"

    def __str__(self):
        return tuple.__repr__(tuple(self))

    def __format__(self, form):
        return format(str(self), form)


class Dtype:
    """A dtype that is only to be shown.

    Args:
        kind: torch's.
    """

    def __init__(self, kind: torch.dtype):
        self.name = str(kind).removeprefix("torch.")

    def __repr__(self):
        return f"tf.{self.name}"

    def __str__(self):
        return f"<dtype: {self.name!r}>"

    def __format__(self, form):
        return format(str(self), form)


def spoken(value: Any) -> Any:
    """What is shown for a value: torch's shapes and dtypes, also in lists, tuples and dicts, in TensorFlow's words.

    Example:
        >>> spoken(3), spoken([1, "a"])
        (3, [1, 'a'])
    """
    return in_words(value) if speaks_tensorflow() else value


def in_words(value: Any) -> Any:
    """The same whoever asks.

    Example:
        >>> print(in_words(torch.Size([2, 3])), in_words([torch.Size([]), torch.float32]), in_words(torch.int64))
        (2, 3) [TensorShape([]), tf.float32] <dtype: 'int64'>
    """
    if type(value) is torch.Size:
        return Shape(value)
    if isinstance(value, torch.dtype):
        return Dtype(value)
    if type(value) in (list, tuple):
        return type(value)(map(in_words, value))
    return {key: in_words(one) for key, one in value.items()} if type(value) is dict else value


class Words(ast.NodeTransformer):
    """Puts it around what is shown."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        if called.id in CALLED if isinstance(called, ast.Name) else isinstance(called, ast.Attribute) and called.attr == "format":
            node.args = [around(one) for one in node.args]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            node.right = around(node.right)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        self.generic_visit(node)
        node.value = around(node.value)
        return node


def around(node: ast.expr) -> ast.expr:
    """The call of `spoken` on it; constants and starred values as they are."""
    if isinstance(node, (ast.Constant, ast.JoinedStr, ast.Starred)):
        return node
    name = ast.copy_location(ast.Name(NAME, ast.Load()), node)
    return ast.copy_location(ast.Call(name, [node], []), node)
