"""Random translation: in training each picture is moved by a random distance, so that no place on the map is special (평행 이동).

    y[i, j] = x(i - a, j - b),   a ~ U(low_h, high_h) H,   b ~ U(low_w, high_w) W        one pair (a, b) a picture
    x(u, v) between four pixels: bilinear, that is linear along the rows, then along the columns; or the nearest pixel

    x: (N, H, W, C) -> y: (N, H, W, C).  The pair is f(seed, the layer's index in the graph, its call counter, picture).
    Whole pixels are picked in one pass, bilinear ones picked once with a row and a column more, then mixed along each axis.
Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998, section III (distortions).
"""

import torch

from nabi import kernels
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.affine import within
from nabi.kernels.philox import uniform
from nabi.layers.sampled import Sampled, between, share


@register("layer")
class RandomTranslation(Sampled):
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
    """

    def __init__(self, height_factor, width_factor, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0,
                 data_format=None, **base):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **base)
        remedy = "0.1 moves by up to a tenth of the picture, either way."
        self.height_factor = share("RandomTranslation(height_factor)", height_factor, remedy)
        self.width_factor = share("RandomTranslation(width_factor)", width_factor, remedy)

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        return moved(x, self.distances(x, key), self.fill_mode, self.interpolation, self.fill_value)

    def distances(self, x: torch.Tensor, key: Key) -> torch.Tensor:
        """How far each picture moves down and to the right, in pixels: (N, 2)."""
        u = uniform(key, (len(x), 2), device=x.device)
        down, right = between(self.height_factor, u[:, 0]) * x.shape[1], between(self.width_factor, u[:, 1]) * x.shape[2]
        return torch.stack([down, right], 1)

    def origins(self, x: torch.Tensor, key: Key) -> list[torch.Tensor]:
        """Rows (N, H) and columns (N, W) of x that those of the result come from with "nearest"; -1 is outside."""
        return whole_steps(x, self.distances(x, key), self.fill_mode)


def moved(x, distances, fill_mode: str = "constant", interpolation: str = "bilinear", fill_value: float = 0.0):
    """x: (N, H, W, C) with picture n moved by distances[n] = (d_down, d_right) pixels; along each of the two axes

        y[i] = x[i + k],                        k = floor(1/2 - d)                  nearest
        y[i] = (1 - f) x[i + k] + f x[i + k + 1],   k = floor(-d),  f = -d - k      bilinear

    Example:
        >>> x = torch.tensor([[[[1.], [2.], [3.], [4.]]]])
        >>> moved(x, torch.tensor([[0, 0.5]]), fill_mode="nearest").flatten().tolist()
        [1.0, 1.5, 2.5, 3.5]
    """
    fill = torch.full(x.shape[3:], fill_value, dtype=x.dtype, device=x.device)
    if interpolation == "nearest":
        return kernels.pictures(x, *whole_steps(x, distances, fill_mode), fill=fill)
    k = torch.floor(-distances)
    f = (-distances - k).to(x.dtype)
    rows, columns = (places(x.shape[axis], k[:, axis - 1], fill_mode, 1) for axis in (1, 2))
    y = kernels.pictures(x, rows, columns, fill=fill)  # one row and one column more
    y = torch.lerp(y[:, :-1], y[:, 1:], f[:, 0, None, None, None])
    return torch.lerp(y[:, :, :-1], y[:, :, 1:], f[:, 1, None, None, None])


def whole_steps(x, distances, fill_mode: str) -> list[torch.Tensor]:
    """Rows and columns for moves by these distances, each rounded to whole pixels: two pixels and a half are two."""
    return [places(x.shape[axis], torch.floor(0.5 - distances[:, axis - 1]), fill_mode) for axis in (1, 2)]


def places(n: int, k, fill_mode: str, more: int = 0) -> torch.Tensor:
    """The places k, k + 1, ..., k + n - 1 (and so many more) on an axis of n pixels, k: (N,); those beyond the border as
    `fill_mode` says, with "constant" -1.

    Example:
        >>> k = torch.tensor([-2])
        >>> {mode: places(3, k, mode).tolist()[0] for mode in ("constant", "nearest", "reflect", "wrap")}
        {'constant': [-1, -1, 0], 'nearest': [0, 0, 0], 'reflect': [1, 0, 0], 'wrap': [1, 2, 0]}
    """
    return within(k.long()[:, None] + torch.arange(n + more, device=k.device), n, fill_mode)
