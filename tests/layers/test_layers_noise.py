"""Dropout's kin and Gaussian noise: what they draw, statistics, keys, threads, Keras' formulas, files, errors; and PReLU, ELU."""

import math

import numpy as np
import pytest
import torch

import nabi
from nabi import kernels
from nabi import layers as L
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import Key

KEY = Key(7, 1, 2)
N = 1 << 16


def drawn(layer, x, key=KEY):
    return layer.call(x, training=True, key=key)


RANDOM = [L.Dropout(0.4), L.Dropout(0.4, noise_shape=(None, 1, None, 1)), L.SpatialDropout2D(0.4), L.GaussianNoise(0.3),
          L.GaussianDropout(0.4)]  # fmt: skip


@pytest.mark.parametrize("layer", RANDOM, ids=lambda layer: type(layer).__name__)
def test_a_mask_is_a_function_of_its_key(layer):
    """The same key gives the same numbers, at any number of threads; another layer, call or seed gives others; inference none."""
    x = torch.rand(64, 9, 7, 16) + 1
    y = drawn(layer, x)
    threads = torch.get_num_threads()
    for count in (1, 2, 3):
        torch.set_num_threads(count)
        assert torch.equal(drawn(layer, x), y)
    torch.set_num_threads(threads)
    for other in (Key(8, 1, 2), Key(7, 2, 2), Key(7, 1, 3)):
        assert not torch.equal(drawn(layer, x, other), y)
    assert layer(x) is x or torch.equal(layer(x), x)
    low = drawn(layer, x.bfloat16())
    assert low.dtype is torch.bfloat16 and torch.equal(low, drawn(layer, x.bfloat16().float()).bfloat16())


def test_layers_of_a_model_draw_apart_and_anew():
    """Two layers of one kind differ in a step, one layer differs between steps, a seed of its own stands in for the model's."""
    seen = []

    class Seen(nabi.Layer):
        def call(self, x):
            seen.append(x.detach().clone())
            return x

    def fit():
        x = nabi.Input((50,))
        noise = [L.GaussianNoise(1.0), L.GaussianNoise(1.0), L.GaussianDropout(0.5, seed=3)]
        model = nabi.Model(x, L.Dense(1)(L.Concatenate()([Seen()(layer(x)) for layer in noise])))
        model.compile("sgd", "mse")
        seen.clear()
        model.fit(np.tile(np.linspace(1, 2, 50), (8, 1)), np.zeros(8), batch_size=4, verbose=0, shuffle=False)
        return [t.numpy() for t in seen]

    nabi.utils.set_random_seed(1)
    first = fit()
    nabi.utils.set_random_seed(1)
    again = fit()
    nabi.utils.set_random_seed(2)
    other = fit()
    drawn = [t for t in first if len(t) == 4]
    assert len(drawn) >= 6 and len({t.tobytes() for t in drawn}) == len(drawn)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    same = [np.array_equal(a, b) for a, b in zip(first, other, strict=True)]
    assert any(same) and not all(same)


def test_normal_numbers_are_normal():
    """Moments, and the distribution function's largest distance from the normal one (Kolmogorov and Smirnov, 1 in 10,000)."""
    z = kernels.normal(KEY, (N,), torch.float64)
    for power, mean, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert abs(float((z**power).mean()) - mean) < 4 * math.sqrt(variance / N)
    order = torch.arange(1, N + 1) / N
    normal = (1 + torch.erf(z.sort().values / math.sqrt(2))) / 2
    assert max(float((order - normal).abs().max()), float((order - 1 / N - normal).abs().max())) < 2.23 / math.sqrt(N)
    for apart in (1, 2, 3, 64):  # Box and Muller's pairs do not hang together, nor do neighbours
        assert abs(float((z[apart:] * z[:-apart]).mean())) < 4 / math.sqrt(N)
        assert abs(float((z[apart:] ** 2 * z[:-apart] ** 2).mean() - 1)) < 4 * math.sqrt(8 / N)


