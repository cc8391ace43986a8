"""Every loss against Keras 3 in float64: values, gradients, reductions, weights; and formulas broken on purpose."""

from copy import copy

import numpy as np
import pytest
import torch

from nabi import losses

RNG = np.random.default_rng(5)
N, C = 7, 4
REAL = RNG.normal(size=(N, C)), RNG.normal(size=(N, C))
POSITIVE = RNG.gamma(2.0, size=(N, C)), RNG.gamma(2.0, size=(N, C))
SHARES = RNG.dirichlet(np.ones(C), size=N), RNG.dirichlet(np.ones(C), size=N)
ONE_HOT = np.eye(C)[RNG.integers(C, size=N)], RNG.dirichlet(np.ones(C), size=N)
BITS = RNG.integers(2, size=(N, C)).astype(float), RNG.uniform(size=(N, C))
NUMBERS = RNG.integers(C, size=N), RNG.dirichlet(np.ones(C), size=N)
BIT_LOGITS = BITS[0], REAL[1] * 5
ONE_HOT_LOGITS = ONE_HOT[0], REAL[1] * 5
NUMBER_LOGITS = NUMBERS[0], REAL[1] * 5

CASES = [
    ("MeanSquaredError", {}, REAL),
    ("MeanAbsoluteError", {}, REAL),
    ("MeanAbsolutePercentageError", {}, REAL),
    ("MeanSquaredLogarithmicError", {}, POSITIVE),
    ("MeanSquaredLogarithmicError", {}, REAL),
    ("Huber", {"delta": 0.7}, REAL),
    ("LogCosh", {}, REAL),
    ("CosineSimilarity", {}, REAL),
    ("Hinge", {}, BITS),
    ("Hinge", {}, REAL),
    ("SquaredHinge", {}, BITS),
    ("CategoricalHinge", {}, ONE_HOT),
    ("KLDivergence", {}, SHARES),
    ("KLDivergence", {}, ONE_HOT),
    ("Poisson", {}, POSITIVE),
    ("BinaryCrossentropy", {}, BITS),
    ("BinaryCrossentropy", {"label_smoothing": 0.3}, BITS),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, BIT_LOGITS),
    ("CategoricalCrossentropy", {}, ONE_HOT),
    ("CategoricalCrossentropy", {}, SHARES),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, (ONE_HOT[0], ONE_HOT[1] * 3)),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, ONE_HOT_LOGITS),
    ("SparseCategoricalCrossentropy", {}, (NUMBERS[0], NUMBERS[1] * 0.5)),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, NUMBER_LOGITS),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, NUMBERS),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 0}, NUMBER_LOGITS),
    ("BinaryFocalCrossentropy", {}, BITS),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.7, "gamma": 1.5, "label_smoothing": 0.2}, BITS),
    ("BinaryFocalCrossentropy", {"gamma": 0.0, "from_logits": True}, BIT_LOGITS),
    ("BinaryFocalCrossentropy", {"from_logits": True, "apply_class_balancing": True, "label_smoothing": 0.1}, BIT_LOGITS),
    ("CategoricalFocalCrossentropy", {}, (ONE_HOT[0], ONE_HOT[1] * 3)),
    ("CategoricalFocalCrossentropy", {"alpha": [0.1, 1, 2, 0.4], "gamma": 3, "label_smoothing": 0.2}, ONE_HOT),
    ("CategoricalFocalCrossentropy", {"from_logits": True, "gamma": 0.5, "alpha": 1}, ONE_HOT_LOGITS),
    ("Dice", {"axis": -1}, BITS),
    ("Tversky", {"alpha": 0.3, "beta": 0.9, "axis": -1}, BITS),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, NUMBERS),
]
IDS = [f"{name}-{'-'.join(map(str, config.values()))}-{i}" for i, (name, config, _) in enumerate(CASES)]
REDUCTIONS = ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None]
WEIGHTS = [None, 2.0, RNG.uniform(size=N), RNG.uniform(size=(N, 1))]


def both(keras64, name, config, data, reduction="sum_over_batch_size", weight=None):
    """(value, gradient with respect to the predictions) of nabi's loss and of Keras'.

    Keras gets the weights as a copy: where it masks, it multiplies them in place and cannot take a single number.
    """
    found = []
    for module in (losses, keras64.losses):
        p = torch.tensor(data[1], requires_grad=True)
        w = np.full(N, weight) if "ignore_class" in config and np.ndim(weight) == 0 and weight else copy(weight)
        value = getattr(module, name)(reduction=reduction, **config)(torch.tensor(data[0]), p, sample_weight=w)
        value.sum().backward()
        found.append((value.detach().numpy(), p.grad.numpy()))
    return found


