"""Python 2: scripts of 2016 that write `print x`: read by Python's own converter, where this Python still has it (up to 3.12).

    print "loss:", loss        print("loss:", loss)
    for i in xrange(10):       for i in range(10):
    rows = count / 2           the quotient of whole numbers is whole, unless the script imports `division`
"""

import ast
import copy
import importlib.util
import operator
import re
import warnings
from typing import Any

import numpy as np

from nabi.as_keras.notes import note
from nabi.as_keras.scripts.python2_calls import bound_names, with_python_2_calls

FIXES = ("apply basestring dict except exec filter funcattrs has_key idioms imports itertools itertools_imports long map "
         "methodattrs ne next nonzero numliterals paren print raise raw_input reduce reload repr standarderror sys_exc throw "
         "tuple_params types unicode urllib xrange zip")  # fmt: skip
GONE = {"xrange", "raw_input", "unicode", "unichr", "basestring", "long", "reduce", "reload", "file", "execfile"}
METHODS = {"iteritems", "itervalues", "iterkeys", "has_key"}
WORDS = re.compile("|".join(sorted(rf"\b{name}\b" for name in GONE | METHODS)))
NEVER = (ast.JoinedStr, ast.AnnAssign, ast.Nonlocal, ast.AsyncFunctionDef, ast.MatMult, ast.YieldFrom, ast.NamedExpr, ast.Match)
KNOWN = re.compile("version_info|NameError|PY2|PY3|python_version")  # it asks which Python runs it
BOTH = re.compile("version_info|PY2|PY3|NameError|AttributeError|ImportError|pandas|six")  # it may be for both


def never_python_2(tree: ast.AST) -> bool:
    """Whether a script has what Python 2 could not read: f-strings, annotations, `@`, `raise ... from`, arguments by word alone.

    Example:
        >>> [never_python_2(ast.parse(text)) for text in ("f'{x}'", "def f(x: int): pass", "a @ b", "'%s' % x")]
        [True, True, True, False]
    """
    return any(isinstance(node, NEVER) or getattr(node, "annotation", None) or getattr(node, "returns", None)
               or getattr(node, "kwonlyargs", None) or getattr(node, "cause", None)
               or isinstance(node, ast.ClassDef) and node.keywords for node in ast.walk(tree))  # fmt: skip


def asks_for_python_2(text: str, tree: ast.Module) -> bool:
    """Whether a script that Python 3 can read asks for functions, or methods of dicts, that only Python 2 had.

    Example:
        >>> [asks_for_python_2(text, ast.parse(text)) for text in ("xrange(3)", "range(3)", "d.iteritems()", "file = 'a'; file")]
        [True, False, True, False]
    """
    if not WORDS.search(text) or never_python_2(tree):
        return False
    asked = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in GONE}
    if asked - bound_names(tree):
        return not KNOWN.search(text)
    called = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    return bool(called & METHODS) and not BOTH.search(text)


def as_python_3(text: str, name: str, prints: bool = False) -> str | None:
    """The text of a script in Python 3, line by line the same; None where it cannot be read so.

    Args:
        text: the script.
        name: its file, for the note.
        prints: whether `print` is a function in it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if importlib.util.find_spec("lib2to3") is None:
            return None
        from lib2to3.pgen2.parse import ParseError
        from lib2to3.pgen2.tokenize import TokenError
        from lib2to3.refactor import RefactoringTool

        tool = RefactoringTool([f"lib2to3.fixes.fix_{fix}" for fix in FIXES.split()], {"print_function": prints})
        try:
            made = str(tool.refactor_string(text.expandtabs(8).rstrip() + "\n", name))
            read = ast.parse(made, name)
        except (ParseError, TokenError, SyntaxError, ValueError):
            return None
    if never_python_2(read):
        return None
    note("Python 2", f"{name} is written in Python 2; it is read as Python 3.")
    return made


def whole(value: Any) -> bool:
    """Whether it is a whole number, or NumPy's array of such."""
    return isinstance(value, (int, np.integer)) or isinstance(value, np.ndarray) and value.dtype.kind in "iu"


def quotient(a: Any, b: Any) -> Any:
    """a / b in Python 2: whole for whole numbers.

    Example:
        >>> quotient(7, 2), quotient(7.0, 2), quotient(np.array([7, 9]), 2)
        (3, 3.5, array([3, 4]))
    """
    return operator.floordiv(a, b) if whole(a) and whole(b) else operator.truediv(a, b)


def quotient_in_place(a: Any, b: Any) -> Any:
    """a /= b in Python 2."""
    return operator.ifloordiv(a, b) if whole(a) and whole(b) else operator.itruediv(a, b)


def as_meant(tree: ast.Module, script: ast.Module | None = None) -> ast.Module:
    """The tree of a text that was made Python 3's, with quotients and calls as Python 2 meant them.

    Args:
        tree: the text's.
        script: all that it belongs to, for its imports and names: the cells of a notebook up to this one.
    """
    script = script or tree
    return with_whole_quotients(with_python_2_calls(tree, script), script)


class Divisions(ast.NodeTransformer):
    """Reads `a / b` as `quotient(a, b)`, `a /= b` as `a = quotient_in_place(a, b)`."""

    def call(self, name: str, values: list[ast.expr], node: ast.AST) -> ast.expr:
        """A call of one of these functions, at a node's place."""
        read = ast.parse(f"__import__({__name__!r}, fromlist=[{name!r}]).{name}", mode="eval").body
        for part in ast.walk(read):
            ast.copy_location(part, node)
        return ast.copy_location(ast.Call(read, values, []), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return self.call("quotient", [node.left, node.right], node) if isinstance(node.op, ast.Div) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or any(isinstance(part, ast.Call) for part in ast.walk(node.target)):
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        return ast.copy_location(ast.Assign([node.target], self.call("quotient_in_place", [read, node.value], node)), node)


def asks_for(feature: str, tree: ast.AST) -> bool:
    """Whether a script imports a feature from __future__."""
    futures = [part for part in ast.walk(tree) if isinstance(part, ast.ImportFrom) and part.module == "__future__"]
    return any(one.name == feature for part in futures for one in part.names)


def with_whole_quotients(tree: ast.Module, script: ast.Module | None = None) -> ast.Module:
    """The tree with divisions as Python 2 does them; as they are where the script asks for today's.

    Example:
        >>> ast.unparse(with_whole_quotients(ast.parse("n / 2"))).endswith("quotient(n, 2)")
        True
    """
    return tree if asks_for("division", script or tree) else Divisions().visit(tree)
