"""What users hold: dtypes and memory layouts, lists, dicts, pandas, generators, Sequences, DataLoaders; and what is refused."""

import functools
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import nabi
from nabi import Input, Model, Sequential, layers
from nabi.core.errors import ArgumentError, DataError, NabiError, ShapeError
from nabi.training import predict
from parity.twins import labels, one_hot

RNG = np.random.default_rng(0)
WHOLE = RNG.integers(0, 3, size=(24, 5)).astype("int64")
Y = labels()[:24]


def net(units=3, last="softmax"):
    return Sequential([Input((5,)), layers.Dense(4, activation="tanh"), layers.Dense(units, activation=last)])


def losses(x, y, loss="sparse_categorical_crossentropy", units=3, last="softmax", **arguments):
    """Loss of two epochs from fixed weights and seed."""
    model = net(units, last)
    for number, weight in enumerate(model.weights):
        weight.assign(np.random.default_rng(number).normal(size=weight.shape))
    model.counters.drawn = 3
    model.compile(nabi.optimizers.SGD(0.1), loss, precision="float32")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(x, y, epochs=2, verbose=0, **arguments).history["loss"]


@functools.cache
def reference():
    return losses(WHOLE.astype("float32"), Y, batch_size=8)


def wide(x):
    """The same numbers in every second column of a wider array: not contiguous."""
    out = np.zeros((len(x), 2 * x.shape[1]))
    out[:, ::2] = x
    return out[:, ::2]


def frozen(x):
    x = x.copy()
    x.flags.writeable = False
    return x


@pytest.mark.parametrize("form", [
    lambda x: x.astype("uint8"), lambda x: x.astype("int8"), lambda x: x.astype("uint16"), lambda x: x.astype("uint64"),
    lambda x: x.astype("float64"), lambda x: x.astype("float16"), lambda x: x.astype("longdouble"), lambda x: x.astype(">f4"),
    lambda x: x.astype(">i2"), wide, lambda x: np.asfortranarray(x.astype("float32")), lambda x: x[::-1].astype("int32")[::-1],
    lambda x: np.flip(np.flip(x, 1).copy(), 1), frozen, lambda x: torch.from_numpy(x),
    lambda x: torch.from_numpy(x).to(torch.bfloat16), lambda x: torch.from_numpy(x).float().requires_grad_(),
    lambda x: x.tolist(), list, lambda x: tuple(x.tolist()),
    lambda x: pd.DataFrame(x), lambda x: [x.astype("float32")], lambda x: {"input": x}, lambda x: np.ma.masked_array(x),
], ids=["uint8", "int8", "uint16", "uint64", "float64", "float16", "longdouble", "big-endian", "big-endian int", "not contiguous",
        "Fortran", "reversed twice", "negative stride", "read-only", "tensor", "bfloat16 tensor", "tensor with gradient", "lists",
        "list of rows", "tuple", "DataFrame", "[x]", "dict", "masked"])  # fmt: skip
def test_every_form_of_the_same_numbers_trains_the_same(form):
    x = form(WHOLE)
    if isinstance(x, dict):
        model = net()
        x = {model.input_names[0]: WHOLE}
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(x, Y, verbose=0)
        assert np.array_equal(model.predict(x, verbose=0), model.predict(WHOLE, verbose=0))
        return
    assert losses(x, Y, batch_size=8) == reference()


@pytest.mark.parametrize("form", [
    lambda y: y.tolist(), lambda y: y[:, None], lambda y: y.astype("uint8"), lambda y: y.astype("float64"), pd.Series,
    torch.from_numpy, lambda y: torch.from_numpy(y).bfloat16(), lambda y: y.astype("int32")[::-1][::-1],
    lambda y: pd.DataFrame({"label": y}), tuple, list,
    lambda y: [y], lambda y: (y[:, None],),
], ids=["ints", "column", "uint8", "float64", "Series", "tensor", "bfloat16", "strided", "DataFrame", "tuple",
        "list", "[y]", "[column]"])  # fmt: skip
def test_every_form_of_class_numbers_trains_the_same(form):
    assert losses(WHOLE.astype("float32"), form(Y), batch_size=8) == reference()


def test_a_list_of_one_array_is_that_array():
    x, w = WHOLE.astype("float32"), np.linspace(0, 2, len(Y))
    assert losses(x, Y, sample_weight=[w]) == losses(x, Y, sample_weight=w) != reference()
    batches = [([x[:12]], [Y[:12]], [w[:12]]), ([x[12:]], [Y[12:]], [w[12:]])]
    model = net()
    model.compile("sgd", "sparse_categorical_crossentropy")
    plainly = [(x[0], y[0], w[0]) for x, y, w in batches]
    assert model.evaluate(iter(batches), verbose=0) == model.evaluate(iter(plainly), verbose=0)


