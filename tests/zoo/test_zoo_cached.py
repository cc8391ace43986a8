"""Cached features: the head learns from them what it learns in `fit`; old files are noticed; what cannot be cached."""

import copy
import re
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import nabi
from nabi import Input, Model, layers, transfer
from nabi.callbacks import EarlyStopping, ModelCheckpoint
from nabi.core.errors import ArgumentError, DataError, FileError, StateError
from nabi.core.rows import Part, Rows
from nabi.zoo import cached, cached_features, fit_cached
from nabi.zoo.cached import digest
from nabi.zoo.cutting import frozen_part, learning_part

learn = pytest.mark.learn
RNG = np.random.default_rng(0)
X, Y = RNG.integers(0, 256, (24, 6, 6, 3)).astype(np.uint8), np.arange(24) % 3
HELD = RNG.integers(0, 256, (9, 6, 6, 3)).astype(np.uint8), np.arange(9) % 3


def network(depth="head", dropout=0.3):
    """Bytes scaled, two convolutions with normalisation and a skip connection, trained statistics, a head with dropout."""
    nabi.utils.set_random_seed(1)
    x = image = Input((6, 6, 3))
    x = layers.Rescaling(1 / 128, -1)(x)
    x = layers.Activation("relu")(layers.BatchNormalization(name="n1")(layers.Conv2D(4, 3, padding="same", name="c1")(x)))
    y = layers.Activation("relu")(layers.BatchNormalization(name="n2")(layers.Conv2D(4, 3, padding="same", name="c2")(x)))
    base = Model(image, layers.Conv2D(5, 3, name="c3")(layers.Add(name="sum")([x, y])))
    rng = np.random.default_rng(2)
    for name in ("n1", "n2"):  # moments that differ from those of the batches
        base.get_layer(name).set_weights([rng.uniform(0.5, 1.5, 4) for _ in range(4)])
    return transfer(base, 3, depth, dropout=dropout)


def compiled(model, precision="float64", optimizer=None, seed=7):
    model.counters.drawn = seed
    model.compile(optimizer or nabi.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"],
                  precision=precision)
    return model


def gap(a, b):
    return max(float(np.abs(v - w).max()) for v, w in zip(a.get_weights(), b.get_weights(), strict=True))


@pytest.mark.parametrize("depth, dropout, width", [
    ("head", 0.3, (5,)), pytest.param("c3", 0.3, (6, 6, 4), marks=learn), pytest.param("c3", 0.0, (6, 6, 4), marks=learn)])
def test_the_same_weights_as_fit(depth, dropout, width):
    """Float64, 2 epochs, then 1 more, with dropout and validation: to 1e-12, while another order or other masks give 1e-4."""
    whole, cached, other = (compiled(network(depth, dropout), seed=seed) for seed in (7, 7, 8))
    options = {"batch_size": 5, "validation_data": HELD, "verbose": 0}
    assert cached_features(cached, X).shape == (24, *width)
    for epochs in (2, 1):
        expected = whole.fit(X, Y, epochs=epochs, **options).history
        found = fit_cached(cached, X, Y, epochs=epochs, **options)
        for name, values in expected.items():
            np.testing.assert_allclose(found.history[name], values, rtol=1e-10, err_msg=name)
        other.fit(X, Y, epochs=epochs, **options)
    assert gap(whole, cached) < 1e-12 and gap(whole, other) > 1e-4
    assert cached.optimizer.iterations == whole.optimizer.iterations == 15 and cached.counters.epochs == 3
    assert cached.history is found and found.model is cached
    whole.fit(X, Y, epochs=1, **options)  # and on with fit itself
    cached.fit(X, Y, epochs=1, **options)
    assert gap(whole, cached) < 1e-12
    np.testing.assert_allclose(cached.evaluate(*HELD, verbose=0), whole.evaluate(*HELD, verbose=0), rtol=1e-10)


@learn
@pytest.mark.parametrize("precision, dtype, bound", [
    ("float32", None, 1e-6), ("bfloat16", None, 1e-3), ("float32", "float16", 1e-4)])
def test_rounding(precision, dtype, bound):
    """Five steps of SGD in less than float64: the head is as far off as its numbers are rounded."""
    whole, cached = (compiled(network(dropout=0.0), precision, nabi.optimizers.SGD(0.1)) for _ in range(2))
    whole.fit(X, Y, batch_size=5, epochs=1, verbose=0)
    fit_cached(cached, X, Y, dtype=dtype, batch_size=5, epochs=1, verbose=0)
    assert gap(whole, cached) < bound