def test_a_normal_number_hangs_on_its_place_alone():
    """Element i is the same in a tensor of any length and shape, in float32 the rounded float64; the formula is the paper's."""
    z = kernels.normal(KEY, (1001,), torch.float64)
    for n in (1, 2, 7, 500, 1000):
        assert torch.equal(kernels.normal(KEY, (n,), torch.float64), z[:n])
    assert torch.equal(kernels.normal(KEY, (7, 11, 13), torch.float64).flatten(), z)
    assert torch.equal(kernels.normal(KEY, (1001,)), z.float())
    u, v = kernels.random_bits(KEY, 1002).numpy().reshape(-1, 2).T / 2**32
    r = np.sqrt(-2 * np.log(u + 2**-32))
    np.testing.assert_allclose(z[::2], (r * np.cos(2 * np.pi * v))[:501], rtol=0, atol=1e-12)
    np.testing.assert_allclose(z[1::2], (r * np.sin(2 * np.pi * v))[:500], rtol=0, atol=1e-12)


@pytest.mark.parametrize("stddev", [0.1, 2.5])
def test_gaussian_noise(stddev):
    noise = drawn(L.GaussianNoise(stddev), torch.full((N,), 3.0, dtype=torch.float64)) - 3
    assert abs(float(noise.mean())) < 4 * stddev / math.sqrt(N)
    assert abs(float(noise.var()) / stddev**2 - 1) < 4 * math.sqrt(2 / N)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_gaussian_dropout_has_dropouts_moments(rate):
    x = torch.full((N,), 3.0, dtype=torch.float64)
    factor = drawn(L.GaussianDropout(rate), x) / 3
    variance = rate / (1 - rate)
    assert abs(float(factor.mean()) - 1) < 4 * math.sqrt(variance / N)
    assert abs(float(factor.var()) / variance - 1) < 4 * math.sqrt(2 / N)
    switched = drawn(L.Dropout(rate), x) / 3
    assert abs(float(switched.var()) / variance - 1) < 0.05 and factor.unique().numel() == N


def test_the_formulas_are_keras(keras64, monkeypatch):
    """Keras' layers with nabi's numbers in place of their own."""
    from keras.src import backend

    x = torch.randn(4, 5, dtype=torch.float64)
    z = kernels.normal(KEY, x.shape, torch.float64)
    monkeypatch.setattr(backend.random, "normal", lambda shape, mean, stddev, dtype, seed: mean + stddev * z)
    for ours, theirs in ((L.GaussianNoise(0.3), keras64.layers.GaussianNoise(0.3)),
                         (L.GaussianDropout(0.3), keras64.layers.GaussianDropout(0.3))):
        np.testing.assert_allclose(drawn(ours, x), theirs(x, training=True), rtol=0, atol=1e-14)
    near = drawn(L.GaussianDropout(0.31), x)
    assert (near - drawn(L.GaussianDropout(0.3), x)).abs().max() > 1e-3


@pytest.mark.parametrize("layer, shape, shared", [
    (L.SpatialDropout1D(0.3), (200, 6, 50), (1,)), (L.SpatialDropout2D(0.3), (200, 3, 4, 50), (1, 2)),
    (L.Dropout(0.3, noise_shape=(None, 1, 50)), (200, 6, 50), (1,)),
    (L.Dropout(0.3, noise_shape=[1, None, None]), (6, 100, 100), (0,)),
    (L.Dropout(0.3, noise_shape=(None, None)), (200, 50), ()),
])  # fmt: skip
def test_shared_masks(layer, shape, shared):
    """Along the shared axes a mask is the same, along the others it is not; rate and scale are dropout's."""
    y = drawn(layer, torch.ones(shape))
    assert y.unique().tolist() == pytest.approx([0, 1 / 0.7])
    once = y
    for axis in shared:
        assert torch.equal(y, y.narrow(axis, 0, 1).expand(shape))
        once = once.narrow(axis, 0, 1)
    for axis in set(range(len(shape))) - set(shared):
        assert not torch.equal(y, y.narrow(axis, 0, 1).expand(shape))
    assert abs(float((once == 0).float().mean()) - 0.3) < 4 * math.sqrt(0.21 / once.numel())


def test_what_is_switched_off_gets_no_gradient():
    x = torch.ones(3, 2, 2, 8, requires_grad=True)
    y = drawn(L.SpatialDropout2D(0.5), x)
    (g,) = torch.autograd.grad(y.sum(), x)
    assert torch.equal(g, y.detach()), "y = x m, so dy/dx = m"


