"""Older ways of scripts: weights of classes by output, models cut by hand, tf.metrics, names that modules showed by chance.

Oracles: NumPy, scikit-learn, the same step with weights of samples, the same model built without the last layers.
"""

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import jaccard_score, roc_auc_score

import nabi
from nabi.as_keras.dressing.channels_first import in_order
from nabi.as_keras.names.contrib import InstanceNormalization
from nabi.as_keras.scripts.running import Trial, run_file
from nabi.core.errors import ShapeError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 4)).astype("float32")
BOTH = [np.arange(8)[:, None] % 2, np.eye(3)[np.arange(8) % 3]]
TABLES = [{0: 1.0, 1: 4.0}, {0: 1.0, 1: 2.0, 2: 0.5}]


def two_heads():
    from keras.layers import Dense, Input
    from keras.models import Model

    nabi.utils.set_random_seed(0)
    x = Input((4,))
    model = Model(x, [Dense(1, activation="sigmoid", name="a")(x), Dense(3, activation="softmax", name="b")(x)])
    model.compile("sgd", ["binary_crossentropy", "categorical_crossentropy"])
    return model


@pytest.mark.parametrize("weights", [TABLES, dict(zip("ab", TABLES, strict=True))])
def test_class_weights_by_output(served, weights):
    by_sample = [np.array([TABLES[0][k] for k in BOTH[0][:, 0]]), np.array([TABLES[1][k] for k in BOTH[1].argmax(1)])]
    wanted = two_heads().train_on_batch(X, BOTH, sample_weight=by_sample)
    np.testing.assert_allclose(two_heads().train_on_batch(X, BOTH, class_weight=weights), wanted, rtol=1e-6)
    assert not np.allclose(two_heads().train_on_batch(X, BOTH), wanted, rtol=1e-2)
    history = two_heads().fit(X, BOTH, class_weight=weights, batch_size=8, verbose=0).history
    assert history["loss"][0] == pytest.approx(wanted[0], rel=1e-5)


def test_class_weights_that_say_nothing(served):
    assert two_heads().train_on_batch(X, BOTH, class_weight="auto") == two_heads().train_on_batch(X, BOTH)


def test_layers_taken_off_by_hand(served):
    from keras.layers import Activation, Dense
    from keras.models import Model, Sequential

    model = Sequential([Dense(5, input_dim=4), Activation("tanh"), Dense(3), Activation("softmax")])
    inner = Model(model.input, model.layers[1].output)
    wanted = inner.predict(X, verbose=0)
    model.layers.pop()
    del model.layers[-1]
    model.outputs = [model.layers[-1].output]
    model.layers[-1].outbound_nodes = []
    np.testing.assert_array_equal(model.predict(X, verbose=0), wanted)
    model.add(Dense(2))
    assert model.predict(X, verbose=0).shape == (8, 2) and len(model.layers) == 3
    twin = Model(inner.input, inner.layers[-1].output)
    twin.outputs = [twin.layers[1].output]
    np.testing.assert_allclose(np.tanh(twin.predict(X, verbose=0)), wanted, atol=1e-6)


def test_a_model_on_pictures_of_another_size(served):
    from keras.layers import Conv2D, Dense, Flatten, Input
    from keras.models import Model

    x = Input((8, 8, 1))
    small = Model(x, Conv2D(2, 3, name="slides")(x))
    other = Input((12, 10, 1))
    assert Model(other, small(other)).predict(np.ones((1, 12, 10, 1)), verbose=0).shape == (1, 10, 8, 2)
    with pytest.raises(ShapeError):
        Model(x, Dense(1)(Flatten()(small(x))))(other)


def test_metrics_of_tensorflow_1(served):
    import tensorflow as tf

    y, p = RNG.integers(0, 2, 400), RNG.random(400).round(2)
    found = [float(value) for value in tf.metrics.auc(y, p, num_thresholds=1001)]
    assert found[0] == found[1] == pytest.approx(roc_auc_score(y, p), abs=1e-3)
    score, update = tf.metrics.mean_iou(y, p > 0.5, 2)
    with tf.control_dependencies([update]):
        score = tf.identity(score)
    assert float(score) == pytest.approx(jaccard_score(y, p > 0.5, average="macro"), abs=1e-6)


