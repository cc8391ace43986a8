"""Giving way: what Keras' classes answer to besides, put on nabi's so that a class of the user's may have the same names.

    layer.path, layer.compute_dtype          a value, computed when it is asked for
    super().get_build_config()               a method

An attribute that an object sets itself goes before, also where it is a layer: such names are no names of nabi's.
"""

from collections.abc import Callable, Mapping
from types import MethodType
from typing import Any, NoReturn

from nabi.as_keras.patches import Patches
from nabi.core.errors import NotServed


class GivingWay:
    """A name of a class, found after those that an object set itself.

    Args:
        function: of the object; for a value, of it alone.
        is_value: whether the name is a value, and not a method.
    """

    gives_way = True

    def __init__(self, function: Callable, is_value: bool = False):
        self.function, self.is_value = function, is_value
        self.__doc__ = function.__doc__

    def __get__(self, thing: Any, owner: Any = None) -> Any:
        if thing is None:
            return self
        return self.function(thing) if self.is_value else MethodType(self.function, thing)

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self.function(*args, **options)


def put_values(patches: Patches, owner: type, values: Mapping[str, Callable]) -> None:
    """Puts values on a class: name -> function of an object."""
    for name, function in values.items():
        patches.put(owner, name, GivingWay(function, True))


def put_methods(patches: Patches, owner: type, methods: Mapping[str, Callable]) -> None:
    """Puts methods on a class: name -> function."""
    for name, function in methods.items():
        patches.put(owner, name, GivingWay(function))


def always(value: Any) -> Callable:
    """A function of an object that gives the same for all."""
    return lambda thing: value


def refusing(what: str, instead: str) -> Callable:
    """A method that says what to do instead."""

    def refuse(self: Any, *args: Any, **options: Any) -> NoReturn:
        raise NotServed(f"{type(self).__name__}.{what} is not part of nabi. {instead}")

    return refuse
