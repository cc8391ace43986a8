"""Samples and labels whose axes differ by one of length 1, labels of another width, and answers of shortened runs.

Oracle: NumPy's own arithmetic on what the model predicts.
"""

import os
import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from nabi.as_keras.scripts import shortening
from nabi.as_keras.scripts.lengths import rows_of, stretched
from nabi.core.errors import DataError, NabiError

pytestmark = pytest.mark.usefixtures("served")
rng = np.random.default_rng(0)


def net(*layers, loss="mse", metrics=()):
    from keras.models import Sequential

    model = Sequential(list(layers))
    model.compile("sgd", loss, metrics=list(metrics))
    return model


@pytest.fixture
def shortened():
    shortening.begin(1, 8)
    yield
    shortening.end()


def test_an_axis_of_one_is_added_and_taken_off():
    from keras.layers import LSTM, Dense

    x, y = rng.random((12, 5)), rng.random(12)
    model = net(LSTM(2, input_shape=(5, 1)), Dense(1))
    model.fit(x, y, validation_data=(x, y), verbose=0)
    assert np.allclose(model.predict(x, verbose=0), model.predict(x[..., None], verbose=0))
    flat = net(Dense(1, input_dim=5))
    flat.fit(x=x[..., None], y=y, verbose=0)
    assert np.allclose(flat.predict(x[..., None], verbose=0), flat.predict(x, verbose=0))


@pytest.mark.parametrize("width", [(), (3,), (1,)])
def test_labels_are_compared_all_with_all(width):
    from keras.layers import Dense

    x, y = rng.random((12, 5)), rng.random((12, *width))
    model = net(Dense(1, input_dim=5), metrics=["mae"])
    loss, mae = model.evaluate(x, y, verbose=0)
    p, y = model.predict(x, verbose=0), y.reshape(12, -1)
    assert np.isclose(loss, ((p - y) ** 2).mean(), atol=1e-6) and np.isclose(mae, abs(p - y).mean(), atol=1e-6)


def test_maps_against_one_label_a_sample():
    from keras.layers import LSTM, Dense

    x, y = rng.random((12, 5, 1)), rng.random(12)
    model = net(LSTM(2, input_shape=(5, 1), return_sequences=True), Dense(1), metrics=["mae", "acc"])
    model.fit(x, y, verbose=0)
    loss, mae, accuracy = model.evaluate(x, y > 0.5, verbose=0)
    assert np.isclose(accuracy, ((model.predict(x, verbose=0)[..., 0] > 0.5) == (y > 0.5)[:, None]).mean())
    loss, mae, _ = model.evaluate(x, y, verbose=0)
    p = model.predict(x, verbose=0)[..., 0]
    assert np.isclose(loss, ((p - y[:, None]) ** 2).mean(), atol=1e-6) and np.isclose(mae, abs(p - y[:, None]).mean(), atol=1e-6)


def test_labels_that_broadcast_nowhere_are_refused():
    from keras.layers import Dense

    model = net(Dense(4, input_dim=5))
    with pytest.raises(DataError, match="labels in the predictions' shape"):
        model.fit(rng.random((12, 5)), rng.random((12, 3)), verbose=0)


def test_a_shortened_predict_answers_for_every_sample(shortened, monkeypatch):
    """All samples are computed where that is cheap; else answers are repeated, and it is said that scores mean nothing."""
    from keras.layers import Dense

    x, y = rng.random((20, 5)), rng.random((20, 2))
    model = net(Dense(2, input_dim=5))
    full, loss = model.predict(x, verbose=0), model.evaluate(x, y, verbose=0)
    monkeypatch.setattr(shortening, "CHEAP", -1.0)
    with pytest.warns(UserWarning, match="computed 8 of 20 samples; the other 12 answers are copies"):
        made = model.predict(x, verbose=0)
    first = model.evaluate(x, y, verbose=0)
    shortening.end()
    assert np.array_equal(full, model.predict(x, verbose=0)) and np.isclose(loss, ((full - y) ** 2).mean())
    assert made.shape == (20, 2) and np.allclose(made[:8], full[:8]) and (made[8:16] == made[:8]).all()
    assert np.isclose(first, ((full - y)[:8] ** 2).mean())


