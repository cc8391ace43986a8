"""Small, large, regularized, with dropout: the curves of four nets side by side."""

import numpy as np
import keras
from keras import layers, regularizers
import matplotlib.pyplot as plt

(train_data, train_labels), _ = keras.datasets.imdb.load_data(num_words=500)


def vectorize(sequences, dimension=500):
    results = np.zeros((len(sequences), dimension), "float32")
    for i, sequence in enumerate(sequences):
        results[i, sequence] = 1.0
    return results


x, y = vectorize(train_data[:1500]), np.asarray(train_labels[:1500]).astype("float32")
nets = {
    "small": [layers.Dense(4, activation="relu"), layers.Dense(4, activation="relu")],
    "large": [layers.Dense(128, activation="relu"), layers.Dense(128, activation="relu")],
    "l2": [layers.Dense(16, kernel_regularizer=regularizers.L2(0.002), activation="relu")],
    "dropout": [layers.Dense(16, activation="relu"), layers.Dropout(0.5)],
}
for name, hidden in nets.items():
    model = keras.Sequential([*hidden, layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=4, batch_size=128, validation_split=0.4, verbose=0)
    values = history.history["val_loss"]
    plt.plot(range(1, len(values) + 1), values, label=name)
    print(name, model.count_params(), round(values[-1], 3))
plt.xlabel("Epochs")
plt.ylabel("Validation loss")
plt.legend()
plt.savefig("overfit.png")
