"""Every metric against Keras 3 in float64: over several batches, with weights, on pictures; the choice behind "accuracy"."""

import numpy as np
import pytest
import torch

from nabi import losses, metrics

RNG = np.random.default_rng(11)
N, C = 9, 4
PROBABILITIES = RNG.dirichlet(np.ones(C), size=N)
ONE_HOT = np.eye(C)[RNG.integers(C, size=N)]
NUMBERS = RNG.integers(C, size=N)
BITS = RNG.integers(2, size=(N, C))
REAL = RNG.normal(size=(N, C)), RNG.normal(size=(N, C))

CASES = [
    ("Accuracy", {}, (NUMBERS[:, None], np.where(BITS[:, :1], NUMBERS[:, None], 0.0))),
    ("BinaryAccuracy", {}, (BITS, RNG.uniform(size=(N, C)))),
    ("BinaryAccuracy", {"threshold": 0.8}, (BITS.astype(float), RNG.uniform(size=(N, C)))),
    ("CategoricalAccuracy", {}, (ONE_HOT, PROBABILITIES)),
    ("SparseCategoricalAccuracy", {}, (NUMBERS, PROBABILITIES)),
    ("SparseCategoricalAccuracy", {}, (NUMBERS[:, None], PROBABILITIES)),
    ("MeanSquaredError", {}, REAL),
    ("MeanAbsoluteError", {}, REAL),
    ("RootMeanSquaredError", {}, REAL),
    ("CosineSimilarity", {}, REAL),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, (BITS, RNG.uniform(size=(N, C)))),
    ("BinaryCrossentropy", {"from_logits": True}, (BITS, REAL[0])),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, (ONE_HOT, PROBABILITIES)),
    ("CategoricalCrossentropy", {"from_logits": True}, (ONE_HOT, REAL[0])),
    ("SparseCategoricalCrossentropy", {}, (NUMBERS, PROBABILITIES)),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, (NUMBERS, REAL[0])),
    ("PearsonCorrelation", {}, REAL),
    ("ConcordanceCorrelation", {}, (REAL[0], 0.5 + REAL[0] + 0.3 * REAL[1])),
]
IDS = [f"{name}-{'-'.join(map(str, config.values()))}-{i}" for i, (name, config, _) in enumerate(CASES)]
BATCHES = [slice(0, 4), slice(4, 8), slice(8, 9)]


def run(module, name, config, data, weight):
    """The metric's result after three batches of unequal size."""
    metric = getattr(module, name)(**({} if module is metrics else {"dtype": "float64"}), **config)
    y, p = map(torch.tensor, data)
    for batch in BATCHES:
        metric.update_state(y[batch], p[batch], sample_weight=None if weight is None else torch.tensor(weight[batch]))
    return float(metric.result())


@pytest.mark.parametrize(("name", "config", "data"), CASES, ids=IDS)
def test_batches_and_weights(keras64, name, config, data):
    for weight in (None, RNG.uniform(size=N), RNG.uniform(size=(N, 1))):
        theirs = run(keras64.metrics, name, config, data, weight)
        assert run(metrics, name, config, data, weight) == pytest.approx(theirs, rel=1e-12, abs=1e-12)
        assert abs(theirs) > 1e-3  # a metric that is 0 would prove nothing


@pytest.mark.parametrize(("name", "config", "data"), CASES, ids=IDS)
def test_pictures(keras64, name, config, data):
    """One answer a place: weights a picture or a place."""
    data = tuple(np.stack([a, a[::-1]], axis=1) for a in data)
    for weight in (None, RNG.uniform(size=N), RNG.uniform(size=(N, 2))):
        theirs = run(keras64.metrics, name, config, data, weight)
        assert run(metrics, name, config, data, weight) == pytest.approx(theirs, rel=1e-12, abs=1e-12)


def test_weights_of_single_values(keras64):
    """MeanSquaredError averages before it weighs, RootMeanSquaredError weighs each square."""
    weight = RNG.uniform(size=(N, C))
    ours, theirs = (run(module, "RootMeanSquaredError", {}, REAL, weight) for module in (metrics, keras64.metrics))
    assert ours == pytest.approx(theirs, rel=1e-12)
    values = RNG.normal(size=(N, C))
    for w in (weight, weight[:, 0], 2.0):
        ours, theirs = metrics.Mean(), keras64.metrics.Mean(dtype="float64")
        for metric in (ours, theirs):
            metric.update_state(values, sample_weight=w)
            metric.update_state(values[0, 0])
        assert ours.result() == pytest.approx(float(theirs.result()), rel=1e-12)


