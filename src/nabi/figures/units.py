"""Units: what single units look for: from edges over strokes to digits; and the direction that each first filter prefers."""

from typing import Any

import numpy as np

from nabi import explain, viz
from nabi.core.errors import StateError
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.inside import first_kernel
from nabi.figures.scene import Scene
from nabi.models import Model
from nabi.trace import trace
from nabi.viz.tuning import TUNED

PATCHES, UNITS, SEARCHED, STEPS = 7, 2, 300, 60  # patches of a unit, units of a layer, pictures, steps of the ascent
ANGLES = np.arange(0, 180, 7.5)
WAVELENGTHS, PHASES = (3.0, 4.0, 6.0, 8.0), 12  # pixels from bar to bar; places of the bars
SHOWN = 16  # filters
TRIED, ALIKE = 12, 0.6  # units that are tried; correlation from which two are alike


def known_layers(scene: Scene) -> list[tuple[Any, tuple[int, ...]]]:
    """Layers with weights that see pictures, but the last: (layer, shape of its output).

    Raises: StateError for a model with none.
    """
    found = trace(scene.model, scene.images[:1])
    calls = [call for call in found.run.graph.calls if call.layer.weights]
    made = [(call.layer, tuple(found.run.values[call.outputs[0]].shape[1:])) for call in calls]
    kept = [(layer, shape) for layer, shape in made[:-1] if len(shape) in (1, 3) and getattr(layer, "kernel", None) is not None]
    if not kept:
        raise StateError("figures", "a model with a layer before its last", "one without",
                         "This figure shows what units look for.")
    return kept


@figure("parts_to_whole", "inside", ("From parts to the whole", "부분에서 전체로"),
        ("For two units of an early, a middle and a late layer: the picture that excites each most, made by gradient ascent, and "
         "the patches of the data that do, cut out by its exact receptive field. With digits: edges, then strokes, then whole "
         "digits. Below: what each class looks for.",
         "앞, 가운데, 뒤의 층에서 유닛을 두 개씩 골라, 그 유닛을 가장 크게 하는 그림(경사 상승으로 만든 것)과 데이터의 조각을 "
         "보여 줍니다. 조각은 정확한 수용 영역으로 잘랐습니다. 손글씨 숫자라면 윤곽에서 획으로, 획에서 숫자로 갑니다. 맨 아래는 "
         "클래스마다 찾는 모습입니다."))
