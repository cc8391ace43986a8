"""The generic update: formulas against torch's own optimizers and NumPy, fused against plain, and the cache on disk."""

import types

import numpy as np
import pytest
import torch

from nabi.core.errors import ArgumentError
from nabi.kernels import jit, update
from nabi.kernels.math import absolute, maximum, minimum, sign, sqrt, where


def sgd(w, g, lr):
    return w - lr * g


def momentum(w, g, v, lr, m):
    v = m * v - lr * g
    return w + v, v


def adam(w, g, m, v, lr, beta_1, beta_2, epsilon, alpha):
    m = m + (1 - beta_1) * (g - m)
    v = v + (1 - beta_2) * (g**2 - v)
    w = w - lr * alpha * m / (sqrt(v) + epsilon)
    return w, m, v


def amsgrad(w, g, m, v, v_hat, lr, beta_1, beta_2, epsilon):
    m = m + (1 - beta_1) * (g - m)
    v = v + (1 - beta_2) * (g * g - v)
    v_hat = maximum(v_hat, v)
    w = w - lr * m / (sqrt(v_hat) + epsilon)
    return w, m, v, v_hat


def everything(w, g, a, b, c, d, lr, p):
    a = where(g > 0, sign(g) * absolute(a), -b)
    b = minimum(b, 0.5) + maximum(0.25, -c)
    c = absolute(c) ** p / (1.5 + 2 * d**2)
    return w - lr * sqrt(2.0) * a, a, b, c, 1 - d


FORMULAS = [
    (sgd, (0.1,)),
    (momentum, (0.1, 0.9)),
    (adam, (1e-3, 0.9, 0.999, 1e-7, 0.7)),
    (amsgrad, (1e-3, 0.9, 0.999, 1e-7)),
    (everything, (0.1, 0.7)),
]


def vectors(formula, numbers, n, dtype):
    slots = formula.__code__.co_argcount - 2 - len(numbers)
    generator = torch.Generator().manual_seed(0)
    w, g, *rest = (torch.randn(n, generator=generator, dtype=torch.float64).to(dtype) for _ in range(2 + slots))
    return w, g, tuple(t.abs() for t in rest)


@pytest.mark.parametrize("formula, numbers", FORMULAS, ids=lambda f: getattr(f, "__name__", ""))
@pytest.mark.parametrize("dtype, bound", [(torch.float32, 2**-21), pytest.param(torch.float64, 2**-50, marks=pytest.mark.learn)])
def test_fused_is_plain(formula, numbers, dtype, bound):
    """One step: four units in the last place of the largest number in play (1 or the element)."""
    results = []
    for mode in ("auto", "plain"):
        w, g, slots = vectors(formula, numbers, 40_007, dtype)
        copy = torch.empty(len(w), dtype=torch.bfloat16)
        with jit.using(mode):
            update(formula.__name__, formula, w, g, slots, numbers, copy)
        assert torch.equal(copy.view(torch.int16), w.to(torch.bfloat16).view(torch.int16))
        results.append((w, *slots))
    for fused, plain in zip(*results, strict=True):
        assert float(((fused - plain).abs() / plain.abs().clamp(min=1)).max()) <= bound


def test_torchs_adam_is_met():
    """torch.optim.Adam in float64: alpha carries its bias correction, and epsilon stands beside sqrt(v) / sqrt(1 - b2^t)."""
    w, g, (m, v) = vectors(adam, (0,) * 5, 501, torch.float64)
    m.zero_(), v.zero_()
    p, copy = torch.nn.Parameter(w.clone()), torch.zeros(501, dtype=torch.bfloat16)
    optimizer = torch.optim.Adam([p], lr=1e-2, eps=1e-8)
    for t in range(1, 6):
        p.grad = g * t
        optimizer.step()
        root = (1 - 0.999**t) ** 0.5
        update("adam", adam, w, g * t, (m, v), (1e-2, 0.9, 0.999, 1e-8 * root, root / (1 - 0.9**t)), copy)
    assert torch.allclose(w, p.detach(), rtol=0, atol=1e-14)


def test_numbers_are_computed_in_float64_before_they_meet_float32():
    """1 - 0.999 in float32 is off by 1.3e-5 of itself; the result must be the float32 nearest to g / 1000."""

    def rest(w, g, beta):
        return (1 - beta) * g

    g = torch.arange(1, 1001, dtype=torch.float32)
    expected = (g.numpy() * np.float32(1 - 0.999)).astype(np.float32)
    for mode in ("auto", "plain"):
        w = torch.zeros(1000)
        with jit.using(mode):
            update("rest", rest, w, g, (), (0.999,))
        assert np.array_equal(w.numpy(), expected)


def test_torch_notices_the_change():
    w, copy, v = torch.ones(8), torch.ones(8, dtype=torch.bfloat16), torch.zeros(8)
    before = w._version, copy._version, v._version
    update("momentum", momentum, w, torch.ones(8), (v,), (0.1, 0.9), copy)
    assert all(new > old for new, old in zip((w._version, copy._version, v._version), before, strict=True))


