"""Formula: an optimizer's own lines, read from its source and computed with the numbers of one weight.

    m = beta_1 * m + (1 - beta_1) * g  =  0.9 * 0 + (1 - 0.9) * 2  =  0.2

The formula stands in one place, the optimizer's file: what trains is what is read here. A line may hold + - * / **, comparisons
and the functions of `nabi.kernels.math`; a formula with anything else is not read line by line. Nothing is executed as code: the
syntax tree is walked, and knows these few things.
"""

import ast
import copy
import inspect
import math
import operator
import textwrap
from collections.abc import Callable
from typing import Any

from nabi.core.errors import StateError
from nabi.trace.numbers import bracketed
from nabi.trace.step import Line

BINARY: dict[type, Callable] = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
                                ast.Pow: operator.pow}
COMPARED: dict[type, Callable] = {ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le,
                                  ast.Eq: operator.eq, ast.NotEq: operator.ne}
FUNCTIONS: dict[str, Callable] = {
    "sqrt": math.sqrt, "root": math.sqrt, "absolute": abs, "abs": abs, "sign": lambda x: float((x > 0) - (x < 0)), "maximum": max,
    "minimum": min, "where": lambda condition, a, b: a if condition else b}


def unread(text: str) -> StateError:
    """The error of a line that holds something unknown here."""
    known = "assignments made of + - * / **, comparisons and functions of nabi.kernels.math"
    return StateError("trace: an optimizer's formula", known, text)


def compute(node: ast.expr, values: dict[str, float]) -> float:
    """The value of an expression.

    Raises StateError.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.Name) and node.id in values:
        return values[node.id]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr in values:
        return values[node.attr]
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        return BINARY[type(node.op)](compute(node.left, values), compute(node.right, values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -compute(node.operand, values)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        return COMPARED[type(node.ops[0])](compute(node.left, values), compute(node.comparators[0], values))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS and not node.keywords:
        return FUNCTIONS[node.func.id](*(compute(part, values) for part in node.args))
    raise unread(ast.unparse(node))


class Filled(ast.NodeTransformer):
    """Names replaced by their values, for the line's text."""

    def __init__(self, values: dict[str, float]):
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A name becomes its value."""
        return ast.Name(bracketed(self.values[node.id])) if node.id in self.values else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """So does an attribute of the optimizer."""
        return ast.Name(bracketed(self.values[node.attr])) if node.attr in self.values else node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """The function keeps its name."""
        node.args = [self.visit(part) for part in node.args]
        return node


def written(node: ast.expr) -> str:
    """An expression as text."""
    return ast.unparse(node).replace(" ** ", "^").replace("**", "^").replace("self.", "").replace("root(", "sqrt(")


def body(function: Any) -> list[ast.stmt]:
    """The statements of a function.

    Raises StateError: its source is not at hand.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError) as error:
        raise unread(str(error)) from error
    first = tree.body[0]
    if not isinstance(first, ast.FunctionDef):
        raise unread(type(first).__name__)
    return first.body


def assigned(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    """Name and expression of an assignment to one name."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, statement.value
    return None


def lines_of(formula: Callable, values: dict[str, float]) -> tuple[list[Line], dict[str, float]]:
    """The lines of a formula with their numbers, and all names' values behind it.

    Args:
        formula: as of an optimizer.
        values: its arguments by name.

    Example:
        >>> from nabi.optimizers import SGD
        >>> for line in lines_of(SGD(momentum=0.5).formula, {"w": 1.0, "g": 2.0, "v": 0.0, "lr": 0.25, "m": 0.5})[0]:
        ...     print(line)
        v = m * v - lr * g = 0.5 * 0 - 0.25 * 2 = -0.5
        w = w + v = 1 + (-0.5) = 0.5

    Raises StateError.
    """
    lines, values = [], dict(values)
    for statement in body(formula):
        if isinstance(statement, ast.Return) or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            continue
        found = assigned(statement)
        if found is None:
            raise unread(ast.unparse(statement))
        name, expression = found
        value = float(compute(expression, values))
        lines.append(Line(name, written(expression), written(Filled(values).visit(copy.deepcopy(expression))), value))
        values[name] = value
    return lines, values


def number_lines(optimizer: Any, step: int, wanted: dict[str, float]) -> list[Line]:
    """How the numbers of a step that are computed came about, as far as their lines can be read: alpha of Adam."""
    values = {name: value for name in optimizer.argument_names() if isinstance(value := getattr(optimizer, name), (int, float))}
    lines, values = [], {**values, "step": step}
    try:
        statements = body(type(optimizer).numbers)
    except StateError:
        return []
    for statement in statements:
        found = assigned(statement)
        if found is None:
            continue
        name, expression = found
        try:
            value = float(compute(expression, values))
        except StateError:
            continue
        values[name] = value
        if wanted.get(name) == value:
            text = written(expression).replace("step", "t")
            lines.append(Line(name, text, written(Filled(values).visit(copy.deepcopy(expression))), value))
    return lines
