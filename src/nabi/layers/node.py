"""Symbols and nodes: a graph of layers is written down by calling layers on symbols.

    x = Input((28, 28, 1))              # a Symbol: a shape, no numbers yet
    y = Conv2D(32, 3)(x)                # a Node: this layer, applied to x, gives the Symbol y

    z = 2 * y + 1                       # operators and functions of nabi.ops make nodes, too

A layer called twice has two nodes and one set of weights.
"""

from collections.abc import Callable
from typing import Any

from nabi.core.shapes import Shape
from nabi.core.symbolic import Symbolic


class Symbol(Symbolic):
    """A tensor to come: its shape (with None for the batch axis) and the node that makes it.

    Attributes:
        shape: Keras' shape, such as (None, 28, 28, 1).
        node: the `Node` whose output it is.
        position: which of the node's outputs.
    """

    def __init__(self, shape: Shape, node: "Node", position: int = 0):
        self.shape = shape
        self.node = node
        self.position = position

    @property
    def name(self) -> str:
        """The name of the layer that makes it."""
        return self.node.layer.name

    @property
    def dtype(self) -> str:
        """The kind of its numbers, as Keras names it: "int32" of `Input(dtype="int32")`, "bool" of x > 0, mostly "float32"."""
        made = getattr(self.node.layer, "dtype_made", None)
        return self.node.layer.dtype if made is None else made([one.dtype for one in self.node.inputs])

    def __repr__(self):
        return f"<Symbol {self.shape} of '{self.name}'>"


class Node:
    """One use of a layer: the symbols it reads and the symbols it makes.

    `training` is the mode that it always runs in, None for that of the model around it. `form` is how the symbols stood among the
    arguments of a `call` of the user's, with a `Place` for each: ((Place(0),), {"state": Place(1)}); None for one symbol alone.
    """

    def __init__(self, layer, inputs: tuple[Symbol, ...], shapes: list[Shape], training: bool | None = None):
        self.layer = layer
        self.inputs = inputs
        self.training = training
        self.form: tuple[tuple, dict] | None = None
        self.outputs = tuple(Symbol(shape, self, i) for i, shape in enumerate(shapes))


class Place:
    """Where a tensor stood among arguments.

    Args:
        number: which one.
    """

    def __init__(self, number: int):
        self.number = number


def form_of(args: tuple, options: dict, inputs: tuple[Symbol, ...]) -> tuple[tuple, dict] | None:
    """The form of a call that read these symbols; None for one symbol alone, and for symbols that are not among them."""
    numbers = {id(symbol): number for number, symbol in enumerate(inputs)}
    given = {name: value for name, value in options.items() if value is not None}
    alone = len(args) == 1 and isinstance(args[0], Symbol) and given.keys() <= {"training"}
    if alone or any(isinstance(leaf, Symbol) and id(leaf) not in numbers for leaf in flatten([args, given])):
        return None
    return exchanged((args, given), lambda leaf: Place(numbers[id(leaf)]) if isinstance(leaf, Symbol) else leaf)


def filled(form: Any, tensors: list) -> Any:
    """A form with tensors in their places."""
    return exchanged(form, lambda leaf: tensors[leaf.number] if isinstance(leaf, Place) else leaf)


def exchanged(structure: Any, function: Callable[[Any], Any]) -> Any:
    """A structure of lists, tuples and dicts with `function(leaf)` for each leaf."""
    if isinstance(structure, dict):
        return {name: exchanged(value, function) for name, value in structure.items()}
    if isinstance(structure, (list, tuple)):
        return type(structure)([exchanged(value, function) for value in structure])
    return function(structure)


def flatten(structure) -> list:
    """Leaves of a value, list, tuple or dict, in order."""
    if isinstance(structure, dict):
        return [leaf for value in structure.values() for leaf in flatten(value)]
    if isinstance(structure, (list, tuple)):
        return [leaf for value in structure for leaf in flatten(value)]
    return [structure]
