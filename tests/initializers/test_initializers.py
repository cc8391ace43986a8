"""Initializers: the law each draws from (bounds, moments, Kolmogorov-Smirnov), Keras' fans, seeds, names."""

import json
import math

import numpy as np
import pytest
import torch
from scipy import stats

from nabi import initializers
from nabi.core import random, registry
from nabi.core.errors import ArgumentError, ShapeError, UnknownName
from nabi.initializers.law import Law

SHAPES = [(60, 500), (500, 60), (5, 5, 40, 30), (3, 3, 30, 100)]
NAMES = registry.names("initializer")
RANDOM = [name for name in NAMES if isinstance(initializers.get(name), initializers.RandomInitializer)]
TRUNCATED = stats.truncnorm(-2, 2)
LAWS = {  # name: (law at spread 1, spread from the fans)
    "GlorotUniform": (stats.uniform(-1, 2), lambda i, o: math.sqrt(6 / (i + o))),
    "HeUniform": (stats.uniform(-1, 2), lambda i, o: math.sqrt(6 / i)),
    "LecunUniform": (stats.uniform(-1, 2), lambda i, o: math.sqrt(3 / i)),
    "GlorotNormal": (TRUNCATED, lambda i, o: math.sqrt(2 / (i + o)) / TRUNCATED.std()),
    "HeNormal": (TRUNCATED, lambda i, o: math.sqrt(2 / i) / TRUNCATED.std()),
    "LecunNormal": (TRUNCATED, lambda i, o: math.sqrt(1 / i) / TRUNCATED.std()),
    "VarianceScaling": (TRUNCATED, lambda i, o: math.sqrt(1 / i) / TRUNCATED.std()),
    "RandomUniform": (stats.uniform(-1, 2), lambda i, o: 0.05),
    "RandomNormal": (stats.norm, lambda i, o: 0.05),
    "TruncatedNormal": (TRUNCATED, lambda i, o: 0.05),
}


def far(w, law, spread) -> float:
    """Kolmogorov-Smirnov distance times sqrt(n): above 2.3 with probability 5e-5 for the right law."""
    sample = w.numpy().astype(np.float64).ravel() / spread
    return stats.kstest(sample, law.cdf).statistic * math.sqrt(sample.size)


def fans(shape):
    """fan_in and fan_out counted on the connections of one output and one input."""
    return (shape[0], shape[1]) if len(shape) == 2 else (np.prod(shape[:3]), np.prod(shape[:2]) * shape[3])


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("shape", SHAPES)
def test_law(name, shape):
    law, spread = LAWS[name]
    w = initializers.get(name)(shape, generator=np.random.default_rng(8))
    spread = spread(*fans(shape))
    assert w.shape == shape and w.dtype == torch.float32
    assert far(w, law, spread) < 2.3
    assert w.abs().max() <= law.support()[1] * spread * (1 + 1e-6)
    assert abs(float(w.double().mean())) < 5 * law.std() * spread / math.sqrt(w.numel())


def test_every_random_initializer_has_a_law():
    assert {type(initializers.get(name)).__name__ for name in RANDOM} == {*LAWS, "Orthogonal"}


def test_orthogonal(monkeypatch):
    """Keras' matrix from the same numbers; w^T w = gain^2 1 for tall matrices, w w^T for wide ones."""
    import keras
    from keras.src.initializers import random_initializers

    for shape in [(7, 4), (4, 7), (5, 5), (3, 3, 2, 5), (2, 2, 1, 9)]:
        a = np.random.default_rng(2).standard_normal(sorted((math.prod(shape[:-1]), shape[-1]))[::-1], np.float32)
        monkeypatch.setattr(random_initializers.random, "normal", lambda *_, a=a, **__: torch.tensor(a))
        theirs = keras.initializers.Orthogonal(gain=1.5)(shape, dtype="float32")
        w = initializers.Orthogonal(gain=1.5)(shape, generator=np.random.default_rng(2))
        assert w.shape == shape and torch.allclose(w, theirs.cpu(), atol=2e-6)
        flat = w.double().reshape(-1, shape[-1])
        square = flat.T @ flat if len(flat) >= shape[-1] else flat @ flat.T
        assert torch.allclose(square, 2.25 * torch.eye(len(square), dtype=torch.float64), atol=2e-6)


