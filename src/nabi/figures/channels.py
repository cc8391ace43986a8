"""Channels: a filter reads all channels of its input and gives one; filters of 1x1; small filters in place of large ones."""

from typing import Any

import numpy as np

from nabi import viz
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.convolution import ARROW, EQUALS, TIMES
from nabi.figures.layer_runs import alone
from nabi.figures.scene import Scene
from nabi.layers import Conv2D, DepthwiseConv2D, Input
from nabi.models import Sequential
from nabi.models.rows import rows as summary_rows
from nabi.trace import trace

RGB = (("red", "빨강"), ("green", "초록"), ("blue", "파랑"))
EDGE = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=float) / 8
BLUR = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], dtype=float) / 16
FILTERS = np.stack([np.stack([EDGE] * 3, -1), np.stack([BLUR, np.zeros((3, 3)), -BLUR], -1)], -1)  # (3, 3, C_in 3, C_out 2)
MIX = np.array([[0.299, 0.587, 0.114], [1.0, -1.0, 0.0], [0.5, 0.5, -1.0]]).T  # grey, red - green, yellow - blue: (C_in, C_out)
INCEPTION = (28, 28, 192)  # what inception module 3a of GoogLeNet reads
WIDTH = 64  # channels in and out where filters of several sizes are compared


@figure("channels_and_filters", "convolution", ("Several channels, several filters", "여러 채널과 여러 필터"),
        ("A filter has one kernel for each channel of its input. The partial maps are added, and the bias: one filter gives one "
         "map, two filters give two. A layer does C_in x C_out convolutions.",
         "필터는 입력 채널마다 커널을 하나씩 갖습니다. 채널별 맵을 모두 더하고 편향을 더하면 필터 하나가 맵 하나를 만듭니다. "
         "필터가 둘이면 맵도 둘입니다. 한 층은 합성곱을 C_in x C_out번 합니다."))
