"""Old arguments and methods: what Keras 1 and 2 wrote gives the very layers, numbers and names of today's spelling."""

import warnings

import numpy as np
import pytest

import nabi
from nabi.as_keras.notes import OldSpelling, forget
from nabi.core.errors import ArgumentError


def config(layer):
    return {name: value for name, value in layer.get_config().items() if name != "name"}


def test_old_arguments_make_the_same_layers(served):
    from keras.layers import LSTM, BatchNormalization, Convolution1D, Convolution2D, Dense, Dropout, Embedding, MaxPooling2D

    pairs = [
        (Dense(output_dim=4, init="glorot_normal", bias=False), Dense(4, kernel_initializer="glorot_normal", use_bias=False)),
        (Convolution2D(8, nb_row=3, nb_col=5, border_mode="same", subsample=(2, 2), dim_ordering="tf"),
         nabi.layers.Conv2D(8, (3, 5), strides=(2, 2), padding="same")),
        (Convolution2D(8, 3, 3), nabi.layers.Conv2D(8, (3, 3))),
        (Convolution1D(nb_filter=8, filter_length=3, subsample_length=2), nabi.layers.Conv1D(8, 3, strides=2)),
        (MaxPooling2D(pool_size=(2, 2), border_mode="same"), MaxPooling2D((2, 2), padding="same")),
        (Dropout(p=0.3), Dropout(0.3)), (BatchNormalization(mode=0, axis=-1), BatchNormalization()),
        (Embedding(output_dim=4, input_dim=9, init="normal"), Embedding(9, 4, "random_normal")),
        (LSTM(output_dim=6, inner_activation="hard_sigmoid", dropout_W=0.1, dropout_U=0.2, consume_less="gpu"),
         LSTM(6, recurrent_activation="hard_sigmoid", dropout=0.1, recurrent_dropout=0.2)),
        (LSTM(6, input_dim=3, input_length=5), LSTM(6, input_shape=(5, 3))),
    ]
    for old, new in pairs:
        assert type(old) is type(new) and config(old) == config(new)
        assert old.input_shape == new.input_shape
    assert Convolution2D(8, 3, 2).strides == (2, 2), "3, 2 is a kernel and its strides, as in Keras 3"
    with pytest.raises(ValueError, match="outputdim"):
        Dense(outputdim=3)


def test_one_note_for_each_kind(served):
    from keras.layers import Dense

    forget()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(3):
            Dense(output_dim=2)
        Dense(2, init="normal")
    assert [w.category for w in told] == [OldSpelling] * 2 and "units=... since Keras 2" in str(told[0].message)
    assert told[0].filename == __file__


def test_subclasses_stay_what_they_are(served):
    from keras import backend as K
    from keras.layers import Dense, Layer

    class Twice(Dense):
        def __init__(self, units, **options):
            super().__init__(output_dim=units, **options)

    class Scale(Layer):
        def build(self, input_shape):
            self.w = self.add_weight("w", shape=(input_shape[-1],), initializer="one")
            super().build(input_shape)

        def call(self, x, mask=None):
            return K.dot(x, K.eye(3)) * self.w

    assert isinstance(Twice(3), nabi.layers.Dense) and Twice(3).units == 3
    assert Scale()(np.ones((2, 3), "float32")).numpy().tolist() == [[1, 1, 1]] * 2


@pytest.fixture
def trained(served):
    from keras.layers.core import Activation, Dense
    from keras.models import Sequential

    nabi.utils.set_random_seed(0)
    model = Sequential([Dense(8, input_dim=4, activation="relu"), Dense(3), Activation("softmax")])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    x = np.random.default_rng(0).random((24, 4), "float32")
    y = np.eye(3)[np.arange(24) % 3]
    return model, x, y, model.fit(x, y, nb_epoch=2, show_accuracy=True, validation_split=0.25, verbose=0, workers=2)


