"""Model: a graph of layers with Keras' methods.

    inputs = Input((28, 28, 1))
    x = Flatten()(inputs)
    model = Model(inputs, Dense(10, activation="softmax")(x))

A class of one's own with `call` is a model, too: see `nabi.models.written`. A model is a layer, so models nest and share layers.
Training is reached through the registry: a model knows layers and files, not how it is trained.
"""

from nabi.core.errors import ArgumentError, NabiError, ShapeError, UnknownName, Unset, Unwritten, did_you_mean
from nabi.core.numbers import is_whole
from nabi.core.registry import register
from nabi.core.shapes import volume
from nabi.layers.inside import RUNNING
from nabi.layers.layer import Layer
from nabi.layers.masks import Masks, carry
from nabi.layers.names import claimable, claims
from nabi.layers.node import Symbol, flatten
from nabi.models.counters import Counters
from nabi.models.graph import Call, Graph, unique
from nabi.models.learning import Learning
from nabi.models.passes import mode_of, several, through
from nabi.models.states import stateful_layers
from nabi.models.views import Views, alone, numbered
from nabi.models.written import KEPT, Given, Written

GONE = {  # methods of older Keras: what to write instead
    "predict_classes": "predict(x).argmax(-1), or predict(x) > 0.5 for one sigmoid unit",
    "predict_proba": "predict(x)",
    "fit_generator": "fit(generator, steps_per_epoch=...)",
    "evaluate_generator": "evaluate(generator, steps=...)",
    "predict_generator": "predict(generator, steps=...)",
    "to_yaml": "to_json()",
}


