"""History: the family tree of the optimizers with their formulas, and what happened when, with depths and errors."""

import ast
import re
from typing import Any

from nabi import optimizers, viz, zoo
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.optimizers import optimizer as step
from nabi.trace.formula import assigned, body, written
from nabi.viz.diagram import network_diagram
from nabi.viz.diagram.sheet import headed
from nabi.zoo.card import CARDS

PARENTS: dict[str, tuple[tuple[str, ...], int, str]] = {  # optimizer -> what it grew from, year, source
    "GD": ((), 1847, "Cauchy"),
    "SGD": (("GD",), 1951, "Robbins & Monro"),
    "Momentum": (("SGD",), 1964, "Polyak"),
    "NAG": (("Momentum",), 1983, "Nesterov"),
    "Adagrad": (("SGD",), 2011, "Duchi, Hazan & Singer"),
    "RMSprop": (("Adagrad",), 2012, "Tieleman & Hinton"),
    "Adadelta": (("Adagrad",), 2012, "Zeiler"),
    "Adam": (("Momentum", "RMSprop"), 2014, "Kingma & Ba"),
    "Adamax": (("Adam",), 2014, "Kingma & Ba"),
    "Nadam": (("NAG", "Adam"), 2016, "Dozat"),
    "AMSGrad": (("Adam",), 2018, "Reddi, Kale & Kumar"),
    "AdamW": (("Adam",), 2019, "Loshchilov & Hutter"),
}
FAMILY = {"GD": "pooling", "SGD": "pooling", "Momentum": "convolution", "NAG": "convolution", "Adagrad": "dense",
          "RMSprop": "dense", "Adadelta": "dense"}  # colours: direction blue, step size vermilion, both purple
MEANT = {"beta_1": "b\u2081", "beta_2": "b\u2082", "epsilon": "eps", "rho": "rho"}


def formula_of(name: str) -> list[str]:
    """The lines of an optimizer's rule, read from the source that trains.

    Example:
        >>> formula_of("Momentum")
        ['v = m * v - lr * g', 'w = w + v']
    """
    lines = []
    if name == "AdamW":  # its decay is a line of every optimizer's step
        lines = re.findall(r"(w = .*\S) {2,}decoupled decay", str(step.__doc__))
    for statement in body(getattr(optimizers, "SGD" if name == "GD" else name)().formula):
        found = assigned(statement) if isinstance(statement, ast.Assign) else None
        if found is not None:
            lines.append(f"{found[0]} = {written(found[1])}")
    return lines


def short(line: str) -> str:
    """A line with Greek names in two letters.

    Example:
        >>> short("m = beta_1 * m + (1 - beta_1) * g") == "m = b\u2081 m + (1 - b\u2081) g"
        True
    """
    for long, brief in MEANT.items():
        line = line.replace(long, brief)
    return re.sub(r" \* ", " ", line)


@figure("optimizer_tree", "history", ("Family tree of optimizers", "옵티마이저의 계보"),
        ("Which rule grew from which. Blue ones change the direction, red ones the step size, purple ones both. The formulas are "
         "the lines that train networks here.",
         "어느 방법에서 어느 방법이 나왔는지 보입니다. 파란 것은 방향을, 붉은 것은 보폭을, 보라색은 둘 다 바꿉니다. 식은 이 "
         "라이브러리가 학습할 때 쓰는 소스의 줄 그대로입니다."))
def optimizer_tree(scene: Scene) -> Drawn:
    """The optimizers with their years, sources and formulas."""
    names = list(PARENTS)
    formulas = {name: formula_of(name) for name in names}
    nodes: list[dict[str, Any]] = []
    for name, (_, year, who) in PARENTS.items():
        data = {"GD": ("all data at each step", "스텝마다 데이터 전체"),
                "SGD": ("a few samples at each step", "스텝마다 표본 몇 개")}
        says = [scene.say(*data[name])] if name in data else []
        lines = [(name, f"{year}"), (who, ""), *((line, "") for line in [*says, *map(short, formulas[name])])]
        nodes.append({"kind": name, "name": name, "family": FAMILY.get(name, "recurrent"), "lines": lines, "shapes": []})
    edges = sorted((names.index(parent), names.index(name), 0, 0) for name, (parents, _, _) in PARENTS.items()
                   for parent in parents)
    title = scene.say("Family tree of optimizers", "옵티마이저의 계보")
    tree = headed(network_diagram({"nodes": nodes, "edges": edges}, title), title,
                  scene.say("blue: direction   red: step size   purple: both", "파랑: 방향   빨강: 보폭   보라: 둘 다"))
    return Drawn({"parents": {name: parents for name, (parents, _, _) in PARENTS.items()},
                  "years": {name: year for name, (_, year, _) in PARENTS.items()}, "formulas": formulas}, tree)


