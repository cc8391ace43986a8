"""Layers in the attributes of a layer of one's own: tracked, built, trained, frozen, saved as in Keras."""

import copy

import numpy as np
import pytest
import torch

import nabi
from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError, StateError
from nabi.core.registry import register
from nabi.layers.inside import opened

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 6, 6, 2)).astype("float32"), RNG.normal(size=(24, 3)).astype("float32")


@register("layer")
class TestBlock(L.Layer):
    """conv, normalisation, dropout, and a list of convolutions around which the input is led."""

    __test__ = False

    def __init__(self, filters, rate=0.0, seed=None, **base):
        super().__init__(**base)
        self.filters, self.rate, self.seed = filters, rate, seed
        self.conv = L.Conv2D(filters, 3, padding="same", activation="relu")
        self.norm = L.BatchNormalization(momentum=0.9)
        self.drop = L.Dropout(rate)
        self.more = []
        for _ in range(2):
            self.more.append(L.Conv2D(filters, 1))

    def call(self, x):
        y = self.drop(self.norm(self.conv(x)))  # neither is told the training mode
        return y + self.more[1](self.more[0](y))


@register("layer")
class TestHead(L.Layer):
    """A block inside a layer, a chain, and a weight of its own."""

    __test__ = False

    def __init__(self, units, **base):
        super().__init__(**base)
        self.units = units
        self.parts = {"block": TestBlock(2, 0.25), "chain": nabi.Sequential([L.Flatten(), L.Dense(units, name="last")])}

    def build(self, input_shape):
        self.scale = self.add_weight((self.units,), "ones")

    def call(self, x):
        return self.parts["chain"](self.parts["block"](x)) * self.scale


def net(rate=0.0, **base):
    return nabi.Sequential([nabi.Input((6, 6, 2)), TestBlock(4, rate, name="block", **base), L.Flatten(), L.Dense(3, name="out")])


NAMES = ["conv/kernel", "conv/bias", "norm/gamma", "norm/beta", "norm/moving_mean", "norm/moving_variance", "more/0/kernel",
         "more/0/bias", "more/1/kernel", "more/1/bias"]


def test_weights_have_paths_and_are_counted():
    model = net()
    assert [w.path for w in model.weights] == [f"block/{name}" for name in NAMES] + ["out/kernel", "out/bias"]
    conv, norm, more = 3 * 3 * 2 * 4 + 4, 4 * 4, 2 * (4 * 4 + 4)
    assert model.layers[0].count_params() == conv + norm + more and len(model.layers[0].trainable_weights) == 8
    lines = []
    model.summary(print_fn=lines.append)
    row = next(line for line in lines[0].splitlines() if "(TestBlock)" in line)
    macs = 36 * (3 * 3 * 2 * 4 + 2 * 4 * 4)
    assert "(6,6,4)" in row and f"{conv + norm + more}" in row and f"{macs:,}" in row and "1x1" not in row
    head = TestHead(3, name="head")
    head(nabi.Input((6, 6, 2)))
    assert [w.path for w in head.weights][:2] == ["head/scale", "head/parts/block/conv/kernel"]
    assert [w.path for w in head.weights][-2:] == ["head/parts/chain/last/kernel", "head/parts/chain/last/bias"]
    assert len(opened(head)) == 1 + (1 + 5) + (1 + 2)


def test_training_is_keras_training(keras64, monkeypatch):
    """Three steps of momentum in float64: weights and moving means of a block that is not told the mode."""

    class Block(keras64.layers.Layer):
        def __init__(self, filters):
            super().__init__()
            self.conv = keras64.layers.Conv2D(filters, 3, padding="same", activation="relu")
            self.norm = keras64.layers.BatchNormalization(momentum=0.9)
            self.more = [keras64.layers.Conv2D(filters, 1), keras64.layers.Conv2D(filters, 1)]

        def call(self, x):
            y = self.norm(self.conv(x))
            return y + self.more[1](self.more[0](y))

    theirs = keras64.Sequential([keras64.Input((6, 6, 2)), Block(4), keras64.layers.Flatten(), keras64.layers.Dense(3)])
    monkeypatch.setattr(nabi.config, "floatx", "float64")
    ours = net()
    sizes = [tuple(w.shape) for w in theirs.weights]
    assert sizes == [w.shape for w in ours.weights], "the same order"
    ours.set_weights(theirs.get_weights())
    theirs.compile(keras64.optimizers.SGD(0.05, momentum=0.9), "mse")
    ours.compile(nabi.optimizers.SGD(0.05, momentum=0.9), "mse", precision="float64")
    for model in (ours, theirs):
        model.fit(X, Y, batch_size=8, shuffle=False, verbose=0)
    for mine, true in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, true, rtol=1e-9, atol=1e-9 * np.abs(true).max())
    np.testing.assert_allclose(ours.predict(X, verbose=0), theirs.predict(X, verbose=0), rtol=1e-8, atol=1e-9)


