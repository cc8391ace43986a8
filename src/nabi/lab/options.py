"""Options: what optimizers and networks take, so that a search is checked before it begins and a trial has no foreign option.

    momentum belongs to SGD and RMSprop: a trial that draws Adam is trained without it
"""

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from nabi import optimizers, zoo
from nabi.core.errors import ArgumentError, NabiError, UnknownName, did_you_mean
from nabi.core.registry import lookup, names
from nabi.lab.recipe import AUGMENTS, OF_THE_DATA, Recipe
from nabi.lab.space import DIGITS, RATE, TABLES, Choice, Span, parsed, placed
from nabi.zoo.altering import NAMES, altered
from nabi.zoo.card import hyphened
from nabi.zoo.parts import weightless

SAME_FOR_ALL = ("data", "name", "seed", "validation_split")  # else other samples would judge a trial
NOT_OPTIONS = {"optimizer": ("learning_rate", "name"), "model": (*OF_THE_DATA, "include_top", "name", "pooling", "weights")}
ONE_CYCLE = "one-cycle"  # the schedule that has a warmup
Space = dict[str, Choice | Span]


def own_rate(optimizer: str) -> float:
    """An optimizer's own learning rate.

    Example:
        >>> own_rate("adam"), own_rate("sgd")
        (0.001, 0.01)
    """
    return float(optimizers.get(optimizer).learning_rate)


def of_optimizer(name: str) -> list[str]:
    """What `optimizer_options` may hold."""
    known = type(optimizers.get(name)).argument_names()
    return [word for word in known if word not in NOT_OPTIONS["optimizer"]]


def of_network(name: str) -> list[str]:
    """What `model_options` may hold, as far as the network's function tells.

    Example:
        >>> of_network("lecture-cnn")
        ['width', 'dropout']
    """
    return [word for word, parameter in signature(name).items()
            if word not in NOT_OPTIONS["model"] and parameter.kind != inspect.Parameter.VAR_KEYWORD]


def signature(network: str) -> Mapping[str, inspect.Parameter]:
    """The arguments of a network's function."""
    word = next(word for word in names("network") if hyphened(word) == hyphened(network))
    return inspect.signature(lookup("network", word)).parameters


def takes(network: str, option: str, value: Any) -> bool:
    """Whether a network has an argument; one that hands its **options on to its family's is built without weights to see."""
    if option in NAMES or option in of_network(network):
        return True
    if all(parameter.kind != inspect.Parameter.VAR_KEYWORD for parameter in signature(network).values()):
        return False
    try:
        zoo.outline(network, **{option: value})
    except NabiError as error:
        return error.parts[1] != "a known argument"
    return True


def built(network: str, options: Mapping[str, Any], **data: Any) -> Any:
    """A network with its own options, and those that any network has (`nabi.zoo.altering`), for the shape and classes of data.

    Example:
        >>> built("lecture-cnn", {"activation": "tanh", "width": 0.25}, classes=3).layers[1].get_config()["activation"]
        'tanh'
    """
    own = of_network(network) if options else []
    every = {word: value for word, value in options.items() if word in NAMES and word not in own}
    if not every:
        return zoo.build(network, **options, **data)
    with weightless():
        plain = zoo.build(network, **{word: value for word, value in options.items() if word not in every}, **data)
    return altered(plain, **every)


def without_foreign_options(recipe: Recipe) -> Recipe:
    """The recipe without options that its optimizer or network does not have, or a warmup that its schedule has not.

    Example:
        >>> without_foreign_options(Recipe(optimizer_options={"momentum": 0.9, "beta_1": 0.8})).optimizer_options
        {'beta_1': 0.8}
    """
    known = of_optimizer(recipe.optimizer)
    mine = {word: value for word, value in recipe.optimizer_options.items() if word in known}
    of_model = {word: value for word, value in recipe.model_options.items() if takes(recipe.model, word, value)}
    warmup = recipe.warmup if recipe.schedule == ONE_CYCLE else None
    return replace(recipe, optimizer_options=mine, model_options=of_model, warmup=warmup)


def drawn(recipe: Recipe, space: Mapping[str, Choice | Span], values: Mapping[str, Any]) -> Recipe:
    """The recipe of a trial: the search's own with what was drawn, and no option that its optimizer or network does not have."""
    for entry, value in values.items():
        of = space[entry]
        if not (isinstance(of, Span) and of.times):
            recipe = placed(recipe, entry, of.rounded(value) if isinstance(of, Span) else value)
    rate = space.get(RATE)
    if isinstance(rate, Span) and rate.times:
        recipe = replace(recipe, learning_rate=float(f"{own_rate(recipe.optimizer) * values[RATE]:.{DIGITS}g}"))
    return without_foreign_options(recipe)


