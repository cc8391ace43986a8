"""Saliency: how much the class' score changes with each pixel, to first order (현저성 맵, 돌출 맵).

    S_c(I) ~ w . I + b,    w = dS_c / dI at this picture            (3), (4)
    M_ij = max over channels of |w_ijc|                             section 3.1

S_c is the score before the softmax: p_c could also grow because other scores fall (section 2). Source: Simonyan, Vedaldi &
Zisserman, "Deep inside convolutional networks", 2013.
"""

from typing import Any

import torch

from nabi.core.calls import checked
from nabi.explain.asking import explains
from nabi.explain.question import Question
from nabi.explain.result import Explanation


@checked
@explains
def saliency(model: Any, x: Any, class_index: int | str | None = None) -> Explanation:
    """|dS_c / dx|, the largest of a pixel's channels.

    Args:
        model: a built model with a number for each class.
        x: one picture as `predict` takes it, with or without the batch axis; pixels of another size or mode are converted. A
            batch of several gives a list of results. All inputs as a list or dict where the model has several.
        class_index: number or name of the class; None asks for the one that the model answers; of a batch also one for each.
        output, input: which one, by name or number, where the model has several; the other inputs stay as they are.

    Returns: `values` (H, W, C) the gradient, `map` (H, W) from 0.

    Example:
        >>> import nabi
        >>> net = nabi.Sequential([nabi.Input((1, 2, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2)])
        >>> net.set_weights([[[1.0, 0.0], [-3.0, 0.5]], [0.5, 0.0]])
        >>> saliency(net, [[[1.0], [2.0]]], class_index=0).map.tolist()
        [[1.0, 3.0]]
    """
    question = Question("saliency", model, x, class_index)
    question.pictures  # noqa: B018  (an error for what is no picture)
    values, w = gradient(question, question.x)
    return question.answer(values, w[0], w[0].abs().amax(-1).double().numpy(), signed=False)


def gradient(question: Question, x: torch.Tensor, after: Any = None) -> tuple[dict, torch.Tensor]:
    """The pass of some pictures (N, ...), and dS_c / dx of each."""
    x = x.detach().requires_grad_()
    values = question.run(x, after)
    (w,) = torch.autograd.grad(question.score(values).sum(), x)
    return values, w
