"""Looking: the layers that answer a picture, without those before them that only prepare it: scaling, augmentation.

At prediction augmentation hands a picture on as it is, and scaling changes its numbers alone: neither is a step of the network's
own, and a figure of convolutions begins at the first convolution.
"""

from typing import Any

import numpy as np

from nabi import explain
from nabi.layers import Normalization, Rescaling
from nabi.layers.varied import Augmenting

PREPARE = (Augmenting, Normalization, Rescaling)


def prepares(layer: Any) -> bool:
    """Whether a layer only prepares pictures.

    Example:
        >>> from nabi.layers import Conv2D, RandomFlip, Rescaling
        >>> [prepares(layer) for layer in (Rescaling(1 / 255), RandomFlip(), Conv2D(8, 3))]
        [True, True, False]
    """
    return isinstance(layer, PREPARE)


def maps_of(model: Any, pictures: np.ndarray) -> dict[str, np.ndarray]:
    """`explain.feature_maps` without the layers that only prepare pictures; (n, h, w, C) of layers with places."""
    left = {layer.name for layer in model.leaves if prepares(layer)}
    found = explain.feature_maps(model, pictures)
    return {name: maps for name, maps in found.items() if name.split("/")[-1] not in left}


def first_convolution(model: Any, found: dict[str, np.ndarray], least: int = 4) -> str | None:
    """The name of the first convolution with maps of at least so many places a side; without convolutions the first such layer;
    None without such maps."""
    large = [name for name, maps in found.items() if maps.ndim == 4 and min(maps.shape[1:3]) >= least]
    kernels = {layer.name for layer in model.leaves if getattr(getattr(layer, "kernel", None), "ndim", 0) == 4}
    return next((name for name in large if name.split("/")[-1] in kernels), large[0] if large else None)
