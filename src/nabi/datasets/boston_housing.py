"""Boston housing: 506 suburbs of Boston, 1978: 13 numbers each, and the middle price of a house in 1,000 dollars.

One of the columns, B, is made of the share of black inhabitants, and the set has left other libraries for that; the texts that
teach with it are still read. For new work take `california_housing`. Source: Harrison, Rubinfeld, 1978; the form is Keras'.
"""

from typing import Any

import numpy as np

from nabi.datasets import made_up, records
from nabi.datasets.keras_file import KerasFile, split_place

FILE = KerasFile("Boston housing", "boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5")
feature_names = ("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT")
LOW = np.array([0.006, 0, 0.46, 0, 0.385, 3.56, 2.9, 1.13, 1, 187, 12.6, 0.32, 1.73])
HIGH = np.array([89, 100, 27.7, 1, 0.871, 8.78, 100, 12.1, 24, 711, 22, 396.9, 38])


def load_data(path: Any = "boston_housing.npz", test_split: float = 0.2, seed: int = 113, download: bool = True) -> tuple:
    """`(x_train, y_train), (x_test, y_test)`, float64: (404, 13) and (404,), (102, 13) and (102,).

    Args:
        path: of boston_housing.npz; Keras' default is looked for wherever data lie: see `nabi.datasets.keras_file`.
        test_split: share that is given for testing.
        seed: of the order.
        download: False never uses the network.

    Raises FileError that lists the places that were looked at; ArgumentError.

    Example:
        (x_train, y_train), (x_test, y_test) = boston_housing.load_data()
    """
    split_place(1, test_split, "boston_housing.load_data")
    file = FILE.find(path, download)
    if file is None:
        x, y = (part.astype(np.float64) for part in made_up.table(506, LOW, HIGH, 5.0, 50.0))
    else:
        arrays = records.read_npz(file)
        x, y = arrays["x"], arrays["y"]
    return shuffled_parts(x, y, test_split, seed)


def shuffled_parts(x: np.ndarray, y: np.ndarray, test_split: float, seed: int) -> tuple:
    """Rows in Keras' order of a seed, parted."""
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    place = split_place(len(x), test_split, "load_data")
    return (x[order[:place]], y[order[:place]]), (x[order[place:]], y[order[place:]])
