"""Convolution: the window step by step, the flipped kernel, padding and stride, pooling; the lectures' own numbers."""

from typing import Any

import numpy as np

from nabi import viz
from nabi.core.errors import StateError
from nabi.core.shapes import effective, zeros_around
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.layer_runs import K, X, alone, convolved
from nabi.figures.looking import first_convolution, maps_of
from nabi.figures.scene import Scene
from nabi.layers import AveragePooling2D, Conv2D, L2Pooling2D, MaxPooling2D
from nabi.trace import trace

TIMES, EQUALS, ARROW = "\N{MULTIPLICATION SIGN}", "=", "\N{RIGHTWARDS ARROW}"
K2 = np.array([[1, 2], [3, 2]], dtype=float)
X5 = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]], dtype=float)
K5 = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=float)
POOLED = np.array([[35, 19, 25, 6], [13, 22, 16, 53], [4, 3, 7, 10], [9, 8, 1, 3]], dtype=float)
CASES: dict[str, tuple[np.ndarray, np.ndarray, dict[str, Any]]] = {  # input, kernel, options of Conv2D
    "valid": (X, K, {}),
    "padding 1": (X, K, {"padding": 1}),
    "padding 1, stride 2": (X, K, {"padding": 1, "strides": 2}),
    "same, stride 2": (X, K, {"padding": "same", "strides": 2}),
    "2x2, stride 2": (X, K2, {"strides": 2}),
    "5x5": (X5, K5, {}),
}


def added(products: np.ndarray) -> str:
    """The products of a window as a sum, zeros left out."""
    return " + ".join(f"{value:g}" for value in products.ravel() if value) or "0"


@figure("convolution_steps", "convolution", ("Convolution step by step", "합성곱 한 단계씩"),
        ("The window slides over the input; at each place its nine numbers are multiplied by the filter's and added up. The sum "
         "is one number of the feature map.",
         "윈도우를 한 칸씩 옮기면서 겹친 아홉 수를 필터의 수와 곱하고 모두 더합니다. 그 합이 특징 맵의 한 칸입니다."))
def convolution_steps(scene: Scene) -> Drawn:
    """The four places of the worked example, from the trace."""
    model, y = alone(Conv2D(1, 3, use_bias=False, name="conv"), X, [K[..., None, None]])
    found = trace(model, X[None, ..., None].astype("float32"))
    rows, steps = [], []
    for step, (i, j) in enumerate(np.ndindex(2, 2)):
        told = found.at("conv", i, j, 0)
        products = told.arrays["products"][..., 0]
        blank = np.arange(4).reshape(2, 2) > step
        steps.append({"place": (i, j), "window": told.arrays["window"][..., 0], "products": products, "sum": told.value})
        rows.append([
            {"values": X, "boxes": [(i, j, 3, 3)], "title": scene.say("input", "입력") if not step else ""},
            {"values": K, "sign": TIMES, "title": scene.say("filter", "필터") if not step else "", "most": 3},
            {"values": products, "sign": EQUALS, "title": scene.say("products", "곱") if not step else "", "most": 6},
            {"text": [added(products), f"= {told.value:g}"], "sign": ARROW, "title": scene.say("sum", "합") if not step else "",
             "room": 1.25},
            {"values": y[..., 0], "blank": blank, "boxes": [(i, j, 1, 1, "unit")], "sign": ARROW, "most": 36,
             "title": scene.say("feature map", "특징 맵") if not step else ""},
        ])
    numbers = {"x": X, "kernel": K, "y": y[..., 0], "steps": steps}
    return Drawn(numbers, viz.panels(rows, scene.say("A 3x3 filter on a 4x4 input gives a 2x2 map",
                                                     "4x4 입력에 3x3 필터를 적용하면 2x2 맵이 됩니다")))


@figure("cross_correlation", "convolution", ("Convolution and cross-correlation", "합성곱과 교차 상관"),
        ("Mathematics flips the kernel before it slides, networks do not: what they call convolution is cross-correlation. The "
         "filter is learned, so nothing is lost.",
         "수학의 합성곱은 커널을 뒤집은 다음 옮기지만 신경망은 뒤집지 않습니다. 신경망의 합성곱은 정확히는 교차 상관입니다. "
         "필터는 학습되므로 차이가 없습니다."))
