"""Notebook: the cells of an `.ipynb` file in order, without IPython: plain JSON, plain Python.

    %matplotlib inline      left out          !pip install ...    never run, said once
    %time model.fit(...)    runs the rest     %%writefile a.py    writes the file
    model.summary?          left out          get_ipython()       answers

The value of a cell's last expression is printed, figures are saved after each cell, as a notebook would show them.
"""

import ast
import builtins
import json
import linecache
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.program import Program
from nabi.as_keras.python2 import as_python_3
from nabi.as_keras.rewriting import concerns, rewritten
from nabi.core.errors import FileError

LANGUAGES = {"bash", "sh", "html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG", "perl", "ruby", "script", "cmd",
             "R", "cython", "sql", "bigquery"}  # cells that hold no Python
QUIET = {"time", "timeit", "prun", "memit"}  # line magics whose rest is Python


def cells_of(path: Path, source: bytes) -> list[str]:
    """The texts of the code cells.

    Raises:
        FileError: it is no notebook.
    """
    try:
        book = json.loads(source.decode("utf-8-sig"))
        sheets = book.get("worksheets") or [book]  # notebooks of format 3 have sheets
        cells = [cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"]
        texts = [cell.get("source", cell.get("input", "")) for cell in cells]
        return ["".join(text) if isinstance(text, list) else text for text in texts]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(f"notebook {path}", "a notebook in JSON", f"this error: {error!r}") from error


def run_cells(path: Path, cells: list[str], module: ModuleType) -> None:
    """Runs the cells one after the other in one module."""
    space = module.__dict__
    space.update(display=display, get_ipython=lambda: Shell(), In=[], Out={})
    for number, text in enumerate(cells, 1):
        run_cell(f"{path}, cell {number}", text, module)


def run_cell(name: str, text: str, module: ModuleType) -> None:
    """Runs one cell and shows its last value."""
    text = python_of(text)
    if not is_python(text):
        text = as_python_3(text, name) or text
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)  # so that errors show the line
    tree = rewritten(ast.parse(text, name)) if concerns(text) else ast.parse(text, name)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not text.rstrip().endswith(";"):
        shown = ast.parse("__nabi_show__(0)").body[0]
        assert isinstance(shown, ast.Expr) and isinstance(shown.value, ast.Call)
        shown.value.args = [last.value]
        tree.body[-1] = ast.fix_missing_locations(ast.copy_location(shown, last))
        module.__dict__["__nabi_show__"] = show
    Program(compile(tree, name, "exec", dont_inherit=True)).exec_module(module)
    if "matplotlib.pyplot" in sys.modules:
        from nabi.as_keras.pictures import save_open_figures

        save_open_figures()


def is_python(text: str) -> bool:
    """Whether it is Python 3."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def show(value: Any) -> None:
    """Prints a cell's last value, None excepted."""
    if value is not None:
        builtins.print(repr(value))


def display(*values: Any, **options: Any) -> None:
    """What notebooks call to show something: prints it."""
    for value in values:
        print(value if isinstance(value, str) else repr(value))


def python_of(text: str) -> str:
    """The Python of a cell: magics and shell lines left out, line numbers kept.

    Example:
        >>> python_of("%matplotlib inline\\nx = 1")
        'pass\\nx = 1'
    """
    first = text.lstrip()
    if first.startswith("%%"):
        return cell_magic(text)
    return text if is_python(text) else "\n".join(line_of(line) for line in text.split("\n"))


def cell_magic(text: str) -> str:
    """A cell that begins with %%: what is Python of it."""
    head, _, rest = text.lstrip().partition("\n")
    words = head[2:].split()
    name = words[0] if words else ""
    if name == "writefile" and len(words) > 1:
        Path(words[-1]).write_text(rest, encoding="utf-8")
        return ""
    if name in LANGUAGES or name == "writefile":
        note(f"%%{name}", f"A cell of %%{name} was left out.")
        return ""
    return "\n" + python_of(rest)


def line_of(line: str) -> str:
    """A line without what IPython alone understands; its indentation is kept."""
    indent, rest = line[: len(line) - len(line.lstrip())], line.strip()
    assigned = re.match(r"([\w, ]+)=\s*([!%])(.*)", rest)
    if rest.startswith("!"):
        note("!", f"Shell lines of the notebook are left out: {rest}")
        return f"{indent}pass"
    if assigned:
        note("!" if assigned[2] == "!" else "%", f"Left out: {rest}")
        return f"{indent}{assigned[1]} = []"
    if rest.startswith("%"):
        name, _, after = rest[1:].partition(" ")
        return f"{indent}{after}" if name in QUIET and after and not after.startswith("-") else f"{indent}pass"
    if rest.startswith("?") or re.fullmatch(r"[\w.]+\?{1,2}", rest):
        return f"{indent}pass"
    return line


class Shell:
    """What `get_ipython()` gives: it takes magics and shell lines and does nothing.

    It is false, so that libraries that look for a notebook do not find one.
    """

    def __bool__(self):
        return False

    def run_line_magic(self, name: str, line: str = "", *more: Any) -> None:
        """Nothing, as for a line `%name line`."""

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Nothing, as for a cell `%%name line`."""

    def magic(self, line: str) -> None:
        """Nothing: IPython's older way."""

    def system(self, line: str) -> None:
        """Never runs a shell line."""
        note("!", f"Shell lines are left out: {line}")

    getoutput = system
