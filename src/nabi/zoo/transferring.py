"""Transfer: a trained network for a new task: a new head, and as much below it as there are pictures to learn from.

    "head"    only the new classifier learns; all below sees as it saw            a hundred pictures, seconds
    "top"     the last layers learn along, at a tenth of the rate                 a thousand
    "all"     every layer learns, the lower the slower                            ten thousand

    factor of the l-th of L learning layers with weights below the head = rate^(1 + (L - 1 - l) / L),   l = 0 at the input

so that the optimizer's learning rate is the head's own, the layer right below it takes `rate` of it, the first one nearly `rate`
squared: what lies low is general and shall move least. The network that is given stays as it is, for the next task: what comes
is a copy of its layers and weights. One that is not kept, as in transfer(build(...), 5), takes its memory twice for a moment.

A frozen BatchNormalization keeps the mean and variance it was trained with (Keras' rule), and those of the network that is given
stay frozen at every depth: few steps on few pictures spoil them. EfficientNet-Lite0 with all layers learning from 1,000 pictures
of CIFAR-10 came to 64.6 % with learning norms, to 77.5 % with frozen ones (`benchmarks/zoo.md`). `norms=True` lets them learn.

Source: Yosinski et al., "How transferable are features in deep neural networks?", 2014; the rates: Howard & Ruder, "Universal
language model fine-tuning for text classification", 2018, section 3.2.
"""

from collections.abc import Sequence
from typing import Any

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.numbers import flag, number, whole
from nabi.core.warning import warn
from nabi.layers import BatchNormalization, Dense, Dropout, GlobalAveragePooling2D
from nabi.layers.chain import ancestors
from nabi.models import Model
from nabi.models.cloning import duplicate
from nabi.models.naming import checked_names, is_model
from nabi.zoo.heads import activation, deciding, reset_head

DEPTHS = ("head", "top", "all")
TOP = 4  # "top" is the last quarter of the layers with weights


def transfer(backbone: Model, classes: int, depth: str = "head", rate: float = 0.1, dropout: float = 0.0,
             norms: bool = False, class_names: Sequence[str] | None = None) -> Model:
    """A copy of a trained network with a new head for other classes, of which as much learns as `depth` says; compile it next.

    The head is the classifier: the last layer with weights, which makes classes of what the layers below it, the backbone, have
    seen. `depth` says how far below it learning goes. EfficientNet-Lite0 for 5 classes has 3,419,429 weights:

        depth     what learns                                              weights that learn     pictures it takes
        "head"    the new classifier, 1,280 x 5 + 5                                     6,405     a hundred
        "top"     and the last quarter of the layers that have weights              2,208,517     a thousand
        "all"     and all layers below, but for batch normalisations                3,335,397     ten thousand

    ("top" is no more than the upper part of the network here; what `include_top` leaves out is the head alone. A model
    that is a layer of the backbone is opened: its layers count, not it.) Below the head
    the rate falls from `rate` of the optimizer's to nearly `rate` squared at the first layer that learns. With "head" all below
    gives the same features in every epoch: `nabi.zoo.fit_cached` computes them once. `unfreeze` lets more learn later.

    Args:
        backbone: a trained network, with its classifier, which is replaced, or without one (`include_top=False`). It stays as it
            is, and shares nothing with what comes. A warning tells if its weights are still as they were drawn.
        classes: how many classes; 1 makes one sigmoid unit.
        depth: "head", "top" or "all", as above; or the name of the first layer that shall learn.
        rate: what the layer right below the head takes of the learning rate.
        dropout: rate of a Dropout before a head that is added, in [0, 1); a head that is replaced keeps the layers before it.
        norms: whether the backbone's batch normalisations learn where their neighbours do, as for a network without training.
        class_names: what the classes are called, in the order of their numbers, two for one sigmoid unit. They are kept in
            `model.card["class_names"]`, where they may be set later, too, and go into the file: `nabi predict` shows them.

    Example:
        >>> from nabi.zoo import outline
        >>> base = outline("efficientnet-lite0")              # shapes alone; to train: build(..., weights="imagenet")
        >>> for depth in ("head", "top", "all"):
        ...     print(sum(w.size for w in transfer(base, 5, depth).trainable_weights))
        6405
        2208517
        3335397

    Raises:
        ArgumentError: no built model, no whole number of classes, another depth or rate; dropout beside a head that is replaced;
        more or fewer names than classes.
    """
    if not isinstance(backbone, Model) or backbone.graph is None:
        raise ArgumentError("transfer(backbone)", "a model that is built", f"{backbone!r}",
                            'nabi.zoo.build("efficientnet-lite0", weights="imagenet") is one, with trained weights.')
    classes = whole("transfer(classes)", classes, least=1)
    rate = number("transfer(rate)", rate, least=0)
    if number("transfer(dropout)", dropout, least=0) >= 1:
        raise ArgumentError("transfer(dropout)", "a share in [0, 1)", dropout, "0.2 drops 20 % of what the head reads.")
    has_head = ends_in_classes(backbone)
    if dropout and has_head:
        raise ArgumentError("transfer(dropout)", "0 with a backbone that has its classifier", dropout,
                            "Take the backbone without it (include_top=False), or its own dropout: build(..., dropout=0.2).")
    norms = flag("transfer(norms)", norms)
    names = None if class_names is None else checked_names("transfer(class_names)", class_names, classes)
    if untrained(backbone):
        warn(f"transfer(backbone): expected a trained network, got '{backbone.name}' with weights as they were drawn, which see "
             'nothing of use. nabi.zoo.build("efficientnet-lite0", weights="imagenet") has trained ones; or train this one '
             "first, or load its weights: load_weights, nabi.load_model, nabi.zoo.load_torch.")
    backbone = duplicate(backbone)
    model = reset_head(backbone, classes) if has_head else with_head(backbone, classes, dropout)
    model.card = {key: entry for key, entry in backbone.card.items() if key in ("preprocessing", "pixels")}  # its classes go
    if names is not None:
        model.card["class_names"] = names
    fresh = {id(layer) for layer in model.layers} - {id(layer) for layer in backbone.layers}
    below = [layer for layer in weighted(model) if id(layer) not in fresh]
    learning = [layer for layer in below[start_of(depth, below, model):] if norms or not is_norm(layer)]
    for layer in below:
        layer.trainable = False
    for place, layer in enumerate(learning):
        layer.trainable, layer.rate_factor = True, rate ** (1 + (len(learning) - 1 - place) / len(learning))
    return model


