"""A digit read row by row: 28 steps of 28 numbers; LSTM, then a stacked and a bidirectional one."""

import keras
from keras import layers

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0


def build_model(kind):
    model = keras.models.Sequential([keras.Input((None, 28))])
    if kind == "plain":
        model.add(layers.LSTM(32))
    elif kind == "stacked":
        model.add(layers.LSTM(24, return_sequences=True))
        model.add(layers.LSTM(24))
    else:
        model.add(layers.Bidirectional(layers.LSTM(16)))
    model.add(layers.BatchNormalization())
    model.add(layers.Dense(10))
    return model


for kind in ("plain", "stacked", "bidirectional"):
    model = build_model(kind)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="sgd", metrics=["accuracy"])
    history = model.fit(x_train[:2000], y_train[:2000], validation_data=(x_test[:200], y_test[:200]), batch_size=64, epochs=1)
    print(kind, model.count_params(), history.history["val_accuracy"])
