"""Cutting: where a network stops being the same in every epoch, and the two parts that this place makes of it.

    picture -> Rescaling, frozen layers  -> | ->  Dropout, a new classifier -> classes
               the same in every epoch     place              learns

A layer is the same in every epoch if nothing in it learns, it draws no random numbers, it runs in the same mode as at inference
(a frozen BatchNormalization does), adds nothing to the loss, keeps no state and no mask, and its code is nabi's. The place is the
last symbol behind such layers alone through which everything passes on its way from the inputs to the outputs.
"""

from typing import Any

from nabi.core.errors import StateError
from nabi.layers import Input
from nabi.layers.chain import ancestors
from nabi.layers.inside import opened
from nabi.models import Model
from nabi.models.counters import Counters
from nabi.models.graph import Call
from nabi.models.naming import is_model
from nabi.models.rates import frozen_layers
from nabi.models.saving import twin
from nabi.zoo.heads import retraced


def frozen_part(model: Model) -> Model:
    """What is the same in every epoch: pictures -> features; it shares the layers.

    Example:
        >>> from nabi import transfer
        >>> from nabi.zoo import outline
        >>> model = transfer(outline("vgg11", include_top=False), classes=5, dropout=0.5)
        >>> frozen_part(model).output_shape, learning_part(model).count_params()
        ((None, 512), 2565)

    Raises:
        StateError: no frozen layer with weights stands before what learns, or nothing learns.
    """
    return Model(model.inputs, place(model), name=f"{model.name}_frozen")


def learning_part(model: Model) -> "Part":
    """What learns, and what is random: features -> classes; it shares the layers and the random numbers.

    Raises:
        StateError: as `frozen_part`.
    """
    at = place(model)
    start, made = Input(at.shape[1:]), {}
    made[id(at)] = start
    return Part(start, model.structured([retraced(symbol, made, {}) for symbol in model.outputs]), model)


class Part(Model):
    """The learning part of a model. Saving it saves the model; a copy of it is a model of its own, of features, not compiled.

    Args:
        inputs, outputs: symbols.
        whole: the model.
    """

    def __init__(self, inputs, outputs, whole: Model):
        super().__init__(inputs, outputs, name=whole.name)
        self.whole = whole
        numbers = {id(call.layer): call.index for call in whole.require_graph().calls}
        self.counters = PartCounters(whole.counters, {c.index: numbers[id(c.layer)] for c in self.require_graph().calls
                                                      if id(c.layer) in numbers})

    def __deepcopy__(self, memo):
        made = memo[id(self)] = twin(Model(self.inputs, self.structured(self.outputs), name=self.name))
        return made

    def save(self, filepath, overwrite=True):
        """Writes the whole model."""
        self.whole.save(filepath, overwrite=overwrite)

    def save_weights(self, filepath, overwrite=True):
        """Writes the whole model's weights."""
        self.whole.save_weights(filepath, overwrite=overwrite)


class PartCounters(Counters):
    """A model's counters, asked by the numbers that its layers have in a part of it.

    Args:
        whole: the counters.
        numbers: for each layer's number in the part its number in the model.
    """

    def __init__(self, whole: Counters, numbers: dict[int, int]):
        self.whole, self.numbers = whole, numbers

    @property
    def seed(self) -> int:
        return self.whole.seed

    @property
    def epochs(self) -> int:
        return self.whole.epochs

    @epochs.setter
    def epochs(self, value: int):
        self.whole.epochs = value

    def key(self, layer, index: int):
        return self.whole.key(layer, self.numbers[index])

    def state(self) -> dict:
        return self.whole.state()

    def load_state(self, state: dict) -> None:
        self.whole.load_state(state)


def place(model: Model):
    """The symbol at which the two parts meet.

    Raises:
        StateError: see `frozen_part`.
    """
    graph = model.require_graph()
    frozen = frozen_layers(model) if model.trainer is None else model.trainer.frozen
    moving = {id(call.layer) for call in graph.calls if call.inputs and not still(call, frozen)}
    same: set[int] = set()  # ids of symbols
    for node in graph.nodes:
        leaves = node.layer.leaves if is_model(node.layer) else [node.layer]
        if all(id(s) in same for s in node.inputs) and not any(id(leaf) in moving for leaf in leaves):
            same.update(map(id, node.outputs))
    if all(id(s) in same for s in model.outputs):
        raise StateError(f"model '{model.name}'", "something that learns", "nothing", "Let a layer learn, and compile anew.")
    for node in reversed(graph.nodes):
        for symbol in node.outputs:
            if id(symbol) in same and any(below.layer.weights for below in ancestors([symbol])) and parts(symbol, model):
                return symbol
    first = next((call.layer.label for call in graph.calls if id(call.layer) in moving), "the first layer")
    raise StateError(f"model '{model.name}'", "frozen layers with weights before anything that learns or is random",
                     f"{first} at its beginning",
                     'nabi.transfer(..., depth="head") freezes them; pictures that are varied need model.fit.')


def still(call: Call, frozen: set[int]) -> bool:
    """Whether a call gives the same for a sample in every epoch, and adds nothing to what is learned from."""
    layer: Any = call.layer
    if call.masks or call.filled or layer.may_add or layer.own_code:
        return False
    for one in opened(layer):
        held = id(one) in frozen
        modes = one.random or one.told_the_mode and not (held and one.frozen_is_inference)
        if (modes and call.training is not False) or getattr(one, "stateful", False):
            return False
        if not held and any(w.trainable for w in one.own_weights):
            return False
    return True


def parts(symbol: Any, model: Model) -> bool:
    """Whether every way from the inputs to the outputs leads through a symbol."""
    todo, seen = list(model.outputs), set()
    while todo:
        one = todo.pop()
        if one is symbol or id(one) in seen:
            continue
        seen.add(id(one))
        if not one.node.inputs or any(one is start for start in model.inputs):
            return False
        todo.extend(one.node.inputs)
    return True
