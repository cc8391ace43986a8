"""Feature maps and filters: what each layer makes of a picture, and what its kernels look like (특징 맵, 필터).

    feature_maps(model, x)["conv1"]      (N, h, w, C): map c is what the filter c found
    filters(model, "conv1")              (kH, kW, C_in, filters): what it looks for

Source: Zeiler & Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 4 (which projects them back).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError, DataError, UnknownName, did_you_mean
from nabi.explain.given import pictured
from nabi.explain.question import checked_model, named_place
from nabi.explain.walk import number_type, places, walk
from nabi.pictures.looks import fits


@checked
def feature_maps(model: Any, x: Any, layers: str | Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """What the layers make of one picture or of a whole batch, by the name of the place.

    Args:
        model: a built model with one input.
        x: one picture as for `saliency`, or a batch (N, ...) as `predict` takes it.
        layers: names of places, see `grad_cam`; None takes all. Dense layers are among them.

    Example:
        >>> import nabi
        >>> from nabi import zoo
        >>> found = feature_maps(zoo.build("lenet5"), np.zeros((7, 32, 32, 1), "float32"))
        >>> {name: maps.shape for name, maps in list(found.items())[:2]}
        {'C1': (7, 28, 28, 6), 'S2': (7, 14, 14, 6)}

    Softmax layers give shares, not scores. Raises UnknownName for a layer that is not there.
    """
    where = "feature_maps"
    graph = checked_model(where, model).require_graph()
    found = places(graph)
    names = [layers] if isinstance(layers, str) else layers
    wanted = found if names is None else [named_place(where, found, name) for name in names]
    shape, given = tuple(graph.inputs[0].shape[1:]), np.asarray(x.detach().numpy() if hasattr(x, "detach") else x)
    if given.ndim == len(shape) + 1 and fits(given.shape[1:], shape) and len(given) != 1:
        if given.dtype.kind not in "biuf" or not len(given):
            raise DataError(f"{where}(x)", "at least one picture of numbers", f"{given.shape} {given.dtype}")
        batch = torch.from_numpy(np.ascontiguousarray(given))
    else:
        batch = torch.from_numpy(pictured(where, model, x))
    with torch.no_grad():
        values = walk(model, batch.to(number_type(model)), keep=True)
    return {place.name: values[place.slot].numpy().copy() for place in wanted}


@checked
def filters(model: Any, layer: str | None = None) -> np.ndarray:
    """The kernels of a convolution in Keras' shape: (kH, kW, C_in, filters).

    Args:
        model: a built model.
        layer: its name; None takes the first layer with kernels over pictures.

    Example:
        >>> from nabi import zoo
        >>> filters(zoo.build("lenet5")).shape
        (5, 5, 1, 6)

    Raises UnknownName for a layer that is not there, ArgumentError for one without kernels.
    """
    found = {leaf.name: leaf for leaf in checked_model("filters", model).leaves}
    kernels = {name: leaf.kernel for name, leaf in found.items() if getattr(getattr(leaf, "kernel", None), "ndim", 0) == 4}
    if layer is not None and layer not in found:
        raise UnknownName("filters(layer)", "the name of a layer with kernels", repr(layer), did_you_mean(layer, kernels))
    name = next(iter(kernels), None) if layer is None else layer
    if name not in kernels:
        raise ArgumentError("filters(layer)", "a layer with kernels over pictures", repr(name),
                            f"Known: {', '.join(kernels)}." if kernels else "This model has none.")
    return kernels[name].detach().numpy().copy()
