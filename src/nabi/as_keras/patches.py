"""Patches: what is put in place of attributes of nabi's classes while it plays Keras, and how it is undone.

    patches.put(Model, "predict_classes", predict_classes)
    patches.undo()                                            every class is as it was, in the other order
"""

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

ABSENT = object()


class Patches:
    """Attributes that were replaced, with what they were."""

    def __init__(self):
        self.done: list[tuple[Any, str, Any]] = []

    def put(self, owner: Any, name: str, value: Any) -> None:
        """Sets an attribute; `undo` puts the former one back, or takes it off."""
        self.done.append((owner, name, vars(owner).get(name, ABSENT)))
        setattr(owner, name, value)

    def around(self, owner: Any, name: str, make: Callable[[Callable], Callable]) -> None:
        """Replaces an attribute by `make(what it was)`; a module's function is named after it: pickles look for it there."""
        before = getattr(owner, name)
        made = make(before)
        if isinstance(owner, ModuleType) and isinstance(made, FunctionType) and made is not before:
            made.__module__ = owner.__name__
        self.put(owner, name, made)

    def into(self, table: dict[str, Any], entries: dict[str, Any]) -> None:
        """Adds entries to a dict; `undo` takes them out, or puts back what they replaced."""
        self.done += [(table, name, table.get(name, ABSENT)) for name in entries]
        table.update(entries)

    def undo(self) -> None:
        """Puts everything back, the last first."""
        while self.done:
            owner, name, value = self.done.pop()
            if isinstance(owner, dict):
                owner.pop(name)
                owner.update({} if value is ABSENT else {name: value})
            elif value is ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
