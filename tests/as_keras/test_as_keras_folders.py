"""Models as folders, checkpoints as TensorFlow names them, and what comes back from them: the model itself is the oracle."""

import os

import numpy as np
import pytest

from nabi.core.errors import ArgumentError, FileError, NotServed, ShapeError

X = np.random.default_rng(0).random((16, 4)).astype("float32")
Y = X[:, :2] - 0.5


@pytest.fixture
def keras(served, tmp_path, monkeypatch):
    import keras

    import nabi

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(nabi.config, "precision", "float32")
    return keras


def made(keras, units=2):
    model = keras.Sequential([keras.layers.Dense(5, activation="tanh", input_shape=(4,)), keras.layers.Dense(units)])
    model.compile("adam", "mse")
    return model


def same(one, other):
    np.testing.assert_allclose(one.predict(X, verbose=0), other.predict(X, verbose=0), atol=1e-6)


def test_folders_of_models(keras):
    import tensorflow as tf

    model = made(keras)
    model.fit(X, Y, epochs=2, verbose=0)
    with pytest.raises(AssertionError):
        same(model, made(keras))
    model.save("a/1/", save_format="tf")
    tf.keras.models.save_model(model, "b", include_optimizer=False)
    tf.saved_model.save(model, "c")
    model.export("d")
    model.save("e", save_format="h5")
    assert os.path.exists("a/1/saved_model.pb") and os.path.isfile("e") and tf.saved_model.contains_saved_model("c")
    for path in ("a/1", "b", "c/", "d", "e"):
        same(model, keras.models.load_model(path))
    assert keras.models.load_model("a/1").optimizer.iterations == 2
    made(keras).load_weights("a/1")
    loaded = tf.saved_model.load("c")
    expected = model.predict(X, verbose=0)
    name = model.output_names[0]
    for found in (loaded(X), loaded.serve(X), loaded.signatures["serving_default"](tf.constant(X))[name],
                  keras.layers.TFSMLayer("d", call_endpoint="serve")(X)):
        np.testing.assert_allclose(found, expected, atol=1e-6)
    with pytest.raises(FileError, match="a place for a folder"):
        model.save("b", overwrite=False)
    callback = keras.callbacks.ModelCheckpoint("best/{epoch}")
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[callback])
    assert sorted(os.listdir("best")) == ["1", "2"]
    same(model, keras.models.load_model("best/2"))


def test_checkpoints_of_weights(keras):
    import tensorflow as tf

    path, model = "cp/cp-{epoch:04d}.ckpt", made(keras)
    assert tf.train.latest_checkpoint("cp") is None
    callback = keras.callbacks.ModelCheckpoint(path, save_weights_only=True, save_best_only=True, monitor="loss")
    model.fit(X, Y, epochs=2, verbose=0, callbacks=[callback])
    latest = tf.train.latest_checkpoint("cp")
    assert latest == os.path.join("cp", "cp-0002.ckpt") and os.path.exists(latest + ".index")
    other = made(keras)
    other.load_weights(latest).expect_partial()
    same(model, other)
    late = keras.Sequential([keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(2)])
    late.load_weights(latest)
    same(model, late)
    with pytest.raises(ShapeError):
        made(keras, 3).load_weights(latest)
    for name in ("w.keras", "w.weights", "w.hdf", "deep/w.tf"):
        model.save_weights(name)
        other = made(keras)
        other.load_weights(name)
        same(model, other)
    with pytest.raises(FileError, match="None, as tf.train.latest_checkpoint says"):
        other.load_weights(tf.train.latest_checkpoint("nowhere"))


