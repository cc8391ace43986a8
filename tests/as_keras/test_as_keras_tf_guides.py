"""What TensorFlow's guides and tutorials use beside Keras: strategies, tapes, assertions, sounds. Numbers: TensorFlow 2.21's."""

import wave

import numpy as np
import pytest
import torch

from nabi.as_keras.tensorflow import audio, averaging, debugging, distribute, errors
from nabi.core.errors import StateError


def test_strategies_of_one_replica():
    strategy = distribute.MirroredStrategy()
    losses = strategy.run(lambda x: x * 2, args=(torch.tensor([1.0, 3.0]),))
    assert strategy.reduce(distribute.ReduceOp.SUM, losses, axis=None).tolist() == [2, 6]
    assert strategy.reduce(distribute.ReduceOp.SUM, losses, axis=0) == 8 and strategy.reduce("MEAN", losses, axis=0) == 4
    assert strategy.experimental_local_results(losses)[0] is losses
    made = strategy.distribute_datasets_from_function(lambda context: context.get_per_replica_batch_size(64))
    assert made == 64
    with strategy.scope():
        assert distribute.get_strategy() is strategy and distribute.has_strategy()
    assert not distribute.has_strategy() and distribute.get_replica_context().replica_id_in_sync_group == 0


def test_means_of_losses():
    losses = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
    assert averaging.compute_average_loss(losses[:, 0], global_batch_size=8) == 0.5
    assert averaging.compute_average_loss(losses) == 6.0
    assert averaging.compute_average_loss(losses, sample_weight=[1.0, 0.0]) == 1.5
    assert averaging.scale_regularization_loss([torch.tensor(1.0), torch.tensor(2.0)]) == 3
    mean, variance = averaging.weighted_moments(losses, [0], [[1.0], [3.0]])
    np.testing.assert_allclose(mean, [2.5, 5.0])
    np.testing.assert_allclose(variance, [0.75, 3.0])
    mean, variance = averaging.normalize_moments(*averaging.sufficient_statistics(losses, [0]))
    np.testing.assert_allclose(variance, losses.numpy().var(0))
    found = averaging.log_poisson_loss(torch.tensor([3.0]), torch.tensor([0.5]), compute_full_loss=True)
    np.testing.assert_allclose(found, [1.9128028], rtol=1e-5)  # tf.nn.log_poisson_loss


def test_tapes_weigh_targets_and_follow_what_they_are_told(served):
    import tensorflow as tf

    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = 3 * x
    assert tape.gradient(y, x, output_gradients=tf.constant([1.0, 10.0])).tolist() == [2, 40]
    assert tape.gradient([y, z], x, output_gradients=[tf.constant([1.0, 0.0]), tf.constant([0.0, 1.0])]).tolist() == [2, 3]
    v, w = tf.Variable(0.0), tf.Variable(10.0)
    with tf.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        tape.watch(w)
        y = tf.sin(v) + w * w
        result = w
    assert tape.gradient(y, {"v": v, "w": w})["v"] is None and float(tape.gradient(y, w)) == 20
    assert [one is w for one in tape.watched_variables()] == [True]
    assert float(tape.gradient(result, w)) == 1
    with tf.GradientTape() as tape:
        y = w * w
    assert tape.gradient(y, v) is None


def test_jacobians_of_samples_and_slopes_forwards(served):
    import tensorflow as tf

    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.stack([x * x, x[:, ::-1] * 5], 1)  # (2, 2, 2)
    made = tape.batch_jacobian(y, x)
    assert made.shape == (2, 2, 2, 2) and made[1].tolist() == [[[6, 0], [0, 8]], [[0, 5], [5, 0]]]
    dense = tf.keras.layers.Dense(1)
    dense.build([None, 2])
    with tf.autodiff.ForwardAccumulator(primals=dense.kernel, tangents=tf.constant([[1.0], [0.0]])) as along:
        loss = tf.reduce_sum((dense(x) - tf.constant([[1.0], [-1.0]])) ** 2.0)
    with tf.GradientTape() as tape:
        same = tf.reduce_sum((dense(x) - tf.constant([[1.0], [-1.0]])) ** 2.0)
    torch.testing.assert_close(along.jvp(loss), tape.gradient(same, dense.kernel)[0, 0])


