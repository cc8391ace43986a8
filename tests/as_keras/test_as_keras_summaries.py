"""Summaries: `tf.Summary`, `tf.summary` and the writer of Keras 2's TensorBoard. Oracle: TensorBoard's own loader."""

from contextlib import contextmanager

import numpy as np
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util.tensor_util import make_ndarray

from nabi.as_keras import install_as_keras, uninstall_as_keras


@contextmanager
def served():
    """nabi in TensorFlow's place for a block: TensorBoard's loader looks for TensorFlow, too."""
    install_as_keras()
    try:
        yield
    finally:
        uninstall_as_keras()


def read(folder):
    found = {}
    for path in sorted(folder.glob("*tfevents*")):
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                found.setdefault(value.tag, []).append((event.step, make_ndarray(value.tensor)))
    return found


def numbers(folder, tag):
    return [(step, float(value)) for step, value in read(folder)[tag]]


def test_summaries_of_tensorflow_1(tmp_path):
    with served():
        import tensorflow as tf

        writer = tf.summary.FileWriter(str(tmp_path / "a"))
        summary = tf.Summary()
        one = summary.value.add()
        one.tag, one.simple_value = "loss", np.float32(0.5)
        summary.value.add(tag="acc", simple_value=1)
        writer.add_summary(summary, 7)
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=0.25)]), 8)
        writer.close()
        tf.summary.FileWriter(str(tmp_path / "unused")).close()
    assert numbers(tmp_path / "a", "loss") == [(7, 0.5), (8, 0.25)] and numbers(tmp_path / "a", "acc") == [(7, 1.0)]
    assert not (tmp_path / "unused").exists()


def test_summaries_of_tensorflow_2(tmp_path):
    with served():
        import tensorflow as tf

        tf.summary.scalar("nowhere", 1.0, step=0)
        writer = tf.summary.create_file_writer(str(tmp_path))
        with writer.as_default():
            tf.summary.scalar("loss", tf.constant(0.5), step=3)
            tf.summary.histogram("w", np.arange(4.0), step=3)
            tf.summary.image("pictures", np.zeros((2, 4, 5, 3)), step=3)
        writer.flush()
    assert numbers(tmp_path, "loss") == [(3, 0.5)]
    assert set(read(tmp_path)) == {"loss", "w", "pictures/image/0", "pictures/image/1"}
    assert [bytes(size) for size in read(tmp_path)["pictures/image/0"][0][1][:2]] == [b"5", b"4"]  # width, height


def test_the_writer_of_a_callback(tmp_path):
    with served():
        held = fitted(tmp_path)
    steps, losses = zip(*numbers(tmp_path / "validation", "loss"), strict=True)
    assert steps == (0, 1) and numbers(tmp_path / "plain", "x") == [(1, 2.0)]
    np.testing.assert_allclose(losses, held, rtol=1e-6)


def fitted(folder):
    """A fit with a widespread way to have both curves in one chart; the losses of validation."""
    import tensorflow as tf
    from keras.callbacks import TensorBoard
    from keras.layers import Dense
    from keras.models import Sequential

    class Both(TensorBoard):
        def __init__(self, log_dir, **options):
            super().__init__(log_dir + "/training", **options)
            self.held = log_dir + "/validation"

        def set_model(self, model):
            self.val_writer = tf.summary.FileWriter(self.held)
            super().set_model(model)

        def on_epoch_end(self, epoch, logs=None):
            for name, value in logs.items():
                if name.startswith("val_"):
                    summary = tf.Summary()
                    one = summary.value.add()
                    one.simple_value = value.item()
                    one.tag = name[4:]
                    self.val_writer.add_summary(summary, epoch)
            self.val_writer.flush()
            super().on_epoch_end(epoch, {name: value for name, value in logs.items() if not name.startswith("val_")})

    model = Sequential([Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    x = np.ones((4, 2))
    made = model.fit(x, x[:, 0], epochs=2, verbose=0, validation_data=(x, x[:, 0]), callbacks=[Both(str(folder))])
    callback = TensorBoard(str(folder / "plain"))
    callback.set_model(model)
    callback.writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="x", simple_value=2.0)]), 1)
    callback.writer.flush()
    return made.history["val_loss"]
