"""Findings before training: each slip gets its sentence, and sound data get none."""

import re
import warnings

import numpy as np
import pytest
import torch

import nabi
from nabi.core.errors import ArgumentError, DataError
from nabi.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    RandomFlip,
    Rescaling,
    Softmax,
)
from nabi.training.findings import GLANCE, look

SPARSE, ONE_HOT, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"
PIXELS = np.random.default_rng(0).integers(0, 256, (40, 12, 12, 1)).astype("uint8")
X = (PIXELS / 255).astype("float32")
Y = np.arange(40) % 10


def model_of(*layers, loss=SPARSE, shape=(12, 12, 1)):
    model = nabi.Sequential([nabi.Input(shape), *layers])
    model.compile("sgd", loss)
    return model


def dense(last="softmax", units=10, loss=SPARSE, first=()):
    return model_of(*first, Flatten(), Dense(units, activation=last, name="answer"), loss=loss)


def one(found: list[str]) -> str:
    assert len(found) == 1, found
    assert re.fullmatch(r"[^;]+: expected [^;]+, got [^;]+; .+\.", found[0]) or "expected" in found[0]
    return found[0]


# Nothing to find -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model, x, y",
    [
        (dense(), X, Y),
        (dense(loss=ONE_HOT), X, np.eye(10)[Y]),
        (dense("sigmoid", 1, BINARY), X, Y % 2),
        (dense("sigmoid", 10, BINARY), X, (np.arange(400).reshape(40, 10) % 3 == 0) * 1.0),
        (dense("linear", 1, "mse"), X, Y * 3.5 - 7),
        (dense("linear", loss=nabi.losses.SparseCategoricalCrossentropy(from_logits=True)), X, Y),
        (dense(first=[Rescaling(1 / 255)]), PIXELS, Y),
        (dense(first=[RandomFlip(), Rescaling(1 / 255)]), PIXELS, Y),
        (dense(first=[BatchNormalization()]), PIXELS, Y),
        (dense(), (X - X.mean()) / X.std() * 100, Y),
        (model_of(Dense(16, activation="relu"), Dense(10), Softmax(), shape=(5,)), np.arange(200.0).reshape(40, 5), Y),
        (model_of(Conv2D(10, 3), GlobalAveragePooling2D(), Activation("softmax")), X, Y),
        (dense(loss=lambda y, p: (y - p.mean(-1)) ** 2), X, Y),
        (model_of(Conv2D(3, 3, activation="softmax")), X, np.zeros((40, 10, 10), int) + np.arange(10) % 3),
    ],
)
def test_sound_data_and_models_get_no_finding(model, x, y):
    assert model.check(x, y) == []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(x, y, verbose=0)


# The inputs ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [PIXELS, PIXELS.astype("float32"), PIXELS.astype("float64") * 0.99])
def test_pixels_to_255(x):
    text = one(dense().check(x, Y))
    assert text.startswith("x: expected values of about 0 to 1, got 0 to 25") and "Rescaling(1/255)" in text and "x / 255" in text
    with pytest.warns(UserWarning, match="x: expected values of about 0 to 1, got 0 to 25") as told:
        dense().fit(x, Y, verbose=0)
    assert told[0].filename == __file__


