"""Two-layer net: a hidden layer and back-propagation, by hand, and the same as lines of nabi.

    A = X W1 + b1          H = max(0, A)          Z = H W2 + b2          P = softmax(Z)          L = -1/N sum log P[n, y_n]
    dZ = (P - Y) / N       dW2 = H^T dZ           db2 = sum dZ
    dH = dZ W2^T           dA = dH where A > 0, else 0                   dW1 = X^T dA            db1 = sum dA

Each line of the way back is the line of the way there, read from right to left.

    >>> X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    >>> model = TwoLayerNet(2, 8, 2, seed=1)
    >>> losses = [model.step(X, y, rate=0.5) for _ in range(500)]
    >>> model.forward(X).argmax(1), losses[-1] < 0.05                               # XOR, which one layer cannot learn
    (array([0, 1, 1, 0]), True)

Source: Rumelhart, Hinton & Williams, "Learning representations by back-propagating errors", Nature 323, 1986.
"""

from typing import Any

import numpy as np

from nabi.core.calls import checked
from nabi.layers import Dense, Flatten, Input
from nabi.models import Sequential
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import shares
from nabi.zoo.softmax_regression import softmax

PAPER = Paper("Rumelhart, Hinton & Williams", "Learning representations by back-propagating errors", "Nature 323", 1986)


class TwoLayerNet:
    """The net from scratch, in NumPy.

    Args:
        inputs, units, classes: numbers of a sample, of the hidden layer, of classes.
        seed: of the first weights, which are He's: normal with variance 2 / inputs.
    """

    def __init__(self, inputs: int, units: int, classes: int, seed: int = 0):
        rng = np.random.default_rng(seed)
        self.W1, self.b1 = rng.normal(0, np.sqrt(2 / inputs), (inputs, units)), np.zeros(units)
        self.W2, self.b2 = rng.normal(0, np.sqrt(2 / units), (units, classes)), np.zeros(classes)

    def forward(self, X: Any) -> np.ndarray:
        """P: (N, inputs) -> (N, classes). A and H are kept for the way back."""
        self.A = X @ self.W1 + self.b1
        self.H = np.maximum(0, self.A)
        return softmax(self.H @ self.W2 + self.b2)

    def loss(self, X: Any, y: Any) -> float:
        """L for whole-number labels y."""
        return float(-np.log(self.forward(X)[np.arange(len(y)), y]).mean())

    def backward(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """dL/dW1, dL/db1, dL/dW2, dL/db2."""
        dZ = self.forward(X)
        dZ[np.arange(len(y)), y] -= 1
        dZ /= len(y)
        dW2, db2 = self.H.T @ dZ, dZ.sum(0)
        dH = dZ @ self.W2.T
        dA = dH * (self.A > 0)
        return X.T @ dA, dA.sum(0), dW2, db2

    def step(self, X: Any, y: Any, rate: float) -> float:
        """One step downhill; gives the loss before it."""
        loss = self.loss(X, y)
        for weight, gradient in zip((self.W1, self.b1, self.W2, self.b2), self.backward(X, y), strict=True):
            weight -= rate * gradient
        return loss


@network(PAPER, "a hidden layer; its size as in LeCun et al. 1998, figure 9", 238_510, 238_200,
         "4.7 % errors on MNIST (LeCun et al. 1998, figure 9, 28x28-300-10)")
@checked
def two_layer(input_shape=(28, 28, 1), classes=10, units=300) -> Sequential:
    """The same as a network of nabi's.

    Args:
        input_shape: shape of a sample.
        classes: number of classes.
        units: of the hidden layer.
    """
    return Sequential([
        Input(input_shape, name="sample"),
        Flatten(name="flatten"),
        Dense(units, activation="relu", kernel_initializer="he_normal", name="hidden"),
        Dense(classes, activation=shares(classes), kernel_initializer="he_normal", name="classes"),
    ], name="two_layer")