def test_one_is_frozen_or_all_or_the_rate_is_smaller():
    def trained(change):
        nabi.utils.set_random_seed(0)
        model = net()
        before = [w.numpy() for w in model.weights]
        change(model.layers[0])
        model.compile(nabi.optimizers.SGD(0.1), "mse", precision="float32")
        model.fit(X, Y, batch_size=24, verbose=0)
        return {w.path: np.abs(w.numpy() - b).max() for w, b in zip(model.weights, before, strict=True)}

    free = trained(lambda block: None)
    assert all(change > 0 for change in free.values())
    one = trained(lambda block: setattr(block.conv, "trainable", False))
    assert [name for name, change in one.items() if change == 0] == ["block/conv/kernel", "block/conv/bias"]
    still = trained(lambda block: setattr(block, "trainable", False))
    assert [name for name, change in still.items() if change == 0] == [f"block/{name}" for name in NAMES]

    def slower(block):
        block.more[1].rate_factor = 0.5

    assert trained(slower)["block/more/1/bias"] == pytest.approx(free["block/more/1/bias"] / 2, rel=1e-4)


def test_freezing_after_compile_waits_for_the_next_compile():
    """As for every layer: normalisation inside goes on counting until the model is compiled again."""
    model = net()
    model.compile("sgd", "mse")
    model.layers[0].trainable = False
    model.fit(X, Y, verbose=0)
    moved = model.layers[0].norm.get_weights()[2]
    assert (moved != 0).all()
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(moved, model.layers[0].norm.get_weights()[2])


