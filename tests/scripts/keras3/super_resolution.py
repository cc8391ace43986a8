# Small pictures made larger: sub-pixel convolution, a metric of one's own (PSNR), a learning rate that steps down.
import keras
import numpy as np
from keras import layers, ops


class DepthToSpace(layers.Layer):
    def __init__(self, block=2, **kwargs):
        super().__init__(**kwargs)
        self.block = block

    def call(self, x):
        _, h, w, c = x.shape
        r = self.block
        x = ops.reshape(x, (-1, h, w, r, r, c // (r * r)))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, h * r, w * r, c // (r * r)))

    def compute_output_shape(self, s):
        return (s[0], s[1] * self.block, s[2] * self.block, s[3] // self.block**2)

    def get_config(self):
        return {**super().get_config(), "block": self.block}


class PSNR(keras.metrics.Metric):
    def __init__(self, name="psnr", **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        mse = ops.mean(ops.square(ops.cast(y_true, y_pred.dtype) - y_pred), axis=(1, 2, 3))
        self.total.assign_add(ops.sum(-10.0 * ops.log(mse + 1e-8) / ops.log(10.0)))
        self.count.assign_add(ops.cast(ops.shape(y_true)[0], "float32"))

    def result(self):
        return self.total / self.count

    def reset_state(self):
        self.total.assign(0.0)
        self.count.assign(0.0)


(large, _), (held, _) = keras.datasets.cifar10.load_data()
large, held = large[:256].astype("float32") / 255, held[:64].astype("float32") / 255
small, held_small = (x.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4)) for x in (large, held))
inputs = keras.Input((16, 16, 3))
x = layers.Conv2D(24, 5, padding="same", activation="relu")(inputs)
for _ in range(2):
    y = layers.Conv2D(24, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    x = layers.add([x, layers.Conv2D(24, 3, padding="same")(y)])
x = DepthToSpace(2)(layers.Conv2D(12, 3, padding="same")(x))
outputs = layers.add([x, layers.UpSampling2D(2, interpolation="bilinear")(inputs)])
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.Adam(keras.optimizers.schedules.PiecewiseConstantDecay([20], [1e-3, 5e-4])), "mae", metrics=[PSNR()])
model.fit(small, large, batch_size=16, epochs=2, validation_data=(held_small, held), verbose=2)
made = np.clip(model.predict(held_small, verbose=0), 0, 1)
print(made.shape, "mean error", float(np.abs(made[:32] - held[:32]).mean()))
