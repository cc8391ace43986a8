# Digits with noise, cleaned by autoencoders of several widths; answers drawn by index from the whole test set.
import random
import matplotlib.pyplot as plt
import numpy as np
from tensorflow.keras.datasets import mnist
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

(x_train, _), (x_test, _) = mnist.load_data()
x_train = x_train[:3000].reshape(3000, 28 * 28).astype('float') / 255
x_test = x_test.reshape(10000, 28 * 28).astype('float') / 255
x_train_noised = np.clip(x_train + np.random.normal(0, 0.1, size=x_train.shape), a_min=0, a_max=1)
x_test_noised = np.clip(x_test + np.random.normal(0, 0.1, size=x_test.shape), a_min=0, a_max=1)


def autoencoder(hidden_layer_size):
    model = Sequential()
    model.add(Dense(units=hidden_layer_size, input_shape=(28 * 28,), activation='relu'))
    model.add(Dense(units=784, activation='sigmoid'))
    return model


widths, outputs = [1, 16, 64], []
for width in widths:
    model = autoencoder(width)
    model.compile(optimizer='adam', loss='mse', metrics=['acc'])
    model.fit(x_train_noised, x_train, epochs=2, batch_size=100, verbose=2, validation_split=0.2)
    outputs.append(model.predict(x_test_noised))

chosen = random.sample(range(outputs[0].shape[0]), 5)
fig, axes = plt.subplots(len(widths) + 1, 5, figsize=(15, 15))
for row, pictures in enumerate([x_test, *outputs]):
    for col, ax in enumerate(axes[row]):
        ax.imshow(pictures[chosen[col]].reshape(28, 28), cmap='gray')
        ax.grid(False)
        ax.set_xticks([])
        ax.set_yticks([])
plt.tight_layout()
plt.show()
print([one.shape for one in outputs], [round(float(np.mean((one - x_test) ** 2)), 2) for one in outputs])
