"""Random colour jitter: in training brightness, contrast, saturation and hue of each picture change, in this order (색 변화).

    y = hue(saturation(contrast(brightness(x))))          those that are asked for, each with a draw of its own a picture

    x: (N, H, W, C) -> y: (N, H, W, C).  Formulas: `lighting`, `hue`. Pictures of one channel have brightness and contrast only.
Source: Howard, "Some improvements on deep convolutional neural network based image classification", 2013, section 2.2; Keras 3.
"""

from nabi.core.random import Key
from nabi.core.registry import register
from nabi.layers.hue import half_turns, saturated, strength, turned
from nabi.layers.lighting import brightened, contrasted, factor_of_contrast
from nabi.layers.sampled import between, share
from nabi.layers.varied import Ranged, a_picture, coloured


@register("layer")
class RandomColorJitter(Ranged):
    """Changes brightness, contrast, saturation and hue during training; at inference nothing happens.

    Args:
        value_range: the range of the pixels.
        brightness_factor: as of RandomBrightness, in [-1, 1]; None leaves brightness as it is, and so on.
        contrast_factor: as of RandomContrast, in [0, 1].
        saturation_factor: as of RandomSaturation, in [0, 1].
        hue_factor: as of RandomHue, in [0, 1].
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> jitter = nabi.layers.RandomColorJitter(brightness_factor=(0.2, 0.2), hue_factor=(1, 1))
        >>> jitter(torch.tensor([[[[100., 0., 0.]]]]), training=True).flatten().tolist()
        [51.0, 151.0, 151.0]
    """

    def __init__(self, value_range=(0, 255), brightness_factor=None, contrast_factor=None, saturation_factor=None,
                 hue_factor=None, seed=None, data_format=None, **base):
        super().__init__(value_range, seed, data_format, **base)
        self.brightness_factor = optional("brightness_factor", brightness_factor, -1)
        self.contrast_factor = optional("contrast_factor", contrast_factor)
        self.saturation_factor = optional("saturation_factor", saturation_factor)
        self.hue_factor = optional("hue_factor", hue_factor)

    def draws(self, x, key: Key):
        """Five numbers of U(0, 1) a picture: two are for hue."""
        return tuple(a_picture(x, key, 5))

    def varied(self, x, brightness, contrast, saturation, hue, sign):
        if self.brightness_factor is not None:
            x = brightened(x, between(self.brightness_factor, brightness), self.value_range)
        if self.contrast_factor is not None:
            x = contrasted(x, factor_of_contrast(self.contrast_factor, contrast), self.value_range)
        if self.saturation_factor is not None and coloured(self, x):
            x = saturated(x, strength(self.saturation_factor, saturation), self.value_range)
        if self.hue_factor is not None and coloured(self, x):
            x = turned(x, half_turns(self.hue_factor, hue, sign))
        return x


def optional(word: str, value, least: float = 0):
    """A factor, or None."""
    return None if value is None else share(f"RandomColorJitter({word})", value, "None leaves it as it is.", least)
