"""Names: what layers are called when nobody names them (conv2d, conv2d_1, ...), and names that classes must not take."""

from collections import defaultdict
from functools import cache
from inspect import isfunction
from typing import Any

from nabi.core.errors import ArgumentError

_numbers: dict[str, int] = defaultdict(int)

# What nabi calls in every layer and model, and Keras does not have: a class of one's own that means something else would break.
INTERNAL = frozenset({"begin", "brought", "by_name", "check_shapes", "counted", "form", "keeps", "label", "own_key",
                      "own_weights", "prepare", "run", "through", "tried"})
NOT_SET = {"rank", "min_rank"}  # read by nabi; a class may declare them, an object's own numbers have other names


def fresh_name(base: str) -> str:
    """`conv2d`, `conv2d_1`, ...: the class name in small letters and a running number, as Keras counts."""
    number = _numbers[base]
    _numbers[base] += 1
    return base if number == 0 else f"{base}_{number}"


def reset_names() -> None:
    """Starts the running numbers of layer names anew (Keras' `clear_session`)."""
    _numbers.clear()


@cache
def taken(kind: type) -> frozenset[str]:
    """Names that an object of a user's class must not set: those of nabi's methods, and of properties that cannot be set."""
    if kind.__module__.startswith("nabi."):
        return frozenset()
    base = next(k for k in kind.__mro__ if k.__module__.startswith("nabi."))
    members = {name: getattr(base, name) for name in dir(base) if not name.startswith("_")}
    return frozenset(NOT_SET | {name for name, member in members.items()
                                if isfunction(member) or (isinstance(member, property) and member.fset is None)})


def clash(who: Any, what: str, name: str, instead: str) -> ArgumentError:
    """The error for a name that is taken, in a class or in an object of it."""
    where = f"class {who.__name__}" if isinstance(who, type) else f"{type(who).__name__}.{name}"
    return ArgumentError(where, f"{what} of your own", f"'{name}', which all layers have", f"Give it another name: {instead}.")
