"""Deletion curve: the answer while the pixels that count most are taken away first; the sooner it falls, the better the map.

    p(t) = p_c(x without its first t share of pixels in the map's order),    area = integral of p over t from 0 to 1

Two controls stand beside it: pixels in a random order, and the map itself, moved around the edges by a random number of rows and
columns: as coarse as the map, but about other places. For photographs that is the fairer one, since single pixels that are gone
here and there are noise, which harms an answer sooner than a hole does. Pixels of equal rank go in a random order.
Source: Petsiuk, Das & Saenko, "RISE: randomized input sampling for explanation of black-box models", BMVC 2018, section 4.1.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.core.numbers import whole
from nabi.core.random import Key, generator
from nabi.core.registry import lookup
from nabi.explain.asking import chosen
from nabi.explain.covering import colour
from nabi.explain.question import Question
from nabi.explain.result import Explanation


@dataclass(frozen=True)
class Deletion:
    """The curve of a map, and those of its controls.

    Attributes:
        method: of the map.
        share: (n + 1,) of pixels that are gone, 0 to 1.
        answer: (n + 1,) p_c with the map's order.
        random: (orders, n + 1) p_c with random orders.
        moved: (orders, n + 1) p_c with the map moved.
        class_name: of which class.
    """

    method: str
    share: np.ndarray
    answer: np.ndarray
    random: np.ndarray
    moved: np.ndarray
    class_name: str

    @property
    def area(self) -> float:
        """Area under the map's curve, by trapezes."""
        return float(np.trapezoid(self.answer, self.share))

    @property
    def random_area(self) -> float:
        """Mean area under the curves of random orders."""
        return float(np.trapezoid(self.random, self.share, axis=1).mean())

    @property
    def moved_area(self) -> float:
        """Mean area under the curves of the moved map."""
        return float(np.trapezoid(self.moved, self.share, axis=1).mean())

    def data(self) -> dict[str, Any]:
        """All of it as a plain dict."""
        return {**vars(self), "area": self.area, "random_area": self.random_area, "moved_area": self.moved_area}

    def figure(self) -> Any:
        """The curves: `nabi.viz.deletion_curve`."""
        draw = lookup("figure", "deletion_curve")
        return draw(self.share, {self.method: self.answer}, self.random, self.moved, self.class_name)

    def __str__(self):
        return f"{self.method}: area {self.area:.3f}, moved {self.moved_area:.3f}, random order {self.random_area:.3f}"


@checked
def deletion_curve(model: Any, explanation: Explanation, steps: int = 28, orders: int = 3, fill: Any = None,
                   seed: int = 0) -> Deletion:
    """Takes pixels away in a map's order, and in those of its controls.

    Args:
        model: the model that was explained.
        explanation: what a function of this package gave for it.
        steps: n, in how many parts the pixels go.
        orders: how many random orders, and how many moved maps.
        fill: what takes a pixel's place, a number or one a channel; None takes the colour of the picture's edge.
        seed: of the controls.

    Example:
        >>> import nabi
        >>> from nabi.explain import occlusion
        >>> net = nabi.Sequential([nabi.Input((1, 4, 1)), nabi.layers.Flatten(), nabi.layers.Dense(1)])
        >>> net.set_weights([[[4.0], [3.0], [2.0], [1.0]], [0.5]])
        >>> curve = deletion_curve(net, occlusion(net, np.ones((1, 4, 1)), patch=1, fill=0), steps=4, fill=0)
        >>> curve.answer.tolist(), curve.area, curve.area < curve.random_area
        ([10.5, 6.5, 3.5, 1.5, 0.5], 4.25, True)
    """
    where = "deletion_curve"
    if not isinstance(explanation, Explanation):
        raise ArgumentError(f"{where}(explanation)", "what a method of nabi.explain gave", type(explanation).__name__)
    n, count = int(whole(f"{where}(steps)", steps, least=1)), int(whole(f"{where}(orders)", orders, least=1))
    which = {name: explanation.options.get(name) for name in ("output", "input", "others")}
    part, x, _ = chosen(where, model, explanation.picture, **which)
    question = Question(where, part, x, explanation.class_index)
    gone = colour(where, question.x[0], fill)
    pixels, (height, width) = explanation.map.size, explanation.map.shape
    draw = generator(Key(int(whole(f"{where}(seed)", seed, least=0)), 0, 0))
    random = [draw.permutation(pixels) for _ in range(count)]
    steps_aside = [(int(draw.integers(height)), int(draw.integers(width))) for _ in range(count)]
    ties = draw.permutation(pixels)
    maps = [explanation.map, *(np.roll(explanation.map, aside, (0, 1)) for aside in steps_aside)]
    orders_ = [*(np.lexsort((ties, -m.ravel())) for m in maps), *random]
    found = np.stack([curve(question, order, n, gone) for order in orders_])
    share = np.round(np.linspace(0, pixels, n + 1)) / pixels
    return Deletion(explanation.method, share, found[0], found[1 + count:], found[1:1 + count], explanation.class_name)


def curve(question: Question, order: np.ndarray, n: int, gone: torch.Tensor) -> np.ndarray:
    """p_c after 0, 1, ... n parts of the pixels are gone."""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    height, width = question.pictures
    limits = np.round(np.linspace(0, len(order), n + 1))
    taken = torch.from_numpy(rank[None] < limits[:, None]).view(n + 1, height, width, 1)
    answers = []
    for some in taken.split(16):
        answers.append(question.shares(torch.where(some, gone, question.x), 16))
    return np.concatenate(answers)
