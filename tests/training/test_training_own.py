"""Steps of one's own: the code of Keras' guide for torch, run by nabi and by Keras, float64, the same weights and batches."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L

RNG = np.random.default_rng(0)
X, Y, W = RNG.normal(size=(24, 5)), RNG.normal(size=(24, 2)), RNG.uniform(0.5, 2, 24)
FIT = {"batch_size": 7, "epochs": 3, "shuffle": False, "verbose": 0}


def guide(lib):
    """keras.io, "Customizing what happens in fit() with PyTorch", second example with sample weights."""

    class CustomModel(lib.Model):
        def train_step(self, data):
            if len(data) == 3:
                x, y, sample_weight = data
            else:
                sample_weight = None
                x, y = data
            self.zero_grad()
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
            loss.backward()
            trainable_weights = [v for v in self.trainable_weights]
            gradients = [v.value.grad for v in trainable_weights]
            with torch.no_grad():
                self.optimizer.apply(gradients, trainable_weights)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, y_pred, sample_weight=sample_weight)
            return {m.name: m.result() for m in self.metrics}

    return CustomModel


def lower(lib):
    """The guide's first example: own trackers, own loss, nothing of compile but the optimizer; apply_gradients."""

    class Lower(lib.Model):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.loss_tracker = lib.metrics.Mean(name="loss")
            self.mae_metric = lib.metrics.MeanAbsoluteError(name="mae")
            self.loss_fn = lib.losses.MeanSquaredError()

        def train_step(self, data):
            x, y = data
            self.zero_grad()
            y_pred = self(x, training=True)
            loss = self.loss_fn(y, y_pred) + sum(self.losses)
            loss.backward()
            weights = self.trainable_weights[:]
            with torch.no_grad():
                self.optimizer.apply_gradients(zip([v.value.grad for v in weights], weights, strict=True))
            self.loss_tracker.update_state(loss)
            self.mae_metric.update_state(y, y_pred)
            return {"loss": self.loss_tracker.result(), "mae": self.mae_metric.result()}

        def test_step(self, data):
            x, y = data
            y_pred = self(x, training=False)
            self.loss_tracker.update_state(self.loss_fn(y, y_pred))
            self.mae_metric.update_state(y, y_pred)
            return {"loss": self.loss_tracker.result(), "mae": self.mae_metric.result()}

        @property
        def metrics(self):
            return [self.loss_tracker, self.mae_metric]

    return Lower


def around(lib):
    """compute_loss and compute_metrics alone; the steps are the library's."""

    class Around(lib.Model):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.seen = lib.metrics.Sum(name="seen")

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            loss = lib.ops.mean(lib.ops.square(y - y_pred))
            return loss + 0.1 * sum(lib.ops.sum(part) for part in self.losses)

        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            self.seen.update_state(lib.ops.ones(len(y)))
            return super().compute_metrics(x, y, y_pred, sample_weight)

    return Around


@pytest.fixture
def libraries(keras64, monkeypatch):
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    return nabi, keras64


def network(lib, source):
    x = lib.Input((5,))
    h = lib.layers.Dense(6, activation="tanh", kernel_regularizer="l2", activity_regularizer="l1")(x)
    return source(lib)(x, lib.layers.Dense(2)(lib.layers.BatchNormalization(momentum=0.8)(h)))


def twins(libraries, source, **compiled):
    models = [network(lib, source) for lib in libraries]
    for model, lib in zip(models, libraries, strict=True):
        model.compile(lib.optimizers.Adam(0.05), **compiled)
    models[0].set_weights(models[1].get_weights())
    return models


def same(ours, theirs, tolerance=1e-9):
    for weight, a, b in zip(ours.weights, ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=weight.path)


@pytest.mark.parametrize("source, compiled, weights", [
    (guide, {"loss": "mse"}, None), (guide, {"loss": "mse"}, W), (lower, {}, None), (around, {"metrics": ["mae"]}, None)])
