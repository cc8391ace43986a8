"""plot_model: which cards and lines stand for a model, against Keras' graph and nabi's summary; files; what is refused."""

import inspect
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, FileError, StateError
from nabi.models.described import described
from nabi.utils import plot_model
from nabi.viz.diagram.marks import Box, Words


def block(layers, x):
    y = layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(x)
    y = layers.Conv2D(4, 3, padding="same", name="second")(y)
    return layers.ReLU(name="bend")(layers.Add(name="sum")([y, x]))


def both(build):
    """A network in nabi and in Keras."""
    import keras

    found = []
    for library in (nabi, keras):
        x = library.Input((8, 8, 4), name="pictures")
        found.append(library.Model(x, build(library.layers, x), name="m"))
    return found


def test_cards_and_lines_are_keras_nodes():
    ours, theirs = both(block)
    network = described(ours.graph)
    names = [node["name"] for node in network["nodes"]]
    assert names == [layer.name for layer in theirs.layers]
    wanted = {(theirs.layers.index(before.operation), theirs.layers.index(layer), 0, 0) for layer in theirs.layers
              for node in layer._inbound_nodes for before in node.parent_nodes}
    assert set(network["edges"]) == wanted and len(network["edges"]) == len(wanted)
    for node, layer in zip(network["nodes"], theirs.layers, strict=True):
        assert node["shapes"] == [layer.output.shape]
        assert node["kind"] == type(layer).__name__.removesuffix("Layer")
        assert node["dtype"] == ("" if node["kind"] == "Input" else layer.output.dtype)
    assert network["nodes"][1]["activation"] == "relu" and network["nodes"][1]["family"] == "convolution"


def test_arguments_and_defaults_are_keras_but_for_the_file():
    import keras

    ours, theirs = (inspect.signature(library.utils.plot_model).parameters for library in (nabi, keras))
    assert [p.name for p in ours.values()] == [p.name for p in theirs.values() if p.kind != p.VAR_KEYWORD]
    assert {n for n, p in ours.items() if p.default != theirs[n].default} == {"to_file"}


def test_shapes_are_written_as_in_the_summary():
    x = nabi.Input((None, 4), name="x")
    y, *states = L.LSTM(3, return_state=True, return_sequences=True, name="loop")(x)
    model = nabi.Model(x, [L.Conv1D(2, 3, name="look")(y), L.Concatenate(name="both")(states)])
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    svg, shape = plot_model(model, None, show_shapes=True).svg, r"\([\d?,]+\)"
    for name, cut in (("x", "(?,4)"), ("loop", "(?,3) (3) (3)"), ("look", "(?,2)"), ("both", "(6)")):
        (line,) = [line for text in lines for line in text.splitlines() if re.search(rf"^\W*\d* *{name} ", line)]
        assert re.search(f"{shape}(?: {shape})*", line).group() == cut and svg.count(f">{cut}<") == 1


def test_a_layer_used_twice_two_outputs_wrappers_and_functions():
    a, b = nabi.Input((5, 3), name="a"), nabi.Input((5, 3), name="b")
    shared = L.TimeDistributed(L.Dense(2), name="shared")
    y, state, _ = L.LSTM(4, return_state=True, return_sequences=True, name="loop")(a)
    model = nabi.Model([a, b], [L.Subtract()([shared(a), shared(b)]), 2 * y, state])
    nodes = {(node["kind"], node["name"]): node for node in described(model.graph)["nodes"]}
    loop = nodes["LSTM", "loop"]
    assert loop["shapes"] == [(None, 5, 4), (None, 4), (None, 4)] and loop["family"] == "recurrent" and "shared" not in loop
    assert nodes["TimeDistributed(Dense)", "shared"]["family"] == "dense" and any(kind == "multiply" for kind, _ in nodes)
    edges = described(model.graph)["edges"]
    assert all(u < v for u, v, *_ in edges) and len(edges) == len(set(edges))
    uses = [i for i, node in enumerate(described(model.graph)["nodes"]) if node.get("shared")]
    assert len(uses) == 2 and {u for u, v, *_ in edges if v in uses} == {0, 1}
    assert plot_model(model, None).svg.count(">shared<") == 2


