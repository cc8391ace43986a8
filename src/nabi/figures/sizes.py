"""Sizes: what layers and networks cost and what they bring, and how much of a network learns in each kind of transfer."""

import re

from nabi import viz, zoo
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.models import Model
from nabi.models.plotting import sheet
from nabi.models.rows import rows
from nabi.viz.diagram import side_by_side
from nabi.zoo.card import CARDS, Card
from nabi.zoo.transferring import DEPTHS, transfer


def shares(model: Model) -> dict[str, tuple[int, int]]:
    """Parameters and multiply-adds of the layers that have either; normalisation counts with the layer before it."""
    found: dict[str, tuple[int, int]] = {}
    for top in rows(model):
        for row in top.walk():
            if row.inner or not (row.parameters or row.macs):
                continue
            name, own = row.layer.name, (row.parameters, row.macs or 0)
            if type(row.layer).__name__ == "BatchNormalization" and found:
                name = list(found)[-1]
            before = found.get(name, (0, 0))
            found[name] = before[0] + own[0], before[1] + own[1]
    return found


@figure("parameters_and_macs", "networks", ("Parameters and arithmetic, layer by layer", "층마다의 매개변수와 계산량"),
        ("Dense layers hold the parameters, convolutions do the arithmetic: a convolution uses each weight at every place.",
         "매개변수는 전결합층에 많고 계산은 합성곱층이 합니다. 합성곱은 가중치 하나를 모든 위치에서 쓰기 때문입니다."))
def parameters_and_macs(scene: Scene) -> Drawn:
    """Shares of AlexNet's layers."""
    model = zoo.outline("alexnet")
    layers = shares(model)
    all_p, all_m = (sum(column) for column in zip(*layers.values(), strict=True))
    said = scene.say("parameters", "매개변수"), scene.say("multiply-adds", "곱셈-덧셈")
    values = {name: {said[0]: p / all_p, said[1]: m / all_m} for name, (p, m) in layers.items()}
    title = scene.say("AlexNet: where the parameters are, and where the arithmetic is",
                      "AlexNet: 매개변수가 있는 곳, 계산하는 곳")
    below = scene.say("{p} parameters, {m} multiply-adds a sample", "매개변수 {p}, 표본당 곱셈-덧셈 {m}번",
                      p=f"{all_p:,}", m=f"{all_m:,}")
    return Drawn({"layers": layers, "parameters": all_p, "macs": all_m}, viz.bars(values, title, below, percent=True))


MIXED = ("lecture-cnn", "alexnet", "vgg16", "googlenet", "resnet50", "densenet121")


@figure("convolution_shares", "networks", ("What convolutions hold, and what they do", "합성곱이 가진 것과 하는 일"),
        ("The share of convolutions in the parameters and in the arithmetic. Where a mean of maps has taken the place of the "
         "large dense layers, as in GoogLeNet, convolutions hold the parameters, too.",
         "매개변수와 계산량 가운데 합성곱의 몫입니다. GoogLeNet처럼 큰 전결합층 대신 특징 맵의 평균을 쓰면 매개변수도 대부분 "
         "합성곱에 있습니다."))
def convolution_shares(scene: Scene) -> Drawn:
    """Of six networks the parameters and multiply-adds of convolutions, and of all layers."""
    said = scene.say("of the parameters", "매개변수"), scene.say("of the multiply-adds", "곱셈-덧셈")
    values, numbers = {}, {}
    for name in MIXED:
        every = [row for top in rows(zoo.outline(name)) for row in top.walk() if not row.inner]
        parts = [row for row in every if type(row.layer).__name__ == "Conv2D"]
        numbers[name] = {key: (sum(getattr(row, key) or 0 for row in parts), sum(getattr(row, key) or 0 for row in every))
                         for key in ("parameters", "macs")}
        values[name] = {word: part / whole for word, (part, whole) in zip(said, numbers[name].values(), strict=True)}
    title = scene.say("The share of convolutions", "합성곱의 몫")
    below = scene.say("in the parameters, and in the multiply-adds of one picture", "매개변수에서, 그림 한 장의 곱셈-덧셈에서")
    return Drawn(numbers, viz.bars(values, title, below, percent=True))


