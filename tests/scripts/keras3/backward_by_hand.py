# The loop of one's own on the backend torch: loss.backward(), gradients read from the variables, optimizer.apply under no_grad.
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch
from keras import layers

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = x_train[:800].reshape(-1, 28 * 28).astype("float32") / 255
y_train = y_train[:800].astype("int64")
x_test, y_test = x_test[:200].reshape(-1, 28 * 28).astype("float32") / 255, y_test[:200]


def get_model():
    inputs = keras.Input(shape=(28 * 28,))
    x = layers.Dense(32, activation="relu")(inputs)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


model = get_model()
loss_fn = keras.losses.SparseCategoricalCrossentropy()
optimizer = keras.optimizers.Adam(learning_rate=1e-2)
metric = keras.metrics.CategoricalAccuracy()
metrics = [keras.metrics.SparseCategoricalAccuracy(), keras.metrics.Mean(name="loss")]


def train_step(inputs, targets):
    predictions = model(inputs, training=True)
    loss = loss_fn(targets, predictions)
    model.zero_grad()
    loss.backward()
    trainable_weights = [v for v in model.trainable_weights]
    gradients = [v.value.grad for v in trainable_weights]
    with torch.no_grad():
        optimizer.apply(gradients, trainable_weights)
    metrics[0].update_state(targets, predictions)
    metrics[1].update_state(loss)
    return {m.name: m.result() for m in metrics}


first = None
for epoch in range(2):
    for m in metrics:
        m.reset_state()
    order = np.random.permutation(len(x_train))
    for i in range(0, len(order), 64):
        rows = order[i:i + 64]
        logs = train_step(torch.from_numpy(x_train[rows]), torch.from_numpy(y_train[rows]))
    first = first or float(logs["loss"])
    print(f"epoch {epoch}:", {name: round(float(value), 4) for name, value in logs.items()})


class CustomModel(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy()

    def train_step(self, data):
        inputs, targets = data
        predictions = self(inputs, training=True)
        loss = self.loss_fn(targets, predictions)
        self.zero_grad()
        loss.backward()
        trainable_weights = [v for v in self.trainable_weights]
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    @property
    def metrics(self):
        return [self.loss_tracker]


inputs = keras.Input(shape=(28 * 28,))
features = layers.Dense(32, activation="relu")(inputs)
own = CustomModel(inputs, layers.Dense(10, activation="softmax")(features))
own.compile(optimizer=keras.optimizers.Adam(1e-2))
history = own.fit(x_train, y_train, epochs=2, batch_size=64, verbose=2)
predicted = own.predict(x_test, verbose=0)
print(history.history["loss"], np.mean(predicted.argmax(axis=-1) == y_test))
assert np.isfinite(history.history["loss"]).all()
