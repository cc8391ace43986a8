"""Direct: models of the user's own whose `call` takes more than Keras hands on: it is called as it stands.

    class Decoder(tf.keras.Model):
        def call(self, x, hidden, encoded): ...

    scores, state = decoder(x, hidden, encoded)

The layers inside are built when they are reached, go by the mode that was given, and are followed by tapes; on symbols they make
their own nodes.
"""

import inspect
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, wraps
from typing import Any

from nabi.as_keras.patches import Patches
from nabi.layers.inside import RUNNING, entered, holding
from nabi.layers.node import Symbol, flatten
from nabi.models import Model


def dress_direct(patches: Patches) -> None:
    """Puts it on models."""
    patches.around(Model, "__call__", with_more)


def with_more(method: Callable) -> Callable:
    """`Model.__call__`, which hands on whatever a `call` of the user's takes."""

    @wraps(method)
    def call(self, *args, **options):
        if not self.written or not asks_for_more(type(self), args, options):
            return method(self, *args, **options)
        begin(self, args[0] if args else next(iter(options.values())))
        symbols = any(isinstance(leaf, Symbol) for leaf in flatten([args, options]))
        training = bool(told(type(self), args, options))
        outer = RUNNING.get()
        key = self.own_key() if outer is None or outer.key is None else outer.key
        with nullcontext() if symbols else holding(RUNNING, entered(training, key)):
            return type(self).call(self, *args, **options)

    return call


def asks_for_more(kind: type, args: tuple, options: dict[str, Any]) -> bool:
    """Whether these arguments are more than inputs and the mode, or named as the class names them."""
    names = places(kind)
    if not names or kind.call.__module__.startswith("nabi."):
        return False
    by_word = set(options) - {"training", "inputs"}
    return bool(by_word & set(names)) or len(args) > 2 or len(args) == 2 and len(names) > 1 and names[1] != "training"


@cache
def places(kind: type) -> tuple[str, ...]:
    """The names of the arguments of its `call`, in order, without self."""
    return tuple(inspect.signature(kind.call).parameters)[1:]


def told(kind: type, args: tuple, options: dict[str, Any]) -> Any:
    """The mode among the arguments, None where there is none."""
    if "training" in options:
        return options["training"]
    at = places(kind).index("training") if "training" in places(kind) else len(args)
    outer = RUNNING.get()
    return args[at] if at < len(args) else outer.training if outer is not None else None


def begin(model: Any, inputs: Any) -> None:
    """Runs its own `build`, once; what is built otherwise is built when `call` reaches it."""
    if not model.own_built:
        model.own_built = True
        build = getattr(type(model).build, "__wrapped__", None)
        if build is not None and not build.__module__.startswith("nabi."):
            shapes = [tuple(getattr(leaf, "shape", ())) for leaf in flatten(inputs)]
            build(model, shapes[0] if len(shapes) == 1 else shapes)
    model.built = True
