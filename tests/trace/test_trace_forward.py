"""Forward: every traced number is done again in NumPy, and is the network's; the lectures' worked numbers come out exactly."""

import numpy as np
import pytest
from PIL import Image
from trace_models import CHAINS, chain

import nabi
from nabi import layers as L
from nabi import trace
from nabi.core.errors import ArgumentError, ShapeError, StateError, UnknownName

X = [[1, 0, 2, 3], [2, 1, 0, 1], [1, 0, 1, 3], [2, 0, 3, 2]]
K = [[1, 2, 0], [3, 2, 1], [0, 1, 3]]
WORKED = [  # x, k, padding, stride, what comes out: the lectures' worked numbers
    (X, K, "valid", 1, [[12, 18], [17, 15]]),
    (X, K, 1, 1, [[7, 6, 10, 13], [8, 12, 18, 13], [8, 17, 15, 13], [6, 10, 10, 20]]),
    (X, [[1, 2], [3, 2]], "valid", 2, [[9, 10], [7, 20]]),
    (X, K, 1, 2, [[7, 10], [8, 15]]),
    (X, K, "same", 2, [[12, 13], [10, 20]]),
    ([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]], [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
     "valid", 1, [[4, 3, 4], [2, 4, 3], [2, 3, 4]]),
    ([[1, 0, 1, 0], [1, 0, 1, 0], [1, 1, 1, 1], [0, 0, 1, 0]], [[1, 0], [0, 1]], "valid", 1,
     [[1, 1, 1], [2, 1, 2], [1, 2, 1]]),
]


def worked(x, k, padding="valid", strides=1, bias=0.0):
    """The convolution of the slides, traced."""
    x, k = np.array(x, float), np.array(k, float)
    model = nabi.Sequential([nabi.Input((*x.shape, 1)), L.Conv2D(1, k.shape[0], strides, padding, name="conv")])
    model.set_weights([k[..., None, None], np.array([bias])])
    return trace(model, x[None, ..., None])


def test_the_worked_numbers_of_the_lectures_come_out_exactly():
    for x, k, padding, strides, wanted in WORKED:
        found = worked(x, k, padding, strides)
        assert [[found.at("conv", i, j, 0).value for j in range(len(wanted[0]))] for i in range(len(wanted))] == wanted
    flipped = [row[::-1] for row in K[::-1]]  # the mathematical convolution
    assert [[worked(X, flipped).at("conv", i, j, 0).value for j in (0, 1)] for i in (0, 1)] == [[8, 11], [14, 22]]


def test_a_convolution_reads_as_the_lectures_table():
    step = worked(X, K, 1, bias=1.0).at("conv", 0, 0, 0)
    assert step.text() == """\
conv (Conv2D), place (0, 0, 0) of sample 0

place        x  w  x w
(-1, -1, 0)  0  1    0  padding
(-1, 0, 0)   0  2    0  padding
(-1, 1, 0)   0  0    0  padding
(0, -1, 0)   0  3    0  padding
(0, 0, 0)    1  2    2
(0, 1, 0)    0  1    0
(1, -1, 0)   0  0    0  padding
(1, 0, 0)    2  1    2
(1, 1, 0)    1  3    3

sum = sum of x w = 0*1 + 0*2 + 0*0 + 0*3 + 1*2 + 0*1 + 0*0 + 2*1 + 1*3 = 7
z = sum + b = 7 + 1 = 8
y = z = 8"""
    assert step.arrays["products"][..., 0].tolist() == [[0, 0, 0], [0, 2, 0], [0, 2, 3]]
    assert step.reads[0].places.tolist() == [[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0]], "padding is no number of the input"
    assert step.data()["lines"][1] == {"name": "z", "formula": "sum + b", "numbers": "7 + 1", "value": 8.0}


def test_the_figure_shows_the_same_numbers():
    figure = worked(X, K, bias=1.0).at("conv", 0, 1, 0).figure()
    window, kernel, products = ([text.get_text() for text in ax.texts] for ax in figure.axes[1:])
    assert window == ["0", "2", "3", "1", "0", "1", "0", "1", "3"]
    assert kernel == ["1", "2", "0", "3", "2", "1", "0", "1", "3"]
    assert products == ["0", "4", "0", "3", "0", "1", "0", "1", "9"]
    said = [text.get_text() for text in figure.texts]
    assert "conv at (0, 1, 0): 19" in said and "\N{RIGHTWARDS ARROW} 18" in said and "z = sum + b = 18 + 1 = 19" in said


def test_it_reads_in_korean(monkeypatch):
    monkeypatch.setenv("NABI_LANG", "ko")
    text = worked(X, K, 1).at("conv", 0, 0, 0).text()
    assert text.startswith("conv(Conv2D), 표본 0의 위치 (0, 0, 0)") and "패딩" in text


def held(model, x, training, places, rng) -> float:
    """The largest difference between a traced number and the network's, over some places of every layer."""
    found, worst = trace(model, x, training=training), 0.0
    for name, calls in found.calls.items():
        for use, number in enumerate(calls):
            call = found.run.graph.calls[number]
            for output, slot in enumerate(call.outputs if call.inputs else ()):
                shape = found.run.values[slot].shape
                for _ in range(places):
                    sample, *at = (int(rng.integers(n)) for n in shape)
                    step = found.at(name, *at, sample=sample, use=use, output=output)
                    assert step.note != "not traced", name
                    assert str(step)
                    worst = max(worst, abs(step.value - step.computed) / max(1.0, abs(step.computed)))
    return worst


