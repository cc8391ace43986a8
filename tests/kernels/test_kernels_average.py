"""[Leaky] ReLU + average pooling + dropout: a plain loop as oracle, fused against plain bit for bit, NaN and infinity."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import Key
from nabi.kernels import dropout, jit, relu_average_dropout

KEY = Key(1, 2, 3)
SLOPES = [0.0, 0.3, 1.0]  # ReLU, leaky ReLU, none
DTYPES = [torch.float32, pytest.param(torch.bfloat16, marks=pytest.mark.learn)]  # compiling for a second dtype takes seconds
NAN, INF = float("nan"), float("inf")


def both(x, *args):
    """Output and gradient of the fused form and of the plain twin, at one random output gradient."""
    results, g = [], None
    for mode in ("auto", "plain"):
        with jit.using(mode):
            leaf = x.detach().clone().requires_grad_()
            y = relu_average_dropout(leaf, *args)
            g = torch.randn_like(y) if g is None else g
            results.append((y.detach(), torch.autograd.grad(y, leaf, g)[0]))
            assert ("ReluAverageDropout" in type(y.grad_fn).__name__) == (mode == "auto")
    return results


@pytest.mark.parametrize("mode", ["auto", "plain"])
@pytest.mark.parametrize("slope", SLOPES)
def test_loops(mode, slope):
    """The formula as nested loops, 0 among the values; it holds to the 3 roundings of a mean of 6 numbers."""
    rng = np.random.default_rng(0)
    x = rng.integers(-3, 4, (2, 7, 7, 3)).astype(np.float32)
    g = rng.standard_normal((2, 3, 2, 3)).astype(np.float32)
    y, dx = np.zeros(g.shape), np.zeros(x.shape)
    for n, i, j, c in np.ndindex(*y.shape):
        for p, q in np.ndindex(2, 3):
            v = x[n, 2 * i + p, 3 * j + q, c]
            below = 1 if v > 0 else slope
            y[n, i, j, c] += v * below / 6
            dx[n, 2 * i + p, 3 * j + q, c] = g[n, i, j, c] * below / 6
    with jit.using(mode):
        leaf = torch.from_numpy(x).requires_grad_()
        out = relu_average_dropout(leaf, (2, 3), 0.0, None, slope)
        np.testing.assert_allclose(out.detach().numpy(), y, rtol=0, atol=1e-6)
        np.testing.assert_allclose(torch.autograd.grad(out, leaf, torch.from_numpy(g))[0].numpy(), dx, rtol=0, atol=1e-7)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "shape, pool", [((3, 7, 9, 5), (2, 2)), ((2, 6, 6, 64), (2, 2)), ((2, 9, 10, 17), (3, 2)), ((2, 3, 8, 33), (1, 7))]
)
@pytest.mark.parametrize("rate", [0.0, 0.3])
@pytest.mark.parametrize("slope", SLOPES)
def test_fused_is_plain(dtype, shape, pool, rate, slope):
    fused, plain = both(torch.randn(shape).to(dtype), pool, rate, KEY, slope)
    assert torch.equal(fused[0], plain[0]) and torch.equal(fused[1], plain[1])


@pytest.mark.parametrize("slope", SLOPES)
def test_torch_is_met_to_the_bit_and_the_mask_is_dropouts(slope):
    x = torch.randn(2, 9, 8, 6, requires_grad=True)
    torchs = F.avg_pool2d((F.leaky_relu(x, slope) if slope else F.relu(x)).permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    for ours, theirs in ((relu_average_dropout(x, slope=slope), torchs),
                         (relu_average_dropout(x, (2, 2), 0.25, KEY, slope), dropout(torchs.contiguous(), 0.25, KEY))):
        g = torch.randn_like(ours)
        assert torch.equal(ours, theirs)
        assert torch.equal(torch.autograd.grad(ours, x, g)[0], torch.autograd.grad(theirs, x, g, retain_graph=True)[0])
    assert not torch.equal(relu_average_dropout(x, slope=slope / 2 + 0.3), torchs), "another slope gives other numbers"


@pytest.mark.parametrize("slope", SLOPES)
def test_bfloat16_is_within_torchs_own_roundings(slope):
    """torch rounds after every operation, this once: they differ by less than the roundings of the largest element, 2^-8 each."""
    x = torch.randn(4, 8, 8, 16).bfloat16()
    torchs = F.avg_pool2d((F.leaky_relu(x, slope) if slope else F.relu(x)).permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    difference = (relu_average_dropout(x, slope=slope).float() - torchs.float()).abs().max()
    assert difference <= 2 * 2**-8 * x.abs().max().float()


def test_windows_too_large_for_a_byte():
    """With an activation 8 elements run plain; without one any number is fused."""
    x = torch.randn(2, 23, 24, 5, requires_grad=True)
    assert "ReluAverageDropout" not in type(relu_average_dropout(x, (2, 4)).grad_fn).__name__
    for rate in (0.0, 0.5):
        fused, plain = both(x, (11, 12), rate, KEY, 1.0)
        assert torch.equal(fused[0], plain[0]) and torch.equal(fused[1], plain[1])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("slope", SLOPES)
def test_nan_and_infinity_go_where_torch_takes_them(dtype, slope):
    """In x and in the gradient, kept and dropped, gradients of NaN elements among them."""
    values = torch.tensor([NAN, INF, -INF, 1.0, -1.0, 0.0])
    x = torch.cartesian_prod(values, values, values).view(6, 36, 3, 1).repeat(1, 1, 1, 17).to(dtype)
    g = torch.tensor([1.0, INF, -INF, NAN]).repeat(6 * 12 * 3 * 17 // 4).view(6, 12, 3, 17).to(dtype)
    results = []
    for mode in ("auto", "plain"):
        with jit.using(mode):
            leaf = x.clone().requires_grad_()
            y = relu_average_dropout(leaf, (3, 1), 0.5, KEY, slope)
            results.append((y.detach(), torch.autograd.grad(y, leaf, g)[0]))
    for ours, theirs in zip(*results, strict=True):
        assert torch.equal(ours.isnan(), theirs.isnan()) and torch.equal(ours.nan_to_num(7, 8, 9), theirs.nan_to_num(7, 8, 9))
        assert ours.isnan().any() and ours.isinf().any() and ours.isfinite().any()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("slope", SLOPES)
def test_the_gradient_is_written_whole(dtype, slope):
    """Over memory full of NaN; what fills no window gets 0."""
    x = torch.randn(2, 7, 8, 3).to(dtype).requires_grad_()
    y = relu_average_dropout(x, (3, 2), 0.4, KEY, slope)
    expected, = torch.autograd.grad(y, x, torch.ones_like(y), retain_graph=True)
    (code,), (_, *numbers) = y.grad_fn.saved_tensors, y.grad_fn.geometry
    dx = torch.full_like(x, torch.nan)
    jit.load("average").backward(*map(jit.array, (torch.ones_like(y), code, dx)), *numbers)
    assert torch.equal(dx, expected) and not dx[:, 6:].any() and dx[:, :6].any()


@pytest.mark.parametrize("slope", SLOPES)
def test_plain_gradient_is_right(slope):
    x = torch.randn(2, 5, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: relu_average_dropout(t, (2, 2), 0.3, KEY, slope), x)
    assert torch.autograd.gradgradcheck(lambda t: relu_average_dropout(t, (2, 2), 0.3, KEY, slope), x)


def test_threads_do_not_matter():
    x, threads, results = torch.randn(20, 12, 12, 16), torch.get_num_threads(), []
    for count in (1, 2):
        torch.set_num_threads(count)
        results.append(relu_average_dropout(x, (2, 2), 0.5, KEY))
    torch.set_num_threads(threads)
    assert torch.equal(*results)


def test_strided_input_and_gradient():
    x = torch.randn(2, 4, 6, 6).permute(0, 2, 3, 1)
    leaf = x.detach().requires_grad_()
    y = relu_average_dropout(leaf)
    assert torch.equal(y, relu_average_dropout(x.contiguous()))
    g = torch.randn(2, 4, 3, 3).permute(0, 2, 3, 1)
    with jit.using("plain"):
        other = leaf.detach().requires_grad_()
        assert torch.equal(torch.autograd.grad(y, leaf, g)[0], torch.autograd.grad(relu_average_dropout(other), other, g)[0])


def test_errors():
    with pytest.raises(ShapeError, match=r"relu_average_dropout\(x\).*H >= 2 and W >= 2, got \(1, 1, 4, 3\)"):
        relu_average_dropout(torch.zeros(1, 1, 4, 3))
    with pytest.raises(ArgumentError, match=r"relu_average_dropout\(key\): expected a Key, since rate is above 0, got None"):
        relu_average_dropout(torch.zeros(1, 2, 2, 1), rate=0.5)
    with pytest.raises(ArgumentError, match=r"relu_average_dropout\(slope\): expected a number in \[0, 1\], got -0.1"):
        relu_average_dropout(torch.zeros(1, 2, 2, 1), slope=-0.1)
