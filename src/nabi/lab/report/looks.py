"""Looks: the report's sections in pictures: filters, feature maps of one picture, Grad-CAM of misread ones, the diagram."""

import re
from typing import Any

import numpy as np

from nabi import explain
from nabi.explain.walk import places
from nabi.lab.data import Data
from nabi.lab.evaluation import Evaluation
from nabi.lab.report.markup import Html, picture, tag
from nabi.lab.report.sections import section
from nabi.lab.report.words import t
from nabi.models.plotting import sheet
from nabi.viz import style
from nabi.viz.heat import FOR_AND_AGAINST, coloured, under
from nabi.viz.pictures import pixels_of

ROWS, MAPS, FILTERS, CAMS = 4, 8, 32, 6
WORK = 2e9  # multiply-adds that Grad-CAM may take, about


def diagram(model: Any) -> Html:
    """The network as a drawing, its blocks folded."""
    svg = sheet(model).svg
    svg = re.sub(r' xmlns="[^"]*"', "", re.sub(r"^<\?xml[^>]*>\s*", "", svg))
    return tag("div", Html(svg), class_="diagram scroll")


def spatial(model: Any) -> list[str]:
    """Names of the convolutions that make maps; [] for models of anything but pictures."""
    graph = model.require_graph()
    if len(graph.inputs) != 1 or len(graph.outputs) != 1 or len(graph.inputs[0].shape) != 4:
        return []
    return [place.name for place in places(graph)
            if place.spatial and getattr(getattr(place.layer, "kernel", None), "ndim", 0) == 4]


def seen(model: Any, data: Data, evaluation: Evaluation) -> Html | None:
    """Learned filters of the first convolution, and the maps of some layers for a picture that was read right."""
    names = spatial(model)
    right = np.flatnonzero(evaluation.truth == evaluation.answers)
    if not names or not len(right):
        return None
    k = right[0]
    x = np.asarray(data.x_test[k], np.float32)
    names = [names[round(i * (len(names) - 1) / (ROWS - 1))] for i in range(ROWS)] if len(names) > ROWS else names
    found = explain.feature_maps(model, x, names)
    kernel = explain.filters(model)
    own = tag("figure", tag("img", src=picture(data.x_test[k], data.ink), alt=evaluation.class_names[evaluation.truth[k]]),
              tag("figcaption", tag("b", evaluation.class_names[evaluation.truth[k]])))
    rows = [tag("div", own, class_="tiles")]
    if kernel.shape[2] in (1, 3):
        tiles = [tile(one, t("filter n", n=n)) for n, one in enumerate(filter_colours(kernel), 1)]
        rows += [tag("h3", t("filters", n=kernel.shape[3], size=f"{kernel.shape[0]} × {kernel.shape[1]}")),
                 tag("div", tiles, class_="tiles small")]
    for name, maps in found.items():
        one = maps[0]
        strongest = np.argsort(-abs(one).mean((0, 1)), kind="stable")[:MAPS]
        top, signed = float(abs(one).max()) or 1.0, bool(one.min() < 0)
        size = f"{one.shape[0]} × {one.shape[1]}"
        rows += [tag("h3", t("maps of", layer=name, size=size, shown=len(strongest), n=one.shape[2])),
                 tag("div", [tile(colours(one[..., c] / top, signed), t("map n", n=int(c) + 1)) for c in strongest],
                     class_="tiles maps")]
    return section("seen", tag("p", t("seen note")), rows, wide=True)


def tile(pixels: np.ndarray, says: str) -> Html:
    """One small picture, without a caption."""
    return tag("img", src=picture(pixels), alt=says, title=says)


def colours(values: np.ndarray, signed: bool) -> np.ndarray:
    """A map from -1 to 1 in colour: 0 is white, above it is blue; signed, what is below is blue and what is above vermilion."""
    return FOR_AND_AGAINST((values + 1) / 2)[..., :3] if signed else style.BLUES(values)[..., :3]


def filter_colours(kernel: np.ndarray) -> list[np.ndarray]:
    """The filters (kH, kW, C, n) as pictures: in colour over three channels, else on a scale on which 0 is white."""
    top = float(abs(kernel).max()) or 1.0
    some = [kernel[..., n] / top for n in range(min(kernel.shape[3], FILTERS))]
    if kernel.shape[2] == 3:
        return [(one - one.min()) / (float(np.ptp(one)) or 1.0) for one in some]
    return [FOR_AND_AGAINST((one[..., 0] + 1) / 2)[..., :3] for one in some]


def cams(model: Any, data: Data, evaluation: Evaluation) -> Html | None:
    """Grad-CAM of the surest mistakes: what spoke for the answer, and what for the truth."""
    if not spatial(model) or not len(evaluation.misread):
        return None
    macs = model.macs(model.input_shape, model.output_shape) or 1
    tiles = []
    for k in evaluation.misread[:max(1, min(CAMS, int(WORK / (6 * macs))))]:
        x, names = np.asarray(data.x_test[k], np.float32), evaluation.class_names
        grey = under(pixels_of(data.x_test[k], 0), data.ink)
        truth, answer = int(evaluation.truth[k]), int(evaluation.answers[k])
        single = model.output_shape[-1] == 1
        asked = [answer] if single else [answer, truth]
        maps = [coloured(grey, explain.grad_cam(model, x, 0 if single else c).map, False) for c in asked]
        pictures = [tag("img", src=picture(data.x_test[k], data.ink), alt=t("truth"))]
        pictures += [tile(np.clip(one, 0, 1), t("speaks for", name=names[c])) for one, c in zip(maps, asked, strict=True)]
        captions = [tag("span", t("the picture")), *(tag("span", t("speaks for", name=names[c])) for c in asked)]
        tiles.append(tag("figure", tag("div", pictures, class_="triple"), tag("figcaption", captions, class_="triple")))
    return section("cams", tag("p", t("cams note")), tag("div", tiles, class_="triples"), wide=True)