def channels_and_filters(scene: Scene) -> Drawn:
    """A colour picture under two filters: partial maps of each channel, their sums."""
    photo = scene.photo / 255
    bias = np.array([0.0, 0.1])
    partial = alone(DepthwiseConv2D(3, depth_multiplier=2, use_bias=False), photo, [FILTERS])[1]
    partial = partial.reshape(*partial.shape[:2], 3, 2)  # (h, w, channel, filter)
    model, y = alone(Conv2D(2, 3, name="conv"), photo, [FILTERS, bias])
    i, j = (n // 3 for n in y.shape[:2])
    told = trace(model, photo[None].astype("float32")).at("conv", i, j, 0)
    numbers = {"photo": photo, "kernel": FILTERS, "bias": bias, "partial maps": partial, "maps": y,
               "one number": {"place": (i, j, 0), "of each channel": told.arrays["products"].sum((0, 1)), "value": told.value}}
    most = [float(np.abs(partial[..., k]).max()) for k in (0, 1)]
    rows: list[list[dict[str, Any]]] = []
    for c, name in enumerate(RGB):
        row: list[dict[str, Any]] = [{"values": tinted(photo, c), "kind": "colour", "title": scene.say(*name), "side": 1.1}]
        for k in (0, 1):
            head = scene.say("filter {n}", "필터 {n}", n=k + 1) if c == 0 else ""
            row += [{"values": FILTERS[..., c, k] * 16, "signed": True, "most": 4, "sign": TIMES if k == 0 else "",
                     "cell": 0.25, "title": head, "caption": "/ 16", "room": 1.0 if k else 0.75},
                    {"values": partial[..., c, k], "kind": "map", "signed": True, "most": most[k], "sign": EQUALS, "side": 1.1}]
        rows.append(row)
    space: dict[str, Any] = {"text": []}
    rows.append([{"values": photo, "kind": "colour", "side": 1.1, "title": scene.say("all three", "셋 모두")}, *[
        panel for k in (0, 1) for panel in (
            space | {"room": 1.0 if k else 0.91, "text": ["", scene.say("sum of three", "셋의 합"),
                                                          f"+ {bias[k]:g}" if bias[k] else ""]},
            {"values": y[..., k], "kind": "map", "signed": True, "most": float(np.abs(y).max()), "sign": EQUALS, "side": 1.1,
             "title": scene.say("map {n}", "맵 {n}", n=k + 1)})]])
    title = scene.say("3 channels, 2 filters: {h} x {w} x 3 becomes {m} x {n} x 2",
                      "채널 3개, 필터 2개: {h} x {w} x 3이 {m} x {n} x 2로",
                      h=photo.shape[0], w=photo.shape[1], m=y.shape[0], n=y.shape[1])
    words = scene.say("Blue: above 0, vermilion: below 0.", "파랑은 0보다 큰 값, 주황은 0보다 작은 값입니다.")
    return Drawn(numbers, viz.panels(rows, title, words))


def tinted(photo: np.ndarray, channel: int) -> np.ndarray:
    """One channel of a colour picture, in its colour."""
    out = np.zeros_like(photo)
    out[..., channel] = photo[..., channel]
    return out


@figure("one_by_one", "convolution", ("1x1 convolution", "1x1 합성곱"),
        ("A 1x1 filter looks at one place and mixes its channels, the same way everywhere: three channels become grey, or "
         "differences of colours. Fewer channels before a large filter save most of its work.",
         "1x1 필터는 한 위치의 채널들을 섞으며, 어느 위치에서나 똑같이 섞습니다. 세 채널이 흑백이나 색의 차이가 됩니다. 큰 필터 "
         "앞에서 채널 수를 줄이면 계산이 크게 줄어듭니다."))
def one_by_one(scene: Scene) -> Drawn:
    """A colour picture under three 1x1 filters, one place in numbers, and what 1x1 saves in an inception module."""
    photo = scene.photo / 255
    y = alone(Conv2D(3, 1, use_bias=False), photo, [MIX[None, None]])[1]
    i, j = (n // 2 for n in photo.shape[:2])
    plain, reduced = (counted(INCEPTION, *layers) for layers in (((32, 5),), ((16, 1), (32, 5))))
    numbers = {"photo": photo, "kernel": MIX, "maps": y,
               "one place": {"place": (i, j), "channels": photo[i, j], "made": y[i, j]},
               "5x5 alone": plain, "1x1, then 5x5": reduced, "times less": plain["macs"] / reduced["macs"]}
    names = (("grey", "흑백"), ("red \N{MINUS SIGN} green", "빨강 \N{MINUS SIGN} 초록"),
             ("yellow \N{MINUS SIGN} blue", "노랑 \N{MINUS SIGN} 파랑"))
    pictures = [{"values": photo, "kind": "colour", "title": scene.say("picture, 3 channels", "그림, 채널 3개"), "room": 1.7}]
    for k, name in enumerate(names):
        weights = ", ".join(f"{w:g}".replace("-", "\N{MINUS SIGN}") for w in MIX[:, k])
        pictures.append({"values": y[..., k], "kind": "light" if k == 0 else "map", "signed": k > 0,
                         "most": float(np.abs(y[..., 1:]).max()) if k else 1.0,
                         "title": scene.say(*name), "caption": weights, "sign": ARROW if k == 0 else ""})
    sums = []
    for k, name in enumerate(names):
        parts = " + ".join(f"{w:g}\N{MULTIPLICATION SIGN}{p:.4f}" for w, p in zip(MIX[:, k], photo[i, j], strict=True))
        said = f"{scene.say(*name)}: {parts} = {y[i, j, k]:.3f}"
        sums.append(said.replace("+ -", "\N{MINUS SIGN} ").replace("-", "\N{MINUS SIGN}"))
    said = scene.say("In the middle of the picture:", "그림의 한가운데에서:")
    saved = scene.say("28 x 28 x 192, 32 filters 5x5: {a:,} multiply-adds. With 16 filters 1x1 before them: {b:,}, {r:.1f} times "
                      "less.",
                      "28 x 28 x 192에 5x5 필터 32개: 곱셈 {a:,}번. 앞에 1x1 필터 16개를 두면 {b:,}번, {r:.1f}배 적습니다.",
                      a=plain["macs"], b=reduced["macs"], r=numbers["times less"])
    return Drawn(numbers, viz.panels([pictures], scene.say("Filters of 1x1 mix channels", "1x1 필터는 채널을 섞습니다"),
                                     lines=[said, *sums, "", saved]))


def counted(shape: tuple[int, int, int], *layers: tuple[int, int]) -> dict[str, int]:
    """Parameters, multiply-adds and receptive field of convolutions (filters, size) one after the other, as in `summary`."""
    model = Sequential([Input(shape), *(Conv2D(filters, size, padding="same") for filters, size in layers)])
    found = summary_rows(model)
    sees = found[-1].sees
    return {"parameters": sum(row.parameters for row in found), "macs": sum(row.macs or 0 for row in found),
            "field": int(sees.largest[0].size) if sees else 0}


@figure("small_filters", "convolution", ("Small filters, one after the other", "작은 필터를 여러 번"),
        ("Two 3x3 filters see as much as one 5x5, three as much as one 7x7, with fewer weights and multiplications: 25 C^2 "
         "against 18 C^2, 49 C^2 against 27 C^2. The cells show on how many ways a pixel reaches the unit.",
         "3x3 필터 두 개는 5x5 하나만큼, 세 개는 7x7 하나만큼 봅니다. 그런데 가중치와 곱셈은 더 적습니다. 25 C^2 대 18 C^2, "
         "49 C^2 대 27 C^2입니다. 칸의 수는 그 픽셀이 유닛에 이르는 길의 수입니다."))
def small_filters(scene: Scene) -> Drawn:
    """Ways from pixels to a unit through one, two, three 3x3 filters; parameters and multiply-adds of both forms."""
    ways, one = [], np.zeros((7, 7))
    one[3, 3] = 1
    for _ in range(3):
        one = alone(Conv2D(1, 3, padding="same", use_bias=False), one, [np.ones((3, 3, 1, 1))])[1][..., 0]
        ways.append(one)
    forms = {"5x5": ((WIDTH, 5),), "3x3, 3x3": ((WIDTH, 3),) * 2, "7x7": ((WIDTH, 7),), "3x3, 3x3, 3x3": ((WIDTH, 3),) * 3}
    cost = {name: counted((28, 28, WIDTH), *layers) for name, layers in forms.items()}
    numbers = {"ways": np.stack(ways), "channels": WIDTH, "cost": cost}
    row = []
    for k, way in enumerate(ways):
        size = 3 + 2 * k
        row.append({"values": way, "blank": way == 0, "boxes": [(2 - k, 2 - k, size, size), (3, 3, 1, 1, "unit")],
                    "caption": scene.say("sees {n} x {n}", "{n} x {n}를 봄", n=size),
                    "title": scene.say("one 3x3", "3x3 하나") if k == 0 else scene.say("{n} times 3x3", "3x3 {n}번", n=k + 1)})
    lines = [scene.say("28 x 28 x {c}, {name}: sees {f} x {f}; {p:,} parameters, {m:,} multiply-adds",
                       "28 x 28 x {c}, {name}: {f} x {f}를 봄, 매개변수 {p:,}개, 곱셈 {m:,}번",
                       c=WIDTH, name=name, f=one["field"], p=one["parameters"], m=one["macs"]) for name, one in cost.items()]
    title = scene.say("Three 3x3 filters see 7 x 7 pixels", "3x3 필터 세 번이면 7 x 7 픽셀을 봅니다")
    return Drawn(numbers, viz.panels([row], title, lines=lines))
