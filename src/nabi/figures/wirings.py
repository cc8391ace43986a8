"""Wirings: neurons and lines, who is joined to whom in a layer, a picture as a vector, maps on their way through a network."""

import math
from typing import Any

import numpy as np
import torch

from nabi import viz, zoo
from nabi.core.random import set_seed
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.layers import Conv2D, Dense, Flatten, Input, LocallyConnected2D
from nabi.models import Model, Sequential
from nabi.models.described import described
from nabi.models.rows import rows
from nabi.optimizers import Adam
from nabi.zoo.parts import weightless

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
TRUTH = {"OR": np.array([0, 1, 1, 1], np.float32), "XOR": np.array([0, 1, 1, 0], np.float32)}
STEPS, HIDDEN, RATE = 120, 3, 0.2


def learned(units: tuple[int, ...], truth: np.ndarray, seed: int) -> Model:
    """A small network that has learned a truth table of two inputs; tanh within, sigmoid at its end."""
    set_seed(seed)
    layers = [Dense(n, activation="tanh") for n in units]
    model = Sequential([Input((2,)), *layers, Dense(1, activation="sigmoid")])
    model.compile(Adam(RATE), loss="binary_crossentropy")
    for _ in range(STEPS):
        model.train_on_batch(CORNERS, truth)
    return model


@figure("perceptron_and_mlp", "neuron", ("Perceptron and multi-layer network", "퍼셉트론과 다층 신경망"),
        ("Circles are units, lines are weights: the wider the heavier, blue above 0, red below. A perceptron learns OR, and "
         "cannot learn XOR; one hidden layer can.",
         "원은 유닛, 선은 가중치입니다. 굵을수록 크고, 파란 선은 양수, 붉은 선은 음수입니다. 퍼셉트론은 OR를 배우지만 XOR는 "
         "배우지 못합니다. 은닉층이 하나 있으면 배웁니다."))
def perceptron_and_mlp(scene: Scene) -> Drawn:
    """A perceptron on OR and on XOR, and a network of one hidden layer on XOR."""
    tried = (("OR", ()), ("XOR", ()), ("XOR", (HIDDEN,)))
    networks, numbers = [], {}
    for task, units in tried:
        model = learned(units, TRUTH[task], scene.seed)
        answers = model.predict(CORNERS, verbose=0).ravel()
        weights = [w.astype(float) for w in model.get_weights()]
        kernels, biases = weights[0::2], weights[1::2]
        right = int(((answers > 0.5) == (TRUTH[task] > 0.5)).sum())
        kind = scene.say("multi-layer", "다층 신경망") if units else scene.say("perceptron", "퍼셉트론")
        names = [["x\u2081", "x\u2082"], *(["h" + chr(0x2081 + k) for k in range(n)] for n in units), ["y"]]
        words = [scene.say("input", "입력"), *[scene.say("hidden", "은닉층")] * len(units), scene.say("output", "출력")]
        networks.append({"title": f"{kind}: {task}", "weights": kernels, "biases": biases, "names": names, "layers": words,
                         "note": scene.say("answers to 00, 01, 10, 11:  {all}", "00, 01, 10, 11의 답:  {all}",
                                           all="  ".join(f"{answer:.2f}" for answer in answers))})
        numbers[f"{task} {len(units)} hidden"] = {"weights": weights, "answers": answers, "right": right}
    title = scene.say("OR is linear, XOR is not: a hidden layer bends the line",
                      "OR는 직선으로 나뉘지만 XOR는 은닉층이 있어야 나뉩니다")
    return Drawn(numbers, viz.neurons(networks, title, scene.say(
        "Hidden units with tanh, outputs with a sigmoid; trained for {n} steps of Adam on the four points.",
        "은닉층은 tanh, 출력은 시그모이드입니다. Adam으로 네 점을 {n}스텝 학습했습니다.", n=STEPS)))


SIDE, WINDOW = 8, 3  # places of the small input, and of the window


def joined(model: Model, size: int) -> np.ndarray:
    """The Jacobian of a network's outputs by its inputs, (outputs, inputs): who is joined to whom, and by which weight."""
    x = torch.zeros(1, 1, size, 1)
    return torch.autograd.functional.jacobian(lambda x: model(x).reshape(-1), x).reshape(-1, size).detach().numpy()


def numbered(jacobian: np.ndarray) -> np.ndarray:
    """The number of the weight in each place of a Jacobian, equal values having one number, -1 where it is 0."""
    values = [v for v in dict.fromkeys(jacobian[jacobian != 0].tolist())]
    return np.array([[values.index(v) if v else -1 for v in row] for row in jacobian.tolist()])


