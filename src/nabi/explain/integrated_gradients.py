"""Integrated gradients: what each pixel adds to the answer on the way from an empty picture to this one (적분 기울기).

    IG_i(x) = (x_i - x'_i) integral over a from 0 to 1 of dF(x' + a (x - x')) / dx_i da                  (1)
            ~ (x_i - x'_i) 1/m sum over k of dF(x' + a_k (x - x')) / dx_i,   a_k = (k - 1/2) / m          (3), at the middles

    sum over i of IG_i = F(x) - F(x')                            completeness, proposition 1

F is what the model answers, p_c in [0, 1]. The error of completeness is told: with it, a reader knows whether m is enough.
Source: Sundararajan, Taly & Yan, "Axiomatic attribution for deep networks", ICML 2017.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.calls import checked
from nabi.core.errors import ShapeError
from nabi.core.numbers import is_number, whole
from nabi.explain.asking import explains
from nabi.explain.question import Question
from nabi.explain.result import Explanation

AT_ONCE = 16  # pictures of a pass


@checked
@explains
def integrated_gradients(model: Any, x: Any, class_index: int | str | None = None, steps: int = 64,
                         baseline: Any = 0.0) -> Explanation:
    """Shares of p_c - p_c(baseline) by pixel; what speaks for the class is above 0, what speaks against it below.

    Args:
        model, x, class_index: as in `saliency`.
        steps: m, pictures on the way; the paper finds 20 to 300 enough.
        baseline: x', the empty picture: a number for all pixels (0: black, or paper for ink), or an array like x.

    Returns: `values` (H, W, C), `map` (H, W) their sum over the channels; details: `answer` F(x), `baseline_answer` F(x'), and
    `completeness_error` = sum of all values - (F(x) - F(x')).

    Example:
        >>> import nabi
        >>> net = nabi.Sequential([nabi.Input((1, 2, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2)])
        >>> net.set_weights([[[1.0, 0.0], [-3.0, 0.5]], [0.5, 0.0]])
        >>> integrated_gradients(net, [[[1.0], [2.0]]], class_index=0).map.tolist()
        [[1.0, -6.0]]
    """
    method = "integrated_gradients"
    m = int(whole(f"{method}(steps)", steps, least=1))
    question = Question(method, model, x, class_index)
    question.pictures  # noqa: B018  (an error for what is no picture)
    picture = question.x
    start = torch.zeros_like(picture) + (float(baseline) if is_number(baseline) else torch.as_tensor(np.asarray(baseline)))
    if start.shape != picture.shape:
        raise ShapeError(f"{method}(baseline)", f"a number, or an array of shape {tuple(picture.shape[1:])}", np.shape(baseline))
    start = start.to(picture.dtype)
    values = question.run()
    answer = float(question.share(values)[0])
    way, mean = picture - start, torch.zeros(picture.shape[1:], dtype=torch.float64)
    for first in range(0, m, AT_ONCE):
        a = (torch.arange(first, min(first + AT_ONCE, m), dtype=picture.dtype) + 0.5) / m
        between = (start + a.view(-1, *[1] * (picture.ndim - 1)) * way).requires_grad_()
        (g,) = torch.autograd.grad(question.share(question.run(between)).sum(), between)
        mean += g.sum(0).double() / m
    found = way[0].double() * mean
    empty = float(question.shares(start)[0])
    return question.answer(values, found, found.sum(-1).numpy(), True, options={"steps": m, "baseline": baseline}, answer=answer,
                           baseline_answer=empty, completeness_error=float(found.sum()) - (answer - empty))