def test_orthogonal_is_drawn_evenly():
    """An entry's square has the law Beta(1/2, (n - 1)/2) and either sign; without the signs of diag R all would be negative."""
    rng = np.random.default_rng(6)
    corner = np.array([initializers.Orthogonal()((4, 4), generator=rng)[0, 0].item() for _ in range(400)])
    assert stats.kstest(corner**2, stats.beta(0.5, 1.5).cdf).statistic * 20 < 2.3
    assert abs((corner > 0).mean() - 0.5) < 5 * 0.5 / 20
    plain = np.array([np.linalg.qr(rng.standard_normal((4, 4)))[0][0, 0] for _ in range(400)])
    assert abs((plain > 0).mean() - 0.5) > 0.4


def test_identity():
    """Keras' matrix; torch's dirac_ for kernels of convolutions, whose axes stand the other way round."""
    import keras

    for shape in [(3, 3), (2, 4), (4, 2)]:
        w = initializers.Identity(0.1)(shape, torch.float64)
        assert torch.equal(w.float(), keras.initializers.Identity(0.1)(shape).cpu()) and w[0, 0] == 0.1
    for shape in [(3, 3, 2, 4), (5, 3, 4, 4), (2, 2, 3, 3), (3, 2, 3)]:
        theirs = torch.nn.init.dirac_(torch.empty(shape[::-1])).permute(*range(len(shape))[::-1])
        assert torch.equal(initializers.Identity()(shape), theirs)


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("distribution", ["truncated_normal", "untruncated_normal", "uniform"])
def test_variance_scaling(mode, distribution):
    """Var w = scale / n, to five standard errors."""
    shape, rng = (3, 3, 30, 100), np.random.default_rng(4)
    n = dict(zip(("fan_in", "fan_out", "fan_avg"), (270, 900, 585), strict=True))[mode]
    w = initializers.VarianceScaling(1.7, mode, distribution)(shape, generator=rng).double()
    assert abs(float(w.var()) * n / 1.7 - 1) < 5 * math.sqrt(2 / w.numel())


def test_keras_fans_and_configurations():
    import keras
    from keras.src.initializers.random_initializers import compute_fans

    for shape in [(), (7,), (3, 4), (5, 6, 7), (3, 3, 4, 8), (3, 3, 3, 2, 5)]:
        assert initializers.fans(shape) == compute_fans(shape)
    for axes in [((0,), (2,)), ((1, 2), (0,)), ((-1,), (0, 1))]:
        assert initializers.fans((3, 4, 5), *axes) == compute_fans((3, 4, 5), *axes)
    named = initializers.HeUniform(seed=3, input_axes=[0, 2], output_axes=[1])((3, 400, 5)).abs().max()
    assert 0.999 * math.sqrt(6 / 15) < named <= math.sqrt(6 / 15)
    for name in ("GlorotUniform", "HeNormal", "LecunUniform", "RandomNormal", "RandomUniform", "TruncatedNormal", "Constant",
                 "Orthogonal"):
        theirs = getattr(keras.initializers, name)()
        ours = getattr(initializers, name)()
        same = set(ours.get_config()) & set(theirs.get_config())
        assert same and {k: ours.get_config()[k] for k in same} == {k: theirs.get_config()[k] for k in same}
        if isinstance(theirs, keras.initializers.VarianceScaling):
            assert (ours.scale, ours.mode, ours.distribution) == (theirs.scale, theirs.mode, theirs.distribution)
    for name in ("zero", "one", "normal", "uniform", "glorot_uniform", "he_normal", "lecun_normal", "random_normal", "orthogonal",
                 "identity"):
        assert type(initializers.get(name)).__name__ == type(keras.initializers.get(name)).__name__
    assert initializers.scaling.TRUNCATED_STDDEV == pytest.approx(TRUNCATED.std(), rel=1e-12)


