"""Grad-CAM++: Grad-CAM with a weight for each place, so that several things of one class all count.

    w_k = sum over i, j of alpha_k(i, j) max(0, dY / dA_k(i, j))                                                  (5)
    alpha_k(i, j) = g^2 / (2 g^2 + (sum over a, b of A_k(a, b)) g^3),    g = dS / dA_k(i, j)                      (19)
    L(i, j) = max(0, sum over k of w_k A_k(i, j))

Y = exp(S): then dY/dA = Y g, and behind layers of ReLU the second and third derivatives are Y g^2 and Y g^3, which makes (19).
The factor Y is the same for all maps; it is left out, since exp overflows. alpha is 0 where g is. Source: Chattopadhay, Sarkar,
Howlader & Balasubramanian, "Grad-CAM++", WACV 2018.
"""

from typing import Any

import torch

from nabi.core.calls import checked
from nabi.explain.asking import explains
from nabi.explain.grad_cam import maps_and_gradient
from nabi.explain.question import Question
from nabi.explain.result import Explanation


@checked
@explains
def grad_cam_plus_plus(model: Any, x: Any, class_index: int | str | None = None, layer: Any = None) -> Explanation:
    """The maps of a layer, weighted by their positive gradients, each place by its alpha.

    Args:
        model, x, class_index, layer: as in `grad_cam`.

    Returns: `values` (h, w) of the layer, in units of exp(S_c); `map` (H, W); details: `weights` (K,), and `alpha` (h, w, K).

    Example:
        >>> import nabi, numpy as np
        >>> net = nabi.Sequential([nabi.Input((1, 2, 1)), nabi.layers.Conv2D(1, 1), nabi.layers.Flatten(), nabi.layers.Dense(1)])
        >>> net.set_weights([np.ones((1, 1, 1, 1)), [0.0], [[1.0], [-1.0]], [0.5]])
        >>> found = grad_cam_plus_plus(net, [[[1.0], [2.0]]])
        >>> found.details["alpha"].ravel().round(2).tolist(), found.details["weights"].round(2).tolist()
        ([0.2, -1.0], [0.2])
    """
    question = Question("grad_cam_plus_plus", model, x, class_index)
    place = question.place(layer)
    values, A, g = maps_and_gradient(question, place)
    below = 2 * g**2 + A.sum((0, 1)) * g**3
    alpha = torch.where(below == 0, 0.0, g**2 / torch.where(below == 0, 1.0, below))  # (19)
    w = (alpha * g.clamp(min=0)).sum((0, 1))  # (5), in units of Y
    L = (A * w).sum(-1).clamp(min=0)
    return question.answer(values, L, question.spread(L, place), False, place.name, {"layer": place.name},
                           weights=w.double().numpy(), alpha=alpha.double().numpy())
