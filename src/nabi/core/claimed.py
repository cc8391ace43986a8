"""Claimed: one name, two meanings: nabi's in nabi's own code, the user's in all other code.

    class Counting(nabi.Layer):
        def __init__(self):
            super().__init__()
            self.calls = 0                    nabi counts calls under that name, too: neither sees the other's number

A class cannot know every name that its base uses for itself. Where a user's object sets one of them, or a user's class defines
it, a descriptor takes the name's place in that class: it goes by the module of the code that asks. The user's value of an object
lies under `claimed_<name>`, so that layers and weights in it are found like any other attribute's.
"""

import sys
from types import FrameType
from typing import Any

NOTHING: Any = object()
SETTERS = ("__setattr__", "with_named_activation")  # what stands between the code that sets an attribute and the object
READERS = ("nabi.core.pieces",)  # writes down the constructor's arguments: these are the user's


def within_nabi(frame: FrameType | None) -> bool:
    """Whether it is nabi's code that asks for an attribute or sets it: the first frame that is no setter."""
    while frame is not None and frame.f_code.co_name in SETTERS:
        frame = frame.f_back
    asking = "" if frame is None else frame.f_globals.get("__name__", "")
    return asking == "nabi" or (asking.startswith("nabi.") and asking not in READERS)


def is_users(kind: type) -> bool:
    """Whether a class is written by the user."""
    return kind.__module__ != "nabi" and not kind.__module__.startswith("nabi.")


class Claimed:
    """The descriptor.

    Args:
        name: the attribute.
        mine: what the user's class defines under the name, if it does.
    """

    def __init__(self, name: str, mine: Any = NOTHING):
        self.name, self.mine = name, mine
        self.place = f"claimed_{name}"

    def __get__(self, thing: Any, owner: type | None = None) -> Any:
        if within_nabi(sys._getframe(1)):
            return self.of_nabi(thing, owner or type(thing))
        found = NOTHING if thing is None else getattr(thing, self.place, NOTHING)
        if found is not NOTHING:
            return found
        if self.mine is NOTHING:
            return self.of_nabi(thing, owner or type(thing))
        return self.mine.__get__(thing, owner) if hasattr(self.mine, "__get__") else self.mine

    def __set__(self, thing: Any, value: Any) -> None:
        if not within_nabi(sys._getframe(1)):
            if hasattr(self.mine, "__set__"):
                self.mine.__set__(thing, value)
            else:
                setattr(thing, self.place, value)
            return
        member = self.member(type(thing))
        if hasattr(member, "__set__"):
            member.__set__(thing, value)
        else:
            thing.__dict__[self.name] = value

    def __delete__(self, thing: Any) -> None:
        if within_nabi(sys._getframe(1)):
            del thing.__dict__[self.name]
        else:
            delattr(thing, self.place)

    def member(self, owner: type) -> Any:
        """What nabi's classes define under the name, or NOTHING."""
        return next((vars(kind)[self.name] for kind in owner.__mro__ if not is_users(kind) and self.name in vars(kind)), NOTHING)

    def of_nabi(self, thing: Any, owner: type) -> Any:
        """What nabi means by the name."""
        member = self.member(owner)
        if thing is not None and not hasattr(member, "__set__") and self.name in thing.__dict__:
            return thing.__dict__[self.name]
        if member is NOTHING:
            raise AttributeError(f"{owner.__name__} has no attribute '{self.name}'")
        return member.__get__(thing, owner) if hasattr(member, "__get__") else member


def claim(kind: type, name: str) -> None:
    """From now on the name has two meanings in this class of the user's."""
    if not isinstance(vars(kind).get(name), Claimed):
        setattr(kind, name, Claimed(name, vars(kind).get(name, NOTHING)))


def keep_apart(kind: type, names: tuple[str, ...]) -> None:
    """An object of a user's class may set these names of nabi's methods; where the class defines one, it overrides it."""
    users = [one for one in kind.__mro__ if is_users(one)] if is_users(kind) else []
    for name in names if users else ():
        if not any(name in vars(one) for one in users):
            claim(kind, name)