def test_broken_on_purpose():
    """No correction for the cut tails, swapped fans, and redrawing left out are each seen."""
    shape = (60, 500)
    z = np.random.default_rng(1).standard_normal(shape)
    spread = math.sqrt(2 / 60) / TRUNCATED.std()
    w = initializers.HeNormal()(shape, generator=np.random.default_rng(1))
    assert far(w * float(TRUNCATED.std()), TRUNCATED, spread) > 2.3
    assert far(w, TRUNCATED, math.sqrt(2 / 500) / TRUNCATED.std()) > 2.3
    assert far(torch.tensor(z * spread), TRUNCATED, spread) > 2.3
    assert far(torch.tensor(np.clip(z, -2, 2) * spread), TRUNCATED, spread) > 2.3


@pytest.mark.parametrize("name", RANDOM)
def test_where_numbers_come_from(name):
    init = initializers.get(name)

    def draw(start):
        return init((4, 5), generator=np.random.default_rng(start))

    assert torch.equal(draw(1), draw(1)) and not torch.equal(draw(1), draw(2))
    random.set_seed(5)
    first, second = init((4, 5)), init((4, 5))
    random.set_seed(5)
    assert torch.equal(init((4, 5)), first) and not torch.equal(first, second)
    seeded = type(init)(**{**init.get_config(), "seed": 7})
    assert torch.equal(seeded((4, 5)), seeded((4, 5), generator=np.random.default_rng(1)))
    assert not torch.equal(seeded((4, 5)), type(init)(**{**init.get_config(), "seed": 8})((4, 5)))
    wide = init((4, 5), torch.float64, np.random.default_rng(1))
    assert wide.dtype == torch.float64 and torch.equal(wide.float(), draw(1))


@pytest.mark.parametrize("name", NAMES)
def test_round_trip_and_shapes(name):
    init = initializers.get(name)
    written = json.loads(json.dumps(initializers.serialize(init)))
    again = initializers.get(written)
    assert type(again) is type(init) and again.get_config() == init.get_config()
    matrices_only = isinstance(init, initializers.Orthogonal | initializers.Identity)
    for shape in [(), (3,), (2, 3), (0, 4), (3, 3, 1, 2)][2 * matrices_only :]:
        rngs = np.random.default_rng(1), np.random.default_rng(1)
        assert torch.equal(init(shape, generator=rngs[0]), again(shape, "float32", rngs[1]))
        assert init(shape).shape == shape and init(list(shape), torch.bfloat16).dtype == torch.bfloat16


def test_constants():
    assert initializers.Zeros()((2,)).tolist() == [0, 0] and initializers.Ones()((2,)).tolist() == [1, 1]
    assert initializers.Constant(0.1)((1,), torch.float64).item() == 0.1


