"""Figures of experiments: what they claim, on runs that were really trained; and one run against a loop of torch."""

import numpy as np
import pytest
import torch

from nabi import figures
from nabi.figures import experiments
from nabi.figures.scene import digits


def by_torch(weights, activation, rate, steps):
    """Losses of the first steps of plain gradient descent on a chain of dense layers, in float64, batches of all samples."""
    (x, y), _ = experiments.halved()
    x, y = torch.tensor(x[:100].reshape(100, -1), dtype=torch.float64), torch.tensor(y[:100].astype(np.int64))
    w = [torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in weights]
    losses = []
    for _ in range(steps):
        h = x
        for kernel, bias in zip(w[:-2:2], w[1:-2:2], strict=True):
            h = activation(h @ kernel + bias)
        loss = torch.nn.functional.cross_entropy(h @ w[-2] + w[-1], y)
        losses.append(loss.item())
        for part, g in zip(w, torch.autograd.grad(loss, w), strict=True):
            part.data -= rate * g
    return losses


def test_halved_digits_are_means_of_blocks():
    (x, _), (small, _) = digits()[0], experiments.halved()[0]
    wanted = np.array([[x[7, 2 * i:2 * i + 2, 2 * j:2 * j + 2].mean() for j in range(14)] for i in range(14)])
    np.testing.assert_allclose(small[7, ..., 0], wanted, rtol=1e-6)


@pytest.mark.parametrize("name, function", [("sigmoid", torch.sigmoid), ("relu", torch.relu)])
def test_a_deep_net_learns_as_by_hand(name, function):
    model, _ = experiments.deep(name, 3)()
    weights = model.get_weights()
    model.compile(experiments.optimizers.SGD(0.1), "sparse_categorical_crossentropy", precision="float32")
    (x, y), _ = experiments.halved()
    mine = [model.train_on_batch(x[:100], y[:100]) for _ in range(3)]
    np.testing.assert_allclose(mine, by_torch(weights, function, 0.1, 3), rtol=1e-5)
    assert not np.allclose(mine, by_torch(weights, torch.tanh, 0.1, 3), rtol=1e-5)


def test_a_run_that_diverges_has_no_accuracy():
    run = experiments.trained(experiments.small(lambda: experiments.optimizers.SGD(1e30)), 2, 0)
    assert run["accuracy"] is None and np.isnan(run["logs"]["loss"]).all()


@pytest.mark.learn
def test_what_the_pictures_claim():
    """One seed each of what lies farthest apart."""
    deep = {(name, layers): experiments.trained(experiments.deep(name, layers), 4, 0)["accuracy"]
            for name in ("relu", "sigmoid") for layers in (1, 6)}
    assert min(deep["relu", 1], deep["relu", 6]) > 0.65 and deep["sigmoid", 1] > 0.5 > 0.3 > deep["sigmoid", 6]
    rates = [experiments.trained(experiments.small(lambda rate=rate: experiments.optimizers.SGD(rate)), 6, 0)["accuracy"]
             for rate in (1e-4, 0.1, 1.0)]
    assert rates[1] > 0.7 and max(rates[0], rates[2]) < 0.3
    for scale in (0.1, 10.0):
        plain, norm = (experiments.trained(experiments.small(experiments.optimizers.Adam, initial_scale=scale, **more), 5, 0)
                       for more in ({}, {"batch_norm": True}))
        assert norm["accuracy"] > plain["accuracy"] + 0.05, scale


@pytest.mark.learn
def test_numbers_and_picture_are_the_same():
    drawn = figures.draw("compare_activations", figures.Scene())
    lines = [line for line in drawn.picture.axes[0].lines if len(line.get_xdata()) == 8]
    for line, (name, one) in zip(lines, drawn.numbers.items(), strict=True):
        np.testing.assert_allclose(line.get_ydata(), one["curves"]["loss"].mean(axis=0), err_msg=name)
        assert one["curves"]["loss"].shape == (3, 8) and one["reached"].shape == (3,)
    assert drawn.numbers["sigmoid"]["reached"].max() < drawn.numbers["relu"]["reached"].min()
