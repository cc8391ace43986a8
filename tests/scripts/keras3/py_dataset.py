"""A PyDataset that reads its own batches."""

import math
import numpy as np
import keras


class Batches(keras.utils.PyDataset):
    def __init__(self, x_set, y_set, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y = x_set, y_set
        self.batch_size = batch_size
        self.epochs_ended = 0

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, idx):
        low = idx * self.batch_size
        high = min(low + self.batch_size, len(self.x))
        return self.x[low:high], self.y[low:high]

    def on_epoch_end(self):
        self.epochs_ended += 1


x = np.random.rand(130, 5).astype("float32")
y = x.sum(axis=1, keepdims=True)
train = Batches(x[:100], y[:100], 16, workers=1, use_multiprocessing=False)
test = Batches(x[100:], y[100:], 16)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
history = model.fit(train, validation_data=test, epochs=3, verbose=2)
print(history.history["val_mae"], model.predict(test, verbose=0).shape, train.epochs_ended)
