"""Old words: functions and constructors that take arguments in the order, and by the names, of earlier years.

    confusion_matrix(y, p, [0, 1])          labels by place
    OneHotEncoder(sparse=False)             sparse_output=False
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.notes import note


def in_order(function: Callable) -> Callable:
    """A function whose arguments are named by word today, which takes them in their order, too."""
    parameters = inspect.signature(function).parameters
    places = [name for name, one in parameters.items() if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    few = sum(one.kind in (one.POSITIONAL_OR_KEYWORD, one.POSITIONAL_ONLY) for one in parameters.values())

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if few < len(args) <= len(places):
            name, words = function.__qualname__, ", ".join(places[few : len(args)])
            note(f"order {name}", f"{name}: {words} by word today.")
            options |= dict(zip(places[few:], args[few:], strict=False))
            args = args[:few]
        return function(*args, **options)

    return call


def renamed(words: dict[str, str | None]) -> Callable[[Callable], Callable]:
    """Makes a function or constructor take arguments by their old names; None: it is gone, and left out.

    Example:
        >>> renamed({"normed": "density"})(lambda x, density=False: density)([1], normed=True)
        True
    """

    def make(function: Callable) -> Callable:
        @wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            old = [word for word in options if word in words]
            for word in old:
                value, now = options.pop(word), words[word]
                if now is None:
                    note(f"gone {function.__qualname__} {word}", f"{function.__qualname__}: {word} is gone, and left out.")
                else:
                    options[now] = value
            return function(*args, **options)

        return call

    return make
