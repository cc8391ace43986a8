"""Old folds: scikit-learn's `cross_validation`, whose splits knew the data: they are gone through as they are.

    for train, test in StratifiedKFold(y=Y, n_folds=10, shuffle=True, random_state=7): ...
    for train, test in KFold(len(Y), n_folds=10): ...

All other names are those of sklearn.model_selection.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import model_selection


class Folds:
    """Pairs of indices (train, test), drawn once.

    Args:
        split: a splitter of sklearn.model_selection.
        y: the labels, or how many samples there are.
    """

    def __init__(self, split: Any, y: Any):
        y = np.zeros(y) if np.ndim(y) == 0 else np.asarray(y)
        self.pairs = list(split.split(np.zeros(len(y)), y))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)


class KFold(Folds):
    """n_folds parts of n samples.

    Example:
        >>> [test.tolist() for _, test in KFold(4, n_folds=2)]
        [[0, 1], [2, 3]]
    """

    kind: Any = model_selection.KFold

    def __init__(self, n: Any, n_folds: int = 3, shuffle: bool = False, random_state: Any = None):
        super().__init__(self.kind(n_splits=n_folds, shuffle=shuffle, random_state=random_state if shuffle else None), n)


class StratifiedKFold(KFold):
    """n_folds parts with equal shares of the classes of y."""

    kind = model_selection.StratifiedKFold

    def __init__(self, y: Any, n_folds: int = 3, shuffle: bool = False, random_state: Any = None):
        super().__init__(y, n_folds, shuffle, random_state)


class ShuffleSplit(Folds):
    """n_iter random splits of n samples."""

    kind: Any = model_selection.ShuffleSplit

    def __init__(self, n: Any, n_iter: int = 10, test_size: Any = 0.1, train_size: Any = None, random_state: Any = None):
        super().__init__(self.kind(n_iter, test_size=test_size, train_size=train_size, random_state=random_state), n)


class StratifiedShuffleSplit(ShuffleSplit):
    """n_iter random splits with the shares of the classes of y."""

    kind = model_selection.StratifiedShuffleSplit

    def __init__(self, y: Any, n_iter: int = 10, test_size: Any = 0.1, train_size: Any = None, random_state: Any = None):
        super().__init__(y, n_iter, test_size, train_size, random_state)


class LeaveOneOut(Folds):
    """Each of n samples alone."""

    def __init__(self, n: int):
        super().__init__(model_selection.LeaveOneOut(), n)


def __getattr__(name: str) -> Any:
    return getattr(model_selection, name)


__all__ = sorted({*model_selection.__all__, "KFold", "StratifiedKFold", "ShuffleSplit", "StratifiedShuffleSplit", "LeaveOneOut"})
