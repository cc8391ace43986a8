"""Result: what an explanation says, as plain data: a map over the picture, the class it speaks of, that class' score.

    Explanation.map      (H, W), one number for each pixel: what is drawn
    Explanation.values   the numbers of the formula as they came: a gradient (H, W, C), a layer's map (h, w)
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nabi.core.registry import lookup


@dataclass(frozen=True)
class Explanation:
    """One map for one picture and one class.

    Attributes:
        method: name of the function in `nabi.explain`.
        map: (H, W) float64: how much each pixel counts.
        values: the formula's own numbers: (H, W, C) of the picture, or (h, w) of a layer's map.
        signed: whether numbers below 0 speak against the class; else 0 is the least.
        picture: (H, W, C) as the model read it.
        class_index, class_name: of which class.
        score: that class' score, before a last softmax or sigmoid.
        share: what the model answers for the class: its probability where the model ends in one.
        layer: the name of the place that was looked at; "" where it is the picture.
        options: the arguments to make it again.
        details: further numbers of the method, by name.
        white: the value of a white pixel in `picture`. `ink`: whether large values are dark.

    Print it for one line; `figure()` draws it; `data()` is a plain dict.
    """

    method: str
    map: np.ndarray
    values: np.ndarray
    signed: bool
    picture: np.ndarray
    class_index: int
    class_name: str
    score: float
    share: float
    layer: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    white: float = 1.0
    ink: bool = False

    def data(self) -> dict[str, Any]:
        """All of it as a plain dict of numbers, texts and arrays."""
        return dict(vars(self))

    def figure(self) -> Any:
        """The picture and the map over it: `nabi.viz.heat_maps`."""
        return lookup("figure", "heat_maps")(self.shown, [self.map], [f"{self.method}\n{self.layer}".strip()], [self.signed],
                                             ink=self.ink, title=self.class_name)

    @property
    def shown(self) -> np.ndarray:
        """The picture with pixels from 0 to 1."""
        return np.clip(self.picture / self.white, 0, 1)

    def __str__(self):
        at = f" at '{self.layer}'" if self.layer else ""
        return f"{self.method}{at}: class {self.class_name}, score {self.score:.4g}, share {self.share:.4g}"