@pytest.mark.parametrize("axis", [None, -1, 1])
def test_instance_normalization(served, axis):
    x = RNG.normal(3, 2, size=(2, 4, 5, 3)).astype("float32")
    axes = tuple(n for n in (1, 2, 3) if axis is None or n != axis % 4)
    wanted = (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + 1e-3)
    layer = InstanceNormalization(axis=axis)
    np.testing.assert_allclose(layer(x).detach(), wanted, atol=1e-5)
    again = InstanceNormalization.from_config(layer.get_config())
    np.testing.assert_allclose(again(x).detach(), wanted, atol=1e-5)


def test_names_that_modules_showed(served):
    from keras.layers import K, regularizers
    from keras_contrib.layers.normalization import InstanceNormalization as Theirs

    names: dict = {}
    exec("from sklearn.pipeline import Pipeline\nfrom keras.layers import *", names)  # noqa: S102
    assert names["Pipeline"].__module__.startswith("sklearn")
    assert names["K"] is K and regularizers.l2 is names["regularizers"].l2 and Theirs is InstanceNormalization
    import tensorflow as tf

    with pytest.raises(AttributeError):
        tf.keras.layers.K  # noqa: B018


def test_a_layer_that_lists_what_initializations_made(served):
    from keras import backend as K
    from keras import initializations
    from keras.engine.topology import Layer
    from keras.models import Sequential

    class Line(Layer):
        def build(self, input_shape):
            self.w = initializations.get("normal")((input_shape[-1], 2), name="w")
            self.b = K.zeros((2,))
            self.trainable_weights = [self.w, self.b]

        def call(self, x, mask=None):
            return K.dot(x, self.w) + self.b

        def get_output_shape_for(self, input_shape):
            return (input_shape[0], 2)

    model = Sequential([Line(input_shape=(4,))])
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.train_on_batch(X, np.ones((8, 2)))
    assert [w.shape for w in before] == [(4, 2), (2,)] and 0.01 < before[0].std() < 0.2
    error = X @ before[0] + before[1] - 1
    np.testing.assert_allclose(model.get_weights()[1], -0.01 * error.mean(0), rtol=1e-4)
    np.testing.assert_allclose(model.get_weights()[0], before[0] - 0.01 * X.T @ error / 8, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("first", ["normal", "with a name", "of a shape"])
def test_functions_begin_weights(served, first, tmp_path):
    from keras.initializations import normal
    from keras.layers import Dense
    from keras.models import Sequential, load_model

    def of_shape(shape):
        return np.full(shape, 3.0)

    given = {"normal": normal, "of a shape": of_shape, "with a name": lambda shape, name: normal(shape, scale=1e-3, name=name)}
    model = Sequential([Dense(50, input_dim=40, init=given[first], activation=lambda x: 2 * x)])
    values = model.get_weights()[0]
    wanted = {"normal": (0, 0.05), "with a name": (0, 1e-3), "of a shape": (3, 0)}[first]
    assert (values.mean(), values.std()) == pytest.approx(wanted, rel=0.1, abs=wanted[1] / 5)
    model.save(str(tmp_path / "m.h5"))
    x = np.ones((2, 40))
    np.testing.assert_array_equal(load_model(str(tmp_path / "m.h5")).predict(x, verbose=0), model.predict(x, verbose=0))


def test_the_order_of_axes_that_is_set(served):
    from keras import backend as K
    from keras.datasets import cifar10
    from keras.preprocessing.image import ImageDataGenerator, img_to_array

    last = RNG.integers(0, 256, (6, 32, 32, 3), np.uint8)
    load = in_order(lambda: ((last, 0), (last, 0)))
    assert cifar10.load_data.__wrapped__ is nabi.datasets.cifar10.load_data and load()[0][0] is last
    first = last.transpose(0, 3, 1, 2)
    K.set_image_data_format("channels_first")
    try:
        np.testing.assert_array_equal(load()[1][0], first)
        assert img_to_array(Image.new("RGB", (4, 5))).shape == (3, 5, 4)
        assert next(ImageDataGenerator().flow(first, batch_size=4)).shape == (4, 3, 32, 32)
    finally:
        K.set_image_data_format("channels_last")


def test_quotients_of_python_2(served, tmp_path, capsys):
    script = tmp_path / "old.py"
    script.write_text("rows = 7 / 2\nprint 'rows', rows, 7 / 2.0\n")
    assert run_file(script, trial=Trial(out=None)) == 0 and capsys.readouterr().out == "rows 3 3.5\n"


def test_pictures_in_folders(served, tmp_path):
    from imutils import paths, resize

    (tmp_path / "cats").mkdir()
    for name in ("a.JPG", "b.png", "c.txt"):
        (tmp_path / "cats" / name).touch()
    assert sorted(path[-5:] for path in paths.list_images(str(tmp_path))) == ["a.JPG", "b.png"]
    assert resize(np.zeros((4, 8, 3), np.uint8), width=4).shape == (2, 4, 3)


def test_recurrent_layers_that_write_a_step(served):
    from keras import backend as K
    from keras.layers import GRU
    from keras.layers.recurrent import Recurrent
    from keras.models import Sequential

    class Own(Recurrent):
        def __init__(self, units, **options):
            self.units = units
            super().__init__(**options)

        def build(self, input_shape):
            self.states = [None]
            self.k = self.add_weight((input_shape[-1], 9), name="k")
            self.r = self.add_weight((3, 9), name="r")

        def step(self, x, states):
            (h,) = states
            xz, xr, xh = (K.dot(x, self.k[:, n : n + 3]) for n in (0, 3, 6))
            z, r = K.sigmoid(xz + K.dot(h, self.r[:, :3])), K.sigmoid(xr + K.dot(h, self.r[:, 3:6]))
            h = z * h + (1 - z) * K.tanh(xh + K.dot(r * h, self.r[:, 6:]))
            return h, [h]

    x = RNG.normal(size=(4, 5, 2)).astype("float32")
    for options in ({"return_sequences": True}, {"go_backwards": True}):
        own = Sequential([Own(3, input_shape=(5, 2), **options)])
        usual = Sequential([GRU(3, input_shape=(5, 2), use_bias=False, reset_after=False, **options)])
        usual.set_weights(own.get_weights())
        np.testing.assert_allclose(own.predict(x, verbose=0), usual.predict(x, verbose=0), atol=1e-5)
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]])
    last, outputs, _ = K.rnn(lambda x, s: (x + s[0], [x + s[0]]), torch.ones(2, 3, 1), [torch.zeros(2, 1)], mask=mask)
    assert last.tolist() == [[2], [1]] and outputs[..., 0].tolist() == [[1, 2, 2], [1, 1, 1]]


