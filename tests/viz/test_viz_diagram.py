"""Diagrams: nothing overlaps and no line crosses a box in random networks, straight main paths, sound SVG, PNG like it."""

import io
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from nabi.viz.diagram import layout, network_diagram, places, routes
from nabi.viz.diagram.layout import laid_out
from nabi.viz.diagram.marks import Box, Lines, Words
from nabi.viz.diagram.ranks import bypasses
from nabi.viz.style import contrast, width_of

SVG = "{http://www.w3.org/2000/svg}"
SHOW = {"shapes": True, "names": True, "activations": True}


def network(edges, family="dense", names=None):
    n = 1 + max(v for _, v in edges)
    nodes = [{"kind": "Dense", "name": names[i] if names else f"dense_{i}", "family": family, "shapes": [(None, 8, i + 1)],
              "activation": "relu"} for i in range(n)]
    return {"nodes": nodes, "edges": [(u, v, 0, 0) for u, v in edges]}


def random_boxes(seed):
    """Sizes, edges and doors; wide boxes have two doors on each side, which stand for the ends of opened models."""
    dice = random.Random(seed)
    n = dice.randint(1, 18)
    edges = sorted({(u, v) for v in range(1, n) for u in dice.sample(range(v), min(v, dice.choice([0, 1, 1, 1, 2, 3])))})
    sizes = [(dice.choice([60, 100, 220]), dice.choice([26, 50, 120])) for _ in range(n)]
    doors = [tuple(dice.choice([-60.0, 60.0]) if seed % 2 and sizes[i][0] == 220 else 0.0 for i in edge) for edge in edges]
    return sizes, edges, doors


def faults(seed):
    """What is wrong with a layout: boxes that overlap, lines through boxes, on other lines, or to somewhere else."""
    sizes, edges, doors = random_boxes(seed)
    found, wrong = laid_out(sizes, edges, doors), []
    boxes = [(a - w / 2, b - h / 2, a + w / 2, b + h / 2) for (a, b), (w, h) in zip(found.middles, sizes, strict=True)]
    for i, one in enumerate(boxes):
        if min(one) < -1 or one[2] > found.size[0] + 1 or one[3] > found.size[1]:
            wrong.append("outside")
        if any(one[2] + 20 > two[0] and two[2] + 20 > one[0] and one[3] > two[1] and two[3] > one[1] for two in boxes[i + 1:]):
            wrong.append("overlap")
    for (u, v), (out, into), route in zip(edges, doors, found.routes, strict=True):
        start, end = (found.middles[u][0] + out, boxes[u][3]), (found.middles[v][0] + into, boxes[v][1])
        from_side = not into and route[-1][0] in boxes[v][::2] and route[-1][1] == found.middles[v][1]
        if abs(route[0][0] - start[0]) > 1 or route[0][1] != start[1]:
            wrong.append("start")
        if not from_side and (abs(route[-1][0] - end[0]) > 1 or route[-1][1] != end[1]):
            wrong.append("end")
        for (a, b), (c, d) in zip(route, route[1:], strict=False):
            if a != c and b != d:
                wrong.append("slope")
            left, right, top, bottom = min(a, c), max(a, c), min(b, d), max(b, d)
            if any(right >= x + 1 and left <= z - 1 and bottom > y and top < t for x, y, z, t in boxes):
                wrong.append("through a box")
    lines = [(edge, route) for edge, route in zip(edges, found.routes, strict=True)]
    if any(one[0] != two[0] and one[1] != two[1] and on_each_other(first, second) for i, (one, first) in enumerate(lines)
           for two, second in lines[i + 1:]):
        wrong.append("one line on another")
    return wrong


def on_each_other(first, second):
    """Whether two lines share more than a point: they would be read as one."""
    for a, b in zip(first, first[1:], strict=False):
        for c, d in zip(second, second[1:], strict=False):
            for axis in (0, 1):
                if max(abs(p[axis] - a[axis]) for p in (b, c, d)) < 1:
                    low, high = zip(sorted((a[1 - axis], b[1 - axis])), sorted((c[1 - axis], d[1 - axis])), strict=True)
                    if min(high) - max(low) > 1:
                        return True
    return False


@pytest.mark.parametrize("seed", range(24))
def test_no_boxes_overlap_and_no_line_crosses_a_box(seed):
    assert faults(seed) == []


