"""Variants: what lines such as activation=sigmoid,tanh,relu mean: entries of a recipe, and a recipe for each combination.

    activation=sigmoid,relu      an argument of the network, or of any network (`nabi.zoo.altering`)
    optimizer=sgd,adam           an entry of the recipe; momentum=0,0.9 an argument of its optimizer
    augment=none,flip,zoom       changes of the training pictures; flip+zoom both; rotation=0,0.1 how much
    train_size=500,1000,4000     pictures to learn from
    model.dropout=0,0.5          the long name, where an optimizer or the data own the same word

Several entries make a grid. What a combination has no use for, such as momentum beside Adam, is left out of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any

from nabi import zoo
from nabi.core.errors import ArgumentError, UnknownName, did_you_mean
from nabi.lab.options import SAME_FOR_ALL, of_network, of_optimizer, own_rate, takes, without_foreign_options
from nabi.lab.recipe import AUGMENTS, Recipe
from nabi.lab.space import OPTIONAL, placed, value_in, value_of
from nabi.zoo.altering import NAMES
from nabi.zoo.card import hyphened

TRAIN_SIZE, AUGMENT = "train_size", "augment"
AMOUNTS: dict[str, Any] = {"flip": "horizontal", "translation": 0.1, "rotation": 0.05, "zoom": 0.1}  # where a word alone is given
WORDS = {"yes": True, "no": False}
MOST = 500  # combinations


@dataclass(frozen=True)
class Variant:
    """One of the things that are compared.

    Attributes:
        name: what it is called in tables and figures, without the entries' names where the values tell.
        values: entry -> value; None where it has no use for the entry.
        recipe: what it is trained by, without seed.
        train_size: pictures that it learns from; None: all.
    """

    name: str
    values: dict[str, Any]
    recipe: Recipe
    train_size: int | None


def variants_of(vary: Mapping[str, Any], recipe: Recipe) -> list[Variant]:
    """Every combination of the values, those that come to the same once.

    Args:
        vary: entry -> "sigmoid,tanh,relu" or a list of values.
        recipe: what all start from.

    Example:
        >>> [v.name for v in variants_of({"activation": "tanh,relu", "dropout": [0, 0.5]}, Recipe())]
        ['tanh, dropout 0', 'tanh, dropout 0.5', 'relu, dropout 0', 'relu, dropout 0.5']
        >>> [v.name for v in variants_of({"optimizer": "sgd,adam", "momentum": "0,0.9"}, Recipe())]
        ['sgd, momentum 0', 'sgd, momentum 0.9', 'adam']

    Raises:
        ArgumentError: nothing to vary, an unknown or ambiguous entry, a value out of range. UnknownName: no such network or
            optimizer.
    """
    if not isinstance(vary, Mapping) or not vary or not all(isinstance(entry, str) for entry in vary):
        raise ArgumentError("compare(vary)", "entries and their values, such as {'activation': ['sigmoid', 'relu']}", repr(vary))
    given = {entry: values_of(entry, value) for entry, value in vary.items()}
    owners = {word: named(word, given.get(word, [getattr(recipe, word)])) for word in ("optimizer", "model")}
    known = can_vary(owners)
    full = {resolved(entry, known, owners["model"], given[entry]): values for entry, values in given.items()}
    if len(full) < len(given):
        raise ArgumentError("compare(vary)", "each entry once", ", ".join(given))
    count = 1
    for values in full.values():
        count *= len(values)
    if count > MOST:
        raise ArgumentError("compare(vary)", f"at most {MOST} combinations", f"{count:,}", "Vary fewer entries at once.")
    made = [variant(dict(zip(full, values, strict=True)), recipe) for values in product(*full.values())]
    found = {(repr(one.recipe), one.train_size): one for one in reversed(made)}
    first = {key: one.name for key, one in found.items()}
    return [one for one in made if first.pop((repr(one.recipe), one.train_size), None) is not None]


def values_of(entry: str, given: Any) -> list[Any]:
    """The values behind an entry, at least two.

    Example:
        >>> values_of("batch_norm", "no,yes"), values_of("learning_rate", "1e-3, 0.01"), values_of("sampling", "none,balanced")
        ([False, True], [0.001, 0.01], [None, 'balanced'])

    Raises:
        ArgumentError: a range, a single value, or what is no plain value.
    """
    where = f"vary {entry}"
    if isinstance(given, str):
        if ".." in given:
            raise ArgumentError(where, "values with commas", repr(given), "A comparison needs the values themselves; nabi tune "
                                "searches ranges.")
        given = [WORDS.get(word.strip().lower(), value_of(word.strip())) for word in given.split(",")]
    if entry in OPTIONAL and isinstance(given, list | tuple):
        given = [None if isinstance(value, str) and value.lower() == "none" else value for value in given]
    if not isinstance(given, list | tuple) or not all(isinstance(value, str | int | float | None) for value in given):
        raise ArgumentError(where, "a list of names or numbers, or a text with commas", repr(given))
    plain = list({repr(value): value for value in given}.values())
    if len(plain) < 2 or "" in plain or any("," in str(value) for value in plain):
        raise ArgumentError(where, "two values or more: a,b", repr(given), "A single value belongs in the recipe.")
    return plain


def as_text(values: Iterable[Any]) -> str:
    """Values as `values_of` reads them.

    Example:
        >>> as_text([None, True, 0.001, "adam"])
        'none,true,0.001,adam'
    """
    return ",".join("none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
                    for value in values)


def named(word: str, values: list[Any]) -> list[str]:
    """The optimizers or networks that take part, if they are known.

    Raises:
        UnknownName: one is not.
    """
    for value in values:
        if word == "optimizer":
            own_rate(value)
        elif hyphened(str(value)) not in zoo.list_networks():
            raise UnknownName("network", "a known network", repr(value), did_you_mean(hyphened(str(value)), zoo.list_networks()))
    return values


def can_vary(owners: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What can be varied: short name -> long ones."""
    known: dict[str, list[str]] = {}
    of_recipe = [field.name for field in fields(Recipe) if field.name not in SAME_FOR_ALL and field.default_factory is not dict]
    groups = [("", [*of_recipe, TRAIN_SIZE, AUGMENT]),
              ("model.", [word for name in owners["model"] for word in (*of_network(name), *NAMES)]),
              ("optimizer.", [word for name in owners["optimizer"] for word in of_optimizer(name)]), ("augment.", AUGMENTS)]
    for first, words in groups:
        for word in words:
            known.setdefault(word, [])
            if first + word not in known[word] and word not in known[word]:  # an entry of the recipe itself comes first
                known[word].append(first + word)
    return known


