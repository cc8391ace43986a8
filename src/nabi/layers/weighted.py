"""Weighted: what has weights: making them, finding them by attribute, reading and writing them in Keras' shapes.

    self.kernel = self.add_weight((n, units))      makes a weight; it is called by the attribute's name
    self.kernel                                    its tensor, for the layer's formula
    layer.weights, layer.get_weights()             the weights themselves; copies of their values
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from nabi import constraints, initializers, regularizers
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.pieces import Piece
from nabi.layers.inside import opened
from nabi.layers.weight import Weight, dtype_of, first_value

RUNNING = "weight#"  # begins the names of weights that were not assigned to an attribute yet
SWITCHES = {"bias": "use_bias", "beta": "center", "gamma": "scale"}  # weights that are None where a switch is off, as in Keras


class Weighted(Piece):
    """Base of layers: a configuration and weights.

    Attributes:
        dtype: dtype in which weights are made, "float32" or "float64".
        trainable: whether training may change them.
        built: whether they have been made.
    """

    dtype: Any
    trainable: Any
    built: Any
    label: Any
    inside: Any
    _weights: dict[str, Weight]

    def add_weight(self, shape: tuple = (), initializer: Any = "glorot_uniform", *, trainable: bool = True,
                   regularizer: Any = None, constraint: Any = None, memory: tuple[int, ...] | None = None,
                   name: str | None = None) -> Any:
        """A new weight; assign it: `self.kernel = self.add_weight((n, units))`. Reading `self.kernel` gives its tensor.

        It belongs to the layer at once; without a name it is called weight#1, weight#2, ... until it is assigned.

        Raises:
            ShapeError: the constraint gives another shape.
        """
        draw: Any = initializers.get("glorot_uniform" if initializer is None else initializer)
        value, own = first_value(self, draw, tuple(shape), dtype_of(self.dtype), memory)
        limit = constraints.get(constraint)
        limited = value.shape if limit is None else limit(value).shape
        if limited != value.shape:
            raise ShapeError(f"{self.label}, {limit!r}", f"a weight of shape {tuple(value.shape)} again", tuple(limited))
        name = name or f"{RUNNING}{len(self._weights) + 1}"
        weight = Weight(name, value, trainable, regularizers.get(regularizer), memory, limit, own)
        weight.owner = self
        self._weights[weight.name] = weight
        return weight

    def __setattr__(self, name, value):
        if not isinstance(value, Weight):
            object.__setattr__(self, name, value)
            return
        self.__dict__.pop(name, None)  # self.w = None in the constructor would hide the weight
        before = {key: weight for key, weight in self._weights.items() if key != name or weight is value}
        if value.name.startswith(RUNNING):
            value.name = name
        self._weights.clear()  # the weights stay in the order in which they were added
        self._weights.update((name if weight is value else key, weight) for key, weight in before.items())
        self._weights[name] = value

    def __getattr__(self, name: str) -> Any:
        weights = self.__dict__.get("_weights", {})
        if name in weights:
            return weights[name].tensor
        if self.__dict__.get(SWITCHES.get(name, ""), True) is False:
            return None
        if isinstance(found := getattr(type(self), name, None), property) and found.fget is not None:
            return found.fget(self)  # Python asks here once more after a property's AttributeError, which says why
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")

    @property
    def own_weights(self) -> list[Weight]:
        """The weights of the layer itself, in the order they were added."""
        return list(self._weights.values())

    @property
    def weights(self) -> list[Weight]:
        """All weights: its own, then those of the layers inside it, each once."""
        within = [w for layer in self.inside for w in layer.weights]
        return list({id(w): w for w in (*self._weights.values(), *within)}.values()) if within else self.own_weights

    @property
    def trainable_weights(self) -> list[Weight]:
        """Weights that training would change now."""
        if not self.trainable:
            return []
        within = [w for layer in self.inside for w in layer.trainable_weights]
        return list({id(w): w for w in (*(w for w in self._weights.values() if w.trainable), *within)}.values())

    @property
    def non_trainable_weights(self) -> list[Weight]:
        """Weights that training would leave: frozen ones and counted ones."""
        learned = set(map(id, self.trainable_weights))
        return [w for w in self.weights if id(w) not in learned]

    @property
    def variables(self) -> list[Weight]:
        """Keras' other name for `weights`."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Weight]:
        """Keras' other name for `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Weight]:
        """Keras' other name for `non_trainable_weights`."""
        return self.non_trainable_weights

    @property
    def losses(self) -> list:
        """What is added to the loss, one scalar tensor each: penalties on weights that learn, and those of the last call by hand.

        Within `fit`, what `add_loss` and activity regularizers add belongs to the batch, and is not listed here.

        Example:
            >>> import nabi
            >>> layer = nabi.layers.Dense(1, kernel_initializer="ones", kernel_regularizer=nabi.regularizers.L2(0.5))
            >>> layer.build((None, 3))
            >>> [float(penalty) for penalty in layer.losses]
            [1.5]
        """
        added = [loss for layer in opened(self) for loss in layer.added[1].penalties]
        return added + [w.regularizer(w.tensor) for w in self.trainable_weights if w.regularizer is not None]

    def get_weights(self) -> list[np.ndarray]:
        """Copies of all weights in Keras' shapes."""
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights) -> None:
        """Overwrites all weights; all shapes are checked before the first is written."""
        if isinstance(weights, str) or not isinstance(weights, Iterable):
            raise ArgumentError(f"{self.label}.set_weights", "a list of arrays", repr(weights), "get_weights() gives one.")
        values = list(weights)
        if len(values) != len(self.weights):
            raise ShapeError(f"{self.label}.set_weights", f"{len(self.weights)} arrays", len(values),
                             "Build the layer first." if not self.built else "")
        for weight, value in zip(self.weights, values, strict=True):
            if tuple(np.shape(value)) != weight.shape:
                raise ShapeError(f"{self.label}: weight '{weight.name}'", f"shape {weight.shape}", np.shape(value))
        for weight, value in zip(self.weights, values, strict=True):
            weight.assign(value)

    def count_params(self) -> int:
        """Number of elements in all weights."""
        return sum({id(w): w.size for w in self.weights}.values())
