"""Program: compiled code run in a module, as an import would run it."""

from importlib.abc import InspectLoader
from types import CodeType


class Program(InspectLoader):
    """A loader whose `exec_module(module)` runs the code it was made of.

    Args:
        code: what `compile(text, name, "exec")` gave.

    Example:
        >>> from types import ModuleType
        >>> module = ModuleType("small")
        >>> Program(compile("n = 6 * 7", "small", "exec")).exec_module(module)
        >>> module.n
        42
    """

    def __init__(self, code: CodeType):
        self.code = code

    def get_code(self, fullname):
        return self.code

    def get_source(self, fullname):
        return None
