"""Inside: what a network makes of a picture: feature maps, learned filters, the evidence of its last layer, explanations."""

from typing import Any

import numpy as np

from nabi import explain, viz
from nabi.core.errors import StateError
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.looking import maps_of
from nabi.figures.scene import Scene
from nabi.figures.tables import last_layer
from nabi.viz.heat import coloured, under
from nabi.viz.labels import short
from nabi.viz.style import BODY, SMALL, width_of
from nabi.viz.words import method

LAYERS, MAPS, FILTERS = 5, 8, 16  # drawn at most
PICTURES, PERPLEXITY = 500, 30  # of the embedding
METHODS = ("grad_cam", "saliency", "smooth_grad", "guided_backpropagation", "integrated_gradients", "occlusion")
EXPLAINED = 3  # pictures
NAME = 24  # letters of a class name below a picture
INK = 0.3  # share of black from which a pixel counts as ink


def with_places(scene: Scene, pictures: np.ndarray) -> dict[str, np.ndarray]:
    """What the layers with places make of pictures, by name.

    Raises: StateError for a model without.
    """
    found = maps_of(scene.model, pictures if len(pictures) > 1 else pictures[0])
    found = {name: maps for name, maps in found.items() if maps.ndim == 4 and min(maps.shape[1:3]) > 1}
    if not found:
        raise StateError("figures", "a model with maps of several places", "one without",
                         "This figure shows what convolutions make.")
    return found


@figure("feature_maps", "inside", ("Feature maps, layer by layer", "층마다의 특징 맵"),
        ("What the layers make of one picture: each map is one filter's answer at every place. Early maps still show the "
         "picture's edges, later ones are smaller and answer larger parts.",
         "층마다 그림 하나를 어떻게 바꾸는지 보여 줍니다. 맵 하나는 필터 하나가 모든 위치에서 낸 답입니다. 앞쪽 맵에는 윤곽이 "
         "남아 있고, 뒤로 갈수록 작아지며 더 큰 부분에 답합니다."))
def feature_maps(scene: Scene) -> Drawn:
    """The strongest maps of up to five layers."""
    k = scene.example(5 if 5 in scene.labels else int(scene.labels[0]))
    found = with_places(scene, scene.images[k:k + 1])
    names = [name for number, name in enumerate(found) if number == 0 or changed(found, name)]
    names = [names[round(n)] for n in np.linspace(0, len(names) - 1, min(LAYERS, len(names)))]
    rows: list[list[dict[str, Any]]] = [[{**scene.shown(scene.images[k]), "side": 0.85,
                                          "title": scene.say("picture: {name}", "그림: {name}",
                                                             name=scene.class_names[int(scene.labels[k])])}]]
    for name in names:
        maps = found[name][0]
        order = np.sort(np.argsort(-(maps**2).sum((0, 1)), kind="stable")[:MAPS])
        most = float(np.abs(maps).max() or 1)
        title = scene.say("{name}: {shape}, {n} of {all} maps", "{name}: {shape}, 맵 {all}개 중 {n}개", name=name, n=len(order),
                          shape=" x ".join(map(str, maps.shape[:2])), all=maps.shape[-1])
        rows.append([{"values": maps[..., c], "kind": "map", "most": most, "side": 0.85, "title": title if i == 0 else "",
                      "caption": f"{c}", "room": 0.85, "loose": True} for i, c in enumerate(order)])
    numbers = {"picture": k, "maps": {name: found[name][0] for name in names}}
    title = scene.say("From the picture to its parts", "그림에서 부분으로")
    words = scene.say("Blue: above 0, the darker the larger; each layer has one scale.",
                      "파랑은 0보다 큰 값이고 진할수록 큽니다. 층마다 눈금이 하나입니다.")
    if any((found[name] < 0).any() for name in names):
        words += scene.say(" Vermilion: below 0.", " 주황은 0보다 작은 값입니다.")
    return Drawn(numbers, viz.panels(rows, title, words))


def changed(found: dict[str, np.ndarray], name: str) -> bool:
    """Whether a layer makes other maps than the one before it: dropout does not."""
    names = list(found)
    before = found[names[names.index(name) - 1]]
    return before.shape != found[name].shape or not np.array_equal(before, found[name])


@figure("learned_filters", "inside", ("Learned filters", "학습된 필터"),
        ("The filters of the first layer, as training has left them, and the map that each makes of a picture: many answer edges "
         "of one direction. Nobody drew them.",
         "학습이 끝난 첫 층의 필터와, 그 필터가 그림에서 만든 맵입니다. 많은 필터가 한 방향의 윤곽에 답합니다. 사람이 그려 "
         "넣은 것이 아닙니다."))
