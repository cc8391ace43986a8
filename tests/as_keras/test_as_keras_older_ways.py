"""Older ways of scripts: weights of classes by output, models cut by hand, tf.metrics, names that modules showed by chance.

Oracles: NumPy, scikit-learn, the same step with weights of samples, the same model built without the last layers.
"""

import numpy as np
import pytest
from sklearn.metrics import jaccard_score, roc_auc_score

import nabi
from nabi.as_keras.contrib import InstanceNormalization
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
    exec("from keras.layers import *", names)  # noqa: S102
    assert names["K"] is K and regularizers.l2 is names["regularizers"].l2 and Theirs is InstanceNormalization
    import tensorflow as tf

    with pytest.raises(AttributeError):
        tf.keras.layers.K  # noqa: B018
