"""Merging: Keras 1's `merge(inputs, mode=...)` and `Merge([...], mode=...)`.

    merge([a, b], mode="concat", concat_axis=1)     Concatenate(axis=1)([a, b])
    Merge([left, right], mode="sum")                 the first layer of a Sequential: two models side by side
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.layers import Add, Average, Concatenate, Dot, Lambda, Maximum, Minimum, Multiply, Subtract
from nabi.models import Model

MODES = {"sum": Add, "add": Add, "mul": Multiply, "multiply": Multiply, "ave": Average, "average": Average, "max": Maximum,
         "min": Minimum, "sub": Subtract}


def joining(mode: Any, concat_axis: int, dot_axes: Any, output_shape: Any, name: str | None) -> Any:
    """The layer that joins in this way.

    Raises ArgumentError for a mode that there is not.
    """
    if callable(mode):
        return Lambda(mode, output_shape=None if callable(output_shape) else output_shape, name=name, takes_list=True)
    if mode == "concat":
        return Concatenate(axis=concat_axis, name=name)
    if mode in ("dot", "cos"):
        if isinstance(dot_axes, (list, tuple)):  # Keras 1 wrote [(2,), (2,)]
            dot_axes = tuple(int(axis[0] if isinstance(axis, (list, tuple)) else axis) for axis in dot_axes)
        return Dot(axes=1 if dot_axes in (-1, None) else dot_axes, normalize=mode == "cos", name=name)
    if mode not in MODES:
        raise ArgumentError("merge(mode)", "a known mode", repr(mode), did_you_mean(str(mode), [*MODES, "concat", "dot", "cos"]))
    return MODES[mode](name=name)


def merge(inputs: list, mode: Any = "sum", concat_axis: int = -1, dot_axes: Any = -1, output_shape: Any = None,
          output_mask: Any = None, arguments: dict | None = None, name: str | None = None) -> Any:
    """Joins symbols, as Keras 1 did.

    Args:
        inputs: symbols.
        mode: "sum", "mul", "concat", "ave", "dot", "cos", "max", or a function of the list.
        concat_axis, dot_axes: axes of "concat" and "dot".
    """
    return joining(mode, concat_axis, dot_axes, output_shape, name)(inputs)


class Merge:
    """Keras 1's layer that joins models: the first of a Sequential, which then has their inputs.

    Args:
        layers: models or layers that have been called.
        mode, concat_axis, dot_axes: as of `merge`.
    """

    def __init__(self, layers: list | None = None, mode: Any = "sum", concat_axis: int = -1, dot_axes: Any = -1,
                 output_shape: Any = None, name: str | None = None, **more: Any):
        self.layers = list(layers or [])
        self.join = joining(mode, concat_axis, dot_axes, output_shape, name)

    def __call__(self, inputs: list) -> Any:
        """Joins symbols."""
        return self.join(inputs)

    def joined(self) -> tuple[list, Any]:
        """The inputs of the models, those of a branch that is used twice once, and the symbol that joins their outputs."""
        inputs = {id(symbol): symbol for model in self.layers for symbol in model.inputs}
        return list(inputs.values()), self.join([model.output for model in self.layers])


class Branched(Model):
    """A Sequential that began with a Merge: the branches' inputs are its own, and what is added follows the joint."""

    def begin_with(self, joint: Merge) -> None:
        """Takes the branches and their joint."""
        inputs, now = joint.joined()
        object.__setattr__(self, "ends", (inputs, now))
        Model.__init__(self, inputs, now, name=self.name)

    def add(self, layer: Any) -> None:
        """Appends a layer."""
        inputs, now = self.ends
        object.__setattr__(self, "ends", (inputs, layer(now)))
        Model.__init__(self, *self.ends, name=self.name)


def with_merge(method: Callable) -> Callable:
    """`Sequential.add`, taking a Merge first."""

    @wraps(method)
    def add(self, layer):
        if not isinstance(layer, Merge):
            method(self, layer)
            return
        self.__class__ = Branched
        self.begin_with(layer)

    return add
