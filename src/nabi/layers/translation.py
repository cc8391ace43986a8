"""Random translation: in training each picture is moved by a random distance, so that no place on the map is special (평행 이동).

    y[i, j] = x(i - a, j - b),   a ~ U(low_h, high_h) H,   b ~ U(low_w, high_w) W        one pair (a, b) a picture
    x(u, v) between four pixels: bilinear, that is linear along the rows, then along the columns; or the nearest pixel

    x: (N, H, W, C) -> y: (N, H, W, C).  The pair is f(seed, the layer's index in the graph, its call counter, picture).
Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998, section III.C (distortions).
"""

from numbers import Integral, Real

import torch

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.philox import uniform
from nabi.layers.layer import Layer
from nabi.layers.window import only_channels_last

FILLS = ("constant", "nearest", "reflect", "wrap")


@register("layer")
class RandomTranslation(Layer):
    """Moves pictures up, down and sideways during training; at inference nothing happens.

    Args:
        height_factor, width_factor: largest move as a share of the picture's height, width, or a pair (lowest, highest); all in
            [-1, 1]. Positive is down and to the right.
        fill_mode: what comes in at the border. a b c d goes on as "reflect" d c b a, "nearest" d d d d, "wrap" a b c d, or
            "constant", the fill_value.
        interpolation: "bilinear", or "nearest", which moves by whole pixels.
        seed: own seed of this layer; None takes the model's.
        fill_value: the pixel beyond the border with "constant".

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> right = nabi.layers.RandomTranslation(0, (0.25, 0.25), fill_mode="constant")
        >>> right(torch.tensor([[[[1.], [2.], [3.], [4.]]]]), training=True).flatten().tolist()
        [0.0, 1.0, 2.0, 3.0]

    Keras on torch takes "reflect" for "mirror" (c b a after d) and has no "wrap"; the other backends are as here.
    """

    rank = 4
    random = True

    def __init__(self, height_factor, width_factor, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0,
                 data_format=None, **base):
        super().__init__(**base)
        for name, value in (("height_factor", height_factor), ("width_factor", width_factor)):
            pair = value if isinstance(value, (tuple, list)) else (value, value)
            if len(pair) != 2 or not all(isinstance(v, Real) and abs(float(v)) <= 1 for v in pair):
                raise ArgumentError(f"RandomTranslation({name})", "a share in [-1, 1] or a pair of them", repr(value),
                                    "0.1 moves by up to a tenth of the picture, either way.")
        for name, value, known in (("fill_mode", fill_mode, FILLS), ("interpolation", interpolation, ("bilinear", "nearest"))):
            if value not in known:
                raise ArgumentError(f"RandomTranslation({name})", f"one of {', '.join(known)}", repr(value),
                                    did_you_mean(str(value), known))
        if seed is not None and (not isinstance(seed, Integral) or isinstance(seed, bool)):
            raise ArgumentError("RandomTranslation(seed)", "a whole number or None", repr(seed))
        self.height_factor = height_factor
        self.width_factor = width_factor
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.seed = seed
        self.fill_value = fill_value
        self.data_format = only_channels_last(type(self).__name__, data_format)

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        u = uniform(key, (len(x), 2), device=x.device)
        for axis, factor in ((1, self.height_factor), (2, self.width_factor)):
            low, high = sorted(factor) if isinstance(factor, (tuple, list)) else (-abs(factor), abs(factor))
            distance = (low + (high - low) * u[:, axis - 1]) * x.shape[axis]
            x = moved(x, distance, axis, self.fill_mode, self.interpolation, self.fill_value)
        return x


def moved(x, distance, axis: int, fill_mode: str = "constant", interpolation: str = "bilinear", fill_value: float = 0.0):
    """x: (N, H, W, C) with picture n moved by distance[n] pixels along axis 1 or 2.

        y[i] = (1 - f) x[k] + f x[k + 1],   k = floor(i - d), f = i - d - k         bilinear
        y[i] = x[floor(i - d + 1/2)]                                                nearest

    Example:
        >>> x = torch.tensor([[[[1.], [2.], [3.], [4.]]]])
        >>> moved(x, torch.tensor([0.5]), axis=2, fill_mode="nearest").flatten().tolist()
        [1.0, 1.5, 2.5, 3.5]
    """
    place = torch.arange(x.shape[axis], device=x.device) - distance[:, None]
    if interpolation == "nearest":
        return picked(x, torch.floor(place + 0.5).long(), axis, fill_mode, fill_value)
    k = torch.floor(place)
    f = (place - k).to(x.dtype).view(-1, *(x.shape[axis] if a == axis else 1 for a in (1, 2, 3)))
    here, there = (picked(x, k.long() + step, axis, fill_mode, fill_value) for step in (0, 1))
    return torch.lerp(here, there, f)


def picked(x, place, axis: int, fill_mode: str, fill_value: float):
    """x: (N, H, W, C) at these places along an axis, place: (N, length), also beyond the border."""
    n = x.shape[axis]
    if fill_mode == "wrap":
        inside = place % n
    elif fill_mode == "reflect":
        inside = place % (2 * n)
        inside = torch.minimum(inside, 2 * n - 1 - inside)
    else:
        inside = place.clamp(0, n - 1)
    shape = [len(x), 1, 1, 1]
    shape[axis] = n
    y = torch.gather(x, axis, inside.view(shape).expand_as(x))
    if fill_mode == "constant":
        y = torch.where((inside == place).view(shape), y, fill_value)
    return y
