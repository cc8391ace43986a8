"""Every formula, compiled: the fused path is the plain one to rounding, in float64 and in float32."""

import pytest
import torch

from nabi import optimizers
from nabi.kernels import jit
from optimizers.paths import distance, length, nabi_path
from optimizers.test_optimizers_keras import FORMS, OPTIONS

pytestmark = [pytest.mark.learn, pytest.mark.usefixtures("fused_kernels")]


@pytest.mark.parametrize("form", FORMS)
def test_fused_and_plain_walk_one_path(form):
    name, arguments = FORMS[form]
    assert jit.fused(torch.zeros(3)), jit.why_not()
    with jit.using("plain"):
        exact = nabi_path(getattr(optimizers, name)(**arguments))
        single = nabi_path(getattr(optimizers, name)(**arguments), torch.float32)
    assert distance(nabi_path(getattr(optimizers, name)(**arguments)), exact) < 1e-13
    fused = nabi_path(getattr(optimizers, name)(**arguments), torch.float32)
    assert distance(fused, exact) <= 2 * distance(single, exact)
    low = torch.zeros(length(), dtype=torch.bfloat16)
    assert distance(nabi_path(getattr(optimizers, name)(**arguments), torch.float32, copy=low), fused) == 0
    assert low.any()


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("form", ["nag", "adam", "lion"])
def test_with_every_option_the_fused_path_is_the_plain_one(form, option):
    """Clipping, decay, sums and averages are torch's in both; the formula between them is compiled in one."""
    name, arguments = FORMS[form]

    def make():
        return getattr(optimizers, name)(**arguments, **OPTIONS[option])

    with jit.using("plain"):
        exact = nabi_path(make())
    assert distance(nabi_path(make()), exact) < 1e-13
    low = torch.zeros(length(), dtype=torch.bfloat16)
    assert distance(nabi_path(make(), torch.float32, copy=low), nabi_path(make(), torch.float32)) == 0