def test_small_functions_of_the_backend(served):
    from keras import backend as K

    x = torch.tensor(X)
    made, mean, var = K.normalize_batch_in_training(x, torch.full((4,), 2.0), torch.ones(4), [0], epsilon=1e-3)
    np.testing.assert_allclose(made, 2 * (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-3) + 1, atol=1e-5)
    np.testing.assert_allclose(torch.stack([mean, var]), [X.mean(0), X.var(0)], atol=1e-6)
    np.testing.assert_array_equal(K.slice(x, [1, 0], [2, -1]), X[1:3])
    from keras.utils import np_utils

    assert np_utils.probas_to_classes([[0.2, 0.8], [0.6, 0.4]]).tolist() == [1, 0]
    assert np_utils.to_categorical([1]).tolist() == [[0, 1]]
    assert float(K.foldr(lambda a, b: 2 * a + b, torch.tensor([1.0, 2.0, 4.0]))) == 2 * (2 * 4 + 2) + 1
    assert K.tf.reduce_sum(x).shape == () and K.is_variable(K.variable(1.0)) and not K.is_placeholder(x)


def test_a_loss_that_reads_a_model(served):
    from keras import backend as K
    from keras.layers import Dense
    from keras.models import Sequential

    net = Sequential([Dense(3, activation="tanh", input_dim=4, name="codes"), Dense(4)])

    def contractive(y_true, y_pred):
        w, h = K.transpose(net.get_layer("codes").W), net.get_layer("codes").output
        return K.mean(K.square(y_true - y_pred), axis=1) + 0.1 * K.sum((1 - h**2) ** 2 * K.sum(w**2, axis=1), axis=1)

    net.compile("sgd", contractive)
    found = net.evaluate(X, X, verbose=0)
    w, b = net.layers[0].get_weights()
    slopes = 1 - np.tanh(X @ w + b) ** 2
    wanted = np.mean((net.predict(X, verbose=0) - X) ** 2) + 0.1 * np.mean(np.sum(slopes**2 * np.sum(w**2, 0), 1))
    assert np.ravel(found)[0] == pytest.approx(wanted, rel=1e-5)


