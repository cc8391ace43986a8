"""Losses at the edges of numbers, against torch.nn.functional and closed forms; derivatives against finite differences."""

import math

import numpy as np
import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck
from torch.nn import functional

from nabi import losses
from nabi.core import registry

EPS = 1e-7


def f64(x, grad=False):
    return torch.tensor(x, dtype=torch.float64, requires_grad=grad)


def sample(name):
    """Labels and predictions that a loss can take, away from kinks: (5, 4), or class numbers (5,)."""
    rng = np.random.default_rng(6)
    p = f64(rng.dirichlet(np.ones(4), size=5) * 0.8 + 0.05, grad=True)
    if name in ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy"):
        return torch.tensor(rng.integers(4, size=5)), p
    one_hot = name in ("CategoricalCrossentropy", "CategoricalHinge", "BinaryCrossentropy", "Hinge", "SquaredHinge",
                       "BinaryFocalCrossentropy", "CategoricalFocalCrossentropy")
    return f64(np.eye(4)[rng.integers(4, size=5)] if one_hot else rng.dirichlet(np.ones(4), size=5)), p


CLASSES = sorted({type(losses.get(name)).__name__ for name in registry.names("loss")})


@pytest.mark.parametrize("name", CLASSES)
def test_gradient_by_finite_differences(name):
    y, p = sample(name)
    loss = getattr(losses, name)()
    weight = f64([0.5, 1.0, 2.0, 0.0, 1.5])
    assert gradcheck(lambda p: loss(y, p, weight), (p,), atol=1e-8)
    if loss.pairs_with:
        z = f64(np.random.default_rng(1).normal(size=(5, 4)) * 4, grad=True)
        assert gradcheck(lambda z: loss.on_logits()(y, z, weight), (z,), atol=1e-8)
        assert gradgradcheck(lambda z: loss.on_logits()(y, z, weight), (z,), atol=1e-7)


@pytest.mark.parametrize("name", ["BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"])
@pytest.mark.parametrize("config", [{}, {"label_smoothing": 0.2}])
def test_on_logits_is_the_loss_after_its_activation(name, config):
    """Where 1e-7 < p < 1 - 1e-7: the same value, and by the chain rule the same gradient."""
    if name.startswith("Sparse"):
        config = {}
    y, _ = sample(name)
    loss = getattr(losses, name)(**config)
    activation = {"softmax": lambda z: z.softmax(-1), "sigmoid": torch.sigmoid}[loss.pairs_with]
    found = []
    for form, last in ((loss, activation), (loss.on_logits(), lambda z: z)):
        z = f64(np.random.default_rng(1).normal(size=(5, 4)) * 3, grad=True)
        value = form(y, last(z))
        value.backward()
        found.append((value.detach(), z.grad))
    torch.testing.assert_close(found[0], found[1], rtol=1e-12, atol=1e-15)
    assert loss.from_logits is False and loss.on_logits().from_logits is True
    assert loss.on_logits().pairs_with is None and type(loss)(from_logits=True).pairs_with is None
    assert loss.on_logits().get_config() == {**loss.get_config(), "from_logits": True}


