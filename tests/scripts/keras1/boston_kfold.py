# House prices of Boston: the mean absolute error by k folds, curves averaged over the folds.
from keras.datasets import boston_housing
from keras import models
from keras import layers
import numpy as np

(train_data, train_targets), (test_data, test_targets) = boston_housing.load_data()
mean = train_data.mean(axis=0)
train_data -= mean
std = train_data.std(axis=0)
train_data /= std
test_data -= mean
test_data /= std

def build_model():
    model = models.Sequential()
    model.add(layers.Dense(32, activation='relu', input_shape=(train_data.shape[1],)))
    model.add(layers.Dense(32, activation='relu'))
    model.add(layers.Dense(1))
    model.compile(optimizer='rmsprop', loss='mse', metrics=['mae'])
    return model

k = 2
num_val_samples = len(train_data) // k
num_epochs = 8
all_mae_histories = []
for i in range(k):
    print('processing fold #', i)
    val_data = train_data[i * num_val_samples: (i + 1) * num_val_samples]
    val_targets = train_targets[i * num_val_samples: (i + 1) * num_val_samples]
    rest_data = np.concatenate([train_data[:i * num_val_samples], train_data[(i + 1) * num_val_samples:]], axis=0)
    rest_targets = np.concatenate([train_targets[:i * num_val_samples], train_targets[(i + 1) * num_val_samples:]], axis=0)
    model = build_model()
    history = model.fit(rest_data, rest_targets, validation_data=(val_data, val_targets), nb_epoch=num_epochs, batch_size=4,
                        verbose=0)
    all_mae_histories.append(history.history['val_mean_absolute_error'])
average = [np.mean([x[i] for x in all_mae_histories]) for i in range(len(all_mae_histories[0]))]

def smooth_curve(points, factor=0.9):
    smoothed = []
    for point in points:
        smoothed.append(smoothed[-1] * factor + point * (1 - factor) if smoothed else point)
    return smoothed

import matplotlib.pyplot as plt
plt.plot(range(1, len(average) + 1), smooth_curve(average))
plt.xlabel('Epochs')
plt.ylabel('Validation MAE')
plt.show()
test_mse_score, test_mae_score = model.evaluate(test_data, test_targets)
print(test_mae_score)
