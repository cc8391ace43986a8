"""An optimizer of one's own: heavy-ball momentum written step by step, beside Keras' SGD; a loss by hand at the end."""

import keras
import numpy as np
from keras import layers, ops


class HeavyBall(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=0.05, momentum=0.9, name="heavy_ball", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum = momentum

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.speeds = [self.add_variable_from_reference(reference_variable=v, name="speed") for v in variables]

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        speed = self.speeds[self._get_variable_index(variable)]
        self.assign(speed, ops.subtract(ops.multiply(speed, self.momentum), ops.multiply(gradient, rate)))
        self.assign_add(variable, speed)

    def get_config(self):
        config = super().get_config()
        config.update({"momentum": self.momentum})
        return config


rng = np.random.default_rng(0)
x = rng.normal(size=(256, 5)).astype("float32")
y = x @ np.array([[1.0], [-2.0], [0.5], [0.0], [3.0]], dtype="float32") + 0.3


def trained(optimizer):
    keras.utils.set_random_seed(11)
    model = keras.Sequential([layers.Input(shape=(5,)), layers.Dense(8, activation="tanh"), layers.Dense(1)])
    model.compile(optimizer=optimizer, loss="mse", metrics=["mae"])
    history = model.fit(x, y, epochs=4, batch_size=32, shuffle=False, verbose=0)
    return history.history["loss"], model.predict(x[:4], verbose=0)


own, ours = trained(HeavyBall())
theirs, predicted = trained(keras.optimizers.SGD(0.05, momentum=0.9))
print("own:", own, "SGD:", theirs)
assert np.allclose(ours, predicted, rtol=1e-3, atol=1e-4)
print(HeavyBall(0.01).get_config()["momentum"])