@learn
def test_a_file_is_read_until_something_changes(tmp_path, monkeypatch, recwarn):
    model, file = compiled(network()), tmp_path / "deep" / "kept.safetensors"
    first = cached_features(model, X, file)
    made = []
    monkeypatch.setattr("nabi.zoo.cached.computed", lambda part, x, *_: made.append(1) or part.predict(x, verbose=0))
    fit_cached(model, X, Y, file, epochs=1, verbose=0)  # the head's weights are not part of it
    assert np.array_equal(cached_features(model, X, file), first) and not made and not recwarn.list
    changed = X.copy()
    changed[-1, -1, -1, -1] ^= 1
    with pytest.warns(UserWarning, match="of other data; they are computed anew"):
        cached_features(model, changed, file)
    model.get_layer("n2").set_weights([w + 1e-6 for w in model.get_layer("n2").get_weights()])
    with pytest.warns(UserWarning, match="of other weights and other data;"):
        cached_features(model, X, file)
    model.layers[1].scale = 1 / 127
    with pytest.warns(UserWarning, match="of another network;"):
        cached_features(model, X, file)
    compiled(model, "float32")
    with pytest.warns(UserWarning, match=r"of another dtype \(float64, now float32\); they are computed anew"):
        assert cached_features(model, X, file).dtype == np.float32
    assert len(made) == 4
    cached_features(model, X, file)
    assert len(made) == 4
    fit_cached(model, X, Y, file, epochs=1, verbose=0, validation_data=HELD)
    assert [p.name for p in sorted(file.parent.iterdir())] == ["kept-validation.safetensors", "kept.safetensors"]
    model.save(tmp_path / "model.safetensors")
    with pytest.raises(FileError, match="a file of features, got one that holds something else"):
        cached_features(model, X, tmp_path / "model.safetensors")


@learn
def test_callbacks_save_the_whole_model(tmp_path, capsys):
    model = compiled(network(), "float32")
    fit_cached(model, X, Y, epochs=2, verbose=2, validation_split=0.25,
               callbacks=[ModelCheckpoint(str(tmp_path / "m.safetensors"), "loss", save_best_only=True),
                          EarlyStopping("loss", restore_best_weights=True)])
    assert re.match(r"features: 24 x 5 numbers, 0.0 MB, computed, \d+\.\d s\n", capsys.readouterr().out)
    back = nabi.load_model(tmp_path / "m.safetensors")
    assert back.input_shape == (None, 6, 6, 3)
    np.testing.assert_allclose(back.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5)


def test_where_it_ends():
    """Behind frozen layers, before what is random, learns, is not in inference mode, or is the user's own code."""
    assert frozen_part(network()).output.name == "new_pool" and learning_part(network()).layers[1].name == "new_dropout"
    assert frozen_part(network("c2")).output.node.layer.name.startswith("activation")  # before the skip connection begins
    model = network("c3")
    model.get_layer("n2").trainable = True  # its moments move
    assert "sum" not in [layer.name for layer in frozen_part(model).layers]
    base = frozen_part(network())
    image = Input((6, 6, 3))
    nested = Model(image, layers.Dense(2)(base(layers.Rescaling(2.0)(image), training=False)))
    base.trainable = False
    assert frozen_part(nested).output_shape == (None, 5)
    for early in (layers.RandomFlip("horizontal"), layers.Lambda(lambda x: x)):
        with pytest.raises(StateError, match="frozen layers with weights before .*, got .* at its beginning"):
            frozen_part(Model(image, layers.Dense(2)(base(early(image)))))


def test_what_cannot_be_cached():
    model = compiled(network())
    nabi.unfreeze(model, "c3")
    with pytest.warns(UserWarning, match=r"layer 'c3': .*call model.compile.*it stays frozen"):
        fit_cached(model, X, Y, epochs=1, verbose=0)
    model = compiled(network())
    with pytest.raises(StateError, match="frozen layers with weights before"):
        fit_cached(compiled(network("all")), X, Y)
    with pytest.raises(StateError, match="something that learns, got nothing"):
        frozen = network(dropout=0.0)
        frozen.trainable = False
        cached_features(frozen, X)
    with pytest.raises(StateError, match="a compiled model"):
        fit_cached(network(), X, Y)
    with pytest.raises(ArgumentError, match="an array, got a generator"):
        fit_cached(model, (batch for batch in [(X, Y)]))
    with pytest.raises(ArgumentError, match="None or one of float16"):
        cached_features(model, X, dtype="int8")
    with pytest.raises(ArgumentError, match=r"\(x, y\) or \(x, y, sample_weight\), got ndarray"):
        fit_cached(model, X, Y, validation_data=X)

    class Own(Model):
        def compute_loss(self, *arguments, **more):
            return super().compute_loss(*arguments, **more)

    with pytest.raises(StateError, match="Own, which writes its own"):
        fit_cached(compiled(Own(model.inputs, model.outputs)), X, Y)