@register("layer", "Functional")
class Model(Written, Learning, Views, Layer):
    """Any graph of layers: several inputs and outputs, shared layers, nested models.

    Args:
        inputs: a symbol, or a list or dict of them; left out by a class with a `call` of its own.
        outputs: likewise.
        name: name in summaries and files.

    Example:
        >>> import nabi
        >>> x = nabi.Input((784,))
        >>> h = nabi.layers.Dense(512, activation="relu")(x)
        >>> nabi.Model(x, nabi.layers.Dense(10, activation="softmax")(h)).count_params()
        407050
    """

    takes_list = True
    holds_layers = True

    def __init__(self, inputs=None, outputs=None, name=None, trainable=True, **base):
        super().__init__(name=name, trainable=trainable, **base)
        self.setup()
        self.written = inputs is None and outputs is None and type(self) is not Model
        if self.written:
            return
        if inputs is None or outputs is None or self.has_call:
            got = "a call of its own, too" if self.has_call else "no inputs" if inputs is None else "no outputs"
            raise ArgumentError(f"{type(self).__name__}(inputs, outputs)", "inputs and outputs, or else a call of its own", got,
                                "Call layers on an Input and give what goes in and what comes out; or write a class with "
                                "call(self, x), whose __init__ calls super().__init__() without them.")
        for side, symbols in (("inputs", flatten(inputs)), ("outputs", flatten(outputs))):
            wrong = [s for s in symbols if not isinstance(s, Symbol)]
            if wrong or not symbols:
                raise ArgumentError(f"Model({side})", "symbols, as Input() and layers called on them give", repr(wrong[:1]),
                                    uncalled(wrong[:1]))
        self.graph = Graph(flatten(inputs), flatten(outputs), self.name)
        self.input_names = list(inputs) if isinstance(inputs, dict) else [s.name for s in self.graph.inputs]
        self.output_names = list(outputs) if isinstance(outputs, dict) else numbered([s.name for s in self.graph.outputs])
        self.output_structure = self.output_names if isinstance(outputs, dict) else None
        self.built = True
        self.built_shape = [s.shape for s in self.graph.inputs]
        if not trainable:
            self.trainable = False

    # The graph ----------------------------------------------------------------------------------------------------------

    def __setattr__(self, name, value):
        if name in claimable(type(self)) and claims(self, name, value):
            return
        if name not in KEPT and self.__dict__.get("written"):
            self.set_own(name, value)
        super().__setattr__(name, value)

    def __getattr__(self, name):
        if name in GONE:
            raise AttributeError(f"{type(self).__name__} has no attribute '{name}', as in Keras since 2.6. Write {GONE[name]}.")
        return super().__getattr__(name)

    @property
    def layers(self) -> list[Layer]:
        """The layers as written, each once; nested models count as one."""
        return self.tracked if self.written else self.require_graph().layers

    @property
    def leaves(self) -> list[Layer]:
        """All layers with nested models opened, each once."""
        used = [] if self.written and self.graph is None else [call.layer for call in self.require_graph().calls]
        if self.written and (self.graph is None or self.opaque is None):
            used += [leaf for layer in self.tracked for leaf in (layer.leaves if isinstance(layer, Model) else [layer])]
        return unique(used)

    @property
    def inputs(self) -> list[Symbol]:
        """Input symbols."""
        return self.require_graph().inputs

    @property
    def outputs(self) -> list[Symbol]:
        """Output symbols."""
        return self.require_graph().outputs

    @property
    def input(self):
        """The input symbol, or the list of them."""
        return alone(self.inputs)

    @property
    def output(self):
        """The output symbol, or the list or dict of them."""
        return self.structured(self.outputs)

    def require_graph(self) -> Graph:
        """The graph; an error where the input shape is not known yet."""
        if self.graph is None and self.given is not None:  # what it was found by has changed
            self.find_graph()
        if self.graph is None:
            first = "Call it on data" if self.written else "Give the first layer input_shape=..."
            raise Unset(f"Model '{self.name}'", "a model that knows its input shape", "one that was never built",
                        f"{first}, or call model.build((None, 28, 28, 1)).")
        return self.graph

    def build(self, input_shape) -> None:
        """Builds a model that is written as `call`: for a shape with batch axis, a list of them, or a dict by input.

        Raises:
            StateError: no shape, or no `call`. ShapeError: it was built for another shape, or a layer cannot take it.
        """
        if not self.written or input_shape is None:
            self.require_graph()
        elif type(self).build is Model.build:  # else this is called by a build of the user's, and the rest comes after it
            if self.graph is None:
                self.own_built = True
                self.begin(Given.of_shape(input_shape))
            self.check_shapes(list(Given.of_shape(input_shape).shapes))

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by its name or its place in `layers`.

        Raises ArgumentError: both, or no such place. UnknownName: no layer of this name.
        """
        if (index is None) == (name is None):
            got = "neither" if name is None else f"{name!r} and {index!r}"
            raise ArgumentError(f"get_layer(name, index) of {self.label}", "one of them", got)
        if index is not None:
            there = len(self.layers)
            if not is_whole(index) or not -there <= int(index) < there:
                raise ArgumentError(f"get_layer(index) of {self.label}", f"a whole number from 0 to {there - 1}", repr(index))
            return self.layers[int(index)]
        for layer in [*self.layers, *self.leaves]:
            if layer.name == name:
                return layer
        raise UnknownName(f"Model '{self.name}'", "the name of one of its layers", repr(name),
                          did_you_mean(str(name), [layer.name for layer in self.layers]))

    @property
    def weights(self):
        """All weights: a class's own, then layer by layer; shared ones once."""
        return unique([*self.own_weights, *(w for layer in self.layers for w in layer.weights)])

    @property
    def trainable_weights(self):
        """Weights that training would change if the model were compiled now."""
        if not self.trainable:
            return []
        learned = {id(w) for w in self.own_weights if w.trainable}
        learned.update(id(w) for layer in self.leaves for w in layer.trainable_weights)
        return [w for w in self.weights if id(w) in learned]  # in their order, which is that of the layers

    @property
    def trainable(self) -> bool:
        """Whether training may change its weights; setting it sets every layer inside, as in Keras."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool):
        self._trainable = bool(value)
        for layer in self.held:
            layer.trainable = bool(value)

    @property
    def held(self) -> list[Layer]:
        """The layers that there are already; none while the constructor of the base class runs."""
        if self.written:
            return self.tracked
        graph = self.__dict__.get("graph")
        return graph.layers if graph else []

    # Computing ----------------------------------------------------------------------------------------------------------

    @property
    def augments(self) -> bool:
        """Whether it only varies pictures: then a call by itself does so, as a call of such a layer does."""
        return any(layer.augments for layer in self.layers) and not any(w.trainable for w in self.weights)

    def __call__(self, inputs, training: bool | None = None):
        """On symbols: nests the model in another. On arrays: computes. Inputs and outputs may be dicts by name."""
        if self.written and self.graph is None:
            on_symbols = any(isinstance(leaf, Symbol) for leaf in flatten(inputs))
            self.begin(Given.of_symbols(inputs) if on_symbols else Given.of_data(inputs))
        made = super().__call__(self.by_name(inputs), training)
        flat = self.output_structure is None and self.nest is None
        return made if flat else self.structured(made if isinstance(made, list) else [made])

    def compute_output_shape(self, input_shape):
        """Shapes of the outputs for inputs of these shapes."""
        graph, shapes = self.require_graph(), self.slot_shapes(input_shape)
        return alone([shapes[slot] for slot in graph.output_slots])

    def macs(self, input_shape, output_shape):
        """Multiply-adds of one sample in all layers; None where those of one are open."""
        shapes, each = self.slot_shapes(input_shape), []
        for call in self.require_graph().calls:
            read, made = [shapes[slot] for slot in call.inputs], [shapes[slot] for slot in call.outputs]
            if read:
                each.append(call.layer.macs(read if call.layer.takes_list else read[0], alone(made)))
        return None if None in each else sum(each)

    def slot_shapes(self, input_shape, check: bool = False) -> dict[int, tuple]:
        """The shapes of all slots for inputs of these shapes; `check` asks each layer whether it takes them."""
        graph = self.require_graph()
        given = [input_shape] if isinstance(input_shape, tuple) else list(input_shape)
        whole = [symbol.shape if symbol.shape[:1] != (None,) and fits(symbol.shape, shape) else shape
                 for symbol, shape in zip(graph.inputs, given, strict=True)]  # K.placeholder((5,)): as long as it says
        shapes = dict(zip(graph.input_slots, whole, strict=True))
        for call in graph.calls:
            if call.inputs:
                read = [shapes[slot] for slot in call.inputs]
                if check:
                    call.layer.check_shapes(read)
                out = call.layer.compute_output_shape(read if call.layer.takes_list else read[0])
                shapes.update(zip(call.outputs, [out] if isinstance(out, tuple) else out, strict=True))
        return shapes

    def check_shapes(self, shapes) -> None:
        graph = self.require_graph()
        if len(shapes) != len(graph.inputs):
            raise ShapeError(self.label, f"{len(graph.inputs)} inputs: {self.input_names}", len(shapes))
        wanted = [symbol.shape for symbol in graph.inputs]
        if all(map(fits, wanted, shapes)) or (self.written and self.takes(wanted, shapes)):
            return
        for name, want, shape in zip(self.input_names, wanted, shapes, strict=True):
            check_sample(self, name, want, shape)

    def takes(self, wanted: list, shapes: list) -> bool:
        """Whether the layers take inputs of other sizes than they were built for."""
        try:
            self.slot_shapes(list(shapes), check=True)
        except NabiError:
            return False
        return all(len(a) == len(b) for a, b in zip(wanted, shapes, strict=True))

    def run(self, tensors, training, key=None, masks=()):
        return self.through(tensors, training)

    def call(self, x, training=False):
        """What it computes: its graph, or what a class of one's own writes."""
        if self.written:
            raise Unwritten(self, "call(self, x)")
        return self.through(x, training)

    def through(self, x: list, training: bool):
        """Runs the layers one after the other; each tensor is freed after its last reader."""
        graph, outer = self.require_graph(), RUNNING.get()

        def make(call: Call, read: list, masks: Masks):
            layer, mode, key = call.layer, mode_of(call, training), None
            if layer.random and mode:
                key = self.counters.key(layer, call.index) if outer is None else outer.draw(layer)
            made = layer.run(read, mode, key, masks)
            if self.written and len(one := several(made)) != len(call.outputs):  # one's own: more outputs in training, say
                other.append(made)
                return (one * len(call.outputs))[: len(call.outputs)]
            return made

        other: list = []
        values = through(graph, dict(zip(graph.input_slots, x, strict=True)), make)
        if other:
            return other[-1]
        for number, slot in graph.output_masks.items():
            carry([values[graph.output_slots[number]]], [values[slot]])
        return alone([values[slot] for slot in graph.output_slots])

    # State --------------------------------------------------------------------------------------------------------------

    def reset_state(self) -> None:
        """Lets stateful recurrent layers begin the next batch with zeros."""
        for layer in stateful_layers(self):
            layer.reset_state()

    def reset_states(self) -> None:
        """Keras 2's name for `reset_state`."""
        self.reset_state()

    def setup(self) -> None:
        """The attributes that every model has besides its graph."""
        self.graph: Graph | None = None
        self.counters = Counters()
        self.trainer = None
        self.inference = None  # what predictions take before `compile`
        self.history = None
        self.stop_training = False
        self.card: dict = {}

    def get_config(self) -> dict:
        """Layers and how they are connected, as plain data; of a class with a constructor of its own that one's arguments."""
        from nabi.models.config import model_config

        return model_config(self)

    @classmethod
    def from_config(cls, config: dict):
        """A new model with fresh weights from `get_config()`."""
        from nabi.models.config import model_from_config

        return model_from_config(cls, config)

    def __deepcopy__(self, memo):
        from nabi.models.copying import copied

        return copied(self, memo)

    def __reduce__(self):
        from nabi.models.saving import from_bytes, own_classes, to_bytes

        return from_bytes, (to_bytes(self), own_classes(self))


