"""Boston housing: 506 suburbs of Boston, 1978: 13 numbers each, and the middle price of a house in 1,000 dollars.

One of the columns, B, is made of the share of black inhabitants, and the set has left other libraries for that; the texts that
teach with it are still read. For new work take `california_housing`. Source: Harrison, Rubinfeld, 1978; the form is Keras'.
"""

from typing import Any

from nabi.datasets.keras_file import KerasFile
from nabi.datasets.table_set import TableSet

FILE = KerasFile("Boston housing", "boston_housing.npz", "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5")
COLUMNS = {"CRIM": (0.006, 89), "ZN": (0, 100), "INDUS": (0.46, 27.7), "CHAS": (0, 1), "NOX": (0.385, 0.871), "RM": (3.56, 8.78),
           "AGE": (2.9, 100), "DIS": (1.13, 12.1), "RAD": (1, 24), "TAX": (187, 711), "PTRATIO": (12.6, 22), "B": (0.32, 396.9),
           "LSTAT": (1.73, 38)}
feature_names = tuple(COLUMNS)
TABLE = TableSet(FILE, 506, COLUMNS, (5.0, 50.0), "float64")


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
    return TABLE.parts("boston_housing.load_data", path, test_split, seed, download)
