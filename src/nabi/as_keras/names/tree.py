"""Tree: `keras.tree`: functions of lists, tuples and dicts of things.

    keras.tree.map_structure(lambda x: 2 * x, {"a": [1, 2]})     {"a": [2, 4]}
"""

from collections.abc import Callable
from typing import Any

from nabi.as_keras.tensorflow.modules import assert_same_structure, flatten, is_nested, map_structure, pack_sequence_as
from nabi.core.errors import ArgumentError

__all__ = ["MAP_TO_NONE", "assert_same_paths", "assert_same_structure", "flatten", "flatten_with_path", "is_nested",
           "lists_to_tuples", "map_shape_structure", "map_structure", "map_structure_up_to", "pack_sequence_as", "traverse"]


class MAP_TO_NONE:
    """What `traverse`'s function gives for a part that becomes None."""


def flatten_with_path(structure: Any, path: tuple = ()) -> list[tuple[tuple, Any]]:
    """The leaves with the keys and places that lead to them."""
    if isinstance(structure, dict):
        return [pair for key in sorted(structure) for pair in flatten_with_path(structure[key], (*path, key))]
    if isinstance(structure, (list, tuple)):
        return [pair for n, part in enumerate(structure) for pair in flatten_with_path(part, (*path, n))]
    return [(path, structure)]


def map_structure_up_to(shallow_structure: Any, func: Callable, *structures: Any) -> Any:
    """func of what stands where a shallower structure has its leaves."""
    shallow = shallow_structure
    if isinstance(shallow, dict):
        return {key: map_structure_up_to(shallow[key], func, *(one[key] for one in structures)) for key in shallow}
    if isinstance(shallow, (list, tuple)):
        return type(shallow)(map_structure_up_to(part, func, *(one[n] for one in structures)) for n, part in enumerate(shallow))
    return func(*structures)


def traverse(func: Callable, structure: Any, top_down: bool = True) -> Any:
    """A structure whose parts func replaced, from the top or from the leaves; None keeps a part."""
    found = func(structure) if top_down else None
    if found is not None:
        return None if found is MAP_TO_NONE else found
    made = structure
    if isinstance(structure, dict):
        made = {key: traverse(func, part, top_down) for key, part in structure.items()}
    elif isinstance(structure, (list, tuple)):
        made = type(structure)(traverse(func, part, top_down) for part in structure)
    after = None if top_down else func(made)
    return made if after is None else None if after is MAP_TO_NONE else after


def assert_same_paths(a: Any, b: Any) -> None:
    """Raises ArgumentError where two structures have leaves at different places."""
    ours, theirs = ({path for path, _ in flatten_with_path(one)} for one in (a, b))
    if ours != theirs:
        raise ArgumentError("keras.tree.assert_same_paths", "the same places in both", sorted(map(str, ours ^ theirs)))


def lists_to_tuples(structure: Any) -> Any:
    """A structure with tuples for its lists."""
    if isinstance(structure, dict):
        return {key: lists_to_tuples(part) for key, part in structure.items()}
    return tuple(map(lists_to_tuples, structure)) if isinstance(structure, (list, tuple)) else structure


def map_shape_structure(func: Callable, structure: Any) -> Any:
    """func of each shape, a tuple or list of numbers and None, in a structure."""
    if isinstance(structure, (list, tuple)) and all(n is None or isinstance(n, int) for n in structure):
        return func(tuple(structure))
    if isinstance(structure, dict):
        return {key: map_shape_structure(func, part) for key, part in structure.items()}
    return type(structure)(map_shape_structure(func, part) for part in structure)
