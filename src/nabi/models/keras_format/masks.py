"""Masks in Keras' files: of each call's mask, whether the user gave it or Keras handed it on.

    mask = ops.not_equal(x, 0);  LSTM(8)(Embedding(9, 4)(x), mask=mask)        given: the only word on which steps count
    LSTM(8)(Embedding(9, 4, mask_zero=True)(x))                               handed on: nabi finds it by itself

Keras notes both in the same way, with the call that reads the mask. What is handed on begins at a layer that makes masks; so in
front of all of these a noted mask was given.
"""

from collections.abc import Callable, Iterable
from typing import Any

from nabi.core.registry import TABLE
from nabi.layers.layer import Layer


def makes_masks(part: Any) -> bool:
    """Whether an entry is of a layer that makes masks of its own, or holds one."""
    if isinstance(part, list):
        return any(map(makes_masks, part))
    if not isinstance(part, dict):
        return False
    if part.get("mask_zero") or part.get("class_name") == "Masking":
        return True
    kind = next((TABLE["layer"][name] for name in (part.get("registered_name"), part.get("class_name"))
                 if isinstance(name, str) and name in TABLE["layer"]), None)
    own = isinstance(kind, type) and not kind.__module__.startswith("nabi.")
    if own and (getattr(kind, "holds_layers", False) or getattr(kind, "compute_mask", None) is not Layer.compute_mask):
        return True
    return makes_masks(list(part.values()))


def masked(entries: dict[str, Any], reads: Callable[[str], Iterable[str]]) -> set[str]:
    """The names of layers that masks of layers can reach: those that make them and all behind.

    Args:
        entries: by name.
        reads: gives the names of the layers that a layer reads.
    """
    readers: dict[str, list[str]] = {}
    for name in entries:
        for before in reads(name):
            readers.setdefault(before, []).append(name)
    found = {name for name, entry in entries.items() if makes_masks({**entry, "inbound_nodes": None})}
    todo = list(found)
    while todo:
        fresh = set(readers.get(todo.pop(), ())) - found
        found |= fresh
        todo += fresh
    return found
