"""Python 2: scripts of 2016 that write `print x`: read by Python's own converter, where this Python still has it (up to 3.12).

    print "loss:", loss        print("loss:", loss)
    for i in xrange(10):       for i in range(10):
    rows = count / 2           the quotient of whole numbers is whole, unless the script imports `division`
"""

import ast
import importlib.util
import operator
import re
import warnings
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.scripts.python2_calls import bound_names, with_python_2_calls

FIXES = ("apply basestring dict except exec filter funcattrs has_key idioms imports itertools itertools_imports long map "
         "methodattrs ne next nonzero numliterals paren print raise raw_input reduce reload repr standarderror sys_exc throw "
         "tuple_params types unicode urllib xrange zip")  # fmt: skip
GONE = {"xrange", "raw_input", "unicode", "unichr", "basestring", "long", "reduce", "reload", "file", "execfile"}
METHODS = {"iteritems", "itervalues", "iterkeys", "has_key"}
WORDS = re.compile("|".join(sorted(rf"\b{name}\b" for name in GONE | METHODS)))
BOTH = re.compile("version_info|PY2|PY3|NameError|AttributeError|ImportError|pandas|six")  # it may be for both


def asks_for_python_2(text: str, tree: ast.Module) -> bool:
    """Whether a script that Python 3 can read asks for functions, or methods of dicts, that only Python 2 had.

    Example:
        >>> [asks_for_python_2(text, ast.parse(text)) for text in ("xrange(3)", "range(3)", "d.iteritems()", "file = 'a'; file")]
        [True, False, True, False]
    """
    if not WORDS.search(text):
        return False
    asked = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in GONE}
    if asked - bound_names(tree):
        return "version_info" not in text and "NameError" not in text
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
            compile(made, name, "exec", dont_inherit=True)
        except (ParseError, TokenError, SyntaxError, ValueError):
            return None
    note("Python 2", f"{name} is written in Python 2; it is read as Python 3.")
    return made


def quotient(a: Any, b: Any) -> Any:
    """a / b in Python 2: whole for whole numbers.

    Example:
        >>> quotient(7, 2), quotient(7.0, 2)
        (3, 3.5)
    """
    whole = isinstance(a, int) and isinstance(b, int)
    return operator.floordiv(a, b) if whole else operator.truediv(a, b)


def as_meant(tree: ast.Module) -> ast.Module:
    """The tree of a text that was made Python 3's, with quotients and calls as Python 2 meant them."""
    return with_whole_quotients(with_python_2_calls(tree))


class Divisions(ast.NodeTransformer):
    """Reads `a / b` as `quotient(a, b)`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        read = ast.parse(f"__import__({__name__!r}, fromlist=['quotient']).quotient", mode="eval").body
        call = ast.Call(read, [node.left, node.right], [])
        for part in ast.walk(read):
            ast.copy_location(part, node)
        return ast.copy_location(call, node)


def with_whole_quotients(tree: ast.Module) -> ast.Module:
    """The tree with divisions as Python 2 does them.

    Example:
        >>> ast.unparse(with_whole_quotients(ast.parse("n / 2"))).endswith("quotient(n, 2)")
        True
    """
    futures = [part for part in ast.walk(tree) if isinstance(part, ast.ImportFrom) and part.module == "__future__"]
    asked = any(one.name == "division" for part in futures for one in part.names)
    return tree if asked else Divisions().visit(tree)