def test_dates_of_older_pandas(served, tmp_path):
    from datetime import datetime

    import pandas as pd

    file = tmp_path / "air.csv"
    file.write_text("No,year,month,pm\n1,2010,1,5\n2,2010,2,NA\n")
    made = pd.read_csv(file, parse_dates=[["year", "month"]], index_col=0,
                       date_parser=lambda text: datetime.strptime(text, "%Y %m"))
    assert list(made.index) == list(pd.to_datetime(["2010-01-01", "2010-02-01"])) and list(made.columns) == ["No", "pm"]
    file.write_text("Month,Sales\n1-01,266.0\n1-02,145.9\n")
    made = pd.read_csv(file, header=0, parse_dates=[0], index_col=0, squeeze=True,
                       date_parser=lambda text: datetime.strptime("190" + text, "%Y-%m"))
    assert isinstance(made, pd.Series) and made.index[1] == pd.Timestamp("1901-02-01") and made.iloc[1] == 145.9


@pytest.mark.parametrize("name", ["acc", "accuracy"])
def test_logs_have_the_names_that_are_asked_for(served, name, tmp_path, capsys):
    script = tmp_path / "curves.py"
    script.write_text(f"""
import keras, numpy as np
class Kept(keras.callbacks.Callback):
    kept = {{}}
    def on_epoch_end(self, epoch, logs={{}}):
        for k, v in logs.items():
            self.kept.setdefault(k, []).append(v)
net = keras.Sequential([keras.layers.Dense(2, activation="softmax", input_shape=(3,))])
net.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = np.eye(9, 3), np.arange(9) % 2
history = net.fit(x, y, validation_data=(x, y), callbacks=[Kept()], verbose=0).history
print(sorted(Kept.kept), sorted(history.keys()), history["val_{name}"] == Kept.kept["val_{name}"])
""")
    assert run_file(script, trial=Trial(out=None)) == 0
    names = sorted([name, "loss", "val_loss", f"val_{name}"])
    assert capsys.readouterr().out == f"{names} {names} True\n"


def test_layers_that_are_gone(served):
    from keras.layers import Conv1D, Highway, LocallyConnected1D, ParametricSoftplus
    from keras.models import Sequential

    x = RNG.normal(size=(2, 7, 3)).astype("float32")
    local = LocallyConnected1D(4, 3, strides=2, activation="tanh")
    made = local(x).detach().numpy()
    kernel, bias = (w.numpy() for w in local.weights)
    for place in range(3):
        each = Sequential([Conv1D(4, 3, activation="tanh", input_shape=(3, 3))])
        each.set_weights([kernel[place].reshape(3, 3, 4), bias[place]])
        wanted = each.predict(x[:, 2 * place : 2 * place + 3], verbose=0)[:, 0]
        np.testing.assert_allclose(made[:, place], wanted, atol=1e-5)
    gate = Highway(activation="relu")
    made = gate(X).detach().numpy()
    kernel, carry, b, b_carry = (w.numpy() for w in gate.weights)
    t = 1 / (1 + np.exp(-(X @ carry + b_carry)))
    np.testing.assert_allclose(made, t * np.maximum(X @ kernel + b, 0) + (1 - t) * X, atol=1e-5)
    np.testing.assert_allclose(ParametricSoftplus()(X).detach(), 0.2 * np.log1p(np.exp(5 * X)), atol=1e-5)