def test_checkpoints_go_on_where_they_stopped(keras):
    import tensorflow as tf

    def step(net, optimizer):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(net(X) - Y))
        optimizer.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables, strict=True))

    def begun(net):
        checkpoint = tf.train.Checkpoint(step=tf.Variable(1), optimizer=tf.keras.optimizers.Adam(0.01), nets=[net], data=[1])
        return checkpoint, tf.train.CheckpointManager(checkpoint, "ckpts", max_to_keep=2)

    net = made(keras)
    checkpoint, manager = begun(net)
    checkpoint.restore(manager.latest_checkpoint)
    for _ in range(3):
        step(net, checkpoint.optimizer)
        checkpoint.step.assign_add(1)
        path = manager.save()
    assert path == tf.train.latest_checkpoint("ckpts") and manager.checkpoints == ["ckpts/ckpt-2", "ckpts/ckpt-3"]
    state = tf.train.get_checkpoint_state("ckpts")
    assert (state.model_checkpoint_path, state.all_model_checkpoint_paths) == (path, manager.checkpoints)
    assert not os.path.exists("ckpts/ckpt-1.index") and tf.train.get_checkpoint_state("nowhere") is None
    late = keras.Sequential([keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(2)])
    again, manager = begun(late)
    again.restore(manager.latest_checkpoint).assert_existing_objects_matched()
    fresh = tf.keras.optimizers.Adam(0.01)
    np.testing.assert_allclose(late(X), net(X), atol=1e-6)
    assert int(again.step) == 4 and int(again.save_counter) == 3 and again.optimizer.iterations == 3
    other = made(keras)
    other.set_weights(net.get_weights())
    for model, optimizer in ((net, checkpoint.optimizer), (late, again.optimizer), (other, fresh)):
        step(model, optimizer)
    np.testing.assert_allclose(late(X), net(X), atol=1e-6)
    assert np.abs(other(X).numpy() - net(X).numpy()).max() > 1e-4, "without its memory it goes elsewhere"
    checkpoint.restore(path)
    np.testing.assert_array_equal(net.get_weights()[0], tf.train.load_variable(path, "nets/0/0"))
    assert ("step/0", []) in tf.train.list_variables("ckpts")
    with pytest.raises(FileError, match="nothing there"):
        checkpoint.restore("nowhere")


def test_functions_without_names_are_remembered(keras):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: x * 3, name="triple"),
                              keras.layers.Lambda(lambda x: x - 1, name="less")])
    for path in ("m.h5", "m.keras", "m"):
        model.save(path)
        same(model, keras.models.load_model(path))
    for text, back in ((model.to_json(), keras.models.model_from_json), (model.to_yaml(), keras.models.model_from_yaml)):
        same(model, back(text))
    os.replace("m.h5", "n.h5")
    with pytest.raises(FileError, match=r"no code.*custom_objects=\{'triple'"):
        keras.models.load_model("n.h5")
    named = {"triple": lambda x: x * 3, "less": lambda x: x - 1}
    same(model, keras.models.load_model("n.h5", custom_objects=named))

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    own = Own()
    own.compile("sgd", "mse")
    own.fit(X, Y, verbose=0)
    own.save("own")
    same(own, keras.models.load_model("own"))


def test_memory_of_optimizers_as_arrays(keras):
    model = made(keras)
    model.fit(X, Y, epochs=2, verbose=0)
    state = model.optimizer.get_weights()
    other = made(keras)
    other.set_weights(model.get_weights())
    other.optimizer.set_weights(state)
    for one in (model, other):
        one.fit(X, Y, epochs=1, verbose=0, shuffle=False)
    np.testing.assert_allclose(other.get_weights()[0], model.get_weights()[0], atol=1e-7)
    assert len(state) == 9 and len(model.optimizer.variables()) == len(model.optimizer.variables) == 9
    with pytest.raises(ShapeError):
        made(keras, 3).optimizer.set_weights(state)


def test_what_comes_from_tensorflow_is_one_clear_error(keras):
    import tensorflow as tf

    os.makedirs("real")
    for name in ("real/saved_model.pb", "w.index", "w.data-00000-of-00001"):
        with open(name, "wb") as file:
            file.write(b"\x08\x01")
    model = made(keras)
    for call in (lambda: keras.models.load_model("real"), lambda: tf.saved_model.load("real"), lambda: model.load_weights("w"),
                 lambda: model.load_weights("real"), lambda: tf.train.Checkpoint(model=model).restore("w")):
        with pytest.raises(FileError, match="TensorFlow.*model.h5"):
            call()
    for call, error in ((lambda: tf.lite.TFLiteConverter.from_keras_model(model), NotServed),
                        (lambda: tf.lite.Interpreter(model_path="m.tflite"), NotServed),
                        (lambda: tf.saved_model.save([1], "x"), ArgumentError),
                        (lambda: model.export("x.onnx", format="onnx"), ArgumentError),
                        (lambda: keras.models.model_from_yaml("a: 1"), ArgumentError)):
        with pytest.raises(error):
            call()
