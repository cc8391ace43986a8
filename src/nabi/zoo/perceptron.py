"""Perceptron: a weighted sum and a threshold, and the rule by which it learns from its mistakes.

    answer    y' = 1 if w.x + b > 0 else 0
    rule      w <- w + rate (y - y') x,    b <- b + rate (y - y')        nothing changes where the answer is right

If a line (a plane, ...) parts the two classes, the rule finds one after finitely many mistakes. XOR has no such line, since
(0,0) and (1,1) lie on both sides of every line between (0,1) and (1,0): the mistakes never end. A hidden layer solves it.

    >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> AND, XOR = Perceptron(), Perceptron()
    >>> AND.fit(X, [0, 0, 0, 1])                              # mistakes of each pass, until there are none
    [1, 3, 3, 2, 1, 0]
    >>> AND.answer(X)
    array([0, 0, 0, 1])
    >>> min(XOR.fit(X, [0, 1, 1, 0], epochs=1000))
    2
    >>> hidden = np.stack([Perceptron([1, 1], 0).answer(X), Perceptron([1, 1], -1).answer(X)], axis=1)     # OR, AND
    >>> Perceptron([1, -1], 0).answer(hidden)                 # OR and not AND: two layers
    array([0, 1, 1, 0])

Source: Rosenblatt, "The perceptron", Psychological Review 65, 1958; Minsky & Papert, "Perceptrons", 1969 (XOR).
"""

from typing import Any

import numpy as np

from nabi.core.calls import checked
from nabi.core.errors import ArgumentError
from nabi.layers import Dense, Flatten, Input
from nabi.models import Sequential
from nabi.zoo.card import Paper, network

PAPER = Paper("Rosenblatt", "The perceptron: a probabilistic model for information storage and organization in the brain",
              "Psychological Review 65", 1958)


class Perceptron:
    """One unit and its learning rule, in NumPy.

    Args:
        w: weights; None begins with zeros for the first data it is fitted to.
        b: bias.
        rate: how far a mistake moves the weights.
    """

    def __init__(self, w: Any = None, b: float = 0.0, rate: float = 1.0):
        self.w = None if w is None else np.asarray(w, float)
        self.b, self.rate = float(b), rate

    def answer(self, X: Any) -> np.ndarray:
        """0 or 1 for each row of X: (N, inputs) -> (N,)."""
        w = 0.0 if self.w is None else self.w
        return np.where((np.asarray(X) * w).sum(-1) + self.b > 0, 1, 0)

    def fit(self, X: Any, y: Any, epochs: int = 100) -> list[int]:
        """Passes over the samples until there is no mistake, at most so many; gives the mistakes of each pass."""
        X, y = np.asarray(X, float), np.asarray(y)
        self.w = np.zeros(X.shape[1]) if self.w is None else self.w
        mistakes: list[int] = []
        while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
            mistakes.append(0)
            for x, target in zip(X, y, strict=True):
                error = target - self.answer(x)
                self.w = self.w + self.rate * error * x
                self.b = self.b + self.rate * error
                mistakes[-1] += int(error != 0)
        return mistakes

    def network(self) -> Sequential:
        """The same unit as a network of nabi's.

        Raises:
            ArgumentError: it has no weights yet.
        """
        if self.w is None:
            raise ArgumentError("Perceptron.network", "weights", "none", "Call fit first.")
        model = perceptron((len(self.w),))
        model.layers[-1].set_weights([self.w[:, None], [self.b]])
        return model


@network(PAPER, "the unit with a threshold", 3, 2)
@checked
def perceptron(input_shape=(2,), classes=2) -> Sequential:
    """One unit for two classes, one a class for more. Its step has the derivative 0: `fit` cannot train it, `Perceptron` can.

    Args:
        input_shape: shape of a sample.
        classes: number of classes.
    """
    return Sequential([
        Input(input_shape, name="sample"),
        Flatten(name="flatten"),
        Dense(1 if classes == 2 else classes, activation="step", name="classes"),
    ], name="perceptron")
