"""California housing: 20,640 districts of California, 1990: 8 numbers each, and the middle price of a house in dollars.

Source: Pace, Barry, "Sparse spatial autoregressions", 1997; the form is Keras'.
"""

from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError
from nabi.datasets import made_up, records
from nabi.datasets.boston_housing import shuffled_parts
from nabi.datasets.keras_file import KerasFile, split_place

FILE = KerasFile("California housing", "california_housing.npz",
                 "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f")
feature_names = ("longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "population", "households",
                 "median_income")
LOW = np.array([-124.3, 32.5, 1, 2, 1, 3, 1, 0.5])
HIGH = np.array([-114.3, 42, 52, 12000, 2500, 6000, 2200, 15])


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
    split_place(1, test_split, "california_housing.load_data")
    file = FILE.find(path, download)
    if file is None:
        x, y = made_up.table(20_640, LOW, HIGH, 15_000.0, 500_001.0)
    else:
        arrays = records.read_npz(file)
        x, y = arrays["x"], arrays["y"]
    n = 600 if version == "small" else len(x)
    return shuffled_parts(x[:n], y[:n], test_split, seed)
