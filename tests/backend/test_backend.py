"""Keras' backend functions against NumPy in float64; settings; functions between symbols; values of variables."""

import numpy as np
import pytest
import torch

import nabi
from nabi import backend as K
from nabi.core.errors import StateError

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4))
CUBE, MATRICES = RNG.normal(size=(2, 3, 4)), RNG.normal(size=(2, 4, 5))
P = RNG.uniform(0.05, 0.95, (3, 4))
T = (Y > 0).astype(float)

CASES = {
    "mean": (K.mean(X, axis=1, keepdims=True), X.mean(1, keepdims=True)), "sum": (K.sum(X, axis=[0, 1]), X.sum()),
    "std": (K.std(X, axis=0), X.std(0)), "var": (K.var(X), X.var()), "argmax": (K.argmax(X), X.argmax(-1)),
    "cumsum": (K.cumsum(X), X.cumsum(0)), "pow": (K.pow(np.abs(X), 0.5), np.abs(X) ** 0.5),
    "clip": (K.clip(X, None, 0.5), X.clip(None, 0.5)),
    "dot": (K.dot(X, Y.T.copy()), X @ Y.T), "dot of many axes": (K.dot(CUBE, Y.T.copy()), CUBE @ Y.T),
    "batch_dot": (K.batch_dot(CUBE, MATRICES), CUBE @ MATRICES),
    "batch_dot of rows": (K.batch_dot(X, Y, axes=1), (X * Y).sum(1)[:, None]),
    "batch_dot on axes": (K.batch_dot(CUBE, CUBE, axes=[2, 2]), np.einsum("bik,bjk->bij", CUBE, CUBE)),
    "l2_normalize": (K.l2_normalize(X, axis=1), X / np.linalg.norm(X, axis=1, keepdims=True)),
    "relu": (K.relu(X, alpha=0.1, max_value=0.7), np.minimum(np.where(X > 0, X, 0.1 * X), 0.7)),
    "relu from a threshold": (K.relu(X, threshold=0.5), np.where(X >= 0.5, X, 0)),
    "switch": (K.switch(X > 0, X, Y), np.where(X > 0, X, Y)), "repeat": (K.repeat(X, 2), np.repeat(X[:, None], 2, 1)),
    "repeat_elements": (K.repeat_elements(X, 3, 1), np.repeat(X, 3, 1)),
    "batch_flatten": (K.batch_flatten(CUBE), CUBE.reshape(2, 12)),
    "flatten": (K.flatten(CUBE), CUBE.reshape(-1)), "permute": (K.permute_dimensions(CUBE, (2, 0, 1)), CUBE.transpose(2, 0, 1)),
    "concatenate": (K.concatenate([X, Y]), np.hstack([X, Y])), "stack": (K.stack([X, Y], axis=1), np.stack([X, Y], 1)),
    "gather": (K.gather(X, [2, 0]), X[[2, 0]]), "one_hot": (K.one_hot([1, 0], 3), np.eye(3)[[1, 0]]),
    "eye": (K.eye(3), np.eye(3)),
    "expand_dims": (K.expand_dims(X), X[..., None]), "reverse": (K.reverse(X, 0), X[::-1]),
    "arange": (K.arange(1, 7, 2), [1, 3, 5]),
    "binary": (K.binary_crossentropy(T, P), -(T * np.log(P) + (1 - T) * np.log(1 - P))),
    "binary of logits": (K.binary_crossentropy(T, np.log(P / (1 - P)), True), -(T * np.log(P) + (1 - T) * np.log(1 - P))),
    "in_top_k": (K.in_top_k(torch.tensor(X), torch.tensor([0, 1, 2]), 4), [True] * 3),
    "padding": (K.spatial_2d_padding(np.ones((1, 1, 1, 1))).sum((1, 2, 3)), [1.0]), "ones": (K.ones((2, 2)), np.ones((2, 2))),
    "map_fn": (K.map_fn(lambda row: row * 2, torch.tensor(X)), 2 * X), "constant": (K.constant(2.0, shape=(2,)), [2, 2]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_functions(name):
    made, wanted = CASES[name]
    assert np.shape(made) == np.shape(wanted)
    np.testing.assert_allclose(np.asarray(made, float), np.asarray(wanted, float), atol=2e-6)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(np.asarray(made, float), np.asarray(wanted, float) + 1e-3, atol=2e-6)


def test_convolution_is_the_layers():
    x, kernel = torch.randn(2, 7, 6, 3), torch.randn(3, 2, 3, 4)
    for padding in ("same", "valid"):
        layer = nabi.layers.Conv2D(4, (3, 2), strides=2, padding=padding, use_bias=False)
        layer(x)
        layer.set_weights([kernel.numpy()])
        torch.testing.assert_close(K.conv2d(x, kernel, (2, 2), padding), layer(x))


def test_random_tensors_have_their_moments():
    nabi.utils.set_random_seed(1)
    normal, flat = K.random_normal((40000,), 2.0, std=3.0), K.random_uniform((40000,), low=-1.0, high=3.0)
    cut, drop = K.truncated_normal((40000,), stddev=2.0), K.dropout(torch.ones(40000), 0.25)
    assert abs(normal.mean() - 2) < 0.06 and abs(normal.std() - 3) < 0.06
    assert abs(flat.mean() - 1) < 0.04 and flat.min() >= -1 and flat.max() <= 3
    assert abs(cut.std() - 2 * 0.8796) < 0.03 and cut.abs().max() <= 4 + 1e-3  # a normal cut at two deviations has 0.8796
    assert abs(drop.mean() - 1) < 0.02 and set(np.round(drop.unique().numpy(), 4)) == {0, np.float32(1.3333)}


def test_settings():
    assert (K.backend(), K.image_data_format(), K.image_dim_ordering()) == ("tensorflow", "channels_last", "tf")
    assert K.epsilon() == 1e-7
    try:
        K.set_image_dim_ordering("th")
        assert K.image_data_format() == "channels_first"
        K.set_learning_phase(1)
        assert K.in_train_phase(1, 2) == 1 and K.in_test_phase(1, 2) == 2
        K.set_floatx("float16")
        assert K.floatx() == "float32"
    finally:
        K.set_image_data_format("channels_last")
        K.set_learning_phase(0)
    assert K.in_train_phase(1, lambda: 2) == 2
    with pytest.raises(ValueError, match="channels_last"):
        K.set_image_data_format("last")
    K.clear_session()
    assert nabi.layers.Dense(1).name == "dense"
    session = K.get_session()
    with session.as_default():
        assert session.run([torch.tensor(2.0), None]) == [2.0, None]
    with pytest.raises(ValueError, match="feed_dict"):
        session.run(torch.tensor(1.0), {"x": 1})


def test_variables_and_symbols():
    v = K.variable([[1.0, 2.0]])
    K.set_value(v, [[3.0, 4.0]])
    assert K.get_value(K.update_add(v, 1.0)).tolist() == [[4.0, 5.0]] and K.get_value(torch.tensor(2.5)) == 2.5
    x = K.placeholder(shape=(None, 4))
    assert K.int_shape(x) == (None, 4) and K.ndim(x) == 2 and K.is_keras_tensor(x) and not K.is_keras_tensor(v)
    hidden = nabi.layers.Dense(3, activation="relu")(x)
    model = nabi.Model(x, nabi.layers.Dropout(0.5)(hidden))
    read = K.function([model.input, K.learning_phase()], [hidden, model.output])
    data = RNG.normal(size=(5, 4)).astype("float32")
    made, out = read([data, 0])
    w, b = model.layers[1].get_weights()
    np.testing.assert_allclose(made, np.maximum(data @ w + b, 0), atol=1e-6)
    assert (made == out).all() and (read([data, 1])[1] != out).any()
    assert (K.function([model.input, model.input], [hidden])([data])[0] == made).all()
    with pytest.raises(StateError, match="GradientTape"):
        K.gradients(data, x)
