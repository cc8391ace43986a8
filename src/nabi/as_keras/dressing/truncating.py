"""Truncating: a model whose last layers are taken off by hand, or that is called on pictures of another size.

    model.layers.pop()
    model.outputs = [model.layers[-1].output]
    model.layers[-1].outbound_nodes = []
    model.add(Dense(2))                              a Sequential goes on from there
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nabi.as_keras.notes import note
from nabi.as_keras.patches import Patches
from nabi.core.errors import ShapeError
from nabi.layers.node import Symbol
from nabi.models import Model, Sequential
from nabi.models.graph import Graph
from nabi.models.views import numbered


class Layers(list):
    """The layers of a chain: what is popped or deleted at the end is taken off the chain.

    Args:
        model: the chain.
    """

    def __init__(self, model: Sequential):
        super().__init__(model.chain)
        self.model = model

    def pop(self, index: Any = -1) -> Any:
        if self and index in (-1, len(self) - 1) and self.model.chain and self.model.chain[-1] is self[-1]:
            self.model.pop()
        return super().pop(index)

    def __delitem__(self, index: Any) -> None:
        gone = self[index] if isinstance(index, slice) else [self[index]]
        super().__delitem__(index)
        if gone and gone[-1] is (self.model.chain or [None])[-1]:
            for _ in gone:
                self.model.pop()


def dress_ends(patches: Patches) -> None:
    """Puts these on nabi's models."""
    patches.put(Model, "outputs", property(vars(Model)["outputs"].fget, set_outputs, doc="Output symbols."))
    patches.put(Sequential, "layers", property(Layers, doc="The layers in order, without the input."))
    patches.around(Model, "check_shapes", of_other_sizes)


def of_other_sizes(method: Callable) -> Callable:
    """The check of a model's inputs, which lets pass other sizes than it was built for where every layer takes them."""

    @wraps(method)
    def check_shapes(self, shapes):
        try:
            method(self, shapes)
        except ShapeError:
            wanted = [symbol.shape for symbol in self.inputs] if self.graph is not None else []
            if self.written or len(wanted) != len(shapes) or not self.takes(wanted, shapes):
                raise
            note("sizes", f"model '{self.name}' is called on {shapes[0][1:]}, not {wanted[0][1:]}: its layers take that, too.")

    return check_shapes


def set_outputs(self: Model, outputs: Any) -> None:
    """Ends the model at these symbols; it must be compiled again."""
    ends: list[Symbol] = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    if isinstance(self, Sequential):
        while self.chain and len(ends) == 1 and self.symbols[-1] is not ends[0]:
            self.pop()
        return
    self.trainer, self.inference = None, None
    self.graph = Graph(self.inputs, ends, self.name)
    self.output_names = numbered([symbol.name for symbol in ends])
    self.output_structure = None
