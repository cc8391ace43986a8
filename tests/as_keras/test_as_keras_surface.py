"""The rest of Keras 3's surface: what layers, models, losses and metrics answer to; every number against a formula."""

import numpy as np
import pytest
import torch

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 3)).astype("float32")


def test_layers_and_models_answer(served):
    import keras
    from keras import layers

    class Scaled(layers.Layer):
        def __init__(self):
            super().__init__()
            self.input_spec = layers.InputSpec(ndim=2)
            self.path = layers.Dense(2)  # a name that Keras has and nabi has not: the layer's own
            self.seen = keras.metrics.Mean()

        def build(self, shape):
            self.w = self.add_weight(shape=(shape[-1],), dtype=self.variable_dtype, initializer="ones", name="w")
            super().build(shape)

        def call(self, x):
            return keras.ops.cast(x, self.compute_dtype) * self.w

        def save_own_variables(self, store):
            super().save_own_variables(store)
            store["more"] = np.zeros(2)

    scaled, store = Scaled(), {}
    scaled(X)
    scaled.save_own_variables(store)
    assert set(store) == {"0", "more"} and scaled.metrics == [scaled.seen] and scaled.input_spec.ndim == 2
    assert scaled.get_build_config() == {"input_shape": (None, 3)} and scaled.path(X).shape == (4, 2)
    dense = layers.Dense(2, dtype="mixed_float16")
    assert dense.compute_output_spec(keras.Input((3,))).shape == (None, 2) and dense.dtype_policy.name == "float32"
    assert dense(X).dtype == torch.float32 and layers.Dense(2, dtype=keras.DTypePolicy("bfloat16")).dtype == "float32"
    with pytest.raises(Exception, match="quantize is not part of nabi. Weights are float32"):
        dense.quantize("int8")
    model = keras.Sequential([keras.KerasTensor((None, 3)), dense, layers.BatchNormalization()])
    assert model.metrics_names == [] and model.train_function is None and not model.run_eagerly
    kernel, bias, *others = [torch.as_tensor(w.numpy()) for w in model.trainable_variables]
    before = model.get_weights()
    made, counted = model.stateless_call([2 * kernel, bias, *others], model.non_trainable_variables, X, training=True)
    h = 2 * X @ before[0]
    np.testing.assert_allclose(made.detach(), (h - h.mean(0)) / np.sqrt(h.var(0) + 1e-3), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(counted[0], 0.01 * h.mean(0), rtol=1e-4, atol=1e-6)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    step = torch.optim.SGD(model.parameters(), 0.5)  # torch's own loop over Keras' model
    model(X, training=True).sum().backward()
    step.step()
    np.testing.assert_allclose(model.get_weights()[3], -0.5 * len(X) * np.ones(2), rtol=1e-6)


def test_metrics_and_losses_answer(served):
    import keras

    class Total(keras.metrics.Metric):
        def __init__(self, name="total", **base):
            super().__init__(name=name, **base)
            self.sum = self.add_weight(name="sum", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.sum.assign_add(keras.ops.sum(y_true))

        def result(self):
            return self.sum

        def reset_state(self):
            for variable in self.variables:
                variable.assign(0)

    total, mean = Total(), keras.metrics.Mean()
    total.update_state(X, X)
    mean.update_state([1.0, 3.0])
    state = mean.stateless_update_state(mean.variables, [8.0])
    assert mean.stateless_result(state) == 4 and mean.result() == 2 and [float(v) for v in state] == [12, 3]
    assert float(mean.stateless_reset_state()[0]) == 0 and np.isclose(float(total.result()), X.sum())
    total.reset_state()
    assert float(total.result()) == 0 and len(total.variables) == 1 and len(mean.variables) == 2
    assert keras.losses.MeanSquaredError(dtype="float32").dtype == "float32"