def cross_correlation(scene: Scene) -> Drawn:
    """The worked example with the filter as it is and turned around."""
    numbers = {"x": X, "kernel": K, "cross-correlation": convolved(X, K), "convolution": convolved(X, K[::-1, ::-1])}
    ways = (("cross-correlation", K, scene.say("as networks do it", "신경망의 합성곱(교차 상관)"), scene.say("filter", "필터")),
            ("convolution", K[::-1, ::-1], scene.say("as mathematics does it", "수학의 합성곱"),
             scene.say("filter, turned by 180°", "180° 돌린 필터")))
    rows = [[{"values": X, "title": name, "boxes": [(0, 0, 3, 3)], "room": 1.7},
             {"values": kernel, "sign": TIMES, "title": of_kernel, "most": 3, "room": 1.6},
             {"values": numbers[key], "sign": EQUALS, "title": scene.say("map", "맵"), "most": 36,
              "boxes": [(0, 0, 1, 1, "unit")]}]
            for key, kernel, name, of_kernel in ways]
    return Drawn(numbers, viz.panels(rows, scene.say("The same filter, slid as it is and turned around",
                                                     "같은 필터를 그대로, 그리고 뒤집어서 적용한 결과")))


def framed(x: np.ndarray, kernel: tuple[int, int], options: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """The input with the zeros that the padding adds, where they lie, and how many come before and after."""
    stride, padding = options.get("strides", 1), options.get("padding", "valid")
    before, after = zeros_around(x.shape[0], kernel[0], stride, padding)
    wide = np.pad(x, (before, after))
    return wide, np.pad(np.zeros(x.shape, bool), (before, after), constant_values=True), (before, after)


@figure("padding", "convolution", ("Padding and stride", "패딩과 스트라이드"),
        ("Zeros around the input keep the map from shrinking; a stride of 2 moves the window by two cells. The formula gives "
         "the size, the layer gives the same: N_out = floor((N_in + 2P - K) / S) + 1. With stride 2, \"same\" pads only "
         "below and at the right.",
         "입력 둘레의 0은 맵이 줄어드는 것을 막고, 스트라이드 2는 윈도우를 두 칸씩 옮깁니다. 출력 크기는 "
         "N_out = floor((N_in + 2P - K) / S) + 1이며 층의 출력과 같습니다. 스트라이드 2에서 \"same\"은 아래와 "
         "오른쪽에만 0을 더합니다."))
def padding(scene: Scene) -> Drawn:
    """Six cases of the lectures: padded input, window, output, its size by the formula."""
    numbers: dict[str, Any] = {}
    cells = []
    for name, (x, kernel, options) in CASES.items():
        y, stride = convolved(x, kernel, **options), options.get("strides", 1)
        wide, faint, (before, after) = framed(x, kernel.shape, options)
        n, k = len(x), effective(len(kernel), 1)
        size = (n + before + after - k) // stride + 1
        numbers[name] = {"x": x, "kernel": kernel, "y": y, "zeros": (before, after), "stride": stride,
                         "size by the formula": size}
        formula = f"\N{LEFT FLOOR}({n} + {before + after} \N{MINUS SIGN} {k}) / {stride}\N{RIGHT FLOOR} + 1 = {size}"
        cells.append([
            {"values": wide, "faint": faint, "cell": 0.26, "title": case_name(scene, name), "caption": formula, "room": 1.6,
             "boxes": [(0, stride, *kernel.shape, "unit"), (0, 0, *kernel.shape)]},
            {"values": kernel, "sign": TIMES, "cell": 0.26, "room": 0.78, "most": 3},
            {"values": y, "sign": ARROW, "cell": 0.26, "room": 1.2, "boxes": [(0, 1, 1, 1, "unit"), (0, 0, 1, 1)],
             "caption": f"{y.shape[0]} x {y.shape[1]}"}])
    rows = [[*cells[k], *cells[k + 1]] for k in range(0, len(cells), 2)]
    title = scene.say("How large is the map? First and second window", "맵의 크기는? 첫째와 둘째 윈도우")
    return Drawn(numbers, viz.panels(rows, title, scene.say("Grey cells: zeros that were added.", "회색 칸은 더한 0입니다.")))


def case_name(scene: Scene, name: str) -> str:
    """The words of a case."""
    words = {"valid": ("valid, 3x3, stride 1", "valid, 3x3, 스트라이드 1"),
             "padding 1": ("zero padding 1, stride 1", "제로 패딩 1, 스트라이드 1"),
             "padding 1, stride 2": ("zero padding 1, stride 2", "제로 패딩 1, 스트라이드 2"),
             "same, stride 2": ("same, stride 2", "same, 스트라이드 2"),
             "2x2, stride 2": ("valid, 2x2, stride 2", "valid, 2x2, 스트라이드 2"),
             "5x5": ("valid, 5x5 input, 3x3", "valid, 5x5 입력, 3x3")}
    return scene.say(*words[name])


@figure("pooling", "convolution", ("Pooling", "풀링"),
        ("Pooling keeps one number of each 2x2 window: the largest, the mean, or the root of the sum of squares. Each side "
         "becomes half as long, the area a quarter; there are no weights, and the number of channels stays.",
         "풀링은 2x2 윈도우마다 최댓값, 평균, 또는 제곱합의 제곱근 하나만 남깁니다. 변은 1/2, 넓이는 1/4이 되며, 가중치가 없고 "
         "채널 수는 그대로입니다."))
def pooling(scene: Scene) -> Drawn:
    """A worked example, and a feature map of the network."""
    kinds = {"max": (MaxPooling2D(2), scene.say("max", "최댓값")), "average": (AveragePooling2D(2), scene.say("average", "평균")),
             "L2": (L2Pooling2D(2), scene.say("L2 norm", "L2 노름"))}
    made = {name: alone(layer, POOLED)[1][..., 0] for name, (layer, _) in kinds.items()}
    model, _ = alone(MaxPooling2D(2, name="pool"), POOLED)
    asked = trace(model, POOLED[None, ..., None].astype("float32"))
    largest = []
    for i, j in np.ndindex(2, 2):
        told = asked.at("pool", i, j, 0).tables[0]
        largest.append(tuple(int(n) for n in told.columns["place"][told.marked[0]][:2]))
    a_map, layer = strongest_map(scene)
    pooled = {name: alone(one, a_map)[1][..., 0] for name, one in
              {"max": MaxPooling2D(2), "average": AveragePooling2D(2), "L2": L2Pooling2D(2)}.items()}
    numbers = {"x": POOLED, **made, "places of the maxima": largest, "map": a_map, "map, pooled": pooled, "layer": layer}
    quarters = [(i, j, 2, 2) for i in (0, 2) for j in (0, 2)]
    first = [{"values": POOLED, "title": scene.say("4x4, windows 2x2", "4x4, 윈도우 2x2"), "cell": 0.36,
              "boxes": [*[(i, j, 1, 1, "unit") for i, j in largest], *quarters]}]
    signs = dict.fromkeys(kinds, "") | {"max": ARROW}
    first += [{"values": made[name], "sign": signs[name], "title": said, "cell": 0.42} for name, (_, said) in kinds.items()]
    most, h, w = float(a_map.max()), *a_map.shape
    title = scene.say("a map of {layer}", "{layer}의 맵", layer=layer)
    second = [{"values": a_map, "kind": "map", "most": most, "title": title, "caption": f"{h} x {w}", "side": 1.44}]
    second += [{"values": pooled[name], "kind": "map", "sign": signs[name], "side": 0.72, "title": said, "room": 0.84,
                "caption": f"{pooled[name].shape[0]} x {pooled[name].shape[1]}"} for name, (_, said) in kinds.items()]
    words = scene.say("Blue: the largest number of each window.", "파란 칸은 윈도우마다 가장 큰 수입니다.")
    return Drawn(numbers, viz.panels([first, second], scene.say("Pooling 2x2, stride 2", "2x2 풀링, 스트라이드 2"), words))


def strongest_map(scene: Scene) -> tuple[np.ndarray, str]:
    """The map with the most energy that the first convolution makes of the first picture, and the layer's name."""
    found = maps_of(scene.model, scene.images[:1])
    name = first_convolution(scene.model, found)
    if name is not None:
        maps = np.maximum(found[name][0].astype(float), 0)
        return maps[..., int((maps**2).sum((0, 1)).argmax())], name
    raise StateError("figures", "a model with maps of more than 3 x 3 places", "one without", "This figure pools a map.")
