"""Attributes: what a package says of a name that it does not have.

    nabi.layers.MaxPool3D     module 'nabi.layers' has no attribute 'MaxPool3D'. Did you mean 'MaxPool2D'? Known: ...
"""

import sys
from collections.abc import Collection, Mapping
from typing import NoReturn

from nabi.core.errors import did_you_mean

NOTHING: Mapping[str, str] = {}


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
        said += f". {instead.get(name) or did_you_mean(name, names)}"
    raise AttributeError(said, name=name, obj=None)


def offer_nearest(module: str, names: Collection[str], instead: Mapping[str, str] = NOTHING) -> None:
    """Gives an imported module the `__getattr__` of PEP 562 that calls `missing`; the arguments are the same.

    It is set and not written as `def __getattr__`, behind which type checkers would take any name of the module for known.
    """
    vars(sys.modules[module])["__getattr__"] = lambda name: missing(module, names, name, instead)