def resolved(entry: str, known: Mapping[str, list[str]], networks: list[str], values: list[Any]) -> str:
    """The long name of an entry.

    Raises:
        ArgumentError: none of that name, or several; what must be the same for all.
    """
    if entry in SAME_FOR_ALL:
        raise ArgumentError(f"vary {entry}", "an entry in which runs may differ", "one that must be the same for all",
                            "--seeds repeats each with other seeds." if entry == "seed" else
                            "Runs are compared on the same samples.")
    whole = [long for longs in known.values() for long in longs]
    first, dot, option = entry.partition(".")
    if entry in whole or (first == "model" and dot and any(takes(name, option, values[0]) for name in networks)):
        return entry
    if entry not in known:
        if not dot and any(takes(name, entry, values[0]) for name in networks):  # of a family that hands **options on
            return f"model.{entry}"
        near = offered(entry, whole if dot else list(known), known)
        raise ArgumentError(f"vary {entry}", "what can be varied", repr(entry), near)
    if len(known[entry]) > 1:
        raise ArgumentError(f"vary {entry}", f"one of {', '.join(known[entry])}", repr(entry), "Several things own that name.")
    return known[entry][0]


def offered(entry: str, words: list[str], known: Mapping[str, list[str]]) -> str:
    """The nearest of the words, and all that can be varied, by what owns it."""
    question, told, _ = did_you_mean(entry, words).partition("? ")
    of = {first: ", ".join(dict.fromkeys(w for w, longs in known.items() for long in longs if long.partition(".")[0] == first
                                         and "." in long)) for first in ("model", "optimizer", "augment")}
    rest = ", ".join(word for word, longs in known.items() if longs == [word])
    every = f"Of the network: {of['model']}; of the optimizer: {of['optimizer']}; of training: {rest}"
    return f"{question}? " * bool(told) + f"{every}; of the pictures: {of['augment']}."


def variant(values: Mapping[str, Any], recipe: Recipe) -> Variant:
    """One combination."""
    size = values.get(TRAIN_SIZE)
    if size is not None and (type(size) is not int or size < 1):
        raise ArgumentError(f"vary {TRAIN_SIZE}", "a whole number above 0", repr(size))
    for entry, value in values.items():
        if entry == AUGMENT:
            recipe = replace(recipe, augment=augment_of(value))
        elif entry != TRAIN_SIZE:
            recipe = placed(recipe, entry, value)
    recipe = without_foreign_options(recipe)
    recipe.check()
    there = vars(recipe)
    kept = {entry: value if entry in (AUGMENT, TRAIN_SIZE) or value is None else value_in(there, entry)
            for entry, value in values.items()}
    words = [shown(entry, kept[entry]) for entry, value in values.items() if kept[entry] is not None or value is None]
    return Variant(", ".join(words), kept, recipe, size)


def augment_of(words: Any) -> dict[str, Any]:
    """The recipe's table of a word.

    Example:
        >>> augment_of("none"), augment_of("flip+zoom")
        ({}, {'flip': 'horizontal', 'zoom': 0.1})

    Raises:
        ArgumentError: an unknown word.
    """
    if words in ("none", False):
        return {}
    parts = list(AMOUNTS) if words in ("all", True) else str(words).split("+")
    for word in parts:
        if word not in AMOUNTS:
            raise ArgumentError("vary augment", "none, all, or words joined by +", repr(word), did_you_mean(word, AMOUNTS))
    return {word: AMOUNTS[word] for word in parts}


def shown(entry: str, value: Any) -> str:
    """A value as a table shows it, with the last word of its entry where it does not tell by itself.

    Example:
        >>> shown("model.activation", "relu"), shown("model.batch_norm", True), shown("learning_rate", 0.01)
        ('relu', 'batch_norm yes', 'learning_rate 0.01')
    """
    if isinstance(value, str) and entry not in OPTIONAL and entry.partition(".")[0] != AUGMENT or value is None:
        return f"{entry} none" if value is None else value
    text = value if isinstance(value, str) else ("no", "yes")[value] if isinstance(value, bool) else f"{value:.6g}"
    return f"{entry.rpartition('.')[2]} {text}"
