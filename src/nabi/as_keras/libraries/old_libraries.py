"""Old libraries: scripts of earlier years on today's NumPy, pandas, scikit-learn, SciPy, matplotlib, for the time of a run.

    np.float, sklearn.datasets.load_boston, from sklearn.externals import joblib, df.append(row), time.clock()

Names that are gone are found when a script asks for them (`old_names.py`), arguments that are gone when it gives them
(`old_arguments.py`); each kind is said once. Names that are still there are never touched.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from nabi.as_keras.libraries.old_arguments import WATCHED
from nabi.as_keras.libraries.old_names import MODULES, NAMES
from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.core.errors import NotServed


def resolved(path: str) -> Any:
    """The thing at a dotted path.

    Example:
        >>> resolved("collections.abc.Mapping").__name__, resolved("math").__name__
        ('Mapping', 'math')
    """
    parts = path.split(".")
    for n in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:n]))
        except ModuleNotFoundError:
            continue
        for name in parts[n:]:
            thing = getattr(thing, name)
        return thing
    raise NotServed(f"no module named {path!r}")


def helpful(module: str, names: dict[str, str], before: Callable | None) -> Callable[[str], Any]:
    """A module's `__getattr__` that knows its old names."""

    def find(name: str) -> Any:
        if name in names:
            where = names[name]
            now = "nabi's own" if where.startswith("nabi.") else where.removeprefix("builtins.")
            note(f"old {module}.{name}", f"{module}.{name} is gone from today's {module.partition('.')[0]}; {now} stands for it.")
            return resolved(where)
        if before is not None:
            return before(name)
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return find


class Elsewhere(ModuleType):
    """A module that is gone: its names are another's.

    Args:
        name: the old one.
        now: the module that has its names.
    """

    __path__: list[str] = []

    def __init__(self, name: str, now: ModuleType):
        super().__init__(name)
        self.__dict__["now"] = now
        self.__path__ = []

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return getattr(self.now, "__all__", [one for one in dir(self.now) if not one.startswith("_")])
        return getattr(self.now, name)


class Dressing(Loader):
    """A loader that dresses its module behind the real one.

    Args:
        outer: what dresses.
        inner: the real one.
    """

    def __init__(self, outer: "OldLibraries", inner: Any):
        self.outer, self.inner = outer, inner

    def create_module(self, spec):
        return self.inner.create_module(spec)

    def exec_module(self, module):
        """Runs the module, with its own loader, then dresses it."""
        if module.__spec__ is not None:
            module.__spec__.loader = self.inner
        module.__loader__ = self.inner
        self.inner.exec_module(module)
        self.outer.dress(module)


class OldLibraries(MetaPathFinder, Loader):
    """Finds modules that are gone, and dresses those that have lost names when they are imported.

    Args:
        patches: what keeps what it changes, to be undone.
    """

    def __init__(self, patches: Patches):
        self.patches = patches
        self.waiting: set[str] = set()
        self.dressed: set[str] = set()
        self.watched = {*NAMES, *WATCHED}

    def install(self) -> None:
        """Dresses what is imported already, and waits for the rest."""
        for name in sorted(self.watched & set(sys.modules)):
            if sys.modules[name] is not None:  # None: not to be imported
                self.dress(sys.modules[name])
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Takes itself out; `patches.undo` does the rest."""
        sys.meta_path.remove(self)
        for name in [name for name, module in sys.modules.items() if isinstance(module, Elsewhere)]:
            del sys.modules[name]

    def dress(self, module: ModuleType) -> None:
        """Gives a module its old names, and functions of it their old arguments."""
        name = module.__name__
        if name not in self.dressed:
            self.dressed.add(name)
            if name in NAMES:
                self.patches.put(module, "__getattr__", helpful(name, NAMES[name], vars(module).get("__getattr__")))
            if name in WATCHED:
                WATCHED[name](module, self.patches)

    def find_spec(self, fullname, path=None, target=None):
        if fullname in self.waiting or not (fullname in MODULES or fullname in self.watched):
            return None
        self.waiting.add(fullname)
        try:
            spec = importlib.util.find_spec(fullname)
        except (ModuleNotFoundError, ValueError):
            spec = None
        finally:
            self.waiting.discard(fullname)
        if spec is not None and spec.loader is not None and fullname in self.watched:
            spec.loader = Dressing(self, spec.loader)
            return spec
        return None if spec is not None or fullname not in MODULES else ModuleSpec(fullname, self, origin="nabi", is_package=True)

    def create_module(self, spec):
        """A module with the names that stand elsewhere today."""
        now = MODULES[spec.name]
        note(f"old {spec.name}", f"{spec.name} is gone; {'some of its names are here' if now.startswith('nabi.') else now}.")
        return Elsewhere(spec.name, resolved(MODULES[spec.name]))

    def exec_module(self, module):
        """Nothing: names are looked for when they are asked for."""