def unfreeze(model: Model, from_layer: str | None = None, rate: float = 0.1, norms: bool = False) -> Model:
    """Lets frozen layers learn again, at `rate` of the learning rate; compile the model anew afterwards.

    Args:
        model: a model, such as `transfer` gave.
        from_layer: name of the first layer that shall learn, in the order of the data; None takes all.
        rate: their share of the learning rate; layers that learned already keep theirs.
        norms: whether batch normalisations learn too; one that is named in `from_layer` does not by that alone.

    Example:
        >>> from nabi.zoo import outline
        >>> model = transfer(outline("vgg11", include_top=False), classes=5)
        >>> [layer.name for layer in unfreeze(model, "conv5_2").layers if layer.weights and layer.trainable]
        ['conv5_2', 'new_classes']

    Raises:
        ArgumentError: no layer of that name with weights.
    """
    layers = weighted(model)
    rate, norms = number("unfreeze(rate)", rate, least=0), flag("unfreeze(norms)", norms)
    start = 0 if from_layer is None else named("unfreeze(from_layer)", from_layer, layers, model)
    frozen = [leaf for leaf in model.leaves if not leaf.trainable]
    model.trainable = True  # else nothing in it learns
    for leaf in frozen:
        leaf.trainable = False
    for layer in layers[start:]:
        if not layer.trainable and (norms or not is_norm(layer)):
            layer.trainable, layer.rate_factor = True, rate
    return model


def untrained(model: Model) -> bool:
    """Whether all biases and all shifts and scales of normalisations are as they begin: alike in each layer. False if none tell.

    Example:
        >>> from nabi.zoo import build
        >>> untrained(build("lecture-dense"))
        True
    """
    learned = [w for layer in model.leaves if layer.trainable for w in layer.trainable_weights]
    frozen = [w for layer in model.leaves if not layer.trainable for w in layer.weights]
    vectors, kept = ([w.value for w in some if w.ndim == 1 and w.size > 1] for some in (learned, frozen))
    return bool(vectors) and all(not v.is_meta and bool((v == v[0]).all()) for v in vectors + kept)


def weighted(model: Model) -> list[Any]:
    """Layers with weights in the order of the data, each once; a model that is a layer is opened."""
    layers = [layer for node in ancestors(model.outputs) if node.layer.weights
              for layer in (weighted(node.layer) if opens(node.layer) else [node.layer])]
    return list({id(layer): layer for layer in layers}.values())


def opens(layer: Any) -> bool:
    """Whether it is a model made of inputs and outputs, whose layers can be told apart."""
    return is_model(layer) and not layer.written


def is_norm(layer: Any) -> bool:
    """Whether it is a batch normalisation, whose moments move when it learns."""
    return isinstance(layer, BatchNormalization)


def ends_in_classes(model: Model) -> bool:
    """Whether its last layer with weights decides between classes: a Dense one, or a convolution with a softmax behind it."""
    last, *behind = deciding(model, model.outputs[0])
    if opens(last):
        return ends_in_classes(last)
    return isinstance(last, Dense) or any(activation(layer) == "softmax" for layer in (last, *behind))


def with_head(backbone: Model, classes: int, dropout: float) -> Model:
    """The network with pooling, where it ends in maps, and a classifier."""
    x = backbone.outputs[0]
    if len(x.shape) == 4:
        x = GlobalAveragePooling2D(name="new_pool")(x)
    if dropout:
        x = Dropout(dropout, name="new_dropout")(x)
    x = Dense(classes, activation="softmax" if classes > 1 else "sigmoid", name="new_classes")(x)
    return Model(backbone.inputs, x, name=f"{backbone.name}_{classes}")


def start_of(depth: str, below: list[Any], model: Model) -> int:
    """Number of the first layer in `below` that learns."""
    if depth in DEPTHS:
        return {"head": len(below), "top": len(below) - max(1, len(below) // TOP), "all": 0}[depth]
    return named("transfer(depth)", depth, below, model, DEPTHS)


def named(where: str, name: str, layers: list[Any], model: Model, words: tuple[str, ...] = ()) -> int:
    """Number of the layer of that name; `words` are what else might have been meant."""
    names = [layer.name for layer in layers]
    inner = next((layer for layer in model.layers if layer.name == name and opens(layer) and layer.weights), None)
    if inner is not None:
        return layers.index(weighted(inner)[0])  # type: ignore[arg-type]
    if name not in names:
        expected = "".join(f"{word!r}, " for word in words) + ("or " if words else "") + f"a layer with weights of {model.name}"
        raise ArgumentError(where, expected, repr(name), did_you_mean(str(name), [*words, *names]))
    return names.index(name)