def test_the_copy_is_rounded_as_torch_rounds():
    """To nearest, ties to even; every kind of NaN stays NaN; the largest float32 becomes infinity."""

    def gradient(w, g):
        return g

    patterns = torch.randint(-(2**31), 2**31, (100_000,), dtype=torch.int64).to(torch.int32)
    edges = [0x3F808000, 0x3F818000, 0x7F7FFFFF, 0x7F800001, 0x7FFFFFFF, -1, -0x7FFFFF, 0x7F800000, 1, 0]
    g = torch.cat((patterns, torch.tensor(edges, dtype=torch.int64).to(torch.int32))).view(torch.float32)
    w, copy = torch.zeros_like(g), torch.zeros(len(g), dtype=torch.bfloat16)
    update("gradient", gradient, w, g, (), (), copy)
    expected = g.to(torch.bfloat16)
    assert torch.equal(copy.isnan(), expected.isnan()) and torch.equal(g.isnan(), expected.isnan())
    assert torch.equal(copy.nan_to_num(0, 1, 2), expected.nan_to_num(0, 1, 2))


def test_nan_and_infinity_pass():
    bad = torch.tensor([float("nan"), float("inf"), -float("inf")])
    for mode in ("auto", "plain"):
        for formula, numbers in FORMULAS[:4]:
            w, _, slots = vectors(formula, numbers, 3, torch.float32)
            copy = torch.zeros(3, dtype=torch.bfloat16)
            with jit.using(mode):
                update(formula.__name__, formula, w, bad, slots, numbers, copy)
            assert copy[0].isnan() and (formula is not sgd or not copy.isfinite().any())
            assert w[0].isnan()


def test_a_broken_formula_is_seen():
    def misplaced(w, g, m, v, lr, beta_1, beta_2, epsilon, alpha):
        m = m + (1 - beta_1) * (g - m)
        v = v + (1 - beta_2) * (g**2 - v)
        w = w - lr * alpha * m / sqrt(v + epsilon)
        return w, m, v

    right, wrong = vectors(adam, (0,) * 5, 100, torch.float32), vectors(adam, (0,) * 5, 100, torch.float32)
    update("adam", adam, *right, (1e-3, 0.9, 0.999, 1e-3, 1.0))
    update("adam", misplaced, *wrong, (1e-3, 0.9, 0.999, 1e-3, 1.0))
    assert float((right[0] - wrong[0]).abs().max()) > 1e-5


def test_slices_of_a_store():
    store = torch.ones(64)
    update("sgd", sgd, store[7:29], torch.ones(22), (), (1.0,))
    assert store.sum() == 42 and float(store[7:29].abs().max()) == 0


def test_errors():
    with pytest.raises(ArgumentError, match="vectors of one length and dtype"):
        update("sgd", sgd, torch.ones(3), torch.ones(4), (), (0.1,))
    with pytest.raises(ArgumentError, match="at most 4 slots, got 5"):
        update("sgd", sgd, torch.ones(3), torch.ones(3), (torch.ones(3),) * 5, (0.1,))


def test_a_formula_that_numba_cannot_compile_runs_plain_and_says_so():
    def clamped(w, g, lr):
        return w - lr * torch.clamp(g, -1, 1)

    w = torch.ones(4)
    with pytest.warns(UserWarning, match="Optimizer 'clamped' runs in plain torch: Numba cannot compile its formula"):
        update("clamped", clamped, w, torch.tensor([-5.0, 0.0, 0.5, 5.0]), (), (0.5,))
    assert w.tolist() == [1.5, 1.0, 0.75, 0.5]
    update("clamped", clamped, w, torch.ones(4), (), (0.5,))  # said once
    assert w.tolist() == [1.0, 0.5, 0.25, 0.0]


SCALE = 2.0


def test_what_a_compiled_formula_depends_on():
    """Its name on disk has its defaults, numbers and helpers in it; what no other process can know is never found there."""
    from nabi.kernels.formulas import source

    def made(beta=0.9, scope=None, helper=lambda x: x):
        def formula(w, g, lr, beta=beta):
            return helper(w) - lr * SCALE * beta * g

        if scope is not None:
            outer = {**formula.__globals__, **scope}
            formula = types.FunctionType(formula.__code__, outer, "formula", (beta,), formula.__closure__)
        return source(formula)

    def double(x):
        return x + x

    def triple(x):
        return x + x + x

    assert made(helper=double) == made(helper=double)
    assert len({made(helper=double), made(0.5, helper=double), made(scope={"SCALE": 3.0}, helper=double), made(helper=triple),
                made(scope={"SCALE": np.ones(2)}, helper=double)}) == 5


def test_defaults_are_part_of_a_formula():
    """The same code with another default is another kernel."""
    def made(momentum):
        def formula(w, g, v, lr, m=momentum):
            v = m * v - lr * g
            return w + v, v

        return formula

    found = []
    for momentum in (0.9, 0.1):
        v = torch.ones(3)
        update("mine", made(momentum), torch.zeros(3), torch.zeros(3), (v,), (0.1,))
        found.append(float(v[0]))
    assert found == pytest.approx([0.9, 0.1])