def test_nested_models_are_closed_or_opened():
    inner = nabi.Sequential([nabi.Input((8, 8, 4)), L.Flatten(), L.Dense(3, name="deep")], name="inner")
    x = nabi.Input((8, 8, 4))
    model = nabi.Model(x, L.Dense(1, name="last")(inner(block(L, x))))
    closed, opened = described(model.graph), described(model.graph, True)
    assert [n["name"] for n in closed["nodes"]] == [n["name"] for n in opened["nodes"]] and closed["edges"] == opened["edges"]
    (inside,) = [n["inside"] for n in opened["nodes"] if "inside" in n]
    assert [n["kind"] for n in inside["nodes"]] == ["Input", "Flatten", "Dense"]
    assert inside["edges"] == [(0, 1, 0, 0), (1, 2, 0, 0)] and (inside["inputs"], inside["outputs"]) == ([0], [2])
    svg = plot_model(model, None, show_layer_names=True, expand_nested=True).svg
    assert "deep" in svg and svg.count("stroke-dasharray") == 1
    assert "deep" not in plot_model(model, None, show_layer_names=True).svg
    tail = nabi.Model(model.get_layer("sum").output, model.get_layer("bend").output)  # begins inside another network
    assert [n["kind"] for n in described(tail.graph)["nodes"]] == ["Input", "ReLU"]


def test_an_opened_model_says_which_input_and_output_is_meant():
    a, b = nabi.Input((4,), name="a"), nabi.Input((4,), name="b")
    inner = nabi.Model([a, b], [L.Dense(2, name="one")(b), L.Dense(3, name="two")(a)], name="inner")
    x, y = nabi.Input((4,), name="x"), nabi.Input((4,), name="y")
    one, two = inner([y, x])
    model = nabi.Model([x, y], [L.ReLU(name="from_two")(two), L.ReLU(name="from_one")(one)])
    network = described(model.graph, True)
    name = [node["name"] for node in network["nodes"]]
    inside = next(node["inside"] for node in network["nodes"] if "inside" in node)
    inputs, outputs = ([inside["nodes"][i]["name"] for i in inside[ends]] for ends in ("inputs", "outputs"))
    assert (inputs, outputs) == (["a", "b"], ["one", "two"])
    assert {(name[u], name[v], out, into) for u, v, out, into in network["edges"]} == {
        ("x", "inner", 0, 1), ("y", "inner", 0, 0), ("inner", "from_one", 0, 0), ("inner", "from_two", 1, 0)}
    assert {(name[u], name[v], *rest) for u, v, *rest in described(model.graph)["edges"]} == {
        ("x", "inner", 0, 0), ("y", "inner", 0, 0), ("inner", "from_one", 0, 0), ("inner", "from_two", 0, 0)}
    marks = plot_model(model, None, show_layer_names=True, expand_nested=True).marks
    pills = {mark.tail: mark.x for mark in marks if isinstance(mark, Words) and mark.tail in ("a", "b", "x", "y")}
    assert pills["x"] == pills["b"] and pills["y"] == pills["a"] and pills["a"] != pills["b"], "straight above"


@pytest.mark.parametrize("rankdir, axis", [("TB", 0), ("LR", 1)])
def test_an_opened_block_with_a_skip_stands_in_the_column_of_its_neighbours(rankdir, axis):
    x, y = nabi.Input((8, 8, 4)), nabi.Input((8, 8, 4))
    model = nabi.Model(x, L.Flatten()(nabi.Model(y, block(L, y))(x)))
    marks = plot_model(model, None, expand_nested=True, rankdir=rankdir).marks
    boxes = [mark for mark in marks if isinstance(mark, Box) and mark.radius > 1.5]
    middles = {(b.x + b.width / 2, b.y + b.height / 2)[axis] for b in boxes}
    assert len(boxes) == 8 and max(middles) - min(middles) < 1.01, "seven cards and a frame"


