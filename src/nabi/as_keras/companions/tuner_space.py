"""Tuner space: hyperparameters of keras_tuner: what may be chosen, and what was chosen.

    units = hp.Int("units", 32, 512, step=32)          32, 64, ..., 512
    rate = hp.Float("rate", 1e-4, 1e-2, sampling="log")
    if hp.Boolean("dropout"): ...

A name that was not drawn yet gives its default, and belongs to the space from then on. Source: keras_tuner 1.4.
"""

import math
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nabi.core.errors import ArgumentError, StateError

__all__ = ["Boolean", "Choice", "Entry", "Fixed", "Float", "HyperParameter", "HyperParameters", "Int"]
PARTS = 10  # into which a grid cuts an interval without a step


class Entry:
    """A hyperparameter: its name and the values it may have.

    Args:
        name: it.
        values: all values, where they can be counted.
        interval: (least, most) of a number without a step.
        log: whether such a number is drawn evenly by its logarithm.
        default: what it is before it is drawn.
        conditions: (name, values) of others, under which it counts.

    Example:
        >>> Entry("rate", interval=(0.0, 1.0)).grid()[:2]
        [0.0, 0.1]
    """

    def __init__(self, name: str, values: Any = None, interval: Any = None, log: bool = False, default: Any = None,
                 conditions: Any = ()):
        self.name, self.values, self.interval, self.log, self.conditions = name, values, interval, log, list(conditions)
        self.default = default if default is not None else interval[0] if values is None else values[0]

    def draw(self, source: random.Random) -> Any:
        """One of its values."""
        return self.at(source.random()) if self.values is None else source.choice(self.values)

    def at(self, share: float) -> float:
        """The number at a share of the interval."""
        low, high = self.interval
        return math.exp(math.log(low) + share * math.log(high / low)) if self.log else low + share * (high - low)

    def grid(self) -> list[Any]:
        """Its values, or ten of an interval."""
        return [self.at(n / PARTS) for n in range(PARTS)] if self.values is None else list(self.values)

    def counts(self, chosen: dict[str, Any]) -> bool:
        """Whether its conditions hold."""
        return all(chosen.get(name) in values for name, values in self.conditions)

    def __repr__(self) -> str:
        return f"{self.name}: {self.values if self.values is not None else self.interval}, at first {self.default!r}"


HyperParameter = Entry


