"""Networks written once, with the names that nabi and Keras share, for tests of Keras' files."""

import numpy as np


def chain(k):
    L = k.layers
    return k.Sequential([
        k.Input((8, 8, 3)), L.Rescaling(0.5), L.Conv2D(4, 3, padding="same", activation="relu", kernel_regularizer="l2"),
        L.BatchNormalization(), L.MaxPooling2D(), L.DepthwiseConv2D(3), L.SeparableConv2D(5, 2, padding="same"),
        L.Conv2DTranspose(3, 2, strides=2), L.SpatialDropout2D(0.1), L.Dropout(0.3), L.GlobalAveragePooling2D(), L.PReLU(),
        L.LayerNormalization(),
        L.Dense(3, activation="softmax", kernel_constraint="max_norm")])  # fmt: skip


def branches(k):
    L = k.layers
    i, j, u = k.Input((8, 8, 3)), k.Input((5, 6)), k.Input((3,))
    a = L.Conv2D(4, 3, padding="same", name="c1")(i)
    b = L.BatchNormalization()(a)
    sub = k.Sequential([k.Input((8, 8, 4)), L.Flatten(), L.Dense(3), L.BatchNormalization(), L.Dense(3)], name="sub")
    s, t = sub(L.Add()([a, b])), sub(b)  # shared
    two = k.Model(u, [L.Dense(2)(u), L.Dense(4, activation="tanh")(u)], name="two")
    steps = L.TimeDistributed(L.Dense(2))(L.GRU(3, return_sequences=True)(j))
    x = L.Concatenate()([s, *two(s), *two(t), L.Bidirectional(L.LSTM(3))(j), L.SimpleRNN(2)(j), L.Reshape((10,))(steps)])
    x = x * 2.0 + 1
    return k.Model([i, j], {"a": L.Dense(1, name="o1")(x), "b": L.Dense(2, activation="softmax", name="o2")(x)})


def words(k):
    L = k.layers
    i = k.Input((7,))
    x = L.Embedding(11, 4, mask_zero=True)(i)
    x = L.Bidirectional(L.GRU(3, return_sequences=True, reset_after=False), merge_mode="sum")(x)
    y, (h, c), _ = L.RNN([L.LSTMCell(3), L.GRUCell(2)], return_state=True)(x)
    return k.Model(i, L.Dense(2)(L.Concatenate()([y, L.LSTM(3)(L.UnitNormalization()(x), initial_state=[h, c]), h])))


def nested(k):
    u, v = k.Input((4,)), k.Input((4,))
    encoder = k.Model(u, k.layers.Dense(4, activation="relu")(u), name="encoder")
    return k.Model(v, [encoder(encoder(v)), k.layers.Dense(2)(encoder(v))])


def preparing(k):
    L = k.layers
    norm = L.Normalization()
    norm.adapt(np.random.default_rng(5).random((4, 2, 2, 3)))
    i = k.Input((6, 6, 3))
    x = L.RandomFlip("horizontal")(norm(L.CenterCrop(3, 3)(L.RandomShear(0.1, 0.2)(i))))
    x = L.Conv1D(2, 2)(L.Reshape((25, 3))(L.ZeroPadding2D(1)(x)))
    return k.Model(i, L.Softmax()(L.LeakyReLU()(L.GlobalMaxPooling1D()(x))))


def functions(k):
    i, o = k.Input((5, 4)), k.ops
    x = o.reshape(o.mean(i[:, 1:, :2], axis=1, keepdims=True), (-1, 2))
    x = o.maximum(o.concatenate([x, x * x], axis=-1), 0.1)
    x = o.exp(-((1 / x) ** 2)) - o.sum(x, axis=-1, keepdims=True)
    x = o.softmax(o.squeeze(o.clip(o.expand_dims(o.relu(x), 1), 0, 3), 1))
    return k.Model(i, k.layers.Dense(2)(x))


NETWORKS = {network.__name__: network for network in (chain, branches, words, nested, preparing, functions)}


def shaken(model, seed=2):
    """The model with weights drawn anew, means and variances too."""
    r = np.random.default_rng(seed)
    if not any(
        type(layer).__name__ == "Normalization" for layer in model.layers
    ):  # Keras looks at its numbers when it is adapted
        model.set_weights([np.abs(r.normal(size=w.shape)) * 0.5 + 0.1 if w.dtype.kind == "f" else w for w in model.get_weights()])
    return model


def inputs_of(model, whole=False):
    """Four samples for each input."""
    r = np.random.default_rng(1)
    made = [r.integers(0, 11, (4, *s.shape[1:])) if whole else r.random((4, *s.shape[1:])) for s in model.inputs]
    made = [x.astype("float32") for x in made]
    return made if len(made) > 1 else made[0]


def outputs(model, x):
    """Predictions as a list of arrays."""
    made = model.predict(x, verbose=0)
    made = list(made.values()) if isinstance(made, dict) else made
    return [np.asarray(y) for y in made] if isinstance(made, list) else [made]


def distance(first, second):
    """The largest difference, relative to each array's largest number."""
    assert len(first) == len(second)
    return max(float(np.abs(a - b).max() / np.abs(a).max()) for a, b in zip(first, second, strict=True))
