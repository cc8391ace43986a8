"""Paths on surfaces: two written forms of momentum, NAG's look-ahead, and what tells the optimizers apart."""

import numpy as np
import pytest
import torch

from nabi import optimizers


def beale(x, y):
    """Beale's function; minimum 0 at (3, 0.5)."""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def beale_gradient(u):
    """By hand, as the oracle of the plain loops below."""
    x, y = u
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    return np.array([2 * a * (y - 1) + 2 * b * (y**2 - 1) + 2 * c * (y**3 - 1),
                     2 * a * x + 2 * b * 2 * x * y + 2 * c * 3 * x * y**2])


START, STEPS, RATE, M = np.array([1.0, 1.5]), 60, 0.0005, 0.9


def walk(optimizer, rates=None):
    """Points that an optimizer visits on Beale's function; rates sets the learning rate of each step."""
    w, g = torch.tensor(START, requires_grad=True), torch.zeros(2, dtype=torch.float64)
    span, path = optimizer.make_span(w.detach(), g, [(0, 2)]), [START]
    for step in range(STEPS):
        if rates is not None:
            optimizer.learning_rate = rates[step]
        (gradient,) = torch.autograd.grad(beale(*w), w)
        g.copy_(gradient)
        optimizer.apply([span])
        path.append(w.detach().numpy().copy())
    return np.array(path)


RATES = [None, np.linspace(RATE, RATE / 10, STEPS)]


@pytest.mark.parametrize("rates", RATES, ids=["constant", "falling"])
def test_both_written_forms_of_momentum_are_one_path(rates):
    w, v, path = START.copy(), np.zeros(2), [START]
    for step in range(STEPS):
        lr = RATE if rates is None else rates[step]
        v = M * v + lr * beale_gradient(w)
        w = w - v
        path.append(w)
    np.testing.assert_allclose(walk(optimizers.Momentum(RATE, M), rates), path, rtol=1e-10)


def test_the_look_ahead_form_of_nag_is_keras_form_after_a_change_of_variable():
    """u is the lectures' point, w = u + m v the point ahead that Keras' form stores."""
    u, v, path = START.copy(), np.zeros(2), [START]
    for _ in range(STEPS):
        v = M * v - RATE * beale_gradient(u + M * v)
        u = u + v
        path.append(u + M * v)
    np.testing.assert_allclose(walk(optimizers.NAG(RATE, M)), path, rtol=1e-10)


def test_without_the_look_ahead_the_path_is_another():
    u, v, path = START.copy(), np.zeros(2), [START]
    for _ in range(STEPS):
        v = M * v - RATE * beale_gradient(u)
        u = u + v
        path.append(u + M * v)
    assert np.abs(walk(optimizers.NAG(RATE, M)) - path).max() > 0.01


def test_momentum_bounds_the_velocity():
    """|v| <= lr |g| / (1 - m), reached under a constant gradient."""
    optimizer = optimizers.Momentum(0.1, 0.8)
    span = optimizer.make_span(torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64), [(0, 1)])
    speeds = []
    for _ in range(200):
        optimizer.apply([span])
        speeds.append(-span.slots["v"].item())
    assert max(speeds) <= 0.1 / (1 - 0.8) * (1 + 1e-12) and speeds[-1] == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_adams_first_step_is_the_learning_rate_whatever_the_gradient(scale):
    optimizer = optimizers.Adam(0.01, epsilon=1e-30)
    span = optimizer.make_span(torch.zeros(3, dtype=torch.float64), scale * torch.tensor([1.0, -2.0, 5.0], dtype=torch.float64),
                               [(0, 3)])
    optimizer.apply([span])
    np.testing.assert_allclose(span.w.numpy(), [-0.01, 0.01, -0.01], rtol=1e-12)


def test_adadelta_with_keras_rate_almost_stands_still():
    """The trap that its docstring names: the paper's rule is learning_rate=1.0."""
    keras, paper = walk(optimizers.Adadelta()), walk(optimizers.Adadelta(1.0))
    assert np.abs(keras - START).max() < 1e-3 * np.abs(paper - START).max() * 2
