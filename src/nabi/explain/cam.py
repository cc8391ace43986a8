"""CAM: the class' score as a sum over places, for networks that end in a global average and one Dense layer (클래스 활성화 맵).

    S_c = sum over k of w_kc F_k,    F_k = 1/Z sum over i, j of f_k(i, j)                 (1), there without 1/Z
    M_c(i, j) = sum over k of w_kc f_k(i, j),    mean over i, j of M_c = S_c - b_c        (2)

Nothing is differentiated: the weights of the last layer are read off. For such networks Grad-CAM is the same map, cut at 0, and
divided by the number of places. Source: Zhou, Khosla, Lapedriza, Oliva & Torralba, "Learning deep features for discriminative
localization", CVPR 2016.
"""

from typing import Any

import torch

from nabi.core.calls import checked
from nabi.core.errors import StateError
from nabi.explain.asking import explains
from nabi.explain.question import Question
from nabi.explain.result import Explanation
from nabi.explain.walk import Place, walk
from nabi.layers import Dense, Flatten, GlobalAveragePooling2D


@checked
@explains
def cam(model: Any, x: Any, class_index: int | str | None = None) -> Explanation:
    """The last maps, weighted by what the classifier learned for the class; above 0 for it, below 0 against it.

    Args:
        model, x, class_index: as in `saliency`. The model ends in GlobalAveragePooling2D [Flatten, Dropout] Dense.

    Returns: `values` (h, w) whose mean is S_c - b_c, `map` (H, W); details: `weights` (K,), `bias`.

    Example:
        >>> import nabi, numpy as np
        >>> net = nabi.Sequential([nabi.Input((2, 2, 1)), nabi.layers.Conv2D(2, 1, name="conv"),
        ...                        nabi.layers.GlobalAveragePooling2D(), nabi.layers.Dense(2)])
        >>> net.set_weights([np.array([[[[1.0, -1.0]]]]), [0.0, 0.5], [[2.0, 0.0], [1.0, 0.0]], [0.0, 0.0]])
        >>> found = cam(net, [[[1.0], [2.0]], [[3.0], [0.0]]], class_index=0)
        >>> found.values.tolist(), found.score
        ([[1.5, 2.5], [3.5, 0.5]], 2.0)

    Raises StateError for a network that ends otherwise: `grad_cam` takes any.
    """
    question = Question("cam", model, x, class_index)
    question.pictures  # noqa: B018  (an error for what is no picture)
    dense, place = ending(question)
    with torch.no_grad():
        values = walk(model, question.x, keep=True)
    question.score(values)
    unit = 0 if question.two else question.chosen
    sign = -1.0 if question.two and not question.chosen else 1.0
    w = sign * dense.kernel.detach()[:, unit]
    b = sign * float(dense.bias.detach()[unit]) if dense.use_bias else 0.0
    f = values[place.slot][0]
    M = (f * w).sum(-1)  # (2)
    return question.answer(values, M, question.spread(M, place), True, place.name, weights=w.double().numpy(), bias=b)


def ending(question: Question) -> tuple[Any, Place]:
    """The last Dense layer, and the place whose maps are averaged for it."""
    makers = {place.slot: place for place in question.places if getattr(place.layer, "graph", None) is None}
    wanted = "GlobalAveragePooling2D and then one Dense layer at its end"
    end = makers[question.graph.output_slots[0]]
    while not isinstance(end.layer, Dense) and end.layer.count_params() == 0 and len(end.reads) == 1 and end.reads[0] in makers:
        end = makers[end.reads[0]]  # a softmax of its own
    pool = makers.get(end.reads[0])
    while pool is not None and (pool.does_nothing or isinstance(pool.layer, Flatten)):
        pool = makers.get(pool.reads[0])
    if isinstance(end.layer, Dense) and pool is not None and isinstance(pool.layer, GlobalAveragePooling2D):
        below = makers.get(pool.reads[0])
        while below is not None and below.does_nothing:
            below = makers.get(below.reads[0])
        if below is not None:
            return end.layer, below
    got = " - ".join(type(place.layer).__name__ for place in question.places[-3:])
    raise StateError(f"cam: model '{question.model.name}'", wanted, got, "grad_cam explains any network with maps.")
