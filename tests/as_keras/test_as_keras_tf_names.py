"""TensorFlow's functions of tensors against NumPy, under TensorFlow's arguments; devices, sessions, optimizers of 1.x."""

import numpy as np
import pytest
import torch

RNG = np.random.default_rng(7)
X, Y = RNG.normal(size=(3, 4)).astype("float32"), RNG.normal(size=(3, 4)).astype("float32")
CUBE = RNG.normal(size=(2, 3, 4)).astype("float32")
SHARE = np.exp(X) / np.exp(X).sum(-1, keepdims=True)

CASES = {
    "reduce_mean": (lambda tf: tf.reduce_mean(X, axis=1, keepdims=True, name="m"), X.mean(1, keepdims=True)),
    "reduce_sum of 1.x": (lambda tf: tf.reduce_sum(X, reduction_indices=[1], keep_dims=True), X.sum(1, keepdims=True)),
    "reduce_std": (lambda tf: tf.math.reduce_std(X), X.std()), "argmax": (lambda tf: tf.argmax(X, 1), X.argmax(1)),
    "matmul": (lambda tf: tf.matmul(X, Y, transpose_b=True), X @ Y.T), "pow": (lambda tf: tf.pow(tf.abs(X), 2.0), X**2),
    "transpose": (lambda tf: tf.transpose(CUBE, perm=[2, 0, 1]), CUBE.transpose(2, 0, 1)),
    "square": (lambda tf: tf.square(X), X**2),
    "concat": (lambda tf: tf.concat([X, Y], 1), np.hstack([X, Y])),
    "split": (lambda tf: tf.split(X, [1, 3], axis=1)[1], X[:, 1:]),
    "one_hot": (lambda tf: tf.one_hot([2, 0], depth=3), np.eye(3)[[2, 0]]), "add_n": (lambda tf: tf.add_n([X, Y, X]), 2 * X + Y),
    "one_hot of two values": (lambda tf: tf.one_hot([1], 2, on_value=5.0, off_value=-1.0), [[-1, 5]]),
    "gather": (lambda tf: tf.gather(X, [1, 0], axis=1), X[:, [1, 0]]),
    "clip": (lambda tf: tf.clip_by_value(X, -0.5, 0.5), X.clip(-0.5, 0.5)),
    "clip_by_norm": (lambda tf: tf.clip_by_norm(X, 1.0), X / max(1, np.linalg.norm(X))),
    "slice": (lambda tf: tf.slice(CUBE, [0, 1, 0], [1, 2, -1]), CUBE[:1, 1:3]),
    "pad": (lambda tf: tf.pad(X, [[1, 0], [0, 2]]), np.pad(X, [[1, 0], [0, 2]])),
    "where": (lambda tf: tf.where(X > 0, X, Y), np.where(X > 0, X, Y)), "range": (lambda tf: tf.range(3, 9, 2), [3, 5, 7]),
    "boolean_mask": (lambda tf: tf.boolean_mask(X, [True, False, True]), X[[0, 2]]),
    "unique": (lambda tf: tf.unique([3, 1, 3])[1], [0, 1, 0]),
    "confusion": (lambda tf: tf.math.confusion_matrix([0, 1, 1], [1, 1, 0]), [[0, 1], [1, 1]]),
    "softmax loss": (lambda tf: tf.nn.softmax_cross_entropy_with_logits(labels=np.eye(4)[[0, 1, 2]], logits=X),
                     -np.log(SHARE[[0, 1, 2], [0, 1, 2]])),
    "sparse loss": (lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits([3, 2, 0], tf.constant(X)),
                    -np.log(SHARE[[0, 1, 2], [3, 2, 0]])),
    "sigmoid loss": (lambda tf: tf.nn.sigmoid_cross_entropy_with_logits(labels=Y > 0, logits=tf.constant(X)),
                     np.log1p(np.exp(X)) - X * (Y > 0)),
    "l2_normalize": (lambda tf: tf.nn.l2_normalize(X, axis=1), X / np.linalg.norm(X, axis=1, keepdims=True)),
    "grey": (lambda tf: tf.image.rgb_to_grayscale(CUBE[..., :3]), CUBE[..., :3] @ np.array([[0.2989], [0.587], [0.114]])),
    "update": (lambda tf: tf.tensor_scatter_nd_update(tf.constant([1, 2, 3]), [[0], [2]], [7, 9]), [7, 2, 9]),
    "standardization": (lambda tf: tf.image.per_image_standardization(CUBE), (CUBE - CUBE.mean()) / CUBE.std()),
}  # fmt: skip


def test_functions_of_tensors(served):
    import tensorflow as tf

    for name, (function, wanted) in CASES.items():
        made = np.asarray(function(tf), float)
        assert made.shape == np.shape(wanted), name
        np.testing.assert_allclose(made, np.asarray(wanted, float), atol=2e-6, err_msg=name)
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(made, np.asarray(wanted, float) + 1e-3, atol=2e-6)


def test_values_dtypes_and_variables(served):
    import tensorflow as tf

    assert tf.constant([1, 2]).dtype == tf.int32 and tf.constant([1.0]).dtype == tf.float32 == torch.float32
    assert tf.cast([1.7, -1.7], tf.int32).numpy().tolist() == [1, -1] and tf.shape(tf.constant([[1, 2]]))[0] == 1
    w = tf.Variable([1.0, 2.0])
    assert (2 * w + 1).numpy().tolist() == [3, 5] and (1 - w / 2).numpy().tolist() == [0.5, 0]
    assert w.assign_add([1.0, 1.0]).numpy().tolist() == [2, 3] and float(w[1]) == 3 and len(w) == 2
    assert tf.keras.metrics.Mean()(4.0).numpy() == 4


def test_settings_that_scripts_make(served):
    import tensorflow as tf
    from tensorflow.python.client import device_lib

    assert tf.config.list_physical_devices("GPU") == [] and not tf.test.is_gpu_available() and tf.executing_eagerly()
    assert [d.device_type for d in device_lib.list_local_devices()] == ["CPU"]
    config = tf.compat.v1.ConfigProto(log_device_placement=True)
    config.gpu_options.allow_growth = True
    tf.keras.backend.set_session(tf.compat.v1.Session(config=config))
    drawn = []
    for seed in (5, 5, 6):
        tf.random.set_seed(seed)
        drawn.append(tf.random.normal([3]).numpy())
    assert (drawn[0] == drawn[1]).all() and (drawn[0] != drawn[2]).all()
    with pytest.raises(AttributeError, match="tensorflow.placeholder is not part of nabi. nabi computes at once"):
        tf.placeholder(tf.float32)
    rates = [tf.train.AdamOptimizer(0.02), tf.compat.v1.train.MomentumOptimizer(0.02, 0.9),
             tf.train.RMSPropOptimizer(0.02, decay=0.8)]
    assert [rate.learning_rate for rate in rates] == [0.02] * 3 and rates[2].rho == 0.8 and rates[1].momentum == 0.9
