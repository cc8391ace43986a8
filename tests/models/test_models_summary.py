"""Summaries: the lectures' counts, totals against the weights themselves, and arithmetic that computes to what it says."""

import ast
import io
import math
import re
import sys

import pytest

import nabi
from nabi.core.errors import ArgumentError
from nabi.layers import (
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv1D,
    Conv1DTranspose,
    Conv2D,
    Conv2DTranspose,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    LocallyConnected2D,
    MaxPooling1D,
    MaxPooling2D,
    RepeatVector,
    Reshape,
    SeparableConv1D,
    SeparableConv2D,
    UpSampling2D,
    ZeroPadding2D,
)
from nabi.models import arithmetic as equations
from nabi.models.rows import rows
from nabi.models.summary import summary


def chain(shape, *layers, **named):
    return nabi.Sequential([nabi.Input(shape), *layers], **named)


def lecture_cnn():
    return chain((28, 28, 1), Conv2D(32, 3, activation="relu"), Conv2D(64, 3, activation="relu"), MaxPooling2D(2), Dropout(0.25),
                 Flatten(), Dense(128, activation="relu"), Dropout(0.5), Dense(10, activation="softmax"))


def branching():
    x = nabi.Input((16, 16, 3), name="picture")
    a = Conv2D(4, 1, activation="relu", name="one")(x)
    b = BatchNormalization(name="norm")(Conv2D(4, 3, padding="same", use_bias=False, name="three")(x))
    y = Concatenate(name="join")([a, b, MaxPooling2D(3, strides=1, padding="same", name="pool")(x)])
    z = Add(name="skip")([y, Conv2D(11, 3, padding="same", name="five")(y)])
    return nabi.Model(x, Dense(10, name="out")(GlobalAveragePooling2D(name="mean")(z)), name="branching")


def twins():
    encoder = chain((12, 12, 1), Conv2D(8, 3, strides=2, padding="same", name="conv"), BatchNormalization(name="bn"),
                    Flatten(name="flat"), Dense(16, name="code"), name="encoder")
    left, right = nabi.Input((12, 12, 1), name="left"), nabi.Input((12, 12, 1), name="right")
    joined = Concatenate(name="both")([encoder(left), encoder(right)])
    return nabi.Model([left, right], Dense(1, name="same")(joined), name="twins")


def oddities():
    """Dilation, groups, padding by number, kernels and strides that are not square, no bias, Dense on the last axis."""
    return chain((23, 30, 4), Conv2D(8, (3, 5), strides=(2, 1), padding="same", groups=2),
                 Conv2D(6, 3, dilation_rate=(2, 3), padding=2), AveragePooling2D((2, 3), padding="same"),
                 BatchNormalization(scale=False), Conv2D(4, 2, strides=3, use_bias=False), Dense(7),
                 MaxPooling2D(2, strides=1, padding=1), Dense(3, use_bias=False), Flatten(), Dense(2))


def up_and_down():
    """Depthwise, separable, transposed and local kernels; maps padded, cut and stretched; a shape that is worked out."""
    return chain((40, 3), Reshape((8, -1, 3)), DepthwiseConv2D(3, strides=(1, 2), padding="same", depth_multiplier=2),
                 Conv2DTranspose(4, (3, 2), strides=(1, 3), padding="same"), Conv2DTranspose(4, 2, strides=2, output_padding=1),
                 SeparableConv2D(5, (2, 3), depth_multiplier=2), ZeroPadding2D(((1, 0), (2, 2))), UpSampling2D((1, 2)),
                 Cropping2D((5, 9)), LocallyConnected2D(2, 3, strides=2), GlobalMaxPooling2D(), RepeatVector(9),
                 Conv1D(4, 3, padding="causal", dilation_rate=2), MaxPooling1D(2), Conv1DTranspose(3, 2, strides=3),
                 SeparableConv1D(3, 2, use_bias=False), GlobalAveragePooling1D())


MODELS = [lecture_cnn, branching, twins, oddities, up_and_down]


# The lectures' numbers -------------------------------------------------------------------------------------------------------