EVENTS: tuple[tuple[str, str | None, tuple[str, str], tuple[str, str]], ...] = (  # when, network of the zoo, title, text
    ("1958-59", "perceptron", ("Perceptron; Hubel and Wiesel's cat", "퍼셉트론, 허블과 위젤의 고양이 실험"),
     ("Cells of the visual cortex answer to edges of one direction, each in its own field.",
      "시각 피질의 세포는 저마다 정해진 영역에서 한 방향의 모서리에만 반응합니다.")),
    ("1986", "two-layer", ("Back-propagation", "역전파"),
     ("Rumelhart, Hinton and Williams train hidden layers.", "루멜하트, 힌턴, 윌리엄스가 은닉층을 학습시킵니다.")),
    ("1986-2006", None, ("The winter", "겨울"),
     ("Deep networks do not train: gradients vanish, data and computers are small.",
      "깊은 신경망은 학습되지 않습니다. 기울기가 사라지고, 데이터와 컴퓨터가 작습니다.")),
    ("1989", None, ("LeCun: a convolutional network reads digits", "르쿤: 합성곱 신경망이 숫자를 읽습니다"),
     ("Shared weights trained by back-propagation on postal codes.", "우편번호 숫자를 공유 가중치와 역전파로 학습합니다.")),
    ("1998", "lenet5", ("LeNet-5", "LeNet-5"),
     ("Convolution and subsampling by turns; MNIST.", "합성곱과 서브샘플링을 번갈아 쌓습니다. MNIST가 나옵니다.")),
    ("2012", "alexnet", ("AlexNet", "AlexNet"),
     ("ReLU, dropout and two graphics cards win ImageNet.", "ReLU, 드롭아웃, 그래픽 카드 두 장으로 ImageNet에서 우승합니다.")),
    ("2014", "vgg16", ("VGG", "VGG"), ("3 x 3 windows only, and depth.", "3 x 3 필터만으로 깊게 쌓습니다.")),
    ("2014", "googlenet", ("GoogLeNet", "GoogLeNet"),
     ("Inception modules: windows of several sizes, made cheap by 1 x 1.",
      "인셉션 모듈: 여러 크기의 필터를 1 x 1로 가볍게 만듭니다.")),
    ("2015", "resnet152", ("ResNet", "ResNet"),
     ("Skip connections: 152 layers train.", "지름길 연결로 152층이 학습됩니다.")),
    ("2016", "densenet201", ("DenseNet", "DenseNet"),
     ("Each layer reads all before it.", "층마다 앞의 모든 층을 읽습니다.")),
)  # fmt: skip
LAYERS = ("Conv2D", "Dense", "DepthwiseConv2D", "LocallyConnected2D")


def depth(name: str) -> int:
    """How many layers with weights lie one behind the other on the longest way, as papers count depth.

    Example:
        >>> [depth(name) for name in ("alexnet", "vgg16", "googlenet", "resnet152")]
        [8, 16, 22, 152]
    """
    longest: dict[int, int] = {}
    deepest = 0
    for node in zoo.outline(name).require_graph().nodes:
        before = max((longest[id(symbol.node)] for symbol in node.inputs), default=0)
        longest[id(node)] = before + (type(node.layer).__name__ in LAYERS)
        deepest = max(deepest, longest[id(node)])
    return deepest


def top_5(name: str) -> float | None:
    """The top-5 error on ImageNet in per cent that a network's card tells.

    Example:
        >>> top_5("alexnet"), top_5("lenet5")
        (18.2, None)
    """
    found = re.search(r"([\d.]+) % top-5", CARDS[name].accuracy)
    return float(found[1]) if found and "ImageNet" in CARDS[name].accuracy else None


@figure("timeline", "history", ("From the cat to DenseNet", "고양이 실험에서 DenseNet까지"),
        ("What happened when. Depth is counted on the networks of this library; errors are those of the papers, as the cards of "
         "the networks tell them, each by one network alone.",
         "언제 무슨 일이 있었는지 보입니다. 깊이는 이 라이브러리의 신경망에서 센 것이고, 오류율은 신경망 카드에 적힌 논문의 "
         "값으로 모두 신경망 하나의 결과입니다."))
def timeline(scene: Scene) -> Drawn:
    """The events, with depth and top-5 error of the networks."""
    events, numbers = [], []
    for when, name, title, text in EVENTS:
        values = [depth(name), top_5(name)] if name else [None, None]
        events.append({"when": when, "title": scene.say(*title), "text": scene.say(*text), "values": values, "span": "-" in when
                       and name is None})
        numbers.append({"when": when, "network": name, "layers": values[0], "top-5 error": values[1]})
    measures = [scene.say("layers with weights", "가중치가 있는 층"),
                scene.say("top-5 error on ImageNet, %", "ImageNet top-5 오류율, %")]
    title = scene.say("From the cat to DenseNet", "고양이 실험에서 DenseNet까지")
    below = scene.say("Errors of one network, by its paper's own protocol.", "오류율은 신경망 하나를 논문대로 잰 값입니다.")
    return Drawn({"events": numbers}, viz.timeline(events, measures, title, below))