def test_the_guides_steps(libraries, source, compiled, weights):
    ours, theirs = twins(libraries, source, **compiled)
    held = {"validation_data": (X, Y)} if source is not guide else {}
    mine, true = (model.fit(X, Y, sample_weight=weights, **FIT, **held).history for model in (ours, theirs))
    assert set(mine) == set(true)
    for name in true:
        np.testing.assert_allclose(mine[name], true[name], rtol=1e-9, err_msg=name)
    same(ours, theirs)
    if source is not guide:
        mine, true = (model.evaluate(X, Y, verbose=0, return_dict=True) for model in (ours, theirs))
        assert set(mine) == set(true) and all(np.isclose(mine[name], true[name], rtol=1e-9) for name in true)
    assert ours.optimizer.iterations == 12 and not any(w.value.requires_grad for w in ours.weights), "open in a step only"


def test_a_written_model_and_predict_step(libraries):
    """A class with call and all its steps; outputs of a predict_step in a dict; one batch at a time."""
    def source(lib):
        class Net(guide(lib)):
            def __init__(self):
                super().__init__()
                self.dense = lib.layers.Dense(2)

            def call(self, x):
                return self.dense(x)

            def predict_step(self, data):
                return {"mean": self(data, training=False), "twice": 2 * self(data, training=False)}

        return Net

    models = []
    for lib in libraries:
        model = source(lib)()
        model(X)
        model.compile(lib.optimizers.SGD(0.1), "mse")
        models.append(model)
    ours, theirs = models
    ours.set_weights(theirs.get_weights())
    for model in models:
        model.fit(X, Y, **FIT)
    same(ours, theirs)
    made, wanted = ours.predict(X, batch_size=10, verbose=0), theirs.predict(X, batch_size=10, verbose=0)
    for name in ("mean", "twice"):
        np.testing.assert_allclose(made[name], wanted[name], rtol=1e-9)
    np.testing.assert_allclose(ours.predict_on_batch(X)["twice"], wanted["twice"], rtol=1e-9)
    before = ours.get_weights()
    logs = ours.train_on_batch(X, Y, return_dict=True)
    assert list(logs) == ["loss"] and (before[0] != ours.get_weights()[0]).any()
    fresh = source(nabi)()
    fresh.compile("sgd", "mse")
    fresh.fit(X, Y, **FIT)
    assert len(fresh.weights) == 2 and fresh.history.history["loss"][0] > fresh.history.history["loss"][-1], "built by its step"


def test_the_step_of_the_base_class_on_other_data():
    """super().train_step(data) is nabi's own step: changed data, the same bits as fitting the changed data."""
    class Halved(nabi.Model):
        def train_step(self, data):
            x, y = data
            return super().train_step((x / 2, y))

    def fitted(kind, x):
        nabi.utils.set_random_seed(2)
        a = nabi.Input((5,))
        model = kind(a, L.Dense(2)(L.Dropout(0.3)(L.Dense(4, activation="relu")(a))))
        model.compile("adam", "mse", metrics=["mae"], precision="float32")
        return model.fit(x, Y, batch_size=8, epochs=2, verbose=0, validation_data=(X, Y)).history, model

    (mine, a), (true, b) = fitted(Halved, X), fitted(nabi.Model, X.astype("float32") / 2)
    assert mine == true
    for one, other in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


class Spy(nabi.Model):
    """Keeps what its steps are given."""

    def __init__(self):
        super().__init__()
        self.given, self.dense = [], L.Dense(1)
        self.dense.build((None, 5))

    def train_step(self, data):
        self.given.append(data)
        return {"loss": torch.tensor(1.0)}


def shape(value):
    if isinstance(value, torch.Tensor):
        return (*value.shape, str(value.dtype).removeprefix("torch."))
    return type(value)(map(shape, value)) if isinstance(value, (tuple, list)) else {k: shape(v) for k, v in value.items()}


IMAGES, LABELS = np.zeros((6, 5), "uint8"), np.arange(6)