def test_assertions():
    failing = {"assert_equal": ([1], [2]), "assert_none_equal": ([1], [1]), "assert_less": ([2], [2]),
               "assert_less_equal": ([3], [2]),              "assert_greater": ([2], [2]), "assert_greater_equal": ([1], [2]),
               "assert_positive": ([0.0],),
               "assert_negative": ([0.0],), "assert_non_negative": ([-1.0],), "assert_non_positive": ([1.0],),
               "assert_near": ([1.0], [1.1]), "assert_rank": ([1.0], 2), "assert_rank_at_least": ([1.0], 2),
               "assert_rank_in": ([1.0], [0, 2]), "assert_scalar": (torch.ones(2),), "Assert": (False, ["why"]),
               "check_numerics": ([np.nan], "bad"), "assert_all_finite": (torch.tensor([np.inf]), "bad")}  # fmt: skip
    for name, values in failing.items():
        with pytest.raises(errors.InvalidArgumentError, match=name.replace("assert_all_finite", "check_numerics")):
            getattr(debugging, name)(*values)
    debugging.assert_near([1.0], [1.0 + 1e-7])
    x, y = torch.zeros(4, 28, 28), torch.zeros(4)
    debugging.assert_shapes([(x, ("N", 28, None)), (y, ("N",)), (x, (..., 28))])
    with pytest.raises(ValueError, match="assert_shapes: expected a shape"):
        debugging.assert_shapes([(x, ("N", "H", 28)), (y, ("H",))])
    with pytest.raises(TypeError):
        debugging.assert_integer(x)
    with pytest.raises(TypeError):
        debugging.assert_type(x, torch.int32)


def test_sounds(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1), file.setsampwidth(2), file.setframerate(8000)
        file.writeframes(np.array([0, 16384, -32768], "<i2").tobytes())
    data = (tmp_path / "a.wav").read_bytes()
    sound, rate = audio.decode_wav(data)
    assert sound.tolist() == [[0], [0.5], [-1]] and int(rate) == 8000
    assert audio.decode_wav(data, desired_channels=2, desired_samples=4)[0].tolist() == [[0, 0], [0.5, 0.5], [-1, -1], [0, 0]]
    assert audio.decode_wav(audio.encode_wav(sound, rate))[0][:, 0].tolist() == [0, 0.5, -1]
    with pytest.raises(ValueError, match="a WAV file"):
        audio.decode_wav(b"none")


def test_texts_are_compared_and_shuffled(served):
    import tensorflow as tf

    words = tf.constant(["a", "b", "a"])
    assert tf.not_equal(words, "a").tolist() == [False, True, False] and tf.math.equal("a", words).tolist() == [True, False, True]
    assert tf.gather(np.array(["no", "yes"]), tf.constant([1, 0])).numpy().tolist() == [b"yes", b"no"]
    assert sorted(tf.random.shuffle(["a", "b", "c"]).numpy()) == [b"a", b"b", b"c"]


