"""Initializers: the law each draws from (bounds, moments, Kolmogorov-Smirnov), Keras' fans, seeds, names."""

import json
import math

import numpy as np
import pytest
import torch
from scipy import stats

from nabi import initializers
from nabi.core import random, registry
from nabi.core.errors import ArgumentError, UnknownName

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
    assert {type(initializers.get(name)).__name__ for name in RANDOM} == set(LAWS)


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
    for name in ("GlorotUniform", "HeNormal", "LecunUniform", "RandomNormal", "RandomUniform", "TruncatedNormal", "Constant"):
        theirs = getattr(keras.initializers, name)()
        ours = getattr(initializers, name)()
        same = set(ours.get_config()) & set(theirs.get_config())
        assert same and {k: ours.get_config()[k] for k in same} == {k: theirs.get_config()[k] for k in same}
        if isinstance(theirs, keras.initializers.VarianceScaling):
            assert (ours.scale, ours.mode, ours.distribution) == (theirs.scale, theirs.mode, theirs.distribution)
    for name in ("zero", "one", "normal", "uniform", "glorot_uniform", "he_normal", "lecun_normal", "random_normal"):
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
    for shape in [(), (3,), (2, 3), (0, 4), (3, 3, 1, 2)]:
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
        (lambda: initializers.VarianceScaling(0), ArgumentError, r"VarianceScaling\(scale\): expected a number above 0, got 0"),
        (lambda: initializers.VarianceScaling(1, "in"), ArgumentError, r"\(mode\): expected one of fan_in, fan_out, fan_avg"),
        (lambda: initializers.VarianceScaling(1, "fan_in", "flat"), ArgumentError, r"\(distribution\).* got 'flat'"),
    ],
)
def test_errors(call, error, words):
    assert initializers.get(None) is None and initializers.serialize(None) is None
    with pytest.raises(error, match=words):
        call()
