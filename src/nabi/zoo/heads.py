"""Heads: a network cut in two: what sees (features), and what decides (head); a new head for other classes.

    features(model)            picture -> last maps (or the numbers that the classifier reads, where there are no maps)
    head(model)                last maps -> classes
    reset_head(model, 5)       the same network, its weights shared, with a fresh classifier for five classes

The classifier is the last layer with weights on the way to the first output; the maps are the last ones of four axes before it.
"""

from typing import Any

from nabi.core.errors import ArgumentError, StateError
from nabi.core.numbers import whole
from nabi.layers import Activation, Input, Softmax
from nabi.layers.chain import ancestors
from nabi.models import Model
from nabi.models.naming import is_model


def features(model: Any) -> Model:
    """The part of a network before its head; it shares the layers and their weights.

    Example:
        >>> from nabi.zoo import outline
        >>> features(outline("vgg16")).output_shape, features(outline("resnet50")).output_shape
        ((None, 7, 7, 512), (None, 7, 7, 2048))
    """
    return Model(model.inputs, boundary(model), name=f"{model.name}_features")


def head(model: Any) -> Model:
    """The part of a network behind its features; it shares the layers and their weights.

    Example:
        >>> from nabi.zoo import outline
        >>> [layer.name for layer in head(outline("resnet18")).layers[1:]]
        ['pool', 'classes']
    """
    maps = boundary(model)
    start = Input(maps.shape[1:], name="features")
    return Model(start, retraced(model.outputs[0], {id(maps): start}, {}), name=f"{model.name}_head")


def reset_head(model: Any, classes: int) -> Model:
    """The network for other classes: all layers are shared but the classifier, which is new; the model that was given stays.

    Args:
        model: a network that ends in a classifier, a Dense or a convolution.
        classes: how many classes. One has a sigmoid in place of a softmax, whose only share would always be 1; several in place
            of one have a softmax.

    Example:
        >>> from nabi.zoo import outline
        >>> reset_head(outline("vgg16"), 2).count_params() - outline("vgg16").count_params()
        -4088806

    Raises:
        StateError: no layer of the network has weights. ArgumentError: a classifier of another kind.
    """
    whole("reset_head(classes)", classes, least=1)
    fresh: dict[int, Any] = {}
    for output in model.outputs:
        old = classifier(model, output).layer
        size = {"Dense": "units", "Conv2D": "filters"}.get(type(old).__name__)
        if size is None:
            raise ArgumentError(f"reset_head: {old.label}", "a Dense or Conv2D layer as the last one with weights",
                                type(old).__name__, "Give the model that is inside." if is_model(old) else "")
        shares = fitting(getattr(old, size), classes)
        behind = [layer for layer in deciding(model, output)[1:] if activation(layer) in shares]
        fresh.update((id(layer), Activation(shares[activation(layer)], name=layer.name)) for layer in behind)
        config = {**old.get_config(), size: int(classes), "trainable": True}
        if activation(old) in shares:
            config["activation"] = shares[activation(old)]
        elif behind and classes == 1:
            config["activation"] = "linear"  # NIN's ReLU would leave a sigmoid no share below 1/2
        fresh[id(old)] = type(old).from_config(config)
    return Model(model.inputs, model.structured([retraced(symbol, {}, fresh) for symbol in model.outputs]), name=model.name)


def fitting(old: int, new: int) -> dict[str, str]:
    """Which activation takes another's place where so many shares become so many others.

    Example:
        >>> fitting(10, 1), fitting(1, 3), fitting(10, 3)
        ({'softmax': 'sigmoid'}, {'sigmoid': 'softmax'}, {})
    """
    return {"softmax": "sigmoid"} if new == 1 else {"sigmoid": "softmax"} if old == 1 else {}


def deciding(model: Any, output: Any) -> list[Any]:
    """The classifier on the way to an output, and the layers behind it."""
    nodes = ancestors([output])
    return [node.layer for node in nodes[nodes.index(classifier(model, output)):]]


def activation(layer: Any) -> str:
    """Name of a layer's activation, "" for none.

    Example:
        >>> from nabi.layers import Dense, Softmax
        >>> activation(Dense(2, activation="relu")), activation(Softmax())
        ('relu', 'softmax')
    """
    return "softmax" if isinstance(layer, Softmax) else str(layer.get_config().get("activation") or "")


def classifier(model: Any, output: Any):
    """The node of the last layer with weights on the way to an output.

    Raises:
        StateError: there is none.
    """
    for node in reversed(ancestors([output])):
        if node.layer.weights:
            return node
    raise StateError(f"model '{model.name}'", "a network with weights", "one without any")


def boundary(model: Any):
    """The symbol between features and head."""
    read = classifier(model, model.outputs[0]).inputs[0]
    nodes = ancestors([read])
    seen = next((number for number, node in enumerate(nodes) if node.layer.weights), len(nodes))  # a bare picture is no map
    maps = [s for node in nodes[seen:] for s in node.outputs if len(s.shape) == 4]
    return maps[-1] if maps else read


def retraced(symbol: Any, made: dict[int, Any], instead: dict[int, Any]):
    """The symbol made again: from those in `made` in place of others, by the layers `instead` in place of others.

    What neither concerns stays as it is.
    """
    for node in ancestors([symbol]):
        if id(node.outputs[0]) in made or not (id(node.layer) in instead or any(id(s) in made for s in node.inputs)):
            continue
        inputs = [made.get(id(s), s) for s in node.inputs]
        layer = instead.get(id(node.layer), node.layer)
        outputs = layer(inputs if layer.takes_list else inputs[0], training=node.training)
        made.update(zip(map(id, node.outputs), outputs if isinstance(outputs, list) else [outputs], strict=True))
    return made.get(id(symbol), symbol)