def wired(kind: str, size: int, window: int) -> Model:
    """A layer of one kind on `size` values in a row, without biases."""
    x = Input((1, size, 1))
    if kind == "dense":
        return Model(x, Dense(size - window + 1, use_bias=False)(Flatten()(x)))
    layer = LocallyConnected2D if kind == "local" else Conv2D
    return Model(x, layer(1, (1, window), use_bias=False)(x))


def lecture_counts() -> dict[str, int]:
    """Weights of layers from a picture of 1000 x 1000 to a million units, counted on layers that hold no numbers."""
    with weightless():
        flat, picture = Input((1_000_000,)), Input((1000, 1000, 1))
        return {"dense": Model(flat, Dense(1_000_000, use_bias=False)(flat)).count_params(),
                "local": Model(picture, LocallyConnected2D(1, 10, padding="same", use_bias=False)(picture)).count_params(),
                "one filter": Model(picture, Conv2D(1, 10, padding="same", use_bias=False)(picture)).count_params(),
                "conv": Model(picture, Conv2D(100, 10, padding="same", use_bias=False)(picture)).count_params()}


@figure("wiring", "convolution", ("Fully connected, locally connected, convolutional", "전결합, 지역 연결, 합성곱"),
        ("Eight inputs and six outputs. Each weight has a colour: a dense layer joins all with all, a locally connected one "
         "joins neighbours, and a convolution uses the same weights at every place. The matrices are derivatives of the layers.",
         "입력 8개와 출력 6개입니다. 가중치마다 색이 다릅니다. 전결합층은 모두를 잇고, 지역 연결층은 이웃만 이으며, 합성곱은 "
         "모든 위치에서 같은 가중치를 씁니다. 행렬은 층을 실제로 미분한 값입니다."))
def wiring(scene: Scene) -> Drawn:
    """Connections and weights of three layers, read from their Jacobians."""
    set_seed(scene.seed)
    titles = {"dense": ("fully connected", "전결합"), "local": ("locally connected", "지역 연결"),
              "conv": ("convolution", "합성곱")}
    large = lecture_counts()
    columns, numbers = [], {}
    for kind, words in titles.items():
        model = wired(kind, SIDE, WINDOW)
        which = numbered(joined(model, SIDE))
        found = {"connections": int((which >= 0).sum()), "weights": int(which.max()) + 1, "parameters": model.count_params(),
                 "pattern": which, "1000 x 1000": large[kind]}
        said = [scene.say("{n} weights for {c} lines", "선 {c}개에 가중치 {n}개", n=found["weights"], c=found["connections"]),
                {"dense": scene.say("1000 x 1000 pixels to as many units: {n} weights",
                                    "1000 x 1000 화소에서 같은 수의 유닛으로: {n}개", n=power(large["dense"])),
                 "local": scene.say("with windows of 10 x 10: {n} weights", "10 x 10 윈도우로: {n}개", n=power(large["local"])),
                 "conv": scene.say("one 10 x 10 filter: {one}, a hundred: {n}", "10 x 10 필터 하나: {one}개, 백 개: {n}개",
                                   one=large["one filter"], n=power(large["conv"]))}[kind]]
        columns.append({"title": scene.say(*words), "weights": which, "lines": said})
        numbers[kind] = found
    said = {"inputs": scene.say("inputs", "입력"), "outputs": scene.say("outputs", "출력"),
            "matrix": scene.say("which weight joins output (row) and input (column)", "출력(행)과 입력(열)을 잇는 가중치")}
    return Drawn({**numbers, "one filter": large["one filter"]}, viz.wiring(
        columns, said,
        scene.say("Fewer weights by locality, far fewer by sharing", "지역성으로 줄이고, 공유로 더 줄입니다"),
        scene.say("One colour is one weight.", "한 가지 색이 가중치 하나입니다.")))