def learned_filters(scene: Scene) -> Drawn:
    """The first layer's kernels and their maps of one picture."""
    kernel, name = first_kernel(scene)
    k = scene.example(5 if 5 in scene.labels else int(scene.labels[0]))
    maps = with_places(scene, scene.images[k:k + 1])[name][0]
    n = min(kernel.shape[-1], FILTERS)
    numbers = {"layer": name, "kernel": kernel, "maps": maps}
    colour, large = kernel.shape[2] == 3, kernel.shape[0] > 5
    most = float(np.abs(kernel).max())
    rows = []
    for start in range(0, n, 8):
        some = range(start, min(start + 8, n))
        top: list[dict[str, Any]] = []
        for c in some:
            if colour:
                top.append({"values": 0.5 + kernel[..., c] / (2 * most), "kind": "colour", "side": 0.85})
            else:
                top.append({"values": kernel.mean(2)[..., c].round(2), "kind": "map", "signed": True, "most": most, "side": 0.85,
                            "numbers": not large})
            top[-1] |= {"title": scene.say("filter {c}", "필터 {c}", c=c)}
        rows.append(top)
        rows.append([{"values": maps[..., c], "kind": "map", "most": float(np.abs(maps).max() or 1), "side": 0.85} for c in some])
    title = scene.say("{n} filters of {name}, {h} x {w}", "{name}의 필터 {n}개, {h} x {w}", n=kernel.shape[-1], name=name,
                      h=kernel.shape[0], w=kernel.shape[1])
    words = scene.say("Filters: blue above 0, vermilion below 0. Below each the map that it makes of a picture.",
                      "필터에서 파랑은 0보다 큰 값, 주황은 0보다 작은 값입니다. 아래는 그 필터가 만든 맵입니다.")
    return Drawn(numbers, viz.panels(rows, title, words if not colour else ""))


def first_kernel(scene: Scene) -> tuple[np.ndarray, str]:
    """The kernel of the first convolution, (kH, kW, C_in, filters), and the layer's name.

    Raises: StateError for a model without convolutions.
    """
    for layer in scene.model.leaves:
        if getattr(getattr(layer, "kernel", None), "ndim", 0) == 4:
            return explain.filters(scene.model, layer.name), layer.name
    raise StateError("figures", "a model with convolutions", "one without", "This figure shows learned filters.")


@figure("evidence", "output", ("The evidence of the last layer", "마지막 층의 근거"),
        ("Each final feature, times its weight, speaks for (blue) or against (vermilion) each class. The columns add up to the "
         "scores; the largest score is the answer: O, all others X.",
         "마지막 특징에 가중치를 곱한 값이 클래스마다 유리한 근거(파랑)나 불리한 근거(주황)가 됩니다. 열을 더하면 점수이고, "
         "점수가 가장 큰 클래스가 답입니다(O). 나머지는 X입니다."))
def evidence(scene: Scene) -> Drawn:
    """The last layer's products for the first picture, and their sums."""
    features, kernel, bias = last_layer(scene, scene.images[:1])
    contributions = features[0][:, None] * kernel
    z = contributions.sum(0) + bias
    best = int(z.argmax())
    numbers = {"features": features[0], "kernel": kernel, "bias": bias, "contributions": contributions, "logits": z,
               "answers": ["O" if k == best else "X" for k in range(len(z))], "truth": int(scene.labels[0])}
    title = scene.say("Why {name}? Every feature's say", "왜 {name}입니까? 특징마다의 근거", name=scene.class_names[best])
    words = scene.say("The picture is a {name}.", "그림의 정답은 {name}입니다.", name=scene.class_names[int(scene.labels[0])])
    return Drawn(numbers, viz.evidence(features[0], kernel, bias, scene.class_names, title, words))


@figure("feature_space", "inside", ("The pictures as the network sees them", "신경망이 보는 그림들"),
        ("Each dot is a picture, placed by what the last hidden layer makes of it: pictures of one class lie together, and "
         "what lies between is easily confused. t-SNE keeps neighbours; distances between groups mean nothing.",
         "점 하나가 그림 하나이며, 마지막 은닉층의 값으로 자리를 정했습니다. 같은 클래스의 그림은 모여 있고, 사이에 있는 그림은 "
         "헷갈리기 쉽습니다. t-SNE는 이웃 관계만 지키므로 무리 사이의 거리에는 뜻이 없습니다."))
def feature_space(scene: Scene) -> Drawn:
    """t-SNE of the last features of up to 500 pictures."""
    x, y = scene.images[:PICTURES], scene.labels[:PICTURES]
    features = explain.features(scene.model, x)
    points = explain.tsne(features, perplexity=min(PERPLEXITY, (len(x) - 1) / 3), seed=scene.seed)
    numbers = {"points": points, "classes": y, "same class among 5 nearest": agreement(points, y),
               "the same by chance": float((np.bincount(y) / len(y)) ** 2 @ np.ones(int(y.max()) + 1))}
    title = scene.say("{n} pictures: {share:.0%} of the nearest five are of the same class",
                      "그림 {n}장: 가까운 다섯 장의 {share:.0%}가 같은 "
                      "클래스", n=len(x), share=numbers["same class among 5 nearest"])
    words = scene.say("t-SNE of {d} features; by chance: {share:.0%}", "특징 {d}개의 t-SNE, 우연이라면 {share:.0%}",
                      d=features.shape[1], share=numbers["the same by chance"])
    return Drawn(numbers, viz.embedding(points, y, scene.class_names, title, words))


