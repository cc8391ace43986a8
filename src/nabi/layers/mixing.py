"""Mixing: in training each picture is blended with another one of its batch, and their labels likewise (믹스업, 컷믹스).

    MixUp    l ~ Beta(alpha, alpha)              y[n] = l x[n] + (1 - l) x[order[n]]
    CutMix   l ~ Beta(a, a),  a ~ U(factor)      y[n] = x[order[n]] in a box of H sqrt(1 - l) by W sqrt(1 - l), else x[n]
    labels   t[n] = s t[n] + (1 - s) t[order[n]],     s = l for MixUp, the share that is left of picture n for CutMix

    x: (N, H, W, C), order: a permutation of 0 ... N - 1, t: (N, classes), one row of shares a picture.
    l and order are f(seed, the layer's index in the graph, its call counter), drawn by NumPy's Philox.
Source: Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018, equation 1; Yun et al., "CutMix", ICCV 2019,
equations 1 and 2.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.errors import ShapeError
from nabi.core.numbers import number
from nabi.core.random import Key, generator
from nabi.core.registry import register
from nabi.layers.erasing import box
from nabi.layers.inside import RUNNING
from nabi.layers.sampled import share
from nabi.layers.varied import Varied, up_to


class Mixing(Varied):
    """Base: `draws` gives what `varied` needs for pictures, the first two of them order and share s for `blended` labels.

    Within a model only pictures could be mixed; so labels and pictures are mixed before: by `fit(..., mix=layer)`, or by
    layer({"images": x, "labels": y}) in a source of batches.
    """

    def both(self, images: Any, labels: Any, training: bool | None) -> tuple[Any, Any]:
        x = torch.as_tensor(images)
        self.prepare([(None, *x.shape[1:])])
        outer = RUNNING.get()
        if not (self.augments if outer is None else outer.training) if training is None else not training:
            return self.brought(x), labels
        key = self.own_key() if outer is None else outer.draw(self)
        return (self.brought(x), labels) if key is None else self.mixed(self.brought(x), labels, key)

    def mixed(self, x: torch.Tensor, labels: Any, key: Key) -> tuple[torch.Tensor, Any]:
        """Pictures and labels of one batch."""
        order, s, *others = self.draws(x, key)
        y = self.varied(x, order, s, *others)
        return (y, labels) if labels is None else (y, blended(shares(f"{self.label}, labels", labels, len(x), x.dtype), order, s))


@register("layer")
class MixUp(Mixing):
    """Blends pictures, and their labels, in pairs during training; at inference nothing happens.

    Args:
        alpha: above 0; the smaller, the less of the other picture is seen in most pairs; 0.2 is usual, 1 draws any share alike.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> batch = {"images": torch.eye(3).view(3, 1, 3, 1), "labels": torch.eye(3)}
        >>> mixed = nabi.layers.MixUp(1.0, seed=3)(batch)
        >>> torch.equal(mixed["images"].view(3, 3), mixed["labels"]), mixed["labels"].sum(1).tolist()
        (True, [1.0, 1.0, 1.0])
    """

    def __init__(self, alpha=0.2, data_format=None, seed=None, **base):
        super().__init__(seed, data_format, **base)
        self.alpha = number("MixUp(alpha)", alpha, above=0)

    def draws(self, x, key: Key):
        """The other picture of each, (N,), and the share of the first, (N, 1, 1, 1)."""
        rng, n = generator(key), len(x)
        return torch.from_numpy(rng.permutation(n)).to(x.device), a_number(rng.beta(self.alpha, self.alpha, n), x)

    def varied(self, x, order, s):
        return blended(x, order, s)


@register("layer")
class CutMix(Mixing):
    """Puts a box of another picture into each, and mixes their labels by area, during training; at inference nothing happens.

    Args:
        factor: the Beta distribution's alpha, drawn from (0, factor) for a number, else from a pair; in [0, 1]. 1 draws boxes of
            any area alike; the smaller, the more often pictures stay nearly whole or are nearly replaced.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> x = torch.zeros(2, 4, 4, 1)
        >>> x[1] = 1
        >>> mixed = nabi.layers.CutMix((1, 1), seed=8)({"images": x, "labels": torch.eye(2)})
        >>> mixed["images"][0, ..., 0].int().tolist(), (100 * mixed["labels"][0]).round().tolist()
        ([[0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], [89.0, 11.0])

    Labels go by the area of the box before it is cut to whole pixels, as in Keras 3, which draws one alpha for the whole batch.
    """

    def __init__(self, factor=1.0, seed=None, data_format=None, **base):
        super().__init__(seed, data_format, **base)
        self.factor = share("CutMix(factor)", factor, "1 draws boxes of any area alike.", least=0)

    def draws(self, x, key: Key):
        """The other picture of each, (N,), the share of the first, (N, 1, 1, 1), and the pixels of the other, (N, H, W) bool."""
        rng, n = generator(key), len(x)
        a = up_to(self.factor, torch.from_numpy(rng.random(n))).numpy() + 1e-6
        s, order = rng.beta(a, a), torch.from_numpy(rng.permutation(n)).to(x.device)
        side, v, t = (a_number(numbers, x) for numbers in (np.sqrt(1 - s), rng.random(n), rng.random(n)))
        return order, 1 - side * side, box(x, side, side, v, t)

    def varied(self, x, order, s, other):
        return torch.lerp(x, x.index_select(0, order), other.unsqueeze(-1).to(x.dtype))  # 0 or 1: exactly one of the two


def blended(x: torch.Tensor, order: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    """s x[n] + (1 - s) x[order[n]] for pictures or labels x, s: one number for each of them."""
    return torch.lerp(x.index_select(0, order), x, s.view(-1, *[1] * (x.ndim - 1)).to(x.dtype))


def a_number(values: np.ndarray, x: torch.Tensor) -> torch.Tensor:
    """One number a picture, (N, 1, 1, 1), in the dtype of x."""
    return torch.from_numpy(values).to(x.device, x.dtype).view(-1, 1, 1, 1)


def shares(where: str, labels: Any, n: int, dtype: torch.dtype) -> torch.Tensor:
    """Labels as rows of shares that can be mixed.

    Raises ShapeError: class numbers, of which there is no half.
    """
    t = torch.as_tensor(labels)
    numbers = not t.is_floating_point() and (t.shape[-1:] == (1,) or t.numel() > 0 and int(t.max()) > 1)
    if t.ndim < 2 or len(t) != n or numbers:
        raise ShapeError(where, f"one row of shares for each of {n} pictures: ({n}, classes)", tuple(t.shape),
                         "Class numbers become rows by nabi.utils.to_categorical(y), for loss='categorical_crossentropy'.")
    return t if t.is_floating_point() else t.to(dtype)
