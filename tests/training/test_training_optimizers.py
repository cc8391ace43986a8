"""Optimizers in whole fits: a run that was cut resumes to the bit with every option; every layer learns at its own rate."""

import numpy as np
import pytest
import torch
from resume_runs import CtrlC, bits, build, plain_fit, resumed

import nabi
from nabi import layers, schedules
from nabi.optimizers import SGD, Adam, AdamW, Lion, Nadam, RMSprop, Span


def sparing_biases():
    optimizer = AdamW(0.02, weight_decay=0.2, global_clipnorm=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


OPTIONS = {
    "amsgrad": lambda: AdamW(0.02, amsgrad=True),
    "lion": lambda: Lion(0.01, weight_decay=0.1),
    "centered": lambda: RMSprop(0.01, momentum=0.5, centered=True, clipvalue=0.01),
    "nadam": lambda: Nadam(0.02, clipnorm=0.1, decay=0.1),
    "accumulation": lambda: Adam(0.02, gradient_accumulation_steps=3, loss_scale_factor=4.0),
    "average": lambda: SGD(0.1, momentum=0.9, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=4),
    "without decay": sparing_biases,
    "restarts": lambda: SGD(schedules.CosineDecayRestarts(0.1, 3), momentum=0.9, nesterov=True),
}


LONG = ("amsgrad", "nadam", "without decay")


@pytest.mark.parametrize("option", [pytest.param(name, marks=pytest.mark.full) if name in LONG else name for name in OPTIONS])
def test_a_fit_cut_at_step_six_resumes_to_the_bit(option, tmp_path):
    """Checkpoints after steps 2 and 4 of an epoch: in the middle of an accumulation, of an average, of a period."""
    def make(seed):
        return build(OPTIONS[option], seed)

    whole, fit = make(1), plain_fit(epochs=3)
    fit(whole, [])
    assert bits(resumed(tmp_path / "run", make, fit, CtrlC(6), 2)) == bits(whole)


@pytest.mark.parametrize("option, left_out", [("accumulation", "total"), ("average", "ema")])
def test_a_checkpoint_without_one_of_the_vectors_would_be_noticed(option, left_out, tmp_path, monkeypatch):
    def make(seed):
        return build(OPTIONS[option], seed)

    whole, fit = make(1), plain_fit(epochs=3)
    fit(whole, [])
    weights = [w.tobytes() for w in whole.get_weights()]
    state = Span.state
    monkeypatch.setattr(Span, "state", lambda span: {name: t for name, t in state(span).items() if name != left_out})
    assert [w.tobytes() for w in resumed(tmp_path / "run", make, fit, CtrlC(5), 1).get_weights()] != weights


def test_rates_by_layer_in_a_loop_of_its_own():
    """AdamW as published, weight by weight in float64, three Dense layers at 0.1, 1 and 3 times the rate."""
    rng = np.random.default_rng(3)
    x, y, factors = rng.normal(size=(24, 4)), rng.normal(size=(24, 2)), (0.1, 1.0, 3.0)
    model = nabi.Sequential([nabi.Input((4,)), layers.Dense(5, "tanh"), layers.Dense(3, "tanh"), layers.Dense(2)])
    for layer, factor in zip(model.layers, factors, strict=True):
        layer.rate_factor = factor
    model.compile(AdamW(0.02, weight_decay=0.1, epsilon=1e-100), "mse", precision="float64")
    params = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in model.get_weights()]
    m, v = ([torch.zeros_like(w) for w in params] for _ in range(2))
    for t in range(1, 11):
        part = slice(0, 12) if t % 2 else slice(12, 24)
        out = torch.tensor(x[part])
        for i in range(3):
            out = out @ params[2 * i] + params[2 * i + 1]
            out = out.tanh() if i < 2 else out
        grads = torch.autograd.grad(((out - torch.tensor(y[part])) ** 2).mean(), params)
        for i, (w, g) in enumerate(zip(params, grads, strict=True)):
            lr = 0.02 * factors[i // 2]
            m[i], v[i] = 0.9 * m[i] + 0.1 * g, 0.999 * v[i] + 0.001 * g**2
            step = m[i] / (1 - 0.9**t) / (v[i] / (1 - 0.999**t)).sqrt()
            w.data = w.data - lr * 0.1 * w.data - lr * step
    model.fit(x, y, batch_size=12, epochs=5, shuffle=False, verbose=0)
    for ours, param in zip(model.get_weights(), params, strict=True):
        np.testing.assert_allclose(ours, param.detach().numpy(), rtol=1e-9, atol=1e-12)
    assert [span.rate for span in model.trainer.binding.spans] == list(factors)
