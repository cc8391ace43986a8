"""Notebook magics: those that a notebook makes itself, as with IPython.core.magic; %%name and %name call them from then on.

    @register_cell_magic
    def backend(line, cell):
        if os.environ["KERAS_BACKEND"] == line.strip():
            get_ipython().run_cell(cell)
"""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from nabi.as_keras.scripts.notebook import CELL_MAGICS, LINE_MAGICS, Shell

__all__ = ["InteractiveShell", "Magics", "capture_output", "cell_magic", "figsize", "get_ipython", "line_cell_magic",
           "line_magic", "magics_class", "needs_local_scope", "register_cell_magic", "register_line_cell_magic",
           "register_line_magic"]


def register_cell_magic(function: Any) -> Any:
    """Decorator: what %%name does: function(line, cell)."""
    CELL_MAGICS[function.__name__] = function
    return function


def register_line_magic(function: Any) -> Any:
    """Decorator: what %name does: function(line)."""
    LINE_MAGICS[function.__name__] = function
    return function


def register_line_cell_magic(function: Any) -> Any:
    """Decorator: both; a line has no cell."""
    return register_cell_magic(register_line_magic(function))


def marked(*kinds: str) -> Callable:
    """A decorator of methods, with or without a name: which kinds of magic they are."""

    def mark(method: Any = None) -> Any:
        def put(function: Any) -> Any:
            function.magic = kinds, method if isinstance(method, str) else function.__name__
            return function

        return put(method) if callable(method) else put

    return mark


line_magic, cell_magic, line_cell_magic = marked("line"), marked("cell"), marked("line", "cell")


class Magics:
    """Base of classes of magics; `get_ipython().register_magics(Class)` enters their methods.

    Args:
        shell: what `get_ipython()` gives.
    """

    def __init__(self, shell: Any = None, **options: Any):
        self.shell = shell or Shell()


def magics_class(kind: type) -> type:
    """Decorator of such a class: nothing more is needed."""
    return kind


def needs_local_scope(function: Any) -> Any:
    """Decorator: nothing, a cell has one scope."""
    return function


def get_ipython() -> Shell:
    """What takes magics."""
    return Shell()


class InteractiveShell(Shell):
    """What notebooks set `ast_node_interactivity` on: a cell shows its last value here."""

    @classmethod
    def instance(cls, *options: Any, **more: Any) -> "InteractiveShell":
        """The one that runs: magics are entered in it, settings set on it."""
        return cls()


def figsize(width: float, height: float) -> None:
    """The size of figures from here on, in inches."""
    import matplotlib.pyplot as plt

    plt.rcParams["figure.figsize"] = [width, height]


@contextmanager
def capture_output(*which: Any, **options: Any) -> Any:
    """A block whose output is shown all the same."""
    yield None
