"""Batch normalisation + residual + activation: torch's batch_norm in float64 as oracle, odd sizes, large means, NaN, threads."""

import pytest
import torch
import torch.nn.functional as F

from nabi.core.errors import ArgumentError, ShapeError
from nabi.kernels import batch_norm, jit, normalize

EPSILON = 1e-3
BOUNDS = {torch.float32: 1e-6, torch.bfloat16: 4e-3}  # half a bfloat16 step is 2e-3 of a number
DTYPES = [torch.float32, pytest.param(torch.bfloat16, marks=pytest.mark.learn)]  # compiling for a second dtype takes seconds
SHAPES = [(5, 7, 6, 12), (3, 3, 5, 64), (9, 1), (2, 3, 1), (4, 600), (40, 17, 13, 13), (2, 9, 11, 512)]


def make(shape, dtype, residual=True, mean=0.0):
    """x, scale, offset, residual, and a gradient of y."""
    c = shape[-1]
    x, r, g = (torch.randn(shape) for _ in range(3))
    x = (x + mean).to(dtype)
    return [x, torch.rand(c) + 0.5, torch.randn(c), r.to(dtype) if residual else None], g.to(dtype)


def run(function, inputs, g):
    """All results of function(inputs), then the gradients of the inputs."""
    leaves = [None if t is None else t.detach().clone().requires_grad_() for t in inputs]
    results = function(*leaves)
    gradients = torch.autograd.grad(results[0], [t for t in leaves if t is not None], g)
    return [t.detach() for t in (*results, *gradients)]


def ours(slope, mode="auto", moments=None):
    def function(x, scale, offset, residual):
        with jit.using(mode):
            if moments is None:
                results = batch_norm(x, scale, offset, EPSILON, residual, slope)
            else:
                results = (normalize(x, *moments, scale, offset, EPSILON, residual, slope),)
        assert ("NormBackward" in type(results[0].grad_fn).__name__) == (mode == "auto")
        return results

    return function


def torchs(slope, moments=(None, None), epsilon=EPSILON):
    def function(x, scale, offset, residual):
        c = x.shape[-1]
        y = F.batch_norm(x.reshape(-1, c), *moments, scale, offset, moments[0] is None, 0.0, epsilon).view(x.shape)
        y = F.leaky_relu(y if residual is None else y + residual, slope)
        x = x.reshape(-1, c)
        return (y, x.mean(0), x.var(0, correction=0)) if moments[0] is None else (y,)

    return function


def exact(function, inputs, g):
    return run(function, [None if t is None else t.double() for t in inputs], g.double())


def distances(results, expected):
    """Largest difference of each pair, as a share of the largest number expected and 1, the deviation of what comes in."""
    assert [r.shape for r in results] == [e.shape for e in expected]
    return [float((r.double() - e).abs().max() / (e.abs().max() + 1)) for r, e in zip(results, expected, strict=True)]


