"""Dropout: its definition worked out by hand, the fused form against it, and the rate it keeps."""

import pytest
import torch

from nabi.core.errors import ArgumentError
from nabi.core.random import Key
from nabi.kernels import dropout, jit, random_bits

KEY = Key(seed=11, layer=2, call=3)


@pytest.mark.parametrize("mode", ["auto", "plain"])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_definition(mode, rate):
    x = torch.randn(4, 7, 5, dtype=torch.float64 if mode == "plain" else torch.float32)
    words = random_bits(KEY, x.numel()).view(x.shape)
    expected = torch.where(words >= int(rate * 2**32), x * torch.tensor(1 / (1 - rate), dtype=x.dtype), 0)
    with jit.using(mode):
        assert torch.equal(dropout(x, rate, KEY), expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(0,), (1,), (4095,), (3, 4097), (2, 3, 5, 7)])
def test_fused_is_plain(dtype, shape):
    x = torch.randn(shape).to(dtype).requires_grad_()
    results = []
    for mode in ("auto", "plain"):
        with jit.using(mode):
            y = dropout(x, 0.3, KEY)
            results.append((y, torch.autograd.grad(y, x, torch.ones_like(y) * 0.7)[0]))
    assert "Dropout" in type(results[0][0].grad_fn).__name__
    results = [(y, d) for y, d in results]
    assert torch.equal(results[0][0], results[1][0]) and torch.equal(results[0][1], results[1][1])


def test_memory_order_does_not_move_the_mask():
    x = torch.randn(2, 3, 4, 5).permute(0, 2, 3, 1)
    assert torch.equal(dropout(x, 0.5, KEY), dropout(x.contiguous(), 0.5, KEY))


def test_rate_and_independence():
    n = 1 << 20
    x = torch.ones(n)
    for rate in (0.25, 0.5):
        kept = dropout(x, rate, KEY) != 0
        again = dropout(x, rate, KEY._replace(call=4)) != 0
        sigma = (rate * (1 - rate) / n) ** 0.5
        assert abs(float(kept.double().mean()) - (1 - rate)) < 5 * sigma
        both = float((kept & again).double().mean())
        assert abs(both - (1 - rate) ** 2) < 5 * (((1 - rate) ** 2) / n) ** 0.5


def test_gradients_and_second_derivatives():
    x = torch.randn(40, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda t: dropout(t, 0.4, KEY), x)
    z = torch.randn(40, requires_grad=True)  # fused
    (g,) = torch.autograd.grad((dropout(z, 0.4, KEY) ** 2).sum(), z, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), z)
    assert torch.allclose(h, 2 * dropout(torch.ones(40), 0.4, KEY) ** 2)


@pytest.mark.parametrize("mode", ["auto", "plain"])
def test_nan_and_infinity_show(mode):
    with jit.using(mode):
        for dtype in (torch.float32, torch.bfloat16):
            x = torch.tensor([float("nan"), -float("nan"), float("inf"), -float("inf")] * 16).to(dtype)
            y = dropout(x, 0.5, KEY)
            assert y[0::4].isnan().all() and y[1::4].isnan().all()
            assert (y[2::4].isinf() | y[2::4].isnan()).all()


def test_rate_zero_is_the_input_and_rate_one_an_error():
    x = torch.randn(3)
    assert dropout(x, 0.0, KEY) is x
    with pytest.raises(ArgumentError, match=r"dropout\(rate\): expected a share in \[0, 1\), got 1"):
        dropout(x, 1.0, KEY)
