"""Building: what Keras' applications share: their arguments, the size of the input, the head, and where weights come from.

    features = body(pictures)
    include_top      GlobalAveragePooling2D, Dense(classes, softmax)       of each network its own head
    without it       features, or their mean or largest value per channel: pooling="avg", "max"

`weights` names a file of Keras', or "imagenet": then the file of the network's own name must lie in NABI_DATA or in Keras' cache.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nabi.core.errors import ArgumentError, FileError
from nabi.core.files import cache_folder
from nabi.core.numbers import flag, whole
from nabi.core.shapes import sample_shape
from nabi.datasets import standing
from nabi.layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Input
from nabi.layers.node import Symbol
from nabi.models import Model

IMAGENET = 1000
INSTEAD = "weights=None draws them anew; nabi.zoo.build(\"efficientnet-lite0\", weights=\"imagenet\") has weights in a package."


def application(name: str, size: int, least: int, file: str, head: Callable | None = None,
                named: bool = True) -> Callable[[Callable], Callable]:
    """Decorator: a function from pictures to features becomes an application with Keras' arguments.

    Args:
        name: the model's name.
        size: side of the pictures it was made for.
        least: smallest side that it can take.
        file: name of Keras' file of weights, with {top}: "" or "_notop".
        head: function (features, classes, activation) of the classifier; by default the mean per channel and a Dense layer.
        named: whether the pooling layer that stands in for the head is called avg_pool or max_pool.
    """

    def decorate(body: Callable) -> Callable:
        own_name = name

        def build(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=IMAGENET,
                  classifier_activation="softmax", name=own_name):
            return assembled(body, head or classifier, file, size, least, include_top, weights, input_tensor, input_shape,
                             pooling, classes, classifier_activation, name, named)

        build.__name__ = build.__qualname__ = body.__name__
        build.__doc__, build.__module__ = body.__doc__, body.__module__
        return build

    return decorate


def assembled(body: Callable, head: Callable, file: str, size: int | None, least: int, include_top: Any, weights: Any,
              input_tensor: Any, input_shape: Any, pooling: Any, classes: Any, activation: Any, name: str | None,
              named: bool = False, tail: Callable | None = None) -> Model:
    """The model of a body and a head, with its weights; `size` None takes pictures of any size, `tail` goes where no head does.

    Raises:
        ArgumentError: arguments that do not go together. FileError: no file of weights. ShapeError: pictures that are too small.
    """
    where = body.__name__
    top = flag(f"{where}(include_top)", include_top)
    classes = whole(f"{where}(classes)", classes, least=1)
    if pooling not in (None, "avg", "max"):
        raise ArgumentError(f"{where}(pooling)", 'None, "avg" or "max"', repr(pooling))
    if weights == "imagenet" and top and classes != IMAGENET:
        raise ArgumentError(f"{where}(classes)", f"{IMAGENET} with weights=\"imagenet\" and include_top=True", classes,
                            "include_top=False leaves the classifier out; put a Dense layer of your own behind.")
    source = weights_file(where, file.format(top="" if top else "_notop"), weights)
    if isinstance(input_tensor, Symbol):
        x = input_tensor
    elif input_tensor is not None:
        raise ArgumentError(f"{where}(input_tensor)", "what Input(...) gives, or None", repr(input_tensor))
    else:
        x = Input(picture_shape(where, input_shape, size, least, top))
    made = body(x)
    if top:
        made = head(made, classes, activation)
    elif pooling:
        reduce = GlobalAveragePooling2D if pooling == "avg" else GlobalMaxPooling2D
        made = reduce(name=f"{pooling}_pool" if named else None)(made)
    made = tail(made) if tail and not top else made
    model = Model(sources(x), made, name=name)
    if source is not None:
        model.load_weights(source)
    return model


def classifier(x: Any, classes: int, activation: Any) -> Any:
    """The usual head: the mean of each channel, and a Dense layer."""
    return Dense(classes, activation=activation, name="predictions")(GlobalAveragePooling2D(name="avg_pool")(x))


def picture_shape(where: str, given: Any, size: int | None, least: int, top: bool) -> tuple:
    """The shape of the pictures: as given, or the one that the network was made for."""
    if given is None:
        return (size, size, 3) if top else (None, None, 3)
    shape = sample_shape(f"{where}(input_shape)", given)
    if len(shape) != 3 or shape[-1] is None or any(side is not None and side < least for side in shape[:2]):
        raise ArgumentError(f"{where}(input_shape)", f"(height, width, channels) with sides of at least {least}", shape)
    if top and size and None in shape:
        raise ArgumentError(f"{where}(input_shape)", "sides of known length with include_top=True", shape)
    return shape


def sources(x: Symbol) -> Any:
    """The inputs that a symbol was computed from: one, or a list."""
    found, todo, seen = [], [x], set()
    while todo:
        symbol = todo.pop()
        if id(symbol) in seen:
            continue
        seen.add(id(symbol))
        if symbol.node.inputs:
            todo += reversed(symbol.node.inputs)
        else:
            found.append(symbol)
    return found[0] if len(found) == 1 else found


def folders() -> list[Path]:
    """Where files of weights are looked for: $NABI_DATA, Keras' cache ($KERAS_HOME or ~/.keras), nabi's cache."""
    data = os.environ.get("NABI_DATA")
    own = [Path(data), Path(data) / "models"] if data else []
    return [*own, Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models", cache_folder() / "models"]


def weights_file(where: str, name: str, weights: Any) -> Path | None:
    """The file of weights: the one that is named, or that of ImageNet; None for none, and for stand-in weights.

    Raises:
        FileError: it is not there.
    """
    if weights is None:
        return None
    if weights == "imagenet":
        places = [folder / name for folder in folders()]
        found = next((path for path in places if path.is_file()), None)
        if found is None and standing.is_on():
            standing.tell(name, "weights")
        elif found is None:
            raise FileError(f'{where}(weights="imagenet")', f"Keras' file {name}", "none on this computer",
                            f"nabi fetches no weights: put the file at {places[-2]}, or name it with weights=PATH. {INSTEAD} "
                            "To try a script: nabi run --stand-in takes random weights.")
        return found
    if not isinstance(weights, (str, os.PathLike)):
        raise ArgumentError(f"{where}(weights)", 'None, "imagenet" or a path', repr(weights))
    if not os.path.isfile(weights):
        raise FileError(f"{where}(weights)", 'None, "imagenet" or a file of weights', f"nothing at {weights}", INSTEAD)
    return Path(weights)