def test_one_hot_labels_and_class_numbers_are_one_loss():
    assert losses(WHOLE, one_hot(Y), "categorical_crossentropy", batch_size=8) == pytest.approx(reference(), rel=1e-6)


@pytest.mark.parametrize("form", [lambda y: y, lambda y: y[:, None], lambda y: y.astype(bool), lambda y: y.astype("float32"),
                                  lambda y: y.tolist()], ids=["(n,)", "(n, 1)", "bool", "float", "list"])
def test_every_form_of_two_classes_trains_the_same(form):
    y = (Y > 0).astype("int64")
    expected = losses(WHOLE, y[:, None].astype("float32"), "binary_crossentropy", 1, "sigmoid")
    assert losses(WHOLE, form(y), "binary_crossentropy", 1, "sigmoid") == expected


def test_bool_inputs_are_zeros_and_ones():
    x = WHOLE > 0
    assert losses(x, Y) == losses(x.astype("float32"), Y)


def test_arrays_are_not_copied():
    """uint8 pictures stay uint8, read-only files stay on disk: batches are cast one by one."""
    for x in (np.zeros((100, 8), np.uint8), frozen(np.zeros((100, 8), np.float32)), np.asfortranarray(np.zeros((100, 8)))):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tensor = nabi.data.as_tensor(x, "x")
        assert tensor.data_ptr() == x.ctypes.data and str(tensor.dtype)[6:] == str(x.dtype)


@pytest.mark.parametrize("x, y, error, message", [
    (np.array([["a"] * 5] * 24), Y, DataError, r"got an array of texts\. To turn class names into numbers: names, x = np\."),
    (WHOLE, ["cat"] * 24, DataError, "y: expected numbers, got an array of texts"),
    (np.array([None] * 24), Y, DataError, "mixed objects"),
    (WHOLE.astype(complex), Y, DataError, "complex128"),
    (np.zeros((24, 5), "datetime64[s]"), Y, DataError, "datetime64"),
    (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), Y[:2], DataError, "mixed objects"),
    (np.zeros((0, 5)), np.zeros(0, int), DataError, "at least one sample"),
    ([], [], DataError, "at least one sample"),
    (np.float32(3), Y, DataError, "the single number 3.0"),
    (WHOLE, Y[:20], ShapeError, "x: 24, y: 20"),
    (WHOLE[:, :4], Y, ShapeError, r"samples of shape \(5,\), got \(4,\)"),
    (WHOLE, None, DataError, "y: expected targets for the outputs"),
    ({"other": WHOLE}, Y, ArgumentError, "the names"),
    ([WHOLE, WHOLE], Y, ShapeError, "x: 2, y: 24"), ("data.csv", Y, DataError, "x: expected numbers, got an array of texts"),
    ("cat.png", Y, DataError, r"texts\. A picture is read .*np.asarray\(PIL.Image.open\(.*nabi predict MODEL PICTURE"),
    (Path("a/cat.JPG"), Y, DataError, "A picture is read"), (["cat.png"] * 24, Y, DataError, "A picture is read"),
    ((WHOLE, Y), None, DataError, r"samples of one shape, got a tuple of samples of several shapes. .* write fit\(x, y\)"),
    ([[1, 2], [3]], Y[:2], DataError, "got a list of samples of several shapes"),
], ids=["texts", "names", "None", "complex", "dates", "mixed DataFrame", "empty", "empty list", "number", "lengths", "features",
        "no y", "unknown name", "two arrays", "a path", "a picture", "a Path", "pictures", "(x, y) as x", "ragged"])  # fmt: skip
def test_what_cannot_be_learned_from_is_named(x, y, error, message):
    model = net()
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(error, match=message):
        model.fit(x, y, verbose=0)
    assert model.optimizer.iterations == 0


# Several inputs and outputs -----------------------------------------------------------------------------------------------


def two_by_two():
    a, b = Input((5,), name="left"), Input((3,), name="right")
    h = layers.Concatenate()([layers.Dense(4)(a), b])
    return Model([a, b], [layers.Dense(3, activation="softmax", name="kind")(h), layers.Dense(1, name="size")(h)])


LEFT, RIGHT, SIZE = RNG.normal(size=(24, 5)), RNG.normal(size=(24, 3)), RNG.normal(size=24)


