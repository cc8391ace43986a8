"""A table whose columns are weighed: a dict of inputs into one layer, gates, build without a shape, weights of samples."""

import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

rng = np.random.default_rng(3)
n = 300
numbers = {name: rng.normal(size=n).astype("float32") for name in ("age", "hours", "noise")}
kinds = rng.integers(0, 4, n)
target = ((numbers["age"] + 0.5 * numbers["hours"] + (kinds == 2)) > 0).astype("float32").reshape(-1, 1)
columns = {**numbers, "kind": kinds}
weights = np.where(target[:, 0] > 0, 1.0, 1.5)
data = tf.data.Dataset.from_tensor_slices((columns, target, weights)).shuffle(n).batch(32)


class Gate(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.linear, self.open = layers.Dense(units), layers.Dense(units, activation="sigmoid")

    def build(self):
        self.built = True

    def call(self, x):
        return self.linear(x) * self.open(x)


class Chosen(layers.Layer):
    def __init__(self, names, units, rate=0.1):
        super().__init__()
        self.names = names
        self.embed = {name: layers.Embedding(4, units) if name == "kind" else layers.Dense(units) for name in names}
        self.gates = [Gate(units) for _ in names]
        self.shares = layers.Dense(len(names), activation="softmax")
        self.drop = layers.Dropout(rate)

    def build(self):
        self.built = True

    def call(self, inputs):
        parts = [self.embed[name](inputs[name] if name == "kind" else ops.expand_dims(inputs[name], -1)) for name in self.names]
        shares = ops.expand_dims(self.shares(ops.concatenate(parts, axis=-1)), -1)
        stacked = ops.stack([gate(self.drop(part)) for gate, part in zip(self.gates, parts)], axis=1)
        return ops.squeeze(ops.matmul(ops.transpose(shares, (0, 2, 1)), stacked), axis=1)


inputs = {name: keras.Input((), name=name, dtype="int32" if name == "kind" else "float32") for name in columns}
features = Chosen(list(columns), 8)(inputs)
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(features))
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=[keras.metrics.BinaryAccuracy(name="accuracy")])
history = model.fit(data, epochs=3, validation_data=data, verbose=0)
print(sorted(history.history), model.predict(columns, verbose=0).shape)
