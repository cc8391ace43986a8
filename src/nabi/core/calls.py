"""Calls: arguments that a function does not have, or lacks, as one error that names the nearest right one.

    fit(epoch=3)              fit(epoch=...): expected a known argument, got 'epoch'. Did you mean 'epochs'? ...
    Conv2D(8, kernel=3)       Conv2D(kernel=...): expected a known argument, got 'kernel'. Did you mean 'kernel_size'? ...
    Dense()                   Dense(units): expected a value, got none. Write Dense(units, ...).
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar

from nabi.core.errors import ArgumentError, did_you_mean

F = TypeVar("F", bound=Callable[..., Any])
NOTHING: Mapping[str, str] = {}


def unknown_argument(where: str, word: str, known: Iterable[str], instead: Mapping[str, str] = NOTHING) -> ArgumentError:
    """The error for an argument that `where` does not have; `instead`: what to do, for words of others that have no like here."""
    if word in instead:
        return ArgumentError(f"{where}({word}=...)", "a known argument", repr(word), instead[word])
    return ArgumentError(f"{where}({word}=...)", "a known argument", repr(word), did_you_mean(word, known))


def misfit(where: str, function: Callable, args: tuple, options: dict[str, Any],
           known: Iterable[str] = (), instead: Mapping[str, str] = NOTHING) -> ArgumentError | None:
    """What is wrong with a call, None if its arguments fit.

    Args:
        where: the name to show, such as "Conv2D" or "fit".
        function: the function or method; the `args` of a method begin with its object.
        known: further names it takes, behind its **options.
        instead: see `unknown_argument`.
    """
    try:
        signature(function).bind(*args, **options)
        return None
    except TypeError:
        parameters = list(signature(function).parameters.values())
    if parameters[0].name == "self":
        parameters, args = parameters[1:], args[1:]
    named = [p for p in parameters if p.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)]
    names = list(dict.fromkeys([*(p.name for p in named), *known]))
    unknown = [word for word in options if word not in names]
    if unknown and (known or not any(p.kind == Parameter.VAR_KEYWORD for p in parameters)):
        return unknown_argument(where, unknown[0], names, instead)
    placed, given = [p for p in named if p.kind == Parameter.POSITIONAL_OR_KEYWORD], len(args)
    if given > len(placed):
        return ArgumentError(f"{where}(...)", f"at most {len(placed)} arguments without a name", given,
                             f"In order they are: {', '.join(p.name for p in placed)}.")
    twice = [p.name for p in placed[:given] if p.name in options]
    if twice:
        return ArgumentError(f"{where}({twice[0]})", "one value", f"a second one, {twice[0]}={options[twice[0]]!r}")
    needed = [p.name for p in named if p.default is Parameter.empty]
    missing = [name for name in needed if name not in options and name not in [p.name for p in placed[:given]]]
    return ArgumentError(f"{where}({missing[0]})", "a value", "none", f"Write {where}({', '.join(needed)}, ...).")


def checked(function: F) -> F:
    """Decorator: a call that the arguments do not fit is an ArgumentError; nothing is looked at when they do.

    Example:
        >>> @checked
        ... def fit(x, epochs=1):
        ...     return epochs
        >>> fit([1], epoch=3)
        Traceback (most recent call last):
        nabi.core.errors.ArgumentError: fit(epoch=...): expected a known argument, got 'epoch'. Did you mean 'epochs'? \
Known: epochs, x.
    """

    @wraps(function)
    def call(*args, **options):
        try:
            return function(*args, **options)
        except TypeError:
            where, known, instead = function.__name__, (), NOTHING
            if where == "__init__":
                made = type(args[0])
                where, known, instead = made.__name__, made.argument_names(), getattr(made, "instead", NOTHING)
            error = misfit(where, function, args, options, known, instead)
            if error is None:
                raise
        raise error

    return call  # type: ignore[return-value]