def used(recipe: Recipe, space: Mapping[str, Choice | Span], values: Mapping[str, Any], entry: str) -> bool:
    """Whether a trial with these values has use for an entry: only then is one drawn, for a search must not learn from a number
    that changes nothing.

    Example:
        >>> space = space_of({"optimizer": "adam,sgd", "optimizer.momentum": "0..0.9"}, Recipe())
        >>> [used(Recipe(), space, {"optimizer": name}, "optimizer.momentum") for name in ("adam", "sgd")]
        [False, True]
    """
    first, dot, option = entry.partition(".")
    if first == "optimizer" and dot:
        return option in of_optimizer(values.get("optimizer", recipe.optimizer))
    if first == "model" and dot:
        return takes(values.get("model", recipe.model), option, space[entry].ends[0])
    return entry != "warmup" or values.get("schedule", recipe.schedule) == ONE_CYCLE


def space_of(vary: Mapping[str, Any], recipe: Recipe) -> Space:
    """The search space that was written, held against the recipe, the optimizers and the networks.

    Example:
        >>> space_of({"optimizer.momentum": "0.5..0.99"}, Recipe(optimizer="sgd"))
        {'optimizer.momentum': Span(low=0.5, high=0.99, log=False, whole=False, times=False)}

    Raises:
        ArgumentError: nothing to vary; an unknown entry; a range or value that cannot be meant. UnknownName: no such optimizer
            or network.
    """
    if not vary:
        raise ArgumentError("tune(vary)", "at least one entry to vary", "none", "learning_rate=1e-4..1e-2 is one.")
    if not isinstance(vary, Mapping) or not all(isinstance(entry, str) for entry in vary):
        raise ArgumentError("tune(vary)", "a dict of entries, such as {'learning_rate': '1e-4..1e-2'}", repr(vary))
    recipe.check()
    if recipe.validation_split == 0:
        raise ArgumentError("recipe, validation_split", "a share above 0 to judge the trials by", "0",
                            "The test set is not looked at in a search.")
    space: Space = {}
    for entry, given in vary.items():
        check_entry(entry)
        space[entry] = parsed(entry, given)
    of_each = {word: candidates(space, word, getattr(recipe, word)) for word in ("optimizer", "model")}
    for name in of_each["optimizer"]:
        own_rate(name)
    for name in of_each["model"]:
        if hyphened(str(name)) not in zoo.list_networks():
            raise UnknownName("network", "a known network", repr(name), did_you_mean(hyphened(str(name)), zoo.list_networks()))
    for entry, value in options_of(recipe):
        check_option(entry, value, of_each)
    for entry, of in space.items():
        if "." in entry:
            check_option(entry, of.ends[0], of_each)
        up = entry == "warmup" and ONE_CYCLE in candidates(space, "schedule", recipe.schedule)
        for value in of.ends:
            placed(replace(recipe, schedule=ONE_CYCLE) if up else recipe, entry, value).check()
    return space


def check_entry(entry: str) -> None:
    """Whether an entry may be varied.

    Raises:
        ArgumentError: it may not, or is none.
    """
    known = [field.name for field in fields(Recipe) if field.name not in SAME_FOR_ALL and field.default_factory is not dict]
    first, dot, option = entry.partition(".")
    if entry in SAME_FOR_ALL:
        raise ArgumentError(f"vary {entry}", "an entry in which trials may differ", "one that must be the same for all",
                            "Trials are compared on the same samples.")
    if (dot and first in TABLES and option) or entry in known:
        if first == "augment" and dot and option not in AUGMENTS:
            raise ArgumentError(f"vary {entry}", "a known entry", repr(option), did_you_mean(option, AUGMENTS))
        return
    near = [*known, *(f"augment.{word}" for word in AUGMENTS), "model.width", "model.dropout", "optimizer.momentum"]
    raise ArgumentError(f"vary {entry}", "a known entry", repr(entry), did_you_mean(entry, near))


def candidates(space: Space, entry: str, own: Any) -> tuple[Any, ...]:
    """The values that an entry may take: those varied over, or the recipe's own."""
    of = space.get(entry)
    return (own,) if of is None else of.ends


def options_of(recipe: Recipe) -> Iterable[tuple[str, Any]]:
    """The options that the recipe itself has, as entries."""
    for first in ("optimizer", "model"):
        yield from ((f"{first}.{word}", value) for word, value in getattr(recipe, TABLES[first]).items())


def check_option(entry: str, value: Any, of_each: Mapping[str, tuple[Any, ...]]) -> None:
    """Whether at least one of the optimizers or networks has this option.

    Raises:
        ArgumentError: none has; the message offers the nearest one.
    """
    first, _, option = entry.partition(".")
    if first == "augment":
        return
    own = of_optimizer if first == "optimizer" else of_network
    known = {word for name in of_each[first] for word in own(name)} | set(NAMES if first == "model" else ())
    if option in known or (first == "model" and any(takes(name, option, value) for name in of_each[first])):
        if option not in NOT_OPTIONS[first]:
            return
    who = ", ".join(map(str, of_each[first]))
    raise ArgumentError(f"vary {entry}", f"an option of {who}", repr(option), did_you_mean(option, known) if known else "")
