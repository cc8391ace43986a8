"""Packed weights against the plain twins, against float64, with NaN, odd paddings, groups; broken on purpose."""

import pytest
import torch
import torch.nn.functional as F

from nabi.kernels import jit
from nabi.kernels.packed import packed_convolution, packed_linear

BAD = [float("nan"), -float("nan"), float("inf")]


def convolved(dtype, mode="auto", bad=None, relu=True, stride=(1, 1), dilation=(1, 1), groups=1, padding=((0, 0), (0, 0))):
    """The result and the same from torch in float64, on weights that the dtype holds exactly."""
    torch.manual_seed(1)
    x, w, b = torch.randn(3, 9, 8, 4), torch.randn(6, 4 // groups, 3, 3), torch.randn(6)
    x, w = x.to(dtype), w.to(dtype)
    if bad is not None:
        x[1, 4, 4, 2] = bad
    bias = b if dtype is torch.bfloat16 else b.to(dtype)
    with jit.using(mode):
        y = packed_convolution(w, bias, stride, dilation, groups, relu)(x, padding)
    (above, below), (left, right) = padding
    z = F.conv2d(F.pad(x.double().permute(0, 3, 1, 2), (left, right, above, below)), w.double(), b.double(), stride, 0, dilation,
                 groups).permute(0, 2, 3, 1)
    return y, F.relu(z) if relu else z


@pytest.mark.parametrize("dtype, mode, bound", [(torch.float32, "auto", 1e-6), (torch.bfloat16, "auto", 4e-3),
                                                (torch.float64, "auto", 1e-12), (torch.bfloat16, "plain", 8e-3)])
@pytest.mark.parametrize("options", [
    {}, {"relu": False}, {"stride": (2, 1), "padding": ((1, 1), (1, 1))}, {"padding": ((0, 1), (1, 0))}, {"groups": 2},
    {"dilation": (2, 2)},
])  # fmt: skip
def test_convolution_is_torch_in_float64(dtype, mode, bound, options):
    y, z = convolved(dtype, mode, **options)
    assert y.dtype == dtype and y.shape == z.shape and y.is_contiguous()
    assert float((y - z).abs().max()) <= bound * float(z.abs().max())


@pytest.mark.parametrize("dtype, bound", [(torch.float32, 1e-6), (torch.bfloat16, 4e-3), (torch.float64, 1e-12)])
@pytest.mark.parametrize("n", [5, 1100])
def test_product_is_torch_in_float64(dtype, bound, n):
    """Above and below the size at which float32 is left to MKL."""
    x, w, b = torch.randn(7, n).to(dtype), torch.randn(300, n).to(dtype), torch.randn(300)
    z = F.relu(F.linear(x.double(), w.double(), b.double()))
    y = packed_linear(w, b if dtype is torch.bfloat16 else b.to(dtype), relu=True)(x)
    assert y.dtype == dtype and float((y - z).abs().max()) <= bound * float(z.abs().max())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bad", BAD)
def test_nan_and_infinity_pass(dtype, bad):
    y, z = convolved(dtype, bad=bad)
    assert torch.equal(y.isnan(), z.isnan()) and bool((~y[1].isfinite()).any()) and bool(y[0].isfinite().all())
    x, w = torch.randn(2, 1100).to(dtype), torch.ones(300, 1100).to(dtype)
    x[1, 3] = bad
    y = packed_linear(w, None, relu=True)(x)
    assert bool(y[0].isfinite().all()) and not bool(y[1].isfinite().any())


def test_the_weights_are_copies():
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        w = torch.ones(16, 4, 1, 1, dtype=dtype)
        f, g = packed_convolution(w), packed_linear(w[..., 0, 0])
        w.zero_()
        assert float(f(torch.ones(1, 2, 2, 4, dtype=dtype)).max()) == float(g(torch.ones(1, 4, dtype=dtype)).max()) == 4


def test_a_wrong_bias_is_noticed():
    """Broken on purpose: a bias that was rounded to bfloat16 before it is added to large sums."""
    x, w, b = torch.full((1, 16), 8.0), torch.full((16, 16), 8.0), torch.full((16,), -1024 + 3.0)
    exact = packed_linear(w.bfloat16(), b)(x.bfloat16())
    rounded = packed_linear(w.bfloat16(), b.bfloat16().float())(x.bfloat16())
    assert float(exact[0, 0]) == 3 and float(rounded[0, 0]) != 3
