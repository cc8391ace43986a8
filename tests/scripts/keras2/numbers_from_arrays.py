"""A spring's law and a forecast step by step, with arrays of one number where numbers are meant, as NumPy took them until 2.4."""

import math

import matplotlib.pyplot as plt
import numpy as np
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import plot_model

rng = np.random.default_rng(8)
weight = np.arange(11.0)
length = 2 * weight + 10 + rng.normal(0, 0.5, 11)

spring = Sequential([Dense(units=1, input_shape=[1])])
spring.compile(optimizer="sgd", loss="mean_squared_error")
for step in range(400):
    spring.train_on_batch(weight, length)
slope, start = spring.get_weights()
print("length = %.2f * weight + %.2f" % (slope[0], start))
print(f"at 15 kg: {float(spring.predict(np.array([[15.0]]), verbose=0)):.1f} cm")
print("whole centimetres:", int(spring.predict(np.array([[15.0]]), verbose=0)[0]))

wave = np.sin(np.arange(120) * 0.2)
windows = np.array([wave[i : i + 8] for i in range(112)])
model = Sequential([Dense(16, activation="tanh", input_dim=8), Dense(1)])
model.compile("adam", "mse")
model.fit(windows, wave[8:], epochs=20, verbose=0)

seen, forecast = wave[-8:], np.zeros(12)
for i in range(12):
    forecast[i] = model.predict(seen.reshape(1, 8), verbose=0)
    seen = np.append(seen[1:], forecast[i])
print("off by", round(math.sqrt(np.mean((forecast - np.sin(np.arange(120, 132) * 0.2)) ** 2, keepdims=True)), 3))

hidden, out = K.function([model.input, model.input], [model.layers[0].output, model.output])([windows[:4]])
print(hidden.shape, out.shape)
sentences = np.array([[4, 8, 15], [16, 23], [42]])
print(sentences.shape, [len(one) for one in sentences])
plot_model(model, to_file="drawn/net.jpg", show_shapes=True)
plt.plot(np.arange(120), wave, label="seen")
plt.plot(np.arange(120, 132), forecast, label="forecast")
plt.legend()
plt.savefig("drawn/forecast.png")
