"""Random zoom: in training each picture is made smaller or larger about its middle (무작위 확대·축소).

    z_h ~ 1 + U(low_h, high_h),   z_w ~ 1 + U(low_w, high_w)  or  z_w = z_h       one pair a picture
    A = [[z_h, 0], [0, z_w]]                                a factor above 0 reads further out: the picture becomes smaller
    y[i, j] = x(c + A ((i, j) - c)),   c = ((H - 1)/2, (W - 1)/2)        read by `kernels.affine`

    x: (N, H, W, C) -> y: (N, H, W, C).  The pair is f(seed, the layer's index in the graph, its call counter, picture).
Source: Keras 3; scale jittering: Simonyan & Zisserman, "Very deep convolutional networks", 2014, section 3.1.
"""

import torch

from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.affine import affine
from nabi.kernels.philox import uniform
from nabi.layers.sampled import Sampled, between, share


@register("layer")
class RandomZoom(Sampled):
    """Zooms in and out during training; at inference nothing happens.

    Args:
        height_factor: by how much at most the picture's rows become fewer (positive: zooming out) or more (negative: zooming in),
            as a share, or a pair (lowest, highest); in (-1, 1].
        width_factor: likewise for columns; None takes the height's draw, which keeps shapes as they are.
        fill_mode: what comes in at the border: "reflect", "nearest", "wrap", or "constant", the fill_value.
        interpolation: "bilinear" or "nearest".
        seed: own seed of this layer; None takes the model's.
        fill_value: the pixel beyond the border with "constant".

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> out = nabi.layers.RandomZoom(0, (1, 1), fill_mode="constant")  # half as wide
        >>> out(torch.tensor([[[[1.], [2.], [3.], [4.], [5.]]]]), training=True).flatten().tolist()
        [0.0, 1.0, 3.0, 5.0, 0.0]
    """

    def __init__(self, height_factor, width_factor=None, fill_mode="reflect", interpolation="bilinear", seed=None, fill_value=0.0,
                 data_format=None, **base):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **base)
        remedy = "0.2 makes pictures smaller or larger by up to a fifth."
        self.height_factor = share("RandomZoom(height_factor)", height_factor, remedy, above=-1)
        self.width_factor = None if width_factor is None else share("RandomZoom(width_factor)", width_factor, remedy, above=-1)

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        u = uniform(key, (len(x), 2), torch.float64, x.device)
        z_h = 1 + between(self.height_factor, u[:, 0])
        z_w = z_h if self.width_factor is None else 1 + between(self.width_factor, u[:, 1])
        return affine(x, torch.diag_embed(torch.stack([z_h, z_w], -1)), None, self.fill_mode, self.interpolation, self.fill_value)