class HyperParameters:
    """What a function that builds a model chooses from.

    Example:
        >>> hp = HyperParameters()
        >>> hp.Int("units", 32, 96, step=32), hp.Choice("act", ["relu", "tanh"]), hp.Boolean("drop"), hp.Fixed("k", 3)
        (32, 'relu', False, 3)
        >>> hp["units"], sorted(hp.values)
        (32, ['act', 'drop', 'k', 'units'])

    Attributes:
        space: entries by name. values: what was chosen.
    """

    def __init__(self):
        self.entries: dict[str, Entry] = {}
        self.values: dict[str, Any] = {}
        self.scopes: list[tuple[str, Any]] = []
        self.prefixes: list[str] = []

    @property
    def space(self) -> list[Entry]:
        """All that may be chosen."""
        return list(self.entries.values())

    def known(self, entry: Entry, parent_name: Any = None, parent_values: Any = None) -> Any:
        """The value of an entry: what was chosen, else its default."""
        entry.name = "/".join([*self.prefixes, entry.name])
        if parent_name is not None:
            given = parent_values if isinstance(parent_values, (list, tuple)) else [parent_values]
            entry.conditions.append((parent_name, list(given)))
        entry.conditions += self.scopes
        self.entries.setdefault(entry.name, entry)
        if entry.counts(self.values):
            self.values.setdefault(entry.name, entry.default)
        return self.values.get(entry.name, entry.default)

    def Choice(self, name: str, values: Any, ordered: Any = None, default: Any = None, parent_name: Any = None,
               parent_values: Any = None) -> Any:
        """One of some values."""
        if not len(values):
            raise ArgumentError(f"hp.Choice('{name}', values)", "one value at least", list(values))
        return self.known(Entry(name, list(values), default=default), parent_name, parent_values)

    def Int(self, name: str, min_value: int, max_value: int, step: Any = None, sampling: Any = None, default: Any = None,
            parent_name: Any = None, parent_values: Any = None) -> Any:
        """A whole number from min_value to max_value, both included; with sampling="log" step is a factor."""
        numbers = steps_of(f"hp.Int('{name}')", int(min_value), int(max_value), step or (2 if sampling == "log" else 1), sampling)
        return self.known(Entry(name, [int(n) for n in numbers], default=default), parent_name, parent_values)

    def Float(self, name: str, min_value: float, max_value: float, step: Any = None, sampling: Any = None, default: Any = None,
              parent_name: Any = None, parent_values: Any = None) -> Any:
        """A number from min_value to max_value, evenly or, with sampling="log", evenly by its logarithm."""
        values = None if step is None else steps_of(f"hp.Float('{name}')", float(min_value), float(max_value), step, sampling)
        log = sampling in ("log", "LOG")
        if log and not min_value > 0:
            raise ArgumentError(f"hp.Float('{name}', min_value)", "a number above 0, for sampling='log'", min_value)
        return self.known(Entry(name, values, (float(min_value), float(max_value)), log, default), parent_name, parent_values)

    def Boolean(self, name: str, default: bool = False, parent_name: Any = None, parent_values: Any = None) -> Any:
        """True or False."""
        return self.known(Entry(name, [False, True], default=default), parent_name, parent_values)

    def Fixed(self, name: str, value: Any, parent_name: Any = None, parent_values: Any = None) -> Any:
        """One value, that is not searched for."""
        return self.known(Entry(name, [value], default=value), parent_name, parent_values)

    def get(self, name: str) -> Any:
        """What was chosen for a name; its default if nobody chose.

        Raises StateError: no such name was asked for yet.
        """
        if name in self.values:
            return self.values[name]
        if name in self.entries:
            return self.entries[name].default
        raise StateError("hp.get", f"one of {', '.join(self.entries) or 'no names'}", repr(name),
                         "A name is known once the function that builds the model has asked for it.")

    __getitem__ = get

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def is_active(self, name: Any) -> bool:
        """Whether a hyperparameter counts, given the others."""
        return self.entries[getattr(name, "name", name)].counts(self.values)

    def copy(self) -> "HyperParameters":
        """Another one with the same space and values."""
        made = HyperParameters()
        made.entries, made.values = dict(self.entries), dict(self.values)
        return made

    @contextmanager
    def conditional_scope(self, parent_name: str, parent_values: Any) -> Iterator[None]:
        """What is asked for inside counts only where another has one of some values."""
        given = parent_values if isinstance(parent_values, (list, tuple)) else [parent_values]
        self.scopes.append((parent_name, list(given)))
        try:
            yield
        finally:
            self.scopes.pop()

    @contextmanager
    def name_scope(self, name: str) -> Iterator[None]:
        """Names inside begin with this one."""
        self.prefixes.append(name)
        try:
            yield
        finally:
            self.prefixes.pop()

    def get_config(self) -> dict[str, Any]:
        """What was chosen, and from what."""
        return {"space": [str(entry) for entry in self.space], "values": dict(self.values)}


def steps_of(where: str, low: Any, high: Any, step: Any, sampling: Any) -> list[Any]:
    """low, low + step, ... up to high, both included; by factors of step with sampling "log"."""
    if not low <= high or not step > 0:
        raise ArgumentError(where, "min_value up to max_value, by a step above 0", f"{low} to {high} by {step}")
    if sampling == "log":
        return [low * step**n for n in range(int(math.log(high / low, step) + 1e-8) + 1)]
    return [low + n * step for n in range(int((high - low) / step + 1e-8) + 1)]


def standing(kind: str):
    """A hyperparameter that stands by itself, for `keras_tuner.engine.hyperparameters.Int(...)`: its entry."""
    def make(*args: Any, **options: Any) -> Entry:
        hp = HyperParameters()
        getattr(hp, kind)(*args, **options)
        return hp.space[0]

    make.__name__ = kind
    return make


Boolean, Choice, Fixed, Float, Int = (standing(kind) for kind in ("Boolean", "Choice", "Fixed", "Float", "Int"))
