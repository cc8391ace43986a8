"""Deletion curves: the answer while pixels are taken away, the most important first, against a random order."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nabi.core.errors import ShapeError
from nabi.core.registry import register
from nabi.viz.lines import lines
from nabi.viz.words import method, t


@register("figure")
def deletion_curve(share: Sequence[float], curves: Mapping[str, Any], random: Any, moved: Any = None,
                   class_name: str = "") -> Figure:
    """Draws how the answer falls; the bands are those of repeats.

    Args:
        share: (n,) of the pixels that are gone, 0 to 1.
        curves: name of a map -> (n,) answers, or (pictures, n) for their mean with a band.
        random: (orders, n) answers with pixels in random orders.
        moved: (orders, n) answers in the order of the map at random other places; None leaves it out.
        class_name: of which class.

    Returns: figure; the areas stand beside the names.

    Raises: ShapeError for curves of another length.

    Example:
        >>> figure = deletion_curve([0, 0.5, 1], {"grad_cam": [1, 0.2, 0]}, [[1, 0.8, 0]], class_name="cat")
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['Grad-CAM 0.35', 'random order 0.65']
    """
    places = np.asarray(share, dtype=float)
    every = {**{method(str(name)): y for name, y in curves.items()}, t("random order"): random}
    every |= {} if moved is None else {t("map moved"): moved}
    drawn = {name: np.atleast_2d(np.asarray(y, dtype=float)) for name, y in every.items()}
    for name, y in drawn.items():
        if y.shape[1] != len(places):
            raise ShapeError(f"deletion_curve(curves[{name!r}])", f"{len(places)} answers, as share has", y.shape[1])
    areas = {name: float(np.trapezoid(y.mean(axis=0), places)) for name, y in drawn.items()}
    best = min(areas, key=lambda name: areas[name])
    named = {f"{name} {areas[name]:.2f}": y for name, y in drawn.items()}
    return lines((100 * places).tolist(), named, t("deletion title", name=best, area=f"{areas[best]:.2f}"), t("deletion line"),
                 t("pixels gone"), t("answer for", name=class_name) if class_name else t("answer"))
