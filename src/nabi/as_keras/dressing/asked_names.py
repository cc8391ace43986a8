"""Asked names: whether a program speaks of "acc", as with Keras before 2.3, or of "accuracy", when it goes through all logs.

    for k, v in logs.items(): self.H.setdefault(k, []).append(v)
    plt.plot(self.H["acc"])

It asks for old names whose code, the class around it, or the script itself says "acc" or "val_acc", and "val_accuracy" nowhere.
"""

import linecache
import re
import sys
from functools import cache
from types import CodeType, FrameType
from typing import Any

OLD, NEW = {"acc", "val_acc"}, {"val_accuracy"}
IN_TEXT = re.compile(r"""["'](acc|val_acc)["']""")


def asks_for_old(frame: FrameType) -> bool:
    """Whether the code of a frame asks for old names."""
    owner = type(frame.f_locals.get("self"))
    said = words(frame.f_code)
    if owner.__module__ == frame.f_globals.get("__name__"):
        said = said | of_class(owner)
    if said & NEW:
        return False
    return bool(said & OLD) or script_asks(getattr(sys.modules.get("__main__"), "__file__", None) or "")


def words(code: CodeType) -> frozenset[str]:
    """The texts in a piece of code."""
    found: set[str] = set()
    for part in code.co_consts:
        found |= {part} if isinstance(part, str) else words(part) if isinstance(part, CodeType) else set()
    return frozenset(found)


@cache
def of_class(owner: type) -> frozenset[str]:
    """The texts in a class's methods."""
    return frozenset().union(*(words(thing.__code__) for thing in vars(owner).values() if hasattr(thing, "__code__")))


@cache
def script_asks(file: str) -> bool:
    """Whether a script's text asks for old names."""
    text = "".join(linecache.getlines(file))
    return bool(IN_TEXT.search(text)) and "val_accuracy" not in text


def older(name: str) -> str:
    """The name as it was before Keras 2.3.

    Example:
        >>> older("val_accuracy"), older("dense_accuracy"), older("loss")
        ('val_acc', 'dense_acc', 'loss')
    """
    kept = not (name == "accuracy" or name.endswith("_accuracy")) or "categorical" in name or "binary" in name
    return name if kept else f"{name.removesuffix('accuracy')}acc"


def named_for(frame: FrameType, names: Any) -> list[str]:
    """The names as the code of a frame asks for them."""
    found = list(names)
    return [older(name) for name in found] if any(name.endswith("accuracy") for name in found) and asks_for_old(frame) else found