@pytest.mark.parametrize("mode", ["auto", "plain"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("slope, residual", [(0.0, False), (0.0, True), (0.1, False), (0.1, True), (1.0, False), (1.0, True)])
def test_torch_in_float64(mode, dtype, shape, slope, residual):
    inputs, g = make(shape, dtype, residual)
    results = run(ours(slope, mode), inputs, g)
    assert max(distances(results, exact(torchs(slope), inputs, g))) < BOUNDS[dtype]
    assert results[0].dtype == results[3].dtype == dtype and {t.dtype for t in (*results[1:3], *results[4:6])} == {torch.float32}


@pytest.mark.parametrize("mode", ["auto", "plain"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("slope, residual", [(0.0, False), (0.0, True), (1.0, False)])
def test_given_moments_in_float64(mode, dtype, slope, residual):
    inputs, g = make((6, 9, 9, 20), dtype, residual)
    moments = torch.randn(20), torch.rand(20) + 0.1
    expected = exact(torchs(slope, [m.double() for m in moments]), inputs, g)
    assert max(distances(run(ours(slope, mode, moments), inputs, g), expected)) < BOUNDS[dtype]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_wrong_formula_is_seen(dtype):
    """Unbiased variance, epsilon beside the root, a moment taken as constant, the mask of another activation."""
    inputs, g = make((2, 5, 5, 8), dtype, residual=False)
    y, mean, variance, dx, dscale, _ = run(ours(0.0), inputs, g)
    x, scale, offset, _ = (None if t is None else t.double() for t in inputs)
    n, d = 50, x - x.mean((0, 1, 2))
    beside = F.relu(d / (d.square().mean((0, 1, 2)).sqrt() + EPSILON) * scale + offset)
    constant = exact(torchs(0.0, (mean.double(), variance.double())), inputs, g)
    leaky = exact(torchs(0.1), inputs, g)
    assert distances([variance], [variance.double() * n / (n - 1)])[0] > 10 * BOUNDS[torch.float32]
    assert dtype is torch.bfloat16 or distances([y], [beside])[0] > 10 * BOUNDS[dtype]
    assert distances([dx], [constant[1]])[0] > 10 * BOUNDS[dtype]
    assert min(distances([y, dx, dscale], [leaky[0], *leaky[3:5]])) > 10 * BOUNDS[dtype]


@pytest.mark.parametrize("outlier", [None, 0.0, 1e6])
def test_a_mean_far_from_zero(outlier):
    """Mean 1e4, deviation 1: E[x^2] - mu^2 in float32 would be off by more than the variance."""
    inputs, g = make((8, 24, 24, 6), torch.float32, residual=False, mean=1e4)
    x = inputs[0]
    if outlier is not None:  # in the place of the element that differences are taken from, for 64 others at most
        x[0, 0, 0] = outlier
    expected = exact(torchs(0.0), inputs, g)
    results = run(ours(0.0), inputs, g)
    bound = 1e-6 if outlier is None else 5e-5
    assert max(distances(results, expected)) < bound
    naive = x.square().mean((0, 1, 2)) - x.mean((0, 1, 2)).square()
    assert outlier == 1e6 or distances([naive], [expected[2]])[0] > 10 * bound


def test_one_row():
    """Variance 0: y is the offset, and nothing flows back but rounding of what cancels, g / sqrt(epsilon)."""
    inputs, g = make((1, 7), torch.float32, residual=False)
    for mode in ("auto", "plain"):
        y, mean, variance, dx, dscale, doffset = run(ours(1.0, mode), inputs, g)
        assert torch.equal(y, inputs[2][None]) and torch.equal(mean, inputs[0][0]) and torch.equal(doffset, g[0])
        assert variance.eq(0).all() and dscale.eq(0).all() and dx.abs().max() < 1e-6 * 1.5 * g.abs().max() / EPSILON**0.5


def test_a_constant_channel_has_no_variance():
    x = torch.full((40, 30, 30, 3), 0.1)
    _, mean, variance = batch_norm(x)
    assert variance.eq(0).all() and torch.equal(mean, x[0, 0, 0])


@pytest.mark.parametrize("which", [(0,), (1,), (0, 1)])
def test_without_scale_or_offset(which):
    inputs, g = make((4, 5, 5, 10), torch.float32)
    given = [None if i - 1 in which else t for i, t in enumerate(inputs)]
    results = run(ours(0.0), given, g)
    assert max(distances(results, exact(torchs(0.0), given, g))) < BOUNDS[torch.float32]
    assert len(results) == 7 - len(which)


@pytest.mark.parametrize("slope, residual", [(0.0, False), (0.1, True), (1.0, True)])
def test_plain_gradient_is_right(slope, residual):
    inputs, _ = make((3, 2, 2, 3), torch.float64, residual)
    leaves = [t.double().requires_grad_() for t in inputs if t is not None]

    def function(x, scale, offset, *rest):
        return batch_norm(x, scale, offset, EPSILON, rest[0] if rest else None, slope)[0]

    assert torch.autograd.gradcheck(function, leaves)
    assert torch.autograd.gradgradcheck(function, leaves)


def test_moments_that_learn():
    """Gradients of a given mean and variance come from the plain twin; those of a batch's own are cut."""
    x, mean, variance = torch.randn(6, 3, dtype=torch.float64), torch.randn(3), torch.rand(3) + 0.5
    moments = [m.double().requires_grad_() for m in (mean, variance)]
    assert torch.autograd.gradcheck(lambda m, v: normalize(x, m, v), moments)
    y = normalize(x.float(), mean.requires_grad_(), variance)
    assert "NormBackward" not in type(y.grad_fn).__name__ and torch.autograd.grad(y.sum(), mean)[0].abs().sum() > 0
    for mode in ("auto", "plain"):
        with jit.using(mode):
            assert [t.requires_grad for t in batch_norm(x.float().requires_grad_())] == [True, False, False]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("slope", [0.0, 1.0])
@pytest.mark.parametrize("where", ["x", "residual", "g"])
@pytest.mark.parametrize("bad", [0x7FC0, 0xFFC0 - 2**16, 0x7F80, 0xFF80 - 2**16])
def test_nan_and_infinity_pass(dtype, given, slope, where, bad):
    """NaN of both signs and both infinities, in one place, come out wherever they do in plain torch, first or not."""
    number = torch.tensor(bad, dtype=torch.int16).view(torch.bfloat16).to(dtype)
    moments, act = (torch.zeros(20), torch.ones(20)) if given else None, (lambda t: t) if slope else F.relu
    for place in ((0, 0, 0, 1), (1, 2, 3, 4)):
        inputs, g = make((3, 5, 5, 20), dtype)
        {"x": inputs[0], "residual": inputs[3], "g": g}[where][place] = number
        for keep in (True, False):
            if not keep and where != "residual":
                inputs[3] = None
            fused, twin = (run(ours(slope, mode, moments), inputs, g) for mode in ("auto", "plain"))
            for a, b in zip(fused, twin, strict=True):
                assert torch.allclose(a, b, rtol=2 * BOUNDS[dtype], atol=8 * BOUNDS[dtype], equal_nan=True)
            y, others = fused[0], [c for c in range(20) if c != place[-1]]
            assert y[..., others].isfinite().all()
            if where == "x" and not given:
                assert y[..., place[-1]].isnan().all() and not fused[1][place[-1]].isfinite()
            elif where != "g":
                assert torch.equal(y[place].nan_to_num(1, 2, 3), act(number).nan_to_num(1, 2, 3))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("residual", [False, True])
def test_threads_do_not_matter(dtype, residual):
    inputs, g = make((33, 17, 19, 24), dtype, residual)
    threads, results = torch.get_num_threads(), []
    for count in (1, 2):
        torch.set_num_threads(count)
        results.append(run(ours(0.0), inputs, g))
    torch.set_num_threads(threads)
    for one, two in zip(*results, strict=True):
        assert torch.equal(one, two)


def test_strided_input_and_gradient():
    inputs, g = make((2, 6, 5, 4), torch.float32)
    strided = [t.permute(0, 3, 1, 2).contiguous().permute(0, 2, 3, 1) if t.dim() == 4 else t for t in (*inputs, g)]
    results = run(ours(0.0), strided[:4], strided[4])
    for a, b in zip(results, run(ours(0.0), inputs, g), strict=True):
        assert torch.equal(a, b)
    one, same = torch.ones(()).expand(g.shape), torch.ones(g.shape)
    assert torch.equal(run(ours(0.0), inputs, one)[3], run(ours(0.0), inputs, same)[3])


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_gradients_are_tensors_of_their_own(slope):
    inputs, g = make((2, 3, 3, 4), torch.float32)
    before = g.clone()
    results = run(ours(slope), inputs, g)
    assert torch.equal(g, before) and len({t.data_ptr() for t in (g, *results)}) == len(results) + 1


def test_only_gradients_that_are_asked_for():
    (x, scale, offset, residual), g = make((4, 3, 3, 5), torch.float32)
    full = run(ours(0.0), (x, scale, offset, residual), g)[3:]
    leaf = scale.clone().requires_grad_()
    (dscale,) = torch.autograd.grad(batch_norm(x, leaf, offset, EPSILON, residual, 0.0)[0], leaf, g)
    assert torch.equal(dscale, full[1])
    half = offset.bfloat16().requires_grad_()
    assert torch.autograd.grad(batch_norm(x, scale, half, EPSILON, residual)[0], half, g)[0].dtype == torch.bfloat16


def test_weights_may_change_before_the_backward_pass():
    """An optimizer or a moving average that writes in place does not reach into a pass that is under way."""
    (x, scale, offset, _), g = make((4, 3, 3, 5), torch.float32)
    leaf, mean, variance = x.requires_grad_(), torch.zeros(5), torch.ones(5)
    y = normalize(leaf, mean, variance, scale, offset)
    (before,) = torch.autograd.grad(y, leaf, g, retain_graph=True)
    for t in (mean, variance, scale, offset):
        t.fill_(7)
    assert torch.equal(torch.autograd.grad(y, leaf, g)[0], before)


def test_an_empty_batch_needs_given_moments():
    with pytest.raises(ShapeError, match=r"at least one row and one channel, got \(0, 4, 4, 3\). An empty batch has no mean"):
        batch_norm(torch.zeros(0, 4, 4, 3))
    assert normalize(torch.zeros(0, 4, 4, 3), torch.zeros(3), torch.ones(3)).shape == (0, 4, 4, 3)


def test_errors():
    x = torch.zeros(2, 3)
    with pytest.raises(ShapeError, match=r"two axes or more, got \(3,\)"):
        batch_norm(torch.zeros(3))
    with pytest.raises(ShapeError, match=r"vectors of 3 channels, got \(2,\)"):
        normalize(x, torch.zeros(3), torch.zeros(3), torch.ones(2))
    with pytest.raises(ShapeError, match=r"the shape of x, \(2, 3\), got \(3, 2\)"):
        batch_norm(x, residual=torch.zeros(3, 2))
    with pytest.raises(ArgumentError, match=r"a number, 0 or more, got -1. 0 is ReLU, 1 is no activation."):
        batch_norm(x, slope=-1)


@pytest.mark.parametrize("mode", ["auto", "plain"])
def test_a_wider_residual_keeps_its_digits(mode):
    """bfloat16 x beside a float32 skip: the sum is float32, as without fusion; each gradient has the dtype of its input."""
    torch.manual_seed(0)
    x, residual = torch.randn(40, 6).bfloat16().requires_grad_(), (100 * torch.randn(40, 6)).requires_grad_()
    g = torch.randn(40, 6)
    wide = x.detach().double().requires_grad_()
    wanted = F.relu((wide - wide.mean(0)) / (wide.var(0, correction=0) + EPSILON).sqrt() + residual.detach().double())
    wanted.backward(g.double())
    with jit.using(mode):
        y = batch_norm(x, None, None, EPSILON, residual, 0.0)[0]
        y.backward(g)
    assert y.dtype is torch.float32 and x.grad.dtype is torch.bfloat16 and residual.grad.dtype is torch.float32
    torch.testing.assert_close(y.double(), wanted, rtol=1e-6, atol=1e-5)
    torch.testing.assert_close(x.grad.double(), wide.grad, rtol=1e-2, atol=1e-2)
    torch.testing.assert_close(residual.grad, g * (y > 0))
