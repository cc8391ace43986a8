"""Models written as a class with call(): the same source for nabi and Keras on torch, float64, the same weights and steps."""

import copy

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, FileError
from nabi.models.own_call import OwnCall

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 6, 6, 3)), RNG.integers(0, 3, 24)
FIT = {"batch_size": 8, "epochs": 2, "shuffle": False, "verbose": 0}
CE = "sparse_categorical_crossentropy"


def residual(lib):
    """Layers, ops and operators only: a graph."""

    class Residual(lib.Model):
        def __init__(self, filters=4, **base):
            super().__init__(**base)
            self.filters = filters
            self.first = lib.layers.Conv2D(filters, 3, padding="same", activation="relu")
            self.blocks = [lib.layers.Conv2D(filters, 3, padding="same") for _ in range(2)]
            self.tools = {"norm": lib.layers.BatchNormalization(momentum=0.8)}
            self.head = lib.layers.Dense(3, activation="softmax")

        def call(self, x, training=None):
            x = self.first(x)
            for block in self.blocks:
                x = lib.ops.relu(self.tools["norm"](block(x), training=training) + 0.5 * x)
            return self.head(lib.ops.mean(x, axis=(1, 2)))

    return Residual


def wilful(lib):
    """Looks at the mode and at numbers, calls torch, keeps what it saw: one op."""

    class Wilful(residual(lib)):
        def __init__(self, **base):
            super().__init__(**base)
            self.extra = lib.layers.Dense(3)
            self.seen = None

        def call(self, x, training=False):
            bright = float(x.sum()) > 0
            x = torch.relu(self.first(x))
            if training:
                x = self.tools["norm"](x, training=True)
            x = self.blocks[0](x) if bright else self.blocks[1](x)
            self.seen = x.mean((1, 2))
            return self.head(self.extra(self.seen))

    return Wilful


def held(lib):
    """A model, a chain and a layer with layers inside, in a model; a weight of its own."""
    inner = residual(lib)

    class Scale(lib.layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = lib.layers.Dense(5, activation="tanh")

        def call(self, x):
            return 2 * self.dense(x)

    class Held(lib.Model):
        def __init__(self):
            super().__init__()
            self.chain = lib.Sequential([lib.layers.Flatten(), lib.layers.Dense(4)])
            self.net = inner(filters=2)
            self.scale = Scale()
            self.weight = self.add_weight(shape=(5,), initializer="ones")
            self.head = lib.layers.Dense(3, activation="softmax")

        def call(self, x, training=None):  # without the argument Keras 3 would let all inside run in inference mode
            y = lib.ops.concatenate([self.chain(x), self.net(x)], axis=-1)
            return self.head(self.scale(y) * self.weight)

    return Held


def pairs(lib):
    """Two inputs in a dict, two outputs in a dict."""

    class Pairs(lib.Model):
        def __init__(self):
            super().__init__()
            self.left, self.right = lib.layers.Dense(2), lib.layers.Dense(3)

        def call(self, inputs):
            a, b = inputs["a"], inputs["b"]
            return {"sum": self.left(a + b), "product": self.right(a * b)}

    return Pairs


@pytest.fixture
def libraries(keras64, monkeypatch):
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    return nabi, keras64


def close(a, b, tolerance=1e-9):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * max(1e-12, float(np.abs(b).max())))


def twins(libraries, source, x, **compiled):
    """Both models, built, compiled, with the same weights."""
    found = []
    for lib in libraries:
        model = source(lib)()
        model(x)
        if source is wilful:  # Keras builds what a call reaches
            model(-x, training=True)
        model.compile(lib.optimizers.SGD(0.1, momentum=0.9), **compiled)
        found.append(model)
    assert [w.shape for w in found[0].weights] == [tuple(w.shape) for w in found[1].weights], "the order of the weights"
    found[0].set_weights(found[1].get_weights())
    return found