def test_history_and_logs_answer_to_both_names(trained, tmp_path):
    model, x, y, history = trained
    log = history.history
    assert log["acc"] == log["accuracy"] and log["val_acc"] == log["val_accuracy"] and "acc" in log and len(log) == 4
    assert log.get("lr", 1) == 1 and "lr" not in log and sorted(dict(log)) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    with pytest.raises(KeyError):
        log["precision"]
    seen = []

    class See(nabi.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((logs["acc"], logs.get("val_acc")))

    stop = nabi.callbacks.EarlyStopping(monitor="val_acc", patience=3)
    path = tmp_path / "w-{epoch}-{val_acc:.2f}.h5"
    best = nabi.callbacks.ModelCheckpoint(path, monitor="val_acc", save_best_only=True, period=1)
    model.fit(x, y, epochs=1, verbose=0, callbacks=[See(), stop, best], validation_data=[x, y])
    assert 0 <= seen[0][0] <= 1 and seen[0][1] is not None
    model.fit(x, y, epochs=1, verbose=0, callbacks=[stop])  # a monitor that is missing is told, as in Keras, and no error


def test_methods_of_older_models(trained):
    model, x, y, _ = trained
    p = model.predict(x, verbose=0)
    assert (model.predict_classes(x) == p.argmax(-1)).all() and (model.predict_proba(x) == p).all()

    def batches():
        while True:
            yield x[:8], y[:8]

    log = model.fit_generator(batches(), samples_per_epoch=96, nb_epoch=2, verbose=0, max_q_size=2, pickle_safe=True).history
    assert len(log["loss"]) == 2 and model.history.params["steps"] == 3
    assert model.evaluate_generator(batches(), steps=2)[0] == pytest.approx(model.evaluate(x[:8], y[:8], verbose=0)[0], rel=1e-5)
    assert model.predict_generator(batches(), steps=2).shape == (16, 3)
    assert model.output_shape == (None, 3) and model.layers[0].output_shape == (None, 8)


def test_modules_of_optimizers(served):
    import keras

    assert keras.optimizers.adam_v2.Adam is keras.optimizers.Adam
    with pytest.raises(AttributeError, match="Adamm"):
        keras.optimizers.Adamm  # noqa: B018


def test_every_table_of_refused_names_is_there():
    from nabi.as_keras.names import refused, table

    asked = [source.partition(":")[2] for sources in table.all_paths().values() for source in sources if ".refused:" in source]
    assert asked and all(refused.names_of(path) for path in asked)


def test_the_rate_is_a_variable(trained):
    from keras import backend as K

    model = trained[0]
    K.set_value(model.optimizer.lr, 0.25)
    assert K.get_value(model.optimizer.lr) == 0.25 == float(model.optimizer.learning_rate.numpy())
    model.optimizer.learning_rate.assign(0.5)
    assert model.optimizer.lr == 0.5 == model.optimizer.lr.get_value()
    model.optimizer.lr.set_value(0.125)
    assert model.optimizer.lr == 0.125


def test_keras_1_merges(served):
    from keras.layers import Dense, Input, Merge, merge
    from keras.models import Model, Sequential

    a, b = Input((4,)), Input((4,))
    x = np.random.default_rng(1).random((2, 5, 4), "float32")
    wanted = {"sum": x[0] + x[1], "mul": x[0] * x[1], "concat": np.hstack(x), "ave": x.mean(0), "max": x.max(0)}
    for mode, value in wanted.items():
        made = Model(input=[a, b], output=merge([a, b], mode=mode)).predict(list(x), verbose=0)
        np.testing.assert_allclose(made, value, rtol=1e-6)
    sides = [Sequential([Dense(3, input_dim=4)]) for _ in range(2)]
    model = Sequential()
    model.add(Merge(sides, mode="concat"))
    model.add(Dense(1))
    model.compile("sgd", "mse")
    assert model.fit(list(x), np.ones(5), verbose=0).history["loss"] and model.input_shape == [(None, 4), (None, 4)]


def test_channels_first_is_the_same_arithmetic(served):
    from keras.layers import Conv2D, Flatten, GlobalAveragePooling2D, MaxPooling2D, ZeroPadding2D
    from keras.models import Sequential

    def net(order, shape):
        return Sequential([ZeroPadding2D(1, data_format=order, input_shape=shape), Conv2D(5, 3, strides=2, data_format=order),
                           MaxPooling2D(2, data_format=order)])

    last, first = net("channels_last", (9, 8, 2)), net("channels_first", (2, 9, 8))
    first.set_weights(last.get_weights())
    x = np.random.default_rng(2).random((3, 9, 8, 2), "float32")
    made = first.predict(x.transpose(0, 3, 1, 2), verbose=0)
    np.testing.assert_allclose(made, last.predict(x, verbose=0).transpose(0, 3, 1, 2), atol=1e-5)
    assert first.output_shape == (None, 5, 2, 2)
    again = nabi.models.model_from_json(first.to_json())
    again.set_weights(first.get_weights())
    assert (again.predict(x.transpose(0, 3, 1, 2), verbose=0) == made).all()
    first.add(GlobalAveragePooling2D(data_format="channels_first"))
    first.add(Flatten())
    first.compile("sgd", "mse")
    first.fit(x.transpose(0, 3, 1, 2), np.ones((3, 5)), verbose=0)


def test_other_layers_of_pictures_take_channels_first(served):
    from keras.layers import LSTM, CenterCrop, ConvLSTM2D, Flatten, Resizing, SpatialDropout2D

    x = np.random.default_rng(2).random((3, 9, 8, 2), "float32")
    turned = x.transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(Flatten(data_format="channels_first")(turned), x.reshape(3, -1))
    for kind in (Resizing, CenterCrop):
        np.testing.assert_array_equal(kind(4, 6, data_format="channels_first")(turned), kind(4, 6)(x).movedim(-1, 1))
    dropped = SpatialDropout2D(0.5, data_format="channels_first", seed=1)(turned, training=True).numpy()
    assert {float(share) for share in (dropped == 0).mean((2, 3)).flatten()} == {0, 1}
    with pytest.raises(ArgumentError, match="'channels_last', nabi's one layout"):  # refused, not taken for the other order
        ConvLSTM2D(3, 2, data_format="channels_first")
    with pytest.raises(ArgumentError, match="time_major"):
        LSTM(3, time_major=True)
    steps, mask = np.ones((1, 3, 2), "float32"), np.array([[True, False, True]])
    zeros = LSTM(2, return_sequences=True, zero_output_for_mask=True)(steps, mask=mask)
    assert zeros[0, 0].all() and not zeros[0, 1].any()


def test_models_share_an_optimizer_as_gans_do(served):
    from keras.layers import Dense, Input
    from keras.models import Model, Sequential
    from keras.optimizers import Adam

    shared, judge, maker = Adam(0.01), Sequential([Dense(1, input_dim=3)]), Sequential([Dense(3, input_dim=2)])
    judge.compile(shared, "mse")
    noise = Input((2,))
    judge.trainable = False
    both = Model(noise, judge(maker(noise)))
    both.compile(shared, "mse")
    before = judge.get_weights()[0].copy()
    both.train_on_batch(np.ones((4, 2)), np.ones((4, 1)))
    assert (judge.get_weights()[0] == before).all() and both.optimizer.calls == 1 and judge.optimizer.calls == 0
    judge.train_on_batch(np.ones((4, 3)), np.ones((4, 1)))
    assert (judge.get_weights()[0] != before).any()


def test_branches_used_twice_sizes_told_and_shapes_kept(served):
    """Keras 1's memory network; a transposed convolution's output_shape; what `call` keeps; a sample without its last axis."""
    import keras.backend as K
    from keras.layers import Deconvolution2D, Dense, Flatten, Layer, Merge
    from keras.models import Sequential

    question, story, answer = Sequential([Dense(3, input_dim=2)]), Sequential([Dense(3, input_dim=4)]), Sequential()
    story.add(Dense(3))
    both = Sequential()
    both.add(Merge([story, question], mode="sum"))
    answer.add(Merge([both, question], mode="concat"))
    x, y = np.ones((5, 4)), np.ones((5, 2))
    w, b = question.get_weights()
    np.testing.assert_allclose(answer.predict([x, y])[:, 3:], y @ w + b, rtol=1e-5)
    assert answer.output_shape == (None, 6) and len(answer.inputs) == 2

    for side, mode in ((15, "same"), (16, "same"), (17, "valid"), (18, "valid")):
        up = Sequential([Deconvolution2D(4, 3, 3, output_shape=(None, side, side, 4), subsample=(2, 2), border_mode=mode,
                                         input_shape=(8, 8, 2))])
        assert up.output_shape == (None, side, side, 4) == (None, *up.predict(np.ones((1, 8, 8, 2))).shape[1:])

    class Turned(Layer):
        def call(self, x):
            self.made = K.permute_dimensions(x, (0, 2, 1))
            return self.made

        def compute_output_shape(self, input_shape):
            return K.int_shape(self.made)

    model = Sequential([Turned(input_shape=(6, 1)), Flatten(), Dense(2)])
    assert model.layers[0].output_shape == (None, 1, 6) and tuple(model(np.ones((5, 6), "float32")).shape) == (5, 2)
