"""Networks of every build that a file must carry: chains, graphs, nested, shared, cut, with names that collide."""

import nabi
from nabi import layers as L


def lecture():
    """The lecture CNN in small, with every kind of weight."""
    return nabi.Sequential([
        L.Conv2D(4, 3, activation="relu", input_shape=(10, 10, 1)), L.BatchNormalization(), L.MaxPooling2D(), L.Dropout(0.25),
        L.Flatten(), L.Dense(8, activation="relu", kernel_regularizer="l2"), L.Dense(3, activation="softmax"),
    ])  # fmt: skip


def every_layer():
    """One of each layer whose constructor needs little."""
    x = nabi.Input((8, 8, 4), name="picture")
    a = L.Conv2D(4, (3, 1), strides=(1, 2), padding="same", groups=2, use_bias=False, kernel_initializer="he_normal")(x)
    a = L.LeakyReLU(0.2)(L.AveragePooling2D(2)(L.BatchNormalization(momentum=0.9, scale=False)(a)))
    b = L.Activation("tanh")(L.L2Pooling2D(2)(L.Conv2D(4, 3, dilation_rate=2, padding=2, strides=(1, 2))(x)))
    joined = L.Concatenate()([a, b, L.Add()([a, b])])
    return nabi.Model(x, L.Softmax()(L.Dense(5)(L.GlobalAveragePooling2D()(L.Rescaling(1 / 255)(L.ReLU(6)(joined))))))


def late():
    """A chain without input shape, built by its first data."""
    model = nabi.Sequential([L.Dense(4, activation="tanh"), L.Dense(2)])
    model.build((None, 6))
    return model


def several():
    """Two inputs and two outputs under names, a layer called twice."""
    left, right = nabi.Input((6,), name="left"), nabi.Input((6,), name="right")
    shared = L.Dense(4, activation="relu", name="shared")
    joined = L.Concatenate()([shared(left), shared(right)])
    return nabi.Model({"l": left, "r": right}, {"sum": L.Dense(1)(joined), "class": L.Dense(3, activation="softmax")(joined)})


def nested():
    """An encoder used twice, a chain inside a graph inside a chain; one layer of the encoder used outside it too."""
    x = nabi.Input((6,))
    inside = L.Dense(6, activation="tanh", name="same")
    encoder = nabi.Model(x, L.Dense(5, name="out")(inside(x)), name="encoder")
    a, b = nabi.Input((6,)), nabi.Input((6,))
    head = nabi.Sequential([nabi.Sequential([L.Dense(4, name="same")], name="deep"), L.Dense(2)], name="head")
    return nabi.Model([a, b], head(L.Concatenate()([encoder(a), encoder(b), inside(b)])), name="outer")


def namesakes():
    """A nested layer of the name of one outside, and a name with a slash."""
    x = nabi.Input((6,))
    h = L.Dense(6, name="b")(L.Dense(6, name="dense")(x))
    return nabi.Model(x, [nabi.Sequential([L.Dense(2, name="b")], name="a")(h), L.Dense(3, name="a/b")(h)])


def two_outputs():
    """A nested model with two outputs, crossed over."""
    x = nabi.Input((6,))
    fork = nabi.Model(x, [L.Dense(2)(x), L.Dense(3)(x)], name="fork")
    y = nabi.Input((6,))
    first, second = fork(y)
    return nabi.Model(y, [L.Dense(1)(second), first])


def cut():
    """The upper half of a network: its input is the output of a layer that does not belong to it."""
    whole = lecture()
    return nabi.Model(whole.layers[2].output, whole.output, name="upper")


def without_weights():
    """Nothing to learn."""
    return nabi.Sequential([nabi.Input((6,)), L.Rescaling(2.0, offset=1.0)])


def double():
    """float64 weights."""
    return nabi.Sequential([nabi.Input((6,)), L.Dense(4, dtype="float64"), L.Dense(2, dtype="float64")])


NETWORKS = {build.__name__: build for build in
            (lecture, every_layer, late, several, nested, namesakes, two_outputs, cut, without_weights, double)}