def test_rarer_functions(served):
    """Numbers: TensorFlow 2.21's."""
    import tensorflow as tf

    sparse = tf.sparse.from_dense
    picture = tf.reshape(tf.range(16.0), [1, 4, 4, 1])
    matrix = tf.constant([[4.0, 1.0], [1.0, 3.0]])
    column = tf.constant([[1.0], [2.0]])
    tall = tf.reshape(tf.range(32.0), [2, 4, 4, 1])
    back = tf.batch_to_space(tf.space_to_batch(tall, [2, 2], [[1, 1], [0, 0]]), [2, 2], [[1, 1], [0, 0]])
    pooled = tf.nn.max_pool_with_argmax(picture, 2, 2, "SAME")
    cases = [
        (tf.linalg.normalize(tf.constant([[3.0, 4.0], [6.0, 8.0]]), axis=1)[1], [[5], [10]]),
        (tf.math.invert_permutation([2, 0, 1]), [1, 2, 0]), (tf.unravel_index([5, 3], [2, 3]), [[1, 1], [2, 0]]),
        (tf.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_axis=1), [[2, 1, 3], [6, 5, 4]]),
        (tf.edit_distance(sparse(tf.constant([["a", "b"]])), sparse(tf.constant([["a", "c"]]))), [0.5]), (back, tall.numpy()),
        (tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 2.0, 5.0, 15.0], [0.0, 5.0], nbins=5), [0, 0, 1, 2, 4, 4]),
        (tf.truncatediv(-7, 2), -3), (tf.truncatemod(-7, 2), -1), (tf.saturate_cast([-1.0, 300.0], tf.uint8), [0, 255]),
        (tf.linalg.lu(matrix).lu, [[4, 1], [0.25, 2.75]]), (tf.linalg.lu(matrix).p, [0, 1]),
        (tf.linalg.sqrtm(matrix), [[1.981578, 0.2708323], [0.2708323, 1.7107457]]),
        (tf.linalg.triangular_solve(matrix, column), [[0.25], [0.5833334]]),
        (tf.linalg.cholesky_solve(tf.linalg.cholesky(matrix), column), [[0.0909091], [0.6363637]]),
        (tf.linalg.diag_part(matrix, k=1), [1]), (tf.linalg.tensor_diag_part(tf.linalg.tensor_diag([1.0, 2.0])), [1, 2]),
        (pooled[0], [[[[5], [7]], [[13], [15]]]]), (pooled[1], [[[[5], [7]], [[13], [15]]]]),
        (tf.math.reciprocal_no_nan([2.0, 0.0]), [0.5, 0]), (tf.math.is_strictly_increasing([1, 1, 2]), False),
        (tf.nn.ctc_loss(tf.constant([[1, 2]]), tf.constant([[[0.1, 0.5, 0.2]], [[0.1, 0.2, 0.9]], [[0.3, 0.2, 0.1]]]), [2], [3],
                        blank_index=0), [1.4949571]),
        (tf.tensor_scatter_nd_max(tf.constant([[2, 7], [9, 0]]), [[0, 0], [1, 0]], [6, 5]), [[6, 7], [9, 0]]),
        (tf.tensor_scatter_nd_min(tf.constant([2, 7, 9]), [[1], [1]], [6, 5]), [2, 5, 9]), (tf.acosh(2.0), 1.3169579),
    ]  # fmt: skip
    for place, (made, wanted) in enumerate(cases):
        np.testing.assert_allclose(np.asarray(made, float), np.asarray(wanted, float), atol=2e-6, err_msg=f"case {place}")
    (labels,), score = tf.nn.ctc_greedy_decoder(tf.math.log(tf.constant(
        [[[0.9, 0.05, 0.05]], [[0.9, 0.05, 0.05]], [[0.05, 0.05, 0.9]], [[0.1, 0.8, 0.1]]])), [4])
    assert labels.values.tolist() == [0, 1] and float(score) == pytest.approx(0.53922516, abs=1e-6)
    assert tf.strings.ngrams(["a", "b", "c"], 2).numpy().tolist() == [b"a b", b"b c"]
    assert tf.as_string(3).numpy() == b"3"


def test_stateless_numbers_know_the_order_of_their_seed(served):
    import tensorflow as tf

    one, same, other = (tf.random.stateless_uniform([3], seed) for seed in ([1, 2], (1, 2), [2, 1]))
    assert one.tolist() == same.tolist() != other.tolist()
    assert sorted(tf.random.experimental.stateless_shuffle(tf.range(5), [0, 1]).tolist()) == [0, 1, 2, 3, 4]
    assert tf.random.stateless_truncated_normal([50], [1, 2]).abs().max() <= 2


