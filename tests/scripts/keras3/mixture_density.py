# One x, several y: a net that answers with a mixture of Gaussians, its loss written with ops.logsumexp.
import keras
import numpy as np
from keras import layers, ops

K = 3
rng = np.random.default_rng(4)
y = rng.uniform(-1, 1, (600, 1)).astype("float32")
x = (y + 0.3 * np.sin(2 * np.pi * y) + rng.normal(0, 0.03, y.shape)).astype("float32")


class MixtureLoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        logit, mean, log_sigma = ops.split(y_pred, 3, axis=-1)
        log_weight = ops.log_softmax(logit, axis=-1)
        normal = -0.5 * ops.square((y_true - mean) * ops.exp(-log_sigma)) - log_sigma - 0.5 * float(np.log(2 * np.pi))
        return -ops.logsumexp(log_weight + normal, axis=-1)


class Spread(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        made = self.model.predict(x[:50], verbose=0)
        logs = logs or {}
        print(f"epoch {epoch + 1}: loss {logs.get('loss', float('nan')):.3f}, mean sigma {np.exp(made[:, 2 * K:]).mean():.3f}")


inputs = layers.Input(shape=(1,))
h = inputs
for width in (20, 20):
    h = layers.Dense(width, activation="tanh", kernel_constraint=keras.constraints.MaxNorm(3))(h)
outputs = layers.Concatenate()([layers.Dense(K, name="weights")(h), layers.Dense(K, name="means",
                               bias_initializer=keras.initializers.RandomUniform(-0.5, 0.5))(h),
                               layers.Dense(K, name="log_sigmas", bias_initializer=keras.initializers.Constant(-1.0))(h)])
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-2, clipnorm=1.0), loss=MixtureLoss())
model.fit(x, y, batch_size=50, epochs=4, verbose=0, callbacks=[Spread(), keras.callbacks.TerminateOnNaN()])
made = model.predict(np.linspace(-1, 1, 7, dtype="float32")[:, None], verbose=0)
weights = np.exp(made[:, :K]) / np.exp(made[:, :K]).sum(-1, keepdims=True)
print(np.round(weights, 2))
print(np.round(made[:, K:2 * K], 2))
