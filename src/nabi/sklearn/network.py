"""Dense net: the network that Classifier and Regressor take when none is given; it fits the data's shape and scale.

    x -> (x - mean) / sigma -> [flat] -> Dense(100, relu) -> Dense(classes, softmax)                      classes
                                                          -> Dense(targets) -> y = mean_y + sigma_y z     numbers

mean and sigma are those of each feature (of each channel of pictures) in the data that `fit` sees; so no scaler is needed.
"""

import numpy as np

from nabi.layers import Dense, Dropout, Flatten, Input, Normalization, Rescaling
from nabi.models import Sequential


def dense_net(X, y, n_classes: int | None = None, hidden=(100,), activation: str = "relu", dropout: float = 0.0) -> Sequential:
    """A network of Dense layers for X and y.

    Args:
        X: (samples, ...), the data that it is to be fitted to.
        y: numbers of classes, or (samples, targets).
        n_classes: how many classes there are; None for a regression.
        hidden: units of the hidden layers, one after the other; a number for a single one.
        activation: of the hidden layers.
        dropout: rate behind each hidden layer.

    Example:
        >>> X = np.array([[0.0, 10.0], [1.0, 30.0]])
        >>> net = dense_net(X, np.array([0, 1]), n_classes=2, hidden=(5, 4))
        >>> [layer.units for layer in net.layers if isinstance(layer, Dense)], net.count_params()
        ([5, 4, 2], 49)
    """
    layers = [Input(X.shape[1:]), Normalization(mean=spread(X)[0], variance=spread(X)[1])]
    layers += [Flatten()] if X.ndim > 2 else []
    for units in [hidden] if isinstance(hidden, int) else hidden:
        layers += [Dense(units, activation), *([Dropout(dropout)] if dropout else [])]
    if n_classes is not None:
        return Sequential([*layers, Dense(n_classes, "softmax")])
    mean, variance = spread(y)
    scale, offset = np.sqrt(variance).tolist(), mean.tolist()
    return Sequential([*layers, Dense(y.shape[1]), Rescaling(scale, offset)])


def spread(x) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance along the last axis; the variance of what never changes counts as 1.

    Example:
        >>> spread(np.array([[1.0, 7.0], [3.0, 7.0]]))
        (array([2., 7.]), array([1., 1.]))
    """
    x = np.asarray(x, np.float64).reshape(-1, np.shape(x)[-1])
    variance = x.var(0)
    return x.mean(0), np.where(variance > 1e-14 * np.square(x).mean(0), variance, 1.0)
