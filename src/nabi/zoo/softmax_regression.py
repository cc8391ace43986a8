"""Softmax regression: one dense layer and a softmax, forward and backward by hand, and the same as a line of nabi.

    Z = X W + b                          P = e^Z / sum over classes of e^Z             X: (N, d)  W: (d, C)  Z, P: (N, C)
    L = -1/N sum over n of log P[n, y_n]
    dL/dZ = (P - Y) / N                  dL/dW = X^T dL/dZ             dL/db = sum over n of dL/dZ            Y: one-hot labels

    >>> X, y = np.array([[0.0], [1.0], [3.0], [4.0]]), np.array([0, 0, 1, 1])
    >>> model = SoftmaxRegression(1, 2)
    >>> [round(model.step(X, y, rate=1.0), 3) for _ in range(4)]
    [0.693, 0.602, 0.364, 0.285]

Source: Cox, "The regression analysis of binary sequences", 1958; Bishop, "Pattern recognition and machine learning", 2006, 4.3.4.
"""

from typing import Any

import numpy as np

from nabi.core.calls import checked
from nabi.layers import Dense, Flatten, Input
from nabi.models import Sequential
from nabi.zoo.card import Paper, network
from nabi.zoo.parts import shares

PAPER = Paper("Cox", "The regression analysis of binary sequences", "J. R. Statist. Soc. B 20", 1958)


def softmax(Z: np.ndarray) -> np.ndarray:
    """Shares that sum to 1 in each row; the largest score is taken off first, so that nothing overflows."""
    e = np.exp(Z - Z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


class SoftmaxRegression:
    """The model from scratch, in NumPy.

    Args:
        inputs: numbers of a sample.
        classes: number of classes.

    Attributes:
        W, b: weights, zeros at first: the loss has one valley, so any start will do.
    """

    def __init__(self, inputs: int, classes: int):
        self.W, self.b = np.zeros((inputs, classes)), np.zeros(classes)

    def forward(self, X: Any) -> np.ndarray:
        """P: (N, inputs) -> (N, classes)."""
        return softmax(X @ self.W + self.b)

    def loss(self, X: Any, y: Any) -> float:
        """L for whole-number labels y."""
        return float(-np.log(self.forward(X)[np.arange(len(y)), y]).mean())

    def backward(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """dL/dW and dL/db."""
        dZ = self.forward(X)
        dZ[np.arange(len(y)), y] -= 1
        dZ /= len(y)
        return X.T @ dZ, dZ.sum(0)

    def step(self, X: Any, y: Any, rate: float) -> float:
        """One step downhill; gives the loss before it."""
        loss = self.loss(X, y)
        dW, db = self.backward(X, y)
        self.W -= rate * dW
        self.b -= rate * db
        return loss


@network(PAPER, "the model itself, LeCun et al.'s linear classifier of 1998", 7_850, 7_840,
         "12.0 % errors of a linear classifier on MNIST (LeCun et al. 1998, figure 9)")
@checked
def softmax_regression(input_shape=(28, 28, 1), classes=10) -> Sequential:
    """The same as a network of nabi's.

    Args:
        input_shape: shape of a sample.
        classes: number of classes.
    """
    return Sequential([
        Input(input_shape, name="sample"),
        Flatten(name="flatten"),
        Dense(classes, activation=shares(classes), kernel_initializer="zeros", name="classes"),
    ], name="softmax_regression")
