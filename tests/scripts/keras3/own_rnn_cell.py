# A recurrent cell of one's own in keras.layers.RNN, stacked and both ways; which number came first, from a noisy line.
import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable(package="lecture")
class MinimalGatedCell(layers.Layer):
    """f = sigmoid(x Wf + h Uf + bf);  h' = (1 - f) h + f tanh(x W + (f h) U + b)"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.output_size = units

    def build(self, input_shape):
        n = input_shape[-1]
        self.kernel = self.add_weight(shape=(n, 2 * self.units), initializer="glorot_uniform", name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, 2 * self.units), initializer="orthogonal", name="recurrent")
        self.bias = self.add_weight(shape=(2 * self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h = states[0]
        u = self.units
        x = ops.matmul(inputs, self.kernel) + self.bias
        f = ops.sigmoid(x[:, :u] + ops.matmul(h, self.recurrent[:, :u]))
        new = ops.tanh(x[:, u:] + ops.matmul(f * h, self.recurrent[:, u:]))
        h = (1 - f) * h + f * new
        return h, [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


rng = np.random.default_rng(3)
digits = rng.integers(0, 5, 400)
x = rng.normal(0, 0.1, (400, 12, 6)).astype("float32")
x[np.arange(400), 2, digits] += 1
x[:, 3:, 5] += rng.integers(0, 2, (400, 9))
model = keras.Sequential([
    keras.Input((12, 6)),
    layers.Bidirectional(layers.RNN(MinimalGatedCell(10), return_sequences=True)),
    layers.RNN([MinimalGatedCell(12), layers.GRUCell(8)]),
    layers.Dense(5, activation="softmax"),
])
model.summary()
model.compile(keras.optimizers.RMSprop(5e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:320], digits[:320], batch_size=20, epochs=3, validation_data=(x[320:], digits[320:]), verbose=2)
model.save("cell.keras")
again = keras.models.load_model("cell.keras")
print(np.abs(model.predict(x[:9], verbose=0) - again.predict(x[:9], verbose=0)).max() < 1e-6, again.predict(x[:9], verbose=0).shape)