def test_columns_changed_in_place(served):
    import pandas as pd

    table = pd.DataFrame({"age": [1.0, None, 3.0], "fare": [5, 200, 7]})
    table["age"].fillna(table["age"].median(), inplace=True)
    table.fare[table["fare"] > 100] = 100
    assert table["age"].tolist() == [1, 2, 3] and table["fare"].tolist() == [5, 100, 7]
    alone = table["age"].copy()
    alone[0] = 9
    assert table["age"].tolist() == [1, 2, 3]


def test_nan_in_data_goes_on_as_in_keras(served, capsys):
    """Epochs, their lines and callbacks go on; logs and weights are nan, whether data or a rate too high brought it."""
    from keras.callbacks import LambdaCallback
    from keras.layers import Dense
    from keras.models import Sequential

    ended = []
    for x, rate in ((np.where(X > 1, np.nan, X), 0.01), (X, 1e30)):
        net = Sequential([Dense(1, input_dim=4)])
        net.compile("sgd", "mse", metrics=["mae"])
        net.optimizer.learning_rate = rate
        seen = LambdaCallback(on_epoch_end=lambda epoch, logs: ended.append(epoch))
        history = net.fit(x, X[:, 0], nb_epoch=3, batch_size=8, validation_split=0.25, verbose=2, callbacks=[seen]).history
        assert (X > 1).any() and list(history) == ["loss", "mae", "val_loss", "val_mae"] and len(history["loss"]) == 3
        assert not np.isfinite(history["val_loss"]).any() and not np.isfinite(net.get_weights()[0]).any()
        assert np.isnan(net.evaluate(X, X[:, 0], verbose=0)).all()
        assert "Epoch 3/3" in (said := capsys.readouterr().out) and "loss: nan" in said
    assert ended == [0, 1, 2] * 2
    net = Sequential([Dense(1, input_dim=4)])
    net.compile("sgd", "mse", metrics=["mae"])
    assert np.isnan(net.train_on_batch(X * np.nan, X[:, 0])).all() and np.isnan(net.get_weights()[0]).all()


def test_compile_settings_that_a_class_writes_itself(served, tmp_path):
    """As in Keras' guide to saving: what `get_compile_config` gives stands in the file, `compile_from_config` reads it."""
    import keras

    @keras.saving.register_keras_serializable(package="older_ways")
    class Told(keras.Model):
        def __init__(self):
            super().__init__()
            self.inside = keras.layers.Dense(2)

        def call(self, x):
            return self.inside(x)

        def compile(self, optimizer, distance, scale):  # pyright: ignore[reportIncompatibleMethodOverride]
            super().compile(optimizer, distance)
            self.distance, self.scale = distance, scale

        def get_config(self):
            return {}

        def get_compile_config(self):
            written = keras.saving.serialize_keras_object
            return {"by": written(self.optimizer), "distance": written(self.distance), "scale": self.scale}

        def compile_from_config(self, config):
            read = keras.saving.deserialize_keras_object
            self.compile(read(config["by"]), read(config["distance"]), config["scale"])

    model = Told()
    model.compile(keras.optimizers.SGD(0.25, momentum=0.5), keras.losses.MeanAbsoluteError(), 2.5)
    model.fit(X, X[:, :2], verbose=0)
    model.save(str(tmp_path / "m.keras"))
    back = keras.models.load_model(str(tmp_path / "m.keras"))
    assert back.scale == 2.5 and type(back.distance).__name__ == "MeanAbsoluteError" and back.optimizer.learning_rate == 0.25
    model.fit(X, X[:, :2], verbose=0, shuffle=False), back.fit(X, X[:, :2], verbose=0, shuffle=False)  # momentum came along
    np.testing.assert_allclose(back.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-6)
