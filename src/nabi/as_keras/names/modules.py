"""Modules: the tree `keras`, `tensorflow`, `tf_keras` as Python's import finds it, even where the real ones are installed.

    import keras.layers.core      ->  a module whose names are those of nabi.layers

A finder at the head of `sys.meta_path` answers for every path of the table; a name is looked for when it is asked for. What is
not there is an ImportError (`from keras.layers import Hyper`) or an AttributeError (`keras.layers.Hyper`) with the nearest name.
"""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from nabi.as_keras.names import refused, unused
from nabi.as_keras.names.table import LEAKS, NOTEBOOK, SETS, all_paths
from nabi.core.attributes import missing
from nabi.core.errors import NotServed, did_you_mean

TOPS = ("keras", "keras_core", "tf_keras", "tensorflow", "tensorflow_core", "keras_preprocessing", "keras_applications",
        "scikeras", "keras_contrib", "efficientnet")


class Served(ModuleType):
    """A module of the tree.

    Attributes:
        sources: modules of nabi in the order in which a name is looked for.
    """

    __path__: list[str] = []  # so that Python asks the finder for what is below

    def __init__(self, name: str, sources: Sequence[str], below: Sequence[str]):
        super().__init__(name)
        self.__dict__["sources"] = tuple(sources)
        self.__dict__["below"] = tuple(below)
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return public_names(self)
        if name.startswith("__") and name != "__version__":
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        sources, below = self.__dict__["sources"], name in self.__dict__["below"]
        modules_first = (self.__name__.endswith(("optimizer_v2", ".datasets", ".utils", ".ops", "IPython", "IPython.core"))
                         or all(one.endswith((".root", ".version1", ".refused:keras")) for one in sources))
        if below and modules_first:  # modules before functions of that name
            return importlib.import_module(f"{self.__name__}.{name}")
        for source in sources:
            found = own_name(source, name)
            if found is not NOTHING:
                self.__dict__[name] = found
                return found
        if below:
            return importlib.import_module(f"{self.__name__}.{name}")
        if name in leaks_of(self):
            return importlib.import_module(leaks_of(self)[name])
        if unused.sources_of(self.__name__) is not None and not name.startswith("_"):
            return unused.Unused(f"{self.__name__}.{name}")
        raise AttributeError(not_here(self, name), name=name, obj=None)

    def __dir__(self):
        return public_names(self)


NOTHING = object()
NOT_STARRED = {"Pipeline"}  # of Keras 3 alone; scripts that import all of keras.layers mean scikit-learn's


def own_name(source: str, name: str) -> Any:
    """A public name of a module of nabi, or NOTHING; the module may be missing. "...:keras.layers" names refused ones."""
    source, _, path = source.partition(":")
    if path:
        return refused.names_of(path).get(name, NOTHING)
    module = loaded(source)
    if module is None:
        return NOTHING
    if name.startswith("_"):
        return vars(module).get(name, NOTHING)
    try:
        return getattr(module, name)
    except AttributeError:
        return NOTHING


def loaded(source: str) -> ModuleType | None:
    """A module of nabi, None where nabi does not have it."""
    source = source.partition(":")[0]
    if source not in sys.modules:
        try:
            if importlib.util.find_spec(source) is None:
                return None
        except ModuleNotFoundError:  # its parent is not there
            return None
    return importlib.import_module(source)


def public_names(module: Served) -> list[str]:
    """What `from module import *` and tab completion give."""
    names = set(module.__dict__["below"]) | set(leaks_of(module))
    for source in module.__dict__["sources"]:
        found = None if ":" in source else loaded(source)
        if found is not None:
            names.update(getattr(found, "__all__", None) or [name for name in vars(found) if not name.startswith("_")])
    return sorted(names - NOT_STARRED)


def leaks_of(module: Served) -> dict[str, str]:
    """What a module of Keras 1 and 2 showed besides its own names, because it imports it; nothing below tensorflow."""
    top, _, path = module.__name__.partition(".")
    return LEAKS.get(path, {}) if top == "keras" else {}


def not_here(module: ModuleType, name: str) -> str:
    """What is said of a name that a module of the tree does not have."""
    for source in module.__dict__.get("sources", ()):
        instead = getattr(loaded(source), "INSTEAD", {})
        if name in instead:
            return f"{module.__name__}.{name} is not part of nabi. {instead[name]}"
    gone = [source for source in module.__dict__.get("sources", ()) if loaded(source) is None]
    names = public_names(module) if isinstance(module, Served) else []
    said = f"{module.__name__}.{name} is not part of nabi"
    if gone and not names:
        return f"{said}, which does not have {module.__name__} yet."
    try:
        missing(module.__name__, names, name)
    except AttributeError as error:
        return f"{said}. {str(error).partition('. ')[2] or did_you_mean(name, names)}".strip()


class Finder(MetaPathFinder, Loader):
    """Answers `import` for every path of the table, and refuses every other path below its tops."""

    def __init__(self):
        self.paths = all_paths()
        if importlib.util.find_spec("IPython") is None:
            self.paths |= NOTEBOOK
        if importlib.util.find_spec("tensorflow_datasets") is None:
            self.paths |= SETS
        self.children: dict[str, list[str]] = {}
        for path in self.paths:
            parent, _, name = path.rpartition(".")
            self.children.setdefault(parent, []).append(name)
        self.replaced: dict[str, ModuleType] = {}

    def find_spec(self, fullname, path=None, target=None):
        if fullname in self.paths:
            return ModuleSpec(fullname, self, origin="nabi", is_package=True)
        parent, _, name = fullname.rpartition(".")
        if fullname.partition(".")[0] in TOPS:
            inside = unused.sources_of(fullname)
            if inside is not None and (parent in self.paths or unused.sources_of(parent) is not None):
                self.paths[fullname] = inside
                return ModuleSpec(fullname, self, origin="nabi", is_package=True)
            module = sys.modules.get(parent)
            said = not_here(module, name) if module is not None else f"{fullname} is not part of nabi."
            raise NotServed(said)
        return None

    def create_module(self, spec):
        return Served(spec.name, self.paths[spec.name], self.children.get(spec.name, ()))

    def exec_module(self, module):
        """Nothing: names are looked for when they are asked for."""

    def install(self) -> None:
        """Puts itself first; modules of these names that are loaded already stand back until `remove`."""
        for name in [name for name in sys.modules if name.partition(".")[0] in TOPS]:
            self.replaced[name] = sys.modules.pop(name)
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Takes itself out; what stood there before is back."""
        sys.meta_path.remove(self)
        for name in [name for name, module in sys.modules.items() if isinstance(module, Served)]:
            del sys.modules[name]
        sys.modules.update(self.replaced)
        self.replaced.clear()