def top_1(card: Card) -> tuple[float, str] | None:
    """The top-1 error on ImageNet in per cent that a card tells, and how it was measured; None where it tells none.

    Example:
        >>> top_1(CARDS["resnet50"]), top_1(CARDS["resnet50-v1-5"]), top_1(CARDS["lenet5"])
        ((22.85, '10 crops'), (23.87, 'one crop'), None)
    """
    if "ImageNet" not in card.accuracy:
        return None
    error = re.search(r"([\d.]+) % top-1(, [\d.]+ % top-5)? errors", card.accuracy)
    right = re.search(r"([\d.]+) % (top-1 )?accuracy on ImageNet", card.accuracy)
    if error is None and right is None:
        return None
    percent = float(error[1]) if error is not None else round(100 - float(right[1] if right else 0), 2)
    how = next((way for way in ("10 crops", "one scale") if way in card.accuracy), "one crop")
    return percent, how


@figure("landscape", "networks", ("Accuracy against arithmetic", "정확도와 계산량"),
        ("The zoo's published errors on ImageNet over the multiply-adds of its own code. Colours say how an error was measured: "
         "the mean of ten crops flatters.",
         "발표된 ImageNet 오류율과 이 라이브러리의 계산량입니다. 오류율을 잰 방법을 색으로 나눕니다. 열 곳을 잘라 평균하면 낮게 "
         "나옵니다."))
def landscape(scene: Scene) -> Drawn:
    """All networks whose cards tell a top-1 error on ImageNet."""
    words = {"10 crops": scene.say("mean of 10 crops", "10곳을 잘라 평균"), "one crop": scene.say("one crop", "한 번 잘라서"),
             "one scale": scene.say("whole picture, not cropped (VGG)", "자르지 않은 그림 전체 (VGG)")}
    points, numbers = [], {}
    for name, card in CARDS.items():
        found = top_1(card)
        if found is not None:
            points.append({"name": name, "x": card.macs, "y": found[0], "size": card.parameters, "group": words[found[1]]})
            numbers[name] = {"error": found[0], "measured": found[1], "macs": card.macs, "parameters": card.parameters}
    title = scene.say("Less error takes more arithmetic, but form counts more",
                      "오류를 줄이려면 계산이 늘지만, 구조가 더 중요합니다")
    return Drawn(numbers, viz.landscape(points, scene.say("multiply-adds a picture", "그림 한 장의 곱셈-덧셈 횟수"),
                                        scene.say("top-1 error on ImageNet, %", "ImageNet top-1 오류율, %"), title,
                                        scene.say("The area of a point: its parameters.", "점의 넓이는 매개변수 수입니다.")))


@figure("transfer", "training", ("Three kinds of transfer", "전이 학습의 세 가지"),
        ("A trained network for five new classes: only the new head learns; the upper layers learn along; or all of them do. "
         "Grey layers are frozen. What learns is read from the models that nabi.zoo.transfer makes.",
         "학습된 신경망을 새 클래스 다섯 개에 씁니다. 새 출력층만 학습하거나, 위쪽 층까지, 또는 모든 층을 학습합니다. 회색 층은 "
         "동결한 것입니다. nabi.zoo.transfer로 만든 모델에서 읽은 그대로입니다."))
def kinds_of_transfer(scene: Scene) -> Drawn:
    """The scene's network with a new head, and as much below it as each depth lets learn."""
    words = {"head": ("head: a new classifier on frozen features", "head: 동결한 특징 위에 새 분류기"),
             "top": ("top: the upper layers learn along", "top: 위쪽 층까지 학습"),
             "all": ("all: every layer learns", "all: 모든 층을 학습")}
    drawn, numbers = [], {}
    for depth in DEPTHS:
        model = transfer(scene.model, 5, depth)
        learns = {layer.name: bool(layer.trainable and layer.trainable_weights) for layer in model.layers if layer.weights}
        numbers[depth] = {"learns": learns, "trainable": sum(w.size for w in model.trainable_weights),
                          "parameters": model.count_params()}
        drawn.append(sheet(model, title=scene.say(*words[depth])))
    return Drawn(numbers, side_by_side(drawn))
