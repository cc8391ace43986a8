"""Recurrent layers in training: masks on a tape; states that are kept, reset, saved in checkpoints."""

import numpy as np
import pytest

import nabi
from nabi import Input, Model, layers
from training.test_training_fused import gradients
from training.test_training_tape import on_autograd

pytestmark = pytest.mark.usefixtures("fused_kernels")


def test_recurrent_layers_and_masks_on_a_tape():
    """Masks made of tokens and of a tensor that depends on weights; outputs with and without masks; states that are read."""
    tokens = np.array([[3, 1, 0, 0], [2, 0, 4, 1], [5, 5, 5, 5], [1, 0, 0, 0]])
    y = [np.random.default_rng(1).integers(0, 2, (4, 4)), np.ones((4, 1), "float32")]

    def built():
        nabi.core.random.set_seed(3)
        x = Input((4,))
        h = layers.Embedding(6, 3, mask_zero=True, embeddings_initializer="glorot_uniform")(x)
        h = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(layers.Dropout(0.3)(h))
        h = layers.Masking()(layers.Dense(3, activation="relu")(h))
        h, state = layers.GRU(3, return_sequences=True, return_state=True, dropout=0.2)(layers.BatchNormalization()(h))
        h = layers.LSTM(3, return_sequences=True)(h, initial_state=[state, state])
        model = Model(x, [layers.Dense(2, activation="softmax")(h), layers.Dense(1)(state)])
        model.compile("adam", ["sparse_categorical_crossentropy", "mse"], precision="float32")
        model.counters.drawn = 5  # one seed for the masks of both
        return model

    with pytest.warns(UserWarning, match="as in Keras 3"):
        taped, other = built(), on_autograd(built())
    for _ in range(3):
        assert taped.train_on_batch(tokens, y) == pytest.approx(other.train_on_batch(tokens, y), rel=1e-6)
        for a, b in zip(gradients(taped), gradients(other), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-6 * np.abs(b).max())
    assert taped.trainer.tape is not None


def stateful(units=3, **options):
    """A chain of stateful layers with dropout, in batches of 4."""
    chain = [layers.LSTM(units, return_sequences=True, stateful=True), layers.Dropout(0.2),
             layers.Bidirectional(layers.GRU(2, stateful=True)), layers.Dense(1)]
    model = nabi.Sequential([Input((5, 3), batch_size=4), *chain])
    model.compile("adam", "mse", **options)
    return model


X, Y = np.random.default_rng(0).normal(size=(16, 5, 3)).astype("float32"), np.random.default_rng(1).normal(size=(16, 1))


def states(model):
    chain = model.layers
    return [t.numpy().copy() for layer in (chain[0], chain[2].forward_layer, chain[2].backward_layer) for t in layer.states]


def test_states_are_kept_and_reset():
    """Two halves of a sequence give what the whole one gives; predictions go on, too; a reset begins anew."""
    layer = layers.LSTM(3, stateful=True)
    model = nabi.Sequential([Input((5, 3)), layer])
    whole = nabi.Sequential([Input((10, 3)), layers.LSTM(3)])
    whole.set_weights(model.get_weights())
    long = np.concatenate([X[:4], X[4:8]], 1)
    model.predict(X[:4], verbose=0)
    second = model.predict(X[4:8], verbose=0)
    np.testing.assert_allclose(second, whole.predict(long, verbose=0), atol=1e-6)
    assert np.abs(model.predict(X[4:8], verbose=0) - second).max() > 1e-3
    first = nabi.Sequential([Input((5, 3)), layers.LSTM(3)])
    first.set_weights(model.get_weights())
    model.reset_states()
    np.testing.assert_allclose(model.predict(X[:4], verbose=0), first.predict(X[:4], verbose=0), atol=1e-6)
    layer.reset_state()
    assert layer.states is None


def test_a_resumed_run_has_the_states_too(tmp_path):
    nabi.core.random.set_seed(1)
    whole = stateful()
    whole.fit(X, Y, batch_size=4, epochs=4, shuffle=False, verbose=0)
    nabi.core.random.set_seed(1)
    part = stateful()
    part.fit(X, Y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    part.save_checkpoint(tmp_path / "half.safetensors")
    nabi.core.random.set_seed(9)
    resumed = stateful()
    resumed.load_checkpoint(tmp_path / "half.safetensors")
    resumed.fit(X, Y, batch_size=4, initial_epoch=2, epochs=4, shuffle=False, verbose=0)
    for a, b in zip([*whole.get_weights(), *states(whole)], [*resumed.get_weights(), *states(resumed)], strict=True):
        np.testing.assert_array_equal(a, b)
    other = stateful(units=3)
    other.load_checkpoint(tmp_path / "half.safetensors")
    other.reset_states()  # broken on purpose: the same run without them
    other.fit(X, Y, batch_size=4, initial_epoch=2, epochs=4, shuffle=False, verbose=0)
    assert np.abs(states(other)[0] - states(whole)[0]).max() > 1e-4


def test_a_step_that_is_not_finite_leaves_the_states():
    model = stateful()
    model.train_on_batch(X[:4], Y[:4])
    before = states(model)
    model.train_on_batch(X[4:8], np.full((4, 1), 1e30))  # the loss overflows
    for a, b in zip(before, states(model), strict=True):
        np.testing.assert_array_equal(a, b)
