# House prices in California: standardized columns, two hidden layers, the mean absolute error by eye.
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

(x_train, y_train), (x_test, y_test) = keras.datasets.california_housing.load_data(version="small")
mean = x_train.mean(axis=0)
x_train = x_train - mean
std = x_train.std(axis=0)
x_train = x_train / std
x_test = (x_test - mean) / std
y_train = y_train / 100000
y_test = y_test / 100000


def get_model():
    model = keras.Sequential([
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1)
    ])
    model.compile(optimizer="adam", loss="mean_squared_error", metrics=["mean_absolute_error"])
    return model


k = 3
num_val_samples = len(x_train) // k
all_scores = []
for i in range(k):
    print(f"Processing fold #{i + 1}")
    fold_x_val = x_train[i * num_val_samples:(i + 1) * num_val_samples]
    fold_y_val = y_train[i * num_val_samples:(i + 1) * num_val_samples]
    fold_x_train = np.concatenate([x_train[:i * num_val_samples], x_train[(i + 1) * num_val_samples:]], axis=0)
    fold_y_train = np.concatenate([y_train[:i * num_val_samples], y_train[(i + 1) * num_val_samples:]], axis=0)
    model = get_model()
    model.fit(fold_x_train, fold_y_train, epochs=6, batch_size=16, verbose=0)
    val_loss, val_mae = model.evaluate(fold_x_val, fold_y_val, verbose=0)
    all_scores.append(val_mae)
print([round(value, 3) for value in all_scores], np.mean(all_scores))
predictions = model.predict(x_test)
print(predictions[0])
