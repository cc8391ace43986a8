"""Running: a script or notebook as Python would run it, with nabi in Keras' place.

    run_file("lecture.py", ["--depth", "3"])        __main__, sys.argv, sys.path[0] are the script's

Its exit code is Python's: 0, that of sys.exit, 1 after an error, 130 after Ctrl-C.
"""

import ast
import linecache
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from nabi.as_keras.installing import install_as_keras, uninstall_as_keras
from nabi.as_keras.scripts import notebook
from nabi.as_keras.scripts.beside import OwnFolder
from nabi.as_keras.scripts.era import of_its_time
from nabi.as_keras.scripts.failing import print_error
from nabi.as_keras.scripts.kept_settings import settings_kept
from nabi.as_keras.scripts.program import Program
from nabi.as_keras.scripts.python2 import as_meant, as_python_3, asks_for_python_2
from nabi.as_keras.scripts.rewriting import concerns, rewritten
from nabi.as_keras.scripts.threads import threads_awaited
from nabi.core.collector import lasting
from nabi.core.errors import FileError, did_you_mean

SCRIPTS = "a Python file or a notebook"
TEXTS = (".md", ".txt", ".rst", ".html", ".pdf", ".csv", ".png", ".jpg", ".h5", ".keras", ".npz", ".zip")  # no scripts
DONE, FAILED, INTERRUPTED = 0, 1, 130
MAGIC = re.compile(rb"^\s*(get_ipython\(\)\.|!\s*\w|%%?[A-Za-z])", re.MULTILINE)


@dataclass
class Trial:
    """How a script is run.

    Attributes:
        max_epochs: each `fit` ends after so many epochs; None leaves them as written.
        fast_data: each `fit`, `evaluate` and `predict` takes so many samples, the first ones; None takes all.
        seed: starts every generator at this seed before the script begins.
        traceback: an error shows all frames.
        out: folder of runs and pictures; None writes none.
    """

    max_epochs: int | None = None
    fast_data: int | None = None
    seed: int | None = None
    traceback: bool = False
    out: str | None = "runs"


def read_script(path: Path) -> bytes:
    """The text of a file.

    Raises:
        FileError: it is not there, cannot be read, or is no script.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise FileError(f"script {path}", SCRIPTS, error.strerror or str(error), near(path)) from error
    if path.suffix.lower() in TEXTS:
        raise FileError(f"script {path}", SCRIPTS, f"a {path.suffix} file", near(path))
    return source


def near(path: Path) -> str:
    """What lies in the folder of a script that is not there, names like its own first."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}."
    names = sorted(one.name for one in path.parent.iterdir() if one.suffix in (".py", ".ipynb"))
    return did_you_mean(path.name, names) if names else ""


def main_module(path: Path, arguments: Sequence[str]) -> ModuleType:
    """A fresh `__main__` for a script, with sys.argv and sys.path[0] as Python would set them."""
    module = ModuleType("__main__")
    module.__file__ = str(path)
    module.__dict__.update(__builtins__=sys.modules["builtins"], __spec__=None, __cached__=None)
    sys.modules["__main__"] = module
    sys.argv = [str(path), *arguments]
    sys.path[0:1] = [str(path.resolve().parent)]
    return module


def run_file(path: str | os.PathLike, arguments: Sequence[str] = (), trial: Trial | None = None) -> int:
    """Runs a script or notebook with nabi in Keras' place.

    Args:
        path: a `.py` or `.ipynb` file.
        arguments: what follows it in `sys.argv`.
        trial: how it is run.

    Returns: the exit code.

    Raises:
        FileError: there is no such file, or it is no notebook.
    """
    path, trial = Path(path), trial or Trial()
    source = read_script(path)
    before, streams = (sys.modules["__main__"], sys.argv, list(sys.path)), (sys.stdout, sys.stderr)
    install_as_keras()
    own = OwnFolder(path.parent, compiled)
    own.install()
    try:
        with settings_kept(), of_its_time(source):
            begin(path, source, trial)
            with threads_awaited():
                execute(path, source, main_module(path, arguments), trial.traceback)
        return DONE
    except SystemExit as stop:
        return exit_code(stop)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        sys.stdout, sys.stderr = streams
        sys.stdout.flush()
        end()
        own.remove()
        uninstall_as_keras()
        sys.modules["__main__"], sys.argv, sys.path[:] = before


def execute(path: Path, source: bytes, module: ModuleType, whole: bool) -> None:
    """Runs the text of a script, or the cells of a notebook; an error is told, and ends it with exit code 1."""
    cells = notebook.cells_of(path, source) if path.suffix == ".ipynb" else None
    if MAGIC.search(source):  # a notebook that was written out as a script
        module.__dict__["get_ipython"] = lambda: notebook.Shell()
    try:
        if cells is None:
            Program(compiled(path, source)).exec_module(module)
        else:
            notebook.run_cells(path, cells, module, notebook.is_python_2(source))
    except Exception as error:
        print_error(error, whole)
        raise SystemExit(FAILED) from error


def without_magics(source: bytes) -> bytes:
    """The text of a notebook that was saved as a script, without what IPython alone understands; others as they are."""
    if not MAGIC.search(source) or notebook.is_python(source):
        return source
    text = notebook.python_of(source.decode("utf-8-sig", errors="replace"))
    return text.encode() if notebook.is_python(text) else source


def compiled(path: Path, source: bytes) -> CodeType:
    """The code of a script; one in Python 2 is read as Python 3.

    Raises SyntaxError for neither.
    """
    source = without_magics(source)
    text = source.decode("utf-8", errors="replace")
    try:
        tree = ast.parse(source, str(path))
    except SyntaxError:
        older = as_python_3(text, str(path))
        if older is None:
            raise
    else:
        older = as_python_3(text, str(path), prints=True) if asks_for_python_2(text, tree) else None
        if older is None:
            code: Any = rewritten(tree) if concerns(source) else source
            return compile(code, str(path), "exec", dont_inherit=True)
    linecache.cache[str(path)] = (len(older), None, older.splitlines(keepends=True), str(path))  # so that errors show the line
    return compile(as_meant(rewritten(ast.parse(older, str(path)))), str(path), "exec", dont_inherit=True)


@lasting()
def begin(path: Path, source: bytes, trial: Trial) -> None:
    """What happens before a script's first line: seed, pictures, recording."""
    from nabi.as_keras.scripts import looping, pictures, recording, shortening
    from nabi.as_keras.tensorflow.taping import Running

    Running.always = b".backward(" in source
    recording.begin()
    if trial.seed is not None:
        from nabi.utils import set_random_seed

        set_random_seed(trial.seed)
    shortening.begin(trial.max_epochs, trial.fast_data)
    pictures.begin(path.stem, trial.out, source)
    if any(word in source for word in pictures.DRAWS):
        looping.begin()


def end() -> None:
    """What happens after its last line."""
    from nabi.as_keras.scripts import looping, pictures, recording, shortening
    from nabi.as_keras.tensorflow.taping import Running

    Running.always = False
    looping.end()
    recording.end()
    pictures.end()
    shortening.end()


def exit_code(stop: SystemExit) -> int:
    """The exit code that Python gives for sys.exit(...): a text is printed and means 1."""
    if stop.code is None or isinstance(stop.code, int):
        return int(stop.code or 0)
    print(stop.code, file=sys.stderr)
    return FAILED
