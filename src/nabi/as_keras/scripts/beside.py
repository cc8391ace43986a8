"""Beside: a script's own modules, in its folder and below, are read as the script itself is: also in Python 2, also shortened.

    from utils import train            utils.py beside the script
"""

import os
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType


class OwnModule(SourceFileLoader):
    """Loads a module of the script's folder.

    Args:
        name: the module's. path: its file.
        compiled: function from a path and its text to code.
    """

    def __init__(self, name: str, path: str, compiled: Callable[[Path, bytes], CodeType]):
        super().__init__(name, path)
        self.compiled = compiled

    def get_code(self, fullname):
        return self.compiled(Path(self.path), self.get_data(self.path))


class OwnFolder(MetaPathFinder):
    """Finds modules in a script's folder and below; installed packages excepted.

    Args:
        folder: of the script.
        compiled: function from a path and its text to code.
    """

    def __init__(self, folder: Path, compiled: Callable[[Path, bytes], CodeType]):
        self.folder, self.compiled = os.path.join(str(folder.resolve()), ""), compiled

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] == "nabi":
            return None
        spec = PathFinder.find_spec(fullname, [self.folder] if path is None else path)
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or spec.origin is None:
            return None
        origin = os.path.realpath(spec.origin)
        if not origin.startswith(self.folder) or "-packages" in origin[len(self.folder):]:
            return None
        spec.loader = OwnModule(fullname, spec.origin, self.compiled)
        return spec

    def install(self) -> None:
        """Takes its place behind the finder of Keras' tree."""
        sys.meta_path.insert(1, self)

    def remove(self) -> None:
        """Leaves it again."""
        sys.meta_path.remove(self)