def uncalled(things: list) -> str:
    """What to do about a layer in the place of what it gives."""
    kinds = [type(thing).__name__ for thing in things if isinstance(thing, Layer)]
    return f"{kinds[0]}(...) is a layer; call it on what comes before it: {kinds[0]}(...)(x)" if kinds else ""


def fits(wanted: tuple, got: tuple) -> bool:
    """Whether samples have the shape that a model was built for."""
    return len(wanted) == len(got) and all(w is None or g is None or w == g for w, g in zip(wanted[1:], got[1:], strict=True))


def check_sample(model, name: str, wanted: tuple, got: tuple) -> None:
    """Holds the shape of one input against what the model was built for; names the usual slips."""
    if fits(wanted, got):
        return
    raise ShapeError(f"Model '{model.name}', input '{name}'", f"samples of shape {tuple(wanted[1:])}", tuple(got[1:]),
                     sample_remedy(tuple(wanted[1:]), tuple(got[1:])))


def sample_remedy(wanted: tuple, got: tuple) -> str:
    """What to do about samples of another shape than the model was built for; "" where no usual slip explains it."""
    pictures = len(wanted) == len(got) == 3
    same_size, channels = pictures and wanted[:2] == got[:2], (wanted[-1:], got[-1:])
    if pictures and got == (*wanted[2:], *wanted[:2]):
        return "The channels come first in these data; nabi takes them last: x.transpose(0, 2, 3, 1)."
    if len(wanted) > 1 and (*got, 1) == wanted:
        return "Add the channel axis: x[..., None]."
    if got == wanted[1:]:
        return "For one sample add the batch axis: x[None]."
    if len(wanted) > 1 and (*got, 1) == wanted[1:]:
        return "For one sample add the batch and the channel axis: x[None, ..., None]."
    if len(wanted) == 1 and volume(got) == wanted[0]:
        return f"Flatten each sample: x.reshape(len(x), {wanted[0]}), or begin the model with Flatten()."
    if len(got) == 1 and volume(wanted) == got[0]:
        return f"Give each sample its shape: x.reshape(len(x), {', '.join(map(str, wanted))})."
    if same_size and channels == ((1,), (3,)):
        return "The model takes grey pictures: x.mean(-1, keepdims=True)."
    if same_size and channels == ((3,), (1,)):
        return "The model takes colour pictures: x.repeat(3, axis=-1)."
    if pictures and channels[0] == channels[1]:
        return f"Bring the pictures to {'x'.join(map(str, wanted[:2]))}, or build the model for their size."
    return ""