@pytest.mark.parametrize("source, graph", [(residual, True), (wilful, False), (held, False)])
def test_training_is_keras_training(libraries, source, graph):
    ours, theirs = twins(libraries, source, X, loss=CE, metrics=["accuracy"])
    assert (ours.opaque is None) == graph and any(isinstance(call.layer, OwnCall) for call in ours.graph.calls) != graph
    mine, true = (model.fit(X, Y, validation_data=(X, Y), **FIT).history for model in (ours, theirs))
    assert set(mine) == set(true)
    for name in true:
        close(mine[name], true[name])
    for weight, a, b in zip(ours.weights, ours.get_weights(), theirs.get_weights(), strict=True):
        assert np.abs(a - b).max() <= 1e-9 * max(np.abs(b).max(), 1e-3), weight.path
    close(ours.predict(X, verbose=0), theirs.predict(X, verbose=0))
    close(ours.evaluate(X, Y, verbose=0), theirs.evaluate(X, Y, verbose=0))
    assert [w.path for w in ours.trainable_weights] == [w.path for w in ours.weights if w.trainable]
    assert ours.count_params() == theirs.count_params() and len(ours.layers) == len(theirs.layers)


def test_dicts_in_and_out(libraries):
    x = {"a": RNG.normal(size=(24, 4)), "b": RNG.normal(size=(24, 4))}
    y = {"sum": RNG.normal(size=(24, 2)), "product": RNG.normal(size=(24, 3))}
    ours, theirs = twins(libraries, pairs, x, loss={"sum": "mse", "product": "mae"}, loss_weights={"sum": 1.0, "product": 0.3})
    mine, true = (model.fit(x, y, **FIT).history for model in (ours, theirs))
    assert set(mine) == set(true)
    for name in true:
        close(mine[name], true[name])
    made, wanted = ours.predict(x, verbose=0), theirs.predict(x, verbose=0)
    assert list(made) == ["sum", "product"] and ours.input_names == ["a", "b"]
    for name in made:
        close(made[name], wanted[name])
        close(ours(x)[name].numpy(), wanted[name])
    again = pairs(nabi)()
    again.compile("sgd", {"sum": "mse", "product": "mae"})
    again.fit(x, y, verbose=0)
    assert set(again.history.history) == {"loss", "sum_loss", "product_loss"}, "compiled before it was built"


def test_lists_in_and_out():
    class Two(nabi.Model):
        def __init__(self):
            super().__init__()
            self.dense = L.Dense(2)

        def call(self, inputs):
            a, b = inputs
            return [self.dense(a), self.dense(b) + a[:, :2]]

    a, b = RNG.normal(size=(12, 4)), RNG.normal(size=(12, 4))
    y = [RNG.normal(size=(12, 2))] * 2
    model = Two()
    model.compile("sgd", ["mse", "mae"], metrics=[["mae"], []])
    history = model.fit([a, b], y, verbose=0).history
    assert list(history) == ["loss", "output_1_loss", "output_2_loss", "output_1_mae"]
    assert [part.shape for part in model.predict([a, b], verbose=0)] == [(12, 2)] * 2
    symbols = nabi.Input((4,)), nabi.Input((4,))
    outer = nabi.Model(list(symbols), model(list(symbols)))
    close(outer.predict([a, b], verbose=0)[1], model.predict([a, b], verbose=0)[1], 1e-6)


def test_the_graph_is_fused_and_summarized():
    model = residual(nabi)()
    model.compile("adam", CE, precision="float32")
    model.fit(X, Y, verbose=0)
    kinds = [op.kind for op in model.plan().ops]
    assert kinds[0] == "Conv2D + relu" and kinds[-2:] == ["ops.mean", "Dense"] and model.trainer.tape is not None
    lines = []
    model.summary(print_fn=lines.append)
    assert "conv2d" in lines[0] and "whole" in lines[0] and "OwnCall" not in lines[0]
    other = wilful(nabi)()
    assert "is not built yet: 6 layers" in shown(other)
    other.build((None, 6, 6, 3))
    text = shown(other)
    assert "├─ " in text and "call is one op, whose layers are not fused: 'Symbol' object has no attribute 'sum'" in text
    conv, dense = 36 * 27 * 4, 4 * 3 + 3 * 3
    assert f"{conv + 36 * 36 * 4 + dense:,}" in text, "multiply-adds of what is called"
    assert other.count_params() == sum(np.prod(w.shape) for w in other.weights)


def shown(model):
    lines = []
    model.summary(print_fn=lines.append)
    return lines[0]


