"""Attributes: what a package says of a name that it does not have.

    nabi.layers.MaxPool3D     module 'nabi.layers' has no attribute 'MaxPool3D'. Did you mean 'MaxPool2D'? Known: ...
    nabi.OneCycle             module 'nabi' has no attribute 'OneCycle'. It is nabi.schedules.OneCycle.

Where names of other packages live is read from the text of their `__init__.py`, so that no package is imported to find out.
"""

import ast
import sys
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

from nabi.core.errors import did_you_mean

NOTHING: Mapping[str, str] = {}
ROOT = Path(__file__).parents[1]
OURS = {"cli", "core", "kernels", "training"}  # packages whose names nobody is sent to
MOST = 3  # places of a name; `get` and the like, which more packages have, are nobody's
KERAS: Mapping[str, str] = {  # what to take for names that Keras has, and nabi has not
    "preprocess_input": "None is needed: networks of nabi.zoo with weights=\"imagenet\" take pixels 0 to 255 and scale them; "
                        "begin others with nabi.layers.Rescaling(1/255).",
}  # fmt: skip


def missing(module: str, names: Collection[str], name: str, instead: Mapping[str, str] = NOTHING) -> NoReturn:
    """Raises AttributeError for a name that a module does not have, with the nearest one that it has.

    Args:
        module: its dotted name.
        names: its public names.
        name: what was asked for.
        instead: what to do, for names of others that have no like here.

    Example:
        >>> missing("nabi.losses", ["Huber", "Hinge"], "Hubert")
        Traceback (most recent call last):
        AttributeError: module 'nabi.losses' has no attribute 'Hubert'. Did you mean 'Huber'? Known: Hinge, Huber.
    """
    said = f"module '{module}' has no attribute '{name}'"
    if not name.startswith("__"):  # Python asks for these on its own
        said += f". {instead.get(name) or KERAS.get(name) or elsewhere(module, name) or did_you_mean(name, names)}"
    raise AttributeError(said, name=name, obj=None)


def elsewhere(module: str, name: str) -> str:
    """Where in nabi a name is public that a module does not have; "" if nowhere.

    Example:
        >>> elsewhere("nabi", "MixUp"), elsewhere("nabi.layers", "Adam"), elsewhere("nabi", "Adma")
        ('It is nabi.layers.MixUp.', 'It is nabi.optimizers.Adam.', '')
    """
    found = [package for package, names in public_names().items() if name in names and package != module]
    if not module.startswith("nabi") or not 0 < len(found) <= MOST:
        return ""
    return f"It is {' or '.join(f'{package}.{name}' for package in found)}."


@cache
def public_names() -> dict[str, frozenset[str]]:
    """The names in `__all__` of each package, as its text has them."""
    found = {}
    for path in sorted(ROOT.glob("*/__init__.py")):
        if path.parent.name not in OURS:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.Assign) and any(isinstance(at, ast.Name) and at.id == "__all__" for at in node.targets):
                    words = {part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)}
                    found[f"nabi.{path.parent.name}"] = frozenset(word for word in words if isinstance(word, str))
    return found


def offer_nearest(module: str, names: Collection[str], instead: Mapping[str, str] = NOTHING) -> None:
    """Gives an imported module the `__getattr__` of PEP 562 that calls `missing`, with the same arguments, and a `__dir__`
    without this function and what is written in capitals for the module alone.

    It is set and not written as `def __getattr__`, behind which type checkers would take any name of the module for known.
    """
    space = vars(sys.modules[module])
    space["__getattr__"] = lambda name: missing(module, names, name, instead)
    space["__dir__"] = lambda: sorted(name for name in space if name in names or not (name == "offer_nearest" or name.isupper()))