@pytest.mark.parametrize("module, name, value, says", [
    (layout, "GAP", -30.0, "overlap"), (layout, "lanes", lambda *rest: ({}, 0), "end"),
    (layout, "placed", lambda graph, widths, *rest: [0.0] * (1 + max(i for rank in graph.ranks for i in rank)), "overlap"),
    (places, "LINE", -80.0, "through a box"), (layout, "opened", lambda graph, x, doors: {}, "start"),
    (routes, "meet", lambda some, others: False, "one line on another"),
], ids=["gap", "lanes", "one column", "no room for lines", "no doors", "lanes out of order"])  # fmt: skip
def test_a_broken_layout_is_seen(monkeypatch, module, name, value, says):
    monkeypatch.setattr(module, name, value)
    seen = set()
    for seed in range(12):
        seen |= set(faults(seed))
    assert says in seen


def test_skips_are_those_with_a_longer_way():
    edges = [(0, 1), (1, 2), (0, 2), (0, 3), (2, 4), (3, 4), (1, 4)]
    ways = {(u, v): any(w != v and (w, v) in reach(edges) for w in (b for a, b in edges if a == u)) for u, v in edges}
    assert bypasses(5, edges) == [ways[edge] for edge in edges] == [False, False, True, False, False, False, True]


def reach(edges):
    """All pairs with a way between them, by Warshall's loops."""
    n = 1 + max(v for _, v in edges)
    matrix = np.zeros((n, n), bool)
    matrix[tuple(zip(*edges, strict=True))] = True
    for k in range(n):
        matrix |= matrix[:, k:k + 1] & matrix[k]
    return set(zip(*np.nonzero(matrix), strict=True))


def test_a_residual_network_stands_in_one_column():
    edges = [e for s in range(0, 12, 4) for e in ((s, s + 1), (s + 1, s + 2), (s + 2, s + 3), (s, s + 3), (s + 3, s + 4))]
    found = laid_out([(120, 40)] * 13, edges)
    assert len({x for x, _ in found.middles}) == 1
    gaps = np.diff([y for _, y in found.middles])
    assert gaps.min() == gaps.max(), "even spacing"
    skips = [route for route, skip in zip(found.routes, found.skips, strict=True) if skip]
    assert len(skips) == 3 and len({max(x for x, _ in route) for route in skips}) == 1
    assert all(min(x for x, _ in route[1:-1]) >= 60 for route in skips), "to the right of the column"


def test_a_longer_way_stays_straight_where_the_shorter_one_bends():
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (4, 6), (5, 6)]
    x = [a for a, _ in laid_out([(120, 40)] * 7, edges).middles]
    assert x[0] == x[1] == x[4] == x[6] != x[5]


def test_an_inception_module_is_symmetric():
    edges = [(0, 1), (0, 2), (2, 3), (0, 4), (4, 5), (0, 6), (6, 7), *((v, 8) for v in (1, 3, 5, 7))]
    x = [a for a, _ in laid_out([(120, 40)] * 9, edges).middles]
    assert x[2] == x[3] and x[4] == x[5] and x[6] == x[7] and x[0] == x[8] == (x[1] + x[6]) / 2
    assert np.diff([x[1], x[2], x[4], x[6]]).tolist() == [146.0] * 3


def test_lines_to_the_doors_of_a_wide_box_do_not_cross():
    """The second box goes to the left door, so it stands on the left, straight above; below, likewise."""
    found = laid_out([(100, 30), (100, 30), (240, 60), (100, 30), (100, 30)], [(0, 2), (1, 2), (2, 3), (2, 4)],
                     [(0.0, 65.0), (0.0, -65.0), (65.0, 0.0), (-65.0, 0.0)])
    x = [a - found.middles[2][0] for a, _ in found.middles]
    assert x == [65, -65, 0, 65, -65] and all(len(route) == 2 for route in found.routes)


def test_inputs_of_a_nested_network_stand_first_and_outputs_last():
    edges = [(0, 2), (2, 3), (1, 3), (3, 4), (2, 5)]
    for spread, wanted in ((False, [0, 1, 1, 2, 3, 2]), (True, [0, 0, 1, 2, 3, 3])):
        y = [b for _, b in laid_out([(120, 50)] * 6, edges, spread=spread).middles]
        assert [sorted(set(y)).index(b) for b in y] == wanted


@pytest.mark.parametrize("rankdir", ["TB", "BT", "LR", "RL"])
def test_every_edge_is_drawn_from_card_to_card(rankdir):
    edges = [(0, 1), (1, 2), (2, 3), (1, 3), (0, 4), (4, 5), (3, 5), (0, 5)]
    marks = network_diagram(network(edges), show=SHOW, rankdir=rankdir).marks
    cards = [mark for mark in marks if isinstance(mark, Box) and mark.radius == 7]

    def at(point):
        (number,) = [i for i, c in enumerate(cards) if c.x <= point[0] <= c.x + c.width and c.y <= point[1] <= c.y + c.height]
        return number

    drawn = [(at(route[0]), at(route[-1])) for mark in marks if isinstance(mark, Lines) for route in mark.routes]
    assert sorted(drawn) == sorted(edges)


