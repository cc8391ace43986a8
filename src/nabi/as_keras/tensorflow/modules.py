"""Modules: `tf.Module`, a class that knows the variables in its attributes; `tf.nest`, functions of lists and dicts of things."""

from collections.abc import Callable
from typing import Any

from nabi.layers.layer import Layer
from nabi.layers.weight import Weight

__all__ = ["Module", "assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]


class Module:
    """Base of what has variables in its attributes, in lists and dicts of them, in other modules and layers.

    Args:
        name: kept.
    """

    def __init__(self, name: str | None = None):
        self.name = name or type(self).__name__.lower()

    @property
    def variables(self) -> tuple[Weight, ...]:
        """All of them, each once, by the attributes' names."""
        found: dict[int, Weight] = {}
        entered: set[int] = set()

        def enter(value: Any) -> None:
            if isinstance(value, Weight):
                found.setdefault(id(value), value)
            elif isinstance(value, Layer):
                found.update((id(weight), weight) for weight in value.weights if id(weight) not in found)
            elif isinstance(value, (list, tuple, dict)):
                for part in value.values() if isinstance(value, dict) else value:
                    enter(part)
            elif isinstance(value, Module) and id(value) not in entered:
                entered.add(id(value))
                for name in sorted(vars(value)):
                    enter(vars(value)[name])

        enter(self)
        return tuple(found.values())

    @property
    def trainable_variables(self) -> tuple[Weight, ...]:
        """Those that learn."""
        return tuple(weight for weight in self.variables if weight.trainable)

    @property
    def submodules(self) -> tuple:
        """Modules in its attributes."""
        return tuple(value for value in vars(self).values() if isinstance(value, (Module, Layer)))

    @classmethod
    def with_name_scope(cls, method: Callable) -> Callable:
        """The method itself."""
        return method


def flatten(structure: Any, expand_composites: bool = False) -> list:
    """The leaves of lists, tuples and dicts; of dicts in the order of their keys."""
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flatten(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for part in structure for leaf in flatten(part)]
    return [structure]


def is_nested(structure: Any) -> bool:
    """Whether it is a list, tuple or dict."""
    return isinstance(structure, (list, tuple, dict))


def map_structure(func: Callable, *structure: Any, **options: Any) -> Any:
    """func of the leaves, in the same structure."""
    first = structure[0]
    if isinstance(first, dict):
        return {key: map_structure(func, *(one[key] for one in structure)) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(map_structure(func, *parts) for parts in zip(*structure, strict=True)))
    if isinstance(first, (list, tuple)):
        return type(first)(map_structure(func, *parts) for parts in zip(*structure, strict=True))
    return func(*structure)


def pack_sequence_as(structure: Any, flat_sequence: Any, **options: Any) -> Any:
    """Leaves put into a structure."""
    leaves = iter(flat_sequence)
    if isinstance(structure, dict):
        made = {key: pack_sequence_as(structure[key], leaves) for key in sorted(structure)}
        return {key: made[key] for key in structure}
    if isinstance(structure, (list, tuple)):
        return type(structure)(pack_sequence_as(part, leaves) for part in structure)
    return next(leaves)


def assert_same_structure(nest1: Any, nest2: Any, **options: Any) -> None:
    """Raises AssertionError where two structures differ."""
    assert map_structure(lambda leaf: None, nest1) == map_structure(lambda leaf: None, nest2), "two structures"