class Chosen(nabi.Model):
    def __init__(self):
        super().__init__(name="chosen")
        self.left, self.right = L.Dense(3), L.Dense(3)

    def call(self, x):
        return self.left(x) if float(x.sum()) > 0 else self.right(x)


class Followed(Chosen):
    def call(self, x):
        return self.left(x) + self.right(x)


def test_subclassed_models_are_followed_or_one_card():
    kinds = []
    for model in (Chosen(), Followed()):
        model.build((None, 4))
        kinds.append([node["kind"] for node in described(model.graph)["nodes"]])
    assert kinds == [["Input", "Chosen"], ["Input", "Dense", "Dense", "Add"]]


def test_words_are_shown_when_they_are_asked_for():
    model = nabi.Sequential([nabi.Input((8, 8, 4)), L.Conv2D(2, 3, activation="tanh", name="look", trainable=False), L.Flatten()])
    for option, word in (("show_shapes", "(6,6,2)"), ("show_layer_names", "look"), ("show_dtype", "float32"),
                         ("show_layer_activations", "tanh"), ("show_trainable", "frozen")):
        assert [">" + word + "<" in plot_model(model, None, **{name: name == option}).svg for name in
                ("show_shapes", "show_layer_names", "show_dtype", "show_layer_activations", "show_trainable")].count(True) == 1
        assert ">" + word + "<" in plot_model(model, None, **{option: True}).svg


def test_files(tmp_path):
    model, _ = both(block)
    drawing = plot_model(model, tmp_path / "m.svg", show_shapes=True)
    assert (tmp_path / "m.svg").read_text("utf-8") == drawing.svg and ET.parse(tmp_path / "m.svg").getroot().get("role") == "img"
    drawing = plot_model(model, to_file=str(tmp_path / "m.png"), show_shapes=True, dpi=192)
    png = Image.open(tmp_path / "m.png")
    assert abs(png.width - 2 * drawing.width) <= 4 and len(np.unique(png)) > 9
    assert {p.name for p in tmp_path.iterdir()} == {"m.svg", "m.png"}
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(FileError, match=r"\(to_file\): expected a file name, got the folder '.*folder.svg'. Give a"):
        plot_model(model, tmp_path / "folder.svg")


REFUSED = [
    (lambda m: plot_model([L.Dense(2)]), ArgumentError, "(model): expected a model, got a list. Sequential([...]) makes one"),
    (lambda m: plot_model(m, "m.jpg"), ArgumentError, "(to_file): expected a name that ends in .svg or .png, got 'm.jpg'."),
    (lambda m: plot_model(m, 3), ArgumentError, "(to_file): expected a name that ends in .svg or .png, got 3."),
    (lambda m: plot_model(m, None, rankdir="UD"), ArgumentError, "(rankdir): expected one of TB, BT, LR, RL, got 'UD'."),
    (lambda m: plot_model(m, None, dpi=0), ArgumentError, "(dpi): expected dots per inch from 1 to 2400, got 0. The default is"),
    (lambda m: plot_model(m, None, splines="curved"), ArgumentError, "(splines): expected 'ortho', got 'curved'."),
    (lambda m: plot_model(m, None, show_shape=True), ArgumentError, "Did you mean 'show_shapes'"),
    (lambda m: plot_model(m, "no/such/folder/m.svg"), FileError, "expected a folder that can be written"),
    (lambda m: plot_model(nabi.Sequential([L.Dense(2)]), None), StateError, "expected a model that knows its input shape"),
]  # fmt: skip


@pytest.mark.parametrize("call, error, says", REFUSED)
def test_what_is_refused(call, error, says):
    with pytest.raises(error, match=re.escape(says)):
        call(nabi.Sequential([nabi.Input((3,)), L.Dense(2)]))
