"""[Leaky] ReLU + max pooling + dropout: a plain loop as oracle, fused against plain bit for bit, NaN and infinity."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import Key
from nabi.kernels import dropout, jit, relu_pool_dropout

KEY = Key(1, 2, 3)
SLOPES = [0.0, 0.3, 1.0]  # ReLU, leaky ReLU, none
DTYPES = [torch.float32, pytest.param(torch.bfloat16, marks=pytest.mark.learn)]  # compiling for a second dtype takes seconds
NAN, MINUS_NAN, INF, MINUS_INF, ONE, MINUS_ONE = 0x7FC0, 0xFFC0 - 2**16, 0x7F80, 0xFF80 - 2**16, 0x3F80, 0xBF80 - 2**16


def both(x, *args):
    """Output and gradient of the fused form and of the plain twin, at one random output gradient."""
    results, g = [], None
    for mode in ("auto", "plain"):
        with jit.using(mode):
            leaf = x.detach().clone().requires_grad_()
            y = relu_pool_dropout(leaf, *args)
            g = torch.randn_like(y) if g is None else g
            results.append((y.detach(), torch.autograd.grad(y, leaf, g)[0]))
            assert ("ReluPoolDropout" in type(y.grad_fn).__name__) == (mode == "auto")
    return results


@pytest.mark.parametrize("mode", ["auto", "plain"])
@pytest.mark.parametrize("slope", SLOPES)
def test_loops(mode, slope):
    """The formula as nested loops; values repeat, so the first maximum must win the gradient."""
    rng = np.random.default_rng(0)
    x = rng.integers(-3, 4, (2, 7, 5, 3)).astype(np.float32)
    g = rng.standard_normal((2, 3, 2, 3)).astype(np.float32)
    y, dx = np.zeros_like(g), np.zeros_like(x)
    for n, i, j, c in np.ndindex(*y.shape):
        window = [(x[n, 2 * i + p, 2 * j + q, c], p, q) for p, q in itertools.product(range(2), range(2))]
        best = max(v for v, _, _ in window)
        p, q = next((p, q) for v, p, q in window if v == best)
        below = np.float32(1 if best > 0 else slope)
        y[n, i, j, c] = best * below
        dx[n, 2 * i + p, 2 * j + q, c] = g[n, i, j, c] * below
    with jit.using(mode):
        leaf = torch.from_numpy(x).requires_grad_()
        out = relu_pool_dropout(leaf, (2, 2), 0.0, None, slope)
        assert np.array_equal(out.detach().numpy(), y)
        assert np.array_equal(torch.autograd.grad(out, leaf, torch.from_numpy(g))[0].numpy(), dx)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "shape, pool", [((3, 7, 9, 5), (2, 2)), ((2, 6, 6, 64), (2, 2)), ((2, 9, 10, 17), (3, 2)), ((1, 3, 3, 1), (3, 3))]
)
@pytest.mark.parametrize("rate", [0.0, 0.3])
@pytest.mark.parametrize("slope", SLOPES)
def test_fused_is_plain(dtype, shape, pool, rate, slope):
    fused, plain = both(torch.randn(shape).to(dtype), pool, rate, KEY, slope)
    assert torch.equal(fused[0], plain[0]) and torch.equal(fused[1], plain[1])


def test_torch_is_met_and_the_mask_is_dropouts():
    x = torch.randn(2, 8, 8, 6)
    torchs = F.max_pool2d(F.relu(x.permute(0, 3, 1, 2)), 2).permute(0, 2, 3, 1).contiguous()
    assert torch.equal(relu_pool_dropout(x), torchs)
    assert torch.equal(relu_pool_dropout(x, (2, 2), 0.25, KEY), dropout(torchs, 0.25, KEY))


@pytest.mark.parametrize("dtype", DTYPES)
def test_torchs_leaky_relu_may_come_first(dtype):
    """As it stands in a net. In float32 the gradient is the same, too; another slope gives other numbers."""
    x = torch.randn(2, 8, 8, 6).to(dtype).requires_grad_()
    torchs = F.max_pool2d(F.leaky_relu(x, 0.3).permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    y = relu_pool_dropout(x, slope=0.3)
    assert torch.equal(y, torchs) and not torch.equal(relu_pool_dropout(x, slope=0.31), torchs)
    if dtype is torch.float32:
        g = torch.randn_like(y)
        assert torch.equal(torch.autograd.grad(y, x, g)[0], torch.autograd.grad(torchs, x, g)[0])


def test_the_largest_windows_that_a_byte_can_tell_apart():
    """The winner at each place of windows of 127 and 254 elements, above and below 0; one element more runs plain."""
    for height, slope in ((127, 0.5), (254, 0.0), (254, 1.0)):
        x = torch.full((1, height, 1, 2 * height), -9.0)
        for place in range(height):
            x[0, place, 0, 2 * place:2 * place + 2] = torch.tensor([1.0, -1.0])
        (y, dx), (_, expected) = both(x, (height, 1), 0.0, None, slope)
        assert torch.equal(y.flatten(), torch.tensor([1.0, -slope]).repeat(height)) and torch.equal(dx, expected)
        larger = torch.zeros(1, height + 1, 1, 1, requires_grad=True)
        assert "ReluPoolDropout" not in type(relu_pool_dropout(larger, (height + 1, 1), slope=slope).grad_fn).__name__


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("slope", SLOPES)
def test_the_gradient_is_written_whole(dtype, slope):
    """Over memory full of NaN; what fills no window gets 0."""
    x = torch.randn(2, 7, 8, 3).to(dtype).requires_grad_()
    y = relu_pool_dropout(x, (3, 3), 0.4, KEY, slope)
    expected, = torch.autograd.grad(y, x, torch.ones_like(y), retain_graph=True)
    (code,), (_, *numbers) = y.grad_fn.saved_tensors, y.grad_fn.geometry
    dx = torch.full_like(x, torch.nan)
    jit.load("pool").backward(*map(jit.array, (torch.ones_like(y), code, dx)), *numbers)
    assert torch.equal(dx, expected) and not dx[:, 6:].any() and not dx[:, :, 6:].any()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("slope", SLOPES)
def test_nan_and_infinity_pass(dtype, slope):
    """Both signs of NaN: an x86 processor makes NaN with the sign bit set, which as an integer is below every number."""
    windows = list(itertools.permutations([NAN, MINUS_NAN, INF, MINUS_INF, ONE, MINUS_ONE], 4))
    bits = torch.tensor(windows, dtype=torch.int32).view(-1, 2, 2, 1).repeat(1, 1, 1, 33)
    x = (bits << 16).view(torch.float32) if dtype is torch.float32 else bits.to(torch.int16).view(torch.bfloat16)
    bent = F.leaky_relu(x, slope) if slope else F.relu(x)
    expected = F.max_pool2d(bent.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    fused, plain = both(x, (2, 2), 0.0, None, slope)
    for y, dx in (fused, plain):
        assert torch.equal(y.isnan(), expected.isnan()) and torch.equal(y.nan_to_num(7, 8, 9), expected.nan_to_num(7, 8, 9))
        assert ((dx != 0).sum(dim=(1, 2)) == ((expected != 0) | (slope > 0))[:, 0, 0]).all(), "one element gets the gradient"
    assert torch.equal(fused[1], plain[1])


@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_plain_gradient_is_right(slope):
    x = torch.randn(2, 5, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: relu_pool_dropout(t, (2, 2), 0.3, KEY, slope), x)
    assert torch.autograd.gradgradcheck(lambda t: relu_pool_dropout(t, (2, 2), 0.3, KEY, slope), x)


def test_threads_do_not_matter():
    x, threads, results = torch.randn(20, 12, 12, 16), torch.get_num_threads(), []
    for count in (1, 2):
        torch.set_num_threads(count)
        results.append(relu_pool_dropout(x, (2, 2), 0.5, KEY))
    torch.set_num_threads(threads)
    assert torch.equal(*results)


def test_strided_input_and_gradient():
    x = torch.randn(2, 4, 6, 6).permute(0, 2, 3, 1)
    leaf = x.detach().requires_grad_()
    y = relu_pool_dropout(leaf)
    assert torch.equal(y, relu_pool_dropout(x.contiguous()))
    g = torch.randn(2, 4, 3, 3).permute(0, 2, 3, 1)
    with jit.using("plain"):
        other = leaf.detach().requires_grad_()
        assert torch.equal(torch.autograd.grad(y, leaf, g)[0], torch.autograd.grad(relu_pool_dropout(other), other, g)[0])


def test_errors():
    with pytest.raises(ShapeError, match=r"H >= 2 and W >= 2, got \(1, 1, 4, 3\)"):
        relu_pool_dropout(torch.zeros(1, 1, 4, 3))
    with pytest.raises(ArgumentError, match=r"expected a Key, since rate is above 0, got None"):
        relu_pool_dropout(torch.zeros(1, 2, 2, 1), rate=0.5)
    with pytest.raises(ArgumentError, match=r"relu_pool_dropout\(slope\): expected a number in \[0, 1\], got 1.5. 0 is ReLU"):
        relu_pool_dropout(torch.zeros(1, 2, 2, 1), slope=1.5)
