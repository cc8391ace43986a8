"""MappedFeed: the batches of an ArrayFeed on the same pixels, from a file, with the pages given back."""

import os
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import nabi
from lab.lab_runs import Press
from nabi.core import memory
from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.core.rows import Part, Rows
from nabi.data import ArrayFeed, MappedFeed, make_feed
from nabi.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    GlobalAveragePooling2D,
    Input,
    RandomFlip,
    RandomTranslation,
    Rescaling,
)

N, SHAPE = 50, (6, 6, 3)


@pytest.fixture
def part(tmp_path):
    """Every second row of a mapped file, backwards, with labels that the pixels show."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 128, (2 * N, *SHAPE), dtype=np.uint8)
    y = rng.integers(0, 3, 2 * N)
    pixels[y == 1, :3] += 100
    pixels[y == 2, 3:] += 100
    np.save(tmp_path / "x.npy", pixels)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    numbers = np.arange(0, 2 * N, 2)[::-1].copy()
    return Part(Rows(mapped, numbers), y[numbers], [f"{k}.png" for k in numbers], ["a", "b", "c"])


def network():
    """With everything that draws random numbers or keeps moments."""
    return nabi.Sequential([Input(SHAPE), Rescaling(1 / 255), RandomFlip("horizontal", seed=None), RandomTranslation(0.2, 0.2),
                            Conv2D(4, 3, use_bias=False), BatchNormalization(), GlobalAveragePooling2D(), Dropout(0.2),
                            Dense(3, activation="softmax")])


def same(a, b):
    return all(torch.equal(p, q) for p, q in zip(a, b, strict=True) if p is not None)


def test_batches_are_those_of_an_array_feed(part):
    x, y = np.asarray(part.x), part.y
    feed, plain = make_feed(part, None, None, 8, ["x"], ["y"]), make_feed(x, y, None, 8, ["x"], ["y"])
    assert type(feed) is MappedFeed and type(plain) is ArrayFeed and len(feed.first().x[0]) == N
    order = np.random.default_rng(1).permutation(N)
    for given in (None, order):
        for start in (0, 3):
            for a, b in zip(feed.batches(given, start), plain.batches(given, start), strict=True):
                assert a.x[0].dtype is torch.uint8 and same(a.x, b.x) and same(a.y, b.y) and list(a.numbers) == list(b.numbers)
    a, b = feed.part(order[:20]), plain.part(order[:20])
    assert all(same(p.x, q.x) and same(p.y, q.y) for p, q in zip(a.batches(), b.batches(), strict=True))
    assert same(feed.whole().x, plain.whole().x)


def test_rows_are_an_array(part):
    x = np.asarray(part.x)
    assert x.shape == part.x.shape == (N, *SHAPE) and x.dtype == part.x.dtype
    for place in (3, -1, slice(2, 9, 3), [4, 1], np.arange(N) % 2 == 0, (slice(0, 4), 2), (5, 0, 1), (slice(None), ..., 0)):
        assert np.array_equal(part.x[place], x[place]), place
    assert part.take(np.flatnonzero(part.y == 1)).counts.tolist() == [0, (part.y == 1).sum(), 0]
    balanced = part.balanced()
    assert len(set(balanced.counts)) == 1
    assert np.array_equal(balanced.x[:], x[[part.names.index(name) for name in balanced.names]])


def test_fit_evaluate_and_predict_take_parts_as_they_take_arrays(part):
    x, y, results = np.asarray(part.x), part.y, []
    for data, held in (((part,), part), ((part.x, part.y), (part.x, part.y)), ((x, y), (x, y))):
        nabi.utils.set_random_seed(1)
        model = network()
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(*data, epochs=2, batch_size=8, verbose=0, validation_data=held, class_weight="balanced")
        split = model.fit(*data, epochs=1, batch_size=8, verbose=0, validation_split=0.2, validation_split_mode="stratified")
        results.append((history.history, split.history, model.evaluate(*data, verbose=0),
                        model.predict(data[0], verbose=0).tolist(), model.train_on_batch(*data)))
    assert results[0] == results[1] == results[2]


def test_a_part_has_its_labels(part):
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(ArgumentError, match=r"one part of the set, got the whole SimpleNamespace. Write fit\(s.train, valid"):
        make_feed(SimpleNamespace(train=part, validation=part), None, None, 4, ["x"], ["y"])
    with pytest.raises(ArgumentError, match="y: expected None, since x is a Part with labels of its own, got ndarray"):
        model.fit(part, part.y, verbose=0)
    with pytest.raises(DataError, match="at least one sample"):
        model.fit(part.take([]), verbose=0)


def test_a_step_of_ones_own_reads_parts(part):
    class Own(nabi.Model):
        def train_step(self, data):
            x, y = data
            seen.append((x.shape, x.dtype, len(y)))
            return {"loss": 0.0}

    seen, inputs = [], Input(SHAPE)
    model = Own(inputs, Dense(3)(GlobalAveragePooling2D()(inputs)))
    model.compile("sgd", "mse")
    model.fit(part, batch_size=20, verbose=0)
    assert seen == [((20, *SHAPE), torch.uint8, 20)] * 2 + [((10, *SHAPE), torch.uint8, 10)]


def test_check_reads_a_sample(part, monkeypatch):
    """Pixels of some pictures, spread over all, and every label."""
    read, whole = [], memory.Window.rows
    monkeypatch.setattr(memory.Window, "rows", lambda window, numbers: (read.extend(numbers), whole(window, numbers))[1])
    monkeypatch.setattr("nabi.training.findings.SAMPLE", 10)
    model = nabi.Sequential([Input(SHAPE), GlobalAveragePooling2D(), Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    found = model.check(part)
    assert len(read) == 10 and {part.x.numbers[0], part.x.numbers[-1]} <= set(read)
    assert any("divide by 255" in said for said in found)
    order = np.argsort(part.y, kind="stable")
    assert any("sorted by class" in said for said in model.check(part.take(order)))
    assert any("x" in said and "49" in said for said in model.check(part.x, part.y[:-1]))


@pytest.mark.learn
def test_resumed_in_the_middle_of_an_epoch_the_bits_are_the_same(part, tmp_path):
    def run(folder, *callbacks):
        nabi.utils.set_random_seed(5)
        model = network()
        model.compile("adam", "sparse_categorical_crossentropy")
        history = model.fit(part, epochs=3, batch_size=8, verbose=0, run=folder, callbacks=list(callbacks))
        assert history.interrupted == bool(callbacks)
        return model.get_weights()

    whole = run(tmp_path / "whole")
    run(tmp_path / "torn", Press(10))
    for a, b in zip(run(tmp_path / "torn"), whole, strict=True):
        assert np.array_equal(a, b)


def test_a_file_larger_than_the_budget_is_never_held(tmp_path):
    pixels = np.lib.format.open_memmap(tmp_path / "x.npy", "w+", np.uint8, (2048, 64, 64, 3))  # 25 MB
    pixels[:] = np.arange(2048, dtype=np.uint8)[:, None, None, None]
    pixels = np.load(tmp_path / "x.npy", mmap_mode="r")
    base, order = memory.resident(), np.random.default_rng(0).permutation(2048)
    assert base > 2**24
    budget = int((base + 2**23) / memory.FILLED)
    small, large = (MappedFeed(Rows(pixels, np.arange(2048), size), [], [], 64) for size in (budget, base + 2**30))
    assert not small.window.is_mapped and large.window.is_mapped
    most = 0
    for batch in small.batches(order):
        assert torch.equal(batch.x[0][:, 5, 5, 1].long(), torch.from_numpy(batch.numbers) % 256)
        most = max(most, memory.resident())
    assert most < budget
    assert all(same(a.x, b.x) for a, b in zip(small.batches(order), large.batches(order), strict=True))
    assert large.window.given_back == 0  # the set fits into the budget: it stays
    large.window.memory = budget  # the process has grown otherwise
    next(large.batches(order))
    assert large.window.given_back == 1
    os.truncate(tmp_path / "x.npy", 2**20)
    with pytest.raises(FileError, match="12,288 bytes of row 2000, got 0"):
        small.rows[2000]


def test_where_the_system_does_not_tell_what_was_read_is_counted(monkeypatch, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((100, 10, 10, 1), np.uint8))
    monkeypatch.setattr(memory, "STATM", str(tmp_path / "no such file"))
    rows = Rows(np.load(tmp_path / "x.npy", mmap_mode="r"), np.arange(100), 20_000)
    rows.window.memory = 2000
    for k in range(100):
        rows[k]
    assert rows.window.given_back == 5
    with pytest.raises(ArgumentError, match="'500MB' or '2GB', got 'a lot'"):
        Rows(rows.pixels, rows.numbers, "a lot")
