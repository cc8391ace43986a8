"""Finder: answers for a package beside Keras, last of all: what is installed, or lies beside the script, is always left alone.

    import keras_tuner as kt            nabi's few classes, where keras_tuner is not installed
    hub.KerasLayer(url)                 an error that says what to do
"""

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FrameType
from typing import Any

from nabi.as_keras.companions.table import ABSENT, PATHS
from nabi.as_keras.names.modules import Served
from nabi.as_keras.scripts.failing import theirs
from nabi.core.errors import NotServed

__all__ = ["Absent", "AbsentModule", "Companions"]
ACTING = {"koreanize_matplotlib": "koreanize"}  # packages that do something when they are imported


def advice(path: str) -> str:
    """What is said where a package that is not installed is used."""
    top = path.partition(".")[0]
    return f"{path}: the package {top} is not installed, and nabi has nothing in its place. {ABSENT[top]}"


class Absent:
    """A name of a package that is not installed: an error where it is used.

    Example:
        >>> Absent("tensorflow_hub.KerasLayer")
        <tensorflow_hub.KerasLayer, not installed>
        >>> Absent("tensorflow_hub.KerasLayer")("https://...")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        nabi.core.errors.NotServed: tensorflow_hub.KerasLayer: the package tensorflow_hub is not installed, ...
    """

    def __init__(self, path: str):
        self.__dict__["path"] = path

    def __repr__(self) -> str:
        return f"<{self.__dict__['path']}, not installed>"

    def __getattr__(self, name: str) -> "Absent":
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__dict__['path']}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise NotServed(advice(self.__dict__["path"]))

    def __call__(self, *args: Any, **options: Any) -> Any:
        raise NotServed(advice(self.__dict__["path"]))

    __mro_entries__ = __iter__ = __getitem__ = __enter__ = __call__


class AbsentModule(Served):
    """A package that is not installed, or a module below it: every name is there, and tells when it is used.

    Args:
        name: the module's.
    """

    def __init__(self, name: str):
        super().__init__(name, (), ())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            if name == "__version__":
                return "0.0.0"
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")


class Companions(MetaPathFinder, Loader):
    """Finds packages of the two tables where nobody else has them and a file of the user's asks."""

    def __init__(self):
        self.made: dict[str, Served] = {}

    def find_spec(self, fullname, path=None, target=None):
        top = fullname.partition(".")[0]
        known = fullname in PATHS or top in ABSENT or any(one.startswith(f"{fullname}.") for one in PATHS)
        if not known or not asked_by_a_script(sys._getframe(1)):
            return None
        return ModuleSpec(fullname, self, origin="nabi", is_package=True)

    def create_module(self, spec):
        if spec.name not in PATHS and spec.name.partition(".")[0] in ABSENT:
            made: Served = AbsentModule(spec.name)
        else:
            below = [path[len(spec.name) + 1:] for path in PATHS if path.startswith(f"{spec.name}.")]
            made = Served(spec.name, PATHS.get(spec.name, ()), sorted({path.partition(".")[0] for path in below}))
        self.made[spec.name] = made
        return made

    def exec_module(self, module):
        """Names are looked for when they are asked for; where the import itself does something, that is done."""
        if module.__name__ in ACTING:
            getattr(module, ACTING[module.__name__])()

    def install(self) -> None:
        """Takes the last place."""
        sys.meta_path.append(self)
        importlib.invalidate_caches()

    def remove(self) -> None:
        """Leaves it again, with all that it made."""
        sys.meta_path.remove(self)
        for name, module in self.made.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        self.made.clear()


def asked_by_a_script(frame: FrameType | None) -> bool:
    """Whether an import stands in a file of the user's or of this library, and not in an installed package's.

    `importlib.util.find_spec`, which asks whether a package is there, is told that it is not.
    """
    while frame is not None:
        file = frame.f_code.co_filename
        if frame.f_globals.get("__name__") == "importlib.util":
            return False
        if "importlib" not in file and not file.startswith("<frozen"):
            return theirs(file) or frame.f_globals.get("__name__", "").startswith("nabi.as_keras.")
        frame = frame.f_back
    return False
