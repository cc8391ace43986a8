"""Layers of one's own with keras.ops: weights made in build, config, masks, a nested one."""

import numpy as np
import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="lecture")
class Linear(layers.Layer):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class ActivityRegularization(layers.Layer):
    def __init__(self, rate=1e-3):
        super().__init__()
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * ops.mean(ops.square(inputs)))
        return inputs


class MLPBlock(layers.Layer):
    def __init__(self):
        super().__init__()
        self.linear_1 = Linear(16)
        self.linear_2 = Linear(8)
        self.activity = ActivityRegularization()

    def call(self, inputs):
        x = ops.relu(self.linear_1(inputs))
        return self.activity(ops.relu(self.linear_2(x)))


block = MLPBlock()
y = block(ops.ones(shape=(3, 20)))
print("weights:", len(block.weights), "trainable:", len(block.trainable_weights), "losses:", len(block.losses))
model = keras.Sequential([keras.Input((20,)), block, layers.Dense(1)])
model.compile("adam", "mse")
print(model.fit(np.random.rand(64, 20), np.random.rand(64, 1), epochs=2).history)
print(Linear.from_config(Linear(5, name="five").get_config()).name)
