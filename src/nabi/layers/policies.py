"""Policies: operations on pictures, all with one strength, from which a layer draws (RandAugment, AugMix; 자동 증강 정책).

    RandAugment    y = o_2(o_1(x)),  each o_i one of the eleven OPERATIONS, drawn for each picture           num_ops of them
    AugMix         y = m x + (1 - m) sum over chains c of w_c chain_c(x),   chain_c = o_3(o_2(o_1(x)))
                   w ~ Dirichlet(alpha, ..., alpha),  m ~ Beta(alpha, alpha);  the same for all pictures of a batch

    x: (N, H, W, C) -> y: (N, H, W, C).  f ~ U(factor) is an operation's strength, a draw for each picture; what each makes of
    it stands in its own file.
Source: Cubuk et al., "RandAugment", 2020, algorithm 1; Hendrycks et al., "AugMix", ICLR 2020, algorithm 1; the operations are
Keras 3's.
"""

import math
from collections.abc import Callable
from typing import Any

import torch

from nabi.core.errors import ArgumentError, did_you_mean
from nabi.core.numbers import flag, number, whole
from nabi.core.random import Key, generator
from nabi.core.registry import register
from nabi.kernels.affine import INTERPOLATIONS, affine
from nabi.kernels.philox import uniform
from nabi.layers.grey import degenerated
from nabi.layers.histogram import equalized, stretched
from nabi.layers.inverting import solarized
from nabi.layers.lighting import brightened, contrasted
from nabi.layers.posterization import posterized
from nabi.layers.sampled import share
from nabi.layers.sharpness import sharpened
from nabi.layers.shear import sheared
from nabi.layers.translation import moved
from nabi.layers.varied import Ranged, up_to

DRAWN = 3  # numbers that an operation has for each picture: two strengths, and one that says which way


