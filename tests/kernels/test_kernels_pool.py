"""ReLU + max pooling + dropout: a plain loop as oracle, fused against plain bit for bit, and the numbers that are not numbers."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.random import Key
from nabi.kernels import dropout, jit, relu_pool_dropout

KEY = Key(1, 2, 3)
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
@pytest.mark.parametrize("relu", [True, False])
def test_loops(mode, relu):
    """The formula as nested loops; values repeat, so the first maximum must win the gradient."""
    rng = np.random.default_rng(0)
    x = rng.integers(-3, 4, (2, 7, 5, 3)).astype(np.float32)
    g = rng.standard_normal((2, 3, 2, 3)).astype(np.float32)
    y, dx = np.zeros_like(g), np.zeros_like(x)
    for n, i, j, c in np.ndindex(*y.shape):
        window = [(x[n, 2 * i + p, 2 * j + q, c], p, q) for p, q in itertools.product(range(2), range(2))]
        best = max(v for v, _, _ in window)
        p, q = next((p, q) for v, p, q in window if v == best)
        y[n, i, j, c] = max(best, 0) if relu else best
        if best > 0 or not relu:
            dx[n, 2 * i + p, 2 * j + q, c] = g[n, i, j, c]
    with jit.using(mode):
        leaf = torch.from_numpy(x).requires_grad_()
        out = relu_pool_dropout(leaf, (2, 2), 0.0, None, relu)
        assert np.array_equal(out.detach().numpy(), y)
        assert np.array_equal(torch.autograd.grad(out, leaf, torch.from_numpy(g))[0].numpy(), dx)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "shape, pool", [((3, 7, 9, 5), (2, 2)), ((2, 6, 6, 64), (2, 2)), ((2, 9, 10, 17), (3, 2)), ((1, 3, 3, 1), (3, 3))]
)
@pytest.mark.parametrize("rate", [0.0, 0.3])
@pytest.mark.parametrize("relu", [True, False])
def test_fused_is_plain(dtype, shape, pool, rate, relu):
    fused, plain = both(torch.randn(shape).to(dtype), pool, rate, KEY, relu)
    assert torch.equal(fused[0], plain[0]) and torch.equal(fused[1], plain[1])


def test_torch_is_met_and_the_mask_is_dropouts():
    x = torch.randn(2, 8, 8, 6)
    torchs = F.max_pool2d(F.relu(x.permute(0, 3, 1, 2)), 2).permute(0, 2, 3, 1).contiguous()
    assert torch.equal(relu_pool_dropout(x), torchs)
    assert torch.equal(relu_pool_dropout(x, (2, 2), 0.25, KEY), dropout(torchs, 0.25, KEY))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("relu", [True, False])
@pytest.mark.parametrize("window", list(itertools.permutations([NAN, MINUS_NAN, INF, MINUS_INF, ONE, MINUS_ONE], 4))[::7])
def test_nan_and_infinity_pass(dtype, relu, window):
    """Both signs of NaN: an x86 processor makes NaN with the sign bit set, which as an integer is below every number."""
    bits = torch.tensor(window, dtype=torch.int32).view(1, 2, 2, 1).repeat(1, 1, 1, 33)
    x = (bits << 16).view(torch.float32) if dtype is torch.float32 else bits.to(torch.int16).view(torch.bfloat16)
    expected = F.max_pool2d((F.relu(x) if relu else x).permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
    for y, dx in both(x, (2, 2), 0.0, None, relu):
        assert torch.equal(y.isnan(), expected.isnan()) and torch.equal(y.nan_to_num(7, 8, 9), expected.nan_to_num(7, 8, 9))
        assert (dx != 0).sum(dim=(1, 2)).eq(1).all() or (relu and float(expected.max()) == 0)
    fused, plain = both(x, (2, 2), 0.0, None, relu)
    assert torch.equal(fused[1], plain[1])


def test_plain_gradient_is_right():
    x = torch.randn(2, 5, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: relu_pool_dropout(t, (2, 2), 0.3, KEY), x)
    assert torch.autograd.gradgradcheck(lambda t: relu_pool_dropout(t, (2, 2), 0.3, KEY), x)


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
