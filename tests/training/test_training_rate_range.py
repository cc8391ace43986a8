"""Range test: rates that rise by one factor, losses that training by hand gives, a rate that learns, a model left as it was."""

import numpy as np
import pytest
import torch

import nabi
from nabi import layers
from nabi.core import random
from nabi.core.errors import ArgumentError, DataError
from nabi.training.rate_range import ENOUGH, RangeTest, risen

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 3))
Y = X @ [[1.0], [-2.0], [0.5]]


def model(precision="float64", **options):
    nabi.utils.set_random_seed(2)
    made = nabi.Sequential([nabi.Input((3,)), layers.Dense(1, use_bias=False)])
    made.compile("sgd", "mse", precision=precision, **options)
    return made


def by_hand(w, seed, batch_size, rates):
    """Losses of gradient descent, w <- w - rate 2/n X^T (X w - y), in NumPy."""
    losses, order, passed = [], [], 0
    for rate in rates:
        if not len(order):
            order, passed = random.permutation(seed, passed, len(X)), passed + 1
        now, order = order[:batch_size], order[batch_size:]
        error = X[now] @ w - Y[now]
        losses.append((error ** 2).mean())
        w = w - rate * 2 / len(now) * X[now].T @ error
    return losses


def test_losses_are_those_of_training_at_these_rates():
    net = model()
    before = net.get_weights()
    found = net.lr_find(X, Y, batch_size=24, start=1e-4, stop=1.0, steps=30)
    np.testing.assert_allclose(found.rates, np.geomspace(1e-4, 1, 30)[:len(found.rates)], rtol=1e-12)
    wanted = by_hand(before[0], random.current_seed(), 24, found.rates)
    np.testing.assert_allclose(found.losses, wanted, rtol=1e-9)
    smoothed = [sum(0.1 * 0.9 ** (k - i) * loss for i, loss in enumerate(wanted[:k + 1])) / (1 - 0.9 ** (k + 1))
                for k in range(len(wanted))]
    np.testing.assert_allclose(found.smoothed, smoothed, rtol=1e-9)


def test_the_model_stays_as_it_is():
    net = model()
    before, counters, drawn = net.get_weights(), net.counters.state(), random.fresh_number()
    net.lr_find(X, Y, steps=20)
    assert random.fresh_number() == drawn + 1, "the global stream stands where it stood"
    assert all(np.array_equal(a, b) for a, b in zip(before, net.get_weights(), strict=True))
    assert net.optimizer.iterations == 0 and net.counters.state() == counters and float(net.optimizer.learning_rate) == 0.01


def test_the_rate_that_it_names_learns_and_a_hundredth_of_it_does_not():
    """On a quadratic the largest rate that converges is 2 / (largest eigenvalue of 2/n X^T X)."""
    found = model().lr_find(X, Y, batch_size=64, start=1e-5, stop=100.0, steps=120)
    limit = 2 / np.linalg.eigvalsh(2 / len(X) * X.T @ X).max()
    assert found.diverged and 0.01 * limit < found.rate < limit

    def loss_after(rate):
        net = model()
        net.optimizer.learning_rate = rate
        return net.fit(X, Y, batch_size=64, epochs=15, verbose=0).history["loss"][-1]

    assert loss_after(found.rate) < 0.3 * loss_after(found.rate / 100)


def test_bad_calls():
    net = model()
    for options in ({"start": 0}, {"start": 2, "stop": 1}, {"stop": float("inf")}, {"stop": None}, {"start": "1"},
                    {"steps": 2}, {"steps": True}):
        with pytest.raises(ArgumentError, match=r"lr_find\((start, stop|steps)\): expected"):
            net.lr_find(X, Y, **options)
    with pytest.raises(ArgumentError, match=r"lr_find\(x\): expected arrays, got a generator"):
        net.lr_find(pair for pair in [(X, Y)] * 5)
    with pytest.raises(DataError, match="x: expected finite numbers"):
        net.lr_find(X * np.nan, Y)
    with pytest.raises(DataError, match="expected a finite loss at the smallest rate"):
        broken = model("float32")
        broken.set_weights([np.full((3, 1), 1e30)])
        broken.lr_find(X, Y)


def test_the_figure_shows_the_run():
    found = model().lr_find(X, Y, steps=40)
    figure = found.figure()
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    np.testing.assert_array_equal(lines["smoothed"].get_xydata(), np.column_stack([found.rates, found.smoothed]))
    assert lines["fastest"].get_xdata()[0] == found.rate and f"{found.rate:.2g}" in figure.texts[0].get_text()
    assert figure.axes[0].get_xscale() == "log" and torch.tensor(found.losses).isfinite().all()


@pytest.mark.parametrize("options", [{"learning_rate": nabi.schedules.ExponentialDecay(0.1, 3, 0.5)},
                                     {"learning_rate": 0.1, "gradient_accumulation_steps": 4}])
