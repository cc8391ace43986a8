"""Explanation sheet: a picture and several maps of one answer side by side, each with what its checks say."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nabi.core.registry import register
from nabi.viz import style
from nabi.viz.heat import heat_maps
from nabi.viz.labels import number, short
from nabi.viz.words import t


@register("figure")
def explanation_sheet(explanations: Sequence[Mapping[str, Any]], columns: int = 5) -> Figure:
    """Draws what methods of `nabi.explain` gave for one picture and one class.

    Args:
        explanations: what `Explanation.data()` gives, one a method; also "deletion" and "sanity", what `data()` of a
            `Deletion` and a `SanityCheck` give, where they were made.
        columns: cells in a row, the picture's included.

    Example:
        >>> import numpy as np
        >>> one = {"method": "grad_cam", "layer": "conv2", "map": np.eye(8), "signed": False, "picture": np.ones((8, 8, 1)),
        ...        "white": 1.0, "ink": True, "class_name": "7", "share": 0.98, "score": 4.2}
        >>> figure = explanation_sheet([one])
        >>> figure.texts[0].get_text(), [text.get_text() for text in figure.axes[1].texts]
        ('Why 7? 98.0 %', ['Grad-CAM', 'at conv2'])
    """
    if not explanations:
        return style.note(t("heat maps"), t("nothing to draw"))
    first = explanations[0]
    share = float(first["share"])
    says = f"{100 * share:.1f} %" if 0 <= share <= 1 else number(share)
    shown = (first["picture"] / first["white"]).clip(0, 1)
    checks = any("deletion" in one or "sanity" in one for one in explanations)
    subtitle = t("sheet checks") if checks else t("sheet scales")
    return heat_maps(shown, [one["map"] for one in explanations], [words(one) for one in explanations],
                     [one["signed"] for one in explanations], ink=bool(first["ink"]), columns=columns, subtitle=subtitle,
                     title=t("sheet title", name=short(first["class_name"], 40), share=says))


def words(one: Mapping[str, Any]) -> str:
    """The lines below a map: method, layer, that it is empty, deletion, random weights."""
    lines = [str(one["method"]), *([t("sheet layer", layer=short(one["layer"], 24))] if one["layer"] else [])]
    if not np.any(one["map"]):  # Grad-CAM and the like drop what is below 0
        lines.append(t("sheet empty"))
    if "deletion" in one:
        area = {key: f"{float(one['deletion'][key]):.2f}" for key in ("area", "moved_area", "random_area")}
        lines.append(t("sheet deletion", area=area["area"]))
        lines.append(t("sheet controls", moved=area["moved_area"], random=area["random_area"]))
    if "sanity" in one:
        lines.append(t("sheet sanity", rho=f"{float(one['sanity']['mean']):.2f}".replace("-", "\N{MINUS SIGN}")))
    return "\n".join(lines)
