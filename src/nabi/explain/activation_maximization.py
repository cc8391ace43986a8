"""Activation maximization: a picture that a class, or one map of a layer, answers most: what does it look for? (활성화 최대화)

    x <- r(x + eta g / rms(g)),    g = da / dx                        gradient ascent: Erhan et al. 2009; Yosinski et al. (2)

    r   decay:  x <- (1 - decay) (x - c) + c                          no extreme pixels            Yosinski et al., 3
        blur:   every few steps, a Gaussian of width `blur`           no high frequencies
        norm:   pixels of small |x - c| become c                      only what is needed
    a   S_c of a class, or the mean of one map; c the middle of the range of pixels, paper for a model of ink. eta falls to a
        tenth on the way.

Source: Erhan, Bengio, Courville & Vincent, "Visualizing higher-layer features of a deep network", 2009; Yosinski, Clune, Nguyen,
Fuchs & Lipson, "Understanding neural networks through deep visualization", 2015.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import number, whole
from nabi.core.random import Key, generator
from nabi.core.registry import lookup
from nabi.explain.question import Question, named_place
from nabi.explain.walk import Place
from nabi.models.graph import Call


@dataclass(frozen=True)
class Maximized:
    """A picture that was made for one unit.

    Attributes:
        picture: (H, W, C) in the model's own range.
        name: of the class, or of the layer with the channel: "conv2[5]".
        activation: (steps + 1,) what the unit answered on the way.
        white: the value of a white pixel. `ink`: whether large values are dark.
    """

    picture: np.ndarray
    name: str
    activation: np.ndarray
    white: float
    ink: bool

    def figure(self) -> Any:
        """The picture: `nabi.viz.picture_grid`."""
        return lookup("figure", "picture_grid")([np.clip(self.picture / self.white, 0, 1)], [self.name], ink=self.ink)


@checked
def activation_maximization(model: Any, class_index: int | str | None = None, *, layer: Any = None, channel: int | None = None,
                            steps: int = 200, rate: float = 0.05, decay: float = 0.01, blur: float = 0.5, every: int = 4,
                            norm: float = 0.0, seed: int = 0) -> Maximized:
    """Makes a picture by gradient ascent from grey, or from paper for a model of ink, with a little noise.

    Args:
        model: a built model of pictures, with a number for each class.
        class_index: number or name of a class; or else
        layer, channel: a layer, and which of its maps or units.
        steps: of the ascent.
        rate: eta, as a share of the range of pixels; a step moves them by so much on average.
        decay: share of the contrast that each step takes away.
        blur: width of the Gaussian in pixels, 0 for none; `every` so many steps.
        norm: share of the pixels, those of least contrast, that become grey in each blurred step.
        seed: of the noise at the beginning.

    Example:
        >>> import nabi
        >>> net = nabi.Sequential([nabi.Input((1, 2, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2)])
        >>> net.set_weights([[[1.0, 0.0], [-1.0, 0.5]], [0.5, 0.0]])
        >>> activation_maximization(net, 0, blur=0).picture.round(1).ravel().tolist()
        [1.0, 0.0]

    Pixels stay in the range that the model's card says, 0-1 without one. Raises ArgumentError for neither or both of a class
    and a layer, or a channel that is not there.
    """
    where = "activation_maximization"
    n, often = int(whole(f"{where}(steps)", steps, least=1)), int(whole(f"{where}(every)", every, least=1))
    eta, shrink = float(number(f"{where}(rate)", rate, above=0)), float(number(f"{where}(decay)", decay, least=0, most=1))
    width, small = float(number(f"{where}(blur)", blur, least=0)), float(number(f"{where}(norm)", norm, least=0, most=1))
    if (class_index is None) == (layer is None) or (channel is None) != (layer is None):
        raise ArgumentError(where, "a class, or a layer and a channel", f"{class_index!r}, {layer!r}, {channel!r}")
    shape = tuple(getattr(model, "input_shape", ())[1:])
    if len(shape) != 3 or None in shape:
        raise ArgumentError(f"{where}(model)", "a model of pictures of known size", repr(shape))
    question = Question(where, model, np.zeros(shape, "float32"), class_index)
    place = None if layer is None else named_place(where, question.places, layer)
    unit = None if place is None else int(whole(f"{where}(channel)", channel, least=0))
    if place is not None and unit is not None and unit >= int(place.shape[-1] or unit + 1):
        raise ArgumentError(f"{where}(channel)", f"a whole number from 0 to {int(place.shape[-1] or 1) - 1}", repr(channel))
    white = question.looks.white
    noise = generator(Key(int(whole(f"{where}(seed)", seed, least=0)), 0, 0)).standard_normal(question.x.shape)
    c, told = 0.0 if question.looks.ink else white / 2, []
    x = torch.from_numpy((c + 0.01 * white * noise).clip(0, white)).to(question.x.dtype)
    for step in range(n + 1):
        x.requires_grad_()
        a = activation(question, x, place, unit)
        told.append(float(a.detach()))
        if step == n:
            break
        (g,) = torch.autograd.grad(a, x)
        size = float(g.square().mean().sqrt())
        fall = 0.1 ** (step / n)
        with torch.no_grad():
            x = x + (fall * eta * white / size) * g if size else x.detach()
            x = (1 - fall * shrink) * (x - c) + c
            if (step + 1) % often == 0:
                x = quiet(blurred(x, width) if width else x, c, small) if width or small else x
            x = x.clamp(0, white)
    name = question.names[int(question.chosen or 0)] if place is None else f"{place.name}[{unit}]"
    return Maximized(x.detach()[0].double().numpy(), name, np.array(told), white, bool(question.looks.ink))


def activation(question: Question, x: Tensor, place: Place | None, unit: int | None) -> Tensor:
    """What is to grow: S_c, or the mean of one map of a layer."""
    if place is None:
        return question.score(question.run(x))[0]
    made: list[Tensor] = []

    def after(call: Call, y: Tensor) -> Tensor:
        if place.slot in call.outputs:
            made.append(y)
        return y

    question.run(x, after)
    return made[0][..., unit].mean()


def blurred(x: Tensor, width: float) -> Tensor:
    """(N, H, W, C) through a Gaussian of this width; the edge is repeated.

    Example:
        >>> blurred(torch.eye(5, dtype=torch.float64)[2].view(1, 1, 5, 1), 0.5).flatten().round(decimals=2).tolist()
        [0.0, 0.11, 0.79, 0.11, 0.0]
    """
    reach = max(1, round(3 * width))
    weights = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, dtype=x.dtype) / width) ** 2)
    weights, channels = weights / weights.sum(), x.shape[-1]
    y = x.permute(0, 3, 1, 2)
    for form, pad in (((1, 1, -1, 1), (0, 0, reach, reach)), ((1, 1, 1, -1), (reach, reach, 0, 0))):
        y = F.conv2d(F.pad(y, pad, mode="replicate"), weights.view(form).repeat(channels, 1, 1, 1), groups=channels)
    return y.permute(0, 2, 3, 1)


def quiet(x: Tensor, c: float, share: float) -> Tensor:
    """Pixels of least contrast, so large a share of them, become c."""
    size = (x - c).norm(dim=-1, keepdim=True)
    return torch.where(size < size.flatten().quantile(share), torch.full_like(x, c), x) if share else x
