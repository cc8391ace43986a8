"""Networks: the zoo drawn folded to a page each, and the blocks that they are made of as in their papers."""

from typing import Any

from nabi import zoo
from nabi.figures.catalogue import Drawn, figure
from nabi.figures.scene import Scene
from nabi.layers import Input
from nabi.models import Model
from nabi.models.described import described
from nabi.models.plotting import sheet
from nabi.models.rows import rows
from nabi.viz.diagram import Diagram, network_sheet, side_by_side
from nabi.zoo.densenet import dense_block as dense_block_of
from nabi.zoo.densenet import densenet_cifar
from nabi.zoo.googlenet import googlenet, naive, reduced
from nabi.zoo.parts import weightless

DRAWN = {  # name in the zoo -> headline, what the caption says
    "lecture-dense": (("The lectures' dense network", "강의의 전결합 신경망"),
                      ("A picture of 784 grey values, 512 hidden units, ten classes.",
                       "명암값 784개, 은닉층 512개, 클래스 10개입니다.")),
    "lecture-cnn": (("The lectures' CNN", "강의의 CNN"),
                    ("Two convolutions see, a pooling layer makes maps smaller, two dense layers decide.",
                     "합성곱층 둘이 보고, 풀링층이 줄이고, 전결합층 둘이 판단합니다.")),
    "lenet5": (("LeNet-5, 1998", "르넷 LeNet-5, 1998"),
               ("Convolution and subsampling by turns, then dense layers: the plan of all that came later.",
                "합성곱과 서브샘플링을 번갈아 쌓고 전결합층으로 끝냅니다. 뒤에 나온 신경망이 모두 따르는 설계입니다.")),
    "alexnet": (("AlexNet, 2012", "알렉스넷 AlexNet, 2012"),
                ("Five convolutions in two groups, overlapping pooling, dropout before the dense layers.",
                 "두 그룹으로 나눈 합성곱 다섯 층, 겹치는 풀링, 전결합층의 드롭아웃이 특징입니다.")),
    "vgg16": (("VGG16, 2014", "VGG16 신경망, 2014"),
              ("Nothing but 3 x 3 windows: two or three in a row see as far as one large window.",
               "3 x 3 필터만 씁니다. 두세 층을 겹치면 큰 필터 하나만큼 넓게 봅니다.")),
    "nin-imagenet": (("Network in network, 2013", "신경망 속 신경망 NIN, 2013"),
                     ("Behind each convolution two 1 x 1 convolutions, a small network at every place; the end is a mean.",
                      "합성곱마다 뒤에 1 x 1 합성곱 둘을 붙여 위치마다 작은 신경망을 둡니다. 끝은 평균입니다.")),
    "googlenet": (("GoogLeNet, 2014", "구글넷 GoogLeNet, 2014"),
                  ("Nine inception modules look through windows of several sizes at once.",
                   "인셉션 모듈 아홉 개가 여러 크기의 필터로 동시에 봅니다.")),
    "resnet18": (("ResNet-18, 2015", "잔차 신경망 ResNet-18, 2015"),
                 ("Eight residual blocks of two convolutions each.", "합성곱 두 층짜리 잔차 블록 여덟 개입니다.")),
    "resnet50": (("ResNet-50, 2015", "잔차 신경망 ResNet-50, 2015"),
                 ("Sixteen bottleneck blocks; 1 x 1 convolutions make maps fewer and many again.",
                  "병목 블록 열여섯 개. 1 x 1 합성곱이 채널을 줄였다가 다시 늘립니다.")),
    "resnet50-v2": (("Pre-activation ResNet-50, 2016", "사전 활성화 ResNet-50, 2016"),
                    ("Normalisation and ReLU stand before each convolution; nothing stands on the way from sum to sum.",
                     "배치 정규화와 ReLU를 합성곱 앞에 둡니다. 덧셈에서 덧셈으로 가는 길에는 아무것도 없습니다.")),
    "densenet121": (("DenseNet-121, 2016", "밀집 신경망 DenseNet-121, 2016"),
                    ("Four dense blocks with transitions between them.", "밀집 블록 네 개와 그 사이의 전이층입니다.")),
}  # fmt: skip


def of_zoo(name: str):
    """The function of a figure that draws a network of the zoo."""

    def make(scene: Scene) -> Drawn:
        model = zoo.outline(name)
        drawn = sheet(model, title=scene.say(*DRAWN[name][0]))
        cards = [{"name": node["name"], "kind": node["kind"], "shape": node["shapes"][0][1:],
                  "layers": len(node.get("members", "1")), "parameters": node.get("parameters", 0)} for node in drawn.nodes]
        return Drawn({"parameters": model.count_params(), "cards": cards}, drawn)

    return make


for network, (heading, says) in DRAWN.items():
    figure(f"diagram_{network.replace('-', '_')}", "networks", heading, says)(of_zoo(network))


def arithmetic(model: Model) -> dict[str, int]:
    """Multiply-adds of each layer, by name."""
    return {row.layer.name: row.macs or 0 for top in rows(model) for row in top.walk()}


def with_macs(model: Model, scene: Scene) -> tuple[dict[str, Any], dict[str, int]]:
    """A network for drawing whose cards say multiply-adds instead of parameters; and these."""
    macs, network = arithmetic(model), described(model.require_graph())
    for node in network["nodes"]:
        if macs.get(node["name"]):
            node["note"] = scene.say("{n} multiply-adds", "곱셈-덧셈 {n}번", n=f"{macs[node['name']]:,}")
    return network, macs


