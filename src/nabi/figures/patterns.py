"""Patterns: filters that are small pictures, and the places of a larger picture where each fires; pixels and their neighbours."""

from typing import Any

import numpy as np

from nabi import viz
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.layer_runs import alone
from nabi.figures.scene import Scene
from nabi.layers import Conv2D

SIDE, HEIGHT, WIDTH, FIRES = 11, 60, 108, 0.85  # of a filter and of the sheet; share of the best answer from which it fires
NAMES = {"vertical": ("vertical line", "세로선"), "horizontal": ("horizontal line", "가로선"),
         "diagonal": ("diagonal", "대각선"), "checks": ("checks", "체크무늬"), "stripes": ("stripes", "줄무늬"),
         "circle": ("circle", "원"), "triangle": ("triangle", "삼각형"), "square": ("square", "사각형")}
PLACES = {  # on the sheet: top left corners, two of each
    "vertical": ((4, 4), (40, 60)), "horizontal": ((4, 22), (44, 6)), "diagonal": ((4, 40), (24, 92)),
    "checks": ((4, 58), (44, 78)), "stripes": ((4, 76), (24, 6)), "circle": ((24, 24), (44, 94)),
    "triangle": ((24, 42), (44, 24)), "square": ((24, 74), (44, 42)),
}  # fmt: skip
REACH, FAR = 12, 5  # pixels