def test_a_function_of_your_own():
    def diagonal(shape, dtype=None):
        return torch.eye(*shape, dtype=dtype)

    init = initializers.get(diagonal)
    assert torch.equal(init((3, 3), torch.float64, np.random.default_rng(0)), torch.eye(3, dtype=torch.float64))
    with pytest.raises(ArgumentError, match=r'Put @register\("initializer"\)'):
        initializers.serialize(init)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: initializers.get("glorot"), UnknownName, "initializer 'glorot'.*Did you mean 'glorot_"),
        (lambda: initializers.get(3), ArgumentError, "initializer: expected a name"),
        (lambda: initializers.VarianceScaling(0), ArgumentError, r"VarianceScaling\(scale\): .*a finite number above 0, got 0"),
        (lambda: initializers.VarianceScaling("2"), ArgumentError, r"VarianceScaling\(scale\): .* got '2'"),
        (lambda: initializers.HeNormal(seed=0.5), ArgumentError, r"HeNormal\(seed\): expected a whole number or None, got 0.5"),
        (lambda: initializers.LecunNormal(input_axes=1), ArgumentError, r"LecunNormal\(input_axes\): expected a list of axes"),
        (lambda: initializers.GlorotNormal(None, [0], ["1"]), ArgumentError, r"GlorotNormal\(output_axes\): .* got \['1'\]"),
        (lambda: initializers.HeUniform(None, [0], [2])((2, 3)), ShapeError, r"axes of a weight of shape \(2, 3\), got \[0\], "),
        (lambda: initializers.Constant(None), ArgumentError, r"Constant\(value\): expected a finite number, got None"),
        (lambda: initializers.RandomUniform(1, 0), ArgumentError, r"RandomUniform\(maxval\): .* from 1 upwards, got 0"),
        (lambda: initializers.RandomUniform(math.nan), ArgumentError, r"RandomUniform\(minval\): .* got nan"),
        (lambda: initializers.RandomNormal("0"), ArgumentError, r"RandomNormal\(mean\): expected a finite number, got '0'"),
        (lambda: initializers.RandomNormal(0, -1), ArgumentError, r"RandomNormal\(stddev\): .* from 0 upwards, got -1"),
        (lambda: initializers.TruncatedNormal(math.inf), ArgumentError, r"TruncatedNormal\(mean\): .* got inf"),
        (lambda: initializers.TruncatedNormal(stddev=True), ArgumentError, r"TruncatedNormal\(stddev\): .* got True"),
        (lambda: initializers.Orthogonal("2"), ArgumentError, r"Orthogonal\(gain\): expected a finite number, got '2'"),
        (lambda: initializers.Orthogonal()((3,)), ShapeError, r"Orthogonal: expected a shape of two axes or more, got \(3,\)"),
        (lambda: initializers.Identity(None), ArgumentError, r"Identity\(gain\): expected a finite number, got None"),
        (lambda: initializers.Identity()(()), ShapeError, r"Identity: expected a shape of two axes or more, got \(\)"),
        (lambda: initializers.VarianceScaling(1, "in"), ArgumentError, r"\(mode\): expected one of fan_in, fan_out, fan_avg"),
        (lambda: initializers.VarianceScaling(1, "fan_in", "flat"), ArgumentError, r"\(distribution\).* got 'flat'"),
    ],
)
def test_errors(call, error, words):
    assert initializers.get(None) is None and initializers.serialize(None) is None
    with pytest.raises(error, match=words):
        call()


def test_a_weight_is_drawn_into_its_place_and_copies_what_others_hold():
    import nabi

    class Kept(initializers.GlorotUniform):
        def draw(self, shape, generator):
            return self.array

    kept = Kept()
    kept.array = np.ones((4, 3), np.float32)
    layer = nabi.layers.Dense(3, kernel_initializer=kept)
    layer.build((None, 4))
    layer.weights[0].assign(np.zeros((4, 3)))
    assert kept.array.sum() == 12  # the user's own array stays his
    for init, shape in ((initializers.HeNormal(seed=3), (700, 500)), (initializers.GlorotUniform(seed=3), (300, 1100))):
        layer = nabi.layers.Dense(shape[1], kernel_initializer=init)  # its kernel lies (units, in), and is drawn in two pieces
        layer.build((None, shape[0]))
        assert torch.equal(layer.kernel, init(shape)) and layer.kernel.T.is_contiguous()


def test_pieces_give_the_numbers_of_one_draw():
    """The stream of a weight, drawn at once with NumPy: what a seed gave before pieces is what it gives now."""
    shape = (7, 3, 60_000)
    u = np.random.default_rng(1).random(shape, np.float32)
    z = np.random.default_rng(1).standard_normal(shape, np.float32)
    uniform, normal = (Law(kind, -0.5, 2).drawn(shape, np.random.default_rng(1)) for kind in ("uniform", "normal"))
    assert np.array_equal(uniform, u * np.float32(2) - np.float32(0.5))
    assert np.array_equal(normal, z * np.float32(2) - np.float32(0.5))
    generator = np.random.default_rng(1)
    z = generator.standard_normal(shape, np.float32).reshape(-1)
    beyond = np.flatnonzero(np.abs(z) > 2)
    while beyond.size:
        z[beyond] = generator.standard_normal(beyond.size, np.float32)
        beyond = beyond[np.abs(z[beyond]) > 2]
    assert np.array_equal(Law("truncated", 0, 1).drawn(shape, np.random.default_rng(1)).reshape(-1), z)
