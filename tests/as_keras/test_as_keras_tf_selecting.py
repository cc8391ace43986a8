"""tf's functions that take some of the numbers, rows of different lengths, texts, sound, windows; the answers of tensors.

What TensorFlow 2 gives stands beside them where NumPy has no such function.
"""

import numpy as np
import pytest
import torch

from nabi.as_keras.tensorflow import linalg, lookup, nn, picture_windows, ragged, root, selecting, signal, strings
from nabi.data.strings import Strings

RNG = np.random.default_rng(5)
X = RNG.normal(size=(3, 4, 5))
ROWS = np.array([[1, 0], [2, 2], [0, 3]])
WAVE = RNG.normal(size=40)
SQUARE = np.arange(16.0).reshape(1, 4, 4, 1)

CASES = {
    "gather": (selecting.gather(X, [2, 0], axis=1), X[:, [2, 0]]),
    "gather in rows": (selecting.gather(X, ROWS, batch_dims=1), np.stack([x[at] for x, at in zip(X, ROWS, strict=True)])),
    "gather behind rows": (selecting.gather(X, ROWS, axis=2, batch_dims=1),
                           np.stack([x[:, at] for x, at in zip(X, ROWS, strict=True)])),
    "gather_nd": (selecting.gather_nd(X, [[0, 1], [2, 3]]), X[[0, 2], [1, 3]]),
    "gather_nd in rows": (selecting.gather_nd(X, [[0], [1], [3]], batch_dims=1), X[[0, 1, 2], [0, 1, 3]]),
    "mask along axis 1": (selecting.boolean_mask(X, [True, False, True, False], axis=1), X[:, [0, 2]]),
    "places of True": (selecting.where(X > 0), np.argwhere(X > 0)),
    "sorted down": (selecting.sort(X, direction="DESCENDING"), -np.sort(-X)),
    "order down": (selecting.argsort(X, direction="DESCENDING"), np.argsort(-X)),
    "sums by rows": (selecting.cumsum(X), X.cumsum(0)),
    "sums, exclusive, from the end": (selecting.cumsum([1, 2, 3], exclusive=True, reverse=True), [5, 3, 0]),
    "products, exclusive": (selecting.cumprod([2.0, 3, 4], exclusive=True), [1, 2, 6]),
    "largest": (selecting.top_k(X, 2).values, -np.sort(-X)[..., :2]),
    "different": (selecting.unique_with_counts([4, 1, 4, 2]).y, [4, 1, 2]),
    "how often": (selecting.unique_with_counts([4, 1, 4, 2]).count, [2, 1, 1]),
    "block": (selecting.slice(X, [1, 0, 2], [1, -1, 2]), X[1:2, :, 2:4]),
    "strides": (selecting.strided_slice(np.arange(9), [1], [8], [3]), [1, 4, 7]),
    "strides, masks": (
        selecting.strided_slice(X, [1, 0, 0], [2, 0, 4], [1, 2, 2], end_mask=2, shrink_axis_mask=1), X[1, ::2, :4:2]),
    "update": (selecting.tensor_scatter_nd_update([1, 2, 3], [[0], [2]], [7, 8]), [7, 2, 8]),
    "solve": (linalg.solve([[2.0, 0], [0, 4]], [[2.0], [4]]), [[1], [1]]),
    "matvec": (linalg.matvec(X[0], [1.0] * 5), X[0].sum(1)),
    "set_diag": (linalg.set_diag([[1.0, 2], [3, 4]], [9.0, 8]), [[9, 2], [3, 8]]),
    "weighted": (nn.weighted_cross_entropy_with_logits([1.0, 0.0], [0.5, 0.5], 2.0),
                 [2 * np.log1p(np.exp(-0.5)), 0.5 + np.log1p(np.exp(-0.5))]),
    "channels to squares": (nn.depth_to_space(nn.space_to_depth(torch.tensor(SQUARE), 2), 2), SQUARE),
    "squares to channels": (nn.space_to_depth(torch.tensor(SQUARE), 2)[0, 0, 0], [0, 1, 4, 5]),
    "zeros told by axis": (
        nn.conv2d(torch.ones(1, 3, 3, 1), torch.ones(3, 3, 1, 1), padding=[[0, 0], [1, 1], [1, 1], [0, 0]])[0, 0, :, 0],
                           [4, 6, 4]),
    "rows filled up": (ragged.constant([[1, 2, 3], [4]]).to_tensor(-1), [[1, 2, 3], [4, -1, -1]]),
    "rows of lengths": (ragged.RaggedTensor.from_row_splits([1, 2, 3], [0, 1, 3]).to_tensor(), [[1, 0], [2, 3]]),
    "frames": (signal.frame(WAVE, 8, 5), np.lib.stride_tricks.sliding_window_view(WAVE, 8)[::5]),
    "stft": (signal.stft(WAVE, 8, 5).abs()[2], np.abs(np.fft.rfft(WAVE[10:18] * (0.5 - 0.5 * np.cos(np.pi * np.arange(8) / 4))))),
    "dct": (signal.dct(WAVE)[3], 2 * (WAVE * np.cos(np.pi * 3 * (2 * np.arange(40) + 1) / 80)).sum()),
    "patches": (
        picture_windows.extract_patches(SQUARE, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID")[0, 1, 0], [8, 9, 12, 13]),
    "cropped": (picture_windows.crop_and_resize(SQUARE, [[0, 0, 1, 1]], [0], [2, 2])[0, :, :, 0], [[0, 3], [12, 15]]),
    "boxes": (picture_windows.non_max_suppression([[0, 0, 1, 1], [0, 0, 0.9, 1], [2, 2, 3, 3.0]], [0.9, 0.8, 0.7], 5), [0, 2]),
    "edges": (picture_windows.sobel_edges(SQUARE)[0, 1, 1, 0], [32, 8]),
    "alike": (picture_windows.ssim(np.ones((1, 12, 12, 3)), np.ones((1, 12, 12, 3)), 1.0), [1]),
    "table": (lookup.StaticHashTable(lookup.KeyValueTensorInitializer(["a", "b"], [3, 4]), -1).lookup(["b", "x"]), [4, -1]),
    "letters": (strings.unicode_decode("ab"), [97, 98]),
    "written by number": (root.TensorArray(root.float32, 2).write(1, [1.0]).write(0, [2.0]).stack(), [[2], [1]]),
    "lengths doubled": (root.shape(X)[1:] * 2, [8, 10]),
    "case": (root.case([(False, lambda: 1), (True, lambda: 2)]), 2),
    "bins of rows": (root.TensorShape([2]).concatenate([3]), [2, 3]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_functions(name):
    made, wanted = CASES[name]
    np.testing.assert_allclose(np.asarray(made, float), np.asarray(wanted, float), atol=1e-5)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(np.asarray(made, float), np.asarray(wanted, float) + 1e-3, atol=1e-5)


def test_texts():
    words = root.constant([["a", "b"], ["c", "d"]])
    assert isinstance(words, Strings) and words[0, 1].numpy() == b"b"
    assert root.reshape(words, [-1]).numpy().tolist() == [b"a", b"b", b"c", b"d"]
    assert selecting.gather(words, [1, 0]).numpy().tolist() == [[b"c", b"d"], [b"a", b"b"]]
    assert selecting.boolean_mask(words, [False, True]).numpy().tolist() == [[b"c", b"d"]]
    assert strings.reduce_join(words, axis=-1, separator=" ").numpy().tolist() == [b"a b", b"c d"]
    parts = strings.split(["a b", "c"])
    assert parts.to_list() == [[b"a", b"b"], [b"c"]]
    assert parts.to_tensor("").numpy().tolist() == [[b"a", b"b"], [b"c", b""]]
    assert str(strings.format("{} and {}", [1, 2])) == "1 and 2"


def test_answers_of_tensors(served):
    import tensorflow as tf

    x = tf.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert x.dtype.name == "float32" and tf.int32.max == 2**31 - 1 and x.dtype.as_numpy_dtype is np.float32
    assert x.shape.rank == 2 and getattr(x.shape, "as_list")() == [2, 3]  # noqa: B009
    assert x[:, ::-1].numpy().tolist() == [[3, 2, 1], [6, 5, 4]] and x[::-1, 0].numpy().tolist() == [4, 1]
    assert x[..., ::-2].numpy().tolist() == [[3, 1], [6, 4]]
    assert round(x[0, 1].numpy(), 1) == 2 and isinstance(x[0, 1].numpy(), np.float32)
    assert tf.shape(x)[0].numpy() == 2 and (tf.shape(x)[1] * 2).numpy() == 6
    v = tf.Variable([1.0, 2.0])
    assert v.dtype == tf.float32 and v.dtype.name == "float32" and v.value().numpy().tolist() == [1, 2]
    v.scatter_nd_update([[0]], [9.0])
    rows = tf.Variable(tf.zeros((2, 2)))
    rows.scatter_update(tf.IndexedSlices(values=[[1.0, 2.0]], indices=[1]))
    assert rows.numpy().tolist() == [[0, 0], [1, 2]]
    made = tf.numpy_function(lambda n: (np.float64(n) / 2, n > 1), [tf.constant(3)], [tf.float32, tf.bool])
    assert [one.dtype for one in made] == [tf.float32, tf.bool] and float(made[0]) == 1.5
    assert tf.py_function(lambda n: [n, n + 1], [tf.constant(3)], [tf.int64, tf.int64])[1].dtype == tf.int64
    assert tf.roll([1, 2, 3], tf.constant([1]), [0]).numpy().tolist() == [3, 1, 2]
    assert v.numpy().tolist() == [9, 2] and v.ref() == v.ref()
    optimizer = tf.keras.optimizers.SGD(0.1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(v**2)
    optimizer.apply_gradients([(tape.gradient(loss, v), v)])
    assert optimizer.iterations.numpy() == 1
    cell = tf.keras.layers.LSTMCell(4)
    assert [tuple(s.shape) for s in cell.get_initial_state(batch_size=2)] == [(2, 4), (2, 4)]
    states = tf.keras.layers.GRU(4).get_initial_state(tf.zeros((3, 5, 2)))
    assert tuple(states[0].shape) == (3, 4)


def test_attributes_go_with_it():
    assert not hasattr(torch.float32, "name") and not hasattr(torch.Size([1]), "rank")
    with pytest.raises(ValueError):
        torch.ones(2)[::-1]


def test_one_optimizer_for_two_nets(served):
    import tensorflow as tf

    a, b, optimizer = tf.Variable(1.0), tf.Variable(2.0), tf.keras.optimizers.SGD(0.5, momentum=0.9)
    expected = {}
    for w in (a, b):
        own = torch.tensor(float(w), requires_grad=True)
        step = torch.optim.SGD([own], 0.5, momentum=0.9)
        for _ in range(2):
            step.zero_grad()
            (own * own).backward()
            step.step()
        expected[id(w)] = float(own.detach())
    for _ in range(2):
        for w in (a, b):
            with tf.GradientTape() as tape:
                loss = w * w
            optimizer.apply_gradients([(tape.gradient(loss, w), w)])
    assert [float(w) for w in (a, b)] == pytest.approx([expected[id(w)] for w in (a, b)], abs=1e-6)
    optimizer.apply_gradients([(tf.constant(float("nan")), a)])
    assert float(a) == pytest.approx(expected[id(a)])


def test_rows_of_words_and_sparse(served):
    import tensorflow as tf

    lookup = tf.keras.layers.StringLookup(vocabulary=["a", "b"], mask_token=None)
    assert lookup(tf.strings.unicode_split(["ab", "b"], "UTF-8")).to_list() == [[1, 2], [2]]
    x = tf.SparseTensor(indices=[[1, 0], [0, 1]], values=[6.0, 5.0], dense_shape=[2, 3])
    dense = np.array([[0, 5, 0], [6, 0, 0]], "float32")
    assert tf.sparse.to_dense(tf.sparse.reorder(x)).numpy().tolist() == dense.tolist()
    assert tf.sparse.sparse_dense_matmul(x, tf.ones((3, 1))).numpy().ravel().tolist() == [5, 6]
    assert tf.sparse.to_dense(tf.sparse.transpose(x)).numpy().tolist() == dense.T.tolist()

    class Own(tf.keras.Model):
        def __init__(self):
            super().__init__(self)
            self.dense = tf.keras.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    assert tuple(Own()(tf.ones((2, 3))).shape) == (2, 1)


def test_a_metric_added_without_a_name(served):
    import tensorflow as tf

    class Own(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.dense, self.size = tf.keras.layers.Dense(1), tf.keras.metrics.Mean(name="size")

        def call(self, x, training=None):
            if training:
                self.add_metric(self.size(tf.reduce_mean(x)))
            return self.dense(x)

    model = Own()
    model.compile("sgd", "mse")
    history = model.fit(3 * np.ones((4, 2), "float32"), np.ones((4, 1)), verbose=0).history
    assert history["size"] == pytest.approx([3.0]) and set(history) == {"loss", "size"}
