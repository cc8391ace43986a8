"""Widgets: ipywidgets without a notebook: a function that sliders move is called once, with what they begin at.

    @interact(digit=(0, 9), noise=0.1)          called with digit=4, noise=0.1
    def show(digit, noise): ...

Nobody moves a slider, so nothing that waits for it (observe, on_click) is called.
"""

import inspect
from collections.abc import Callable
from typing import Any

from nabi.as_keras.notes import note

__all__ = ["Widget", "dlink", "fixed", "interact", "interact_manual", "interactive", "interactive_output", "jsdlink",
           "jslink", "link"]


class Widget:
    """Any widget: it keeps what it was given; its value is the one it begins with.

    Args:
        values: children of a box, or the value. options: value, min, max, options, description, ...
    """

    result: Any = None  # what the function of `interactive` gave

    def __init__(self, *values: Any, **options: Any):
        self.children = tuple(values[0]) if values and isinstance(values[0], (list, tuple)) else values
        choices = options.get("options")
        lowest = options.get("min", 0 if "max" in options else None)
        lone = values[0] if values and not isinstance(values[0], (list, tuple)) else lowest
        self.value = options.pop("value", lone if choices is None else begins_at(choices))
        self.__dict__.update(options)

    def __getattr__(self, name: str) -> Callable:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *values, **options: None  # observe, on_click, set_title, close, ...

    def __enter__(self) -> "Widget":
        return self

    def __exit__(self, *error: Any) -> None:
        """Errors go on their way."""

    def __repr__(self) -> str:
        return f"<widget, value {self.value!r}>"


def __getattr__(name: str) -> Any:
    """Every other name of the package is a kind of widget."""
    if name.startswith("_") or not name[0].isupper():
        raise AttributeError(name)
    return type(name, (Widget,), {})


class fixed(Widget):  # noqa: N801  the package's own name
    """A value that has no slider."""


def begins_at(given: Any) -> Any:
    """The value that a slider for `given` begins at.

    Example:
        >>> begins_at((0, 9)), begins_at((0.0, 1.0, 0.1)), begins_at(["a", "b"]), begins_at(True)
        (4, 0.5, 'a', True)
    """
    if isinstance(given, Widget):
        return given.value
    if isinstance(given, tuple) and len(given) in (2, 3) and all(isinstance(part, (int, float)) for part in given):
        whole = all(isinstance(part, int) for part in given)
        return given[0] + ((given[1] - given[0]) // 2 if whole else (given[1] - given[0]) / 2)
    if isinstance(given, dict):
        return next(iter(given.values()), None)
    first = next(iter(given), None) if isinstance(given, (list, tuple, range)) else given  # of pairs (name, value): the value
    return first[1] if isinstance(first, tuple) and len(first) == 2 else first


def called(function: Callable, given: dict[str, Any]) -> Any:
    """Calls it with the values that the sliders begin at: the function's own defaults first."""
    defaults = {name: part.default for name, part in inspect.signature(function).parameters.items()
                if part.default is not inspect.Parameter.empty}
    note("widgets", "ipywidgets is not here: functions of sliders are called once, with what they begin at.")
    values = {name: begins_at(one) for name, one in given.items()}
    moved = {name: defaults[name] for name, one in given.items() if name in defaults and isinstance(one, tuple)}
    return function(**values | moved)


def interact(*functions: Any, **given: Any) -> Any:
    """Calls the function, or the one that it decorates, once."""
    if not functions:
        return lambda function: interact(function, **given)
    called(functions[0], given)
    return functions[0]


interact_manual = interact


def interactive(function: Callable, *options: Any, **given: Any) -> Widget:
    """A widget of the function's; it is called once."""
    made = Widget([one for one in given.values() if isinstance(one, Widget)])
    made.result = called(function, given)
    return made


def interactive_output(function: Callable, controls: dict[str, Any]) -> Widget:
    """The same, with its sliders in a dict."""
    return interactive(function, **controls)


def link(*ends: Any) -> None:
    """Nothing: no slider moves."""


jslink = dlink = jsdlink = link