def test_labels_are_checked_before_anything_is_computed(monkeypatch):
    """Also those of the validation; the message says how to number them."""
    model = compiled(network())
    monkeypatch.setattr(cached, "cached_features", lambda *given: pytest.fail("computed"))
    for data in ((X, [0, 3, 8] * 8, None), (X, Y, (HELD[0], [0, 3, 8] * 3))):
        with pytest.raises(DataError, match=r"got the label 8\. .*np.unique\(y, return_inverse=True\) .*needs 9 units"):
            fit_cached(model, *data[:2], validation_data=data[2], verbose=0)


def test_parts_of_pictures_are_cached_like_arrays(tmp_path, monkeypatch):
    """In any order of rows: the same weights to the bit, one file for both, and a file that notices another part."""
    monkeypatch.setattr("nabi.zoo.cached.PIECE", 500)
    order, names, file = np.random.default_rng(3).permutation(24), [str(k) for k in range(24)], tmp_path / "kept.safetensors"
    back = np.argsort(order)
    part = Part(Rows(X[order], back), Y, names, ["a", "b", "c"])
    held = Part(Rows(HELD[0], np.arange(9)), HELD[1], names[:9], ["a", "b", "c"])
    rows, arrays = compiled(network()), compiled(network())
    fit_cached(rows, part, file=file, epochs=1, batch_size=5, validation_data=held, verbose=0)
    found = fit_cached(arrays, X, Y, file, epochs=1, batch_size=5, validation_data=HELD, verbose=0)
    assert gap(rows, arrays) == 0 and found.history == rows.history.history
    assert digest(part.x) == digest(X) != digest(part.take(slice(None, None, -1)).x)
    with pytest.warns(UserWarning, match="of other data;"):
        assert len(cached_features(rows, part.take(slice(5)), file)) == 5
    with pytest.warns(UserWarning, match=r"of other data and another dtype \(float64, now float64 kept as float16\);"):
        cached_features(rows, X, file, "float16")
    with pytest.raises(ArgumentError, match="x is a Part with labels of its own"):
        fit_cached(rows, part, Y, verbose=0)


def test_features_are_not_blended():
    with pytest.raises(ArgumentError, match=r"fit_cached\(mix\): expected None, got <?MixUp.* model.fit\(x, y, mix="):
        fit_cached(compiled(network()), X, nabi.utils.to_categorical(Y), mix=layers.MixUp(), verbose=0)


def test_with_a_time_budget_the_learning_part_is_measured():
    """On a copy: the weights, and the masks of dropout, are those of a fit without a budget."""
    plain, timed = compiled(network()), compiled(network())
    fit_cached(plain, X, Y, epochs=2, batch_size=5, verbose=0)
    budget = fit_cached(timed, X, Y, epochs=2, batch_size=5, verbose=0, time_budget="1h").budget
    assert list(budget["speeds"]) == ["5"] and budget["epochs"] == 2 and gap(plain, timed) == 0
    part = learning_part(timed)
    assert gap(copy.deepcopy(part), part) == 0 and part.whole is timed


@pytest.mark.parametrize("took, steps", [(30.0, 10), (100.0, 1)])
def test_a_time_budget_counts_the_features(took, steps, monkeypatch):
    """Features that take half of a minute leave the other half; those that take more than all of it leave one step."""
    now = [0.0]

    def slowly(part, x, *_):
        now[0] += took
        return part.predict(x, verbose=0)

    monkeypatch.setattr("nabi.zoo.cached.computed", slowly)
    monkeypatch.setattr("nabi.zoo.cached.time", SimpleNamespace(perf_counter=lambda: now[0]))
    model = compiled(network())
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        budget = fit_cached(model, X, Y, epochs=2, batch_size=5, verbose=0, time_budget="1m").budget
    assert model.optimizer.iterations == steps and len(told) == (steps == 1)
    assert took < budget["spent"] < took + 10 and budget["measuring"] < 10 and budget["budget"] == 60
    with pytest.raises(ArgumentError, match=r"fit_cached\(time_budget\): expected a time above 0"):
        fit_cached(model, X, Y, time_budget="soon")
    assert now == [took]
