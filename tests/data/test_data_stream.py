"""Streams (tf.data): what each chain gives, worked out by hand or in NumPy; functions of rows that are called for batches."""

import itertools

import numpy as np
import pytest
import torch

import nabi
from nabi.core.errors import ArgumentError, DataError, ShapeError
from nabi.data import AUTOTUNE, Dataset, Strings
from nabi.data.grouping import chosen, mixed
from nabi.data.view import INFINITE, UNKNOWN

X = np.arange(24, dtype=np.uint8).reshape(12, 2)
Y = np.arange(12)


def plain(stream):
    """The elements with lists for tensors and numbers for single ones."""
    def one(element):
        if isinstance(element, (tuple, dict)):
            return {k: one(v) for k, v in element.items()} if isinstance(element, dict) else tuple(map(one, element))
        found = element.numpy()
        return found.tolist() if isinstance(found, np.ndarray) else found

    return [one(element) for element in stream]


def numbers(n=6):
    return Dataset.range(n)


def slow(n=6):
    """The same numbers as a stream that is no table."""
    return Dataset.from_generator(lambda: iter(range(n)), output_types="int64")


@pytest.mark.parametrize("make", [numbers, slow])
def test_chains(make):
    assert plain(make()) == [0, 1, 2, 3, 4, 5]
    assert plain(make().batch(4)) == [[0, 1, 2, 3], [4, 5]]
    assert plain(make().batch(4, drop_remainder=True)) == [[0, 1, 2, 3]]
    assert plain(make().take(2)) == [0, 1] and plain(make().skip(4)) == [4, 5] and plain(make().take(-1).skip(9)) == []
    assert plain(make().repeat(2).batch(4)) == [[0, 1, 2, 3], [4, 5, 0, 1], [2, 3, 4, 5]], "batches run across passes"
    assert plain(make().batch(4).repeat(2)) == [[0, 1, 2, 3], [4, 5], [0, 1, 2, 3], [4, 5]]
    assert plain(make().repeat().skip(4).take(4)) == [4, 5, 0, 1]
    assert plain(make().map(lambda n: n * n).batch(3)) == [[0, 1, 4], [9, 16, 25]]
    assert plain(make().filter(lambda n: n % 2 == 0)) == [0, 2, 4] and plain(make().take_while(lambda n: n < 2)) == [0, 1]
    assert plain(make().batch(4).unbatch()) == [0, 1, 2, 3, 4, 5]
    assert plain(make().enumerate(3).take(2)) == [(3, 0), (4, 1)] and plain(make().shard(3, 1)) == [1, 4]
    assert plain(make().concatenate(make().take(1))) == [0, 1, 2, 3, 4, 5, 0]
    assert plain(Dataset.zip((make(), make().skip(1)))) == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]
    assert plain(Dataset.zip({"a": make().take(1), "b": make()})) == [{"a": 0, "b": 0}]
    assert plain(make().window(3, shift=2).map(lambda w: sum(int(n) for n in w))) == [0 + 1 + 2, 2 + 3 + 4, 4 + 5]
    assert plain(make().window(2, 1, 2, True).flat_map(lambda w: w.batch(2))) == [[0, 2], [1, 3], [2, 4], [3, 5]]
    assert plain(make().window(2, shift=4).flat_map(lambda w: w)) == [0, 1, 4, 5]
    assert int(make().reduce(0, lambda state, n: state + n)) == 15
    assert plain(make().scan(0, lambda state, n: (state + n, state + n))) == [0, 1, 3, 6, 10, 15]
    assert plain(make().map(lambda n: n // 2).unique()) == [0, 1, 2]
    assert plain(make().apply(lambda stream: stream.take(1))) == [0]
    assert plain(make().with_options(None).prefetch(AUTOTUNE)) == [0, 1, 2, 3, 4, 5]
    assert int(make().take(1).get_single_element()) == 0 and list(make().as_numpy_iterator())[2] == 2
    assert int(make().as_numpy_iterator().next()) == int(iter(make()).get_next()) == int(next(iter(make()))) == 0
    assert int(make().make_one_shot_iterator().get_next()) == 0


def test_interleaving_takes_turns():
    """The example of TensorFlow's own documentation of `interleave`."""
    stream = Dataset.range(1, 6).interleave(lambda n: Dataset.from_tensors(n).repeat(6), cycle_length=2, block_length=4)
    assert plain(stream) == [1] * 4 + [2] * 4 + [1] * 2 + [2] * 2 + [3] * 4 + [4] * 4 + [3] * 2 + [4] * 2 + [5] * 4 + [5] * 2


def test_shuffling():
    for make in (numbers, slow):
        stream = make(100).shuffle(100, seed=1)
        first, second = plain(stream), plain(stream)
        assert sorted(first) == sorted(second) == list(range(100)) and first != second != list(range(100))
        same = make(100).shuffle(100, seed=1, reshuffle_each_iteration=False)
        assert plain(same) == plain(same) == first
        near = plain(make(100).shuffle(5, seed=2))
        assert sorted(near) == list(range(100)) and all(number <= place + 5 for place, number in enumerate(near))
        passes = plain(make(10).shuffle(10).repeat(3).batch(10))
        assert all(sorted(one) == list(range(10)) for one in passes) and len({tuple(one) for one in passes}) > 1
    counts = np.zeros((6, 6))
    for seed in range(600):  # every number comes as often to every place
        counts[np.arange(6), plain(numbers().shuffle(6, seed))] += 1
    assert abs(counts - 100).max() < 45


def test_rows_of_arrays_in_any_form():
    stream = Dataset.from_tensor_slices(({"a": X, "b": [0.5] * 12}, Y)).shuffle(12, 3).batch(5)
    for x, y in stream:
        assert np.array_equal(x["a"], X[y.numpy()]) and x["a"].dtype == torch.uint8 and x["b"].dtype == torch.float32
    assert stream.element_spec[0]["a"].shape == (None, 2) and stream.element_spec[1].dtype == torch.int64
    words = Dataset.from_tensor_slices((["b.png", "a.png"], [1, 0]))
    assert plain(words.batch(2)) == [([b"b.png", b"a.png"], [1, 0])]
    assert plain(words.map(lambda name, y: name + "!"))[1] == b"a.png!"
    assert [str(one) for one in words.map(lambda name, y: name)] == ["b.png", "a.png"]
    assert (Strings(["a", "b"]) == "b").tolist() == [False, True]
    assert (Strings("b") == np.array(["a", "b"])).tolist() == [False, True]


def test_how_many():
    assert len(numbers()) == 6 and int(numbers().batch(4).cardinality()) == 2 and len(numbers().repeat(3).skip(1)) == 17
    assert int(numbers().repeat().batch(3).cardinality()) == INFINITE and int(slow().cardinality()) == UNKNOWN
    for stream in (slow(), numbers().repeat()):
        with pytest.raises(TypeError, match="length"):
            len(stream)


def test_functions_of_rows_are_called_for_batches_where_that_is_the_same():
    calls, rows = [], torch.arange(64.0).reshape(16, 4)

    def centred(row):
        calls.append(row)
        return (row - row.mean()) / (1 + row.max())

    found = torch.cat(list(Dataset.from_tensor_slices(rows).map(centred).batch(8)))
    expected = torch.stack([(row - row.mean()) / (1 + row.max()) for row in rows])
    torch.testing.assert_close(found, expected)
    assert len(calls) < 8, "a call a batch, besides those that prove it"

    def noisy(row):
        return row + np.random.uniform()

    noises = torch.cat(list(Dataset.from_tensor_slices(rows).map(noisy).batch(16)))[:, 0] - rows[:, 0]
    assert len(set(noises.tolist())) > 4, "each row draws its own"
    by_value = Dataset.from_tensor_slices(rows).map(lambda row: row * 2 if row[0] > 10 else row).batch(16)
    assert torch.equal(next(iter(by_value)), torch.where(rows[:, :1] > 10, rows * 2, rows))
    many = Dataset.from_tensor_slices(rows).map(lambda row: (row, {"n": int(row[0])}), num_parallel_calls=4).batch(16)
    assert plain(many.map(lambda row, other: other["n"]))[0] == list(range(0, 64, 4))


def test_a_cache_computes_once():
    for make in (numbers, slow):
        calls = []

        def counted(n, calls=calls):
            calls.append(n)
            return int(n) + 1

        stream = make().map(counted).cache().shuffle(6).batch(4)
        assert all(sorted(itertools.chain(*plain(stream))) == [1, 2, 3, 4, 5, 6] for _ in range(3)) and len(calls) <= 8
    fast = numbers(2000).map(lambda n: n * 2).cache()
    assert plain(fast)[-1] == 3998 and fast.view is not None


def test_what_is_done_in_place_leaves_the_data_alone():
    x = np.ones((8, 2), "float32")

    def halved(row, y):
        row /= 2
        return row, y

    stream = Dataset.from_tensor_slices((x, np.arange(8)))
    for made in (stream.map(halved), stream.map(halved).cache(), stream.cache().map(halved), stream.batch(2).cache().map(halved),
                 Dataset.from_tensors((x, 0)).map(halved), stream.filter(lambda row, y: True).cache().map(halved)):
        for _ in range(3):
            assert all((row == 0.5).all() for row, _ in made)
    for part in (stream, stream.batch(4), stream.batch(4).cache(), Dataset.from_tensors((x, 0))):
        for _ in range(2):
            for row, _ in part:
                assert (row == 1).all()
                row *= 3
    assert (x == 1).all()


def test_padding():
    lists = Dataset.from_generator(lambda: iter([[1], [2, 3], [4, 5, 6]]), output_types="int32", output_shapes=[None])
    assert plain(lists.padded_batch(2)) == [[[1, 0], [2, 3]], [[4, 5, 6]]]
    assert plain(lists.padded_batch(2, padded_shapes=[4], padding_values=9)) == [[[1, 9, 9, 9], [2, 3, 9, 9]], [[4, 5, 6, 9]]]
    pairs = Dataset.from_generator(lambda: iter([([1], 7), ([2, 3], 8)]), output_types=("int32", "int32"))
    assert plain(pairs.padded_batch(2, padded_shapes=([None], []))) == [([[1, 0], [2, 3]], [7, 8])]
    assert plain(lists.padded_batch(2, padded_shapes=3)) == plain(lists.padded_batch(2, padded_shapes=[3]))
    assert plain(pairs.padded_batch(2, padded_shapes=(3, []))) == [([[1, 0, 0], [2, 3, 0]], [7, 8])]


def test_streams_that_are_mixed():
    a, b = Dataset.from_tensors(0).repeat(300), Dataset.from_tensors(1).repeat(300)
    drawn = [int(n) for n in mixed([a, b], [0.8, 0.2], seed=1)]
    assert len(drawn) == 600 and 30 < sum(drawn[:200]) < 55
    assert [int(n) for n in chosen([a, b], Dataset.from_tensor_slices([1, 0, 1]))] == [1, 0, 1]


def test_files_by_pattern(tmp_path):
    for name in ("b.txt", "a.txt", "c.png"):
        (tmp_path / name).write_text("x")
    found = [str(name) for name in Dataset.list_files(str(tmp_path / "*.txt"), shuffle=False)]
    assert found == [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]


@pytest.mark.parametrize("call, error", [
    (lambda: Dataset.from_tensor_slices((X, Y[1:])), DataError),
    (lambda: Dataset.from_tensor_slices([[1], [2, 3]]), DataError),
    (lambda: Dataset.from_generator(iter([])), ArgumentError),
    (lambda: numbers().batch(0), ArgumentError),
    (lambda: numbers().shuffle(0), ArgumentError),
    (lambda: numbers().get_single_element(), DataError),
    (lambda: Dataset.list_files("nowhere/*.jpg"), ArgumentError),
    (lambda: list(Dataset.from_generator(lambda: iter([[1], [2, 3]]), "int32").batch(2)), ShapeError),
    (lambda: list(Dataset.from_generator(lambda: iter([[1], [2, 3]]), "int32").padded_batch(2, [1])), ShapeError),
])
def test_bad_calls_say_what_is_wrong(call, error):
    with pytest.raises(error, match="expected .* got"):
        call()


def test_a_network_learns_from_streams():
    g = np.random.default_rng(0)
    x = g.normal(size=(96, 4)).astype("float32")
    y = (x[:, 0] > 0).astype("int64")
    train = Dataset.from_tensor_slices((x, y)).shuffle(96, seed=1).batch(16).prefetch(AUTOTUNE)
    held = Dataset.from_tensor_slices((x, y)).batch(32)
    model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(2, activation="softmax")])
    model.compile(nabi.optimizers.Adam(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(train, epochs=8, validation_data=held, verbose=0).history
    assert history["val_accuracy"][-1] > 0.9 and model.predict(held.map(lambda x, y: x), verbose=0).shape == (96, 2)
    assert model.evaluate(held, verbose=0)[1] == pytest.approx(history["val_accuracy"][-1])
    assert len(model.fit(train.repeat(), epochs=2, steps_per_epoch=5, verbose=0).history["loss"]) == 2
    with pytest.raises(ArgumentError, match="steps_per_epoch=100"):
        model.fit(train.repeat(), verbose=0)


def test_elements_have_other_shapes_between_two_functions():
    def ones(n):
        return torch.ones(int(n)), n

    def filled(x, n):
        return torch.cat([x, torch.zeros(6 - len(x))]), n * 2

    stream = Dataset.from_tensor_slices([3, 4, 5, 6]).map(ones).map(filled)
    found = [(x.sum(1).tolist(), tuple(x.shape), n.tolist()) for x, n in stream.batch(3)]
    assert found == [([3, 4, 5], (3, 6), [6, 8, 10]), ([6], (1, 6), [12])]
    same = Dataset.from_tensor_slices([3, 3]).map(ones).map(lambda x, n: x * 2)  # behind equal ones a batch goes on whole
    assert [x.tolist() for x in same.batch(2)] == [[[2, 2, 2], [2, 2, 2]]]
    with pytest.raises(ShapeError, match="elements of one shape"):
        list(Dataset.from_tensor_slices([3, 4]).map(ones).batch(2))


def test_classes_in_other_shares():
    stream = Dataset.from_tensor_slices([int(n % 40 == 0) for n in range(1600)])
    for initial in ([0.975, 0.025], None):
        kinds = [(int(kind), int(one)) for kind, one in stream.rejection_resample(lambda y: y, [0.5, 0.5], initial, seed=3)]
        assert all(kind == one for kind, one in kinds) and 0.35 < np.mean([kind for kind, _ in kinds]) < 0.65
        assert sum(kind for kind, _ in kinds) >= 38  # the rare class is kept
    for shares in ([0.0, 0.0], [0.5, -0.5], 0.5):
        with pytest.raises(ArgumentError, match="a share of 0 or more for each class"):
            stream.rejection_resample(lambda y: y, shares)
    with pytest.raises(ArgumentError, match="a class from 0 to 1, got 4"):
        list(stream.rejection_resample(lambda y: y + 3, [0.5, 0.5]))
