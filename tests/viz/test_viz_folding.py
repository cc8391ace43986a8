"""Network sheets: over the zoo, folded and unfolded, nothing overlaps or is lost; blocks look as in their papers."""

import xml.etree.ElementTree as ET

import pytest

from nabi import zoo
from nabi.core.errors import UnknownName
from nabi.layers import Add, Concatenate, Conv2D, Dense, Flatten, Input, ReLU
from nabi.models import Model
from nabi.models.described import described
from nabi.models.plotting import sheet
from nabi.viz.diagram import blocks, groups, network_sheet, regions
from nabi.viz.diagram.arcs import sources
from nabi.viz.diagram.marks import Arcs, Box, Lines, Words
from nabi.viz.diagram.wording import common
from nabi.viz.style import has_korean, width_of
from nabi.zoo.densenet import dense_block

SAMPLE = ("lecture-cnn", "resnet18-v2", "googlenet", "densenet40", "lenet5-1998")
EVERY = [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.learn) for name in zoo.list_networks()]
SVG = "{http://www.w3.org/2000/svg}"


def faults(model, network, diagram):
    """What is wrong with a sheet."""
    wrong = []
    members = [node.get("members", [number]) for number, node in enumerate(diagram.nodes)]
    if sorted(i for part in members for i in part) != list(range(len(network["nodes"]))):
        return ["a layer in no card or in two"]
    if sum(node.get("parameters", 0) for node in diagram.nodes) != model.count_params():
        wrong.append("parameters")
    of = {i: number for number, part in enumerate(members) for i in part}
    edges = {(of[u], of[v]) for u, v, *_ in network["edges"] if of[u] != of[v]}
    if sorted(edge[:2] for edge in diagram.edges) != sorted(edges):
        wrong.append("edges")
    drawn = {(card_at(diagram, route[0]), card_at(diagram, route[-1])) for mark in diagram.marks if isinstance(mark, Lines)
             for route in mark.routes}
    if drawn != edges:
        wrong.append("lines")
    boxes = sorted(diagram.cards, key=lambda box: box[1])
    for number, (x, y, w, h) in enumerate(boxes):
        if x < 0 or y < 50 or x + w > diagram.width or y + h > diagram.height:
            wrong.append("outside")
        for a, b, c, d in boxes[number + 1:]:
            if b >= y + h:
                break
            if x < a + c and a < x + w and y < b + d:
                wrong.append("overlap")
    return wrong


def card_at(diagram, point):
    found = [i for i, (x, y, w, h) in enumerate(diagram.cards) if x <= point[0] <= x + w and y <= point[1] <= y + h]
    return found[0] if len(found) == 1 else None


@pytest.mark.parametrize("name", EVERY)
def test_every_network_is_whole_folded_and_unfolded(name):
    model = zoo.outline(name)
    network = described(model.graph)
    folded = sheet(model)
    assert faults(model, network, folded) == []
    assert len(folded.nodes) <= 24 and folded.width < 700 and folded.height < 2000, "a page"
    assert faults(model, network, sheet(model, unfold=True)) == []
    root = ET.fromstring(folded.svg.encode())
    told = root.find(f"{SVG}desc").text
    assert model.name in told and f"{model.count_params():,}" in told
    assert all(word in told for node in folded.nodes for line in node["lines"] for word in line)


def test_a_sheet_that_loses_something_is_seen(monkeypatch):
    model = zoo.outline("resnet18")
    network, whole = described(model.graph), sheet(model)
    assert faults(model, network, whole) == []
    for change, says in ((lambda d: d.nodes[3]["members"].pop(), "a layer in no card or in two"),
                         (lambda d: d.nodes[1].update(parameters=1), "parameters"), (lambda d: d.edges.pop(), "edges"),
                         (lambda d: d.cards.__setitem__(2, d.cards[1]), "overlap")):
        diagram = sheet(model)
        change(diagram)
        assert says in faults(model, network, diagram)


def kinds(name, **options):
    network = described(zoo.outline(name, **options).graph)
    return [(group.kind, len(group.parts)) for group in groups.grouped(network) if group.kind not in ("layer", "unit")]