def drawings() -> dict[str, np.ndarray]:
    """The eight patterns, (SIDE, SIDE), 0 paper and 1 ink."""
    i, j = np.mgrid[:SIDE, :SIDE]
    m = SIDE // 2
    far, edge = np.maximum(abs(i - m), abs(j - m)), SIDE - 2
    return {
        "vertical": abs(j - m) <= 1, "horizontal": abs(i - m) <= 1, "diagonal": abs(i - j) <= 1,
        "checks": (i // 2 + j // 2) % 2 == 0, "stripes": (i + j) % 4 < 2,
        "circle": abs(np.hypot(i - m, j - m) - 4) <= 0.8,
        "triangle": ((i == edge) & (abs(j - m) <= 4)) | ((i <= edge) & (i >= 1) & (abs(2 * abs(j - m) - (i - 1)) <= 1)),
        "square": (far == 4),
    }  # fmt: skip


def sheet() -> np.ndarray:
    """The picture with two of each pattern, (HEIGHT, WIDTH)."""
    out = np.zeros((HEIGHT, WIDTH))
    for name, drawn in drawings().items():
        for top, left in PLACES[name]:
            out[top:top + SIDE, left:left + SIDE] = drawn
    return out


@figure("pattern_filters", "pictures", ("Filters that look for a pattern", "무늬를 찾는 필터"),
        ("A filter is a small picture of what it looks for: where the picture is alike, the sum of products is largest. Each "
         "filter marks the places where it fires; the mean is taken out, so that mere darkness does not count.",
         "필터는 자신이 찾는 모습의 작은 그림입니다. 그림이 필터와 닮은 곳에서 곱의 합이 가장 커집니다. 필터마다 크게 답한 곳을 "
         "표시했습니다. 그저 어두운 곳에 답하지 않도록 평균을 뺐습니다."))
def pattern_filters(scene: Scene) -> Drawn:
    """Eight filters over a sheet that has each pattern twice, by one `Conv2D`."""
    drawn, x = drawings(), sheet()
    kernels = np.stack([one - one.mean() for one in map(np.asarray, drawn.values())], -1).astype(float)
    kernels /= np.sqrt((kernels**2).sum((0, 1)))
    y = alone(Conv2D(len(drawn), SIDE, use_bias=False), x, [kernels[:, :, None]])[1]
    found = {name: peaks(y[..., k]) for k, name in enumerate(drawn)}
    numbers = {"sheet": x, "filters": dict(zip(drawn, np.moveaxis(kernels, -1, 0), strict=True)),
               "answers": dict(zip(drawn, np.moveaxis(y, -1, 0), strict=True)), "fires at": found, "drawn at": PLACES}
    rows: list[list[dict[str, Any]]] = []
    names = list(drawn)
    for start in (0, 4):
        some = names[start:start + 4]
        rows.append([{"values": drawn[name], "kind": "ink", "side": 0.5, "title": scene.say(*NAMES[name]), "room": 1.85}
                     for name in some])
        rows.append([{"values": 0.45 * x, "kind": "ink", "side": 1.85, "boxes": [(*place, SIDE, SIDE) for place in found[name]]}
                     for name in some])
    title = scene.say("Eight filters, and where each fires", "필터 여덟 개와 크게 답한 곳")
    return Drawn(numbers, viz.panels(rows, title))


def peaks(y: np.ndarray) -> list[tuple[int, int]]:
    """Places whose number is at least FIRES of the largest and the largest around it.

    Example:
        >>> peaks(np.array([[0, 0.9, 0, 0], [0, 1, 0, 0.5]]))
        [(1, 1)]
    """
    found: list[tuple[int, int]] = []
    for k in np.argsort(-y, axis=None, kind="stable"):
        i, j = (int(n) for n in np.unravel_index(k, y.shape))
        if y[i, j] < FIRES * y.max():
            break
        if all(max(abs(i - a), abs(j - b)) > SIDE // 2 for a, b in found):
            found.append((i, j))
    return sorted(found)


@figure("pixel_correlation", "pictures", ("Neighbours are alike", "이웃한 픽셀은 닮았다"),
        ("How alike two pixels are, by their distance: next to each other nearly the same, far apart hardly. That is why small "
         "filters see enough, and why a network that mixes up all pixels loses something.",
         "두 픽셀이 얼마나 닮았는지를 거리에 따라 나타냅니다. 바로 옆은 거의 같고 멀어지면 거의 상관이 없습니다. 그래서 작은 "
         "필터로 충분하며, 픽셀의 자리를 무시하는 신경망은 정보를 잃습니다."))
def pixel_correlation(scene: Scene) -> Drawn:
    """Correlation of pixels over distance: of the pictures, of the photograph, and of the pictures with all pixels permuted."""
    x = scene.images[:200].astype(float).mean(-1)
    order = np.random.default_rng(scene.seed).permutation(x[0].size)
    mixed = x.reshape(len(x), -1)[:, order].reshape(x.shape)
    photo = scene.photo.astype(float).mean(-1)[None]
    reach = min(REACH, *(n // 2 for n in x.shape[1:]), *(n // 2 for n in photo.shape[1:]))
    series = {name: [alike(a, d) for d in range(reach + 1)] for name, a in
              (("pictures", x), ("photograph", photo), ("pixels permuted", mixed))}
    numbers = {"distance": list(range(reach + 1)), **series}
    words = {"pictures": scene.say("these pictures", "이 데이터의 그림"), "photograph": scene.say("a photograph", "사진"),
             "pixels permuted": scene.say("pixels permuted", "픽셀을 뒤섞은 그림")}
    far = min(FAR, reach)
    title = scene.say("Correlation at 1 pixel: {a:.2f}, at {d} pixels: {b:.2f}",
                      "1픽셀 거리의 상관 {a:.2f}, {d}픽셀 거리의 상관 {b:.2f}",
                      a=series["pictures"][1], b=series["pictures"][far], d=far)
    return Drawn(numbers, viz.lines(numbers["distance"], {words[name]: y for name, y in series.items()}, title,
                                    xlabel=scene.say("distance in pixels", "거리(픽셀)"),
                                    ylabel=scene.say("correlation", "상관계수")))


def alike(x: np.ndarray, distance: int) -> float:
    """Pearson's correlation of pixels so far apart, to the right and down."""
    pairs = [(x[:, :, :x.shape[2] - distance], x[:, :, distance:]), (x[:, :x.shape[1] - distance], x[:, distance:])]
    a, b = (np.concatenate([pair[k].ravel() for pair in pairs]) for k in (0, 1))
    return float(np.corrcoef(a, b)[0, 1])
