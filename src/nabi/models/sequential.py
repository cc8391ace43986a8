"""Sequential: a chain of layers, the first model of every course.

    model = Sequential([Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)), Flatten(), Dense(10, activation="softmax")])

A chain is a graph in which each layer reads the one before it. Without `input_shape` it is built when first data are seen.
A first layer that reads several inputs by name says so: `named_inputs`.
"""

from collections.abc import Iterable

from nabi.core.errors import ArgumentError, ShapeError, StateError
from nabi.core.registry import names, register
from nabi.layers.chain import with_following
from nabi.layers.input import Input, InputLayer
from nabi.layers.layer import Layer
from nabi.layers.names import input_name
from nabi.layers.node import Symbol, flatten
from nabi.models.graph import Graph
from nabi.models.model import Model


@register("layer")
class Sequential(Model):
    """Layers one after the other.

    Args:
        layers: layers in order; the first may be an `Input` or carry `input_shape`.
        name: name in summaries and files.

    Example:
        >>> import nabi
        >>> model = nabi.Sequential([nabi.Input((784,)), nabi.layers.Dense(10)])
        >>> model.add(nabi.layers.Dense(2))
        >>> model.output.shape
        (None, 2)
    """

    takes_list = False

    def __init__(self, layers=None, trainable=True, name=None, **base):
        Layer.__init__(self, name=name, **base)
        self.setup()
        self.chain: list[Layer] = []
        self.names: dict[str, Layer] = {}
        self.symbols: list[Symbol] = []
        self.entries: list[Symbol] = []  # inputs of a first layer that reads several
        if layers is not None and not isinstance(layers, Iterable):
            raise ArgumentError("Sequential(layers)", "a list of layers", getattr(layers, "label", repr(layers)),
                                f"Put brackets around: Sequential([{type(layers).__name__}(...), ...]).")
        layers = list(layers or [])
        for number, layer in enumerate(layers):
            try:
                self.add(layer)
            except ShapeError as error:
                raise with_following(error, layers[number:], self.symbols[-1]) from None
        if not trainable:
            self.trainable = False

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the input."""
        return list(self.chain)

    @property
    def leaves(self):
        return [x for layer in self.chain for x in (layer.leaves if isinstance(layer, Model) else [layer])]

    def add(self, layer) -> None:
        """Appends a layer; a compiled model must be compiled again."""
        if isinstance(layer, Symbol):
            layer = layer.node.layer
        if not isinstance(layer, Layer):
            raise ArgumentError("Sequential.add", "a layer", repr(layer), remedy_for(layer))
        if isinstance(layer, InputLayer):
            if self.chain or self.symbols:
                raise ArgumentError("Sequential.add", "Input only as the first layer", f"'{layer.name}' after others")
            self.symbols = [layer.nodes[0].outputs[0] if layer.nodes else Input(layer.shape, name=layer.name)]
            return
        namesake = self.names.get(layer.name)
        if namesake is layer:
            raise ArgumentError("Sequential.add", "a layer that is not yet in it", layer.label,
                                "A layer used twice needs the functional Model(inputs, outputs).")
        if namesake is not None:
            raise ArgumentError("Sequential.add", "names of layers to be unique", f"'{layer.name}' twice",
                                "Give one of them another name=....")
        if not self.chain and hasattr(layer, "named_inputs"):
            self.entries = list(layer.named_inputs().values())
            self.symbols, self.takes_list = [self.entries[0], layer(self.entries)], True
            return self.append(layer)
        if not self.chain and not self.symbols:  # a later layer's input_shape says nothing of the chain's
            shape = layer.input_shape if not isinstance(layer, Model) else (layer.graph and layer.inputs[0].shape[1:])
            if shape:
                self.symbols = [Input(shape, name=input_name(layer))]
        if self.symbols:
            self.symbols.append(layer(self.symbols[-1]))
        self.append(layer)

    def append(self, layer: Layer) -> None:
        """Takes a layer whose place in the graph is made."""
        self.chain.append(layer)
        self.names[layer.name] = layer
        self.changed()

    def pop(self) -> Layer:
        """Removes the last layer and returns it; a compiled model must be compiled again."""
        if not self.chain:
            raise StateError("Sequential.pop", "a model with layers", "an empty one")
        layer = self.chain.pop()
        self.names = {name: other for name, other in self.names.items() if other is not layer}
        if self.symbols:
            gone = self.symbols.pop()
            layer.nodes.remove(gone.node)
        self.changed()
        return layer

    def changed(self) -> None:
        """After `add` and `pop`: graph and what was compiled for it are forgotten."""
        self.trainer, self.graph = None, None
        self.built = bool(self.chain and self.symbols)
        if self.built:
            self.built_shape = [symbol.shape for symbol in self.entries or self.symbols[:1]]

    @property
    def graph(self) -> Graph | None:
        """The graph of the chain, made when it is first asked for; None before the input shape is known."""
        if self._graph is None and self.chain and self.symbols:
            self._graph = Graph(self.entries or self.symbols[:1], self.symbols[-1:], self.name)
        return self._graph

    @graph.setter
    def graph(self, value: Graph | None):
        self._graph = value

    @property
    def held(self) -> list[Layer]:
        return self.__dict__.get("chain", [])

    def build(self, input_shape=None) -> None:
        """Builds the chain for inputs of this shape, batch axis included; compile settings are kept.

        Raises:
            ShapeError: a layer cannot take it, or the chain was built for another shape. StateError: there is no layer.
        """
        if input_shape is None:
            self.require_graph()  # what Keras' build() without a shape comes to: it must be known already
            return
        shape = input_shape if isinstance(input_shape, tuple) else tuple(flatten(input_shape))
        if self.built:
            self.check_shapes([shape])
            return
        if not self.chain:
            raise StateError(f"Model '{self.name}'", "layers", "none", "Add some first: model.add(Dense(10)).")
        trainer = self.trainer
        before = [(layer, layer.built, len(layer.nodes)) for layer in self.opened()]
        self.symbols = [Input(tuple(shape)[1:], name=input_name(self.chain[0]))]
        try:
            for layer in self.chain:
                self.symbols.append(layer(self.symbols[-1]))
        except ShapeError as error:  # the next input may fit: nothing of this one may remain
            explained = with_following(error, self.chain[len(self.symbols) - 1:], self.symbols[-1])
            for layer, built, uses in before:
                del layer.nodes[uses:]
                if not built:
                    layer.unbuild()
            self.symbols = []
            raise explained from None
        self.changed()
        self.trainer = trainer

    def opened(self) -> list[Layer]:
        """The layers, and those of chains inside."""
        return [x for layer in self.chain for x in (layer, *(layer.opened() if isinstance(layer, Sequential) else ()))]

    def unbuild(self) -> None:
        """Forgets the input shape; its layers keep what they have."""
        self.symbols = []
        self.graph, self.built, self.built_shape = None, False, None

    def prepare(self, shapes):
        if not self.entries:
            self.build(shapes[0])
        return super().prepare(shapes)

    def run(self, tensors, training, key=None, masks=()):
        return self.call(tensors, training)

    @property
    def input_names(self) -> list[str]:
        """Names of its inputs, mostly of one."""
        return [symbol.name for symbol in self.entries or self.symbols[:1]] or ["input"]

    @property
    def output_names(self) -> list[str]:
        """Name of its one output."""
        return [self.chain[-1].name] if self.chain else ["output"]


def remedy_for(thing) -> str:
    """What to write instead of a thing that is no layer."""
    if isinstance(thing, type) and issubclass(thing, Layer):
        return f"Put brackets behind: {thing.__name__}(...)."
    if isinstance(thing, str) and thing in names("activation"):
        return f'Write Activation("{thing}"), or activation="{thing}" in the layer before.'
    return "A layer is made by its class, such as Dense(10)."
