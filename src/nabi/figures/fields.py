"""Fields: what a unit sees of the picture, layer by layer; and how maps follow a picture that is moved."""

from typing import Any

import numpy as np

from nabi import viz
from nabi.core.errors import StateError
from nabi.explain import feature_maps
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.convolution import ARROW
from nabi.figures.looking import first_convolution, maps_of, prepares
from nabi.figures.scene import Scene
from nabi.layers import Input, MaxPooling2D, RandomRotation
from nabi.models import Sequential
from nabi.models.rows import rows as summary_rows
from nabi.trace import trace

MOST = 6  # layers that are drawn
SHIFT = (3, 2)  # pixels down and to the right
MOVED = 200  # digits that the tolerance of pooling is measured on


@figure("receptive_field", "convolution", ("Receptive field", "수용 영역"),
        ("One unit in the middle of each layer's map, and the pixels that it can see. The field grows with each window and "
         "each pooling; a dense unit sees everything.",
         "층마다 맵 한가운데의 유닛 하나가 볼 수 있는 픽셀입니다. 윈도우와 풀링을 지날수록 넓어지고, 전결합 유닛은 "
         "전체를 봅니다."))
def receptive_field(scene: Scene) -> Drawn:
    """The exact field of a unit of each layer, from the trace."""
    found = trace(scene.model, scene.images[:1])
    fields: list[dict[str, Any]] = []
    for call in found.run.graph.calls:
        shape = tuple(found.run.values[call.outputs[0]].shape[1:])
        unit = (shape[0] // 2, shape[1] // 2, 0) if len(shape) == 3 else (0,) * len(shape)
        seen = found.field(call.layer, *unit)
        box = seen.box()
        if len(box) != 2 or prepares(call.layer) or (fields and fields[-1]["size"] == seen.size):
            continue
        fields.append({"layer": call.layer.name, "unit": unit, "map": shape, "box": box, "size": seen.size,
                       "seen": int(seen.spatial[seen.largest].sum())})
    if not fields:
        raise StateError("receptive_field", "a model of pictures", "one whose units see none")
    kept = [fields[round(k)] for k in np.linspace(0, len(fields) - 1, min(MOST, len(fields)))]
    row = []
    for one in kept:
        (top, bottom), (left, right) = one["box"]
        row.append({**scene.shown(scene.images[0]), "side": 1.25, "boxes": [(top, left, bottom - top + 1, right - left + 1)],
                    "title": one["layer"], "room": 1.35,
                    "caption": scene.say("sees {h} x {w}", "{h} x {w}", h=one["size"][0], w=one["size"][1]) + "\n"
                    + scene.say("map {shape}", "맵 {shape}", shape=" x ".join(map(str, one["map"])))})
    title = scene.say("What one unit sees: from {a} x {a} pixels to {h} x {w}",
                      "유닛 하나가 보는 곳: {a} x {a} 픽셀에서 {h} x {w}까지",
                      a=kept[0]["size"][0], h=kept[-1]["size"][0], w=kept[-1]["size"][1])
    return Drawn({"fields": fields}, viz.panels([row], title))


@figure("receptive_growth", "convolution", ("The receptive field grows", "수용 영역의 성장"),
        ("Layer by layer: what a unit sees, how many pixels lie between neighbours, and what the layer costs. Pooling doubles "
         "the step between neighbours, so that each later window adds twice as much.",
         "층마다 유닛이 보는 크기, 이웃한 유닛 사이의 픽셀 수, 매개변수와 곱셈 수입니다. 풀링은 이웃 사이의 간격을 두 배로 "
         "만들어 그 뒤의 윈도우가 두 배씩 더 넓어집니다."))
def receptive_growth(scene: Scene) -> Drawn:
    """The summary's own numbers: fields, jumps, parameters, multiply-adds."""
    known = [row for row in summary_rows(scene.model) if row.sees and (row.layer.weights or jumps(row))]
    if not known:
        raise StateError("receptive_growth", "a model of pictures", "one whose units see none")
    numbers = {"layer": [row.layer.name for row in known],
               "map": [" x ".join(str(n) for n in row.shapes[0][1:]) for row in known],
               "field": [row.sees.text if row.sees else "" for row in known],
               "jump": [row.sees.jump_text if row.sees else "" for row in known],
               "parameters": [row.parameters for row in known], "macs": [row.macs or 0 for row in known]}
    whole = scene.say("all", "전체")
    heads = {"layer": ("layer", "층"), "map": ("map", "맵"), "field": ("sees", "보는 크기"), "jump": ("step", "간격"),
             "parameters": ("parameters", "매개변수"), "macs": ("multiply-adds", "곱셈")}
    shown = numbers | {"field": [whole if text == "whole" else text for text in numbers["field"]]}
    columns = {scene.say(*heads[name]): values for name, values in shown.items()}
    title = scene.say("{name}: field, parameters, multiply-adds", "{name}: 수용 영역, 매개변수, 곱셈", name=scene.model.name)
    return Drawn(numbers, viz.number_table(columns, title))


def jumps(row: Any) -> bool:
    """Whether a layer makes the field larger, or the step between neighbours."""
    seen = row.seen[0] if row.seen else None
    return bool(seen) and (seen.text, seen.jump_text) != (row.sees.text, row.sees.jump_text) and bool(row.sees.jump_text)


def moved(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """Pictures (n, h, w, C) moved, with paper where they come from.

    Example:
        >>> moved(np.ones((1, 2, 2, 1)), 1, 0)[0, ..., 0].tolist()
        [[0.0, 0.0], [1.0, 1.0]]
    """
    out = np.zeros_like(x)
    h, w = x.shape[1:3]
    out[:, max(down, 0):h + min(down, 0), max(right, 0):w + min(right, 0)] = \
        x[:, max(-down, 0):h + min(-down, 0), max(-right, 0):w + min(-right, 0)]
    return out


@figure("equivariance", "convolution", ("Moved picture, moved map", "그림을 옮기면 맵도 옮겨진다"),
        ("Convolution follows a shift: the map of the moved picture is the moved map, away from the borders exactly so. Max "
         "pooling takes a part of small shifts and turns away: its numbers change less, and many not at all.",
         "합성곱은 이동을 따라갑니다. 옮긴 그림의 맵은 옮긴 맵과 같으며, 가장자리를 빼면 정확히 같습니다. 최댓값 풀링은 "
         "작은 이동과 회전의 영향을 줄입니다. 풀링한 수는 덜 바뀌고, 전혀 바뀌지 않는 수도 많습니다."))
def equivariance(scene: Scene) -> Drawn:
    """The first convolution's map of a picture and of the moved one; max pooling's tolerance, on many pictures."""
    down, right = SHIFT
    name = first_maps(scene)
    x = scene.images[:1]
    y, y_moved = (feature_maps(scene.model, np.concatenate([one, one]), name)[name][0] for one in (x, moved(x, down, right)))
    best = int((np.maximum(y, 0) ** 2).sum((0, 1)).argmax())
    both = y_moved[down:, right:], y[:-down, :-right]
    inner = tuple(a[1:-1, 1:-1] for a in both)
    difference = float(np.abs(inner[0] - inner[1]).max())
    many = scene.images[:MOVED]
    turn = Sequential([Input(many.shape[1:]), RandomRotation((5 / 360, 5 / 360), fill_mode="constant")])
    changed = {"1 pixel": moved(many, 0, 1), "5 degrees": np.asarray(turn(many, training=True))}
    maps = {key: feature_maps(scene.model, one, name)[name] for key, one in ({"as it is": many} | changed).items()}
    pooled = {key: Sequential([Input(a.shape[1:]), MaxPooling2D(2)]).predict(a, verbose=0) for key, a in maps.items()}
    before, behind = maps.pop("as it is"), pooled.pop("as it is")
    counts = {key: {"map": change(before, maps[key]), "behind max pooling": change(behind, pooled[key]),
                    "pooled numbers that stay": stay(behind, pooled[key])} for key in maps}
    numbers = {"shift": SHIFT, "layer": name, "map": y[..., best], "map of the moved picture": y_moved[..., best],
               "largest difference": difference, "change": counts, "pictures": len(many)}
    most = float(max(y[..., best].max(), y_moved[..., best].max()))
    pair = [(x[0], y[..., best], scene.say("picture", "그림")),
            (moved(x, down, right)[0], y_moved[..., best],
             scene.say("moved by {a} and {b} pixels", "{a}, {b}픽셀 옮긴 그림", a=down, b=right))]
    row: list[dict[str, Any]] = []
    for k, (picture, a_map, said) in enumerate(pair):
        row += [{**scene.shown(picture), "title": said, "room": 1.9 if k else 1.5},
                {"values": a_map, "kind": "map", "most": most, "sign": ARROW,
                 "title": scene.say("its map in {layer}", "{layer}의 맵", layer=name)}]
    lines = [scene.say("Largest difference between the moved map and the map of the moved picture: {d:.1g}",
                       "옮긴 맵과 옮긴 그림의 맵의 가장 큰 차이: {d:.1g}", d=difference),
             *(scene.say("{by}: the map changes by {a:.0%} of its mean, behind max pooling by {b:.0%}; {c:.0%} of the pooled "
                         "numbers stay.",
                         "{by}: 맵은 평균의 {a:.0%}만큼 바뀌고, 최댓값 풀링 뒤에는 {b:.0%}만큼만 바뀝니다. 풀링한 수의 {c:.0%}는 "
                         "그대로입니다.", by=said, a=counts[key]["map"], b=counts[key]["behind max pooling"],
                         c=counts[key]["pooled numbers that stay"])
               for key, said in (("1 pixel", scene.say("Moved by 1 pixel", "한 픽셀 이동")),
                                 ("5 degrees", scene.say("Turned by 5 degrees", "5도 회전"))))]
    title = scene.say("The map moves with the picture", "맵은 그림과 함께 움직입니다")
    return Drawn(numbers, viz.panels([row], title, lines=lines))


def first_maps(scene: Scene) -> str:
    """The name of the first convolution.

    Raises: StateError for a model without.
    """
    name = first_convolution(scene.model, maps_of(scene.model, scene.images[:1]))
    if name is not None:
        return name
    raise StateError("figures", "a model with maps of more than 3 x 3 places", "one without",
                     "This figure shows what a convolution makes.")


def change(y: np.ndarray, other: np.ndarray) -> float:
    """Mean difference as a share of the mean."""
    return float(np.abs(y - other).mean() / (np.abs(y).mean() or 1.0))


def stay(y: np.ndarray, other: np.ndarray) -> float:
    """Share of the numbers that are the same in both, to a hundredth of the largest."""
    return float((np.abs(y - other) < 0.01 * np.abs(y).max()).mean())