def test_torch_on_logits():
    z, numbers = f64(np.random.default_rng(2).normal(size=(6, 5)) * 10), torch.tensor([0, 1, 2, 3, 4, 0])
    one_hot = torch.eye(5, dtype=torch.float64)[numbers]
    same = {"rtol": 1e-14, "atol": 1e-14}
    expected = functional.cross_entropy(z, numbers)
    torch.testing.assert_close(losses.SparseCategoricalCrossentropy(from_logits=True)(numbers, z), expected, **same)
    torch.testing.assert_close(losses.CategoricalCrossentropy(from_logits=True)(one_hot, z), expected, **same)
    expected = functional.cross_entropy(z, numbers, label_smoothing=0.3)
    torch.testing.assert_close(losses.CategoricalCrossentropy(True, 0.3)(one_hot, z), expected, **same)
    expected = functional.binary_cross_entropy_with_logits(z, one_hot)
    torch.testing.assert_close(losses.BinaryCrossentropy(from_logits=True)(one_hot, z), expected, **same)
    y, p = z[:3], z[3:]
    torch.testing.assert_close(losses.Huber(2.0)(y, p), functional.huber_loss(p, y, delta=2.0), **same)
    torch.testing.assert_close(losses.MeanAbsoluteError()(y, p), functional.l1_loss(p, y), **same)
    torch.testing.assert_close(losses.MeanSquaredError()(y, p), functional.mse_loss(p, y), **same)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_probabilities_of_exactly_0_and_1(dtype):
    """The clipping makes -log 0 to -log 1e-7 = 16.118, and -log 1 to 1e-7."""
    p, tolerance = torch.tensor([[0.0, 1.0], [1.0, 0.0]], dtype=dtype), 1e-12 if dtype == torch.float64 else 1e-6
    low, high = -math.log(EPS), -math.log1p(-EPS)
    for loss, y in ((losses.CategoricalCrossentropy, [[1, 0], [1, 0]]), (losses.SparseCategoricalCrossentropy, [0, 0])):
        values = loss(reduction="none")(torch.tensor(y), p)
        assert values.tolist() == pytest.approx([low, high], rel=tolerance, abs=5e-8 if dtype == torch.float32 else 1e-15)
    values = losses.BinaryCrossentropy(reduction="none")(torch.tensor([[1.0], [0.0]], dtype=dtype), p[:, :1])
    assert values.tolist() == pytest.approx([low, low], rel=0.011 if dtype == torch.float32 else 1e-9)
    assert losses.KLDivergence()(p, p.flip(0)).item() == pytest.approx((1 - EPS) * low, rel=1e-5)


def test_clipping_stops_the_gradient_and_the_logits_do_not():
    """Keras' trap: p = 0 for the right class teaches nothing after clipping; from the logits it teaches p - y."""
    z = f64([[-100.0, 100.0]], grad=True)
    losses.CategoricalCrossentropy()([[1, 0]], z.softmax(-1)).backward()
    assert z.grad.abs().max() < 1e-80
    z = f64([[-100.0, 100.0]], grad=True)
    loss = losses.CategoricalCrossentropy(from_logits=True)([[1, 0]], z)
    loss.backward()
    assert loss.item() == 200 and z.grad.tolist() == [[-1.0, 1.0]]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_logits_of_a_hundred(dtype):
    z = torch.tensor([[100.0], [-100.0], [100.0], [-100.0]], dtype=dtype, requires_grad=True)
    loss = losses.BinaryCrossentropy(from_logits=True, reduction="sum")(torch.tensor([[1.0], [1.0], [0.0], [0.0]]), z)
    loss.backward()
    assert loss.item() == 200 and z.grad.flatten().tolist() == pytest.approx([0, -1, 1, 0], abs=1e-30)
    small = losses.BinaryCrossentropy(from_logits=True)([[0.0]], torch.tensor([[-30.0]], dtype=dtype))
    assert small.item() == pytest.approx(math.log1p(math.exp(-30)), rel=1e-6)  # y z - log(1 + e^z) would round it to 0
    z = torch.tensor([[100.0, -100.0, 0.0]], dtype=dtype)
    values = losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")([0, 1, 2], z.expand(3, 3))
    assert values.tolist() == pytest.approx([0, 200, 100], abs=1e-30)


def test_the_logit_0_has_the_slope_a_half():
    z = f64([[0.0], [0.0]], grad=True)
    losses.BinaryCrossentropy(from_logits=True, reduction="sum")([[1.0], [0.0]], z).backward()
    assert z.grad.tolist() == [[-0.5], [0.5]]


