"""Convolution + bias + ReLU: fused against plain, plain against finite differences, NaN, and the gradient it may overwrite."""

import pytest
import torch
import torch.nn.functional as F

from nabi.kernels import conv, convolution, jit

CASES = [(1, 32, 3, 1, 0, 1, 1), (16, 8, 3, 2, 1, 1, 1), (8, 8, 3, 1, 2, 2, 2), (3, 5, 1, 1, 0, 1, 1), (6, 6, 5, 1, 2, 1, 6)]


def make(c_in, c_out, k, groups, dtype, size=9):
    x = torch.randn(3, size, size, c_in)
    weight, bias = torch.randn(c_out, c_in // groups, k, k), torch.randn(c_out)
    return tuple(t.to(dtype).requires_grad_() for t in (x, weight, bias))


def run(mode, inputs, geometry, g=None, relu=True, **kwargs):
    with jit.using(mode):
        y = convolution(*inputs, *geometry, relu=relu, **kwargs)
    g = torch.randn(y.shape, generator=torch.Generator().manual_seed(0)).to(y) if g is None else g
    return y.detach(), *torch.autograd.grad(y, [t for t in inputs if t is not None], g)


@pytest.mark.parametrize("c_in, c_out, k, stride, padding, dilation, groups", CASES)
@pytest.mark.parametrize("dtype, bound", [(torch.float32, 1e-6), (torch.bfloat16, 1e-2)])
@pytest.mark.parametrize("relu", [False, True])
def test_fused_is_plain(c_in, c_out, k, stride, padding, dilation, groups, dtype, bound, relu):
    inputs = make(c_in, c_out, k, groups, dtype)
    for sides in ((padding, padding), (padding, padding + 1)):
        geometry = (stride, stride), (sides, sides), (dilation, dilation), groups
        close(run("auto", inputs, geometry, relu=relu), run("plain", inputs, geometry, relu=relu), dtype, bound)


def close(forms, plain_forms, dtype, bound):
    """Output and gradients agree."""
    forms = forms, plain_forms
    for fused, plain in zip(*forms, strict=True):
        assert fused.dtype == plain.dtype == dtype and fused.shape == plain.shape
        assert float((fused - plain).detach().abs().max()) <= bound * float(plain.detach().abs().max())
    assert fused.abs().sum() > 0


@pytest.mark.parametrize("dtype, bound", [(torch.float32, 1e-6), (torch.bfloat16, 1e-2)])
@pytest.mark.parametrize("size, k, stride, padding", [((4, 4), 3, 1, 1), ((8, 7), 3, 2, 1), ((2, 3), 3, 1, 1), ((9, 9), 5, 2, 1)])
def test_small_maps(dtype, bound, size, k, stride, padding):
    """The weight's gradient against torch in float64; in bfloat16 it is the product over patches."""
    x = torch.randn(5, *size, 32).to(dtype)
    w = torch.randn(8, 32, k, k).to(dtype).requires_grad_()
    y = convolution(x, w, None, (stride, stride), ((padding, padding),) * 2)
    g = torch.randn_like(y)
    assert conv.small(conv.nchw(g), w) == (dtype is torch.bfloat16)
    (dw,) = torch.autograd.grad(y, w, g)
    exact = w.detach().double().requires_grad_()
    (expected,) = torch.autograd.grad(F.conv2d(conv.nchw(x.double()), exact, None, stride, padding), exact, conv.nchw(g.double()))
    assert dw.dtype == dtype and float((dw - expected).abs().max()) <= bound * float(expected.abs().max())
    assert float((dw.flip(3) - expected).abs().max()) > 10 * bound * float(expected.abs().max())


def test_bias_is_optional_and_a_frozen_input_gets_no_gradient():
    x, w, _ = make(4, 8, 3, 1, torch.float32)
    for a, b in zip(run("auto", (x, w, None), ()), run("plain", (x, w, None), ()), strict=True):
        assert torch.allclose(a, b, atol=1e-5)
    y = convolution(x.detach(), w, relu=True)
    y.sum().backward()
    assert x.grad is None and w.grad is not None


def test_plain_gradient_is_right():
    inputs = tuple(t.detach().double().requires_grad_() for t in make(2, 3, 3, 1, torch.float32, size=5))
    assert torch.autograd.gradcheck(lambda *t: convolution(*t, (2, 1), ((1, 0), (0, 2)), relu=True), inputs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bad", [float("nan"), -float("nan"), float("inf")])
@pytest.mark.parametrize("where", ["x", "weight", "bias"])
def test_nan_and_infinity_pass(dtype, bad, where):
    """oneDNN's own fused ReLU fails this test: it turns NaN into 0."""
    x, w, b = (t.detach() for t in make(4, 16, 3, 1, dtype))
    {"x": x[1, 1, 1], "weight": w[:, 1, 1], "bias": b}[where][:1] = bad
    expected, y = F.relu(F.conv2d(conv.nchw(x), w, b)).permute(0, 2, 3, 1), convolution(x, w, b, relu=True)
    assert torch.equal(y.isnan(), expected.isnan()) and torch.equal(y == bad, expected == bad)
    assert not expected.isfinite().all()


def test_nothing_negative_comes_out():
    for dtype in (torch.float32, torch.bfloat16):
        x, w, b = make(32, 64, 3, 1, dtype)
        y, expected = convolution(1e4 * x, w, b, relu=True), F.relu(F.conv2d(conv.nchw(1e4 * x), w, b))
        assert float(y.detach().min()) == 0 and int((y == 0).sum()) == int((expected == 0).sum())


def test_an_owned_gradient_is_overwritten_and_no_other():
    inputs = make(4, 8, 3, 1, torch.float32)
    for owns in (False, True):
        y = convolution(*inputs, relu=True, owns_gradient=owns)
        g = torch.randn_like(y)
        before = g.clone()
        results = torch.autograd.grad(y, inputs, g)
        assert torch.equal(g, before) != owns
        for a, b in zip(results, run("plain", inputs, (), before)[1:], strict=True):
            assert torch.allclose(a, b, atol=1e-4)


def test_without_the_private_operator(monkeypatch):
    monkeypatch.setattr(conv, "pointwise_works", lambda: False)
    inputs = make(4, 8, 3, 1, torch.bfloat16)
    for a, b in zip(run("auto", inputs, ()), run("plain", inputs, ()), strict=True):
        assert torch.allclose(a.float(), b.float(), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_relus_gradient_for_every_kind_of_number(dtype):
    """All bfloat16 patterns as outputs, NaN of both signs among them, against torch's own operator, bit for bit."""
    y = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16).view(torch.bfloat16).to(dtype)
    g = torch.randn(len(y)).to(dtype)
    expected = torch.ops.aten.threshold_backward(g, y, 0)
    assert jit.fused(g)
    jit.load("relu").mask(jit.array(g), jit.array(y))
    assert torch.equal(g, expected) and 0 < int((g == 0).sum()) < len(g)