@figure("inception", "networks",
        ("Inception module: naive, and with 1 x 1 convolutions", "인셉션 모듈: 기본형과 1 x 1 합성곱을 넣은 것"),
        ("Module 3a of GoogLeNet on its 192 maps. A 1 x 1 convolution before the 5 x 5 makes 16 maps of 192: the branch takes "
         "a tenth of the arithmetic, and the pool hands on 32 maps instead of all.",
         "GoogLeNet의 3a 모듈입니다. 5 x 5 앞의 1 x 1 합성곱이 채널 192개를 16개로 줄여 그 갈래의 계산이 10분의 1이 되고, "
         "풀링 갈래도 채널 32개만 내보냅니다."))
def inception(scene: Scene) -> Drawn:
    """Both modules with the multiply-adds of each layer."""
    drawn, branches = [], {}
    for kind, module, words in (("naive", naive, ("naive", "기본형")), ("reduced", reduced, ("reduced", "1 x 1로 줄인 것"))):
        with weightless():
            network, macs = with_macs(googlenet(module=module), scene)
        branches[kind] = {name: n for name, n in macs.items() if name.startswith("3a_")}
        facts = scene.say("{word}: {n} multiply-adds in all, the 5 x 5 branch {five}",
                          "{word}: 모두 {n}번의 곱셈-덧셈, 5 x 5 갈래는 {five}번", word=scene.say(*words),
                          n=f"{sum(branches[kind].values()):,}", five=f"{five_by_five(branches[kind]):,}")
        one = network_sheet(network, "inception3a", block="inception3a", headline=facts)
        drawn.append(one)
    title = scene.say("Inception module 3a: 1 x 1 convolutions before the large windows",
                      "인셉션 모듈 3a: 큰 필터 앞의 1 x 1 합성곱")
    numbers = {"macs": branches, "5x5 branch": {kind: five_by_five(found) for kind, found in branches.items()}}
    return Drawn(numbers, side_by_side(drawn, title, below=True))


def five_by_five(macs: dict[str, int]) -> int:
    """Multiply-adds of the branch that ends in a 5 x 5 convolution."""
    return sum(n for name, n in macs.items() if "5x5" in name)


@figure("residual_blocks", "networks", ("Residual blocks", "잔차 블록"),
        ("F(x) + x: the skip connection carries x past the convolutions. Two 3 x 3; a bottleneck; and the pre-activation form, "
         "whose way from sum to sum is free.",
         "F(x) + x: 지름길 연결이 x를 그대로 넘깁니다. 3 x 3 두 층, 병목 구조, 그리고 덧셈 사이의 길을 비워 둔 사전 활성화 "
         "구조입니다."))
def residual_blocks(scene: Scene) -> Drawn:
    """The second block of the first stage of three networks."""
    chosen = (("resnet18", ("basic", "기본")), ("resnet50", ("bottleneck", "병목")),
              ("resnet18-v2", ("pre-activation", "사전 활성화")))
    drawn: list[Diagram] = []
    numbers: dict[str, Any] = {}
    for name, words in chosen:
        model = zoo.outline(name)
        one = sheet(model, block="conv2_2", title=f"{scene.say(*words)} ({name})")
        drawn.append(one)
        numbers[words[0]] = {"layers": [node["kind"] for node in one.nodes], "edges": [edge[:2] for edge in one.edges],
                             "parameters": sum(node.get("parameters", 0) for node in one.nodes[1:])}
    return Drawn(numbers, side_by_side(drawn))


@figure("dense_block", "networks", ("Dense block", "밀집 블록"),
        ("Figure 1 of the paper: five layers, each of which reads the maps of all before it and adds four of its own.",
         "논문의 그림 1: 다섯 층이 저마다 앞의 모든 특징 맵을 읽고 네 장씩 보탭니다."))
def dense_block(scene: Scene) -> Drawn:
    """Five layers of growth rate 4."""
    with weightless():
        x = Input((32, 32, 6), name="x0")
        model = Model(x, dense_block_of(x, 5, 4, "block", bottleneck=False), name="dense_block")
    title = scene.say("Dense block: 5 layers, growth rate k = 4", "밀집 블록: 5층, 성장률 k = 4")
    drawn = sheet(model, block="block", title=title)
    maps = [node["shapes"][0][-1] for node in drawn.nodes]
    return Drawn({"edges": [edge[:2] for edge in drawn.edges], "maps": maps, "parameters": model.count_params()}, drawn)


@figure("densenet_of_three_blocks", "networks", ("A DenseNet of three blocks", "밀집 블록이 세 개인 DenseNet"),
        ("Within a block maps keep their size, and become more; the transitions between them halve their sides.",
         "블록 안에서는 크기가 그대로이고 채널이 늘어납니다. 블록 사이의 전이층이 가로와 세로를 절반으로 줄입니다."))
def densenet_of_three_blocks(scene: Scene) -> Drawn:
    """Three blocks of five layers, k = 12."""
    with weightless():
        model = densenet_cifar(19, 12, bottleneck=False, compression=1.0, name="densenet")
    whole = sheet(model, title=scene.say("DenseNet of three blocks: 5 layers each, k = 12",
                                         "밀집 블록 3개짜리 DenseNet: 블록마다 5층, k = 12"))
    blocks = [sheet(model, block=f"dense{n}", title=scene.say("block {n}", "블록 {n}", n=n)) for n in (1, 2, 3)]
    cards = [(node["name"], node["shapes"][0][1:], node.get("parameters", 0)) for node in whole.nodes]
    return Drawn({"cards": cards, "parameters": model.count_params()}, side_by_side([whole, side_by_side(blocks, below=True)]))