def test_a_schedule_and_accumulation_give_way(options):
    """Each rate makes a step of its own, as with a plain optimizer; the model's own keeps what it has."""
    plain, other = model(), model()
    other.compile(nabi.optimizers.SGD(**options), "mse", precision="float64")
    wanted, found = (net.lr_find(X, Y, batch_size=64, start=1e-3, stop=0.3, steps=8) for net in (plain, other))
    np.testing.assert_allclose(found.losses, wanted.losses, rtol=1e-12)
    assert len(set(found.losses)) == 8
    assert all(getattr(other.optimizer, name, None) == value for name, value in options.items() if name != "learning_rate")


def test_a_loss_that_never_falls_has_the_first_rate():
    """Also where it is lowest within the first tenth, as a trained model's is."""
    for steps in (3, 10, 24, 100):
        rates, rising = np.geomspace(1e-6, 1, steps).tolist(), (1 + np.arange(steps) / 8).tolist()
        found = RangeTest(rates, rising, rising)
        assert found.rate == rates[0] and "at no learning rate clearly, and above 1" in repr(found)


def test_a_model_that_has_learned_its_data_gets_no_rate_from_noise():
    """Fresh weights fall, at a rate that learns. With the best ones nothing falls: it says so, with a rate at which they stay."""
    t = Y + RNG.normal(size=(64, 1)) * 0.3  # noise that no weights explain
    net = model()
    fresh = net.lr_find(X, t, batch_size=8, start=1e-5)
    assert fresh.falls and repr(fresh).startswith(f"learning rate {fresh.rate:.2g}: there the loss falls fastest")
    net.set_weights([np.linalg.lstsq(X, t, rcond=None)[0]])
    learned = net.lr_find(X, t, batch_size=8, start=1e-5)
    assert not learned.falls and learned.diverged and learned.rate == learned.steady / 10
    assert f"falls at no learning rate clearly, and above {learned.steady:.2g} it rises" in repr(learned)
    assert f"take at most {learned.rate:.2g}" in repr(learned) and "before training" in repr(learned)
    before, after = net.evaluate(X, t, verbose=0), []
    for rate in (learned.rate, learned.steady * 10):  # one goes on, the other is lost
        tried = model()
        tried.set_weights(net.get_weights())
        tried.optimizer.learning_rate = rate
        tried.fit(X, t, batch_size=8, epochs=1, verbose=0)
        after.append(tried.evaluate(X, t, verbose=0))
    assert after[0] < 1.2 * before and not after[1] < 10 * before
    flat = net.lr_find(X, t, batch_size=8, start=1e-7, stop=1e-5, steps=30)
    assert not flat.falls and flat.steady == flat.rates[-1] and "neither falls clearly nor rises" in repr(flat)


@pytest.mark.learn
def test_the_figure_tells_where_nothing_falls():
    rates, rising = np.geomspace(1e-6, 1, 20).tolist(), [0.5] * 15 + [0.6, 0.8, 1.0, 1.2, 1.4]
    for losses, words in ((rising, f"The loss falls at no learning rate clearly; above {rates[14]:.2g} it rises"),
                          ([0.5] * 20, "Up to a learning rate of 1 the loss neither falls clearly nor rises")):
        assert RangeTest(rates, losses, losses).figure().texts[0].get_text() == words


def test_batches_that_differ_are_no_rise():
    """A trained model's losses from batch to batch: the run goes on. A rise ends it, and is called one."""
    rates, calm = np.geomspace(1e-6, 1, 30).tolist(), [0.0086, 0.047, 0.002, 0.03, 0.0004, 0.05, 0.001, 0.02, 0.004, 0.04] * 2
    low = [0.0003] + calm[1:]

    def smoothed(losses):
        return [sum(0.1 * 0.9 ** (k - i) * loss for i, loss in enumerate(losses[:k + 1])) / (1 - 0.9 ** (k + 1))
                for k in range(len(losses))]

    s = smoothed(low)
    assert s[1] > ENOUGH * s[0] and max(s) > ENOUGH * min(s)
    assert not any(risen(rates, low[:k], s[:k], s[k]) for k in range(1, 20))
    assert risen(rates, calm, smoothed(calm), 0.2)
    ended = RangeTest(rates[:20], calm, smoothed(calm), diverged=True)
    assert ended.rises and f"above {rates[19]:.2g} it rises (tried: 1e-06 to {rates[19]:.2g})" in repr(ended)
    assert f"above {rates[19]:.2g} it rises" in ended.figure().texts[0].get_text()
    open_end = RangeTest(rates[:20], calm, smoothed(calm))
    assert "neither falls clearly nor rises" in repr(open_end) and open_end.rate <= open_end.lowest
