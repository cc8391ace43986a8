"""Notebook: the cells of an `.ipynb` file in order, without IPython: plain JSON, plain Python.

    %matplotlib inline      left out          !pip install ...    never run, said once; !mkdir, !unzip: see shell_lines
    %time model.fit(...)    runs the rest     %%writefile a.py    writes the file
    %pylab inline           pylab's names     %env A=1, %cd data  done
    model.summary?          left out          get_ipython()       answers

The value of a cell's last expression is printed, figures are saved after each cell, as a notebook would show them.
"""

import ast
import builtins
import json
import linecache
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.scripts import shell_lines
from nabi.as_keras.scripts.program import Program
from nabi.as_keras.scripts.python2 import as_meant, as_python_3, asks_for
from nabi.as_keras.scripts.rewriting import concerns, rewritten
from nabi.as_keras.scripts.spoken import spoken
from nabi.core.errors import FileError

SHELLS = {"bash", "sh", "!", "sx", "system"}  # cells of shell lines
LANGUAGES = {"html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG", "perl", "ruby", "script", "cmd",
             "R", "cython", "sql", "bigquery"}  # cells that hold no Python
CELL_MAGICS: dict[str, Any] = {}  # of the notebook's own: see notebook_magics
LINE_MAGICS: dict[str, Any] = {}
RUNNING: list[tuple[str, ModuleType]] = []  # the notebook that runs
OLDER: list[ast.Module] = []  # what a notebook of Python 2 has run so far
CALLED = {"cd", "env", "set_env", "run", "mkdir", "cp", "mv"}  # line magics that do something here
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


def is_python_2(source: bytes) -> bool:
    """Whether a notebook says that its language is Python 2."""
    said = json.loads(source.decode("utf-8-sig")).get("metadata", {})
    version = str(said.get("language_info", {}).get("version", ""))
    return version.startswith("2") or not version and said.get("kernelspec", {}).get("name") == "python2"


def run_cells(path: Path, cells: list[str], module: ModuleType, python_2: bool = False) -> None:
    """Runs the cells one after the other in one module."""
    space = module.__dict__
    space.update(display=display, get_ipython=lambda: Shell(), In=[], Out={})
    CELL_MAGICS.clear()
    LINE_MAGICS.clear()
    RUNNING[:] = [(str(path), module)]
    OLDER[:] = [ast.Module([], [])] if python_2 else []
    for number, text in enumerate(cells, 1):
        run_cell(f"{path}, cell {number}", text, module)


def run_cell(name: str, text: str, module: ModuleType) -> None:
    """Runs one cell and shows its last value."""
    head, _, body = text.lstrip().partition("\n")
    own = CELL_MAGICS.get(head[2:].split(" ")[0].strip()) if head.startswith("%%") else None
    if own is not None:
        own(head.partition(" ")[2], body)
        return
    text = python_of(text)
    prints = bool(OLDER) and asks_for("print_function", OLDER[0])
    older = as_python_3(text, name, prints) if OLDER or not is_python(text) else None
    text = older or text
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)  # so that errors show the line
    tree = ast.parse(text, name)
    if older and OLDER:
        OLDER[0].body += tree.body
        tree = as_meant(tree, OLDER[0])
    tree = rewritten(tree) if concerns(text) else tree
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not text.rstrip().endswith(";"):
        shown = ast.parse("__nabi_show__(0)").body[0]
        assert isinstance(shown, ast.Expr) and isinstance(shown.value, ast.Call)
        shown.value.args = [last.value]
        tree.body[-1] = ast.fix_missing_locations(ast.copy_location(shown, last))
        module.__dict__["__nabi_show__"] = show
    Program(compile(tree, name, "exec", dont_inherit=True)).exec_module(module)
    if "matplotlib.pyplot" in sys.modules:
        from nabi.as_keras.scripts.pictures import save_open_figures

        save_open_figures()


def is_python(text: str | bytes) -> bool:
    """Whether it is Python 3."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):  # ValueError: null bytes
        return False
    return True


def show(value: Any) -> None:
    """Prints a cell's last value, None excepted."""
    if value is not None:
        builtins.print(repr(spoken(value)))


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
    return text if is_python(text) else "\n".join(line_of(line, text) for line in joined(text))


def joined(text: str) -> list[str]:
    """The lines of a cell; one after ! or % that ends in a backslash takes up the next one, which is left empty.

    Example:
        >>> joined("!pip install a \\\\\\n  b\\nx = 1")
        ['!pip install a b', '', 'x = 1']
    """
    lines: list[str] = []
    start = -1  # of a line that goes on
    for line in text.split("\n"):
        if start >= 0:
            lines[start] = f"{lines[start][:-1].rstrip()} {line.strip()}"
            lines.append("")
        else:
            start = len(lines) if line.lstrip()[:1] in ("!", "%") else -1
            lines.append(line.rstrip() if start >= 0 else line)
        if start >= 0 and not lines[start].endswith("\\"):
            start = -1
    return lines


