"""A daily series in windows; Conv1D and LSTM forecast, with timeseries_dataset_from_array."""

import numpy as np
import keras
from keras import layers

t = np.arange(600, dtype="float32")
series = np.stack([np.sin(t / 20), np.cos(t / 33), 0.1 * np.random.default_rng(0).normal(size=600)], axis=1).astype("float32")
mean, std = series[:400].mean(axis=0), series[:400].std(axis=0)
series = (series - mean) / std
steps = 24
dataset_train = keras.utils.timeseries_dataset_from_array(series[:400 - steps], series[steps:400, 0], sequence_length=steps,
                                                          sampling_rate=2, batch_size=32)
dataset_val = keras.utils.timeseries_dataset_from_array(series[400:-steps], series[400 + steps:, 0], sequence_length=steps,
                                                        sampling_rate=2, batch_size=32)
for batch in dataset_train:
    inputs, targets = batch
    break
print("Input shape:", tuple(inputs.shape), "Target shape:", tuple(targets.shape))
inputs = keras.layers.Input(shape=(inputs.shape[1], inputs.shape[2]))
x = layers.Conv1D(8, 3, padding="causal", activation="relu")(inputs)
lstm_out = layers.LSTM(16)(x)
model = keras.Model(inputs=inputs, outputs=layers.Dense(1)(lstm_out))
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="mse")
history = model.fit(dataset_train, epochs=2, validation_data=dataset_val,
                    callbacks=[keras.callbacks.ModelCheckpoint("model_checkpoint.weights.h5", monitor="val_loss", save_weights_only=True,
                                                               save_best_only=True)])
print(history.history["val_loss"])
