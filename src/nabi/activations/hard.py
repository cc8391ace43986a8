"""Hard sigmoid, hard SiLU, hard tanh: straight lines in place of curves, which cheap processors compute faster.

    hard_sigmoid(x) = min(max(0, x/6 + 1/2), 1)          derivative 1/6 where |x| < 3, else 0
    older_hard_sigmoid(x) = min(max(0, x/5 + 1/2), 1)    derivative 1/5 where |x| < 2.5, else 0
    hard_silu(x)    = x hard_sigmoid(x)                  derivative x/3 + 1/2 where |x| < 3, 0 below, 1 above
    hard_tanh(x)    = min(max(-1, x), 1)                 derivative 1 where |x| < 1, else 0

Source: Howard et al., "Searching for MobileNetV3", 2019, section 5.2; hard tanh: Collobert, 2004.
"""

import torch
from torch.nn import functional

from nabi.core.registry import register


@register("activation")
def hard_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """x/6 + 1/2 between -3 and 3, 0 below, 1 above. Derivative 1/6 in between, else 0.

    Example:
        >>> hard_sigmoid(torch.tensor([-4.0, 0.0, 1.5]))
        tensor([0.0000, 0.5000, 0.7500])

    This is Keras 3's and torch's; Keras 1 and 2 had `older_hard_sigmoid`.
    """
    return functional.relu6(x + 3) / 6  # torch's own has no second derivative


@register("activation")
def older_hard_sigmoid(x: torch.Tensor) -> torch.Tensor:
    """x/5 + 1/2 between -2.5 and 2.5, 0 below, 1 above: what Keras 1 and 2 call hard_sigmoid. Derivative 1/5 in between, else 0.

    Example:
        >>> older_hard_sigmoid(torch.tensor([-4.0, 0.0, 1.5]))
        tensor([0.0000, 0.5000, 0.8000])

    Files of Keras 1 and 2 are read with it; Keras 3 has none of its kind.
    """
    return torch.clamp(0.2 * x + 0.5, 0.0, 1.0)


@register("activation", "hard_swish")
def hard_silu(x: torch.Tensor) -> torch.Tensor:
    """x hard_sigmoid(x), also called hard swish. Derivative x/3 + 1/2 between -3 and 3, 0 below, 1 above.

    Example:
        >>> hard_silu(torch.tensor([-1.0, 1.0, 4.0]))
        tensor([-0.3333,  0.6667,  4.0000])
    """
    return functional.hardswish(x)


@register("activation")
def hard_tanh(x: torch.Tensor) -> torch.Tensor:
    """x between -1 and 1, the nearer of the two beyond. Derivative 1 in between, else 0.

    Example:
        >>> hard_tanh(torch.tensor([-4.0, 0.5, 4.0]))
        tensor([-1.0000,  0.5000,  1.0000])
    """
    return functional.hardtanh(x)