@pytest.mark.parametrize("x", [[LEFT, RIGHT], (LEFT, RIGHT), {"left": LEFT, "right": RIGHT},
                               {"right": RIGHT, "left": LEFT.tolist()}], ids=["list", "tuple", "dict", "turned dict"])
@pytest.mark.parametrize("y", [[Y, SIZE], {"kind": Y, "size": SIZE[:, None]}], ids=["list", "dict"])
def test_several_inputs_and_outputs_by_list_and_by_name(x, y):
    model = two_by_two()
    for number, weight in enumerate(model.weights):
        weight.assign(np.random.default_rng(number).normal(size=weight.shape))
    model.compile(nabi.optimizers.SGD(0.1), {"kind": "sparse_categorical_crossentropy", "size": "mse"}, precision="float32",
                  metrics={"kind": "accuracy"}, loss_weights={"size": 0.5})
    history = model.fit(x, y, epochs=1, batch_size=24, verbose=0).history
    assert list(history) == ["loss", "kind_loss", "size_loss", "kind_accuracy"]
    assert history["loss"][0] == pytest.approx(history["kind_loss"][0] + 0.5 * history["size_loss"][0], rel=1e-6)
    kind, size = model.predict(x, verbose=0)
    assert kind.shape == (24, 3) and size.shape == (24, 1) and isinstance(kind, np.ndarray)
    assert model.evaluate(x, y, verbose=0, return_dict=True).keys() == history.keys()


@pytest.mark.parametrize("x, message", [
    ([LEFT], "2 arrays for"), ({"left": LEFT}, r"none for \['right'\]"), ({"left": LEFT, "rihgt": RIGHT}, "Did you mean 'right'"),
    ([LEFT, RIGHT[:20]], r"x\[0\]: 24, x\[1\]: 20"), ([RIGHT, LEFT], r"samples of shape \(5,\), got \(3,\)"),
], ids=["one", "half a dict", "typing error", "lengths", "turned"])  # fmt: skip
def test_wrong_inputs_are_named(x, message):
    model = two_by_two()
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"])
    with pytest.raises(NabiError, match=message):
        model.fit(x, [Y, SIZE], verbose=0)


# Sources of batches -------------------------------------------------------------------------------------------------------


def parts(size=8):
    return [(WHOLE[i:i + size].astype("float32"), Y[i:i + size]) for i in range(0, 24, size)]


class Numbered:
    """Keras' Sequence."""

    def __init__(self, weights=False):
        self.asked, self.ends = [], 0

    def __len__(self):
        return 3

    def __getitem__(self, number):
        self.asked.append(number)
        return parts()[number]

    def on_epoch_end(self):
        self.ends += 1


class Loader:
    """Something that can be iterated anew each time, without a length."""

    def __iter__(self):
        return iter(parts())


def endless():
    while True:
        yield from parts()


@pytest.mark.parametrize("source, arguments", [
    (endless, {"steps_per_epoch": 3}), (lambda: iter(parts() * 2), {"steps_per_epoch": 3}), (Loader, {}),
    (Numbered, {"shuffle": False}), (lambda: DataLoader(TensorDataset(torch.tensor(WHOLE).float(), torch.tensor(Y)), 8), {}),
    (lambda: (list(part) for part in parts() * 2), {"steps_per_epoch": 3}), (Loader, {"steps_per_epoch": 3}),
], ids=["endless", "iterator", "iterable", "Sequence", "DataLoader", "lists", "iterable with steps"])  # fmt: skip
def test_every_source_of_the_same_batches_trains_the_same(source, arguments):
    assert losses(source(), None, **arguments) == losses(WHOLE.astype("float32"), Y, batch_size=8, shuffle=False)


def test_a_sequence_is_shuffled_by_batches_and_told_of_every_epoch():
    source, model = Numbered(), net()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(source, epochs=4, verbose=0)
    epochs = [source.asked[i:i + 3] for i in range(0, 12, 3)]
    assert all(sorted(epoch) == [0, 1, 2] for epoch in epochs) and len(set(map(tuple, epochs))) > 1 and source.ends == 4
    source = Numbered()
    model.fit(source, epochs=2, steps_per_epoch=2, shuffle=False, verbose=0)
    assert source.asked == [0, 1, 2, 0]


def test_weights_of_a_generator_count():
    weights = np.linspace(0.1, 2, 24)
    items = ((x, y, weights[8 * i:8 * i + 8]) for i, (x, y) in enumerate(parts() * 2) for i in [i % 3])
    expected = losses(WHOLE.astype("float32"), Y, batch_size=8, shuffle=False, sample_weight=weights)
    assert losses(items, None, steps_per_epoch=3) == pytest.approx(expected, rel=1e-6)


