"""Classes and functions of the user's own whose names nabi has, too: the answers are real Keras 3's."""

import copy

import numpy as np
import pytest


@pytest.fixture
def keras(served):
    import keras

    return keras


def own_parts(keras, registered=lambda thing: thing):
    """A layer, a loss and a metric that are called as Keras' own are."""

    @registered
    class Attention(keras.layers.Layer):
        def __init__(self, units=3, **base):
            super().__init__(**base)
            self.units, self.inner = units, keras.layers.Dense(units)

        def call(self, x):
            return self.inner(x)

        def get_config(self):
            return {**super().get_config(), "units": self.units}

    @registered
    class Dice(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return keras.ops.mean((y_true - y_pred) * 0.0, -1) + 5.0

    @registered
    class F1Score(keras.metrics.Metric):
        def __init__(self, threshold=0.5, name="own", **base):
            super().__init__(name=name, **base)
            self.threshold, self.total = threshold, self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign_add(2.0)

        def result(self):
            return self.total

        def get_config(self):
            return {**super().get_config(), "threshold": self.threshold}

    return Attention, Dice, F1Score


def model_of(keras, parts):
    """A small model of these, compiled."""
    layer, loss, metric = parts
    x = keras.Input((4,))
    model = keras.Model(x, keras.layers.Dense(1)(layer(3)(x)))
    model.compile("sgd", loss(), metrics=[metric(0.25)])
    return model


X, Y = np.eye(4, dtype="float32"), np.ones((4, 1), "float32")


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_registered_names_that_nabi_has(keras, tmp_path, ending):
    """Keras 3 calls them "mine>Attention" in files and reads them back; its own Attention stays what it was."""
    parts = own_parts(keras, keras.saving.register_keras_serializable("mine"))
    model = model_of(keras, parts)
    said = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert (said["loss"], said["own"]) == (5.0, 2.0)
    model.save(tmp_path / f"m.{ending}")
    loaded = keras.models.load_model(tmp_path / f"m.{ending}")
    assert type(loaded.layers[1]) is parts[0] and loaded.evaluate(X, Y, verbose=0, return_dict=True) == said
    assert loaded.predict(X, verbose=0).tolist() == model.predict(X, verbose=0).tolist()
    for other in (keras.models.clone_model(model), keras.models.model_from_json(model.to_json()),
                  keras.Model.from_config(model.get_config()), copy.deepcopy(model)):
        assert type(other.layers[1]) is parts[0]
    assert keras.layers.deserialize({"class_name": "Attention", "config": {}}).use_scale is False


def test_names_of_registered_things(keras):
    """`serialize_keras_object`, `get_registered_name`, `get_registered_object`; any class may be registered."""
    layer, _, metric = own_parts(keras, keras.saving.register_keras_serializable("mine"))

    @keras.saving.register_keras_serializable("mine", "Settings")
    class Chosen:
        def __init__(self, rate):
            self.rate = rate

        def get_config(self):
            return {"rate": self.rate}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    read = keras.saving.deserialize_keras_object
    assert read(["SGD", 3]) == ["SGD", 3] and read("mine>F1Score") is metric and read("own", custom_objects={"own": 5}) == 5
    said = keras.saving.serialize_keras_object(Chosen(3))
    assert said == {"module": None, "class_name": "Chosen", "config": {"rate": 3}, "registered_name": "mine>Settings"}
    assert keras.saving.deserialize_keras_object(said).rate == 3
    assert keras.saving.get_registered_name(layer) == "mine>Attention"
    assert keras.saving.get_registered_object("mine>F1Score") is metric
    assert keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer(7))).units == 7
    assert keras.metrics.deserialize(keras.metrics.serialize(metric(0.125))).threshold == 0.125


def test_a_registered_function_that_nabi_has(keras, tmp_path):
    """A loss called mae."""

    @keras.saving.register_keras_serializable()
    def mae(y_true, y_pred):
        return keras.ops.mean((y_true - y_pred) * 0.0, -1) + 7.0

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", mae)
    model.save(tmp_path / "m.keras")
    assert keras.models.load_model(tmp_path / "m.keras").evaluate(X, Y, verbose=0) == 7.0


def test_custom_objects_that_nabi_has(keras, tmp_path):
    """Unregistered classes: passed in, in a scope, and by `get_custom_objects`."""
    parts = own_parts(keras)
    model, named = model_of(keras, parts), {part.__name__: part for part in parts}
    model.save(tmp_path / "m.keras")
    keras.utils.get_custom_objects().update(named)
    try:
        for given in ({"custom_objects": named}, {}):
            loaded = keras.models.load_model(str(tmp_path / "m.keras"), **given)
            assert type(loaded.layers[1]) is parts[0] and loaded.evaluate(X, Y, verbose=0)[0] == 5.0
    finally:
        keras.utils.get_custom_objects().clear()
    assert type(keras.models.model_from_json(model.to_json(), custom_objects=named).layers[1]) is parts[0]
    assert type(copy.deepcopy(model).layers[1]) is parts[0]
    with keras.utils.custom_object_scope(named):
        assert type(keras.models.load_model(tmp_path / "m.keras").layers[1]) is parts[0]
    keras.utils.get_custom_objects().clear()


def test_without_brackets(keras):
    with pytest.raises(Exception, match="Write it with brackets"):
        keras.saving.register_keras_serializable(type("Own", (), {}))
