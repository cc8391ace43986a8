"""A bag of words by hand, a dense net, weights by class."""

import numpy as np
import keras
from keras import layers

rng = np.random.default_rng(0)
words = 80
x = rng.poisson(0.3, (400, words)).astype("float32")
score = x[:, :10].sum(axis=1) - x[:, 10:20].sum(axis=1)
y = (score > 0).astype("float32")
normalizer = layers.Normalization()
normalizer.adapt(x)
model = keras.Sequential([keras.Input((words,)), normalizer, layers.Dense(16, activation="relu", kernel_regularizer="l2"),
                          layers.Dropout(0.3), layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="rmsprop", loss="binary_crossentropy",
              metrics=["accuracy", keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.AUC(name="auc")])
history = model.fit(x, y, epochs=4, validation_split=0.2, class_weight={0: 1.0, 1: 1.5}, verbose=0)
print(sorted(history.history))
print({k: round(float(v), 3) for k, v in model.evaluate(x, y, verbose=0, return_dict=True).items()})