def test_a_generator_that_ends_early_stops_training_and_keeps_the_history():
    model = net()
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.warns(UserWarning, match="expected 3 batches in epoch 2, got 1 from a list_iterator; training stops") as caught:
        history = model.fit(iter(parts() + parts()[:1]), steps_per_epoch=3, epochs=5, verbose=0)
    assert caught[0].filename == __file__ and history.epoch == [0, 1]
    with pytest.warns(UserWarning, match="expected some batches in epoch 2, got 0 from a list_iterator; training stops"):
        history = model.fit(iter(parts()), epochs=5, verbose=0)
    assert history.epoch == [0] and model.optimizer.iterations == 7
    with pytest.raises(DataError, match="at least one batch, got a list_iterator that gave none"):
        model.fit(iter([]), verbose=0)


def test_validation_and_evaluation_by_generators():
    model = net()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(WHOLE, Y, epochs=2, validation_data=endless(), validation_steps=3, verbose=0).history
    last = [history["val_loss"][-1], history["val_accuracy"][-1]]
    assert model.evaluate(WHOLE, Y, batch_size=8, verbose=0) == pytest.approx(last)
    for source in (Loader(), Numbered(), iter(parts()), endless()):
        assert model.evaluate(source, steps=3, verbose=0) == pytest.approx(model.evaluate(WHOLE, Y, verbose=0))
    with pytest.raises(DataError, match="evaluation data: expected at least one batch, got none: the generator has come to"):
        model.fit(WHOLE, Y, epochs=2, validation_data=iter(parts()), verbose=0)
    assert model.history.epoch == [0]


def test_predicting_by_generators():
    model = net()
    expected = model.predict(WHOLE, verbose=0)
    only_x = [x for x, _ in parts()]
    for source in (iter(only_x), Loader(), Numbered()):
        assert np.array_equal(model.predict(source, verbose=0), expected)
    assert np.array_equal(model.predict(endless(), steps=2, verbose=0), expected[:16])
    assert np.array_equal(model.predict(WHOLE, batch_size=5, verbose=0), expected) or np.allclose(
        model.predict(WHOLE, batch_size=5, verbose=0), expected, atol=1e-6)
    assert model.predict(WHOLE, steps=2, batch_size=4, verbose=0).shape == (8, 3)
    assert np.allclose(model.predict_on_batch(WHOLE), expected, atol=1e-6)
    with pytest.raises(DataError, match="at least one batch"):
        model.predict(iter([]), verbose=0)
    assert (model.predict(WHOLE, verbose=0).argmax(-1) == expected.argmax(-1)).all() and predict is nabi.training.predict


@pytest.mark.parametrize("source, message", [
    (lambda: iter([(WHOLE[:, :4], Y)]), r"samples of shape \(5,\), got \(4,\)"),
    (lambda: iter([(WHOLE, Y[:3])]), "generator x: 24, generator y: 3|x: 24, y: 3"),
    (lambda: iter([(WHOLE, Y, None, None)]), "4 parts"),
    (lambda: iter([(np.zeros((0, 5)), np.zeros(0))]), "an empty batch"),
    (lambda: iter([WHOLE]), "targets for the outputs"),
    (lambda: TensorDataset(torch.zeros(4, 5), torch.zeros(4)), "a TensorDataset, which gives samples.*DataLoader"),
    (lambda: Empty(), "at least one batch, got a Empty of length 0"),
])  # fmt: skip
def test_wrong_batches_are_named(source, message):
    model = net()
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(NabiError, match=message):
        model.fit(source(), verbose=0)
    assert model.weights[0].bound is None


class Empty(Numbered):
    def __len__(self):
        return 0


def test_y_beside_a_generator_is_refused():
    model = net()
    model.compile("sgd", "sparse_categorical_crossentropy")
    for extra in ({"y": Y}, {"sample_weight": np.ones(24)}):
        with pytest.raises(ArgumentError, match=r"None, since x gives \(x, y\)"):
            model.fit(endless(), steps_per_epoch=1, verbose=0, **extra)
    with pytest.raises(ArgumentError, match="arrays to split, got a generator"):
        model.fit(endless(), steps_per_epoch=1, validation_split=0.2, verbose=0)
    with pytest.raises(ArgumentError, match="the arrays of one batch"):
        model.train_on_batch(endless())