@pytest.mark.parametrize("source", [residual, wilful, held])
def test_copies_and_files(source, tmp_path):
    model = source(nabi)()
    model.compile("adam", CE, metrics=["accuracy"])
    model.fit(X, Y, verbose=0)
    made = model.predict(X, verbose=0)
    twin = copy.deepcopy(model)
    np.testing.assert_array_equal(twin.predict(X, verbose=0), made)
    twin.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(model.predict(X, verbose=0), made)
    model.save_weights(tmp_path / "w.safetensors")
    fresh = source(nabi)()
    fresh.build((None, 6, 6, 3))
    fresh.load_weights(tmp_path / "w.safetensors")
    np.testing.assert_allclose(fresh.predict(X, verbose=0), made, rtol=2e-2, atol=2e-3)
    model.save(tmp_path / "m.safetensors")
    with pytest.raises(FileError, match=f"known layer, got '{type(model).__name__}'.*custom_objects"):
        nabi.load_model(tmp_path / "m.safetensors")
    again = nabi.load_model(tmp_path / "m.safetensors", custom_objects={type(model).__name__: type(model)})
    np.testing.assert_array_equal(again.predict(X, verbose=0), made)
    assert again.optimizer.get_config() == model.optimizer.get_config() and again.name == model.name


def test_what_no_file_can_say():
    class Odd(nabi.Model):
        def __init__(self, function):
            super().__init__()
            self.function = function

        def call(self, x):
            return self.function(x)

    model = Odd(lambda x: x * 2)
    model.build((None, 3))
    with pytest.raises(ArgumentError, match="registered functions.*model.save_weights"):
        model.save("odd.safetensors")

    class Lost(Odd):
        def __init__(self, kernel):
            super().__init__(lambda x: x)

    model = Lost(3)
    model.build((None, 3))
    with pytest.raises(ArgumentError, match=r"Write self.kernel = kernel in the constructor, or get_config.*save_weights"):
        model.save("lost.safetensors")

    class Own(Lost):
        def get_config(self):
            return {**super().get_config(), "kernel": 3}

    model = Own(3)
    model.build((None, 3))
    assert type(model).from_config(model.get_config())(np.ones((1, 3))).tolist() == [[1, 1, 1]]


def test_a_run_resumes_at_the_same_bits(tmp_path):
    """With dropout inside one op, and in the middle of an epoch."""
    class Dropping(wilful(nabi)):
        def __init__(self):
            super().__init__()
            self.drop = L.Dropout(0.5)

        def call(self, x, training=False):
            return self.drop(super().call(x, training), training=training)

    def fitted(epochs, folder):
        nabi.utils.set_random_seed(3)
        model = Dropping()
        model.compile(nabi.optimizers.Adam(0.01), "mse")
        backup = [] if folder is None else [nabi.callbacks.BackupAndRestore(folder, save_freq=1, delete_checkpoint=False)]
        model.fit(X, np.eye(3)[Y], epochs=epochs, batch_size=8, verbose=0, callbacks=[Stop(model), *backup])
        return model

    class Stop(nabi.callbacks.Callback):
        def __init__(self, model):
            self.steps = 0

        def on_train_batch_end(self, batch, logs=None):
            self.steps += 1
            if self.steps == stop:
                signal.raise_signal(signal.SIGINT)

    import signal

    stop = 0
    whole = fitted(3, None)
    stop = 5
    fitted(3, tmp_path / "b")
    stop = 0
    resumed = fitted(3, tmp_path / "b")
    for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert whole.history.history == resumed.history.history


def test_freezing_and_names():
    model = residual(nabi)(name="net")
    model.build((None, 6, 6, 3))
    assert model.get_layer(model.first.name) is model.first and model.layers[0] is model.first and model.name == "net"
    model.first.trainable = False
    assert len(model.trainable_weights) == 8 and len(model.non_trainable_weights) == 4
    model.compile("sgd", CE, precision="float32")
    before = model.first.get_weights()
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(model.first.get_weights()[0], before[0])
    model.trainable = False
    assert not model.trainable_weights and not model.head.trainable


def test_inside_other_models():
    """As a layer of a chain and of a graph; a base that never trains."""
    inner = residual(nabi)
    chain = nabi.Sequential([nabi.Input((6, 6, 3)), inner(), L.Dense(2)])
    x = nabi.Input((6, 6, 3))
    graph = nabi.Model(x, L.Dense(2)(inner()(x, training=False)))
    for model in (chain, graph):
        model.compile("sgd", "mse", precision="float32")
        model.fit(X, np.eye(2)[Y % 2], verbose=0)
        assert len(model.weights) == 14 and "Conv2D" in str(model.plan())
    assert (graph.layers[1].tools["norm"].get_weights()[2] == 0).all(), "always in inference mode"
    deep = copy.deepcopy(chain)
    np.testing.assert_array_equal(deep.predict(X, verbose=0), chain.predict(X, verbose=0))
