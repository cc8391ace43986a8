"""Arithmetic of summaries: totals against the weights themselves and torch's counter; each line computes to what it says."""

import ast
import math
import re

import pytest
from models_counted import MODELS, branching, chain, lecture_cnn, oddities, sequences, twins, up_and_down

from nabi.layers import Conv2D, Flatten, Reshape
from nabi.models import arithmetic as equations
from nabi.models.rows import rows
from nabi.models.summary import summary

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
                assert not fields and build in (up_and_down, sequences), "behind RepeatVector, or over time, nothing is known"
                continue
            sizes = {axis.size for axis in row.sees.largest}
            assert set(fields.values()) <= sizes
            jumps = {number for label, number in found.items() if label.startswith("jump")}
            assert jumps <= {axis.jump for axis in row.sees.largest}
    assert {"parameters", "MACs", "memory", "field", "jump"} <= labels or build in (twins, oddities, up_and_down, sequences)


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


def test_recurrent_layers_in_words():
    assert " 1,176 = 7*(4*12 + 3*12 + 4*12 + 3*12)   time steps, products of each" in summary(sequences(), show="arithmetic")


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
