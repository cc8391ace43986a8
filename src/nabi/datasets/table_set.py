"""Table set: rows of numbers and a price each, as Keras' boston_housing and california_housing give them.

    rows of the file, in the order of RandomState(seed).shuffle, parted at (1 - test_split)

Source: Keras 3, datasets/boston_housing.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nabi.datasets import made_up, records
from nabi.datasets.keras_file import KerasFile, split_place


@dataclass(frozen=True)
class TableSet:
    """A table with prices.

    Attributes:
        file: where its arrays x and y are.
        rows: number of rows. columns: about between which numbers each lies. prices: the same of the prices; for made-up data.
        dtype: of all of them.
    """

    file: KerasFile
    rows: int
    columns: Mapping[str, tuple[float, float]]
    prices: tuple[float, float]
    dtype: str

    def parts(self, where: str, path: Any, test_split: float, seed: int, download: bool, most: int | None = None) -> tuple:
        """`(x_train, y_train), (x_test, y_test)` of the first `most` rows.

        Raises FileError that lists the places that were looked at; ArgumentError for no share.
        """
        split_place(1, test_split, where)
        found = self.file.find(path, download)
        if found is None:
            low, high = np.array(list(self.columns.values())).T
            x, y = (part.astype(self.dtype) for part in made_up.table(self.rows, low, high, *self.prices))
        else:
            arrays = records.read_npz(found)
            x, y = arrays["x"], arrays["y"]
        order = np.arange(len(x[:most]))
        np.random.RandomState(seed).shuffle(order)
        place = split_place(len(order), test_split, where)
        return (x[order[:place]], y[order[:place]]), (x[order[place:]], y[order[place:]])
