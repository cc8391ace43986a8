"""Grad-CAM: which places of a layer's maps the class' score rests on, coarse and by class (기울기 가중 클래스 활성화 맵).

    alpha_k = 1/Z sum over i, j of dS_c / dA_k(i, j)            the weight of map k, Z = h w places            (1)
    L(i, j) = max(0, sum over k of alpha_k A_k(i, j))           only what speaks for the class                 (2)

S_c is the score before the softmax; A are the maps (h, w, K) of the last layer with places. Source: Selvaraju, Cogswell, Das,
Vedantam, Parikh & Batra, "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV 2017.
"""

from typing import Any

import torch
from torch import Tensor

from nabi.core.calls import checked
from nabi.explain.asking import explains
from nabi.explain.question import Question
from nabi.explain.result import Explanation
from nabi.explain.walk import Place
from nabi.models.graph import Call


@checked
@explains
def grad_cam(model: Any, x: Any, class_index: int | str | None = None, layer: Any = None) -> Explanation:
    """The maps of a layer, weighted by the mean gradient of S_c, added up; what is below 0 is cut.

    Args:
        model, x, class_index: as in `saliency`.
        layer: name of a layer with places, such as "conv2" or "backbone/conv2"; "conv#1" for the first of several uses; or the
            layer. None takes the last one whose maps are larger than 1 x 1.

    Returns: `values` (h, w) of the layer, `map` (H, W): each place of the layer where it looks; details: `alpha` (K,).

    Example:
        >>> import nabi, numpy as np
        >>> net = nabi.Sequential([nabi.Input((2, 2, 1)), nabi.layers.Conv2D(2, 1, name="conv"),
        ...                        nabi.layers.GlobalAveragePooling2D(), nabi.layers.Dense(2)])
        >>> net.set_weights([np.array([[[[1.0, -1.0]]]]), [0.0, 0.5], [[2.0, 0.0], [1.0, 0.0]], [0.0, 0.0]])
        >>> found = grad_cam(net, [[[1.0], [2.0]], [[3.0], [0.0]]], class_index=0)
        >>> found.layer, found.details["alpha"].tolist(), found.values.tolist()
        ('conv', [0.5, 0.25], [[0.375, 0.625], [0.875, 0.125]])

    Raises UnknownName for a layer that is not there, ArgumentError for one without places, StateError where none has any.
    """
    question = Question("grad_cam", model, x, class_index)
    place = question.place(layer)
    values, A, g = maps_and_gradient(question, place)
    alpha = g.mean((0, 1))  # (1)
    L = (A * alpha).sum(-1).clamp(min=0)  # (2)
    return question.answer(values, L, question.spread(L, place), False, place.name, {"layer": place.name},
                           alpha=alpha.double().numpy())


def maps_and_gradient(question: Question, place: Place) -> tuple[dict[int, Tensor], Tensor, Tensor]:
    """The pass, the maps A (h, w, K) at a place, and dS_c / dA, through everything that reads them."""
    question.pictures  # noqa: B018  (an error for what is no picture)
    made: list[Tensor] = []

    def after(call: Call, y: Tensor) -> Tensor:
        if place.slot not in call.outputs:
            return y
        made.append(y.detach().clone().requires_grad_())
        return made[0]

    values = question.run(after=after)
    (g,) = torch.autograd.grad(question.score(values).sum(), made[0], allow_unused=True)
    return values, made[0].detach()[0], (torch.zeros_like(made[0]) if g is None else g)[0]
