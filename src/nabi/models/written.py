"""Written: models that are written as a class with `call`: what they hold, and how they are built when the first shapes come.

    class Net(nabi.Model):
        def __init__(self, classes):
            super().__init__()
            self.classes = classes
            self.conv = nabi.layers.Conv2D(16, 3, activation="relu")      attributes (also in lists and dicts) are its layers
            self.head = nabi.layers.Dense(classes, activation="softmax")

        def call(self, x):
            return self.head(nabi.ops.mean(self.conv(x), axis=(1, 2)))

    net = Net(10);  net.compile("adam", "sparse_categorical_crossentropy");  net.fit(x, y)

The first shapes build it: by fit, predict, a call, or `build((None, 28, 28, 1))`. What becomes of `call`: `nabi.models.trial`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from itertools import count
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, StateError
from nabi.core.pieces import Piece
from nabi.layers.input import Input
from nabi.layers.inside import RUNNING
from nabi.layers.layer import Layer
from nabi.layers.node import flatten
from nabi.layers.tracing import TRACE, leave_graph
from nabi.models.trial import graph_of

KEPT = frozenset({  # attributes that nabi sets on models; all others are the user's
    "_inside", "_tried", "_weights", "_trainable", "added", "built", "built_shape", "calls", "card", "counters", "dtype", "form",
    "given", "graph", "history", "inference", "input_dim", "input_names", "input_shape", "batch_input_shape", "measures",
    "metric_directions", "name", "nest", "nodes", "opaque", "own_built", "output_names", "output_structure", "own_seed", "random",
    "rate_factor", "stop_training", "trainable", "trainer", "written"})  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What a model takes: one tensor, a list of them, or a dict by name; and their shapes, batch axis first."""

    shapes: tuple[tuple, ...]
    names: tuple[str, ...] | None = None
    one: bool = False

    @classmethod
    def of(cls, parts: Any, shape_of: Callable[[Any], tuple]) -> "Given":
        """Of a list or dict of parts, whose shapes a function tells."""
        if isinstance(parts, dict):
            return cls(tuple(shape_of(part) for part in parts.values()), tuple(parts))
        return cls(tuple(shape_of(part) for part in parts))

    @classmethod
    def of_shape(cls, shape: Any) -> "Given":
        """Of what `build` is told: a shape, a list of shapes, or a dict of them by name."""
        if isinstance(shape, dict) or not all(n is None or isinstance(n, (int, np.integer)) for n in shape):
            return cls.of(shape, tuple)
        return cls((tuple(shape),), one=True)

    @classmethod
    def of_symbols(cls, inputs: Any) -> "Given":
        """Of what a model is called on in a graph."""
        several = isinstance(inputs, (list, tuple, dict))
        return cls.of(inputs, lambda symbol: symbol.shape) if several else cls((inputs.shape,), one=True)

    @classmethod
    def of_data(cls, x: Any) -> "Given":
        """Of an array, a list of arrays, or a dict of them; any number of samples. Weights may be None in a list or dict."""
        def shape(array: Any) -> tuple:
            return None, *np.shape(array)[1:]

        listed = isinstance(x, (list, tuple)) and len(x) > 0 and all(a is None or hasattr(a, "ndim") for a in x)
        several = isinstance(x, dict) or listed
        return cls.of(x, shape) if several else cls((shape(x),), one=True)

    def arranged(self, values: list) -> Any:
        """Values in the form in which they are given."""
        if self.one:
            return values[0]
        return list(values) if self.names is None else dict(zip(self.names, values, strict=True))

    def state(self) -> dict[str, Any]:
        """Plain data for a file."""
        return {"shapes": [list(shape) for shape in self.shapes], "names": self.names and list(self.names), "one": self.one}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> "Given":
        """What `state` gave."""
        names = state["names"]
        return cls(tuple(map(tuple, state["shapes"])), None if names is None else tuple(names), bool(state["one"]))