@pytest.mark.parametrize("shared", [None, [1, 2], 3])
def test_prelu_is_keras(keras64, shared):
    x = np.random.default_rng(0).integers(-2, 3, (3, 4, 5, 2)).astype(float)
    ours, theirs = L.PReLU(shared_axes=shared, dtype="float64"), keras64.layers.PReLU(shared_axes=shared)
    for layer in (ours, theirs):
        layer.build((None, 4, 5, 2))
    ours.set_weights([np.random.default_rng(1).normal(size=ours.weights[0].shape)])
    theirs.set_weights(ours.get_weights())
    a, b = torch.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, z = ours(a), theirs(b)
    np.testing.assert_array_equal(y.detach(), z.detach())
    y.sum().backward()
    z.sum().backward()
    np.testing.assert_array_equal(a.grad, b.grad)
    (alpha,) = ours.get_weights()
    np.testing.assert_array_equal(y.detach(), np.where(x > 0, x, alpha * x))
    assert np.abs(y.detach().numpy() - np.where(x > 0, x, 0.9 * alpha * x)).max() > 1e-2


def test_prelu_holds_its_axes():
    layer = L.PReLU(shared_axes=1)
    layer(nabi.Input((None, 6)))
    assert layer(nabi.Input((9, 6))).shape == (None, 9, 6) and layer.get_config()["shared_axes"] == [1]
    for shape in ((9, 7), (9, 9, 6)):
        with pytest.raises(ShapeError, match="as it was built with"):
            layer(nabi.Input(shape))
    with pytest.raises(ShapeError, match=r"known lengths of the axes that are not shared, got .*shared_axes=\[1\] learns"):
        L.PReLU()(nabi.Input((None, 6)))


def test_softmax_over_several_axes(keras64):
    x = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    for axis in (-1, 1, [1, 2], [3, 1], [-1]):
        y = L.Softmax(axis)(x)
        axes = tuple(np.atleast_1d(axis).tolist())
        np.testing.assert_allclose(y, keras64.layers.Softmax(axis)(x), rtol=0, atol=1e-15)
        np.testing.assert_allclose(y.sum(axes), 1, rtol=0, atol=1e-14)


def test_configuration_and_file(tmp_path):
    x = nabi.Input((4, 4, 6))
    h = L.SpatialDropout2D(0.2, seed=5)(L.Dropout(0.3, noise_shape=(None, 1, 4, None))(L.GaussianNoise(0.1, seed=1)(x)))
    h = L.Softmax([1, 2])(L.ELU(0.5)(L.GaussianDropout(0.2)(L.PReLU("ones", "l2", "non_neg", [1, 2])(h))))
    model = nabi.Model(x, L.ReLU(6, 0.1, 1)(L.LeakyReLU(0.2)(h)))
    model.save(tmp_path / "noise.safetensors")
    data = np.random.default_rng(0).normal(size=(2, 4, 4, 6)).astype("float32")
    for twin in (nabi.models.load_model(tmp_path / "noise.safetensors"), model.from_config(model.get_config())):
        assert [layer.get_config() for layer in twin.layers] == [layer.get_config() for layer in model.layers]
        np.testing.assert_array_equal(twin.predict(data, verbose=0), model.predict(data, verbose=0))


