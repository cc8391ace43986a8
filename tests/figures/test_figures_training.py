"""Figures about training: the numbers behind them against torch, NumPy and formulas written out."""

import math

import numpy as np
import pytest
import torch

from nabi import figures
from nabi.core.errors import StateError
from nabi.figures.depth import DEPTH, WATCHED
from nabi.figures.scene import Scene, digits
from nabi.figures.training_runs import BATCH, SHARE, course, deep, parts
from nabi.lab.watch import some


@pytest.fixture(scope="module")
def scene():
    return figures.Scene()


def test_rates_are_the_formulas(scene):
    numbers = figures.draw("learning_rates", scene).numbers
    steps = numbers["step"]
    np.testing.assert_allclose(numbers["cosine"], [0.05 * (1 + math.cos(math.pi * s / 1000)) for s in steps], atol=1e-9)
    np.testing.assert_allclose(numbers["exponential"], [0.1 * 0.5 ** (s / 250) for s in steps], rtol=1e-6)
    np.testing.assert_allclose(numbers["step decay"], [0.1 * 0.5 ** (s // 250) for s in steps], rtol=1e-6)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(numbers["exponential"], [0.1 * 0.5 ** (s // 250) for s in steps], rtol=1e-6)


def test_dropout_s_masks_are_nothing_or_twice(scene):
    numbers = figures.draw("dropout_masks", scene).numbers
    picture, draws = numbers["picture"], numbers["draws"]
    kept = draws != 0
    np.testing.assert_allclose(draws[kept], np.broadcast_to(2 * picture, draws.shape)[kept], rtol=1e-6)
    n, ink = len(draws), picture > 0
    assert abs(kept[:, ink].mean() - 0.5) < 5 * 0.5 / math.sqrt(n * ink.sum())
    assert (abs(numbers["mean"] - picture) <= 5 * picture / math.sqrt(n) + 1e-6).all()
    assert not (abs(numbers["mean"] / 2 - picture) <= 5 * picture / math.sqrt(n) + 1e-6).all(), "without the factor 2"


def test_first_weights_give_numpy_s_spread(scene):
    numbers = figures.draw("initialisation", scene).numbers
    x, _ = some(*parts(scene)[0], WATCHED)
    a = ((x - x.mean()) / x.std()).reshape(len(x), -1).astype(np.float64)
    weights = deep(scene, 5, 128, "tanh", "glorot_uniform").get_weights()
    found = []
    for kernel, bias in zip(weights[0:10:2], weights[1:10:2], strict=True):
        a = np.tanh(a @ kernel + bias)
        found.append(a.std())
    names = list(numbers["std"])
    np.testing.assert_allclose(numbers["std"][names[3]], found, rtol=1e-4)
    assert numbers["std"][names[0]] == [0] * 5 and numbers["std"][names[1]][-1] < 1e-4 < 0.9 < numbers["std"][names[2]][-1]
    assert min(numbers["std"][names[4]]) > 0.5, "He's weights keep the spread of ReLU"
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(numbers["std"][names[3]], np.array(found) * 1.01, rtol=1e-4)


@pytest.mark.learn
def test_vanishing_gradients_are_torch_s(scene):
    numbers = figures.draw("vanishing_gradients", scene).numbers
    (x, y), _ = parts(scene)
    x, y = some(x, y, 64)
    weights = [torch.tensor(w, dtype=torch.float64) for w in deep(scene, DEPTH, 64, "sigmoid", "glorot_uniform").get_weights()]
    a, taken = torch.tensor(x, dtype=torch.float64).flatten(1), []
    for k in range(DEPTH):
        a = torch.sigmoid(a @ weights[2 * k] + weights[2 * k + 1]).requires_grad_()
        taken.append(a)
    loss = torch.nn.functional.cross_entropy(a @ weights[-2] + weights[-1], torch.tensor(y, dtype=torch.long))
    sizes = [float((64 * g).pow(2).mean().sqrt()) for g in torch.autograd.grad(loss, taken)]
    np.testing.assert_allclose(numbers["sigmoid"][0], sizes, rtol=1e-3)
    np.testing.assert_allclose(numbers["theory"][::-1], sizes[-1] * 0.25 ** np.arange(DEPTH)[::-1], rtol=1e-3)
    assert sizes[-1] / sizes[0] > 1000 and numbers["relu"][0, 0] > 0.1 * numbers["relu"][0, -1]
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(numbers["relu"][0], sizes, rtol=1e-3)


@pytest.mark.learn
def test_curves_are_the_history_and_their_minima(scene):
    history = course(scene).history
    loss, both = figures.draw("loss_curve", scene).numbers, figures.draw("validation_and_test", scene).numbers
    assert loss["val_loss"] == history["val_loss"]
    assert loss["best epoch"] == min(range(20), key=lambda e: history["val_loss"][e]) + 1
    assert both["honest test accuracy"] == history["test_accuracy"][both["validation epoch"] - 1] <= both["best test accuracy"]
    p = course(scene).model.predict(scene.images, verbose=0)
    last = figures.draw("train_and_test", scene).numbers
    assert last["test_accuracy"][-1] == pytest.approx((p.argmax(-1) == scene.labels).mean())
    assert last["test_loss"][-1] == pytest.approx(-np.log(p[range(len(p)), scene.labels]).mean(), rel=1e-3)
    assert last["test_loss"][-1] > min(last["test_loss"]), "it has learned by heart"


@pytest.mark.learn
def test_batch_normalization_keeps_sigmoids_in_their_straight_part(scene):
    numbers = figures.draw("batch_normalization", scene).numbers
    for name, group in numbers["z"].items():
        for k, zs in group.items():
            inside = sum(abs(z) < 2 for z in zs[-1].ravel()) / zs[-1].size
            assert numbers["linear"][name][k] == pytest.approx(inside)
    assert np.mean(list(numbers["linear"]["with"].values())) > np.mean(list(numbers["linear"]["without"].values())) + 0.2


@pytest.mark.learn
def test_time_pace_and_dead_units_are_measured(scene):
    rows = figures.draw("time_by_layer", scene).numbers
    assert sum(row["share"] for row in rows["rows"]) == pytest.approx(1) and rows["convolution"] > 0.5, "most of it"
    pace = figures.draw("throughput", scene).numbers
    assert pace["times"] > 1 and abs(pace["parameters"][0] / pace["parameters"][1] - 1) < 0.02
    dead = figures.draw("dead_units", scene).numbers
    assert all(0 <= value <= 1 for rate in ("0.001", "0.01", "0.03") for value in dead[rate])
    assert dead["0.03"][-1] > dead["0.001"][-1]
    norms = figures.draw("gradient_norms", scene).numbers
    assert set(norms) == {"epoch", "conv1", "conv2", "dense1", "dense2"} and all(len(values) == 7 for values in norms.values())
    losses = figures.draw("dropout", scene).numbers
    assert losses["loss 0.0"][-1] < losses["loss 0.5"][-1] and losses["val_loss 0.5"][-1] < losses["val_loss 0.0"][-1]


@pytest.mark.learn
def test_answers_are_the_model_s(scene):
    p = scene.model.predict(scene.images, verbose=0).astype(np.float64)
    answers, sure, right = p.argmax(-1), p.max(-1), p.argmax(-1) == scene.labels
    counts = figures.draw("confusion_matrix", scene).numbers["counts"]
    for i in range(10):
        for j in range(10):
            assert counts[i, j] == ((scene.labels == i) & (answers == j)).sum()
    wrong = figures.draw("misread", scene).numbers
    assert wrong["total"] == (~right).sum() and (np.diff(wrong["sure"]) <= 0).all() and not right[wrong["numbers"]].any()
    recall = figures.draw("class_accuracy", scene).numbers["recall"]
    assert list(recall.values()) == [pytest.approx(right[scene.labels == k].mean()) for k in range(10)]
    found = figures.draw("calibration", scene).numbers
    error = sum(inside.sum() * abs(right[inside].mean() - sure[inside].mean()) for b in range(10)
                if (inside := (sure > b / 10) & (sure <= (b + 1) / 10)).any()) / len(p)
    assert found["error"] == pytest.approx(error)
    assert abs(found["error"] - abs(right.mean() - sure.mean())) > 1e-4, "not the gap of the means alone"


def test_few_pictures_are_told_and_every_class_is_on_both_sides(scene):
    x, y = scene.training
    order = np.argsort(y[:150], kind="stable")
    few = Scene(object(), x[:150][order], y[:150][order])
    got = ", ".join(str(len(part[1])) for part in parts(few))
    for name in ("dropout", "validation_and_test"):
        with pytest.raises(StateError, match=f"at least 200 pictures to learn from and 50 to test on, got {got}"):
            figures.draw(name, few)
    (_, learned), (_, held) = parts(few)
    assert set(learned) == set(held) == set(y[:150]), "every class on both sides"
    assert (np.diff(learned.astype(int)) < 0).any(), "shuffled"
    given = Scene(object(), x[:20] * 255, y[:20], training=(x[20:80] * 255, y[20:80]))
    (learned_x, learned), (held_x, held) = parts(given)
    assert len(learned) == 60 and sorted(learned) == sorted(y[20:80]) and (held == y[:20]).all()
    assert learned_x.max() == 1 and np.allclose(held_x, x[:20], atol=1e-6)


def test_a_model_of_one_s_own_learns_on_a_part_of_its_pictures(scene):
    x, y = digits()[1]
    own = Scene(object(), x[:50] * 255, y[:50])
    (learned, _), (held, _) = parts(own)
    assert len(learned) == round(SHARE * 50) and len(learned) + len(held) == 50 and learned.max() <= 1 and BATCH
