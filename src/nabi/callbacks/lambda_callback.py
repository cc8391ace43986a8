"""LambdaCallback: a callback from plain functions.

Source: keras.callbacks.LambdaCallback (Keras 3.15). Keras differs: it stores any keyword, so a misspelt hook is never called.
"""

from collections.abc import Callable
from typing import Any

from nabi.callbacks.callback import HOOKS, Callback
from nabi.core.errors import ArgumentError, UnknownName, did_you_mean
from nabi.core.registry import register


@register("callback")
class LambdaCallback(Callback):
    """Calls the given functions at the hooks of the same name.

    Args:
        on_epoch_begin, on_epoch_end: `function(epoch, logs)`.
        on_train_begin, on_train_end: `function(logs)`.
        on_train_batch_begin, on_train_batch_end: `function(batch, logs)`.
        hooks: any other hook of `Callback`, by its name.

    Example:
        >>> printer = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
        >>> printer.on_epoch_end(2, {"loss": 0.5})
        2 0.5

    Raises:
        UnknownName: no such hook. ArgumentError: not a function.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **hooks: Callable[..., Any],
    ):
        named = {
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin, "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin, "on_train_batch_end": on_train_batch_end,
        }  # fmt: skip
        for name, function in (named | hooks).items():
            if name not in HOOKS:
                raise UnknownName("LambdaCallback", "a hook of Callback", repr(name), did_you_mean(name, HOOKS))
            if function is None:
                continue
            if not callable(function):
                raise ArgumentError(f"LambdaCallback({name})", "a function", repr(function))
            setattr(self, name, function)
