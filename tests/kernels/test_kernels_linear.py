"""Matrix product + bias + ReLU, and flattening: fused against plain, plain against finite differences, NaN, owned gradients."""

import pytest
import torch

from nabi.kernels import flatten, jit, linear
from nabi.kernels.flatten import Flatten


def make(dtype, shape=(7, 12), units=20):
    return tuple(t.to(dtype).requires_grad_() for t in (torch.randn(shape), torch.randn(units, shape[-1]), torch.randn(units)))


def run(mode, inputs, g=None, relu=True, **options):
    with jit.using(mode):
        y = linear(*inputs, relu=relu, **options)
    g = torch.randn(y.shape, generator=torch.Generator().manual_seed(0)).to(y) if g is None else g
    return y.detach(), *torch.autograd.grad(y, [t for t in inputs if t is not None], g)


@pytest.mark.parametrize("dtype, bound", [(torch.float32, 1e-6), (torch.bfloat16, 1e-2)])
@pytest.mark.parametrize("relu", [False, True])
@pytest.mark.parametrize("shape", [(7, 12), (1, 3), (2, 5, 6, 8)])
def test_fused_is_plain(dtype, bound, relu, shape):
    inputs = make(dtype, shape)
    for fused, plain in zip(run("auto", inputs, relu=relu), run("plain", inputs, relu=relu), strict=True):
        assert fused.dtype == plain.dtype == dtype and fused.shape == plain.shape
        assert float((fused - plain).abs().max()) <= bound * float(plain.abs().max())
    assert fused.abs().sum() > 0


def test_plain_gradient_is_right():
    inputs = tuple(t.detach().double().requires_grad_() for t in make(torch.float32))
    assert torch.autograd.gradcheck(lambda *t: linear(*t, relu=True), inputs)


def test_bias_is_optional_and_a_frozen_input_gets_no_gradient():
    x, w, _ = make(torch.float32)
    for a, b in zip(run("auto", (x, w, None)), run("plain", (x, w, None)), strict=True):
        assert torch.allclose(a, b, atol=1e-6)
    linear(x.detach(), w, relu=True).sum().backward()
    assert x.grad is None and w.grad.any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bad", [float("nan"), -float("nan"), float("inf")])
def test_nan_and_infinity_pass(dtype, bad):
    x, w, b = (t.detach() for t in make(dtype))
    x[2, 3] = bad
    fused, (plain, *_) = linear(x, w, b, relu=True), run("plain", [t.requires_grad_() for t in (x, w, b)])
    assert torch.equal(fused.isnan(), plain.isnan()) and torch.equal(fused.isinf(), plain.isinf())
    assert not fused.isfinite().all()


def test_an_owned_gradient_is_overwritten_and_no_other():
    inputs = make(torch.float32)
    for owns in (False, True):
        g = torch.randn(7, 20)
        before = g.clone()
        results = run("auto", inputs, g, owns_gradient=owns)
        assert torch.equal(g, before) != owns
        for a, b in zip(results, run("plain", inputs, before), strict=True):
            assert torch.allclose(a, b, atol=1e-5)


def test_an_empty_batch_has_empty_gradients_and_zeros_for_the_weights():
    x, w, b = make(torch.float32, (0, 12))
    dx, dw, db = run("auto", (x, w, b), owns_gradient=True)[1:]
    assert dx.shape == (0, 12) and not dw.any() and not db.any()


def test_flatten_and_its_gradient():
    x = torch.randn(3, 4, 5, 2, dtype=torch.float64, requires_grad=True)
    assert torch.equal(flatten(x), x.flatten(1)) and torch.autograd.gradcheck(Flatten.apply, (x,))
