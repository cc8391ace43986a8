"""TorchModuleWrapper: modules of PyTorch as layers. Oracle: the same modules, trained by autograd: w <- w - 0.1 dL/dw."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from nabi.core.errors import ArgumentError, NotServed

SOURCE = np.random.RandomState(0)
X, Y = SOURCE.randn(12, 5).astype("float32"), SOURCE.randn(12, 1).astype("float32")


def trained(module, x, y, steps):
    """The module after some steps of SGD on the mean squared error."""
    module = copy.deepcopy(module).train()
    weights = list(module.parameters())
    for _ in range(steps):
        gradients = torch.autograd.grad(nn.functional.mse_loss(module(torch.tensor(x)), torch.tensor(y)), weights)
        with torch.no_grad():
            for w, g in zip(weights, gradients, strict=True):
                w.sub_(g, alpha=0.1)
    return module.eval()


def test_a_module_learns_in_a_model(served, tmp_path):
    import keras

    module = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1))
    wanted = trained(module, X, Y, 3)
    layer = keras.layers.TorchModuleWrapper(module)
    model = keras.Sequential([keras.Input((5,)), layer])
    assert model.output_shape == (None, 1) and len(layer.trainable_weights) == 6 and len(layer.non_trainable_weights) == 2
    model.compile(keras.optimizers.SGD(0.1), "mse")
    for _ in range(3):
        model.train_on_batch(X, Y)
    assert np.allclose(model.predict(X, verbose=0), wanted(torch.tensor(X)).detach(), atol=1e-6)
    assert np.allclose(layer.non_trainable_weights[0].numpy(), wanted[1].running_mean, atol=1e-6)
    model.save_weights(tmp_path / "m.weights.h5")
    before = model.predict(X, verbose=0)
    model.train_on_batch(X, Y)
    model.load_weights(tmp_path / "m.weights.h5")
    assert np.allclose(model.predict(X, verbose=0), before)
    with pytest.raises(NotServed, match="save_weights"):
        model.save(tmp_path / "m.keras")


def test_modules_in_a_class_of_ones_own(served):
    import keras

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.words = keras.layers.TorchModuleWrapper(nn.Embedding(7, 3))
            self.head = keras.layers.TorchModuleWrapper(nn.Linear(3, 2), output_shape=(None, 2))

        def call(self, x):
            return self.head(self.words(x).mean(1))

    words, labels = SOURCE.randint(0, 7, (20, 4)), SOURCE.randint(0, 2, 20)
    net = Net()
    net.compile(keras.optimizers.Adam(0.05), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    losses = net.fit(words, labels, epochs=6, verbose=0).history["loss"]
    assert losses[-1] < losses[0] and len(net.trainable_weights) == 3
    for wrong in (3, nn.LazyLinear(2)):
        with pytest.raises(ArgumentError, match="torch.nn.Module|Call the module once"):
            keras.layers.TorchModuleWrapper(wrong)
