"""Python 2's calls: what its converter leaves: functions that are gone, and files that took texts and bytes alike.

    f = file("log.csv", "a")              open("log.csv", "a")
    csv.reader(open("log.csv", "rb"))     reads texts, whichever way the file was opened
    pickle.load(open("rows.pkl"))         reads bytes, those that Python 2 wrote too
    StringIO.StringIO(data)               of texts and of bytes
    line.decode("utf-8")                  a text stays the text that it is
    sys.setdefaultencoding("utf-8")       nothing: texts are Unicode
"""

import ast
import io
from typing import Any

MOVED = {("sys", "maxint"): "maxsize", ("string", "letters"): "ascii_letters", ("os", "getcwdu"): "getcwd",
         ("string", "uppercase"): "ascii_uppercase", ("string", "lowercase"): "ascii_lowercase"}
FILES = {("csv", "reader"): ("in_texts", 0), ("csv", "DictReader"): ("in_texts", 0), ("csv", "writer"): ("in_texts", 0),
         ("csv", "DictWriter"): ("in_texts", 0), ("pickle", "load"): ("Bytes", 0), ("pickle", "dump"): ("Bytes", 1)}


def in_texts(file: Any) -> Any:
    """A file whose lines are texts; what is no file of bytes stays what it is."""
    if not isinstance(file, (io.BufferedIOBase, io.RawIOBase)):
        return file
    return io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="", write_through=True)  # type: ignore[arg-type]


class Bytes:
    """The bytes of a file of texts.

    Args:
        file: the file; what has no bytes below stays what it is.

    Example:
        >>> file = Bytes(io.TextIOWrapper(io.BytesIO(b"ab")))
        >>> file.read()
        b'ab'
    """

    def __init__(self, file: Any):
        self.file = file  # which closes when nobody holds it any more
        self.bytes = getattr(file, "buffer", file)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bytes, name)


def text_of(value: Any, *how: Any, **options: Any) -> Any:
    """value.decode(...); a text is one already.

    Example:
        >>> text_of("a", "utf-8"), text_of(b"b", "utf-8")
        ('a', 'b')
    """
    return value if isinstance(value, str) else value.decode(*how, **options)


def in_memory(value: Any = "") -> Any:
    """A file in memory, of texts or of bytes.

    Example:
        >>> in_memory("ab").read(), in_memory(b"ab").read()
        ('ab', b'ab')
    """
    return io.StringIO(value) if isinstance(value, str) else io.BytesIO(value)


def nothing(*values: Any) -> None:
    """sys.setdefaultencoding(...)."""


def ours(name: str) -> ast.expr:
    """An expression that is one of these functions."""
    return ast.parse(f"__import__({__name__!r}, fromlist=[{name!r}]).{name}", mode="eval").body


def placed(new: ast.expr, old: ast.expr) -> ast.expr:
    """A new expression at the lines and columns of an old one."""
    for part in ast.walk(new):
        if "lineno" in part._attributes and not hasattr(part, "lineno"):
            ast.copy_location(part, old)
    return ast.copy_location(new, old)


class Calls(ast.NodeTransformer):
    """Reads such calls as Python 3 needs them.

    Args:
        bound: names that the script gives a meaning of its own.
        modules: the script's names of modules -> theirs.
        things: the script's names of things from modules -> (module, name).
    """

    def __init__(self, bound: set[str], modules: dict[str, str], things: dict[str, tuple[str, str]]):
        self.bound, self.modules, self.things = bound, modules, things

    def place(self, node: ast.expr) -> tuple[str, str] | None:
        """("csv", "reader") for what the script calls csv.reader."""
        if isinstance(node, ast.Name):
            return self.things.get(node.id)
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            return None
        module = self.modules.get(node.value.id)
        return None if module is None else (module, node.attr)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        new = node.id == "file" and "file" not in self.bound
        return placed(ast.Name("open", ast.Load()), node) if new else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        moved = MOVED.get(self.place(node) or ("", ""))
        return node if moved is None else placed(ast.Attribute(node.value, moved, ast.Load()), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        place = self.place(node.func)
        self.generic_visit(node)
        if place == ("sys", "setdefaultencoding"):
            node.func = placed(ours("nothing"), node)
        elif place == ("io", "StringIO"):
            node.func = placed(ours("in_memory"), node)
        elif place in FILES:
            function, n = FILES[place]
            if n < len(node.args):
                node.args[n] = placed(ast.Call(ours(function), [node.args[n]], []), node)
            if place[1] == "load" and not any(one.arg == "encoding" for one in node.keywords):
                node.keywords.append(ast.copy_location(ast.keyword("encoding", placed(ast.Constant("latin1"), node)), node))
        elif isinstance(node.func, ast.Attribute) and node.func.attr == "decode" and len(node.args) <= 2:
            return placed(ast.Call(ours("text_of"), [node.func.value, *node.args], node.keywords), node)
        return node


def bound_names(tree: ast.AST) -> set[str]:
    """Names that a script gives a meaning itself: assigned, imported, defined, or arguments.

    Example:
        >>> sorted(bound_names(ast.parse("import a.b as c\\ndef f(x): y = z")))
        ['c', 'f', 'x', 'y']
    """
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
    return found


def modules_of(tree: ast.AST) -> dict[str, str]:
    """The names by which a script knows modules.

    Example:
        >>> modules_of(ast.parse("import csv, pickle as pkl"))
        {'csv': 'csv', 'pkl': 'pickle'}
    """
    return {part.asname or part.name: part.name for node in ast.walk(tree) if isinstance(node, ast.Import) for part in node.names}


def things_of(tree: ast.AST) -> dict[str, tuple[str, str]]:
    """The names by which a script knows things from modules.

    Example:
        >>> things_of(ast.parse("from csv import reader as rows"))
        {'rows': ('csv', 'reader')}
    """
    return {part.asname or part.name: (node.module or "", part.name) for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) for part in node.names}


def with_python_2_calls(tree: ast.Module, script: ast.Module | None = None) -> ast.Module:
    """The tree with such calls as Python 3 needs them; its names are those of the whole script."""
    script = script or tree
    return Calls(bound_names(script), modules_of(script), things_of(script)).visit(tree)
