"""Guided backpropagation: the gradient, with every negative number dropped at each ReLU on the way back (유도 역전파).

    forward       f = max(0, x)
    backward      R_l = (f_l > 0) R_(l+1)                               the gradient
    guided        R_l = (f_l > 0) (R_(l+1) > 0) R_(l+1)                 figure 1c, section 3.4

What pushes the score down at some unit is left out, so that edges stand out. It is no derivative of anything: it hardly depends
on the class, nor on the upper weights (Adebayo et al., 2018): see `nabi.explain.sanity_check`. Source: Springenberg,
Dosovitskiy, Brox & Riedmiller, "Striving for simplicity: the all convolutional net", 2015.
"""

from typing import Any

import torch
from torch import Tensor

from nabi import activations
from nabi.core.calls import checked
from nabi.core.errors import StateError
from nabi.explain.asking import explains
from nabi.explain.question import Question
from nabi.explain.result import Explanation
from nabi.explain.saliency import gradient
from nabi.layers import LeakyReLU, ReLU
from nabi.models.graph import Call

RECTIFIERS = (activations.relu, activations.relu6, activations.leaky_relu)


class Gate(torch.autograd.Function):
    """The identity, whose way back lets positive numbers through."""

    @staticmethod
    def forward(ctx: Any, y: Tensor) -> Tensor:
        """y itself."""
        return y.view_as(y)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        """max(0, R)."""
        return gradients[0].clamp(min=0)


@checked
@explains
def guided_backpropagation(model: Any, x: Any, class_index: int | str | None = None) -> Explanation:
    """The gradient of S_c with a gate behind each ReLU, then |.| and the largest channel.

    Args:
        model, x, class_index: as in `saliency`. The model needs a ReLU (also ReLU6 and leaky ReLU).

    Returns: `values` (H, W, C), `map` (H, W) from 0.

    Example:
        >>> import nabi
        >>> dense = nabi.layers.Dense
        >>> net = nabi.Sequential([nabi.Input((1, 2, 1)), nabi.layers.Flatten(), dense(2, activation="relu"), dense(1)])
        >>> net.set_weights([[[1.0, 0.0], [1.0, 2.0]], [0.5, 0.0], [[1.0], [-1.0]], [0.0]])
        >>> guided_backpropagation(net, [[[1.0], [2.0]]]).values.ravel().tolist()  # the gradient is [1, -1]
        [1.0, 1.0]

    Raises StateError for a model without a ReLU.
    """
    question = Question("guided_backpropagation", model, x, class_index)
    question.pictures  # noqa: B018  (an error for what is no picture)
    if not any(rectifies(call) for call in question.graph.calls):
        raise StateError(f"guided_backpropagation: model '{model.name}'", "a model with a ReLU", "none")
    values, r = gradient(question, question.x, lambda call, y: gated(y) if rectifies(call) else y)
    return question.answer(values, r[0], r[0].abs().amax(-1).double().numpy(), signed=False)


def gated(y: Tensor) -> Tensor:
    """y behind a gate."""
    found: Any = Gate.apply(y)
    return found


def rectifies(call: Call) -> bool:
    """Whether a call ends in a ReLU of some kind."""
    layer: Any = call.layer
    return isinstance(layer, (ReLU, LeakyReLU)) or getattr(layer, "activation", None) in RECTIFIERS