def test_the_lecture_network():
    found = rows(lecture_cnn())
    assert [row.parameters for row in found if row.parameters] == [320, 18_496, 1_179_776, 1_290]
    assert sum(row.parameters for row in found) == 1_199_882
    assert sum(row.macs for row in found) == 11_992_448
    assert [row.shapes[0][1:] for row in found][:5] == [(26, 26, 32), (24, 24, 64), (12, 12, 64), (12, 12, 64), (9216,)]


@pytest.mark.parametrize(
    "layers, parameters, macs",
    [
        (lambda: [Dense(512), Dense(10)], 407_050, 784 * 512 + 5120),
        (lambda: [Dense(1509), Dense(10)], 1_199_665, 1_198_146),
    ],
)
def test_the_dense_networks(layers, parameters, macs):
    found = rows(chain((784,), *layers()))
    assert (sum(row.parameters for row in found), sum(row.macs for row in found)) == (parameters, macs)


def test_the_ladder():
    assert chain((28, 28, 1), Conv2D(32, 3), Conv2D(64, 3), Flatten(), Dense(128), Dense(10)).count_params() == 4_738_826
    forgotten = chain((28, 28, 1), Conv2D(32, 3), Conv2D(64, 3), MaxPooling2D(2), Dense(128), Dense(10))
    assert forgotten.count_params() == 28_426 and forgotten.output.shape == (None, 12, 12, 10)


def test_five_by_five_on_inceptions_third_module():
    """GoogLeNet 3a: 120,422,400 multiply-adds directly, 12,443,648 through 16 maps of 1x1."""
    direct, reduced = (chain((28, 28, 192), *layers) for layers in
                       ([Conv2D(32, 5, padding="same")], [Conv2D(16, 1), Conv2D(32, 5, padding="same")]))
    assert sum(row.macs for row in rows(direct)) == 120_422_400
    assert sum(row.macs for row in rows(reduced)) == 12_443_648


# Totals ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", MODELS)
@pytest.mark.parametrize("expand_nested", [False, True])
def test_totals_count_every_weight_once(build, expand_nested):
    model = build()
    unique = {id(w): w for w in model.weights}.values()
    learned = {id(w): w for w in model.trainable_weights}.values()
    text = summary(model, expand_nested=expand_nested)

    def total(label):
        return int(re.search(rf"{label}: +([\d,]+)", text)[1].replace(",", ""))

    assert total("Total params") == sum(w.value.numel() for w in unique) == sum(row.parameters for row in rows(model))
    assert total(r"\bTrainable params") == sum(w.value.numel() for w in learned)
    assert total("Non-trainable params") == total("Total params") - total(r"\bTrainable params")
    assert total("MACs a sample") == sum(row.macs for row in rows(model))


