"""What TensorFlow's guides and tutorials use beside Keras: strategies, tapes, assertions, sounds. Numbers: TensorFlow 2.21's."""

import wave

import numpy as np
import pytest
import torch

from nabi.as_keras.tensorflow import audio, averaging, debugging, distribute, errors


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
    assert sorted(tf.random.shuffle(["a", "b", "c"]).numpy()) == [b"a", b"b", b"c"]
