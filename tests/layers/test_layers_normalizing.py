"""Normalization: adapted numbers against NumPy and Keras, pieces and batches, large means, weights that are saved."""

import numpy as np
import pytest
import torch

import nabi
from nabi.core.errors import ArgumentError, DataError, ShapeError
from nabi.layers import Normalization, normalizing

X = np.random.default_rng(0).normal([3, -1, 100], [2, 0.5, 7], size=(20, 4, 5, 3))


@pytest.mark.parametrize("options", [{}, {"axis": None}, {"axis": 1}, {"axis": (3, 1)}, {"axis": [1, 2, 3]}, {"invert": True},
                                     {"mean": 2.0, "variance": 3.0}, {"mean": [1, 2, 3.0], "variance": [4, 5, 0]},
                                     {"axis": (2, 3), "mean": [1, 2, 3.0], "variance": [4, 5, 6.0]}], ids=str)
def test_numbers_are_those_of_keras(keras64, options, monkeypatch):
    monkeypatch.setattr(normalizing, "PIECE", 200)  # seven pieces
    ours, theirs = Normalization(dtype="float64", **options), keras64.layers.Normalization(**options)
    if "mean" not in options:
        ours.adapt(X)
        theirs.adapt(X)
        for a, b in zip(ours.get_weights(), theirs.get_weights()[:2], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
    y = ours(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(y, np.asarray(theirs(X)), rtol=1e-11, atol=1e-12)
    if not options:
        np.testing.assert_allclose([y.mean((0, 1, 2)), y.var((0, 1, 2))], [[0] * 3, [1] * 3], atol=1e-12)
        unbiased = (X - X.mean((0, 1, 2))) / X.std((0, 1, 2), ddof=1)
        assert not np.allclose(y, unbiased, rtol=1e-5), "a variance over m - 1 would be seen"


def batches(x):
    return (x[i:i + 6] for i in range(0, len(x), 6))


@pytest.mark.parametrize("given", [
    lambda x: x, torch.from_numpy, lambda x: list(batches(x)), batches, lambda x: [(b, "y") for b in batches(x)],
    lambda x: x.tolist(),
], ids=["array", "tensor", "list of batches", "generator", "x and y", "nested lists"])
def test_data_come_whole_or_in_batches(given):
    layer = Normalization(dtype="float64")
    layer.adapt(given(X))
    np.testing.assert_allclose(layer.get_weights(), [X.mean((0, 1, 2)), X.var((0, 1, 2))], rtol=1e-12)


def test_bytes_and_large_means_lose_no_digits():
    x = np.random.default_rng(1).integers(0, 256, (500, 3)).astype("uint8")
    layer = Normalization()
    layer.adapt(x)
    np.testing.assert_array_equal(layer.get_weights(), np.float32([x.mean(0), x.var(0)]))
    far = (2**24 + np.arange(1000.0) % 2)[:, None].astype("float32")  # its squares need 48 bits
    layer = Normalization()
    layer.adapt(far)
    assert layer.get_weights()[1].item() == pytest.approx(float(np.var(far.astype("float64"))), rel=1e-6)


def test_invert_is_the_way_back_and_a_constant_channel_is_bearable():
    x = np.concatenate([X[..., :2], np.full((20, 4, 5, 1), 5.0)], axis=3)
    there, back = Normalization(dtype="float64"), Normalization(invert=True, dtype="float64")
    there.adapt(x)
    back.adapt(x)
    y = there(torch.from_numpy(x))
    assert torch.equal(y[..., 2], torch.zeros(20, 4, 5, dtype=torch.float64))
    np.testing.assert_allclose(back(y).numpy(), x, rtol=1e-12)


def test_numbers_in_a_row_are_samples():
    x = np.array([1.0, 2.0, 3.0])
    given = nabi.layers.Normalization(mean=3.0, variance=2.0)  # Keras' own example
    np.testing.assert_allclose(given(x), [-(2**0.5), -(0.5**0.5), 0], rtol=1e-6)
    learned = nabi.layers.Normalization()
    learned.adapt(x)
    np.testing.assert_allclose(learned(x), (x - x.mean()) / x.std(), rtol=1e-6)


def test_it_travels_with_the_model(tmp_path):
    layer = Normalization(name="norm")
    layer.adapt(X)
    model = nabi.Sequential([nabi.Input((4, 5, 3)), layer, nabi.layers.Flatten(), nabi.layers.Dense(2)])
    assert [(w.path, w.trainable) for w in layer.weights] == [("norm/mean", False), ("norm/variance", False)]
    model.compile("sgd", "mse")
    model.fit(X, np.ones((20, 2)), verbose=0)
    assert np.array_equal(layer.get_weights()[0], np.float32(X.mean((0, 1, 2)))), "training moves nothing"
    model.save(tmp_path / "m.safetensors")
    again = nabi.load_model(tmp_path / "m.safetensors")
    assert np.array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    before = model.predict(X, verbose=0)
    layer.adapt(X + 1)
    assert not np.allclose(model.predict(X, verbose=0), before), "what is adapted anew counts at once"
    given = Normalization(mean=np.array([1.0, 2.0]), variance=(3, 4))
    assert Normalization.from_config(given.get_config()).get_config() == given.get_config() and given.mean == [1.0, 2.0]


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(ArgumentError, match="both in one shape, or neither, got 1.0 and None"):
        Normalization(mean=1.0)
    with pytest.raises(ArgumentError, match=r"axis\): expected a whole number, several of them, or None, got 'last'"):
        Normalization(axis="last")
    with pytest.raises(ArgumentError, match="without given numbers"):
        Normalization(mean=1.0, variance=1.0).adapt(X)
    with pytest.raises(ShapeError, match="axes of known length among"):
        Normalization(axis=4).adapt(X)
    with pytest.raises(ShapeError, match="one number, or .3,."):
        Normalization(mean=[1, 2], variance=[1, 2])(torch.zeros(1, 3))
    for data, got in ((np.full((3, 2), np.nan), "NaN or infinity"), (np.zeros((0, 2)), "nothing"), (["a"], "a")):
        with pytest.raises(DataError, match=got):
            Normalization().adapt(data)
    layer = Normalization()
    layer.adapt(X)
    with pytest.raises(ShapeError, match="3 channels"):
        layer.adapt(X[..., :2])