def test_directions_are_turned_and_mirrored():
    edges = [(0, 1), (0, 2), (1, 3), (2, 3)]
    drawn = [network_diagram(network(edges), show=SHOW, rankdir=way).marks for way in ("TB", "BT", "LR", "RL")]
    down, up, right, left = ([(b.x, b.y) for b in marks if isinstance(b, Box) and b.radius == 7] for marks in drawn)
    height, wide = max(y for _, y in down) + min(y for _, y in down), max(x for x, _ in right) + min(x for x, _ in right)
    assert [(x, height - y) for x, y in up] == down and [(wide - x, y) for x, y in left] == right
    assert [x for x, _ in right] == sorted(x for x, _ in right) and down[1][1] == down[2][1] and right[1][0] == right[2][0]


def test_svg_is_well_formed_and_says_what_it_was_given():
    names = ["a<b>&\"c\"", "카드", "x" * 80, "d\x00\u202e\ud800e"]
    given = network([(0, 1), (1, 2), (0, 2), (2, 3)], names=names)
    drawing = network_diagram(given, "the model <m>", SHOW)
    root = ET.fromstring(drawing.svg.encode())
    assert root.find(f"{SVG}title").text == "the model <m>" and root.get("width") == f"{drawing.width:g}"
    texts = ["".join(part.itertext()) for part in root.iter(f"{SVG}text")]
    assert any(names[0] in t for t in texts) and any("카드" in t for t in texts) and any("xx\u2026xx" in t for t in texts)
    assert any(names[2] in (t.text or "") for t in root.iter(f"{SVG}title")), "the whole name as a tip"
    assert any("d\ufffd\ufffd\ufffde" in t for t in texts)
    assert [t for t in texts if t.startswith("(")] == [f"(8,{i})" for i in range(1, 5)] and texts.count("relu") == 4
    assert drawing.svg == drawing._repr_svg_() == network_diagram(given, "the model <m>", SHOW).svg
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {"svg", "title", "desc", "rect", "path", "text", "tspan"}
    heads = sum(len(re.findall("M", path.get("d"))) for path in root.iter(f"{SVG}path") if path.get("fill") != "none")
    assert heads == 4 == sum(len(mark.routes) for mark in drawing.marks if isinstance(mark, Lines))


def test_words_stay_within_their_cards_and_apart_in_narrow_and_in_wide_letters():
    names = ["batch_normalization_12", "WWWWWWWWWWWWWWWW", "i", "conv2d_transpose_3"]
    drawing = network_diagram(network([(0, 1), (1, 2), (2, 3)], names=names), "m", SHOW)
    cards = [b for b in drawing.marks if isinstance(b, Box) and b.radius == 7]
    ends = {}
    for words in (w for w in drawing.marks if isinstance(w, Words)):
        (card,) = [c for c in cards if c.y < words.y < c.y + c.height]
        wide = width_of(words.text, words.size * 0.75, words.bold) * 96  # DejaVu Sans where there is nothing else, the widest
        left = words.x - (wide if words.anchor == "end" else 0)
        assert card.x + 10 < left and left + wide < card.x + card.width - 10 and contrast(words.color, "white") > 4.5
        ends.setdefault(words.y, []).append((left, left + wide))
    assert len(ends) == 8 and all(first[1] + 6 < second[0] for first, second in ends.values())


def test_png_shows_the_same_as_svg():
    drawing = network_diagram(network([(0, 1), (1, 2), (0, 2)]), show=SHOW)
    plain = network_diagram(network([(0, 1), (1, 2)]), show=SHOW)
    shown, other = (np.asarray(Image.open(io.BytesIO(d.png(96))).convert("RGB")).astype(int) for d in (drawing, plain))
    assert abs(shown.shape[1] - drawing.width) <= 2 and abs(shown.shape[0] - drawing.height) <= 2
    for box in (b for b in drawing.marks if isinstance(b, Box) and b.radius == 1.5):  # ticks, in vermilion
        assert np.abs(shown[round(box.y + box.height / 2), round(box.x + 1)] - [0xC8, 0x4C, 0x09]).max() < 60
    blue, without = ((pixels[..., 2] - pixels[..., 0] > 60).sum() for pixels in (shown, other))
    assert blue > 100 > without, "the line past a box is blue"
    narrow = replace(drawing, width=0.5, marks=[])
    with pytest.warns(UserWarning, match=r"would be [\d,]+ dots long; it is drawn at 0.\d\d of its size. An .svg stays"):
        assert max(Image.open(io.BytesIO(narrow.png(2**14))).size) in range(2**15 - 200, 2**15 + 1)
