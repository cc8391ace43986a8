"""Schedules, early stopping, a callback of one's own and gradient clipping."""

import numpy as np
import keras

(x, y), (x_test, y_test) = keras.datasets.mnist.load_data()
x = x.reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255


def get_model(schedule):
    model = keras.Sequential([keras.layers.Input((784,)), keras.layers.Dense(32, activation="gelu"), keras.layers.Dense(10)])
    model.compile(optimizer=keras.optimizers.AdamW(learning_rate=schedule, weight_decay=1e-4, clipnorm=1.0),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc"), keras.metrics.SparseTopKCategoricalAccuracy(k=3)])
    return model


class CustomCallback(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        keys = list(logs.keys())
        self.seen.append(keys)
        print("End epoch {} of training; got log keys: {}".format(epoch, keys))
        if logs.get("acc") > 0.999:
            self.model.stop_training = True


for schedule in (keras.optimizers.schedules.ExponentialDecay(1e-2, decay_steps=100, decay_rate=0.9),
                 keras.optimizers.schedules.CosineDecay(1e-2, decay_steps=200),
                 keras.optimizers.schedules.PiecewiseConstantDecay([50, 100], [1e-2, 1e-3, 1e-4])):
    model = get_model(schedule)
    own = CustomCallback()
    model.fit(x[:2000], y[:2000], batch_size=64, epochs=2, verbose=0, validation_data=(x_test[:500], y_test[:500]),
              callbacks=[own, keras.callbacks.EarlyStopping(monitor="val_loss", patience=2), keras.callbacks.TerminateOnNaN()])
    assert own.seen and "val_acc" in own.seen[0]
    print(model.evaluate(x_test[:500], y_test[:500], verbose=0, return_dict=True))