def close(ours, theirs, tolerance=1e-12):
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "config", "data"), CASES, ids=IDS)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_values_and_gradients(keras64, name, config, data, reduction):
    (ours, our_gradient), (theirs, their_gradient) = both(keras64, name, config, data, reduction)
    assert ours.shape == theirs.shape and ours.dtype == np.float64
    close(ours, theirs)
    close(our_gradient, their_gradient)


@pytest.mark.parametrize(("name", "config", "data"), CASES, ids=IDS)
@pytest.mark.parametrize("weight", WEIGHTS[1:], ids=["one number", "(N,)", "(N,1)"])
def test_sample_weights(keras64, name, config, data, weight):
    for reduction in REDUCTIONS:
        (ours, our_gradient), (theirs, their_gradient) = both(keras64, name, config, data, reduction, weight)
        assert ours.shape == theirs.shape
        close(ours, theirs)
        close(our_gradient, their_gradient)


@pytest.mark.parametrize(("name", "config", "data"), CASES, ids=IDS)
def test_pictures(keras64, name, config, data):
    """Labels and predictions with more axes: one loss a place, weights a picture or a place."""
    y, p = (np.stack([a, a[::-1]], axis=1) for a in data)
    for reduction in ("sum_over_batch_size", "none"):
        (ours, our_gradient), (theirs, their_gradient) = both(keras64, name, config, (y, p), reduction)
        assert ours.shape == theirs.shape == (() if reduction != "none" else (N, 2))
        close(ours, theirs)
        close(our_gradient, their_gradient)
    places = RNG.uniform(size=(N, 2))
    close(both(keras64, name, config, (y, p), weight=places)[0][0], both(keras64, name, config, (y, p), weight=places)[1][0])


@pytest.mark.parametrize(("name", "config", "data"), CASES, ids=IDS)
def test_float32(keras64, name, config, data):
    """In float32 the value is the float64 one to float32's precision."""
    exact = both(keras64, name, config, data)[1][0]
    y = torch.tensor(data[0])
    loss = getattr(losses, name)(**config)
    assert loss(y, torch.tensor(data[1], dtype=torch.float32)).dtype == torch.float32
    close(loss(y, torch.tensor(data[1], dtype=torch.float32)), exact, 2e-5)
    assert loss(y, torch.tensor(data[1]).bfloat16()).dtype == torch.float32


@pytest.mark.parametrize(("name", "config", "data"), CASES, ids=IDS)
def test_function_forms(keras64, name, config, data):
    """The function in snake_case gives Keras' values per sample."""
    known = {"KLDivergence": "kl_divergence"}.get(name) or losses.loss.snake_case(name)
    ours = getattr(losses, known)(torch.tensor(data[0]), torch.tensor(data[1]), **config)
    theirs = getattr(keras64.losses, known)(torch.tensor(data[0]), torch.tensor(data[1]), **config)
    assert ours.shape == (N,)
    close(ours, theirs)


@pytest.mark.parametrize(("y_shape", "p_shape"), [((N,), (N, 1)), ((N, 1), (N,)), ((N, 3, 3, 1), (N, 3, 3)), ((N,), (N,))])
@pytest.mark.parametrize("name", ["MeanSquaredError", "BinaryCrossentropy", "Hinge", "Huber"])
def test_a_last_axis_of_one(keras64, name, y_shape, p_shape):
    y, p = RNG.integers(2, size=y_shape).astype(float), RNG.uniform(size=p_shape)
    for reduction in ("none", "sum_over_batch_size"):
        (ours, our_gradient), (theirs, their_gradient) = both(keras64, name, {}, (y, p), reduction)
        assert ours.shape == theirs.shape
        close(ours, theirs)
        close(our_gradient, their_gradient)


def test_sparse_labels_with_an_axis_of_one(keras64):
    (ours, _), (theirs, _) = both(keras64, "SparseCategoricalCrossentropy", {}, (NUMBERS[0][:, None], NUMBERS[1]), "none")
    assert ours.shape == theirs.shape == (N,)
    close(ours, theirs)


@pytest.mark.parametrize("axis", [1, -1])
def test_axis(keras64, axis):
    y, p = RNG.dirichlet(np.ones(3), size=(N, 3)), RNG.dirichlet(np.ones(3), size=(N, 3))
    for name, labels in (("CategoricalCrossentropy", y), ("SparseCategoricalCrossentropy", RNG.integers(3, size=(N, 3)))):
        (ours, our_gradient), (theirs, their_gradient) = both(keras64, name, {"axis": axis}, (labels, p), "none")
        close(ours, theirs)
        close(our_gradient, their_gradient)


