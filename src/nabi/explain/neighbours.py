"""Neighbours: which known pictures are most alike a picture for the network: those whose features lie nearest (최근접 이웃).

    f(x)       what the last layer but the classifier makes, one vector a picture
    d(x, y) = ||f(x) - f(y)||,  or  1 - f(x) . f(y) / (||f(x)|| ||f(y)||)

Source: Krizhevsky, Sutskever & Hinton, "ImageNet classification with deep convolutional neural networks", 2012, section 6.1 and
figure 4.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import whole
from nabi.core.words import one_of
from nabi.explain.given import pictured
from nabi.explain.question import checked_model, named_place
from nabi.explain.walk import Place, number_type, places, walk
from nabi.models.graph import Call
from nabi.pictures.looks import fits


@dataclass(frozen=True)
class Nearest:
    """The nearest pictures, the nearest first.

    Attributes:
        numbers: (count,) their places among the known pictures.
        distances: (count,) in feature space.
        layer: whose numbers the features are.
    """

    numbers: np.ndarray
    distances: np.ndarray
    layer: str


@checked
def features(model: Any, x: Any, layer: Any = None, batch_size: int = 64) -> np.ndarray:
    """What a layer makes of many pictures, a vector each: (N, D).

    Args:
        model: a built model with one input.
        x: pictures (N, ...) as `predict` takes them.
        layer: name of a layer; None takes what the last layer with weights reads. Maps are flattened.
        batch_size: pictures of a pass.

    Example:
        >>> from nabi import zoo
        >>> features(zoo.build("lenet5"), np.zeros((3, 32, 32, 1), "float32")).shape
        (3, 84)

    Raises ShapeError for pictures that the model does not read, UnknownName for a layer that is not there.
    """
    return found_features("features", model, x, layer, batch_size)[0]


@checked
def nearest(model: Any, x: Any, known: Any, count: int = 5, layer: Any = None, distance: str = "euclidean") -> Nearest:
    """The known pictures, of the training set say, that the network finds most alike.

    Args:
        model, layer: as in `features`.
        x: one picture.
        known: pictures (N, ...), or their features (N, D) from `features` with the same layer, which saves the time.
        count: how many.
        distance: "euclidean" or "cosine".

    Example:
        >>> import nabi
        >>> net = nabi.Sequential([nabi.Input((2,)), nabi.layers.Dense(2, name="f"), nabi.layers.Dense(1)])
        >>> net.set_weights([np.eye(2), [0.0, 0.1], [[1.0], [1.0]], [0.0]])
        >>> found = nearest(net, [1.0, 1.0], np.array([[5.0, 5.0], [1.0, 2.0], [0.0, 1.5]]), count=2)
        >>> found.numbers.tolist(), found.distances.round(3).tolist(), found.layer
        ([1, 2], [1.0, 1.118], 'f')
    """
    where = "nearest"
    k = int(whole(f"{where}(count)", count, least=1))
    one_of(f"{where}(distance)", distance, ("euclidean", "cosine"))
    mine, name = found_features(where, model, pictured(where, model, x), layer, 1)
    shape = tuple(model.require_graph().inputs[0].shape[1:])
    given = np.asarray(known)
    is_features = given.ndim == 2 and given.shape[1:] == mine.shape[1:] and not fits(given.shape[1:], shape)
    theirs = given.astype(np.float64) if is_features else found_features(where, model, known, layer, 64)[0]
    if distance == "cosine":
        mine, theirs = (f / np.maximum(np.linalg.norm(f, axis=1, keepdims=True), 1e-30) for f in (mine, theirs))
        d = 1 - theirs @ mine[0]
    else:
        d = np.linalg.norm(theirs - mine, axis=1)
    order = np.argsort(d, kind="stable")[:k]
    return Nearest(order, d[order], name)


def found_features(where: str, model: Any, x: Any, layer: Any, batch_size: int) -> tuple[np.ndarray, str]:
    """The features (N, D), float64, and the name of their layer."""
    graph = checked_model(where, model).require_graph()
    size, shape = int(whole(f"{where}(batch_size)", batch_size, least=1)), tuple(graph.inputs[0].shape[1:])
    given = np.asarray(x)
    if given.dtype.kind not in "biuf" or not fits(given.shape[1:], shape) or not len(given):
        raise ShapeError(f"{where}(x)", f"pictures of shape (N, {', '.join(map(str, shape))})", f"{given.shape} {given.dtype}")
    found = places(graph)
    place = last_but_one(where, found) if layer is None else named_place(where, found, layer)
    dtype, parts = number_type(model), []
    for start in range(0, len(given), size):
        made: list[torch.Tensor] = []

        def after(call: Call, y: torch.Tensor, made=made) -> torch.Tensor:
            if place.slot in call.outputs:
                made.append(y)
            return y

        with torch.no_grad():
            walk(model, torch.from_numpy(np.ascontiguousarray(given[start:start + size])).to(dtype), after)
        parts.append(made[0].flatten(1).double().numpy())
    return np.concatenate(parts), place.name


def last_but_one(where: str, found: list[Place]) -> Place:
    """What the last layer with weights reads, dropout left out.

    Raises:
        ArgumentError: there is nothing before it.
    """
    makers = {place.slot: place for place in found if not hasattr(place.layer, "graph")}
    last = next((place for place in reversed(found) if place.layer.weights and not hasattr(place.layer, "graph")), None)
    below = makers.get(last.reads[0]) if last is not None else None
    while below is not None and below.does_nothing and below.reads[0] in makers:
        below = makers[below.reads[0]]
    if below is None:
        raise ArgumentError(f"{where}(layer)", "a layer before the classifier", "none", "Name a layer: layer='conv1'.")
    return below
