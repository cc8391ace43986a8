"""Crop: a window of a picture, from the middle or, in training, from a random place (자르기).

    y[i, j] = x[i + a, j + b],   0 <= i < h,  0 <= j < w
    CenterCrop    a = floor((H - h) / 2),   b = floor((W - w) / 2)
    RandomCrop    a of 0 ... H - h and b of 0 ... W - w, each as likely, in training; one place for the whole batch

    x: (N, H, W, C) -> y: (N, h, w, C).  The place is f(seed, the layer's index in the graph, its call counter).
    otherwise the largest middle window of the shape h : w, brought to h x w between its pixels (see `fitted`)
Source: Krizhevsky, Sutskever & Hinton, "ImageNet classification with deep convolutional neural networks", 2012, section 4.1.
"""

import torch

from nabi.core.numbers import whole
from nabi.core.random import Key
from nabi.core.registry import register
from nabi.kernels.philox import random_bits
from nabi.kernels.resize import resize
from nabi.layers.layer import Layer
from nabi.layers.varied import Augmenting
from nabi.layers.window import only_channels_last


class Crop(Layer):
    """Base of layers that make pictures of height x width."""

    rank = 4

    def __init__(self, height, width, data_format=None, **base):
        super().__init__(**base)
        self.height = whole(f"{type(self).__name__}(height)", height, least=1)
        self.width = whole(f"{type(self).__name__}(width)", width, least=1)
        self.data_format = only_channels_last(type(self).__name__, data_format)

    def holds(self, x: torch.Tensor) -> bool:
        """Whether pictures are large enough to cut from."""
        return x.shape[1] >= self.height and x.shape[2] >= self.width

    def cut(self, x: torch.Tensor, a: int, b: int) -> torch.Tensor:
        """The window that begins at row a and column b; nothing is copied."""
        return x[:, a:a + self.height, b:b + self.width]

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.height, self.width, input_shape[3])


@register("layer")
class CenterCrop(Crop):
    """The middle of each picture.

    Args:
        height, width: of the result. Where a picture is smaller, it is brought to this size, see `fitted`.

    Shapes: (batch, H, W, channels) -> (batch, height, width, channels).

    Example:
        >>> import nabi, torch
        >>> nabi.layers.CenterCrop(1, 2)(torch.arange(12.).view(1, 3, 4, 1)).flatten().tolist()
        [5.0, 6.0]
    """

    def call(self, x):
        a, b = (x.shape[1] - self.height) // 2, (x.shape[2] - self.width) // 2
        return self.cut(x, a, b) if self.holds(x) else fitted(x, self.height, self.width)


@register("layer")
class RandomCrop(Augmenting, Crop):
    """A window from a random place in training; at inference, and where a picture is too small, see `fitted`.

    Args:
        height, width: of the result.
        seed: own seed of this layer; None takes the model's.

    Shapes: (batch, H, W, channels) -> (batch, height, width, channels).

    Example:
        >>> import nabi, torch
        >>> crop = nabi.layers.RandomCrop(1, 2, seed=0)
        >>> [crop(torch.arange(12.).view(1, 3, 4, 1), training=True).flatten().tolist() for _ in range(3)]
        [[6.0, 7.0], [4.0, 5.0], [10.0, 11.0]]

    CIFAR's habit of padding by p zeros and cutting a random window of the old size for each picture is
    RandomTranslation((p + 0.5) / H, (p + 0.5) / W, "constant", "nearest"): moves by -p ... p whole pixels, each as likely.
    Keras 3's code departs from its documentation, which nabi follows: there inference gives the picture as it came, whatever its
    size, a side that already fits makes the other one stay in the middle, and small pictures are stretched.
    """

    def __init__(self, height, width, seed=None, data_format=None, **base):
        super().__init__(height, width, data_format, **base)
        self.seed = whole("RandomCrop(seed)", seed, optional=True)

    def call(self, x, training: bool = False, key: Key | None = None):
        if not training or key is None or not self.holds(x):
            return fitted(x, self.height, self.width)
        u, v = random_bits(key, 2).tolist()  # whole numbers below 2^32
        return self.cut(x, u * (x.shape[1] - self.height + 1) >> 32, v * (x.shape[2] - self.width + 1) >> 32)


def fitted(x: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """The largest middle window of the shape height : width, brought to this size by bilinear interpolation.

    Example:
        >>> fitted(torch.tensor([[[[0.], [1.], [3.], [9.]]]]), 1, 1).item(), fitted(torch.ones(1, 2, 4, 1), 4, 4).shape
        (1.0, torch.Size([1, 4, 4, 1]))
    """
    window = middle(x, height, width)
    return window if window.shape[1:3] == (height, width) else resize(window, height, width)


def middle(x: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """The largest middle window of pictures (N, H, W, C) that has the shape height : width, to a pixel; nothing is copied."""
    H, W = x.shape[1:3]
    h, w = max(1, min(H, W * height // width)), max(1, min(W, H * width // height))
    a, b = (H - h) // 2, (W - w) // 2
    return x[:, a:a + h, b:b + w]
