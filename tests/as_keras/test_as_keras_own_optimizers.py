"""Optimizers of the user's own that step variable by variable, as three eras spell it, against nabi's SGD with momentum."""

from typing import Any

import numpy as np
import pytest

X = np.random.RandomState(0).rand(64, 4).astype("float32")
WANTED = [-0.856989, -0.008965, 0.886933]  # Keras 3.15 (torch): biases after the four epochs of `test_its_memory_goes_on`
Y = X @ np.array([[1.0], [2.0], [-1.0], [0.5]], "float32")


def classes(keras, tf):
    class Newest(keras.optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, momentum=0.9, name="newest", **options):
            super().__init__(learning_rate=learning_rate, name=name, **options)
            self.momentum = momentum

        def build(self, variables):
            if self.built:
                return
            super().build(variables)
            self.kept = [self.add_variable_from_reference(reference_variable=v, name="m") for v in variables]

        def update_step(self, gradient, variable, learning_rate):
            m = self.kept[self._get_variable_index(variable)]
            self.assign(m, self.momentum * m - keras.ops.cast(learning_rate, variable.dtype) * gradient)
            self.assign_add(variable, m)

    class Newer(tf.keras.optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, momentum=0.9, name="Newer", **options):
            super().__init__(name, **options)
            self._learning_rate, self.momentum = self._build_learning_rate(learning_rate), momentum

        def build(self, var_list):
            super().build(var_list)
            if hasattr(self, "_built") and self._built:
                return
            self.kept, self._built = [self.add_variable_from_reference(v, "m") for v in var_list], True

        def update_step(self, gradient, variable):
            m = self.kept[self._index_dict[self._var_key(variable)]]
            m.assign(m * self.momentum - gradient * tf.cast(self._learning_rate, variable.dtype))
            variable.assign_add(m)

    class Older(tf.keras.optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, momentum=0.9, name="Older", **options):
            super().__init__(name, **options)
            self._set_hyper("learning_rate", learning_rate)
            self._set_hyper("momentum", momentum)

        def _create_slots(self, var_list):
            for var in var_list:
                self.add_slot(var, "m")

        def _resource_apply_dense(self, grad, var, apply_state=None):
            rates = (apply_state or {}).get((var.device, var.dtype.base_dtype)) or self._fallback_apply_state(
                var.device, var.dtype.base_dtype)
            m = self.get_slot(var, "m")
            m.assign(m * self._get_hyper("momentum") - rates["lr_t"] * grad, use_locking=self._use_locking)
            return var.assign_add(m)

        def get_config(self):
            return {**super().get_config(), "momentum": self._serialize_hyperparameter("momentum")}

    return Newest, Newer, Older


def learned(keras, optimizer):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.layers.Dense(8, activation="tanh", input_shape=(4,)), keras.layers.Dense(1)])
    model.compile(loss="mse", optimizer=optimizer)
    model.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("number", range(3))
def test_they_step_as_sgd_does(served, number):
    import keras
    import tensorflow as tf

    kind = classes(keras, tf)[number]
    for a, b in zip(learned(keras, kind(0.05)), learned(keras, keras.optimizers.SGD(0.05, momentum=0.9)), strict=True):
        assert np.allclose(a, b, rtol=1e-4, atol=1e-6)
    config = kind(0.05).get_config()
    assert config["learning_rate"] == 0.05 and config["momentum"] == 0.9 and config["name"] == kind.__name__.lower() or number


def test_by_hand(served):
    import keras
    import tensorflow as tf

    for kind in classes(keras, tf):
        optimizer, v = kind(0.05), tf.Variable([1.0, 2.0])
        for _ in range(3):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(v**2)
            optimizer.apply_gradients([(tape.gradient(loss, v), v)])
        assert np.allclose(v.numpy(), [0.486, 0.972])


