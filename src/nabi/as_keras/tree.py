"""Tree: `keras.tree`: functions of lists, tuples and dicts of things.

    keras.tree.map_structure(lambda x: 2 * x, {"a": [1, 2]})     {"a": [2, 4]}
"""

from collections.abc import Callable
from typing import Any

from nabi.as_keras.tensorflow.modules import assert_same_structure, flatten, is_nested, map_structure, pack_sequence_as

__all__ = ["assert_same_structure", "flatten", "flatten_with_path", "is_nested", "map_structure", "map_structure_up_to",
           "pack_sequence_as", "traverse"]


def flatten_with_path(structure: Any, path: tuple = ()) -> list[tuple[tuple, Any]]:
    """The leaves with the keys and places that lead to them."""
    if isinstance(structure, dict):
        return [pair for key in sorted(structure) for pair in flatten_with_path(structure[key], (*path, key))]
    if isinstance(structure, (list, tuple)):
        return [pair for n, part in enumerate(structure) for pair in flatten_with_path(part, (*path, n))]
    return [(path, structure)]


def map_structure_up_to(shallow: Any, func: Callable, *structures: Any) -> Any:
    """func of what stands where a shallower structure has its leaves."""
    if isinstance(shallow, dict):
        return {key: map_structure_up_to(shallow[key], func, *(one[key] for one in structures)) for key in shallow}
    if isinstance(shallow, (list, tuple)):
        return type(shallow)(map_structure_up_to(part, func, *(one[n] for one in structures)) for n, part in enumerate(shallow))
    return func(*structures)


def traverse(func: Callable, structure: Any, top_down: bool = True) -> Any:
    """A structure whose parts func replaced, from the top or from the leaves; None keeps a part."""
    found = func(structure) if top_down else None
    if found is not None:
        return found
    made = structure
    if isinstance(structure, dict):
        made = {key: traverse(func, part, top_down) for key, part in structure.items()}
    elif isinstance(structure, (list, tuple)):
        made = type(structure)(traverse(func, part, top_down) for part in structure)
    after = None if top_down else func(made)
    return made if after is None else after