def parts_to_whole(scene: Scene) -> Drawn:
    """Best patches and activation maximisation of units, layer by layer; then of the classes."""
    layers, pictures = known_layers(scene), scene.images[:SEARCHED]
    layers = [layers[round(n)] for n in np.linspace(0, len(layers) - 1, min(3, len(layers)))]
    found = trace(scene.model, pictures[:1])
    maps = explain.feature_maps(scene.model, pictures, [layer.name for layer, _ in layers])
    rows: list[list[dict[str, Any]]] = []
    numbers: dict[str, Any] = {"layers": {}}
    for layer, _ in layers:
        a = maps[layer.name]
        best = a.reshape(len(a), -1, a.shape[-1]).max(1)  # (pictures, units)
        told = numbers["layers"][layer.name] = {}
        for number, (u, made) in enumerate(chosen_units(scene, layer.name, a)):
            places = []
            for k in np.argsort(-best[:, u], kind="stable")[:PATCHES]:
                at = np.unravel_index(int(a[k, ..., u].argmax()), a.shape[1:-1]) if a.ndim == 4 else ()
                (top, bottom), (left, right) = found.field(layer, *(int(n) for n in at), u).box()
                places.append({"picture": int(k), "unit": (*map(int, at), u), "activation": float(best[k, u]),
                               "box": (top, left, bottom - top + 1, right - left + 1)})
            told[u] = {"activations on the way": made.activation, "patches": places}
            patches = [(pictures[one["picture"]], one["box"]) for one in places]
            rows.append(unit_row(scene, layer.name, u, made.picture, patches, is_first=number == 0))
    classes = range(min(len(scene.class_names), 10))
    ideal = [explain.activation_maximization(scene.model, int(c), steps=STEPS, seed=scene.seed) for c in classes]
    numbers["classes"] = {scene.class_names[c]: one.activation for c, one in zip(classes, ideal, strict=True)}
    titled = scene.say("what each class looks for", "클래스마다 찾는 모습")
    rows.append([{**scene.shown(one.picture), "side": 0.72, "caption": scene.class_names[c][:10], "loose": True,
                  "title": titled if c == 0 else ""} for c, one in zip(classes, ideal, strict=True)])
    last = np.asarray(scene.model.predict(pictures, verbose=0))
    last = np.concatenate([1 - last, last], 1) if last.shape[1] == 1 else last  # one probability: of the second class
    surest = [int(last[:, c].argmax()) for c in classes]
    numbers["surest pictures"] = dict(zip((scene.class_names[c] for c in classes), surest, strict=True))
    rows.append([{**scene.shown(pictures[k]), "side": 0.72, "loose": True, "caption": f"{last[k, c]:.1%}",
                  "title": scene.say("the surest pictures", "가장 확신한 그림") if c == 0 else ""}
                 for c, k in zip(classes, surest, strict=True)])
    title = scene.say("What units look for, from early to late", "유닛이 찾는 것, 앞 층에서 뒤 층으로")
    words = scene.say("Left: made by gradient ascent. Right: the patches of the data that excite the unit most.",
                      "왼쪽은 경사 상승으로 만든 그림, 오른쪽은 유닛을 가장 크게 하는 데이터의 조각입니다.")
    return Drawn(numbers, viz.panels(rows, title, words))


def chosen_units(scene: Scene, layer: str, a: np.ndarray) -> list[tuple[int, Any]]:
    """Units that answer few places and unlike each other (of a dense layer: one class), and the picture made for each."""
    flat = np.maximum(a, 0).reshape(-1, a.shape[-1])  # (places of all pictures, units)
    strong = flat.max(0)
    sparse = np.where(strong > 0.25 * strong.max(), strong / (flat.mean(0) + 1e-9 * strong.max() + 1e-30), -1.0)
    if a.ndim == 2:
        tops = scene.labels[:len(a)][np.argsort(-a, axis=0, kind="stable")[:PATCHES]]  # classes of the best pictures
        sparse = sparse + 1e6 * np.array([np.bincount(one).max() for one in tops.T]) * (sparse > 0)
    kept: list[tuple[int, Any]] = []
    for u in np.argsort(-sparse, kind="stable")[:TRIED]:
        like = [abs(np.corrcoef(flat[:, u], flat[:, other])[0, 1]) for other, _ in kept] if strong[u] > 0 else [1.0]
        if any(r > ALIKE for r in like) and len(kept) + len(sparse) > UNITS:
            continue
        made = explain.activation_maximization(scene.model, layer=layer, channel=int(u), steps=STEPS, seed=scene.seed)
        if made.activation[-1] > made.activation[0]:  # a unit that is silent on paper has no gradient to climb
            kept.append((int(u), made))
        if len(kept) == UNITS:
            break
    return kept


def unit_row(scene: Scene, layer: str, unit: int, made: np.ndarray,
             patches: list[tuple[np.ndarray, tuple[int, int, int, int]]], is_first: bool) -> list[dict[str, Any]]:
    """A unit's made picture and its patches."""
    size = max(box[2] for _, box in patches), max(box[3] for _, box in patches)  # less at the border
    title = scene.say("{layer}, sees {h} x {w}", "{layer}, {h} x {w}를 봄", layer=layer, h=size[0], w=size[1]) if is_first else ""
    row: list[dict[str, Any]] = [{**scene.shown(made), "side": 0.72, "title": title, "loose": True,
                                  "caption": scene.say("unit {u}", "유닛 {u}", u=unit), "room": 1.1}]
    for picture, (top, left, height, width) in patches:
        row.append({**scene.shown(picture[top:top + height, left:left + width]), "side": 0.72})
    return row