def test_multiply_adds_and_memory_as_torch_counts_them():
    """torch's flop counter (two a multiply-add), and the bytes of the tensors that really come out."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    for build in MODELS:
        model = build()
        tensors = [torch.rand(1, *symbol.shape[1:]) for symbol in model.inputs]
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            model.call(tensors)
        found = rows(model)
        assert 2 * sum(row.macs for row in found) == counter.get_total_flops()
        values, made = dict(zip(model.graph.input_slots, tensors, strict=True)), 0
        for call in model.graph.calls:
            values[call.outputs[0]] = y = call.layer.run([values[slot] for slot in call.inputs], False)
            made += 0 if isinstance(call.layer, (Flatten, Reshape)) else y.numel() * y.element_size()
        assert sum(row.memory for row in found) == made


def test_shared_layers_are_counted_once_and_computed_twice():
    left, right = [row for row in rows(twins()) if row.layer.name == "encoder"]
    assert (left.parameters, left.again, right.parameters, right.again) == (80 + 32 + 288 * 16 + 16, False, 0, True)
    assert left.macs == right.macs == 6 * 6 * 8 * 9 + 288 * 16
    assert sum(row.parameters for row in left.inner) == left.parameters


# Arithmetic ------------------------------------------------------------------------------------------------------------------

OPERATIONS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b}
FUNCTIONS = {"floor": math.floor, "max": max, "min": min}
LINE = re.compile(r"^[ │]*(?P<label>[a-zA-Z][a-zA-Z, ]*?)  +(?P<left>[\d,/]+) = (?P<formula>.+?)(   .*)?$")


def compute(formula: str) -> float:
    """The value of `floor((28 + 0 - 3)/1) + 1`."""

    def value(node):
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.Call):
            return FUNCTIONS[node.func.id](*map(value, node.args))
        return node.value

    return value(ast.parse(re.sub(r"(?<=\d),(?=\d{3})", "", formula), mode="eval").body)


def lines_of(text: str) -> list[tuple[str, float, str]]:
    """(label, left side, formula) of every line of arithmetic."""
    found = [LINE.match(line) for line in text.splitlines()]
    return [(m["label"], compute(m["left"]), m["formula"]) for m in found if m]


@pytest.mark.parametrize("build", MODELS)
def test_each_line_computes_to_its_left_side(build):
    body, foot = summary(build(), expand_nested=True, show="arithmetic").rsplit("━", 1)
    lines = lines_of(body)
    assert len(lines) == body.count(" = ") > 15
    lines += [("total", int(left.replace(",", "")), formula) for left, formula in re.findall(r"([\d,]+) = ([^a-zA-Z]+)", foot)]
    for label, left, formula in lines:
        assert compute(formula) == left, f"{label}: {left} = {formula}"


@pytest.mark.parametrize("build", MODELS)
def test_each_equation_is_about_the_layers_true_numbers(build):
    import torch

    model = build()
    labels = set()
    for top in rows(model):
        for row in top.walk():
            found = {e.label: e.number for e in equations.arithmetic(row)}
            if not row.given or row.inner:
                continue
            labels |= set(found)
            made = row.layer.run([torch.rand(1, *shape[1:]) for shape in row.given], False).shape
            names = {4: ("height", "width"), 3: ("steps",)}.get(len(made), ("size",))
            for label, number in found.items():
                for part in label.replace("field ", "").split(", "):
                    if part in names and "field" not in label and "jump" not in label:
                        assert number == made[1 + names.index(part)]
            if "parameters" in found:
                assert found["parameters"] == (0 if row.again else sum(w.value.numel() for w in row.layer.weights))
            if row.layer.weights and not row.again:
                assert "parameters" in found
            assert found.get("MACs", 0) == row.macs
            assert found["memory"] == (0 if isinstance(row.layer, (Flatten, Reshape)) else 4 * made.numel())
            assert found.get("channels", made[-1]) == made[-1]
            fields = {label: number for label, number in found.items() if label.startswith("field")}
            if row.sees is None:
                assert not fields and build is up_and_down, "behind RepeatVector nothing is known"
                continue
            sizes = {axis.size for axis in row.sees.largest}
            assert set(fields.values()) <= sizes
            jumps = {number for label, number in found.items() if label.startswith("jump")}
            assert jumps <= {axis.jump for axis in row.sees.largest}
    assert {"parameters", "MACs", "memory", "field", "jump"} <= labels or build in (twins, oddities, up_and_down)


def test_the_lectures_form():
    text = summary(lecture_cnn(), show="arithmetic")
    for line in ("26 = floor((28 + 0 - 3)/1) + 1", "320 = (3*3*1 + 1)*32", "3 = 1 + (3-1)*1", "194,688 = (26*26*32)*(3*3*1)",
                 "24 = floor((26 + 0 - 3)/1) + 1", "18,496 = (3*3*32 + 1)*64", "5 = 3 + (3-1)*1",
                 "12 = floor((24 + 0 - 2)/2) + 1", "9216 = 12*12*64", "1,179,776 = (9216 + 1)*128",
                 "28 = 6 + (12-1)*2   the whole input",
                 "1,290 = (128 + 1)*10",
                 "1,199,882 = 320 + 18,496 + 1,179,776 + 1,290"):
        assert f" {line}" in text, line


def test_same_padding_shows_its_zeros():
    text = summary(chain((28, 28, 1), Conv2D(8, 3, padding="same"), Conv2D(8, 3, strides=2, padding="same"),
                         Conv2D(8, 3, padding=1)), show="arithmetic")
    assert "28 = floor((28 + 2 - 3)/1) + 1   zeros: 1 before, 1 after" in text
    assert "14 = floor((28 + 1 - 3)/2) + 1   zeros: 0 before, 1 after" in text
    assert "14 = floor((14 + 2 - 3)/1) + 1   zeros: 1 before, 1 after" in text


def test_stretched_maps_and_split_convolutions_in_words():
    text = summary(up_and_down(), show="arithmetic")
    for line in ("5 = 40*3/(8*3)", "1,296 = (8*3*6)*(3*3)", "60 = (3*3 + 1)*6", "148 = (3*2*6 + 1)*4", "3,456 = (8*3*6)*(3*2*4)",
                 "93 = 2*3*4*2 + 1*1*8*5 + 5", "23,936 = (16*17*4*2)*(2*3) + (16*17*5)*(4*2)", "3,036 = (3*3*5 + 1)*3*11*2",
                 "9 = (3 - 1)*3 + 2 + 1   added: 1 after", "8 = (8 - 1)*1 + 3 - 2   cut: 1 before, 1 after",
                 "17 = (8 - 1)*2 + 2 + 1   added: 1 after", "17 = 16 + 1 + 0   zeros: 1 before, 0 after", "42 = 21*2",
                 "7 = 17 - 5 - 5   cut: 5 before, 5 after", "1/2 = 1/2", "33 = 3*11   places of each map"):
        assert f" {line}" in text, line


def test_branches_normalisation_and_dilation_in_words():
    text = summary(branching(), show="arithmetic")
    assert "16 = 4*4   2 learned + 2 counted a channel" in text
    assert "11 = 4 + 4 + 3" in text and "3 = max(1, 3, 3)" in text and "5 = max(3, 5)" in text
    assert "16 = 15 - 0 + 1   the whole input" in text
    text = summary(oddities(), show="arithmetic")
    assert "12 = floor((12 + 4 - ((3-1)*2 + 1))/1) + 1" in text
    assert "128 = (3*5*2 + 1)*8" not in text and "248 = (3*5*2 + 1)*8" in text


def test_a_wrong_equation_is_found(monkeypatch):
    right = equations.window
    monkeypatch.setattr(equations, "window", lambda n, m, k, s, padding, d: right(n, m, k, s, "valid", d))
    wrong = [line for line in lines_of(summary(oddities(), show="arithmetic")) if compute(line[2]) != line[1]]
    assert {label for label, _, _ in wrong} == {"height", "width"}


# The table -------------------------------------------------------------------------------------------------------------------


def test_the_lecture_table(monkeypatch):
    nabi.layers.names.reset_names()
    assert summary(lecture_cnn()) == LECTURE.strip("\n")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    plain = summary(branching(), expand_nested=True, show="arithmetic")
    assert plain.isascii() and "====" in plain and "----" in plain


LECTURE = """
 Sequential 'sequential'   (28,28,1) -> (10)
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
 layer (type)                  output shape     params        MACs    memory  field  jump
