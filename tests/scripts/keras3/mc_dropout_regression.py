"""How sure is a curve? Dropout left on at prediction, and a net that says its own spread (negative log-likelihood)."""
import keras
import numpy as np
from keras import ops

rng = np.random.default_rng(1)
x = rng.uniform(-2, 2, (320, 1)).astype("float32")
y = (np.sin(2 * x) + rng.normal(0, 0.05 + 0.15 * (x > 0), x.shape)).astype("float32")
grid = np.linspace(-3, 3, 25, dtype="float32")[:, None]


@keras.saving.register_keras_serializable("curves")
def nll(y_true, y_pred):
    mean, log_sigma = ops.split(y_pred, 2, axis=-1)
    return ops.mean(0.5 * ops.square((y_true - mean) / ops.exp(log_sigma)) + log_sigma, axis=-1)


inputs = keras.Input((1,))
h = keras.layers.Dense(48, activation="swish")(inputs)
h = keras.layers.Dropout(0.1)(h)
h = keras.layers.Dense(48, activation="swish")(h)
h = keras.layers.Dropout(0.1)(h)
model = keras.Model(inputs, keras.layers.Dense(2, kernel_initializer="zeros")(h))
model.compile(keras.optimizers.AdamW(learning_rate=keras.optimizers.schedules.CosineDecay(5e-3, 120), weight_decay=1e-4), loss=nll)
history = model.fit(x, y, batch_size=32, epochs=5, validation_split=0.1, verbose=0)
print({key: round(values[-1], 3) for key, values in history.history.items()})

draws = np.stack([ops.convert_to_numpy(model(grid, training=True)) for _ in range(15)])
mean = draws[..., 0].mean(0)
within = np.exp(draws[..., 1]).mean(0)
between = draws[..., 0].std(0)
for place in range(0, 25, 6):
    print(f"x {grid[place, 0]:5.2f}  mean {mean[place]:6.3f}  of the data {within[place]:.3f}  of the net {between[place]:.3f}")
model.save("curve.keras")
again = keras.saving.load_model("curve.keras")
assert np.allclose(model.predict(grid, verbose=0), again.predict(grid, verbose=0), atol=1e-6)