def test_masks_are_a_function_of_seed_and_step(tmp_path):
    """Dropout inside is on in training, off in inference, differs from step to step, and a checkpoint resumes it."""
    def made():
        nabi.utils.set_random_seed(3)
        model = nabi.Sequential([nabi.Input((6, 6, 2)), TestBlock(4, 0.5), TestHead(3)])
        model.compile("sgd", "mse", precision="float32")
        model.counters.drawn = 1
        return model

    a, b, c = made(), made(), made()
    history = a.fit(X, Y, batch_size=8, epochs=2, verbose=0).history
    assert history == b.fit(X, Y, batch_size=8, epochs=2, verbose=0).history
    c.fit(X, Y, batch_size=8, epochs=1, verbose=0)
    c.save_checkpoint(tmp_path / "c.safetensors")
    nabi.utils.set_random_seed(99)
    d = made()
    d.load_checkpoint(tmp_path / "c.safetensors")
    d.fit(X, Y, batch_size=8, epochs=2, initial_epoch=1, verbose=0)
    for one, other in zip(a.get_weights(), d.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    block, x = TestBlock(4, 0.5), torch.tensor(X)
    assert torch.equal(block(x), block(x)) and not torch.equal(block(x, training=True), block(x, training=True))


def test_two_draws_in_one_call_differ():
    class Twice(L.Layer):
        def __init__(self, **base):
            super().__init__(**base)
            self.drop = L.Dropout(0.5)

        def call(self, x):
            return torch.cat([self.drop(x), self.drop(x), self.drop(x, training=False)], -1)

    y = Twice()(torch.ones(1, 64), training=True)[0]
    assert (y[:64] == 0).any() and not torch.equal(y[:64], y[64:128]) and torch.equal(y[128:], torch.ones(64))


def test_saved_loaded_copied(tmp_path):
    model = nabi.Sequential([nabi.Input((6, 6, 2)), TestBlock(4), TestHead(3), L.Dense(3)])
    model.layers[0].conv.trainable = False
    model.compile(nabi.optimizers.AdamW(0.01, weight_decay=0.1), "mse")
    model.optimizer.exclude_from_weight_decay(var_names=["bias"])
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.safetensors")
    L.Conv2D(1, 1), L.Conv2D(1, 1)  # other running numbers than when the file was written
    loaded = nabi.load_model(tmp_path / "m.safetensors")
    other = nabi.Sequential([nabi.Input((6, 6, 2)), TestBlock(4), TestHead(3), L.Dense(3)])
    other.load_weights(tmp_path / "m.safetensors")
    for twin in (loaded, other, copy.deepcopy(model)):
        np.testing.assert_array_equal(twin.predict(X, verbose=0), model.predict(X, verbose=0))
    assert sorted(loaded.trainer.rates.values()) == sorted(model.trainer.rates.values())
    kept = [w.path.split("/", 1)[1] for w in model.layers[0].weights if not model.optimizer.decays(w.path, w)]
    assert kept == [name for name in NAMES if name.endswith("bias")]
    decays = [[m.optimizer.decays(w.path, w) for w in m.weights] for m in (loaded, model)]
    assert decays[0] == decays[1] and 0 < sum(decays[0]) < len(decays[0])


def test_layers_as_arguments_are_saved(tmp_path):
    @register("layer")
    class TestAround(L.Layer):
        def __init__(self, inner, **base):
            super().__init__(**base)
            self.inner = inner

        def call(self, x):
            return x + self.inner(x)

    model = nabi.Sequential([nabi.Input((5,)), TestAround(L.Dense(5, activation="tanh"))])
    model.save(tmp_path / "m.safetensors")
    x = RNG.normal(size=(3, 5)).astype("float32")
    np.testing.assert_array_equal(nabi.load_model(tmp_path / "m.safetensors").predict(x, verbose=0), model.predict(x, verbose=0))
    assert [w.name for w in model.weights] == ["kernel", "bias"]


def test_the_usual_ways_to_build():
    class InBuild(L.Layer):
        """Keras' other idiom: layers made, or built, in `build`."""

        def build(self, input_shape):
            self.d = L.Dense(input_shape[-1] * 2)
            self.d.build(input_shape)

        def call(self, x):
            return self.d(x)

        def compute_output_shape(self, input_shape):
            return (*input_shape[:-1], input_shape[-1] * 2)

    layer = InBuild()
    layer.build((None, 3))
    kernel = layer.get_weights()[0]
    assert layer(nabi.Input((3,))).shape == (None, 6) and np.array_equal(kernel, layer.get_weights()[0])
    late = nabi.Sequential([InBuild(), L.Dense(1)])
    late.compile("sgd", "mse")
    late.fit(Y, Y[:, :1], verbose=0)
    assert len(late.weights) == 4 and late.output_shape == (None, 1)
    np.testing.assert_allclose(TestBlock(4)(X.astype("float64")).shape, (24, 6, 6, 4))


@pytest.mark.parametrize("name", ["output", "input", "losses", "weights", "call"])
def test_a_name_that_every_layer_has_is_refused(name):
    class Named(L.Layer):
        def __init__(self, **base):
            super().__init__(**base)
            setattr(self, name, L.Dense(3))

    with pytest.raises(ArgumentError, match=rf"^Named\.{name}: expected an attribute of your own, .*self\.{name}_layer"):
        Named()


def test_what_cannot_be_is_said():
    class Odd(L.Layer):
        def __init__(self, inner, made=None, **base):
            super().__init__(**base)
            self.inner, self.made = inner, made

        def call(self, x):
            return self.inner(x) if self.made is None else self.made

    with pytest.raises(ShapeError, match="as it was built with"):  # the weights inside would have another size each time
        Odd(L.Dense(2))(nabi.Input((3, None)))
    assert Odd(L.Conv2D(2, 2))(nabi.Input((None, 9, 3))).shape == (None, None, 8, 2), "what no weight needs may be open"
    with pytest.raises(StateError, match="Odd 'odd.*call: expected a tensor, or a list of them, .*, got str"):
        Odd(L.Dense(2), "text")(nabi.Input((3,)))
    layer = Odd(L.Conv2D(2, 1))
    with pytest.raises(ShapeError, match=r"expected 4 axes"):
        layer(nabi.Input((3,)))
    assert not layer.built and layer(nabi.Input((3, 3, 1))).shape == (None, 3, 3, 2), "the next input may fit"


class Widen(L.Layer):
    """A layer of one's own that says what it computes, and nothing about shapes."""

    def __init__(self, units, **base):
        super().__init__(**base)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1], self.units), "ones")

    def call(self, x):
        return (x @ self.w)[:, ::2]


def test_shapes_of_a_formula_of_ones_own_are_found_by_a_trial():
    model = nabi.Sequential([nabi.Input((6, 6, 2)), Widen(4), Widen(5), L.Flatten(), L.Dense(3)])
    assert [layer.output.shape for layer in model.layers] == [(None, 3, 6, 4), (None, 2, 6, 5), (None, 60), (None, 3)]
    assert model.predict(X, verbose=0).shape == (24, 3)
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    widened = Widen(7)(nabi.Input((None, 6, 2)))
    assert widened.shape == (None, None, 6, 7), "what differs between two sizes is unknown"

    class Joined(L.Layer):
        takes_list = True

        def call(self, x):
            return torch.cat(x, -1), x[0]

    joined, first = Joined()([nabi.Input((None, 2)), nabi.Input((None, 3))])
    assert (joined.shape, first.shape) == ((None, None, 5), (None, None, 2))


def test_a_formula_for_one_size_does_not_hide_what_is_wrong():
    class Tilt(L.Layer):
        def call(self, x):
            return x + torch.zeros(1, 6, 6, 1)

    with pytest.raises(ShapeError, match="window 7x7 does not fit"):
        nabi.Sequential([nabi.Input((6, 6, 2)), Tilt(), L.Conv2D(2, 7)])