─────────────────────────────────────────────────────────────────────────────────────────
 conv2d (Conv2D)               (26,26,32)          320     194,688   84.5 KB    3x3     1
 conv2d_1 (Conv2D)             (24,24,64)       18,496  10,616,832  144.0 KB    5x5     1
 max_pooling2d (MaxPooling2D)  (12,12,64)            0           0   36.0 KB    6x6     2
 dropout (Dropout)             (12,12,64)            0           0   36.0 KB    6x6     2
 flatten (Flatten)             (9216)                0           0       0 B    6x6
 dense (Dense)                 (128)         1,179,776   1,179,648     512 B  whole
 dropout_1 (Dropout)           (128)                 0           0     512 B  whole
 dense_1 (Dense)               (10)              1,290       1,280      40 B  whole
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
 Total params:          1,199,882   (4.58 MB)
 Trainable params:      1,199,882   (4.58 MB)
 Non-trainable params:          0   (0 B)
 MACs a sample:        11,992,448
 Activations a sample:   301.5 KB   (in float32)
"""


def test_branches_say_what_they_read():
    lines = summary(branching()).splitlines()

    def reads(name):
        return next(line for line in lines if f" {name} " in line)

    assert lines[2].split()[0] == "#" and lines[2].split()[-1] == "reads"
    assert reads("three").endswith("  1") and reads("join").endswith("2, 4, 5") and reads("skip").endswith("6, 7")
    assert not reads("norm").endswith("3")  # it reads the line above
    assert max(map(len, lines)) <= 100
    assert "reads" not in summary(lecture_cnn())


def test_nested_models_open():
    model = twins()
    closed, opened = summary(model), summary(model, expand_nested=True)
    assert " code " not in closed and opened.count("└─ code (Dense)") == 2 and opened.count("├─ conv (Conv2D)") == 2
    assert closed.count("shared") == 1 and opened.count("shared") == 4
    assert "├─ conv" not in closed and "encoder (Sequential)" in closed


def test_frozen_layers_are_seen():
    model = branching()
    model.get_layer("three").trainable = model.get_layer("norm").trainable = False
    text = summary(model, show_trainable=True)
    rows_of = {line.split()[1]: line for line in text.splitlines() if len(line.split()) > 3}
    assert "[frozen]" in rows_of["three"] and " no  " in rows_of["three"] and rows_of["five"].endswith(" yes")
    assert "norm (BatchNormalization) [frozen, inference mode]" in " ".join(summary(model, line_length=150).split())
    assert text.count("[frozen") == 2 and "[frozen, inference mode]" in " ".join(text.split())
    assert "[frozen]" not in rows_of["one"] and "[frozen" not in rows_of["pool"]
    model = twins()
    model.get_layer("encoder").trainable = False
    assert summary(model, expand_nested=True).count("[frozen") == 2 * 4
    assert "Trainable params:         33" in summary(model)


def test_a_change_after_compile_is_told():
    model = lecture_cnn()
    model.compile("sgd", "mse")
    assert "after compile" not in summary(model)
    model.layers[0].trainable = False
    assert "changed after compile()" in summary(model)
    model.compile("sgd", "mse")
    assert "after compile" not in summary(model)


def test_unbuilt_models_say_so_in_one_line():
    text = summary(nabi.Sequential([Conv2D(3, 3), Dense(2)], name="later"))
    assert "\n" not in text and text.startswith("Sequential 'later' is not built yet: 2 layers") and "model.build(" in text
    assert "no layers" in summary(nabi.Sequential()) and "\n" not in summary(nabi.Sequential())


def test_sizes_that_are_not_known():
    text = summary(chain((None, None, 3), Conv2D(4, 3), GlobalAveragePooling2D(), Dense(2)), show="arithmetic")
    assert "(?,?,4)" in text and "112" in text and re.search("MACs a sample: +[?]", text)
    assert "3 = 1 + (3-1)*1" in text


def test_part_of_the_layers():
    model = lecture_cnn()
    names = [layer.name for layer in model.layers]
    text = summary(model, layer_range=[names[1], "drop.*"])
    assert names[0] + " (" not in text and all(f" {name} (" in text for name in names[1:7]) and names[7] + " (" not in text
    assert "6 of 8 layers" in text and "1,199,882" in text
    for wrong in (["nothing", "flatten"], ["conv2d"], ["conv(", "flatten"]):
        with pytest.raises(ArgumentError, match="layer_range"):
            summary(model, layer_range=wrong)
    with pytest.raises(ArgumentError, match="'arithmetic' or None"):
        summary(model, show="formulas")


def test_printing_and_width(capsys):
    model = lecture_cnn()
    model.summary()
    assert capsys.readouterr().out == summary(model) + "\n"
    lines = []
    model.summary(print_fn=lines.append, line_length=72)
    assert max(len(line) for line in lines[0].splitlines()) <= 82 < max(len(line) for line in summary(model).splitlines())
    long = chain((9, 9, 1), Conv2D(3, 3, name="the_first_and_only_convolution_of_this_network_with_a_long_name"))
    wide = summary(long).splitlines()
    assert max(map(len, wide)) <= 100 and "the_first_and_only" in summary(long)


def test_the_mark_goes_by_what_training_uses():
    model = lecture_cnn()
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    model.layers[0].trainable = True
    assert summary(model).count("[frozen]") == 1, "compiled while it was frozen"
    model.compile("sgd", "mse")
    assert "[frozen]" not in summary(model)
    inner = nabi.Sequential([nabi.Input((4,)), Dense(3), Dense(2)], trainable=False)
    inner.layers[-1].trainable = True
    outer = nabi.Sequential([nabi.Input((4,)), inner])
    assert summary(outer, expand_nested=True).count("[frozen]") == 1, "one of its two layers learns"