def test_jpegs_of_less_quality(served):
    import tensorflow as tf

    x = tf.constant(np.random.default_rng(0).integers(0, 256, (16, 20, 3)).astype("uint8"))
    assert tf.image.adjust_jpeg_quality(x, 5).dtype == tf.uint8 and not np.array_equal(tf.image.adjust_jpeg_quality(x, 5), x)
    shown = tf.image.random_jpeg_quality(tf.cast(x, tf.float32) / 255.0, 75, 95)
    assert shown.dtype == tf.float32 and 0 <= shown.min() and shown.max() <= 1
    part = tf.io.decode_and_crop_jpeg(tf.io.encode_jpeg(x), [2, 3, 5, 7])
    assert part.shape == (5, 7, 3) and np.array_equal(part, tf.io.decode_jpeg(tf.io.encode_jpeg(x))[2:7, 3:10])


def test_modules_are_saved_with_their_variables(served, tmp_path):
    import tensorflow as tf

    class Line(tf.Module):
        def __init__(self):
            super().__init__()
            self.w = tf.Variable(2.0)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def __call__(self, x):
            return self.w * x

    line = Line()
    tf.saved_model.save(line, str(tmp_path / "line"), signatures=line.__call__)
    line.w.assign(5.0)
    loaded = tf.saved_model.load(str(tmp_path / "line"))
    assert loaded(tf.constant([3.0])).tolist() == [6] and line(tf.constant([3.0])).tolist() == [15]
    assert loaded.signatures["serving_default"](tf.constant([1.0])).tolist() == [2] and len(loaded.variables) == 1
    (tmp_path / "line").rename(tmp_path / "moved")
    with pytest.raises(OSError, match="its functions are not in the folder"):
        tf.saved_model.load(str(tmp_path / "moved"))
    with pytest.raises(ValueError, match="tf.Module or a layer"):
        tf.saved_model.save([1], str(tmp_path / "list"))


def test_functions_with_some_arguments_fixed(served):
    import tensorflow as tf

    @tf.function
    def power(a, b):
        return a**b

    square = power.get_concrete_function(a=tf.TensorSpec(None, tf.float32), b=2)
    assert float(square(tf.constant(10.0))) == 100 and power.experimental_get_tracing_count() == 1

    seen = []
    assert tf.py_function(seen.append, inp=[3], Tout=[]) == [] and int(seen[0].numpy()) == 3


def test_dtypes_of_symbols_and_texts_are_tensorflows(served):
    import tensorflow as tf

    x, word = tf.keras.Input((1,), dtype=tf.float32), tf.keras.Input((1,), dtype=tf.string)
    number = tf.keras.Input((), dtype="int64")
    assert x.dtype == tf.float32 == x.dtype == "float32" and x.dtype != tf.int32 and x.dtype in (tf.float16, tf.float32)
    assert word.dtype == tf.string and number.dtype == tf.int64 and tf.keras.layers.Dense(2)(x).dtype == tf.float32
    assert tf.constant("a").dtype == tf.string == tf.constant(["a"]).dtype and tf.constant("a").dtype != tf.float32
    assert {x.dtype: 1}["float32"] == 1 and f"{x.dtype}" == "float32"


def test_layers_of_categories_are_saved(served, tmp_path):
    import tensorflow as tf

    layers = tf.keras.layers
    numbers, words = np.array([[1], [3]]), np.array([["a"], ["q"]])
    for layer, x in ((layers.CategoryEncoding(num_tokens=4, output_mode="one_hot"), numbers),
                     (layers.Discretization([0.0, 2.0]), numbers.astype("float32")), (layers.Hashing(5, salt=3), words)):
        symbol = tf.keras.Input((1,), dtype="string" if x is words else x.dtype.name)
        model = tf.keras.Model(symbol, layer(symbol))
        x = tf.constant(x)
        for name in ("m.keras", "m.h5"):
            model.save(tmp_path / name)
            again = tf.keras.models.load_model(tmp_path / name)
            np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
    crossing = layers.HashedCrossing(5)
    assert layers.HashedCrossing.from_config(crossing.get_config()).num_bins == 5


