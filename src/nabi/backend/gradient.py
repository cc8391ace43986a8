"""Gradient: `K.gradients(loss, variables)`: d loss / d variable as symbols, computed by autograd whenever the graph runs.

    loss = K.mean(model.get_layer("block3_conv1").output[..., 5])
    grads = K.gradients(loss, model.input)[0]
    step = K.function([model.input], [loss, grads])

The node computes the loss once more from the graph's inputs, this time watched, and asks autograd. It stands among other nodes:
the gradient can be normalised, squared, be part of a loss, and be differentiated again.
"""

from typing import Any

import torch

from nabi.core.errors import StateError
from nabi.core.random import Key
from nabi.layers.held import Held
from nabi.layers.layer import Layer
from nabi.layers.node import Symbol, flatten
from nabi.layers.weight import Weight
from nabi.models.graph import Call, Graph
from nabi.models.passes import mode_of, through


def behind(symbol: Symbol) -> dict[int, Symbol]:
    """By id the symbols that a symbol is made of, itself among them, the inputs of the graph last."""
    found: dict[int, Symbol] = {}
    todo = [symbol]
    while todo:
        one = todo.pop()
        if id(one) not in found:
            found[id(one)] = one
            todo += one.node.inputs
    return found


class GradientOf(Layer):
    """The gradients of a symbol's sum by other symbols and by variables.

    Args:
        loss: the symbol.
        sources: symbols that it is made of, or weights.
        entries: the inputs of its graph.
    """

    takes_list = True
    takes_integers = True

    def __init__(self, loss: Symbol, sources: list, entries: list[Symbol], **base: Any):
        super().__init__(**base)
        symbols = [one for one in sources if isinstance(one, Symbol)]
        graph = Graph(list(entries), [loss, *symbols], self.name)
        self.random = any(call.layer.random for call in graph.calls)
        object.__setattr__(self, "graph_inside", graph)
        object.__setattr__(self, "sources", sources)

    def compute_output_shape(self, input_shape):
        return [tuple(one.shape) for one in self.sources]

    def check_shapes(self, shapes):
        """Whatever the graph's inputs take."""

    def macs(self, input_shape, output_shape) -> int:
        """0: what it computes is counted where the graph itself stands."""
        return 0

    def call(self, x, training=False, key: Key | None = None):
        watched = torch.is_grad_enabled()  # somebody differentiates what is made here
        graph: Graph = self.graph_inside
        wanted = {graph.output_slots[1 + n] for n in range(len(graph.outputs) - 1)}
        leaves: dict[int, torch.Tensor] = {}

        def make(call: Call, read: list, masks: Any) -> list:
            made = call.layer.run(read, mode_of(call, training), None if not call.layer.random else key, masks)
            listed = list(made) if isinstance(made, (list, tuple)) else [made]
            return [leaf(t) if slot in wanted else t for slot, t in zip(call.outputs, listed, strict=True)]

        weights = [one for one in self.sources if isinstance(one, Weight)]
        kept = [weight.bound for weight in weights]
        with torch.enable_grad():
            values = {slot: leaf(t) for slot, t in zip(graph.input_slots, x, strict=True)}
            for weight in weights:
                leaves[id(weight)] = weight.bound = leaf(weight.tensor)
            try:
                values = through(graph, values, make, keep=True)
            finally:
                for weight, before in zip(weights, kept, strict=True):
                    weight.bound = before
            places = iter(graph.output_slots[1:])
            by = [leaves[id(one)] if isinstance(one, Weight) else values[next(places)] for one in self.sources]
            loss = values[graph.output_slots[0]].sum()
            found = torch.autograd.grad(loss, by, create_graph=watched, allow_unused=True) if loss.requires_grad else ()
        slopes = [torch.zeros_like(b) if g is None else g for g, b in zip(found or [None] * len(by), by, strict=True)]
        return slopes if len(slopes) > 1 else slopes[0]


def leaf(x: torch.Tensor) -> torch.Tensor:
    """A tensor that autograd follows, or follows anew; whole numbers stay as they are."""
    if x.requires_grad or not x.is_floating_point():
        return x
    return x.detach().requires_grad_()


def gradients(loss: Any, variables: Any) -> Any:
    """d loss / d variable for each variable, as symbols; None where the loss does not depend on it.

    Args:
        loss: a symbol of a model; of several numbers the sum counts. Or a tensor that autograd followed.
        variables: symbols that it is made of, weights, or (beside a tensor) tensors; one of them or a list.

    Raises StateError for a loss without a way to look back on.
    """
    listed = flatten(variables)
    if isinstance(loss, (list, tuple)) and len(loss) == 1:
        loss = loss[0]
    if isinstance(loss, torch.Tensor) and loss.requires_grad:
        known = [one for one in map(tensor_of, listed) if one is not None]
        made = iter(torch.autograd.grad(loss.sum(), known, create_graph=True, allow_unused=True) if known else ())
        return [None if tensor_of(one) is None else next(made) for one in listed]
    if not isinstance(loss, Symbol):
        raise StateError("backend.gradients(loss)", "a symbol, such as K.mean(model.output[:, 1])", type(loss).__name__,
                         "For numbers that are there write `with tf.GradientTape() as tape:` around their computation.")
    ancestors = behind(loss)
    entries = [one for one in ancestors.values() if not one.node.inputs]
    used = weights_of(ancestors)
    listed = [used.get(id(one), one) for one in listed]
    known = [one for one in listed if id(one) in ancestors or id(one) in used]
    if not known:
        return [None] * len(listed)
    made = GradientOf(loss, known, entries)(entries)
    parts = iter(made if isinstance(made, list) else [made])
    return [next(parts) if any(one is k for k in known) else None for one in listed]


def weights_of(ancestors: dict[int, Symbol]) -> dict[int, Weight]:
    """The weights that are read on the way to a symbol, by their id and by that of their tensor (`layer.kernel` is one)."""
    layers = [symbol.node.layer for symbol in ancestors.values()]
    found = [weight for layer in layers for weight in ([layer.variable] if isinstance(layer, Held) else layer.weights)]
    return {id(key): weight for weight in found for key in (weight, weight.stored)}


def tensor_of(one: Any) -> torch.Tensor | None:
    """What autograd knows a variable as; None for what it does not follow."""
    found = getattr(one, "leaf", None) if isinstance(one, Weight) else one
    found = one.tensor if isinstance(one, Weight) and found is None else found
    return found if isinstance(found, torch.Tensor) and found.requires_grad else None