def test_ties_and_nan(keras64):
    p = np.array([[0.4, 0.4, 0.2], [0.2, 0.4, 0.4], [np.nan, 0.4, 0.6], [0.5, 0.5, 0.0]])
    for name, y in (("SparseCategoricalAccuracy", np.array([0, 1, 0, 1])), ("CategoricalAccuracy", np.eye(3)[[0, 1, 0, 1]])):
        ours, theirs = getattr(metrics, name)()(y, p), float(getattr(keras64.metrics, name)()(y, p))
        assert ours == theirs == 0.75
    assert np.isnan(metrics.MeanSquaredError()([[1.0]], [[np.nan]]))
    assert metrics.BinaryAccuracy()([[1], [0]], [[np.nan], [0.5]]) == 0.5


@pytest.mark.parametrize("word", ["accuracy", "acc", "crossentropy", "ce"])
@pytest.mark.parametrize(
    ("y_shape", "p_shape"),
    [((5, 1), (5, 1)), ((5,), (5, 1)), ((5,), (5, 10)), ((5, 1), (5, 10)), ((5, 10), (5, 10)), ((5, 8, 8), (5, 8, 8, 3)),
     ((5, 8, 8, 1), (5, 8, 8, 1)), ((5, 8, 8, 1), (5, 8, 8, 3)), ((5, 8, 8, 3), (5, 8, 8, 3))],
)  # fmt: skip
def test_the_form_is_keras_choice(keras64, word, y_shape, p_shape):
    from keras.src.trainers import compile_utils

    ours = metrics.resolve(word, y_shape, p_shape)
    y, p = torch.zeros(y_shape), torch.zeros(p_shape)
    if word.startswith("acc"):
        theirs = compile_utils.get_metric(word, y, p)
        assert (type(ours).__name__, ours.name) == (type(theirs).__name__, theirs.name)
    else:
        theirs = compile_utils.get_loss(word, y, p)
        assert ours.name == word and theirs.fn.__name__ == losses.loss.snake_case(type(ours).__name__)
        assert losses.resolve(word, y_shape, p_shape).name == theirs.fn.__name__


@pytest.mark.parametrize("name", ["mse", "MAE", "binary_crossentropy", "hinge", "cosine_similarity", "mean_squared_error"])
def test_names_in_logs_are_those_of_keras(keras64, name):
    from keras.src.trainers import compile_utils

    y, p = torch.tensor(BITS).double(), torch.rand(N, C, dtype=torch.float64)
    ours, theirs = metrics.get(name), compile_utils.get_metric(name, y, p)
    assert ours.name == theirs.name == name
    assert ours(y, p) == pytest.approx(float(theirs(y, p)), rel=1e-12)
    assert ours.direction == {"up": "max", "down": "min"}[theirs._direction]


def test_broken_on_purpose():
    """A mean of batch means, and a threshold that takes p = 0.5 for a yes, are found by the comparisons above."""
    name, config, data = CASES[6]
    means = [losses.mean_squared_error(data[0][b], data[1][b]).mean() for b in BATCHES]
    assert abs(float(torch.stack(means).mean()) - run(metrics, name, config, data, None)) > 1e-3
    y, p = np.array([[0], [1]]), np.array([[0.5], [0.9]])
    assert metrics.BinaryAccuracy()(y, p) == 1.0 != np.mean(y == (p >= 0.5))


@pytest.mark.parametrize("name", ["PearsonCorrelation", "ConcordanceCorrelation"])
def test_correlations_along_other_axes(keras64, name):
    """Over the samples of a batch, over whole pictures; NumPy's corrcoef; a scale changes agreement, not correlation."""
    y, p = (np.stack([a, a[::-1]], axis=1) for a in REAL)
    for axis in (0, (1, 2)):
        theirs = getattr(keras64.metrics, name)(dtype="float64", axis=axis)(y, p)
        assert getattr(metrics, name)(axis=axis)(y, p) == pytest.approx(float(theirs), rel=1e-12)
    expected = np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(*REAL, strict=True)])
    assert metrics.PearsonCorrelation()(*REAL) == pytest.approx(expected, rel=1e-12)
    twice = [getattr(metrics, name)()(REAL[0], factor * REAL[0]) for factor in (1, 2)]
    assert twice == ([pytest.approx(1)] * 2 if name[0] == "P" else [pytest.approx(1, abs=1e-5), pytest.approx(twice[1])])
    assert name[0] == "P" or twice[1] < 0.9
