"""Stand-ins for a model and a training loop, the same for Keras' callbacks and ours."""

from types import SimpleNamespace

import numpy as np


class FakeModel:
    """What callbacks touch of a model. Weights after epoch e are [e], so that restored weights tell their epoch."""

    def __init__(self, learning_rate=0.1):
        self.stop_training = False
        self.optimizer = SimpleNamespace(learning_rate=np.float64(learning_rate))
        self.weights = [np.array([-1.0])]
        self.saved = []

    def get_weights(self):
        return [w.copy() for w in self.weights]

    def set_weights(self, weights):
        self.weights = [w.copy() for w in weights]

    def save(self, path, overwrite=True):
        self.saved.append(("model", path))

    def save_weights(self, path, overwrite=True):
        self.saved.append(("weights", path))


def run(callback, epochs, model=None, batches=0, start=0):
    """One `fit`: `epochs` is a list of the epochs' logs. Returns (model, epochs that ran, learning rate of each)."""
    model = model or FakeModel()
    model.stop_training = False
    callback.set_model(model)
    callback.on_train_begin()
    rates, ran = [], []
    for epoch, logs in enumerate(epochs, start):
        callback.on_epoch_begin(epoch)
        rates.append(float(model.optimizer.learning_rate))
        model.weights = [np.array([float(epoch)])]
        for batch in range(batches):
            callback.on_train_batch_begin(batch)
            callback.on_train_batch_end(batch, dict(logs))
            if model.stop_training:
                break
        ran.append(dict(logs))
        callback.on_epoch_end(epoch, ran[-1])
        if model.stop_training:
            break
    callback.on_train_end({})
    return model, ran, rates