def cell_magic(text: str) -> str:
    """A cell that begins with %%: what is Python of it."""
    head, _, rest = text.lstrip().partition("\n")
    words = head[2:].split()
    name = words[0] if words else ""
    if name == "writefile" and len(words) > 1:
        Path(words[-1]).write_text(rest, encoding="utf-8")
        return ""
    if name in SHELLS:
        return "\n".join(["", *(f"get_ipython().system({line!r})" for line in rest.split("\n") if line.strip())])
    if name in LANGUAGES or name == "writefile":
        note(f"%%{name}", f"A cell of %%{name} was left out.")
        return ""
    return "\n" + python_of(rest)


def line_of(line: str, cell: str = "") -> str:
    """A line of a cell without what IPython alone understands; its indentation is kept."""
    indent, rest = line[: len(line) - len(line.lstrip())], line.strip()
    assigned = re.match(r"([\w, ]+)=\s*([!%])(.*)", rest)
    if rest.startswith("!"):
        return f"{indent}get_ipython().system({rest.lstrip('!')!r})"
    if assigned and assigned[2] == "!":
        return f"{indent}{assigned[1]} = get_ipython().getoutput({assigned[3]!r})"
    if assigned:
        note("%", f"Left out: {rest}")
        return f"{indent}{assigned[1]} = []"
    if rest.startswith("%"):
        name, _, after = rest[1:].partition(" ")
        if name == "pylab":
            return f"{indent}from pylab import *; import numpy as np; import matplotlib; import matplotlib.pyplot as plt"
        if name in CALLED or name in LINE_MAGICS or f"def {name}(" in cell:
            return f"{indent}get_ipython().run_line_magic({name!r}, {after!r})"
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

    ast_node_interactivity = "last_expr"

    @property
    def user_ns(self) -> dict[str, Any]:
        """The notebook's names."""
        return vars(RUNNING[0][1] if RUNNING else sys.modules["__main__"])

    def run_cell(self, raw_cell: str, *more: Any, **options: Any) -> None:
        """Runs a text as a cell of the notebook."""
        if RUNNING:
            run_cell(f"{RUNNING[0][0]}, a text", raw_cell, RUNNING[0][1])

    def register_magics(self, *kinds: Any) -> None:
        """Enters the magics of classes, or of objects of them."""
        for one in kinds:
            holder = one(self) if isinstance(one, type) else one
            for name in dir(type(holder)):
                found, called = getattr(getattr(type(holder), name), "magic", ((), ""))
                for table, word in ((LINE_MAGICS, "line"), (CELL_MAGICS, "cell")):
                    if word in found:
                        table[called] = getattr(holder, name)

    def register_magic_function(self, function: Any, magic_kind: str = "line", magic_name: str | None = None) -> None:
        """Enters a function as a magic."""
        (CELL_MAGICS if magic_kind == "cell" else LINE_MAGICS)[magic_name or function.__name__] = function

    def run_line_magic(self, magic_name: str, line: str = "", *more: Any) -> Any:
        """A magic of the notebook's own, %cd and %env; nothing for others."""
        if magic_name in LINE_MAGICS:
            return LINE_MAGICS[magic_name](line)
        name, _, value = (part.strip() for part in line.partition("=" if "=" in line else " "))
        place = shell_lines.spelled(line.strip().strip("'\""), self.user_ns)
        if magic_name == "cd" and os.path.isdir(place):
            os.chdir(place)
        elif magic_name == "run":
            self.run_script(place)
        elif magic_name in ("env", "set_env") and name and value:
            os.environ[name] = value
        elif magic_name in shell_lines.KNOWN:
            self.system(f"{magic_name} {line}")
        return None

    def run_script(self, line: str) -> None:
        """A script or notebook, run in the notebook's names."""
        path = Path(next((word for word in line.split() if not word.startswith("-")), ""))
        if not path.is_file():
            note("%run", f"%run {line} was left out: there is no such file.")
            return
        source = path.read_bytes()
        for text in cells_of(path, source) if path.suffix == ".ipynb" else [source.decode("utf-8-sig")]:
            self.run_cell(text)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """A magic of the notebook's own; nothing for others."""
        return CELL_MAGICS[magic_name](line, cell) if magic_name in CELL_MAGICS else None

    def magic(self, line: str) -> None:
        """Nothing: IPython's older way."""

    def system(self, line: str) -> None:
        """Does what shell_lines know; never runs a shell."""
        if not shell_lines.run(line, self.user_ns):
            note("!", f"Shell lines of the notebook are left out: !{line}")

    def getoutput(self, line: str) -> shell_lines.Lines:
        """The lines that a command writes, `files = !ls data`; none where shell_lines do not know it."""
        written = shell_lines.written(line, self.user_ns)
        if written is None:
            note("!", f"Left out: !{line}")
        return shell_lines.Lines(written or [])
