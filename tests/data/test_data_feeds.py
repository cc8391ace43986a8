"""Feeds: every sample once a pass, resumed anywhere; what is looked at is not lost."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nabi.core.errors import DataError, ShapeError
from nabi.data import ArrayFeed, Batch, IterableFeed, NumberedFeed, cast


def numbers(batches) -> list[list[int]]:
    return [batch.x[0][:, 0].int().tolist() for batch in batches]


def array_feed(n: int, size: int) -> ArrayFeed:
    x = torch.arange(float(n))[:, None]
    return ArrayFeed([x], [x * 2], [x[:, 0] * 3], size)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 50), st.integers(1, 20), st.booleans(), st.data())
def test_a_pass_gives_each_sample_once_from_wherever_it_starts(n, size, shuffled, data):
    feed = array_feed(n, size)
    order = np.random.default_rng(n).permutation(n) if shuffled else None
    whole = list(feed.batches(order))
    assert len(whole) == feed.length == -(-n // size)
    assert sum(numbers(whole), []) == (list(range(n)) if order is None else order.tolist())
    start = data.draw(st.integers(0, feed.length))
    assert numbers(feed.batches(order, start)) == numbers(whole)[start:]
    for batch in whole:
        assert torch.equal(batch.y[0], batch.x[0] * 2) and torch.equal(batch.w[0], batch.x[0][:, 0] * 3)
        assert list(batch.numbers) == batch.x[0][:, 0].int().tolist(), "a batch knows which samples it has"


def test_batches_in_order_share_the_memory():
    feed = array_feed(10, 4)
    assert [batch.x[0].data_ptr() - feed.x[0].data_ptr() for batch in feed.batches()] == [0, 16, 32]
    assert feed.part(np.arange(4, 8)).x[0].data_ptr() == feed.x[0].data_ptr() + 16
    assert numbers(feed.part(np.array([7, 1, 3]), 2).batches()) == [[7, 1], [3]]


def items(n=3):
    return [(np.full((2, 1), i), np.zeros(2)) for i in range(n)]


class Anew:
    def __iter__(self):
        return iter(items())


def test_what_was_looked_at_still_comes():
    for source in (iter(items()), Anew()):
        feed = IterableFeed(source, ["x"], ["y"])
        assert numbers([feed.first(), feed.first()]) == [[0, 0], [0, 0]]
        assert numbers(feed.batches()) == [[0, 0], [1, 1], [2, 2]]


def test_a_pass_that_was_not_read_to_its_end_goes_on_until_restarted():
    feed = IterableFeed(Anew(), ["x"], ["y"])
    batches = feed.batches()
    next(batches)
    assert numbers(feed.batches()) == [[1, 1], [2, 2]]
    assert numbers(feed.batches()) == [[0, 0], [1, 1], [2, 2]]
    next(feed.batches())
    feed.restart()
    assert numbers(feed.batches()) == [[0, 0], [1, 1], [2, 2]]
    once = IterableFeed(iter(items()), ["x"], ["y"])
    next(once.batches())
    once.restart()
    assert numbers(once.batches()) == [[1, 1], [2, 2]] and list(once.batches()) == []
    with pytest.raises(DataError, match="a list_iterator that gave none"):
        once.first()


def test_lengths():
    class Unsure(Anew):
        def __len__(self):
            raise TypeError("no length")

    assert IterableFeed(Anew(), ["x"], ["y"]).length is None and IterableFeed(Unsure(), ["x"], ["y"]).length is None
    assert NumberedFeed(items(5), ["x"], ["y"]).length == 5


def test_unsigned_and_signed_targets_become_int64_floats_the_models_dtype():
    targets = [torch.tensor([1, 2], dtype=torch.int16), torch.tensor([True, False]), torch.zeros(2, dtype=torch.float64)]
    batch = Batch([torch.zeros(2, 1, dtype=torch.uint8)], targets, [None, torch.ones(2), None], [4, 5])
    made = cast(batch, torch.float32)
    assert made.x[0].dtype == torch.float32 and [t.dtype for t in made.y] == [torch.int64, torch.float32, torch.float32]
    assert made.w[0] is None and made.numbers == [4, 5] and made.size == 2
    assert cast(made, torch.float32).x[0] is made.x[0], "nothing is copied that fits"


def test_lengths_that_differ_are_listed():
    with pytest.raises(ShapeError, match=r"as many samples in each array, got x: 3, y\[0\]: 3, y\[1\]: 2"):
        ArrayFeed([torch.zeros(3, 1)], [torch.zeros(3), torch.zeros(2)], [None, None])
