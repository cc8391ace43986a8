"""layer.enable_lora: oracle: W + (alpha / rank) A B in NumPy; the lists of weights of Keras 3.15."""

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, NotServed, StateError

SOURCE = np.random.RandomState(0)
X, Y = SOURCE.randint(0, 9, (16, 4)), SOURCE.randn(16, 2).astype("float32")


def test_a_product_learns_beside(served, tmp_path, fused_kernels):
    import keras

    table, head = keras.layers.Embedding(9, 5), keras.layers.Dense(2)
    model = keras.Sequential([keras.Input((4,)), table, keras.layers.Flatten(), keras.layers.Dense(6, "relu"), head])
    before = model.predict(X, verbose=0)
    table.enable_lora(2, lora_alpha=8)
    head.enable_lora(3)
    assert np.allclose(model.predict(X, verbose=0), before) and head.lora_enabled and table.lora_rank == 2
    assert [w.shape for w in head.trainable_weights] == [(2,), (6, 3), (3, 2)] and len(head.non_trainable_weights) == 1
    kernel, vectors = head.get_weights()[0], table.get_weights()[0]
    model.compile(keras.optimizers.Adam(0.05), "mse")
    losses = model.fit(X, Y, epochs=6, verbose=0).history["loss"]
    assert losses[-1] < losses[0] and (head.get_weights()[0] == kernel).all() and (table.get_weights()[0] == vectors).all()
    e, a, b = table.get_weights()
    made = (e + 4 * a @ b)[X]
    assert np.allclose(table(X).detach(), made, atol=1e-6) and not np.allclose(made, e[X], atol=1e-3)
    w, bias, a, b = head.get_weights()
    x = SOURCE.randn(3, 6).astype("float32")
    assert np.allclose(head(x).detach(), x @ (w + a @ b) + bias, atol=1e-5)
    with pytest.raises(NotServed, match="save_weights"):
        model.save(tmp_path / "m.keras")
    model.save_weights(tmp_path / "m.weights.h5")
    found = model.predict(X, verbose=0)
    model.fit(X, Y, verbose=0)
    model.load_weights(tmp_path / "m.weights.h5")
    assert np.allclose(model.predict(X, verbose=0), found)


def test_a_dense_layer_in_a_file(served, tmp_path):
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(2)])
    model.layers[0].enable_lora(2, b_initializer="glorot_uniform")
    model.save(tmp_path / "m.keras")
    x = SOURCE.randn(3, 3).astype("float32")
    assert np.allclose(keras.models.load_model(tmp_path / "m.keras").predict(x, verbose=0), model.predict(x, verbose=0))


def test_what_has_none(served):
    import keras

    dense = keras.layers.Dense(2, kernel_constraint="non_neg")
    with pytest.raises(StateError, match="Call the model"):
        dense.enable_lora(2)
    dense.build((None, 3))
    with pytest.raises(ArgumentError, match="kernel_constraint"):
        dense.enable_lora(2)
    plain = keras.layers.Dense(2)
    plain.build((None, 3))
    plain.enable_lora(1)
    with pytest.raises(StateError, match="second"):
        plain.enable_lora(1)
    with pytest.raises(NotServed, match="rate_factor"):
        keras.layers.Conv2D(2, 3).enable_lora(2)
    with pytest.raises(NotServed, match="bfloat16"):
        keras.Sequential([plain]).quantize("int8")
