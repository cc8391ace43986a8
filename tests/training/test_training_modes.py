"""A mode that a call on a symbol is given holds for good: base(x, training=False), Dropout(0.5)(x, training=True).

So Keras' guides describe it (transfer learning, Monte Carlo dropout), and so Keras 2 did it; in Keras 3.15 the mode of `fit` and
`predict` takes its place. The oracle is the same network with the layer left out, frozen, or called by hand.
"""

import numpy as np
import pytest

import nabi
from nabi import layers as L

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 6)).astype("float32"), RNG.normal(size=(24, 2)).astype("float32")


def base():
    return nabi.Sequential([nabi.Input((6,)), L.Dense(5, name="d"), L.BatchNormalization(name="bn"), L.Dropout(0.5, name="drop")])


def trained(mode, frozen=False):
    nabi.utils.set_random_seed(1)
    x, inner = nabi.Input((6,)), base()
    inner.get_layer("bn").trainable = not frozen
    model = nabi.Model(x, L.Dense(2)(inner(x) if mode is None else inner(x, training=mode)))
    model.compile(nabi.optimizers.SGD(0.1), "mse", precision="float32")
    model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    return model, inner


@pytest.mark.parametrize("kernels", ["plain", "auto"])
def test_a_base_in_inference_mode_learns_and_counts_nothing(kernels):
    """Its normalisation goes by the moving moments, its dropout is off; its weights learn, gamma and beta too."""
    from nabi.kernels import jit

    with jit.using(kernels):
        model, inner = trained(False)
        gamma, beta, mean, variance = inner.get_layer("bn").get_weights()
        assert (mean == 0).all() and (variance == 1).all() and (beta != 0).any(), "nothing was counted, something learned"
        assert "always inference" in str(model.plan())
        free, counted = trained(None)
        assert (counted.get_layer("bn").get_weights()[2] != 0).any() and "always" not in str(free.plan())
    scale = gamma / np.sqrt(1 + 1e-3)
    hidden = X @ inner.get_layer("d").get_weights()[0] + inner.get_layer("d").get_weights()[1]
    kernel, bias = model.layers[-1].get_weights()
    np.testing.assert_allclose(model.predict(X, verbose=0), (hidden * scale + beta) @ kernel + bias, rtol=1e-4, atol=1e-5)
    assert "always" not in str(model.trainer.inference.plan), "in predictions it is as it would be anyway"


def test_dropout_that_never_sleeps(tmp_path):
    """Monte Carlo dropout: predictions differ from call to call, their mean is the network's; the file keeps the mode."""
    x = nabi.Input((6,))
    model = nabi.Model(x, L.Dropout(0.5)(x, training=True))
    ones = np.ones((2000, 6), "float32")
    for one in (model, nabi.Model.from_config(model.get_config())):
        first, second = (one.predict(ones, verbose=0) for _ in range(2))
        assert set(np.unique(first)) == {0, 2} and (first != second).any()
        assert abs(first.mean() - 1) < 0.05
        assert (one(ones, training=False).numpy() == 0).any(), "by hand as well"
    model.compile("sgd", "mse")
    assert (model.predict(ones, verbose=0) == 0).any()
    model.save(tmp_path / "m.safetensors")
    assert (nabi.load_model(tmp_path / "m.safetensors").predict(ones, verbose=0) == 0).any()


def test_the_mode_of_a_layer_without_modes_is_nothing():
    x = nabi.Input((6,))
    model = nabi.Model(x, L.Dense(2)(L.Dense(5, activation="relu")(x, training=False)))
    model.compile("sgd", "mse")
    assert "always" not in str(model.plan()) and model.graph.calls[1].training is None