def test_pixels_of_other_scales():
    assert "x / 16" in one(dense().check(PIXELS // 17 + 1, Y))
    assert "x / 65535" in one(dense().check(PIXELS.astype("uint16") * 256, Y))
    flat = model_of(Dense(10, activation="softmax"), shape=(144,))
    assert "x / 255" in one(flat.check(PIXELS.reshape(40, 144), Y))
    assert "divided by 255 twice" in one(dense().check(X / 255, Y))
    text = one(dense(first=[Rescaling(1 / 255, name="shrink")]).check(X, Y))
    assert "pixels 0 to 255, which 'shrink' scales to 0 to 1, got" in text and "leave Rescaling out" in text
    behind = dense(first=[Dropout(0.1), BatchNormalization()])
    assert behind.check(PIXELS, Y) == []


@pytest.mark.parametrize("x, about", [(X, "0 to 1"), ((X * 2 - 1) * 2.6, "0")])
def test_pixels_that_were_scaled_before_a_model_that_scales_them(x, about):
    """fit, evaluate and predict say so once, pixels as they are pass; a network without such a layer takes both."""
    model = dense(first=[Rescaling(1 / 128, -127 / 128, name="scale")])
    words = rf"x: expected pixels 0 to 255, which 'scale' scales to -0.99 to 1, got values of about {about}; give .*x / 255"
    for call in (model.predict, lambda x, **more: model.evaluate(x, Y, **more)):
        with pytest.warns(UserWarning, match=words) as told:
            call(x, batch_size=16, verbose=0)
        assert len(told) == 1 and told[0].filename == __file__
    with pytest.warns(UserWarning, match="pixels 0 to 255, which 'scale' scales"):
        model.fit(x, Y, verbose=0)
    assert "pixels 0 to 255" in one(model.check(x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for passed in (PIXELS, PIXELS[:1] * 0, PIXELS.astype("float32")):
            model.predict(passed, verbose=0)
        dense().predict(x, verbose=0)


def test_integer_division_and_constant_data():
    assert "x / 255, not x // 255" in one(dense().check(PIXELS * 0, Y))
    assert "7 everywhere" in one(dense().check(PIXELS * 0 + 7, Y))
    assert "use x / 255" in one(dense().check(PIXELS // 255, Y))
    with pytest.warns(UserWarning, match="not x // 255"):
        dense().fit(PIXELS * 0, Y, verbose=0)


def test_numbers_that_are_not_finite():
    x, y = X.copy(), Y / 2
    x[7, 3, 3], x[9], y[5] = np.nan, np.inf, np.nan
    found = dense("linear", 1, "mse").check(x, y)
    assert len(found) == 2
    assert found[0].startswith("x: expected finite numbers, got NaN at x[7, 3, 3, 0], and NaN or infinity in 2 of 40 samples")
    assert found[1].startswith("y: expected finite numbers, got NaN at y[5], and NaN or infinity in 1 of 40 samples")


def test_axes_and_lengths():
    assert "x.transpose(0, 2, 3, 1)" in one(dense().check(X.transpose(0, 3, 1, 2), Y))
    assert "Add the channel axis: x[..., None]" in one(dense().check(X[..., 0], Y))
    assert "x: 40, y: 30" in one(dense().check(X, Y[:30]))
    waiting = nabi.Sequential([Conv2D(2, 3), Flatten(), Dense(10, activation="softmax")])
    waiting.compile("sgd", SPARSE)
    assert "(3, 12, 12) a sample" in one(waiting.check(np.random.rand(40, 3, 12, 12), Y))
    assert waiting.graph is None
    assert waiting.check(X, Y) == []
    with pytest.raises(ArgumentError, match=r"model.check\(\*next\(generator\)\)"):
        dense().check(item for item in [(X, Y)])


def test_several_inputs_are_named():
    a, b = nabi.Input((12, 12, 1), name="left"), nabi.Input((12, 12, 1), name="right")
    both = nabi.layers.Concatenate()([Flatten()(a), Flatten()(b)])
    model = nabi.Model([a, b], Dense(10, activation="softmax")(both))
    model.compile("sgd", SPARSE)
    assert one(model.check({"left": X, "right": PIXELS}, Y)).startswith("x['right']: expected values of about 0 to 1")


# The last layer --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "last, units, loss, y, said",
    [
        ("relu", 10, SPARSE, Y, "got activation 'relu'; use activation='softmax'."),
        ("linear", 10, SPARSE, Y, "use activation='softmax', or compile with from_logits=True"),
        (None, 10, ONE_HOT, np.eye(10)[Y], "use activation='softmax', or compile with from_logits=True"),
        ("tanh", 1, BINARY, Y % 2, "use activation='sigmoid'."),
        ("linear", 1, BINARY, Y % 2, "use activation='sigmoid', or compile with from_logits=True"),
        ("sigmoid", 10, ONE_HOT, np.eye(10)[Y], "outputs do not sum to 1"),
        ("sigmoid", 10, SPARSE, Y, "outputs do not sum to 1"),
        ("softmax", 10, BINARY, np.eye(10)[Y], "a softmax over 10 units; for one class of several use categorical_crossentropy"),
        ("softmax", 1, BINARY, Y % 2, "over one unit is always 1; use activation='sigmoid'"),
        ("softmax", 1, "mse", Y % 2, "over one unit is always 1; use activation='sigmoid'"),
        ("softmax", 10, nabi.losses.SparseCategoricalCrossentropy(from_logits=True), Y, "softmax would be applied twice"),
        ("sigmoid", 1, nabi.losses.BinaryCrossentropy(from_logits=True), Y % 2, "sigmoid would be applied twice"),
        ("relu", 10, "kl_divergence", np.eye(10)[Y], "use activation='softmax'"),
    ],
)
def test_a_last_activation_that_does_not_fit(last, units, loss, y, said):
    model = dense(last, units, loss)
    text = one(model.check(X, y))
    assert text.startswith("answer: expected") and said in text
    with pytest.warns(UserWarning, match=re.escape(text)):
        model.fit(X, y, verbose=0)


def test_hints_are_given_by_check_alone():
    for model, y, said in ((dense("softmax", 10, "mse"), np.eye(10)[Y], "categorical_crossentropy learns faster"),
                           (dense(), np.sort(Y), "validation_split_mode='stratified'")):
        assert said in one(model.check(X, y))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.fit(X, y, verbose=0)


def test_a_last_layer_inside_a_nested_model_is_named():
    inner = nabi.Sequential([nabi.Input((12, 12, 1)), Flatten(), Dense(10, activation="relu", name="inside")])
    model = model_of(inner)
    assert one(model.check(X, Y)).startswith("inside: expected probabilities")


@pytest.mark.parametrize("last, y, said", [("sigmoid", Y * 5.0, "from 0 to 1, which 'sigmoid' in answer can give, got 0 to 45"),
                                           ("tanh", Y - 5.0, "got -5 to 4"), ("relu", Y - 5.0, "from 0 to inf")])
def test_targets_out_of_reach(last, y, said):
    assert said in one(dense(last, 1, "mse").check(X, y))


# The labels ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "loss, y, said",
    [
        (SPARSE, np.eye(10)[Y], 'The labels look one-hot: use "categorical_crossentropy"'),
        (ONE_HOT, Y, 'use "sparse_categorical_crossentropy", or to_categorical(y, 10)'),
        (SPARSE, Y + 1, "The labels count from 1: use y - 1"),
        (SPARSE, Y + 0.5, "Number the classes"),
        (SPARSE, Y - 1, "got the label -1"),
    ],
)
def test_labels_that_do_not_fit(loss, y, said):
    model = dense(loss=loss)
    assert said in one(model.check(X, y))
    before = model.get_weights()
    with pytest.raises(DataError, match=re.escape(said)):
        model.fit(X, y, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_labels_for_validation_are_read_before_training():
    model = dense()
    with pytest.raises(DataError, match="count from 1"):
        model.fit(X, Y, verbose=0, validation_data=(X, Y + 1))
    assert model.counters.epochs == 0


def forgotten(loss=SPARSE):
    return model_of(Conv2D(4, 3), MaxPooling2D(2), Dense(8, activation="relu", name="dense_1"),
                    Dense(10, activation="softmax", name="dense_2"), loss=loss)


@pytest.mark.parametrize("loss, y", [(SPARSE, Y), (SPARSE, Y[:, None]), (ONE_HOT, np.eye(10)[Y])])
def test_a_forgotten_flatten(loss, y):
    model = forgotten(loss)
    assert model.output.shape == (None, 5, 5, 10)  # Dense works on the last axis, as in Keras
    text = one(model.check(X, y))
    assert "Add Flatten() before dense_2 (better before dense_1, the first Dense)" in text and "(5,5,10)" in text
    with pytest.raises(DataError, match=re.escape(text)):
        model.fit(X, y, verbose=0)
    alone = model_of(Conv2D(4, 3), Dense(10, activation="softmax", name="dense_1"), loss=loss)
    assert "Add Flatten() before dense_1: without it" in one(alone.check(X, y))


def test_one_dense_on_a_map_with_labels_for_each_place_is_right():
    assert model_of(Conv2D(4, 3), Dense(10, activation="softmax")).check(X, np.arange(4000).reshape(40, 10, 10) % 10) == []


def test_missing_classes():
    assert "none of class 8, 9" in one(dense().check(X, np.minimum(Y, 7)))
    assert "class 3 in all 40 samples" in one(dense().check(X, Y * 0 + 3))
    assert "none of class" in one(dense(loss=ONE_HOT).check(X, np.eye(10)[np.minimum(Y, 7)]))
    assert "class 1 in all 40 samples" in one(dense("sigmoid", 1, BINARY).check(X, Y * 0 + 1))
    assert "8, 9, 10, 11, 12, 13, 14, 15, ..." in one(dense(units=20).check(X, np.minimum(Y, 7)))


# The cost --------------------------------------------------------------------------------------------------------------------


def test_fit_looks_at_a_few_thousand_numbers(monkeypatch):
    seen = []
    right = torch.Tensor.min
    monkeypatch.setattr(torch.Tensor, "min", lambda self, *args: (seen.append(self.numel()), right(self, *args))[1])
    for shape in ((5000, 28, 28, 1), (20, 300, 300, 3), (100_000, 3), (3, 2)):
        values = look(torch.rand(shape), GLANCE)
        assert 0 <= values.low < values.high <= 1
    assert seen[3] == 6 and all(1000 <= count <= 2 * GLANCE for count in seen[:3])


def test_a_glance_does_not_miss_what_lies_in_the_middle():
    """The corner of every digit is white; samples and places are spread."""
    x = np.zeros((5000, 28, 28, 1), "uint8")
    x[:, 8:20, 8:20] = 255
    assert look(torch.from_numpy(x), GLANCE).high == 255



# The loss of the first epoch ----------------------------------------------------------------------------------------------


def clusters():
    """Four classes that overlap: 480 samples."""
    rng, labels = np.random.default_rng(0), np.arange(480) % 4
    return (rng.normal(size=(480, 6)) + np.eye(4, 6)[labels]).astype("float32"), labels


def first_loss(rate, units=4, loss="sparse_categorical_crossentropy", **options):
    """Warnings of a fit of two epochs, and its History."""
    x, y = clusters()
    last = "softmax" if units > 1 else "sigmoid"
    model = nabi.Sequential([nabi.Input((6,)), Dense(units, last, kernel_initializer="zeros")])
    model.compile(nabi.optimizers.SGD(rate), loss, precision="float32")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = model.fit(x, y if units > 1 else y % 2, **{"epochs": 2, "verbose": 0, "batch_size": 16, **options})
    return [(str(one.message), one.filename) for one in caught], history.history["loss"]


def test_a_loss_far_above_guessing_is_remarked_once():
    ((text, where), *more), (loss, _) = first_loss(30.0)
    assert loss > 1.5 * np.log(4) and not more and where == __file__
    assert text == (f"loss: expected less than a guess gives, 1.39 = log(4), got {loss:.3g} over the first epoch; "
                    "the learning rate 30 is probably too high: try 3.")
    assert "0.693 = log(2)" in first_loss(50.0, 1, "binary_crossentropy")[0][0][0]


@pytest.mark.parametrize("options", [
    {"rate": 0.1}, {"rate": 0.1, "loss": nabi.losses.SparseCategoricalCrossentropy(reduction="sum")},
    {"rate": 30.0, "batch_size": 120}, {"rate": 30.0, "class_weight": {0: 9.0}},
    {"rate": 30.0, "sample_weight": np.full(480, 9.0)},
])  # fmt: skip
def test_nothing_is_said_where_it_is_not_known(options):
    assert first_loss(**options)[0] == []


def test_penalties_are_no_sign_of_a_high_rate():
    x, y = clusters()
    model = nabi.Sequential([nabi.Input((6,)), Dense(4, activation="softmax", kernel_regularizer=nabi.regularizers.L2(5.0))])
    model.compile(nabi.optimizers.SGD(1e-4), "sparse_categorical_crossentropy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model.fit(x, y, verbose=0).history["loss"][0] > 2 * np.log(4)


def test_weights_that_begin_badly_are_no_sign_of_a_high_rate():
    x, y = clusters()
    model = nabi.Sequential([nabi.Input((6,)), Dense(4, activation="softmax")])
    model.set_weights([np.eye(6, 4) * -20, np.zeros(4)])
    model.compile(nabi.optimizers.SGD(1e-4), "sparse_categorical_crossentropy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert model.fit(x, y, verbose=0).history["loss"][0] > 5 * np.log(4)