class Policy(Ranged):
    """Base of layers that draw operations: what all of them share."""

    def __init__(self, value_range, factor, interpolation, seed, data_format, **base):
        super().__init__(value_range, seed, data_format, **base)
        name = type(self).__name__
        self.factor = share(f"{name}(factor)", factor, "The strength of all operations: 0.5 is middling.", least=0)
        if interpolation not in INTERPOLATIONS:
            raise ArgumentError(f"{name}(interpolation)", f"one of {', '.join(INTERPOLATIONS)}", repr(interpolation),
                                did_you_mean(str(interpolation), INTERPOLATIONS))
        self.interpolation = interpolation

    def operated(self, name: str, x: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        """Pictures after one operation; u: (N, 3) of U(0, 1)."""
        f, g = up_to(self.factor, u[:, 0]), up_to(self.factor, u[:, 1])
        return OPERATIONS[name](self, x, f, g, 1 - 2 * (u[:, 2] < 0.5).to(u.dtype))


def tall(f: torch.Tensor) -> torch.Tensor:
    """One number a picture, (N,) -> (N, 1, 1, 1)."""
    return f.view(-1, 1, 1, 1)


def shear(p: Policy, x, f, g, sign):
    """Rows and columns slip, RandomShear."""
    return sheared(x, torch.stack([sign * f, sign * g], 1), "reflect", p.interpolation)


def translation(p: Policy, x, f, g, sign):
    """Moved, RandomTranslation."""
    return moved(x, torch.stack([sign * f * x.shape[1], sign * g * x.shape[2]], 1), "reflect", p.interpolation)


def rotation(p: Policy, x, f, g, sign):
    """Turned by f of a turn, RandomRotation."""
    a = 2 * math.pi * (sign * f).double()
    return affine(x, torch.stack([a.cos(), a.sin(), -a.sin(), a.cos()], -1).view(-1, 2, 2), None, "reflect", p.interpolation)


def brightness(p: Policy, x, f, g, sign):
    """Lighter or darker by f of the range, RandomBrightness."""
    return brightened(x, tall(sign * f), p.value_range)


def color_degeneration(p: Policy, x, f, g, sign):
    """Less colour, RandomColorDegeneration; grey pictures stay."""
    return degenerated(x, tall(f)).clamp(*p.value_range) if x.shape[3] == 3 else x


def contrast(p: Policy, x, f, g, sign):
    """Contrast times 1 + f or 1 - f, RandomContrast."""
    return contrasted(x, tall(1 + sign * f), p.value_range)


def sharpness(p: Policy, x, f, g, sign):
    """Softer or crisper, RandomSharpness."""
    return sharpened(x, tall(2 * f), p.value_range)


def posterization(p: Policy, x, f, g, sign):
    """As many bits as the greatest strength of 8, at least 1, RandomPosterization."""
    most = max(p.factor) if isinstance(p.factor, (tuple, list)) else p.factor
    return posterized(x, torch.full_like(tall(f), max(1, int(8 * most))), p.value_range)


def solarization(p: Policy, x, f, g, sign):
    """f added, then inverted from g on, Solarization."""
    return solarized(x, tall(f), tall(g), p.value_range)


def auto_contrast(p: Policy, x, f, g, sign):
    """Stretched, AutoContrast."""
    return stretched(x, p.value_range)


def equalization(p: Policy, x, f, g, sign):
    """Evened out, Equalization."""
    return equalized(x, p.value_range)


GEOMETRY_AND_HISTOGRAMS = {"shear": shear, "translation": translation, "rotation": rotation, "solarization": solarization,
                           "posterization": posterization, "auto_contrast": auto_contrast, "equalization": equalization}
OPERATIONS: dict[str, Callable[..., Any]] = {
    **GEOMETRY_AND_HISTOGRAMS, "brightness": brightness, "color_degeneration": color_degeneration, "contrast": contrast,
    "sharpness": sharpness}


@register("layer")
class RandAugment(Policy):
    """Changes each picture by a few operations of many during training; at inference nothing happens.

    Args:
        value_range: the range of the pixels.
        num_ops: operations one after the other, 1 or more.
        factor: strength of all of them, drawn from (0, factor) for a number, else from a pair; in [0, 1].
        interpolation: "bilinear" or "nearest", for those that move pixels.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> layer, x = nabi.layers.RandAugment(seed=0), torch.full((100, 2, 2, 1), 100.)
        >>> len(layer(x, training=True)[:, 0, 0, 0].unique()) > 20, torch.equal(layer(x, training=False), x)
        (True, True)

    Keras 3 draws the operations once for the whole batch, and moves, turns, lightens one way only; here each picture has its own
    operations, as in the paper, and either way is as likely. A factor of 0.5 turns by up to half a turn, as in Keras.
    """

    def __init__(self, value_range=(0, 255), num_ops=2, factor=0.5, interpolation="bilinear", seed=None, data_format=None,
                 **base):
        super().__init__(value_range, factor, interpolation, seed, data_format, **base)
        self.num_ops = whole("RandAugment(num_ops)", num_ops, least=1)

    def draws(self, x, key: Key):
        """Numbers of U(0, 1): (N, num_ops, 1 + 3), the first for which operation."""
        return (uniform(key, (len(x), self.num_ops, 1 + DRAWN), x.dtype, x.device),)

    def varied(self, x, u):
        for which, numbers in zip((u[:, :, 0] * len(OPERATIONS)).long().unbind(1), u[:, :, 1:].unbind(1), strict=True):
            order = which.argsort(stable=True)  # pictures with the same operation stand together
            counts = which.bincount(minlength=len(OPERATIONS)).tolist()
            groups = zip(OPERATIONS, x[order].split(counts), numbers[order].split(counts), strict=True)
            x = torch.cat([self.operated(*group) for group in groups if len(group[1])])[order.argsort()]
        return x


@register("layer")
class AugMix(Policy):
    """Blends pictures with several changed forms of themselves during training; at inference nothing happens.

    Args:
        value_range: the range of the pixels, to which the result is clipped.
        num_chains: changed forms, 1 or more.
        chain_depth: most operations of a form, 1 or more; each may be none.
        factor: strength of all operations, drawn from (0, factor) for a number, else from a pair; in [0, 1].
        alpha: of the Dirichlet and Beta distributions, above 0; the smaller, the more a single form prevails.
        all_ops: whether brightness, contrast, colour degeneration and sharpness are among the operations.
        interpolation: "bilinear" or "nearest", for those that move pixels.
        seed: own seed of this layer; None takes the model's.

    Shapes: unchanged.

    Example:
        >>> import nabi, torch
        >>> nabi.layers.AugMix(factor=0, seed=0)(torch.tensor([[[[0.], [255.]]]]), training=False).flatten().tolist()
        [0.0, 255.0]
    """

    def __init__(self, value_range=(0, 255), num_chains=3, chain_depth=3, factor=0.3, alpha=1.0, all_ops=True,
                 interpolation="bilinear", seed=None, data_format=None, **base):
        super().__init__(value_range, factor, interpolation, seed, data_format, **base)
        self.num_chains = whole("AugMix(num_chains)", num_chains, least=1)
        self.chain_depth = whole("AugMix(chain_depth)", chain_depth, least=1)
        self.alpha = number("AugMix(alpha)", alpha, above=0)
        self.all_ops = flag("AugMix(all_ops)", all_ops)

    def draws(self, x, key: Key):
        """The operations of each chain, (chains, depth), where the number after the last is none; weights of the picture itself
        and of the chains, (1 + chains,); numbers of U(0, 1) for each picture: (N, chains, depth, 3)."""
        rng, size = generator(key), (self.num_chains, self.chain_depth)
        operations = torch.from_numpy(rng.integers(0, len(self.known) + 1, size))
        m, w = rng.beta(self.alpha, self.alpha), rng.dirichlet([self.alpha] * self.num_chains)
        weights = torch.tensor([m, *((1 - m) * w)], dtype=x.dtype, device=x.device)
        return operations, weights, uniform(key, (len(x), *size, DRAWN), x.dtype, x.device)

    def varied(self, x, operations, weights, u):
        y = weights[0] * x
        for c, chain in enumerate(operations.tolist()):
            form = x
            for step, number_of in enumerate(chain):
                if number_of < len(self.known):
                    form = self.operated(self.known[number_of], form, u[:, c, step])
            y = y + weights[1 + c] * form
        return y.clamp(*self.value_range)

    @property
    def known(self) -> list[str]:
        """The operations to draw from."""
        return list(OPERATIONS if self.all_ops else GEOMETRY_AND_HISTOGRAMS)