@pytest.mark.parametrize(("rows", "batch", "trained"), [(30, 10, 10), (30, 3, 6), (32, 5, 8), (80, 80, 8), (24, None, 8)])
def test_a_trial_takes_whole_batches_where_the_samples_fill_them(shortened, rows, batch, trained):
    """A size that stands in the script's code, as in a sampling layer, holds in a trial; five times the limit is the most."""
    from keras.layers import Dense

    seen = []
    model = net(Dense(1, input_dim=2), loss=lambda y, made: seen.append(len(made)) or (y - made) ** 2)
    model.fit(rng.random((rows, 2)), rng.random((rows, 1)), batch_size=batch, verbose=0)
    assert sum(seen) == trained and (batch is None or rows % batch or batch > 40 or set(seen) == {batch})


def test_a_trial_hides_no_mistakes(shortened):
    """Lengths that differ are told in full, and epochs that are a text, as without limits."""
    from keras.layers import Dense

    x, y = rng.random((20, 5)), rng.random((20, 1))
    model = net(Dense(1, input_dim=5))
    for given in ({"y": y[:15]}, {"y": y, "validation_data": (x, y[:15])}):
        with pytest.raises(NabiError, match="20.*15|15.*20"):
            model.fit(x, verbose=0, **given)
    with pytest.raises(NabiError, match="20.*15|15.*20"):
        model.evaluate(x, y[:15], verbose=0)
    with pytest.raises(NabiError, match="epochs"):
        model.fit(x, y, epochs="10", verbose=0)


def test_workers_train_under_the_limits_of_the_run(shortened, monkeypatch):
    """What an estimator's pickle brings along is taken up by processes of the sender alone; its model's steps stay counted."""
    from keras.layers import Dense
    from keras.wrappers.scikit_learn import KerasRegressor

    one = KerasRegressor(build_fn=lambda: net(Dense(1, input_dim=5)), epochs=3, verbose=0).fit(rng.random((20, 5)), np.ones(20))
    one.build_fn = None
    packed = pickle.dumps(one)
    shortening.end()
    assert pickle.loads(packed).model_.optimizer.iterations == 1 and shortening.Limits.samples is None
    monkeypatch.setattr(os, "getppid", os.getpid)
    assert pickle.loads(packed).model_.optimizer.iterations == 1
    assert (shortening.Limits.epochs, shortening.Limits.samples) == (1, 8)


def test_estimators_out_of_a_pickle_answer_and_go_on(served):
    from keras.layers import Dense
    from scikeras.wrappers import KerasClassifier

    x, y = rng.random((32, 5)), np.arange(32) % 2
    model = net(Dense(1, "sigmoid", input_dim=5), loss="binary_crossentropy")
    one = KerasClassifier(model=model, verbose=0, shuffle=False).fit(x, y)
    two = pickle.loads(pickle.dumps(one))
    assert np.array_equal(one.predict_proba(x), two.predict_proba(x))
    for estimator in (one, two):
        estimator.partial_fit(x, y)
    assert np.array_equal(one.predict_proba(x), two.predict_proba(x))  # the optimizer's memory came along
    assert one.model_.optimizer.iterations == two.model_.optimizer.iterations == 2


def test_an_estimator_with_a_fit_of_its_own(served):
    from keras.layers import Dense
    from keras.wrappers.scikit_learn import KerasClassifier

    class Own(KerasClassifier):
        def fit(self, x, y):
            self.classes_, self.model = np.unique(y), self.build_fn()
            self.model.fit(x, y, verbose=0)

    x, y = rng.random((32, 5)), np.arange(32) % 2
    one = Own(lambda: net(Dense(1, "sigmoid", input_dim=5), loss="binary_crossentropy"))
    one.fit(x, y)
    assert one.predict(x).tolist() == (one.model.predict(x, verbose=0) > 0.5).astype(int).ravel().tolist()


def test_nets_of_one_batch_size_are_shortened_to_whole_batches(shortened):
    """States are for so many rows; 20 samples in batches of 5 become 5 instead of 8. Keras' models are asked alike."""
    import keras as served
    from keras.layers import LSTM, Dense, Input

    x, y = rng.random((20, 3, 1)), rng.random((20, 1))
    model = net(LSTM(2, batch_input_shape=(5, 3, 1), stateful=True), Dense(1))
    model.fit(x, y, 5, validation_data=(x, y), shuffle=False, verbose=0)
    assert model.layers[0].states[0].shape == (5, 2) and model.predict(x, batch_size=5, verbose=0).shape == (20, 1)
    inputs = Input(batch_shape=(10, 3))
    fixed = served.Model(inputs, Dense(1)(inputs))
    assert shortening.fixed_batch(fixed) == 10 and shortening.samples_for(10) == 10 and shortening.samples_for(3) == 6
    assert shortening.fixed_batch(net(Dense(1, input_dim=3)), 5) is None and shortening.samples_for(None) == 8
    assert shortening.fixed_batch(SimpleNamespace(graph={}, inputs=None)) is None  # a subclassed model of Keras 2