def power(n: int) -> str:
    """A round number as a power of ten.

    Example:
        >>> power(10_000), power(3)
        ('10⁴', '3')
    """
    exponent = round(math.log10(n))
    raised = "".join("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[int(digit)] for digit in str(exponent))
    return f"10{raised}" if 10**exponent == n and exponent > 2 else f"{n:,}"


@figure("image_to_vector", "pictures", ("A picture as a vector", "그림을 벡터로"),
        ("Flattening puts the rows one behind the other. Neighbours to the left and right stay neighbours; those above and below "
         "end up a whole row apart, and a dense layer does not know that they were close.",
         "행을 차례로 이어 붙입니다. 좌우의 이웃은 그대로 이웃이지만 위아래의 이웃은 한 행만큼 멀어지고, 전결합층은 그들이 "
         "가까웠다는 것을 모릅니다."))
def image_to_vector(scene: Scene) -> Drawn:
    """A picture through a Flatten layer, and where a pixel and its neighbours end up."""
    picture = scene.images[scene.example(3)]
    grey = picture.mean(-1) if picture.shape[-1] > 1 else picture[..., 0]
    h, w = grey.shape
    inner = grey[1:-1, 1:-1] if scene.ink else edges(grey)
    r, c = (int(v) + 1 for v in np.unravel_index(int(inner.argmax()), inner.shape))
    x = Input((h, w, 1))
    vector = np.asarray(Model(x, Flatten()(x)).predict(grey[None, ..., None].astype(np.float32), verbose=0))[0]
    where = {name: (r + dr) * w + c + dc for name, dr, dc in (("pixel", 0, 0), ("above", -1, 0), ("below", 1, 0), ("left", 0, -1),
                                                              ("right", 0, 1))}
    words = {"picture": scene.say("{h} x {w} pixels", "{h} x {w} 픽셀", h=h, w=w),
             "rows": scene.say("three of its rows", "그 가운데 세 행"),
             "vector": scene.say("all rows in one: {n} numbers, with the places of the pixel and those above and below it",
                                 "모든 행을 이은 벡터: 숫자 {n}개. 픽셀과 그 위아래 픽셀의 자리를 표시했습니다", n=h * w)}
    title = scene.say("Above and below are {w} places apart", "위아래 이웃은 {w}칸 떨어집니다", w=w)
    return Drawn({"picture": grey, "vector": vector, "places": where}, viz.flattening(grey, (r, c), words, title, ink=scene.ink))


def edges(grey: np.ndarray) -> np.ndarray:
    """How much each inner pixel differs from those above, below, left and right.

    Example:
        >>> edges(np.array([[0, 0, 0], [0, 5, 5], [0, 5, 5]])).tolist()
        [[10]]
    """
    middle = grey[1:-1, 1:-1]
    near = np.stack([grey[:-2, 1:-1], grey[2:, 1:-1], grey[1:-1, :-2], grey[1:-1, 2:]])
    return np.abs(middle - near).sum(0)


@figure("map_sizes", "networks", ("Map size through the net", "층을 지나며 바뀌는 맵의 크기"),
        ("Height and width go down, channels go up: from where things are to what they are.",
         "가로와 세로는 줄고 채널은 늘어납니다. 어디에 있는지에서 무엇인지로 바뀝니다."))
def map_sizes(scene: Scene) -> Drawn:
    """What the layers of three networks make, as boxes."""
    networks, numbers = [], {}
    for name, title in (("lecture-cnn", ("the lectures' CNN", "강의의 CNN")), ("alexnet", ("AlexNet", "AlexNet")),
                        ("vgg16", ("VGG16", "VGG16"))):
        found = maps_of(zoo.outline(name), scene)
        networks.append({"title": scene.say(*title), "maps": found})
        numbers[name] = [(one["name"], one["shape"]) for one in found]
    words = {"input": scene.say("input", "입력"), "convolution": scene.say("convolution", "합성곱"),
             "pooling": scene.say("pooling", "풀링"), "other": scene.say("flatten", "펼치기"),
             "dense": scene.say("dense", "전결합")}
    title = scene.say("Height and width down, channels up", "가로와 세로는 줄고, 채널은 늘고")
    return Drawn(numbers, viz.stages(networks, title, scene.say(
        "Sides of boxes by the root of height and width, depths by the logarithm of channels.",
        "상자의 옆면은 가로세로의 제곱근, 깊이는 채널 수의 로그에 비례합니다."), words))


def maps_of(model: Model, scene: Scene) -> list[dict[str, Any]]:
    """The layers that change what goes through; of convolutions alike in a row the last one."""
    families = {node["name"]: node["family"] for node in described(model.require_graph())["nodes"]}
    found: list[dict[str, Any]] = []
    first = model.require_graph().inputs[0]
    if hasattr(model, "chain"):  # its rows begin behind the input
        found.append({"name": scene.say("image", "그림"), "shape": tuple(first.shape[1:]), "family": "input"})
    for row in rows(model):
        family, shape = families[row.layer.name], tuple(row.shapes[0][1:])
        if family == "normalization" or (found and found[-1]["shape"] == shape and found[-1]["family"] != family):
            continue
        if found and found[-1]["shape"] == shape and family == "convolution" == found[-1]["family"]:
            found.pop()
        name = scene.say("image", "그림") if family == "input" else row.layer.name
        found.append({"name": name, "shape": shape, "family": family})
    return found