def grating(shape: tuple[int, int], angle: float, wavelength: float, phase: float) -> np.ndarray:
    """Bars of a sine wave in the direction `angle`, degrees from the horizontal, anticlockwise: values 0-1.

    Example:
        >>> bool((grating((4, 4), 90, 4, 0).std(0) < 1e-12).all())  # standing bars: all rows are the same
        True
    """
    i, j = np.mgrid[:shape[0], :shape[1]]
    along = np.radians(angle)
    across = (j - shape[1] // 2) * np.sin(along) + (i - shape[0] // 2) * np.cos(along)
    return 0.5 + 0.5 * np.cos(2 * np.pi * across / wavelength + phase)


@figure("orientation_tuning", "inside", ("Which direction a filter prefers", "필터가 좋아하는 방향"),
        ("The experiment with the cat, on the network: bars of every direction are shown to each filter of the first layer. Like "
         "cells of the visual cortex, many answer one direction most; the red line is that direction.",
         "고양이 실험을 신경망에 해 봅니다. 첫 층의 필터마다 모든 방향의 줄무늬를 보여 줍니다. 시각 피질의 세포처럼 많은 필터가 "
         "한 방향에 가장 크게 답합니다. 붉은 선이 그 방향입니다."))
def orientation_tuning(scene: Scene) -> Drawn:
    """The answers of the first layer's filters to bars at angles from 0 to 180 degrees."""
    kernel, name = first_kernel(scene)
    height, width, channels = scene.images.shape[1:]
    bars = np.stack([grating((height, width), a, w, 2 * np.pi * p / PHASES) for w in WAVELENGTHS for a in ANGLES
                     for p in range(PHASES)])
    x = np.repeat(bars[..., None], channels, -1).astype("float32") * scene.white
    layer = next((layer for layer in scene.model.layers if layer.name == name), None)
    if layer is None:  # inside a nested model
        made = explain.feature_maps(scene.model, x, name)[name]
    else:
        made = np.asarray(Model(scene.model.inputs, layer.output).predict(x, verbose=0))
    middle = made[:, made.shape[1] // 2, made.shape[2] // 2]
    answers = np.maximum(middle, 0).reshape(len(WAVELENGTHS), len(ANGLES), PHASES, -1)
    swing = (answers.max(2) - answers.min(2)).transpose(2, 0, 1)  # (filters, wavelengths, angles): what moving bars change
    chosen = swing.max(2).argmax(1)
    responses = swing[np.arange(len(swing)), chosen]
    total = responses.sum(1)
    selectivity = np.abs(responses @ np.exp(2j * np.radians(ANGLES))) / np.where(total > 0, total, 1)
    preferred = ANGLES[responses.argmax(1)]
    numbers = {"layer": name, "angles": ANGLES, "responses": responses, "preferred": preferred, "selectivity": selectivity,
               "wavelength": np.array(WAVELENGTHS)[chosen], "kernel": kernel}
    n = min(len(responses), SHOWN)
    most = float(np.abs(kernel).max())
    shown = np.moveaxis(kernel, -1, 0)[:n]
    shown = 0.5 + shown / (2 * most) if shown.shape[-1] == 3 else shown.mean(-1)
    tuned = int((selectivity > TUNED).sum())
    title = scene.say("{k} of {n} filters of {layer} prefer a direction", "{layer}의 필터 {n}개 중 {k}개가 한 방향을 좋아합니다",
                      k=tuned, n=len(responses), layer=name)
    words = scene.say("Distance from the middle: the answer to bars of that direction; 0° lie, 90° stand.",
                      "가운데에서의 거리가 그 방향 줄무늬에 대한 답입니다. 0°는 가로, 90°는 세로 줄무늬입니다.")
    return Drawn(numbers, viz.tuning_curves(ANGLES, responses[:n], shown, title, words))
