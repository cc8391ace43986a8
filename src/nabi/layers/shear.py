"""Random shear: in training the rows of each picture slip along one another, and its columns likewise (전단, 기울이기).

    s_x ~ sign U(x_factor),   s_y ~ sign U(y_factor),   sign +1 or -1, the same for both          one pair a picture
    y[i, j] = x(i + s_y j, j + s_x i)                                  read by `kernels.affine`; the upper left corner stays

    x: (N, H, W, C) -> y: (N, H, W, C).
Source: Keras 3's RandomShear; Cubuk et al., "AutoAugment", 2019, table 6 (ShearX, ShearY).
"""

import torch

from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.affine import affine
from nabi.kernels.philox import uniform
from nabi.layers.sampled import Sampled, share
from nabi.layers.varied import up_to


@register("layer")
class RandomShear(Sampled):
    """Shears pictures during training; at inference nothing happens.

    Args:
        x_factor, y_factor: by which share at most a row, a column, slips against the next: a number for (0, number), or a pair
            (lowest, highest); in [0, 1]. Which way is drawn.
        interpolation: "bilinear" or "nearest".
        fill_mode: what comes in at the border: "reflect", "nearest", "wrap", or "constant", the fill_value.
        fill_value: the pixel beyond the border with "constant".
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> shear = nabi.layers.RandomShear((1, 1), fill_mode="constant", seed=1)
        >>> shear(torch.tensor([[[[1.], [2.], [3.]], [[4.], [5.], [6.]]]]), training=True)[0, ..., 0].tolist()
        [[1.0, 2.0, 3.0], [0.0, 4.0, 5.0]]

    As in Keras 3 the corner stays where it is, not the middle.
    """

    def __init__(self, x_factor=0.0, y_factor=0.0, interpolation="bilinear", fill_mode="reflect", fill_value=0.0,
                 data_format=None, seed=None, **base):
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **base)
        remedy = "0.3 moves what is n pixels away by up to 0.3 n pixels."
        self.x_factor = share("RandomShear(x_factor)", x_factor, remedy, least=0)
        self.y_factor = share("RandomShear(y_factor)", y_factor, remedy, least=0)

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None:
            return x
        return sheared(x, self.draws(x, key), self.fill_mode, self.interpolation, self.fill_value)

    def draws(self, x: torch.Tensor, key: Key) -> torch.Tensor:
        """s_x and s_y of each picture: (N, 2), float64."""
        u = uniform(key, (len(x), 3), torch.float64, x.device)
        sign = 1 - 2 * (u[:, 2:] < 0.5).double()
        return sign * torch.stack([up_to(self.x_factor, u[:, 0]), up_to(self.y_factor, u[:, 1])], 1)


def sheared(x: torch.Tensor, s: torch.Tensor, fill_mode: str = "reflect", interpolation: str = "bilinear",
            fill_value: float = 0.0) -> torch.Tensor:
    """y[i, j] = x(i + s_y j, j + s_x i) for s: (N, 2), (s_x, s_y) of each picture."""
    s_x, s_y = s.double().unbind(1)
    one = torch.ones_like(s_x)
    A = torch.stack([one, s_y, s_x, one], -1).view(-1, 2, 2)
    c = torch.tensor([(n - 1) / 2 for n in x.shape[1:3]], dtype=torch.float64, device=x.device)
    return affine(x, A, A @ c - c, fill_mode, interpolation, fill_value)  # c + A ((i, j) - c) + t = A (i, j)