class Written:
    """The side of `Model` that serves classes with a `call` of their own.

    Attributes:
        written: whether it is one.
        given: what it takes, once it is known.
        form: names of its outputs where `call` gives a dict, () for a list, None for one tensor.
        nest: where in lists and dicts of lists and dicts its outputs go, by number; None where they are not nested.
        opaque: why its `call` is one op and not a graph; None where it is a graph.
        own_built: whether a `build` of its own has run.
    """

    label: str
    graph: Any
    trainer: Any
    call: Any
    build: Any
    told_the_mode: bool
    input_names: Any = ()
    output_names: Any = ()
    output_structure: Any = None
    written = False
    own_built = False
    given: Given | None = None
    form: tuple[str, ...] | None = None
    nest: Any = None
    opaque: str | None = None

    @property
    def tracked(self) -> list[Layer]:
        """The layers in its attributes, also in lists and dicts, each once, in the order in which they were set."""
        found: dict[int, Layer] = {}

        def enter(value: Any) -> None:
            if isinstance(value, Layer):
                found.setdefault(id(value), value)
            elif isinstance(value, (list, tuple)):
                for part in value:
                    enter(part)
            elif isinstance(value, dict):
                enter(list(value.values()))

        for name, value in list(vars(self).items()):
            if name not in KEPT:
                enter(value)
        return list(found.values())

    def own_outputs(self, inputs: list, training: bool) -> list:
        """The outputs of its `call` as a list.

        Raises:
            ArgumentError: they are neither a tensor nor a list or dict of tensors, or of such lists and dicts.
        """
        assert self.given is not None
        made = self.call(self.given.arranged(inputs), **({"training": training} if self.told_the_mode else {}))
        parts = flatten(made)
        if not parts or any(part is None for part in parts):
            raise ArgumentError(f"{self.label}.call", "a tensor, or a list or dict of tensors", type(made).__name__)
        outer = list(made.values()) if isinstance(made, dict) else made if isinstance(made, (list, tuple)) else parts
        self.nest = places(made, count()) if any(map(grouped, outer)) else None
        self.form = None if not grouped(made) else tuple(made) if isinstance(made, dict) and self.nest is None else ()
        return parts

    def begin(self, given: Given) -> None:
        """Builds it for what it takes: by its own `build`, if it has one, and by a trial of `call`.

        Raises:
            StateError: it has no `call`. Whatever `call` raises.
        """
        if not self.has_call:
            raise StateError(self.label, "a model with call(self, x)", "one without",
                             "Write it; a model that only trains others needs none, but is never called itself.")
        self.given = given
        if self.own_built:
            self.find_graph()
        else:
            self.build(given.arranged(list(given.shapes)))

    def begin_on(self, x: Any) -> None:
        """Builds it for data, unless it is built or has no `call`: an array, a list of arrays, or a dict of them by name."""
        if self.graph is None and self.has_call:
            self.begin(Given.of_data(x))

    def find_graph(self) -> None:
        """Tries `call` out on inputs of the known form."""
        model, given = self, self.given
        assert given is not None
        symbols = [Input(shape[1:], name=name) for shape, name in zip(given.shapes, given.names or [None] * len(given.shapes),
                                                                      strict=True)]
        self.graph = graph_of(model, symbols)
        self.input_names = list(given.names or [symbol.name for symbol in symbols])
        count = len(self.graph.outputs)
        self.output_names = ["output"] if self.form is None else list(self.form) or [f"output_{n + 1}" for n in range(count)]
        self.output_structure = self.output_names if self.form else None
        self.built, self.built_shape = True, list(given.shapes)

    @property
    def has_call(self) -> bool:
        """Whether a class of the user's wrote `call`."""
        return not type(self).call.__module__.startswith("nabi.")

    def __init_subclass__(cls, **options):
        """A `build` of the user's own runs once, and what is left of building comes after it."""
        super().__init_subclass__(**options)
        build = vars(cls).get("build")
        if build is None or cls.__module__.startswith("nabi."):
            return

        @wraps(build)
        def once(self, input_shape=None):
            if not self.written or type(self).build is not once:  # of a Sequential, or called by super().build
                return build(self, input_shape)
            if not self.own_built:
                build(self, input_shape)
                self.own_built = True
            if self.graph is None and self.has_call and input_shape is not None:
                self.given = self.given or Given.of_shape(input_shape)
                self.find_graph()

        cls.build = once

    def set_own(self, name: str, value: Any) -> None:
        """Looks at an attribute that the user sets: a `call` that was tried out without it may now do something else.

        Raises:
            ArgumentError: the name is one of nabi's properties. NoGraph: during a trial of `call`.
        """
        known = getattr(type(self), name, None)
        if isinstance(known, property) and known.fset is None:
            raise ArgumentError(f"{type(self).__name__}.{name}", "an attribute of your own", f"'{name}', which every model has",
                                f"Give it another name: self.own_{name}.")
        trace = TRACE.get()
        if trace is not None and trace.model is self:
            leave_graph(f"self.{name} = ...")
        if self.graph is None or RUNNING.get() is not None:
            return
        if holds(value) or holds(self.__dict__.get(name)):
            self.forget()
            self.trainer = None  # as after `add` of a Sequential: other weights, another optimizer
        elif self.opaque is None and not isinstance(value, Piece) and self.__dict__.get(name) is not value:
            self.opaque = f"self.{name} was set, on which call may depend"
            self.forget()

    def forget(self) -> None:
        """The graph is found anew when it is next asked for."""
        self.graph, self.inference = None, None
        if self.trainer is not None:
            self.trainer.unbind()


def grouped(made: Any) -> bool:
    """Whether it is a list or dict of others."""
    return isinstance(made, (list, tuple, dict))


def places(made: Any, numbers: Iterator[int]) -> Any:
    """The same lists and dicts with numbers in the place of the leaves.

    Example:
        >>> from itertools import count
        >>> places({"a": ["x", "y"], "b": "z"}, count())
        {'a': [0, 1], 'b': 2}
    """
    if isinstance(made, dict):
        return {name: places(part, numbers) for name, part in made.items()}
    return [places(part, numbers) for part in made] if isinstance(made, (list, tuple)) else next(numbers)


def arranged(nest: Any, leaves: list) -> Any:
    """The leaves where `places` found them."""
    if isinstance(nest, dict):
        return {name: arranged(part, leaves) for name, part in nest.items()}
    return [arranged(part, leaves) for part in nest] if isinstance(nest, list) else leaves[nest]


def holds(value: Any) -> bool:
    """Whether there is a layer in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    return any(map(holds, value)) if isinstance(value, (list, tuple)) else isinstance(value, Layer)
