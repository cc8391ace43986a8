"""Stretching: layers that make maps larger or read them with gaps: dilation, transposed convolution, upsampling."""

import numpy as np

from nabi import viz
from nabi.core.shapes import effective
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.convolution import ARROW
from nabi.figures.layer_runs import alone
from nabi.figures.scene import Scene
from nabi.layers import Conv2D, Conv2DTranspose, UpSampling2D
from nabi.trace import trace

SEEDS = np.array([[1, 2], [3, 4]], dtype=float)
STAMP = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], dtype=float)
FIELD = 9  # side of the picture that dilated windows lie on


@figure("dilation", "convolution", ("Dilated convolution", "팽창 합성곱"),
        ("A dilated filter leaves gaps between the cells that it reads: it sees further with the same nine weights. "
         "K_eff = (K - 1) D + 1.",
         "팽창 합성곱의 필터는 읽는 칸 사이를 띄웁니다. 같은 아홉 개의 가중치로 더 넓게 봅니다. K_eff = (K - 1) D + 1입니다."))
def dilation(scene: Scene) -> Drawn:
    """The places that one unit reads, for dilation 1, 2, 3, from the trace."""
    numbers, row = {}, []
    for rate in (1, 2, 3):
        layer = Conv2D(1, 3, dilation_rate=rate, padding="same", use_bias=False, name="conv")
        model, _ = alone(layer, np.zeros((FIELD, FIELD)), [np.arange(1.0, 10.0).reshape(3, 3, 1, 1)])
        middle = FIELD // 2
        seen = trace(model, np.zeros((1, FIELD, FIELD, 1), "float32")).field("conv", middle, middle, 0).spatial[0]
        span = effective(3, rate)
        out = alone(Conv2D(1, 3, dilation_rate=rate, use_bias=False), np.zeros((FIELD, FIELD)), [np.ones((3, 3, 1, 1))])[1]
        numbers[f"dilation {rate}"] = {"reads": seen, "span": span, "parameters": layer.count_params(), "valid": out.shape[:2]}
        weights = np.zeros((FIELD, FIELD))
        weights[seen] = np.arange(1, 10)
        first = middle - span // 2
        row.append({"values": weights, "blank": ~seen, "cell": 0.21, "most": 18, "boxes": [(first, first, span, span)],
                    "title": scene.say("dilation {d}", "팽창 {d}", d=rate),
                    "caption": scene.say("9 weights over {s} x {s}\n{f} x {f} without padding: map {n} x {n}",
                                         "가중치 9개로 {s} x {s}\n{f} x {f} 입력, 패딩 없이: 맵 {n} x {n}", s=span, f=FIELD,
                                         n=out.shape[0])})
    title = scene.say("The same nine weights, further apart", "같은 가중치 아홉 개를 더 넓게")
    return Drawn(numbers, viz.panels([row], title))


@figure("transposed_convolution", "convolution", ("Transposed convolution", "전치 합성곱"),
        ("Each input number stamps the whole filter, multiplied by it, into the output, two cells further for its neighbour "
         "(stride 2). Where stamps overlap they add up: a 2x2 map becomes 5x5.",
         "입력의 수 하나하나가 자신을 곱한 필터를 출력에 도장처럼 찍습니다. 이웃한 입력은 두 칸 떨어져 찍습니다(스트라이드 2). "
         "겹친 곳은 더합니다. 2x2 맵이 5x5가 됩니다."))
def transposed_convolution(scene: Scene) -> Drawn:
    """The stamps of four numbers and their sum, by `Conv2DTranspose`."""
    kernel = [STAMP[..., None, None]]
    stamps = []
    for i, j in np.ndindex(2, 2):
        one = np.zeros((2, 2))
        one[i, j] = SEEDS[i, j]
        stamps.append(alone(Conv2DTranspose(1, 3, strides=2, use_bias=False), one, kernel)[1][..., 0])
    y = alone(Conv2DTranspose(1, 3, strides=2, use_bias=False), SEEDS, kernel)[1][..., 0]
    numbers = {"x": SEEDS, "kernel": STAMP, "stamps": np.stack(stamps), "y": y}
    first = [{"values": SEEDS, "title": scene.say("input", "입력")},
             {"values": STAMP, "title": scene.say("filter, stride 2", "필터, 스트라이드 2"), "room": 1.5},
             {"values": y, "title": scene.say("output: the sum", "출력: 모두 더한 것"), "sign": ARROW}]
    second = [{"values": stamp, "blank": stamp == 0, "cell": 0.24, "most": 16, "sign": "+" if k else "",
               "boxes": [(2 * (k // 2), 2 * (k % 2), 3, 3)],
               "title": scene.say("stamp of {n:g}", "{n:g}의 도장", n=SEEDS.flat[k])}
              for k, stamp in enumerate(stamps)]
    title = scene.say("From 2 x 2 to 5 x 5: (2 \N{MINUS SIGN} 1)\N{MULTIPLICATION SIGN}2 + 3 = 5",
                      "2 x 2에서 5 x 5로: (2 \N{MINUS SIGN} 1)\N{MULTIPLICATION SIGN}2 + 3 = 5")
    return Drawn(numbers, viz.panels([first, second], title))


@figure("upsampling", "convolution", ("Upsampling", "업샘플링"),
        ("Upsampling has no weights: it repeats the nearest number, or mixes the neighbours by their distance.",
         "업샘플링에는 가중치가 없습니다. 가장 가까운 수를 되풀이하거나, 이웃한 수를 거리에 따라 섞습니다."))
def upsampling(scene: Scene) -> Drawn:
    """2x2 to 4x4 and a small photograph to eight times its side, by `UpSampling2D`."""
    ways = {name: alone(UpSampling2D(2, interpolation=name), SEEDS)[1][..., 0] for name in ("nearest", "bilinear")}
    height, width = (n // 8 * 8 for n in scene.photo.shape[:2])
    small = scene.photo[:height, :width].reshape(height // 8, 8, width // 8, 8, 3).mean((1, 3)) / 255
    large = {name: alone(UpSampling2D(8, interpolation=name), small)[1] for name in ways}
    numbers = {"x": SEEDS, **ways, "photograph": small, **{f"photograph, {name}": array for name, array in large.items()}}
    said = {"nearest": scene.say("nearest", "최근접"), "bilinear": scene.say("bilinear", "이중 선형")}
    first = [{"values": SEEDS, "title": scene.say("input", "입력"), "room": 1.5},
             *({"values": y, "title": said[name], "sign": ARROW if name == "nearest" else "", "room": 1.5}
               for name, y in ways.items())]
    second = [{"values": small, "kind": "colour", "caption": f"{small.shape[0]} x {small.shape[1]}", "room": 1.5, "side": 0.75},
              *({"values": y, "kind": "colour", "caption": f"{y.shape[0]} x {y.shape[1]}",
                 "sign": ARROW if name == "nearest" else ""} for name, y in large.items())]
    return Drawn(numbers, viz.panels([first, second], scene.say("A map made larger, without weights", "가중치 없이 맵을 키우기")))