def test_log_cosh_far_out():
    for e in (-1e6, -100.0, -15.0, -1e-4, 0.0, 1e-4, 15.0, 100.0, 1e6):
        exact = abs(e) + math.log1p(math.exp(-2 * abs(e))) - math.log(2)
        assert losses.LogCosh()(f64([[0.0]]), f64([[e]])).item() == pytest.approx(exact, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", CLASSES)
def test_nan_passes_through(name):
    y, p = sample(name)
    p = p.detach().clone()
    p[2, 1] = math.nan
    loss = getattr(losses, name)(reduction="none", **({"axis": -1} if name in ("Dice", "Tversky") else {}))
    for form in (loss, loss.on_logits() if loss.pairs_with else loss):
        bad = torch.isnan(form(y, p)).tolist()
        assert bad == [False, False, True, False, False] and torch.isnan(type(loss)()(y, p))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_answers_that_are_certain(gamma):
    """p of exactly 0 and 1, logits of a hundred: right answers cost nothing, wrong ones do; slopes are finite."""
    for y in ([[1.0, 0.0]], [[0.0, 1.0]]):
        for loss in (losses.BinaryFocalCrossentropy, losses.CategoricalFocalCrossentropy):
            factor = 1 if loss is losses.BinaryFocalCrossentropy else 0.25
            p = f64([[1.0, 0.0]], grad=True)
            z = f64([[100.0, -100.0]], grad=True)
            from_p, from_z = loss(gamma=gamma)(y, p), loss(gamma=gamma, from_logits=True)(y, z)
            (from_p + from_z).backward()
            wrong = y[0][0] == 0
            assert from_p.item() == pytest.approx(-math.log(EPS) * factor if wrong else 0, rel=1e-6, abs=2e-7)
            assert from_z.item() == pytest.approx((100 if factor == 1 else 200 * factor) if wrong else 0, abs=1e-7)
            assert torch.isfinite(p.grad).all() and torch.isfinite(z.grad).all()


def test_focal_without_focus_is_the_cross_entropy():
    y, p = sample("BinaryCrossentropy")
    torch.testing.assert_close(losses.BinaryFocalCrossentropy(gamma=0)(y, p), losses.BinaryCrossentropy()(y, p))
    balanced = losses.BinaryFocalCrossentropy(True, 0.5, 0)(y, p)
    torch.testing.assert_close(2 * balanced, losses.BinaryCrossentropy()(y, p))
    torch.testing.assert_close(losses.CategoricalFocalCrossentropy(1, 0)(y, p), losses.CategoricalCrossentropy()(y, p))


def test_ignored_predictions_may_be_anything():
    """A NaN under an ignored label reaches neither the loss nor the gradient."""
    p = torch.tensor([[0.5, 0.5], [math.nan, 0.5]], requires_grad=True)
    for from_logits in (False, True):
        loss = losses.SparseCategoricalCrossentropy(from_logits, ignore_class=255)
        value = loss(torch.tensor([0, 255], dtype=torch.uint8), p)
        value.backward()
        assert value.item() == pytest.approx(math.log(2)) and p.grad[1].tolist() == [0, 0]
    assert loss(torch.tensor([255, 255]), p).item() == 0


def test_weights_that_sum_to_nothing():
    p = torch.tensor([[1.0], [2.0]], requires_grad=True)
    for reduction in ("mean_with_sample_weight", "mean", "sum"):
        value = losses.MeanSquaredError(reduction=reduction)([[0.0], [0.0]], p, [0.0, 0.0])
        value.backward()
        assert value.item() == 0 and p.grad.abs().max() == 0


def test_weights_of_samples_reach_every_place():
    """A weight (batch,) belongs to the samples also where a picture has as many rows as the batch has pictures."""
    y, p = torch.zeros(3, 3, 2), torch.arange(18.0).reshape(3, 3, 2)
    each = (p**2).mean(-1)
    w = torch.tensor([1.0, 0.0, 2.0])
    values = losses.MeanSquaredError(reduction="none")(y, p, w)
    torch.testing.assert_close(values, torch.stack([each[0], 0 * each[1], 2 * each[2]]))


def test_class_numbers_of_predictions_with_an_axis_of_length_one():
    p = torch.arange(8.0).reshape(2, 1, 4) % 3  # a decoder's single step
    made = losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")(torch.tensor([1.0, 2.0]), p)
    torch.testing.assert_close(made, torch.tensor([[1.4938117], [2.6265235]]))  # Keras 2 (tf_keras)
