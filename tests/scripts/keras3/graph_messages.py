"""Nodes of a graph learn from their neighbours: gathering along edges, sums by node, an own layer; classes of nodes."""

import numpy as np
import keras
from keras import layers, ops

rng = np.random.default_rng(0)
nodes, classes = 120, 3
labels = rng.integers(0, classes, nodes)
features = (np.eye(classes)[labels] + rng.normal(0, 1.0, (nodes, classes))).astype("float32")
pairs = rng.integers(0, nodes, (900, 2))
edges = np.array([pair for pair in pairs if labels[pair[0]] == labels[pair[1]] or rng.random() < 0.1])
edges = edges[edges[:, 0].argsort()]


class Messages(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel")
        self.attention = self.add_weight(shape=(2 * self.units, 1), initializer="glorot_uniform", name="attention")

    def call(self, states):
        h = ops.matmul(states, self.kernel)
        both = ops.reshape(ops.take(h, edges, axis=0), (len(edges), -1))
        scores = ops.exp(ops.clip(ops.squeeze(ops.leaky_relu(ops.matmul(both, self.attention)), -1), -2, 2))
        sums = ops.segment_sum(scores, edges[:, 0], num_segments=nodes)
        shares = scores / ops.take(sums, edges[:, 0])
        heard = ops.take(h, edges[:, 1], axis=0) * ops.expand_dims(shares, -1)
        return h + ops.segment_sum(heard, edges[:, 0], num_segments=nodes)


class NodeClassifier(keras.Model):
    """The graph is an attribute; the inputs are numbers of nodes."""

    def __init__(self, states):
        super().__init__()
        self.states = ops.convert_to_tensor(states)
        self.first, self.second, self.answer = Messages(8), Messages(8), layers.Dense(classes)

    def call(self, numbers):
        x = ops.relu(self.first(self.states))
        x = x + ops.relu(self.second(x))
        return self.answer(ops.take(x, ops.cast(numbers, "int32"), axis=0))


model = NodeClassifier(features)
model(np.arange(10))  # makes the weights
model.compile(keras.optimizers.Adam(0.02), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
order = rng.permutation(nodes)
held = order[90:], labels[order[90:]]
history = model.fit(order[:90], labels[order[:90]], batch_size=30, epochs=6, validation_data=held, verbose=0)
print(sorted(history.history), model.predict(np.arange(7), verbose=0).shape)
counts = ops.bincount(ops.convert_to_tensor(edges[:, 0]), minlength=nodes)
print(int(ops.sum(counts)) == len(edges), float(ops.median(ops.cast(counts, "float32"))) > 0)
