"""Altering: any network with one thing changed everywhere: activation, initialiser, batch normalisation, dropout, pooling...

    altered(model, activation="sigmoid")        every hidden activation
    altered(model, batch_norm=True)             Conv -> ReLU becomes Conv -> BatchNormalization -> ReLU

The last layer with weights and what stands behind it keep their activation, for the classes hang on it. Weights are fresh.
"""

from collections.abc import Callable
from typing import Any

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.numbers import flag, number, whole
from nabi.layers import Activation, AveragePooling2D, BatchNormalization, Dropout, Input, L2Pooling2D, Layer, MaxPooling2D
from nabi.layers.input import InputLayer
from nabi.layers.node import flatten
from nabi.models import Model, Sequential
from nabi.models.cloning import clone_model, same_again
from nabi.zoo.heads import activation as activation_of
from nabi.zoo.heads import deciding

Change = Callable[[Layer, Any], list[Layer]]  # (layer, value) -> what takes its place
FUNCTIONS = ("ReLU", "LeakyReLU", "PReLU", "ELU")  # layers that are an activation
POOLS = {"max": MaxPooling2D, "average": AveragePooling2D, "l2": L2Pooling2D}
KERNELS = ("kernel_initializer", "depthwise_initializer", "pointwise_initializer")


def rebuilt(layer: Layer, **entries: Any) -> Layer:
    """A layer's twin with other arguments."""
    return type(layer).from_config({**layer.get_config(), **entries})


def activated(layer: Layer) -> bool:
    """Whether a layer has an activation, or is one; of recurrent layers it stays as it is."""
    return type(layer).__name__ in FUNCTIONS or (activation_of(layer) not in ("", "linear", "softmax")
                                                 and "recurrent_activation" not in layer.get_config())


def with_activation(layer: Layer, value: str) -> list[Layer]:
    """The layer with another activation."""
    if type(layer).__name__ in FUNCTIONS:
        return [Activation(value, name=layer.name)]
    return [rebuilt(layer, activation=value)]


def with_initializer(layer: Layer, value: Any) -> list[Layer]:
    """The layer with kernels drawn otherwise."""
    return [rebuilt(layer, **{name: value for name in KERNELS if name in layer.get_config()})]


def with_batch_norm(layer: Layer, value: bool) -> list[Layer]:
    """Batch normalisation between a layer and its activation, whose bias it makes superfluous; or none, and biases."""
    if not value:
        return [] if isinstance(layer, BatchNormalization) else [rebuilt(layer, use_bias=True)]
    if not activated(layer):
        return [same_again(layer)]
    return [rebuilt(layer, activation=None, use_bias=False), BatchNormalization(momentum=0.9, name=f"{layer.name}_norm"),
            Activation(layer.get_config()["activation"], name=f"{layer.name}_{activation_of(layer)}")]


def with_dropout(layer: Layer, value: float) -> list[Layer]:
    """Dropout at another rate, none at rate 0; in front of a classifier where the network has none."""
    here: list[Layer] = [Dropout(value, name=layer.name if isinstance(layer, Dropout) else "dropout")] if value else []
    return here if isinstance(layer, Dropout) else [*here, same_again(layer)]


def with_padding(layer: Layer, value: Any) -> list[Layer]:
    """A convolution with other padding."""
    return [rebuilt(layer, padding=value)]


def with_kernel_size(layer: Layer, value: int) -> list[Layer]:
    """A convolution with another window; those of 1 x 1 stay."""
    return [rebuilt(layer, kernel_size=(whole("altered(kernel_size)", value, least=1),) * 2)]


def with_pool(layer: Layer, value: str) -> list[Layer]:
    """Another pooling over the same windows."""
    if value not in POOLS:
        raise ArgumentError("altered(pool)", f"one of {', '.join(POOLS)}", repr(value), did_you_mean(str(value), POOLS))
    return [POOLS[value](layer.get_config()["pool_size"], **{name: layer.get_config()[name] for name in
                                                            ("strides", "padding", "name")})]


def with_l2(layer: Layer, value: float) -> list[Layer]:
    """A layer whose kernel the loss wants small: value * sum of its squares."""
    rate = number("altered(l2)", value, least=0)
    return [rebuilt(layer, kernel_regularizer={"class_name": "L2", "config": {"l2": rate}} if rate else None)]


def has(*names: str) -> Callable[[Layer], bool]:
    """Whether a layer has one of these arguments."""
    return lambda layer: any(name in layer.get_config() for name in names)


def normal(layer: Layer) -> bool:
    """Whether batch normalisation has to do with a layer: itself, what has weights and an activation, what has no bias."""
    config = layer.get_config()
    return isinstance(layer, BatchNormalization) or "use_bias" in config and (activated(layer) or not config["use_bias"])


def convolves(layer: Layer) -> bool:
    """Whether a layer is a convolution over a window of more than one place."""
    return "kernel_size" in layer.get_config() and max(layer.get_config()["kernel_size"]) > 1