@figure("feature_plane", "inside", ("The two directions that differ most", "가장 크게 다른 두 방향"),
        ("The same features, projected onto the plane of their two largest principal components. A projection "
         "shortens distances: what lies far apart here is far apart, what lies close may differ in the directions that are not "
         "drawn.",
         "같은 특징을 가장 큰 주성분 두 개의 평면에 투영한 것입니다. 투영하면 거리가 줄어듭니다. 여기서 먼 점은 실제로도 멀지만, "
         "가까운 점은 그리지 않은 방향에서 다를 수 있습니다."))
def feature_plane(scene: Scene) -> Drawn:
    """PCA of the last features."""
    x, y = scene.images[:PICTURES], scene.labels[:PICTURES]
    found = explain.pca(explain.features(scene.model, x))
    numbers = {"points": found.points, "classes": y, "share": found.share}
    names = [scene.say("component {k}, {s:.0%}", "주성분 {k}, {s:.0%}", k=k + 1, s=float(share))
             for k, share in enumerate(found.share)]
    title = scene.say("Two components have {s:.0%} of the variance", "주성분 두 개가 분산의 {s:.0%}", s=float(found.share.sum()))
    return Drawn(numbers, viz.embedding(found.points, y, scene.class_names, title, xlabel=names[0], ylabel=names[1]))


def agreement(points: np.ndarray, classes: np.ndarray, count: int = 5) -> float:
    """Share of the nearest points that are of the same class."""
    d = ((points[:, None] - points[None]) ** 2.0).sum(-1)
    np.fill_diagonal(d, np.inf)
    near = np.argsort(d, axis=1, kind="stable")[:, :min(count, len(points) - 1)]
    return float((classes[near] == classes[:, None]).mean())


@figure("explanations", "inside", ("Where the network looks", "신경망이 보는 곳"),
        ("Ways to ask which pixels count for the answer. Grad-CAM weighs the last maps; saliency and its relatives follow "
         "the gradient; occlusion covers patches and watches the answer fall.",
         "어느 픽셀이 답에 영향을 주는지 묻는 여러 방법입니다. Grad-CAM은 마지막 맵에 가중치를 주고, 현저성 맵과 "
         "여기서 나온 방법들은 기울기를 따라가며, 가림 민감도는 일부를 가리고 출력이 얼마나 떨어지는지 봅니다."))
def explanations(scene: Scene) -> Drawn:
    """Maps by several methods of a few pictures of different classes."""
    classes = np.unique(scene.labels)
    chosen = [scene.example(int(c)) for c in (classes[3:8:2] if len(classes) > 7 else classes[:EXPLAINED])]
    rows, numbers = [], {}
    methods = fitting(scene, scene.images[chosen[0]])
    room = max(1.15, *(width_of(short(name, NAME), SMALL) for name in scene.class_names))  # of all rows, so that columns align
    for number, k in enumerate(chosen):
        x = scene.images[k]
        said = scene.say("picture", "그림") if not number else ""
        row: list[dict[str, Any]] = [{**scene.shown(x), "side": 1.15, "title": said, "room": room}]
        grey = under(scene.shown(x)["values"], scene.ink)
        told: dict[str, Any] = {}
        for name in methods:
            found = explain.METHODS[name](scene.model, x)
            told |= {"answer": scene.class_names[found.class_index], "share": found.share,
                     name: {"map": found.map, "on the ink": on_ink(scene, x, found.map)}}
            row.append({"values": coloured(grey, found.map, found.signed), "kind": "colour", "side": 1.15,
                        "room": max(1.15, width_of(method(name), BODY, True)), "title": method(name) if not number else ""})
        row[0] |= {"caption": f"{short(told['answer'], NAME)}\n{told['share']:.1%}"}
        rows.append(row)
        numbers[f"picture {k}"] = told | {"truth": scene.class_names[int(scene.labels[k])]}
    title = scene.say("Which pixels count for the answer?", "어느 픽셀이 답에 영향을 줍니까?")
    words = scene.say("Orange: counts for the answer; blue: against it.", "주황은 답에 유리한 곳, 파랑은 불리한 곳입니다.")
    missing = ", ".join(method(name) for name in METHODS if name not in methods)
    if missing:
        words += scene.say(" Not for this network: {missing}.", " 이 신경망에 쓸 수 없는 방법: {missing}.", missing=missing)
    return Drawn(numbers, viz.panels(rows, title, words))


def fitting(scene: Scene, x: np.ndarray) -> list[str]:
    """The methods that the model allows: Grad-CAM wants maps of several places, guided backpropagation a ReLU."""
    found = []
    for name in METHODS:
        try:
            explain.METHODS[name](scene.model, x)
        except StateError:  # "without a ReLU", "without places": told below the headline
            continue
        found.append(name)
    return found


def on_ink(scene: Scene, x: np.ndarray, found: np.ndarray) -> float | None:
    """Share of a map that lies on the ink; None for photographs."""
    if not scene.ink:
        return None
    mass = np.maximum(found, 0)
    return float(mass[(x / scene.white).mean(-1) > INK].sum() / (mass.sum() or 1.0))
