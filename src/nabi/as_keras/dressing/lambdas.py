"""Lambdas: functions that read symbols beside their input, as Keras 1 and 2 allowed.

    Lambda(multiply, arguments={"B": turned})(points)        `turned` is what another layer makes
    Lambda(lambda x: x * weights)(points)                    `weights` is a symbol around the function

The function is called on the symbols themselves, so that the graph knows all that it reads; a layer of its name ends it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.dressing.symbolic_losses import reads_symbols
from nabi.as_keras.patches import Patches
from nabi.layers import Activation, Lambda
from nabi.layers.node import Symbol, flatten


def dress_readers(patches: Patches) -> None:
    """Puts this on Lambda."""
    patches.around(Lambda, "__call__", on_symbols)


def on_symbols(usual: Callable) -> Callable:
    """`Lambda.__call__`, which calls a function that reads symbols on symbols."""

    @wraps(usual)
    def call(self, inputs, *args, **options):
        given = any(isinstance(one, Symbol) for one in flatten(inputs))
        if not given or not (any(isinstance(one, Symbol) for one in self.arguments.values()) or reads_symbols(self.function)):
            return usual(self, inputs, *args, **options)
        made: Any = self.function(inputs, **self.arguments)
        if not isinstance(made, Symbol):
            return usual(self, inputs, *args, **options)
        if "shown" not in self.__dict__:
            object.__setattr__(self, "shown", Activation("linear", name=self.name))
        return self.shown(made)

    return call