def test_scaled_losses_are_losses(served, tmp_path):
    import tensorflow as tf

    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    optimizer = tf.keras.mixed_precision.LossScaleOptimizer(tf.keras.optimizers.SGD(0.5), dynamic=True)
    with tf.GradientTape() as tape:
        loss = optimizer.get_scaled_loss(tf.reduce_sum(model(tf.ones([1, 2]))))
    before = model.get_weights()[0]
    gradients = optimizer.get_unscaled_gradients(tape.gradient(loss, model.trainable_variables))
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    np.testing.assert_allclose(model.get_weights()[0], before - 0.5, rtol=1e-6)
    saved = tf.train.Checkpoint(model=model, optimizer=optimizer)
    saved.restore(saved.save(str(tmp_path / "c")))
    model.compile(optimizer, "mse")
    model.save(tmp_path / "m.keras")
    assert optimizer.inner_optimizer is optimizer
    assert tf.keras.models.load_model(tmp_path / "m.keras").optimizer.learning_rate == 0.5


def test_a_step_between_two_gradients_of_a_tape_changes_nothing(served):
    import tensorflow as tf

    w, v = tf.Variable([2.0]), tf.Variable([3.0])
    optimizer = tf.keras.optimizers.SGD(1.0)
    with tf.GradientTape(persistent=True) as tape:
        product = w * v * w
        apart = w * w
    optimizer.apply_gradients([(tape.gradient(apart, w), w)])
    assert w.numpy() == [-2] and tape.gradient(product, v).tolist() == [4] and tape.gradient(product, w).tolist() == [12]
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            cube = v * v * v
        slope = inner.gradient(cube, v)
    assert outer.gradient(slope, v).tolist() == [18]


def test_each_tape_sees_the_weights_of_its_block(served):
    import tensorflow as tf

    w, optimizer = tf.Variable([2.0]), tf.keras.optimizers.SGD(1.0)
    with tf.GradientTape() as first, tf.GradientTape() as second:
        square, cube = w * w, w * w * w
    optimizer.apply_gradients([(first.gradient(square, w), w)])
    w.assign_add([5.0])
    assert w.numpy() == [3] and second.gradient(cube, w).tolist() == [12]  # TensorFlow 2.21
    with first:
        square = w * w
    assert first.gradient(square, w).tolist() == [6]
    w.assign([1.0])
    with pytest.raises(StateError, match=r"persistent=True"):  # TensorFlow refuses a second question at once
        first.gradient(square, w)


def test_weights_are_copied_where_a_tape_is_asked_after_their_change_alone(served, monkeypatch):
    import tensorflow as tf

    copied, clone = [], torch.Tensor.clone
    model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(4, "relu"), tf.keras.layers.Dense(1)])
    optimizer = tf.keras.optimizers.SGD(0.1)
    for persistent, copies in ((False, 0), (True, 1)):
        with tf.GradientTape(persistent=persistent) as tape:
            loss = tf.reduce_mean(model(tf.ones((2, 3))) ** 2)
        gradients = tape.gradient(loss, model.trainable_weights)
        with monkeypatch.context() as patch:
            patch.setattr(torch.Tensor, "clone", lambda self, **how: copied.append(self.shape) or clone(self, **how))
            optimizer.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
        assert len(copied) == copies, copied
        again = tape.gradient(loss, model.trainable_weights) if persistent else gradients
        assert all(torch.equal(one, other) for one, other in zip(again, gradients, strict=True))
