"""Spans: padding stays zero, cutting weights into other spans changes nothing, limits act per weight or over all."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nabi import optimizers
from nabi.core.errors import ShapeError, StateError
from nabi.core.registry import names
from nabi.optimizers import Span
from optimizers.paths import distance, gradients, nabi_path, pack, segments, span_of, start, unpack

ALL = sorted({optimizers.get(name).__class__.__name__ for name in names("optimizer")})
OPTIONS = [{}, {"weight_decay": 0.1, "clipnorm": 0.5, "use_ema": True},
           {"global_clipnorm": 0.5, "gradient_accumulation_steps": 2},
           {"clipvalue": 0.1, "loss_scale_factor": 4.0}]


def gaps() -> torch.Tensor:
    """True where no weight lies."""
    mask = torch.ones_like(pack(start()), dtype=torch.bool)
    for a, b in segments():
        mask[a:b] = False
    return mask


def separate(optimizer, steps=20):
    """The path of one span for each weight."""
    spans = [optimizer.make_span(torch.tensor(w.ravel()), torch.zeros(w.size, dtype=torch.float64), [(0, w.size)])
             for w in start()]
    path = []
    for step in gradients(steps):
        for span, g in zip(spans, step, strict=True):
            span.g.copy_(torch.tensor(g.ravel()))
        optimizer.apply(spans)
        path.append([span.w.numpy().reshape(w.shape).copy() for span, w in zip(spans, start(), strict=True)])
    return path


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(options) or "plain")
@pytest.mark.parametrize("name", ALL)
def test_padding_stays_zero_and_segments_are_separate_spans(name, options):
    optimizer = getattr(optimizers, name)(**options)
    span, empty, path = span_of(optimizer), gaps(), []
    assert empty.sum() > 0
    for step in gradients():
        span.g.copy_(pack(step))
        optimizer.apply([span])
        path.append(unpack(span.w))
        for vector in (span.w, span.g, *span.state().values()):
            assert not vector[empty].any()
    assert distance(path, separate(getattr(optimizers, name)(**options))) < 1e-12


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(ALL), sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5), pad=st.integers(0, 5),
       seed=st.integers(0, 2**32 - 1), limit=st.floats(0.01, 10))
def test_any_cut_into_segments_gives_the_same_step(name, sizes, pad, seed, limit):
    rng = np.random.default_rng(seed)
    weights = [torch.tensor(rng.normal(size=n)) for n in sizes]
    grads = [torch.tensor(rng.normal(size=n)) for n in sizes]
    ends = np.cumsum([n + pad for n in sizes])
    cut = [(int(end - n - pad), int(end - pad)) for n, end in zip(sizes, ends, strict=True)]
    one, many = getattr(optimizers, name)(clipnorm=limit), getattr(optimizers, name)(clipnorm=limit)
    w, g = (torch.cat([torch.cat([t, torch.zeros(pad, dtype=t.dtype)]) for t in group]) for group in (weights, grads))
    whole = one.make_span(w, g, cut)
    spans = [many.make_span(w.clone(), g.clone(), [(0, len(w))]) for w, g in zip(weights, grads, strict=True)]
    for _ in range(2):
        one.apply([whole])
        many.apply(spans)
    for (a, b), span in zip(cut, spans, strict=True):
        torch.testing.assert_close(whole.w[a:b], span.w, rtol=1e-12, atol=1e-13)


def test_clipnorm_looks_at_each_weight_and_global_clipnorm_at_all():
    g = torch.tensor([3.0, 4.0, 0.0, 0.6, 0.8], dtype=torch.float64)  # lengths 5 and 1, together sqrt(26)
    moved = {}
    for limit in ("clipnorm", "global_clipnorm"):
        optimizer = optimizers.SGD(1.0, **{limit: 2.0})
        span = optimizer.make_span(torch.zeros(5, dtype=torch.float64), g.clone(), [(0, 2), (3, 5)])
        optimizer.apply([span])
        moved[limit] = -span.w.numpy()
    np.testing.assert_allclose(moved["clipnorm"], [1.2, 1.6, 0, 0.6, 0.8], rtol=1e-15)
    np.testing.assert_allclose(moved["global_clipnorm"], g.numpy() * 2 / 26**0.5, rtol=1e-15)
    optimizer = optimizers.SGD(1.0, global_clipnorm=2.0)
    parts = [optimizer.make_span(torch.zeros(2, dtype=torch.float64), part.clone(), [(0, 2)]) for part in (g[:2], g[3:])]
    optimizer.apply(parts)
    np.testing.assert_allclose(-torch.cat([p.w for p in parts]).numpy(), g[[0, 1, 3, 4]].numpy() * 2 / 26**0.5, rtol=1e-15)


@pytest.mark.parametrize("name", ALL)
def test_the_factor_on_the_rate_is_a_smaller_rate(name):
    slower = nabi_path(getattr(optimizers, name)(0.1, weight_decay=0.2), rate=0.25)
    assert distance(slower, nabi_path(getattr(optimizers, name)(0.025, weight_decay=0.2))) < 1e-12
    assert distance(slower, nabi_path(getattr(optimizers, name)(0.1, weight_decay=0.2))) > 1e-3


def test_a_span_without_decay_and_names_that_are_excluded():
    spared = nabi_path(optimizers.AdamW(0.1, weight_decay=0.3), decay=False)
    assert distance(spared, nabi_path(optimizers.Adam(0.1))) < 1e-15 < distance(spared, nabi_path(optimizers.AdamW(0.1)))
    optimizer, weight = optimizers.AdamW(), object()
    optimizer.exclude_from_weight_decay(var_list=[weight], var_names=["bias", "norm.*/gamma"])
    asked = ("d/kernel",), ("d/bias",), ("norm_1/gamma",), ("e/kernel", weight), ("e/kernel", object())
    found = [optimizer.decays(*w) for w in asked]
    assert found == [True, False, False, False, True]
    assert not optimizers.Adam().decays("d/kernel")
    span_of(optimizer)
    with pytest.raises(StateError, match="AdamW.exclude_from_weight_decay: expected a call before the first training step"):
        optimizer.exclude_from_weight_decay(var_names=["bias"])


def test_exclusion_is_keras(keras64):
    variables = [keras64.Variable(np.ones(2), name=name) for name in ("kernel", "bias")]
    ours, theirs = optimizers.AdamW(0.1), keras64.optimizers.AdamW(0.1)
    for optimizer in (ours, theirs):
        optimizer.exclude_from_weight_decay(var_names=["bias"])
    theirs.apply([torch.zeros(2, dtype=torch.float64)] * 2, variables)
    for variable in variables:
        span = ours.make_span(torch.ones(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64), [(0, 2)],
                              decay=ours.decays(variable.name))
        ours.apply([span])
        np.testing.assert_allclose(span.w.numpy(), variable.value.detach().numpy(), rtol=1e-15)


@pytest.mark.parametrize("options", [{}, {"use_ema": True, "ema_overwrite_frequency": 3}])
def test_the_copy_is_the_rounded_weights(options):
    optimizer = optimizers.Momentum(0.1, **options)
    low = torch.zeros(len(pack(start())), dtype=torch.bfloat16)
    span = span_of(optimizer, torch.float32, copy=low)
    for step in gradients(7):
        span.g.copy_(pack(step, torch.float32))
        optimizer.apply([span])
        assert torch.equal(low, span.w.to(torch.bfloat16))
    for averaged in (True, False) if options else ():
        before, mean = span.w.clone(), span.ema.clone()
        optimizer.swap_averages([span])
        assert torch.equal(span.w, mean) and torch.equal(span.ema, before) and not torch.equal(mean, before)
        assert torch.equal(low, span.w.to(torch.bfloat16)) and optimizer.averaged is averaged
    optimizer.finalize_variable_values([span])
    assert torch.equal(low, span.w.to(torch.bfloat16))
    assert not options or torch.equal(span.w, span.ema)


def test_numbers_are_asked_once_a_step():
    class Counting(optimizers.Nadam):
        def numbers(self, step):
            asked.append(step)
            return super().numbers(step)

    asked: list[int] = []
    optimizer = Counting(gradient_accumulation_steps=2)
    spans = [span_of(optimizer), span_of(optimizer), span_of(optimizer)]
    for _ in range(6):
        optimizer.apply(spans)
    assert asked == [1, 2, 3] and (optimizer.iterations, optimizer.calls) == (3, 6)


@pytest.mark.parametrize("options", [{}, {"use_ema": True, "gradient_accumulation_steps": 3, "decay": 0.1}])
@pytest.mark.parametrize("name", ALL)
def test_a_resumed_path_is_the_same_bit_for_bit(name, options):
    make = getattr(optimizers, name)
    through = nabi_path(make(**options), finalize=False)
    first, second = make(**options), make(**options)
    before, after = span_of(first), span_of(second)
    for step in gradients()[:10]:
        before.g.copy_(pack(step))
        first.apply([before])
    first.learning_rate = second.learning_rate = first.learning_rate
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    after.load_state({name: vector.clone() for name, vector in before.state().items()})
    after.w.copy_(before.w)
    for number, step in enumerate(gradients()[10:], 10):
        after.g.copy_(pack(step))
        second.apply([after])
        for a, b in zip(unpack(after.w), through[number], strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_span_says_what_is_wrong():
    w = torch.zeros(4)
    with pytest.raises(ShapeError, match=r"Span: expected flat vectors of one length, got \{'w': \(4,\), 'g': \(3,\)\}"):
        Span(w, torch.zeros(3), [(0, 4)])
    with pytest.raises(ShapeError, match=r"Span\(segments\): expected rising .* got \[\(0, 5\)\]"):
        Span(w, w.clone(), [(0, 5)])
    with pytest.raises(StateError, match="Span.load_state: expected vectors {'v': 4}, got {'m': 4}"):
        optimizers.Momentum().make_span(w, w.clone(), [(0, 4)]).load_state({"m": w})
