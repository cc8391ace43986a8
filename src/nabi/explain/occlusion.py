"""Occlusion: how much of the answer goes when a patch of the picture is covered (가림 민감도).

    D(i, j) = p_c(x) - p_c(x with a square of one colour at (i, j))           section 4.2

It needs no gradient: the model is asked again for each place of the square. A pixel's number is the mean of D over the squares
that covered it. Source: Zeiler & Fergus, "Visualizing and understanding convolutional networks", ECCV 2014; there p_c itself is
drawn.
"""

from typing import Any

import numpy as np
import torch

from nabi.core.calls import checked
from nabi.core.numbers import whole
from nabi.explain.asking import explains
from nabi.explain.covering import colour
from nabi.explain.question import Question
from nabi.explain.result import Explanation

AT_ONCE = 32  # pictures of a pass


@checked
@explains
def occlusion(model: Any, x: Any, class_index: int | str | None = None, patch: int | None = None, stride: int | None = None,
              fill: Any = None) -> Explanation:
    """The fall of p_c under a square, for each pixel the mean over the squares that cover it.

    Args:
        model, x, class_index: as in `saliency`.
        patch: side of the square in pixels; None takes a sixth of the picture's shorter side.
        stride: pixels from one place of the square to the next; None takes a third of the patch.
        fill: the square's colour, a number or one a channel; None takes that of the picture's edge, paper around a digit.

    Returns: `values` (h, w) the fall at each place of the square, `map` (H, W); below 0 where the answer grows; details: `patch`,
    `stride`, `fill`, `places`.

    Example:
        >>> import nabi
        >>> net = nabi.Sequential([nabi.Input((1, 3, 1)), nabi.layers.Flatten(), nabi.layers.Dense(1)])
        >>> net.set_weights([[[1.0], [-3.0], [0.0]], [0.5]])
        >>> occlusion(net, [[[1.0], [2.0], [5.0]]], patch=1, stride=1, fill=0).map.tolist()
        [[1.0, -6.0, 0.0]]
    """
    question = Question("occlusion", model, x, class_index)
    height, width = question.pictures
    side = int(whole("occlusion(patch)", patch, least=1, optional=True) or max(1, round(min(height, width) / 6)))
    step = int(whole("occlusion(stride)", stride, least=1, optional=True) or max(1, side // 3))
    cover = colour("occlusion", question.x[0], fill)
    tops, lefts = starts(height, side, step), starts(width, side, step)
    places = [(top, left) for top in tops for left in lefts]
    values = question.run()
    whole_answer, fallen = float(question.share(values)[0]), np.zeros(len(places))
    for first in range(0, len(places), AT_ONCE):
        some = places[first:first + AT_ONCE]
        covered = question.x.repeat(len(some), 1, 1, 1)
        for one, (top, left) in zip(covered, some, strict=True):
            one[top:top + side, left:left + side] = cover
        fallen[first:first + len(some)] = whole_answer - question.shares(covered, AT_ONCE)
    total, times = np.zeros((height, width)), np.zeros((height, width))
    for (top, left), fall in zip(places, fallen, strict=True):
        total[top:top + side, left:left + side] += fall
        times[top:top + side, left:left + side] += 1
    return question.answer(values, fallen.reshape(len(tops), len(lefts)), total / np.maximum(times, 1), True,
                           options={"patch": side, "stride": step, "fill": fill}, patch=side, stride=step,
                           fill=torch.as_tensor(cover).tolist(), places=len(places))


def starts(length: int, side: int, step: int) -> list[int]:
    """First pixels of the square's places along one axis; the last place ends at the picture's edge.

    Example:
        >>> starts(10, 4, 3), starts(9, 4, 3), starts(3, 4, 1)
        ([0, 3, 6], [0, 3, 5], [0])
    """
    last = max(length - side, 0)
    return sorted({*range(0, last + 1, step), last})
