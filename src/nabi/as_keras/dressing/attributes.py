"""Attributes: names that a model has in nabi and that Keras lets a class of one's own set before it is compiled.

    class Agent(keras.Model):
        def __init__(self):
            super().__init__()
            self.loss = keras.losses.MeanAbsoluteError()
            self.optimizer = keras.optimizers.Adam(1e-3)

`compile` overrules them.
"""

from typing import Any

from nabi.as_keras.patches import Patches
from nabi.models import Model

NAMES = ("loss", "optimizer")


def dress_attributes(patches: Patches) -> None:
    """Lets models set them."""
    for name in NAMES:
        patches.put(Model, name, settable(name, getattr(Model, name)))


def settable(name: str, plain: Any) -> property:
    """The property, which remembers what a class sets until there is something compiled."""
    place = f"_own_{name}"

    def read(self: Any) -> Any:
        found = plain.fget(self)
        return self.__dict__.get(place) if found is None else found

    def write(self: Any, value: Any) -> None:
        if self.trainer is not None and plain.fset is not None:
            plain.fset(self, value)
        else:
            self.__dict__[place] = value

    return property(read, write, doc=plain.__doc__)
