"""Local response normalisation: each number is divided by the strength of its neighbours in channel (국소 반응 정규화, LRN).

    b_i = a_i / (k + alpha sum over j of a_j^2)^beta        j = i - floor(n / 2), ..., i + floor((n - 1) / 2), inside the channels

a_i is the map of channel i at one place, n the `size` of the neighbourhood: strong channels quieten those beside them.
Source: Krizhevsky, Sutskever & Hinton, "ImageNet classification with deep convolutional neural networks", 2012, section 3.3.
"""

import torch.nn.functional as F

from nabi.core.numbers import number, whole
from nabi.core.registry import register
from nabi.layers.layer import Layer
from nabi.layers.scaled import wide


@register("layer")
class LocalResponseNormalization(Layer):
    """Divides by the neighbouring channels, as AlexNet and VGG-CNN-M do; nothing is learned.

    Args:
        size: channels of a neighbourhood, n; of an even number one more lies before than behind.
        alpha: weight of the sum of squares, 0 or more.
        beta: exponent, 0 or more.
        k: what the divisor is without neighbours, above 0.

    Shapes: unchanged; the last axis are the channels. The defaults are AlexNet's.

    Example:
        >>> import nabi, torch
        >>> layer = nabi.layers.LocalResponseNormalization(size=3, alpha=1.0, beta=0.5, k=1.0)
        >>> layer(torch.tensor([[[2., 2., 0., 2.]]]))
        tensor([[[0.6667, 0.6667, 0.0000, 0.8944]]])

    PyTorch's LocalResponseNorm (and Caffe's) divides alpha by `size`: its alpha is `size` times this one. TensorFlow's takes
    `depth_radius`, (size - 1) / 2. Keras has none.
    Raises ArgumentError for an argument outside its range.
    """

    min_rank = 3

    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=2.0, **base):
        super().__init__(**base)
        self.size = whole("LocalResponseNormalization(size)", size, least=1)
        self.alpha = number("LocalResponseNormalization(alpha)", alpha, least=0)
        self.beta = number("LocalResponseNormalization(beta)", beta, least=0)
        self.k = number("LocalResponseNormalization(k)", k, above=0)

    def call(self, x):
        a = wide(x)
        squares = F.pad(a.square(), (self.size // 2, (self.size - 1) // 2))
        strength = squares.unfold(-1, self.size, 1).sum(-1)  # (..., C, n) -> (..., C)
        b = a / (self.k + self.alpha * strength) ** self.beta
        return b.to(x.dtype)