def test_get_updates_of_keras_2(served):
    from keras import backend as K
    from keras.optimizers import SGD, Optimizer

    class Oldest(Optimizer):
        def __init__(self, lr=0.01, momentum=0.9, decay=0.0, **options):
            super().__init__(**options)
            with K.name_scope(self.__class__.__name__):
                self.iterations = K.variable(0, dtype="int64", name="iterations")
                self.lr, self.momentum = K.variable(lr, name="lr"), K.variable(momentum, name="momentum")
                self.decay = K.variable(decay, name="decay")
            self.initial_decay = decay

        def get_updates(self, loss, params):
            grads, lr = self.get_gradients(loss, params), self.lr
            self.updates = [K.update_add(self.iterations, 1)]
            if self.initial_decay > 0:
                lr = lr * (1.0 / (1.0 + self.decay * K.cast(self.iterations, K.dtype(self.decay))))
            moments = [K.zeros(K.int_shape(p)) for p in params]
            self.weights = [self.iterations, *moments]
            for p, g, m in zip(params, grads, moments, strict=True):
                v = self.momentum * m - lr * g
                self.updates += [K.update(m, v), (p, p + v)]
            return self.updates

    import keras

    optimizer = Oldest(0.05, decay=0.1)
    for a, b in zip(learned(keras, optimizer), learned(keras, SGD(0.05, momentum=0.9, decay=0.1)), strict=True):
        assert np.allclose(a, b, atol=1e-6)
    assert K.get_value(optimizer.iterations) == 4 and optimizer.get_config()["decay"] == pytest.approx(0.1)
    K.set_value(optimizer.lr, 0.01)
    assert optimizer.current_learning_rate() == pytest.approx(0.01 / 1.4)


def test_classes_made_from_adam_and_sgd(served):
    import keras

    class Halved(keras.optimizers.SGD):
        def update_step(self, gradient, variable, learning_rate):
            return super().update_step(gradient / 2, variable, learning_rate)

    class Same(keras.optimizers.Adam):
        def _resource_apply_dense(self, grad, var, apply_state=None):
            return super()._resource_apply_dense(grad * 1.0, var, apply_state)

    for own, known in ((Halved(0.1, momentum=0.9), keras.optimizers.SGD(0.05, momentum=0.9)), (Same(), keras.optimizers.Adam())):
        for a, b in zip(learned(keras, own), learned(keras, known), strict=True):
            assert np.allclose(a, b, atol=1e-6)
    assert not np.allclose(learned(keras, Halved(0.1))[0], learned(keras, keras.optimizers.SGD(0.1))[0], atol=1e-4)


def remembering(keras):
    class Remembering(keras.optimizers.Optimizer):
        def build(self, variables):
            if self.built:
                return
            super().build(variables)
            self.m = [self.add_variable_from_reference(v, "m") for v in variables]
            self.v = [self.add_variable_from_reference(v, "v", initializer="ones") for v in variables]
            self.count = self.add_variable((), initializer="zeros", name="count")

        def update_step(self, g, w, lr):
            i = self._get_variable_index(w)
            m, v = self.m[i], self.v[i]
            m.assign(0.9 * m + 0.1 * g)
            v.assign(v * 0.9 + 0.1 * g * g)
            self.count.assign_add(1.0)
            w.assign_sub(lr * m / (v**0.5 + 1e-3) * (1 + 0.1 * self.count))

    return Remembering


@pytest.mark.parametrize("way", ["whole", "file", "checkpoint", "compiled again"])
def test_its_memory_goes_on(served, tmp_path, way):
    """Four epochs at once, and two and two by a .keras file, a checkpoint, a second compile: as Keras 3.15's four (torch)."""
    keras: Any = __import__("keras")
    kind = remembering(keras)
    x = np.linspace(-1, 1, 128).reshape(32, 4).astype("float32") ** 3

    def trained(model, epochs, **options):
        model.fit(x, np.sin(3 * x[:, :1]), epochs=epochs, shuffle=False, verbose=0, batch_size=8, **options)
        return model

    def fresh():
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)])
        model.set_weights([np.linspace(-1, 1, w.size).reshape(w.shape) for w in model.get_weights()])
        model.compile(kind(learning_rate=0.05), "mse", precision="float32")
        return model

    if way == "checkpoint":
        backup = keras.callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
        trained(fresh(), 2, callbacks=[backup])
        model = trained(fresh(), 4, callbacks=[backup])
    else:
        model = trained(fresh(), 4 if way == "whole" else 2)
        if way == "file":
            model.save(tmp_path / "m.keras")
            model = keras.models.load_model(tmp_path / "m.keras", custom_objects={"Remembering": kind})
        elif way == "compiled again":
            model.compile(model.optimizer, "mse", precision="float32")
        model = model if way == "whole" else trained(model, 2)
    np.testing.assert_allclose(model.get_weights()[1], WANTED, atol=2e-6)
    assert float(model.optimizer.count) == 64 and model.optimizer.iterations == 16
