"""fit(sampling=...): how often each sample is drawn, exact resume, what cannot be meant."""

import numpy as np
import pytest
from resume_runs import CtrlC, bits, build, digits, resumed

from nabi.callbacks import BackupAndRestore
from nabi.core import random
from nabi.core.errors import ArgumentError, DataError, StateError
from nabi.core.rows import Part, Rows
from nabi.data import class_weights
from nabi.training.sampling import Sampler

Y = np.repeat([0, 1, 2], [40, 15, 5])[np.random.default_rng(0).permutation(60)]


def test_classes_are_drawn_equally_and_their_samples_in_turn():
    """60 draws: 20 of each class; of the 40 another 20 each time, each of the 15 once or twice, each of the 5 four times."""
    sampler, seen = Sampler(class_weights("balanced", Y), Y), np.zeros(60, int)
    for epoch in range(40):
        order = sampler.order(3, epoch)
        counts = np.bincount(order, minlength=60)
        assert len(order) == 60 and np.bincount(Y, counts).tolist() == [20, 20, 20]
        assert counts[Y == 0].max() == 1 and set(counts[Y == 1]) == {1, 2} and set(counts[Y == 2]) == {4}
        assert np.array_equal(order, sampler.order(3, epoch)) and not np.array_equal(order, sampler.order(4, epoch))
        assert len(set(np.flatnonzero(np.diff(Y[order])))) > 20, "classes come mixed"
        seen += counts
    assert seen[Y == 0].min() > 8 and seen[Y == 0].max() < 32, "no picture of a frequent class is preferred"


def test_weights_are_expected_counts():
    """Each count is the floor or ceil of its expectation, and right on average; independent draws would scatter."""
    weights = np.array([0.0, 0.5, 1.0, 2.5] * 5)
    expected = 20 * weights / weights.sum()
    counts = np.array([np.bincount(Sampler(weights, None).order(0, epoch), minlength=20) for epoch in range(400)])
    assert (counts >= np.floor(expected)).all() and (counts <= np.ceil(expected)).all()
    assert np.abs(counts.mean(axis=0) - expected).max() < 0.1
    by_hand = np.random.default_rng(0).choice(20, (400, 20), p=weights / weights.sum())
    assert max(np.bincount(row, minlength=20).max() for row in by_hand) > np.ceil(expected).max(), "as torch draws"


@pytest.mark.filterwarnings("ignore:x. expected shares")
@pytest.mark.parametrize("source", ["arrays", "a part"])
def test_fit_learns_from_what_is_drawn(source):
    """A step an epoch with nothing else that is random: the mean gradient of the drawn samples."""
    x, y = digits(30)
    y[:] = 0
    y[:6] = np.arange(6) % 3
    if source == "a part":
        x = np.random.default_rng(0).integers(0, 2, x.shape, dtype=np.uint8)
    model, by_hand = (build(lambda: "sgd", seed=1) for _ in range(2))
    data = (x, y) if source == "arrays" else (Part(Rows(x, np.arange(30)), y, ["a"] * 30, ["a", "b", "c"]),)
    model.fit(*data, batch_size=30, epochs=2, verbose=0, sampling="balanced")
    for epoch in range(2):
        order = Sampler(class_weights("balanced", y), y).order(model.counters.seed, epoch)
        assert np.bincount(y[order]).tolist() == [10, 10, 10]
        by_hand.counters.drawn = model.counters.seed
        by_hand.train_on_batch(x[order], y[order])
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), by_hand.get_weights(), strict=True))


@pytest.mark.parametrize("sampling", ["balanced", pytest.param({0: 1.0, 1: 3.0, 2: 0.5}, marks=pytest.mark.learn),
                                      pytest.param("weights", marks=pytest.mark.learn)], ids=str)
def test_a_resumed_fit_is_the_same_to_the_bit(tmp_path, sampling):
    x, y = digits()
    sampling = np.linspace(0, 1, 60) if isinstance(sampling, str) and sampling == "weights" else sampling

    def fit(model, callbacks):
        return model.fit(x, y, batch_size=12, epochs=3, validation_split=0.2, verbose=0, callbacks=callbacks, sampling=sampling)

    whole = build()
    fit(whole, [])
    assert bits(resumed(tmp_path / "backup", lambda seed: build(seed=seed), fit, CtrlC(6), save_freq=1)) == bits(whole)


@pytest.mark.learn
def test_another_sampling_is_not_resumed_in_the_middle_of_an_epoch(tmp_path):
    x, y = digits()
    options = {"batch_size": 12, "epochs": 2, "verbose": 0}
    build().fit(x, y, callbacks=[BackupAndRestore(tmp_path, 1), CtrlC(2)], sampling="balanced", **options)
    for other in (None, {0: 2.0}, np.ones(60)):
        with pytest.raises(StateError, match="the data of the interrupted run"):
            build().fit(x, y, callbacks=[BackupAndRestore(tmp_path, 1)], sampling=other, **options)


def test_what_cannot_be_meant():
    x, y = digits(12)
    model = build()
    for options, said in ((dict(class_weight="balanced"), "None beside class_weight"), (dict(shuffle=False), "shuffle=True"),
                          (dict(sampling=np.ones(5)), "12 weights, 0 or more and not all 0, got an array"),
                          (dict(sampling={0: -1.0}), r"fit\(sampling\)\[0\]: expected a number, 0 or more")):
        with pytest.raises(ArgumentError, match=said):
            model.fit(x, y, verbose=0, **{"sampling": "balanced", **options})
    with pytest.raises(ArgumentError, match="arrays, whose samples are known, got a generator"):
        model.fit(((x, y) for _ in range(2)), verbose=0, sampling="balanced")
    model.compile("sgd", "mse")
    with pytest.raises(DataError, match=r"fit\(sampling\): expected one output whose targets are classes"):
        model.fit(x, np.random.default_rng(0).normal(size=(12, 3)), verbose=0, sampling="balanced")


def test_draws_are_no_other_stream():
    first = {random.stream(1, purpose).integers(2**63) for purpose in (random.PERMUTATION, random.SPLIT, random.SAMPLING)}
    assert len(first) == 3