@pytest.mark.parametrize("kind", CHAINS)
def test_traced_numbers_are_the_networks(kind):
    model, rng = CHAINS[kind](), np.random.default_rng(3)
    x = rng.normal(size=(2, *model.inputs[0].shape[1:]))
    before = [w.copy() for w in model.get_weights()]
    for training in (False, True) if kind in ("chance", "recurrent") else (False,):
        assert held(model, x, training, 1, rng) < 1e-13
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True)), "nothing in the model changes"


def test_words_and_masks_are_traced():
    model = nabi.Sequential([nabi.Input((5,)), L.Embedding(9, 4, mask_zero=True), L.LSTM(3, return_sequences=True), L.GRU(2)])
    assert held(model, np.array([[3, 0, 1, 0, 0], [4, 5, 6, 7, 8]]), False, 4, np.random.default_rng(1)) < 1e-13


def test_a_wrong_kernel_is_noticed():
    model = chain(L.Conv2D(2, 2, name="conv"))
    found = trace(model, np.random.default_rng(0).normal(size=(1, 7, 6, 4)))
    kernel = model.get_layer("conv").weights[0]
    kernel.assign(kernel.numpy()[::-1].copy())  # behind the run's back
    step = found.at("conv", 1, 1, 0)
    assert abs(step.value - step.computed) > 1e-3


def test_a_layer_without_a_rule_says_so():
    class Twice(nabi.Layer):
        def call(self, x):
            return 2 * x

    found = trace(nabi.Sequential([nabi.Input((2,)), Twice(name="twice")]), [[1.0, 3.0]])
    step = found.at("twice", 1)
    assert step.value == 6 and "is not traced" in str(step) and step.arrays["x0"].tolist() == [1, 3]
    field = found.field("twice", 1)
    assert not field.exact and "at most" in str(field)


def test_dropout_shows_the_next_steps_mask_and_keeps_it():
    model = chain(L.Dropout(0.5, name="drop"), L.Flatten(), L.Dense(1))
    model.compile("sgd", loss="mse")
    x = np.ones((1, 7, 6, 4))
    masks = [[trace(model, x, training=True).at("drop", 0, j, 0).value for j in range(6)] for _ in range(2)]
    assert masks[0] == masks[1] and set(masks[0]) == {0.0, 2.0}


def test_bad_questions_are_told_what_there_is():
    found = worked(X, K)
    with pytest.raises(UnknownName, match=r"got 'conb'\. Did you mean 'conv'\?"):
        found.at("conb", 0, 0, 0)
    with pytest.raises(ArgumentError, match=r"row 0 to 1, column 0 to 1, channel 0 to 0, got \(0, 2, 0\)"):
        found.at("conv", 0, 2, 0)
    with pytest.raises(ArgumentError, match="expected 3 numbers: row 0 to 1"):
        found.at("conv", 0)
    for wrong in ({"sample": 1}, {"use": 1}, {"output": 2}):
        with pytest.raises(ArgumentError, match="expected a whole number from 0 to 0"):
            found.at("conv", 0, 0, 0, **wrong)
    with pytest.raises(StateError, match=r"trace\(model, x, y\)"):
        found.weight("conv")
    with pytest.raises(ArgumentError, match="expected a model, got list"):
        trace([], X)
    with pytest.raises(ShapeError, match=r"samples of shape \(2,\)"):
        trace(nabi.Sequential([nabi.Input((2,)), L.Dense(1)]), [[1.0, 2.0, 3.0]])


def test_layers_of_one_name_are_told_apart():
    x = nabi.Input((3,))
    inner = nabi.Sequential([L.Dense(2, name="dense")], name="inner")
    model = nabi.Model(x, L.Add(name="add")([inner(x), L.Dense(2, name="dense")(x)]))
    found = trace(model, np.ones((1, 3)))
    with pytest.raises(ArgumentError, match="'dense', which layers of nested models share. Give the layer itself"):
        found.at("dense", 0)
    both = [found.at(one, 1).value for one in (inner.get_layer("dense"), model.get_layer("dense"))]
    assert found.at("add", 1).value == pytest.approx(sum(both), rel=1e-14) and both[0] != both[1]


def test_pictures_of_another_size_or_mode_are_prepared_as_the_card_says(tmp_path):
    model = nabi.Sequential([nabi.Input((4, 4, 1)), L.Conv2D(1, 1, use_bias=False, kernel_initializer="ones", name="conv")])
    model.card = {"preprocessing": {"scale": 0.5, "fit": "stretch", "ink": True}}
    Image.new("L", (8, 8), 255).save(tmp_path / "white.png")
    colour = np.full((8, 6, 3), 100, "uint8")
    said = r"8x6, RGB\) was made 4x4x1 \(fit: stretch, values times 0.5\), as the model's card says"
    with pytest.warns(UserWarning, match=said):
        assert trace(model, colour).at("conv", 1, 1, 0).value == 50
    with pytest.warns(UserWarning, match="Light paper: inverted"):
        found = trace(model, tmp_path / "white.png")
    assert found.at("conv", 1, 1, 0).value == 0 and "inverted" in str(found.at("conv", 1, 1, 0))
    assert trace(model, np.ones((4, 4))).at("conv", 3, 3, 0).value == 1, "one sample without channel and batch axis"


def test_the_module_is_the_function():
    import nabi.trace.step

    assert nabi.trace is trace and callable(nabi.trace) and isinstance(nabi.trace(chain(L.Flatten()), np.zeros((1, 7, 6, 4))),
                                                                       nabi.trace.Trace)
    assert nabi.trace.step.Line("a", "", "", 1.0).value == 1
