"""fit(mix=...): a step on a batch that was blended by hand, exact resume, bytes, class weights, what cannot be mixed."""

import numpy as np
import pytest
import torch
from resume_runs import CtrlC, bits, build, digits, resumed

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError, StateError
from nabi.core.random import Key
from nabi.training.mixing import INDEX

ROWS = "categorical_crossentropy"


def data(n=24):
    x, y = digits(n)
    return x, nabi.utils.to_categorical(y, 3)


def made(seed):
    model = build(seed=seed)
    model.compile("adam", ROWS, metrics=["accuracy"])
    return model


@pytest.mark.parametrize("layer", [L.MixUp(0.5), L.CutMix(seed=7)], ids=["MixUp", "CutMix"])
def test_steps_learn_from_blended_batches(layer):
    x, y = data()
    model, by_hand = made(1), made(1)
    history = model.fit(x, y, batch_size=12, epochs=1, shuffle=False, mix=layer, verbose=0, validation_data=(x, y))
    by_hand.counters.drawn = model.counters.seed  # the same dropout
    for step in range(2):
        part = slice(12 * step, 12 * step + 12)
        key = Key(model.counters.seed if layer.seed is None else layer.seed, INDEX, step)
        mixed, labels = layer.mixed(torch.from_numpy(x[part]), torch.from_numpy(y[part]), key)
        by_hand.train_on_batch(mixed, labels)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), by_hand.get_weights(), strict=True))
    np.testing.assert_allclose(history.history["val_loss"][0], by_hand.evaluate(x, y, verbose=0)[0], rtol=1e-6)
    plain = made(1)
    plain.fit(x, y, batch_size=12, epochs=1, shuffle=False, verbose=0)
    assert any((a != b).any() for a, b in zip(model.get_weights(), plain.get_weights(), strict=True))


@pytest.mark.parametrize("at", [3, pytest.param(6, marks=pytest.mark.learn)])
def test_a_resumed_fit_is_the_same_to_the_bit(tmp_path, at):
    x, y = data(60)

    def fit(model, callbacks):
        return model.fit(x, y, batch_size=12, epochs=3, validation_split=0.2, verbose=0, callbacks=callbacks, mix=L.CutMix())

    whole = made(1)
    fit(whole, [])
    assert bits(resumed(tmp_path / "backup", made, fit, CtrlC(at), save_freq=1)) == bits(whole)


@pytest.mark.learn
def test_pictures_are_varied_alike_after_a_resume(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (60, 8, 8, 3), dtype=np.uint8), rng.integers(0, 3, 60)

    def network(seed):
        nabi.utils.set_random_seed(seed)
        model = nabi.Sequential([
            nabi.Input((8, 8, 3)), L.RandomShear(0.2), L.RandAugment(), L.RandomColorJitter((0, 255), 0.2, 0.2, 0.5, 0.1),
            L.RandomGaussianBlur(), L.RandomErasing(), L.AugMix(), L.Rescaling(1 / 255), L.Flatten(),
            L.Dense(3, activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    def fit(model, callbacks):
        return model.fit(x, y, batch_size=16, epochs=2, verbose=0, callbacks=callbacks)

    whole = network(1)
    fit(whole, [])
    assert bits(resumed(tmp_path / "backup", network, fit, CtrlC(3), save_freq=1)) == bits(whole)
    whole.save(tmp_path / "m.safetensors")
    again = nabi.load_model(tmp_path / "m.safetensors")
    assert [layer.get_config() for layer in again.layers] == [layer.get_config() for layer in whole.layers]
    assert np.array_equal(again.predict(x, verbose=0), whole.predict(x, verbose=0))


def test_bytes_weights_and_batches_of_a_source():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (24, 6, 6, 3), dtype=np.uint8), nabi.utils.to_categorical(rng.integers(0, 2, 24), 2)

    def network():
        nabi.utils.set_random_seed(3)
        model = nabi.Sequential([nabi.Input((6, 6, 3)), L.Rescaling(1 / 255), L.RandomFlip(), L.Conv2D(2, 3), L.Flatten(),
                                 L.Dense(2, activation="softmax")])
        model.compile("sgd", ROWS)
        return model

    ends = []
    for source in ((x, y, np.ones(24)), (x.astype("float32"), y, None)):
        model = network()
        model.fit(*source[:2], sample_weight=source[2], batch_size=8, epochs=1, shuffle=False, mix=L.MixUp(1.0), verbose=0)
        ends.append(model.get_weights())
    for a, b in zip(*ends, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    batches = network()
    batches.fit(((x[k:k + 8], y[k:k + 8]) for k in (0, 8, 16)), mix=L.MixUp(1.0), verbose=0)
    for a, b in zip(ends[0], batches.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_what_cannot_be_mixed():
    x, y = data()
    for mix, got in ((0.2, "0.2"), (L.RandomFlip(), "<RandomFlip")):
        with pytest.raises(ArgumentError, match=rf"fit\(mix\): expected MixUp\(...\), CutMix\(...\) or None, got {got}"):
            made(1).fit(x, y, verbose=0, mix=mix)
    with pytest.raises(ArgumentError, match=r"fit\(mix\): expected a loss on rows .*, got sparse_.*to_categorical"):
        build().fit(x, y.argmax(1)[:, None].astype("float32"), verbose=0, mix=L.MixUp())
    flat = nabi.Sequential([nabi.Input((36,)), L.Dense(3, activation="softmax")])
    flat.compile("sgd", ROWS)
    with pytest.raises(ShapeError, match=r"fit\(mix\): expected one input of pictures"):
        flat.fit(x.reshape(24, 36), y, verbose=0, mix=L.MixUp())


def test_maps_of_class_numbers_are_not_blended():
    x, maps = data()[0], np.arange(24 * 36).reshape(24, 6, 6) % 3
    model = nabi.Sequential([nabi.Input((6, 6, 1)), L.Conv2D(3, 1, activation="softmax")])
    model.compile("sgd", lambda t, p: ((p.sum(-1) - t.reshape(p.shape[:-1])) ** 2).mean())
    for y, got in ((maps, r"\(24, 6, 6\)"), (maps[..., None].astype("float32"), r"\(6,6,1\)")):
        with pytest.raises(ShapeError, match=rf"fit\(mix\), y: expected .*, got {got}. .*to_categorical"):
            model.fit(x, y, verbose=0, batch_size=24, mix=L.MixUp())


OTHERS = [None, *(pytest.param(layer, marks=pytest.mark.learn) for layer in (L.MixUp(0.3), L.CutMix()))]


@pytest.mark.parametrize("other", OTHERS, ids=["none", "another share", "another kind"])
def test_another_mix_after_an_interruption_is_an_error(tmp_path, other):
    x, y = data()

    def fit(mix, *callbacks):
        return made(1).fit(x, y, batch_size=6, epochs=1, verbose=0, mix=mix,
                           callbacks=[nabi.callbacks.BackupAndRestore(tmp_path / "b", save_freq=1), *callbacks])

    assert fit(L.MixUp(0.2), CtrlC(2)).interrupted
    with pytest.raises(StateError, match="the data of the interrupted run"):
        fit(other)
    assert not fit(L.MixUp(0.2)).interrupted