# name -> (which layers, what takes their place, whether the classifier is among them)
CHANGES: dict[str, tuple[Callable[[Layer], bool], Change, bool]] = {
    "activation": (activated, with_activation, False),
    "initializer": (has(*KERNELS), with_initializer, True),
    "batch_norm": (normal, with_batch_norm, False),
    "dropout": (lambda layer: isinstance(layer, Dropout), with_dropout, True),
    "padding": (convolves, with_padding, True),
    "kernel_size": (convolves, with_kernel_size, True),
    "pool": (lambda layer: type(layer) in POOLS.values(), with_pool, True),
    "l2": (has("kernel_regularizer"), with_l2, True),
}
SCALE = "initial_scale"
NAMES = (*CHANGES, SCALE)


def altered(model: Any, **changes: Any) -> Any:
    """A network like this one with things changed everywhere, and fresh weights; not compiled.

    Args:
        model: a Sequential or a model of inputs and outputs.
        changes: by name:
            activation: name of every hidden activation; initializer: of every kernel;
            batch_norm: True puts one between each layer and its activation, False takes all out;
            dropout: rate of all dropout layers, 0 takes them out; padding, kernel_size: of convolutions over more than one place;
            pool: "max", "average" or "l2" over the same windows; l2: weight of the kernels' squares in the loss;
            initial_scale: factor of the first kernels, such as 0.1 or 10, but for those of the classifier.

    Example:
        >>> from nabi.zoo import build
        >>> sigmoid = altered(build("lecture-cnn"), activation="sigmoid")
        >>> [layer.get_config()["activation"] for layer in sigmoid.layers if "activation" in layer.get_config()]
        ['sigmoid', 'sigmoid', 'sigmoid', 'softmax']
        >>> altered(build("lecture-cnn"), batch_norm=True).count_params() - build("lecture-cnn").count_params()
        672

    Raises: ArgumentError for an unknown change, a value out of range, or a network without any such layer. ShapeError where the
    changed layers do not fit together.
    """
    model = clone_model(model) if set(changes) <= {SCALE} else model
    for name, value in changes.items():
        if name not in NAMES:
            raise ArgumentError(f"altered({name}=...)", "a known change", repr(name), did_you_mean(name, NAMES))
        if name == SCALE:
            continue
        model = replaced(model, places(model, name, value), CHANGES[name][1], value)
    if SCALE in changes:
        factor = number(f"altered({SCALE})", changes[SCALE], above=0)
        last = {id(weight) for output in model.outputs for layer in deciding(model, output) for weight in layer.weights}
        for weight in model.trainable_weights:
            if len(weight.shape) > 1 and id(weight) not in last:
                weight.assign(weight.value.detach() * factor)
    return model


def places(model: Any, name: str, value: Any) -> set[int]:
    """The ids of the layers that a change concerns.

    Raises: ArgumentError if there is none.
    """
    fits, _, last = CHANGES[name]
    ends = [deciding(model, output) for output in model.outputs]
    kept = set() if last else {id(layer) for layers in ends for layer in layers}
    found = {id(layer) for layer in model.layers if id(layer) not in kept and fits(layer)}
    if name == "batch_norm" and (not flag("altered(batch_norm)", value) or has_norm(model)):
        return set() if value else found  # it has them already, or there may be none to take out
    if name == "dropout" and not found:
        return {id(layers[0]) for layers in ends}
    if not found:
        raise ArgumentError(f"altered({name}={value!r})", "a network with a layer that has it", f"'{model.name}'")
    return found


def has_norm(model: Any) -> bool:
    """Whether there is batch normalisation in it."""
    return any(isinstance(layer, BatchNormalization) for layer in model.layers)


def replaced(model: Any, where: set[int], by: Change, value: Any) -> Any:
    """The model with `by(layer, value)`, layers in a row or none, in the place of some layers, and twins of the others."""
    chains = {id(layer): [] if isinstance(layer, InputLayer) else by(layer, value) if id(layer) in where else [same_again(layer)]
              for layer in model.layers}
    if isinstance(model, Sequential):
        first = [Input(symbol.shape[1:], name=symbol.name) for symbol in model.symbols[:1]]
        return Sequential([*first, *(new for layer in model.layers for new in chains[id(layer)])], name=model.name)
    made = {id(symbol): Input(symbol.shape[1:], name=symbol.name) for symbol in model.graph.inputs}
    inputs = list(made.values())
    for node in model.graph.nodes:
        if any(id(symbol) not in made for symbol in node.outputs):
            read = [made[id(symbol)] for symbol in node.inputs]
            x: Any = read if node.layer.takes_list else read[0]
            for layer in chains[id(node.layer)]:
                x = layer(x, training=node.training)
            made.update(zip(map(id, node.outputs), flatten(x), strict=True))
    return Model(inputs, model.structured([made[id(symbol)] for symbol in model.graph.outputs]), name=model.name)