@pytest.mark.parametrize("name, found", [
    ("resnet50", [("bottleneck", n) for n in (3, 4, 6, 3)]), ("resnet34", [("residual", n) for n in (3, 4, 6, 3)]),
    ("resnet20", [("residual", 3)] * 3), ("resnet18-v2", [("residual", 2)] * 4),
    ("densenet121", [("dense block", 6), ("transition", 0), ("dense block", 12), ("transition", 0), ("dense block", 24),
                     ("transition", 0), ("dense block", 16)]),
    ("googlenet", [("inception", 0)] * 9), ("vgg16", []),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_blocks_are_those_of_the_papers(name, found):
    assert kinds(name) == found


def test_vgg_s_convolutions_stand_in_stacks():
    network = described(zoo.outline("vgg16").graph)
    assert [len(g.parts) for g in groups.grouped(network) if len(g.parts) > 1] == [2, 2, 3, 3, 3]


def test_auxiliary_classifiers_do_not_hide_the_modules():
    assert kinds("googlenet", auxiliary=True) == [("inception", 0)] * 9


def test_pre_activation_is_told_from_the_original():
    first, second = (described(zoo.outline(name).graph) for name in ("resnet50", "resnet50-v2"))
    early = [[part.early for g in groups.grouped(net) if g.kind == "bottleneck" for part in g.parts] for net in (first, second)]
    assert not any(early[0]) and all(early[1]) and len(early[0]) == len(early[1]) == 16


def test_dominators_are_those_of_plain_search():
    """A box dominates another one if nothing leads there without it."""
    import random

    dice = random.Random(3)
    for _ in range(20):
        n = dice.randint(3, 12)
        edges = sorted({(u, v) for v in range(1, n) for u in dice.sample(range(v), min(v, dice.choice([1, 1, 2, 3])))})
        before, _ = regions.neighbours(n, edges)
        found = regions.dominators(n, before)
        for v in range(1, n):
            cut = [u for u in range(v) if not reached(edges, v, without=u)]
            assert found[v] == (max(cut) if cut else -1)


def reached(edges, target, without):
    seen = {0} - {without}
    for u, v in edges:
        if u in seen and v != without:
            seen.add(v)
    return target in seen


def test_a_region_that_is_read_from_outside_is_none():
    assert regions.regions(5, [(0, 1), (0, 2), (1, 2), (1, 3), (2, 4), (3, 4)]) != []
    joins = [r.join for r in regions.regions(5, [(0, 1), (0, 2), (1, 2), (1, 3), (2, 4), (3, 4)])]
    assert joins == [4], "2 alone would leave out 3, which reads 1"


def test_an_inception_module_has_four_branches_side_by_side():
    diagram = sheet(zoo.outline("googlenet"), block="inception3a")
    kind = [node["kind"] for node in diagram.nodes]
    assert kind == ["input x", "Conv2D", "Conv2D", "Conv2D", "Conv2D", "Conv2D", "MaxPooling2D", "Conv2D", "Concatenate"]
    middles = [round(x + w / 2) for x, _, w, _ in diagram.cards]
    assert len(set(middles[1:-1])) == 4 and middles[0] == middles[-1]
    assert sum(node.get("parameters", 0) for node in diagram.nodes[1:]) == 163_696


def test_a_residual_block_has_its_skip_beside_it():
    diagram = sheet(zoo.outline("resnet50"), block="conv2_2")
    skips = [route for mark in diagram.marks if isinstance(mark, Lines) for route in mark.routes if len(route) > 2]
    right = max(x + w for x, _, w, _ in diagram.cards)
    assert len(skips) == 1 and max(x for x, _ in skips[0]) > right
    stack = sheet(zoo.outline("resnet50"), block="conv2")
    assert sum(node["kind"] == "Add" for node in stack.nodes) == 3


@pytest.mark.parametrize("name, layers", [("dense1", 6), ("dense3", 24)])
def test_in_a_dense_block_each_layer_is_read_by_all_later_ones(name, layers):
    diagram = sheet(zoo.outline("densenet121"), block=name)
    pairs = [(u, v) for u in range(layers + 1) for v in range(u + 1, layers + 2)]
    assert [edge[:2] for edge in diagram.edges] == pairs and len(pairs) == (layers + 1) * (layers + 2) // 2
    assert sum(len(mark.curves) for mark in diagram.marks if isinstance(mark, Arcs)) == len(pairs)
    assert len(set(diagram.cards)) == layers + 2 and ET.fromstring(diagram.svg.encode()) is not None
    ends = [x for x, _, _, _ in diagram.cards]
    assert ends == sorted(ends)


def test_the_papers_block_of_five_layers():
    """Figure 1: five layers, k = 4; written with joins of everything so far, it is the same block."""
    x = Input((8, 8, 6))
    seen, joined = [x], x
    for number in range(5):
        seen.append(Conv2D(4, 3, padding="same", name=f"h{number + 1}")(joined))
        joined = Concatenate(name=f"join{number + 1}")(list(seen))
    network = described(Model(x, joined).graph)
    (group,) = [g for g in groups.grouped(network) if g.kind == "dense block"]
    assert "dense block, 5 layers" in network_sheet(network).told
    assert len(group.members) == 10
    ours = described(Model(x, dense_block(x, 5, 4, "b", bottleneck=False)).graph)
    (own,) = [g for g in groups.grouped(ours) if g.kind == "dense block"]
    assert len(sources(own, ours["nodes"], ours["edges"])) == 21 and len(own.parts) == 5


def test_words_stay_within_their_cards(monkeypatch):
    for korean in (False, True):
        monkeypatch.setenv("NABI_LANG", "ko" if korean else "en")
        diagram = sheet(zoo.outline("resnet50"))
        for words in (mark for mark in diagram.marks if isinstance(mark, Words) and mark.y > diagram.cards[0][1]):
            (card,) = [c for c in diagram.cards if c[0] <= words.x <= c[0] + c[2] and c[1] <= words.y <= c[1] + c[3]]
            wide = width_of(words.text, words.size * 0.75, words.bold) * 96
            left = words.x - (wide if words.anchor == "end" else 0)
            assert card[0] < left and left + wide < card[0] + card[2]
        assert ("병목 잔차 블록 × 3" if korean and has_korean() else "bottleneck block × 3") in diagram.told


def test_repeats_stand_in_stacks():
    diagram = sheet(zoo.outline("resnet50"))
    stacked = [card for node, card in zip(diagram.nodes, diagram.cards, strict=True) if node.get("stack")]
    boxes = [mark for mark in diagram.marks if isinstance(mark, Box) and mark.radius == 7]
    assert len(stacked) == 4 and len(boxes) == len(diagram.nodes) - 1 + 2 * 4


def test_names_of_repeats():
    assert common(["conv2_1", "conv2_2"]) == "conv2" and common(["dense1_1", "dense1_2", "dense1_10"]) == "dense1"
    assert common(["transition1_norm", "transition1_relu", "transition1"]) == "transition1"
    assert common(["add_3", "add_4"]) == "add" and common(["a", "b"]) == "a \u2026 b" and common(["one"]) == "one"


def test_a_model_within_a_model_is_a_card_a_frame_or_the_block_itself():
    x = Input((8, 8, 3))
    inner = Model(x, ReLU(name="act")(Conv2D(4, 3, name="conv")(x)), name="backbone")
    model = Model(y := Input((8, 8, 3)), Dense(2, name="out")(Flatten(name="flat")(inner(y))))
    folded, opened, alone = sheet(model), sheet(model, unfold=True), sheet(model, block="backbone")
    assert [node["name"] for node in folded.nodes][1:] == ["backbone", "flat", "out"]
    assert sum(node.get("parameters", 0) for node in folded.nodes) == model.count_params()
    (frame,) = [node for node in opened.nodes if "inside" in node]
    assert [inner["lines"][0][0] for inner in frame["inside"]["nodes"][1:]] == ["Conv2D 3\u00d73", "ReLU"]
    assert sum(node.get("parameters", 0) for node in alone.nodes) == inner.count_params() == frame["parameters"]


def test_no_two_blocks_have_one_name():
    """Keras' MobileNetV2 calls its blocks block_1_add, block_2_add, ... in every stage."""
    x = Input((8, 8, 4))
    y = x
    for number, filters in enumerate((4, 4, 8, 8), 1):
        z = Conv2D(filters, 3, padding="same", name=f"block_{number}_conv")(y)
        y = Add(name=f"block_{number}_add")([z, y if y.shape[-1] == filters else Conv2D(filters, 1)(y)])
    diagram = sheet(Model(x, y))
    assert [node["name"] for node in diagram.nodes[1:]] == ["block_1_add \u2026 block_2_add", "block_3_add \u2026 block_4_add"]
    assert all(node["stack"] for node in diagram.nodes[1:])


def test_a_depthwise_convolution_and_its_1x1_are_one_card():
    from nabi.layers import DepthwiseConv2D

    y = x = Input((8, 8, 4))
    for number in range(3):
        y = Conv2D(4, 1, name=f"conv_{number}")(DepthwiseConv2D(3, padding="same", name=f"conv_{number}_deep")(y))
    model = Model(x, y)
    diagram = sheet(model)
    assert len(diagram.nodes) == 2 and faults(model, described(model.graph), diagram) == []
    assert "depthwise separable convolution \u00d7 3" in diagram.told


def test_modules_of_many_branches_may_hold_joins():
    """The last modules of Inception v3: branches that part again before the end."""
    x = Input((8, 8, 4))

    def conv(x):
        return ReLU()(Conv2D(2, 3, padding="same")(x))

    a, b = conv(x), conv(conv(x))
    inner, other = Concatenate()([conv(a), conv(a)]), Concatenate()([conv(b), conv(b)])
    model = Model(x, Concatenate(name="mixed")([conv(x), inner, other]))
    diagram = sheet(model)
    assert len(model.graph.nodes) > 16 and len(diagram.nodes) == 2 and faults(model, described(model.graph), diagram) == []


def test_a_user_s_network_with_two_inputs_and_a_shared_layer():
    a, b = Input((8, 8, 3), name="a"), Input((8, 8, 3), name="b")
    shared = Conv2D(4, 3, name="shared")
    y = Add(name="sum")([shared(a), shared(b)])
    model = Model([a, b], Dense(2, name="out")(Flatten(name="flat")(ReLU(name="relu")(y))))
    assert faults(model, described(model.graph), sheet(model)) == []


def test_an_unknown_block_is_named_with_the_nearest():
    model = zoo.outline("resnet18")
    assert blocks(described(model.graph))[:5] == ["conv2", "conv3", "conv4", "conv5", "conv2_1"]
    with pytest.raises(UnknownName, match="Did you mean 'conv2_2'"):
        sheet(model, block="conv2_22")
