"""Softmax cross-entropy: fused against plain and against float64, its gradients, NaN and infinity, labels that are none."""

import math

import pytest
import torch

from nabi.kernels import jit, softmax, softmax_crossentropy

FORMS = ["one-hot", "shares", "numbers"]
SHAPES = [(1, 2), (7, 10), (5, 40), (2, 3, 4, 6)]  # 40: more classes than the fused loop takes


def make(shape, form, size=3.0):
    """Logits and labels in one of three forms."""
    draw = torch.Generator().manual_seed(0)
    z, number = size * torch.randn(shape, generator=draw), torch.randint(shape[-1], shape[:-1], generator=draw)
    one_hot = torch.nn.functional.one_hot(number, shape[-1]).float()
    return z, {"one-hot": one_hot, "shares": 0.7 * one_hot + 0.5 / shape[-1], "numbers": number}[form]


def exactly(z, y):
    """Loss, gradient and probabilities in float64, by the definition."""
    z = z.double()
    y = y.double() if y.is_floating_point() else torch.nn.functional.one_hot(y, z.shape[-1]).double()
    p = z.softmax(-1)
    return (y * (z.logsumexp(-1, keepdim=True) - z)).sum(-1), p * y.sum(-1, keepdim=True) - y, p


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [3.0, 300.0])
def test_one_pass_is_right(shape, form, size):
    """A few roundings of the logits; one_pass' gradient and probabilities are of size 1."""
    z, y = make(shape, form, size)
    assert softmax.takes(z, y)
    made, bound = softmax.one_pass(z, y), 4e-7 * max(1, float(z.abs().max()))
    for got, exact in zip(made[:3], exactly(z, y), strict=True):
        assert got.dtype is torch.float32 and got.shape == exact.shape
        assert float((got - exact).abs().max()) <= bound
    assert made.total == pytest.approx(float(exactly(z, y)[0].sum()), abs=made.losses.numel() * bound)
    answer = y.argmax(-1) if y.is_floating_point() else y
    assert made.right == (None if shape[-1] == 40 else int((z.argmax(-1) == answer).sum()))
    assert torch.equal(softmax.one_pass(z, y, 0.3).gradient, made.gradient * 0.3), "as autograd multiplies"
    transposed = z.transpose(0, -1).contiguous().transpose(0, -1)
    assert all(torch.equal(a, b) for a, b in zip(softmax.one_pass(transposed, y)[:3], made[:3], strict=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", SHAPES)
def test_fused_is_plain(shape, form):
    z, y = make(shape, form)
    z, g, found = z.requires_grad_(), torch.rand(shape[:-1]), []
    for mode in ("auto", "plain"):
        with jit.using(mode):
            loss = softmax_crossentropy(z, y)
        found.append((loss.detach(), *torch.autograd.grad(loss, z, g)))
    for fused, plain in zip(*found, strict=True):
        assert float((fused - plain).abs().max()) <= 2e-6 * float(z.detach().abs().max())


def test_a_wrong_formula_is_noticed():
    """Broken on purpose: without the maximum taken out, or with p - y for labels whose sum is not 1."""
    z, y = make((7, 10), "shares", 300.0)
    assert not z.exp().sum(-1).isfinite().all()
    assert float((z.softmax(-1) - y - exactly(z, y)[1]).abs().max()) > 0.05


def test_gradients_of_first_and_second_order():
    """In float64, which is plain; and the fused form's second derivative, which torch's functions compute."""
    for form in FORMS:
        z, y = make((3, 4), form)
        y = y.double() if y.is_floating_point() else y
        assert torch.autograd.gradcheck(lambda z, y=y: softmax_crossentropy(z, y), z.double().requires_grad_())
    z, y = make((3, 4), "shares")
    z, second = z.requires_grad_(), []
    for mode in ("auto", "plain"):
        with jit.using(mode):
            (d,) = torch.autograd.grad(softmax_crossentropy(z, y).sum(), z, create_graph=True)
        second.append(torch.autograd.grad(d.pow(2).sum(), z)[0])
    assert torch.allclose(*second, atol=1e-6) and second[0].abs().max() > 0.1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("classes", [6, 40])
def test_nan_and_infinity_pass(form, classes):
    z, y = make((5, classes), form)
    z[0, 1], z[1, 2], z[2, 3] = float("nan"), float("inf"), -float("inf")
    z[3], nowhere = -float("inf"), torch.ones(5, dtype=torch.bool)
    loss, d, p, total, _ = softmax.one_pass(z, y)
    plain = softmax.plain(z, y)
    assert not math.isfinite(total)
    assert torch.equal(loss.isnan(), plain.isnan()) and torch.equal(loss.isinf(), plain.isinf())
    assert loss[[0, 1, 3]].isnan().all() and loss[4].isfinite() and p[[0, 1, 3]].isnan().any(-1).all() and d[0].isnan().all()
    assert p[2, 3] == 0 and p[2].isfinite().all() and nowhere.all()


@pytest.mark.parametrize("classes, bad", [(6, -1), (6, 6), (40, -1), (40, 40)])
def test_labels_that_are_none(classes, bad):
    z, y = make((5, classes), "numbers")
    y[3] = bad
    for mode in ("auto", "plain"):
        with jit.using(mode), pytest.raises(RuntimeError):
            softmax_crossentropy(z, y)


def test_what_stays_plain():
    z, y = make((5, 6), "one-hot")
    assert not softmax.takes(z.double(), y.double()) and not softmax.takes(z, y.requires_grad_())
    assert not softmax.takes(z, torch.ones(1, 6)) and not softmax.takes(z, torch.ones(5, dtype=torch.int32))
    assert softmax_crossentropy(z, torch.ones(1, 6)).shape == (5,), "labels are stretched as in torch"
    assert softmax_crossentropy(z[:0], y[:0]).shape == (0,)
    with jit.using("plain"):
        assert not softmax.takes(z, y.detach())
