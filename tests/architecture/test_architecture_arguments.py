"""Every argument of every registered class: each bad value is refused in one line that says where, what was expected, what came.

The table is `bad_values`; an argument without a row fails here. Optimizers: `tests/optimizers/test_optimizers_arguments`.
"""

import inspect
from typing import Any

import pytest

from architecture.bad_values import ANY_VALUE, ENDINGS, GIVEN, LAYERS, OTHERS, OWN, SAID
from nabi.core.errors import NabiError
from nabi.core.pieces import arguments
from nabi.core.registry import lookup, names
from nabi.layers import Layer
from nabi.models import Model

KINDS = {"layer": LAYERS, **OTHERS}
CLASSES = {(kind, thing.__name__): thing for kind in KINDS for name in names(kind)
           if inspect.isclass(thing := lookup(kind, name)) and thing.__module__.startswith("nabi.")
           and (kind == "layer") <= (not issubclass(thing, Model))}  # models are in the layers' registry, too
SHARES = ("rate", "factor", "decay_rate", "recall", "precision", "sensitivity", "specificity")
REPRESENTATIVE = "Dense"  # of the arguments that all layers have


def walked(kind: str, cls: type) -> list[str]:
    """The arguments to try: all, those of every layer with one of them only."""
    own = inspect.signature(cls.__init__).parameters
    common = arguments(Layer) if kind in ("layer", "model") and cls.__name__ != REPRESENTATIVE else ()
    return [name for name in arguments(cls) if name not in common or name in own and (cls.__name__, name) in OWN]


def row(kind: str, cls: type, argument: str) -> list | None:
    """Bad values of an argument; [] where any value will do, None where the table lacks it."""
    if (cls.__name__, argument) in ANY_VALUE:
        return []
    found = OWN.get((cls.__name__, argument), KINDS[kind].get(argument))
    return next((values for end, values in ENDINGS.items() if argument.endswith(end)), None) if found is None else found


def good(cls: type) -> dict[str, Any]:
    """Values for what a constructor cannot do without: a half where that is a share, else 1, if the table has none."""
    values: dict[str, Any] = dict(zip(arguments(cls), GIVEN.get(cls.__name__, ()), strict=False))
    for argument, default in arguments(cls).items():
        if default is inspect.Parameter.empty and argument not in values:
            values[argument] = 0.5 if argument in SHARES or argument.endswith("_factor") else 1
    return values


def complaint(cls: type, argument: str, value: Any) -> str | None:
    """What is wrong with how a value is refused; None if nothing is."""
    try:
        cls(**{**good(cls), argument: value})
    except NabiError as error:
        text = str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    else:
        return "taken"
    stands_for = [word for key, word in SAID.items()
                  if key == (cls.__name__, argument) or isinstance(key, str) and argument.endswith(key)]
    where = text.partition(": expected ")[0]
    named = argument in where.partition("(")[2] or any(text.startswith(word) or f" {word}" in text for word in stands_for)
    return None if named and ": expected " in text and ", got " in text and "\n" not in text else text


@pytest.mark.parametrize(("kind", "name"), CLASSES, ids=lambda part: part)
def test_every_argument_is_checked(kind, name):
    cls = CLASSES[kind, name]
    cls(**good(cls))
    rows = {argument: row(kind, cls, argument) for argument in walked(kind, cls)}
    assert [argument for argument, values in rows.items() if values is None] == [], "no row in bad_values"
    tried = [(argument, value) for argument, values in rows.items() for value in values or ()]
    said = {(argument, repr(value)): complaint(cls, argument, value) for argument, value in tried}
    assert {key: text for key, text in said.items() if text is not None} == {}


def test_all_kinds_are_walked():
    from nabi.core.registry import HOMES

    functions, not_the_users, elsewhere = {"activation", "op"}, {"trainer", "network", "figure", "recorder"}, {"optimizer"}
    without = functions | not_the_users | elsewhere
    assert set(HOMES) == set(KINDS) | without and len(CLASSES) > 170


def test_the_table_has_no_row_too_many():
    """A row whose argument is gone is found."""
    known = {kind: {word for (k, _), cls in CLASSES.items() if k == kind for word in arguments(cls)} for kind in KINDS}
    for kind, table in KINDS.items():
        assert set(table) - known[kind] == set()
    for name, argument in (*OWN, *ANY_VALUE):
        assert any(n == name and argument in arguments(cls) for (_, n), cls in CLASSES.items()), (name, argument)