@pytest.mark.parametrize("make, said", [
    (lambda: L.SpatialDropout1D(1.5), r"SpatialDropout1D\(rate\): expected a share in \[0, 1\], got 1.5"),
    (lambda: L.SpatialDropout2D(-0.1), r"SpatialDropout2D\(rate\).*got -0.1"),
    (lambda: L.SpatialDropout2D(0.1, "channels_first"), r"SpatialDropout2D\(data_format\): expected 'channels_last'"),
    (lambda: L.SpatialDropout1D(0.1, seed="a"), r"SpatialDropout1D\(seed\): expected a whole number or None, got 'a'"),
    (lambda: L.Dropout(True), r"Dropout\(rate\).*got True"),
    (lambda: L.Dropout(float("nan")), "got nan"),
    (lambda: L.Dropout(0.1, seed=1.5), r"Dropout\(seed\).*got 1.5"),
    (lambda: L.Dropout(0.1, noise_shape=3), r"Dropout\(noise_shape\): expected whole numbers above 0, or None .*got 3"),
    (lambda: L.Dropout(0.1, noise_shape=(None, 0)), r"got \(None, 0\)"),
    (lambda: L.Dropout(0.1, noise_shape="1"), "got '1'"),
    (lambda: L.GaussianNoise(-1), r"GaussianNoise\(stddev\): expected a finite number from 0 upwards, got -1"),
    (lambda: L.GaussianNoise("0.1"), "got '0.1'"),
    (lambda: L.GaussianNoise(0.1, seed=2.5), r"GaussianNoise\(seed\).*got 2.5"),
    (lambda: L.GaussianDropout(1), r"GaussianDropout\(rate\): expected a share in \[0, 1\), got 1"),
    (lambda: L.GaussianDropout(0.1, seed=[1]), r"GaussianDropout\(seed\).*got \[1\]"),
    (lambda: L.PReLU(shared_axes=1.5), r"PReLU\(shared_axes\): expected a whole number, or several different ones .*got 1.5"),
    (lambda: L.PReLU(shared_axes=[1, 1]), r"got \[1, 1\]"),
    (lambda: L.ELU(-1), r"ELU\(alpha\): expected a finite number from 0 upwards, got -1"),
    (lambda: L.LeakyReLU(-0.1), r"LeakyReLU\(negative_slope\).*got -0.1"),
    (lambda: L.LeakyReLU(None), "got None"),
    (lambda: L.ReLU(max_value=-1), r"ReLU\(max_value\).*got -1"),
    (lambda: L.ReLU(negative_slope=None), r"ReLU\(negative_slope\).*got None"),
    (lambda: L.ReLU(threshold=-1), r"ReLU\(threshold\).*got -1"),
    (lambda: L.Softmax(axis=0.5), r"Softmax\(axis\).*got 0.5"),
    (lambda: L.Activation("reluu"), "activation 'reluu'.*Did you mean 'relu'"),
    (lambda: L.Activation(3), "expected a name.*got 3"),
])  # fmt: skip
def test_arguments_that_cannot_be_meant(make, said):
    with pytest.raises((ArgumentError, nabi.core.errors.UnknownName), match=said):
        make()


@pytest.mark.parametrize("layer, shape, said", [
    (L.SpatialDropout1D(0.1), (4, 4, 3), r"3 axes \(batch, steps, features\), got 4"),
    (L.SpatialDropout2D(0.1), (4, 3), r"4 axes \(batch, height, width, channels\), got 3"),
    (L.Dropout(0.1, noise_shape=(None, 1)), (4, 3), r"noise_shape=\[\?, 1\]: expected one length an axis, 1 or the input's"),
    (L.Dropout(0.1, noise_shape=(None, 2, 1)), (4, 3), r"noise_shape=\[\?, 2, 1\]"),
    (L.PReLU(shared_axes=[3]), (4, 3), r"different axes among \(4,3\), got axis=\[3\]"),
    (L.PReLU(shared_axes=0), (4, 3), r"got axis=\[0\]"),
    (L.Softmax(axis=3), (4, 3), r"an axis among \(4,3\), got axis=3"),
])  # fmt: skip
def test_inputs_that_do_not_fit(layer, shape, said):
    with pytest.raises(ShapeError, match=said):
        layer(nabi.Input(shape))


def test_a_mask_for_a_batch_of_another_size():
    layer = L.Dropout(0.5, noise_shape=(4, 1))
    assert layer(torch.ones(4, 3), training=True).shape == (4, 3)
    with pytest.raises(ShapeError, match="an input of .* a sample"):
        layer(torch.ones(3, 3), training=True)


def test_dropout_of_all_units():
    """Rate 1, as in Keras: nothing is left, and no gradient; the fused plan leaves it to the layer."""
    x = torch.ones(2, 3, requires_grad=True)
    for layer in (L.Dropout(1), L.Dropout(1.0, noise_shape=(None, 1))):
        y = layer(x, training=True)
        assert y.tolist() == [[0.0] * 3] * 2 and torch.autograd.grad(y.sum(), x)[0].eq(0).all() and layer(x).equal(x)
    model = nabi.Sequential([nabi.Input((3,)), L.Dense(4), L.Dropout(1.0), L.Dense(1)])
    before = model.get_weights()
    model.compile("sgd", "mse")
    model.fit(np.random.default_rng(0).normal(size=(4, 3)), np.ones((4, 1)), verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, False, False, True]
