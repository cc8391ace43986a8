"""tensorflow.examples.tutorials.mnist as TensorFlow 1.15's source has it; initializers that give NumPy numbers."""

import gzip

import numpy as np
import pytest

from nabi.datasets import idx


@pytest.fixture
def folder(tmp_path):
    """12 digits to train on, 4 to test, as the four files; the first pixel numbers them."""
    for part, count in (("train", 12), ("t10k", 4)):
        x = np.zeros((count, 28, 28), np.uint8)
        x[:, 0, 0] = np.arange(count)
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx.header(x) + x.tobytes()))
        y = np.arange(count, dtype=np.uint8) % 10
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx.header(y) + y.tobytes())
    return tmp_path


def test_parts(served, folder):
    """The validation part is the first of the training part; pixels of 0-1, labels as numbers or one-hot doubles."""
    from tensorflow.examples.tutorials.mnist import input_data

    plain = input_data.read_data_sets(f"{folder}/", validation_size=5)
    assert [part.num_examples for part in plain] == [7, 5, 4]
    assert plain.train.images.shape == (7, 784) and plain.train.images.dtype == np.float32
    np.testing.assert_array_equal(plain.train.images[:, 0], np.arange(5, 12, dtype=np.float32) * np.float32(1 / 255))
    assert plain.validation.labels.tolist() == [0, 1, 2, 3, 4] and plain.test.labels.dtype == np.uint8
    hot = input_data.read_data_sets(folder, one_hot=True, reshape=False, validation_size=0)
    assert hot.train.images.shape == (12, 28, 28, 1) and hot.test.labels.dtype == np.float64
    np.testing.assert_array_equal(hot.train.labels.argmax(1), np.arange(12) % 10)
    with pytest.raises(ValueError, match="validation_size"):
        input_data.read_data_sets(folder, validation_size=13)


def test_batches(served, folder):
    """Every picture comes once an epoch, with its label; a batch over the end holds the last and the first."""
    import tensorflow.examples.tutorials.mnist.input_data as input_data

    train = input_data.read_data_sets(folder, validation_size=0, dtype=np.uint8).train
    batches = [train.next_batch(5) for _ in range(5)]
    assert train.epochs_completed == 2 and [len(x) for x, _ in batches] == [5] * 5
    order = np.concatenate([x[:, 0] for x, _ in batches])
    assert sorted(order[:12]) == sorted(order[12:24]) == list(range(12))
    np.testing.assert_array_equal(order % 10, np.concatenate([y for _, y in batches]))
    still = input_data.read_data_sets(folder, validation_size=0).validation
    assert still.num_examples == 0
    ordered = input_data.read_data_sets(folder, validation_size=0).test
    assert [ordered.next_batch(3, shuffle=False)[1].tolist() for _ in range(2)] == [[0, 1, 2], [3, 0, 1]]


def test_initializer_of_numpy_numbers(served):
    """An Initializer of one's own whose call gives rows of an array, doubles: the weight has them, in float32."""
    from tensorflow.keras import initializers, layers

    rows = np.random.default_rng(0).normal(size=(20, 3))

    class Rows(initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return rows[: shape[0], :]

    class Centres(layers.Layer):
        def build(self, input_shape):
            self.centres = self.add_weight(name="centres", shape=(4, input_shape[1]), initializer=Rows(), trainable=True)
            self.bias = self.add_weight(name="bias", shape=(4,), initializer=lambda shape, dtype=None: np.ones(shape))
            super().build(input_shape)

        def call(self, x):
            return x @ self.centres.T + self.bias

    layer = Centres()
    layer(np.zeros((2, 3), "float32"))
    np.testing.assert_array_equal(layer.get_weights()[0], rows[:4].astype("float32"))
    assert layer.get_weights()[0].dtype == np.float32
