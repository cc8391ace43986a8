"""Queues and serialized sparse tensors of `tf.queue` and `tf.io`: what TensorFlow 2.21 gave."""

import numpy as np
import pytest

from nabi.as_keras.tensorflow import queues, sparse, sparse_records
from nabi.core.errors import StateError

EIGHT = [number.to_bytes(8, "little") for number in range(5)]
WHOLE = [b'\x08\t\x12\x08\x12\x02\x08\x02\x12\x02\x08\x02" ' + EIGHT[0] + EIGHT[1] + EIGHT[2] + EIGHT[0],
         b'\x08\x01\x12\x04\x12\x02\x08\x02"\x08\x00\x00\x80?\x00\x00\x00@',
         b'\x08\t\x12\x04\x12\x02\x08\x02"\x10' + EIGHT[3] + EIGHT[4]]
THIRD = [b'\x08\t\x12\x08\x12\x02\x08\x01\x12\x02\x08\x01"\x08' + EIGHT[0],
         b'\x08\x01\x12\x04\x12\x02\x08\x01"\x04\x00\x00\x00@', b'\x08\t\x12\x04\x12\x02\x08\x01"\x08' + EIGHT[4]]


def test_first_in_first_out(served):
    import tensorflow as tf

    q = tf.queue.FIFOQueue(3, [tf.int32, tf.string], shapes=[(), ()])
    q.enqueue([10, b"windy"])
    q.enqueue([15, b"sunny"])
    assert int(q.size()) == 2 and q.size().dtype == tf.int32 and not q.is_closed()
    number, weather = q.dequeue()
    assert int(number) == 10 and weather.numpy() == b"windy"
    q.enqueue_many([[13, 16], [b"cloudy", b"rainy"]])
    with pytest.raises(StateError, match="fewer than 3 .* got 3"):
        q.enqueue([1, b"late"])
    numbers, words = q.dequeue_many(3)
    assert numbers.numpy().tolist() == [15, 13, 16] and words.numpy().tolist() == [b"sunny", b"cloudy", b"rainy"]
    with pytest.raises(StateError, match="expected an element"):
        q.dequeue()
    q.close()
    with pytest.raises(tf.errors.OutOfRangeError):
        q.dequeue()


def test_other_orders():
    first = queues.PriorityQueue(5, ["string"], shapes=[()])
    for place, word in ((3, "c"), (1, "a"), (2, "b")):
        first.enqueue([place, word])
    assert [int(first.dequeue()[0]) for _ in range(3)] == [1, 2, 3]
    drawn = queues.RandomShuffleQueue(5, 0, "int32", shapes=[()], seed=1)
    drawn.enqueue_many([[1, 2, 3]])
    assert sorted(drawn.dequeue_many(3).tolist()) == [1, 2, 3]
    named = queues.FIFOQueue(1, "int32", names=["a"])
    named.enqueue({"a": 3})
    assert int(named.dequeue()["a"]) == 3


def test_sparse_tensors_as_texts():
    given = sparse.SparseTensor([[0, 1], [2, 0]], [1.0, 2.0], [3, 4])
    whole, parts = sparse_records.serialize_sparse(given), sparse_records.serialize_many_sparse(given)
    assert whole.numpy().tolist() == WHOLE and parts.shape == (3, 3) and parts.numpy()[2].tolist() == THIRD
    back = sparse_records.deserialize_many_sparse(parts, "float32")
    np.testing.assert_array_equal(sparse.to_dense(back), sparse.to_dense(given))
    assert sparse_records.deserialize_many_sparse(whole.numpy()[None], "float32").shape == (1, 3, 4)
