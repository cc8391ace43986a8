"""Hue: in training the colours of each picture turn round the colour circle, or become paler or stronger (색상, 채도).

    V = max(red, green, blue),   C = V - min(red, green, blue),   S = C / V          value, chroma, saturation of a pixel
    H = (green - blue) / C  where V is red,   2 + (blue - red) / C  green,   4 + (red - green) / C  blue       sixths of a turn
    red, green, blue = V - C + C clip(|H - 3| - 1, 2 - |H - 2|, 2 - |H - 4|; 0, 1),   0 <= H < 6              and back again

    RandomHue           H becomes (H + 6 d) mod 6,    d = sign f / 2,   f ~ U(factor),  sign +1 or -1
    RandomSaturation    S becomes min(k S, 1),        k = f / (1 - f),  f ~ U(factor):  V - (V - x) min(k, V / C)

    x: (N, H, W, 3) -> y: (N, H, W, 3).  One draw a picture. Pictures of one channel have no hue and stay.
Source: Smith, "Color gamut transform pairs", SIGGRAPH 1978; Keras 3's RandomHue and RandomSaturation.
"""

import torch

from nabi.core.random import Key
from nabi.core.registry import register
from nabi.layers.sampled import share
from nabi.layers.varied import Ranged, a_picture, coloured, up_to


@register("layer")
class RandomHue(Ranged):
    """Turns the colours of pictures during training; at inference nothing happens.

    Args:
        factor: how far, in half turns of the colour circle, either way: drawn from (0, factor) for a number, else from a pair; in
            [0, 1]. 1 makes red cyan.
        value_range: the range of the pixels.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.RandomHue((1, 1))(torch.tensor([[[[200., 0., 0.]]]]), training=True).flatten().tolist()
        [0.0, 200.0, 200.0]
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        self.factor = share("RandomHue(factor)", factor, "0.1 turns colours by up to a twentieth of the circle.", least=0)

    def draws(self, x, key: Key):
        """The part of a turn: (N, 1, 1, 1)."""
        return (half_turns(self.factor, *a_picture(x, key, 2)),)

    def varied(self, x, d):
        return turned(x, d) if coloured(self, x) else x


@register("layer")
class RandomSaturation(Ranged):
    """Makes colours paler or stronger during training; at inference nothing happens.

    Args:
        factor: 0 takes all colour, 0.5 changes nothing, 1 makes colours as strong as can be: drawn from (0, factor) for a number,
            else from a pair; in [0, 1].
        value_range: the range of the pixels.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> stronger = nabi.layers.RandomSaturation((2/3, 2/3))
        >>> stronger(torch.tensor([[[[200., 160., 180.]]]]), training=True).flatten().round().tolist()
        [200.0, 120.0, 160.0]

    Keras 3's code departs from its documentation, which nabi follows: there a single number draws from (-factor, factor), and
    with pixels up to 255 saturation may pass 1, which makes pixels negative.
    """

    def __init__(self, factor, value_range=(0, 255), data_format=None, seed=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        self.factor = share("RandomSaturation(factor)", factor, "(0.4, 0.6) draws from a little paler to stronger.", least=0)

    def draws(self, x, key: Key):
        """The factor on the saturation: (N, 1, 1, 1)."""
        (u,) = a_picture(x, key)
        return (strength(self.factor, u),)

    def varied(self, x, k):
        return saturated(x, k, self.value_range) if coloured(self, x) else x


def half_turns(factor, u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """How far hues turn, either way, as part of a turn."""
    return torch.where(v < 0.5, -0.5, 0.5).to(u.dtype) * up_to(factor, u)


def strength(factor, u: torch.Tensor) -> torch.Tensor:
    """f / (1 - f)."""
    f = up_to(factor, u)
    return f / (1 - f + 1e-7)


def turned(x: torch.Tensor, d: torch.Tensor) -> torch.Tensor:
    """Pictures whose hue is moved by d turns, d: (N, 1, 1, 1). Value and chroma stay, so the range does not matter."""
    (red, green, blue), V, C = planes(x)
    is_red, not_green = (V == red).to(x.dtype), (V != green).to(x.dtype)
    is_blue = not_green - is_red * not_green
    is_green = 1 - is_red - is_blue
    H = (is_red * (green - blue) + is_green * (blue - red) + is_blue * (red - green)) / safe(C) + 2 * is_green + 4 * is_blue
    h = H + 6 * d.squeeze(-1)
    h = h - 6 * (h / 6).floor()
    parts = (h - 3).abs() - 1, 2 - (h - 2).abs(), 2 - (h - 4).abs()
    return torch.stack([V - C + C * part.clamp(0, 1) for part in parts]).movedim(0, -1).contiguous()


def saturated(x: torch.Tensor, k: torch.Tensor, value_range=(0, 255)) -> torch.Tensor:
    """Pictures whose saturation is min(k S, 1), k: (N, 1, 1, 1)."""
    channels, V, C = planes(x)
    return torch.lerp(V, channels, torch.minimum(k.squeeze(-1), (V - value_range[0]) / safe(C))).movedim(0, -1).contiguous()


def planes(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The channels of pictures, (3, N, H, W), their value V and chroma C, (N, H, W)."""
    channels = x.movedim(-1, 0).contiguous()
    red, green, blue = channels
    V = torch.maximum(torch.maximum(red, green), blue)
    return channels, V, V - torch.minimum(torch.minimum(red, green), blue)


def safe(C: torch.Tensor) -> torch.Tensor:
    """C, or where it is 0, all channels being equal, a number to divide by."""
    return C.clamp(min=1e-30)
