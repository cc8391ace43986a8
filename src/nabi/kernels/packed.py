"""Packed: convolution and matrix product for inference, with weights that are brought into oneDNN's own order once.

    y = relu(conv(x, w) + b)            y = relu(x W^T + b)

oneDNN reads weights in blocks and sorts them anew in every call unless they come sorted. For one picture that is most of the work
of a deep layer: 512 -> 512 channels at 4 x 4 take 0.59 ms with plain bfloat16 weights and 0.16 ms with packed ones, a Dense layer
of 9216 x 128 takes 0.11 and 0.04 ms. A bias stays float32 (oneDNN adds it before it rounds). The plain twins are those of
`kernels.conv` and `kernels.linear`.
"""

import functools
from collections.abc import Callable

import torch
from torch import Tensor

from nabi.kernels import jit
from nabi.kernels.conv import NONE, TINY, Pads, nchw, padded, pointwise_works
from nabi.kernels.conv import plain as plain_convolution
from nabi.kernels.linear import plain as plain_linear

FEW = 1 << 18  # numbers in a float32 matrix below which MKL's product is quicker than a call of oneDNN (measured)

Leaky = tuple[str, list, str]
LINEAR: Leaky = ("none", [], "")
RELU: Leaky = ("leaky_relu", [TINY], "")  # passes NaN; see `kernels.conv.pointwise`


@functools.cache
def packing_works() -> bool:
    """Whether this torch has the private operators that pack weights, and they take a float32 bias for bfloat16."""
    if not pointwise_works():
        return False
    x, w, b = torch.ones(1, 4, 2, 2).bfloat16(), torch.ones(16, 4, 1, 1).bfloat16(), torch.ones(16)
    try:
        y = oneDNN("_convolution_pointwise")(x, pack_kernel(w, (1, 1), (1, 1), 1), b, [0, 0], [1, 1], [1, 1], 1, *RELU)
        z = oneDNN("_linear_pointwise")(x[..., 0, 0], pack_matrix(w[..., 0, 0]), b, *RELU)
    except (AttributeError, RuntimeError):  # they are private: another torch may lack them, or want other arguments
        return False
    return y.unique().tolist() == [5] and z.unique().tolist() == [5]


def oneDNN(name: str) -> Callable[..., Tensor]:
    """One of torch's private operators."""
    return getattr(torch.ops.mkldnn, name).default


def pack_kernel(weight: Tensor, stride, dilation, groups: int) -> Tensor:
    """(C_out, C_in / groups, kH, kW) in oneDNN's order."""
    return oneDNN("_reorder_convolution_weight")(weight, [0, 0], [*stride], [*dilation], groups)


def pack_matrix(weight: Tensor) -> Tensor:
    """(n_out, n_in) in oneDNN's order."""
    return oneDNN("_reorder_linear_weight")(weight)


def takes(weight: Tensor) -> bool:
    """Whether oneDNN's forms are there for weights of this dtype, and kernels are not held to plain torch."""
    return weight.dtype in (torch.bfloat16, torch.float32) and jit.fused(weight) and packing_works()


def packed_convolution(
    weight: Tensor,
    bias: Tensor | None = None,
    stride: tuple[int, ...] = (1, 1),
    dilation: tuple[int, ...] = (1, 1),
    groups: int = 1,
    relu: bool = False,
) -> Callable[..., Tensor]:
    """The function (x, padding) -> relu(conv2d(x, weight) + bias) with weights of its own, for use without gradients.

    Args:
        weight: (C_out, C_in / groups, kH, kW), copied.
        bias: (C_out,) or None; float32 beside a bfloat16 weight, else of the weight's dtype.
        stride, dilation, groups: as in torch's conv2d.
        relu: whether ReLU follows.

    Returns:
        A function of x (N, H, W, C_in), of the weight's dtype, and the zeros (above, below), (left, right) around it, which gives
        (N, H', W', C_out), contiguous.

    Example:
        >>> f = packed_convolution(torch.ones(1, 1, 3, 3), torch.tensor([-4.0]))
        >>> f(torch.ones(1, 3, 3, 1)).item()
        5.0
    """
    if not takes(weight):
        weight = weight.clone(memory_format=torch.channels_last)
        bias = None if bias is None else bias.to(weight.dtype)
        return lambda x, padding=NONE: plain_convolution(x, weight, bias, stride, padding, dilation, groups, relu)
    run, w = oneDNN("_convolution_pointwise"), pack_kernel(weight, stride, dilation, groups)
    steps, inside = ([*stride], [*dilation], groups), relu and weight.dtype is torch.bfloat16
    after = RELU if inside else LINEAR  # in float32 the leaky ReLU would leave traces below 0

    @functools.cache
    def zeros(padding: Pads) -> list[int] | None:
        """What oneDNN is told of a padding; None where its sides differ and x needs zeros of its own."""
        (above, below), (left, right) = padding
        return [above, left] if above == below and left == right else None

    def convolution(x: Tensor, padding: Pads = NONE) -> Tensor:
        around = zeros(padding)
        if around is None:
            x, around = padded(x, padding)[0], [0, 0]
        y = run(nchw(x.contiguous()), w, bias, around, *steps, *after).permute(0, 2, 3, 1).contiguous()
        return y.relu_() if relu and not inside else y

    return convolution


def packed_linear(weight: Tensor, bias: Tensor | None = None, relu: bool = False) -> Callable[[Tensor], Tensor]:
    """The function x -> relu(x W^T + b) with weights of its own, for use without gradients; arguments as in `kernels.linear`.

    Example:
        >>> packed_linear(torch.tensor([[3.0, 4.0], [-5.0, 0.0]]), relu=True)(torch.tensor([[1.0, 2.0]]))
        tensor([[11.,  0.]])
    """
    if not takes(weight) or (weight.dtype is torch.float32 and weight.numel() < FEW):
        weight, bias = weight.clone(), None if bias is None else bias.to(weight.dtype)
        return lambda x: plain_linear(x, weight, bias, relu)
    run, w = oneDNN("_linear_pointwise"), pack_matrix(weight)
    inside = relu and weight.dtype is torch.bfloat16
    after = RELU if inside else LINEAR

    def product(x: Tensor) -> Tensor:
        y = run(x, w, bias, *after)
        return y.relu_() if relu and not inside else y

    return product
