"""California housing: 20,640 districts of California, 1990: 8 numbers each, and the middle price of a house in dollars.

Source: Pace, Barry, "Sparse spatial autoregressions", 1997; the form is Keras'.
"""

from typing import Any

from nabi.core.errors import ArgumentError
from nabi.datasets.keras_file import KerasFile
from nabi.datasets.table_set import TableSet

FILE = KerasFile("California housing", "california_housing.npz",
                 "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f")
COLUMNS = {"longitude": (-124.3, -114.3), "latitude": (32.5, 42), "housing_median_age": (1, 52), "total_rooms": (2, 12000),
           "total_bedrooms": (1, 2500), "population": (3, 6000), "households": (1, 2200), "median_income": (0.5, 15)}
feature_names = tuple(COLUMNS)
TABLE = TableSet(FILE, 20_640, COLUMNS, (15_000.0, 500_001.0), "float32")


def load_data(version: str = "large", path: Any = "california_housing.npz", test_split: float = 0.2, seed: int = 113,
              download: bool = True) -> tuple:
    """`(x_train, y_train), (x_test, y_test)`, float32: (16512, 8) and (16512,), (4128, 8) and (4128,).

    Args:
        version: "large", or "small" for 600 districts.
        path: of california_housing.npz; Keras' default is looked for wherever data lie: see `nabi.datasets.keras_file`.
        test_split: share that is given for testing.
        seed: of the order.
        download: False never uses the network.

    Raises FileError that lists the places that were looked at; ArgumentError.

    Example:
        (x_train, y_train), (x_test, y_test) = california_housing.load_data()
    """
    if version not in ("large", "small"):
        raise ArgumentError("california_housing.load_data(version)", "'large' or 'small'", repr(version))
    return TABLE.parts("california_housing.load_data", path, test_split, seed, download, 600 if version == "small" else None)