def test_rows_of_streams():
    from keras.preprocessing.image import ImageDataGenerator

    flow = ImageDataGenerator().flow(np.zeros((10, 4, 4, 1)), batch_size=4)
    assert rows_of(flow) == 10 and rows_of(flow, 2) == 8 and rows_of(iter([1])) is None
    assert [part.shape for part in stretched([np.zeros((2, 3)), np.zeros((2, 1))], 5)] == [(5, 3), (5, 1)]


def test_an_answer_of_one_number_is_a_number():
    from keras.layers import Dense

    model = net(Dense(1, input_dim=5))
    made = model.predict(rng.random((1, 5)), verbose=0)
    assert float(made) == float(made[0]) == made[0][0] == made.item() and int(made * 0 + 7) == 7
    assert repr(made).startswith("array([[") and type(made.sum()) is np.float32 and isinstance(made, np.ndarray)
    row = np.zeros(2)
    row[0] = made[0]
    assert row[0] == made.item()
    with pytest.raises((TypeError, ValueError)):
        float(model.predict(rng.random((2, 5)), verbose=0))


@pytest.mark.parametrize("verbose", [3, None, True, "auto"])
def test_any_verbose(verbose, capsys):
    from keras.layers import Dense

    net(Dense(1, input_dim=5)).fit(rng.random((4, 5)), rng.random(4), verbose=verbose)
    assert bool(capsys.readouterr().out) == bool(verbose)


def test_loops_are_shortened_in_a_trial(shortened):
    from keras.layers import Dense

    x, y = rng.random((8, 5)), rng.random(8)
    model = net(Dense(1, input_dim=5))
    losses = [model.train_on_batch(x, y) for _ in range(102)]
    kept = model.get_weights()[0].copy()
    assert losses[99] == losses[100] == losses[101] < losses[0] and model.train_on_batch(x, y) == losses[-1]
    assert np.array_equal(kept, model.get_weights()[0])
    histories = [model.fit(x, y, batch_size=4, verbose=0) for _ in range(12)]
    assert all(len(one.history["loss"]) == 1 for one in histories)
    shortening.end()
    assert model.train_on_batch(x, y) != losses[-1] and not np.array_equal(kept, model.get_weights()[0])


@pytest.mark.parametrize("low, high", [(0.0, 1.05), (-1, 1), (1, 2), (0, 255)])
def test_labels_that_do_not_fit_a_loss_are_computed_with(low, high):
    """A step and the loss by the formula of Keras: - y log p - (1 - y) log(1 - p), and - sum y log p."""
    from keras.layers import Dense

    x = rng.random((12, 4))
    for loss, layer in (("binary_crossentropy", Dense(2, "sigmoid")), ("categorical_crossentropy", Dense(3, "softmax"))):
        y = np.where(rng.random((12, layer.units)) < 0.5, low, high)
        model = net(layer, loss=loss)
        p = model.predict(x, verbose=0)
        binary = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
        by_hand = binary if layer.units == 2 else -(y * np.log(p)).sum(1).mean()
        before = layer.get_weights()
        assert np.isclose(model.train_on_batch(x, y), by_hand, rtol=1e-5)
        slope = (p - y) / 24 if layer.units == 2 else (p * y.sum(1, keepdims=True) - y) / 12
        assert np.allclose(layer.get_weights()[0], before[0] - 0.01 * x.T @ slope, atol=1e-5)
    one = net(Dense(1, "softmax"), loss="categorical_crossentropy")
    assert one.evaluate(x, np.ones((12, 1)), verbose=0) == 0
    with pytest.raises(DataError, match="array of texts"):
        net(Dense(1, "sigmoid"), loss="binary_crossentropy").fit(x, np.array(["a", "b"] * 6), verbose=0)
