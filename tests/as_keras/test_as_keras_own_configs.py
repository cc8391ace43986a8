"""Configurations that classes of the user's own write and read, as Keras 3 hands them on."""

import numpy as np
import pytest

X = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")


@pytest.fixture
def keras(served):
    import keras

    return keras


def test_layers_in_a_configuration_are_written_and_given_back_raw(keras, tmp_path):
    """`get_config` may hold layers as they are or serialized; `from_config` of one's own gets the plain data of both."""
    seen = []

    class Around(keras.Model):
        def __init__(self, inner, units=(3, 4), **base):
            super().__init__(**base)
            self.inner, self.units, self.last = inner, tuple(units), keras.layers.Dense(units[1])

        def call(self, x):
            return self.last(self.inner(x))

        def get_config(self):
            return {**super().get_config(), "inner": self.inner, "units": self.units}

        @classmethod
        def from_config(cls, config):
            seen.append((type(config["inner"]), config["inner"]["class_name"], list(config["units"])))
            config["inner"] = keras.saving.deserialize_keras_object(config["inner"])
            return cls(**config)

    class Before(keras.layers.Layer):
        def __init__(self, inner, **base):
            super().__init__(**base)
            self.inner = inner

        def call(self, x):
            return 2.0 * self.inner(x)

        def get_config(self):
            return {**super().get_config(), "inner": keras.layers.serialize(self.inner)}

        @classmethod
        def from_config(cls, config):
            return cls(keras.layers.deserialize(config.pop("inner")), **config)

    for model in (Around(keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])),
                  keras.Sequential([keras.Input((5,)), Before(keras.layers.Dense(2, "relu"))])):
        before = np.asarray(model.predict(X, verbose=0))
        model.save(tmp_path / "m.keras")
        loaded = keras.models.load_model(tmp_path / "m.keras", custom_objects={"Around": Around, "Before": Before})
        assert np.array_equal(loaded.predict(X, verbose=0), before)
    assert seen == [(dict, "Sequential", [3, 4])]


def test_a_model_without_call_is_a_file(keras, tmp_path):
    """A model that trains two others: `save` and `load_model` with its own `get_config`, as in Keras 3 on TensorFlow."""

    class Pair(keras.Model):
        def __init__(self, first, second, **base):
            super().__init__(**base)
            self.first, self.second = first, second

        def get_config(self):
            parts = {"first": self.first, "second": self.second}
            return {**super().get_config(), **{name: keras.saving.serialize_keras_object(one) for name, one in parts.items()}}

        @classmethod
        def from_config(cls, config):
            parts = {name: keras.saving.deserialize_keras_object(config.pop(name)) for name in ("first", "second")}
            return cls(**parts, **config)

    class Sum(keras.layers.Layer):
        def call(self, inputs):
            a, b = inputs
            return a + b

    x = keras.Input((5,))
    first = keras.Model(x, Sum()([keras.layers.Dense(3)(x), keras.layers.Dense(3)(x)]))
    pair = Pair(first, keras.Sequential([keras.Input((3,)), keras.layers.Dense(5)]))
    pair.compile("adam")
    before = pair.second.predict(pair.first.predict(X, verbose=0), verbose=0)
    pair.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras", custom_objects={"Pair": Pair, "Sum": Sum})
    assert np.array_equal(loaded.second.predict(loaded.first.predict(X, verbose=0), verbose=0), before)


def test_calls_on_several_symbols_come_back(keras):
    """`Model.from_config` and `clone_model` of layers that are called on a list, and on symbols one by one."""

    class Sum(keras.layers.Layer):
        def call(self, inputs, training=None):
            a, b = inputs
            return a + b

    class Difference(keras.layers.Layer):
        def call(self, a, b, training=None):
            return a - b

    x, y = keras.Input((5,)), keras.Input((5,))
    model = keras.Model([x, y], [Sum()([x, y]), Difference()(x, y)])
    named = {"Sum": Sum, "Difference": Difference}
    for twin in (keras.Model.from_config(model.get_config(), custom_objects=named), keras.models.clone_model(model),
                 keras.models.model_from_json(model.to_json(), custom_objects=named)):
        total, rest = twin.predict([X, 2 * X], verbose=0)
        assert np.allclose(total, 3 * X) and np.allclose(rest, -X)


def test_functions_in_compile_settings_of_ones_own(keras, tmp_path):
    """`get_compile_config` may hold a registered function as it is; `compile_from_config` gets plain data, as in Keras 3."""

    @keras.saving.register_keras_serializable("own_configs")
    def tenth(y_true, y_pred):
        return keras.ops.mean(keras.ops.square(y_true - y_pred), -1) / 10.0

    @keras.saving.register_keras_serializable("own_configs")
    class Told(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(2)

        def call(self, x):
            return self.last(x)

        def compile(self, optimizer, loss_fn):
            super().compile(optimizer=optimizer, loss=loss_fn)
            self.given = optimizer, loss_fn

        def get_compile_config(self):
            return {"optimizer": self.given[0], "loss_fn": self.given[1]}

        def compile_from_config(self, config):
            assert config["loss_fn"]["class_name"] == "function" and config["loss_fn"]["config"] == "tenth"
            self.compile(keras.utils.deserialize_keras_object(config["optimizer"]),
                         keras.utils.deserialize_keras_object(config["loss_fn"]))

    model = Told()
    model.compile("SGD", tenth)
    said = model.evaluate(X, np.zeros((6, 2)), verbose=0)
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    assert loaded.given[1] is tenth and abs(loaded.evaluate(X, np.zeros((6, 2)), verbose=0) - said) < 1e-6