def test_ignored_places_with_weights(keras64):
    y, p = RNG.integers(C, size=(N, 3)), RNG.dirichlet(np.ones(C), size=(N, 3))
    for reduction in REDUCTIONS:
        for weight in (None, RNG.uniform(size=(N, 3))):
            case = ("SparseCategoricalCrossentropy", {"ignore_class": 1}, (y, p), reduction, weight)
            (ours, our_gradient), (theirs, their_gradient) = both(keras64, *case)
            close(ours, theirs)
            close(our_gradient, their_gradient)


BROKEN = {
    "no renormalising": ("CategoricalCrossentropy", {}, (ONE_HOT[0], ONE_HOT[1] * 3), lambda y, p: -(y * p.log()).sum(-1)),
    "mean for sum": ("CategoricalCrossentropy", {}, ONE_HOT, lambda y, p: -(y * p.log()).mean(-1)),
    "sum for mean": ("BinaryCrossentropy", {}, BITS, lambda y, p: -(y * p.log() + (1 - y) * (1 - p).log()).sum(-1)),
    "half the square": ("MeanSquaredError", {}, REAL, lambda y, p: (y - p).square().mean(-1) / 2),
    "delta forgotten": (
        "Huber",
        {"delta": 0.7},
        REAL,
        lambda y, p: losses.huber(y, p),
    ),
    "labels not turned": ("Hinge", {}, BITS, lambda y, p: (1 - y * p).clamp(min=0).mean(-1)),
    "not clipped": ("KLDivergence", {}, ONE_HOT, lambda y, p: torch.xlogy(y, y / p).sum(-1)),
    "sign turned": ("CosineSimilarity", {}, REAL, lambda y, p: torch.cosine_similarity(y, p)),
    "p for p_t": ("BinaryFocalCrossentropy", {}, BITS,
                  lambda y, p: -((1 - p) ** 2 * (y * p.log() + (1 - y) * (1 - p).log())).mean(-1)),
    "balanced unasked": ("BinaryFocalCrossentropy", {}, BITS,
                         lambda y, p: losses.binary_focal_crossentropy(y, p, apply_class_balancing=True)),
    "alpha forgotten": ("CategoricalFocalCrossentropy", {}, ONE_HOT, lambda y, p: -((1 - p) ** 2 * y * p.log()).sum(-1)),
    "epsilon left out": ("Poisson", {}, (POSITIVE[0], POSITIVE[1] * 1e-3), lambda y, p: (p - y * p.log()).mean(-1)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_on_purpose(keras64, what):
    """A wrong formula is further from Keras than ten times the tolerance."""
    name, config, data, formula = BROKEN[what]
    wrong = losses.FunctionLoss(formula)(*map(torch.tensor, data))
    right = both(keras64, name, config, data)[1][0]
    assert abs(float(wrong) - right) > 1e-11 * max(1, abs(right))


@pytest.mark.parametrize(("name", "config"), [("Dice", {}), ("Tversky", {"alpha": 0.3}), ("Dice", {"axis": (1, 2)})])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none"])
def test_masks_of_a_batch(keras64, name, config, reduction):
    """One number for all samples together, or one a picture; weights multiply it."""
    y, p = (np.stack([a, a[::-1]], axis=1) for a in BITS)
    for weight in (None, RNG.uniform(size=N)):
        (ours, our_gradient), (theirs, their_gradient) = both(keras64, name, config, (y, p), reduction, weight)
        assert ours.shape == theirs.shape
        close(ours, theirs)
        close(our_gradient, their_gradient)


def test_overlap_is_what_it_says():
    """Tversky with halves is Dice; alpha weighs misses, beta what is marked wrongly; generalized cross-entropy lies between."""
    y, p = (torch.tensor(part) for part in BITS)
    close(losses.tversky(y, p, axis=-1), losses.dice(y, p, axis=-1), 1e-6)
    miss, wrong = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 1.0]])
    assert losses.tversky(wrong, miss, 2.0, 1.0, axis=-1) > losses.tversky(wrong, miss, 1.0, 2.0, axis=-1)
    assert losses.tversky(miss, wrong, 1.0, 2.0, axis=-1) > losses.tversky(miss, wrong, 2.0, 1.0, axis=-1)
    numbers, shares = (torch.tensor(part) for part in NUMBERS)
    entropy = losses.sparse_categorical_crossentropy(numbers, shares)
    close(losses.categorical_generalized_cross_entropy(numbers, shares, 1e-7), entropy, 1e-5)
    close(losses.categorical_generalized_cross_entropy(numbers, shares, 1.0), 1 - shares[range(N), numbers])
    z = torch.tensor([[-2000.0, 0.0]], requires_grad=True)
    losses.CategoricalGeneralizedCrossEntropy()([0], z.softmax(-1)).backward()
    assert z.grad is not None and z.grad.isfinite().all()