def loader(*arrays):
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*map(torch.from_numpy, arrays)), batch_size=4)


@pytest.mark.parametrize("arguments, wanted", [
    ({"x": X[:6]}, (4, 5, "float32")), ({"x": IMAGES, "y": LABELS}, ((4, 5, "uint8"), (4, "int64"))),
    ({"x": X[:6], "y": LABELS, "sample_weight": W[:6]}, ((4, 5, "float32"), (4, "int64"), (4, "float32"))),
    ({"x": X[:6], "y": LABELS, "class_weight": {n: 1.0 for n in range(6)}}, ((4, 5, "float32"), (4, "int64"), (4, "float32"))),
    ({"x": {"a": X[:6], "b": IMAGES}, "y": [LABELS, X[:6]]},
     ({"a": (4, 5, "float32"), "b": (4, 5, "uint8")}, [(4, "int64"), (4, 5, "float32")])),
    ({"x": loader(X[:6])}, ((4, 5, "float32"),)), ({"x": loader(X[:6], LABELS)}, ((4, 5, "float32"), (4, "int64"))),
    ({"x": ((X[:4], LABELS[:4], W[:4]) for _ in range(9)), "steps_per_epoch": 1},
     ((4, 5, "float32"), (4, "int64"), (4, "float32")))])
def test_data_come_in_their_own_form(arguments, wanted):
    model = Spy()
    model.compile("sgd", precision="float32")
    batch = {} if "steps_per_epoch" in arguments or not isinstance(arguments["x"], (np.ndarray, dict)) else {"batch_size": 4}
    model.fit(**arguments, **batch, shuffle=False, verbose=0)
    assert shape(model.given[0]) == wanted


def forked(lib, names):
    """Two outputs; its class only hands on, and keeps what it is given."""
    class Fork(lib.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            self.seen = sample_weight
            return super().compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)

    x = lib.Input((5,))
    outputs = {"a": lib.layers.Dense(1, name="a", kernel_initializer="ones")(x),
               "b": lib.layers.Dense(1, name="b", kernel_initializer="zeros")(x)}
    model = Fork(x, outputs if names else list(outputs.values()))
    weighted = {"a": ["mae"], "b": ["mae"]} if names else [["mae"], ["mae"]]
    model.compile(lib.optimizers.SGD(0.1), "mse", weighted_metrics=weighted)
    return model


BOTH = {"b": 5 * W[::-1].copy(), "a": W}  # not in the order of the outputs


@pytest.mark.parametrize("names, weights", [
    (True, BOTH), (True, {**BOTH, "b": None}), (True, W), (False, [W, BOTH["b"]]), (False, [None, W])])
def test_weights_of_several_outputs(libraries, names, weights):
    """In a dict of another order than y's, None among them, one array for all: by fit, evaluate and validation_data."""
    y = {"a": Y[:, :1], "b": Y[:, 1:]} if names else [Y[:, :1], Y[:, 1:]]
    models = [forked(lib, names) for lib in libraries]
    mine, true = (model.fit(X, y, sample_weight=weights, validation_data=(X, y, weights), **FIT).history for model in models)
    tested = [model.evaluate(X, y, sample_weight=weights, verbose=0, return_dict=True) for model in models]
    for name in true:
        np.testing.assert_allclose(mine[name], true[name], rtol=1e-9, err_msg=name)
    assert tested[0] == pytest.approx(tested[1], rel=1e-9)
    same(*models)
    ours, theirs = (model.seen for model in models)
    assert (sorted(ours) == sorted(theirs)) if names else len(ours) == len(theirs)
    for place in "ab" if names else range(2):
        one, other = ours[place], theirs[place]
        assert (one is None) == (other is None) and (one is None or torch.equal(one, other))
    if isinstance(weights, dict):  # by place, as they are not meant
        turned = models[0].evaluate(X, y, sample_weight=dict(zip("ab", weights.values(), strict=True)), verbose=0)
        assert abs(turned[0] - tested[0]["loss"]) > 1e-3
