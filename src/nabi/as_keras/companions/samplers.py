"""imblearn's samplers, where imblearn is not installed: classes of unequal size come out equal, or as `sampling_strategy` asks.

    s_new = s + u (s_near - s)      SMOTE: s of the small class, s_near one of its k nearest of that class, u even in [0, 1)

    X, y = SMOTE(random_state=1).fit_resample(X, y)         RandomOverSampler repeats rows, RandomUnderSampler leaves rows out

Draws are made in imblearn's order: an equal `random_state` gives equal rows.
Source: Chawla et al. 2002, "SMOTE: synthetic minority over-sampling technique", section 4.2.
"""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import label_binarize
from sklearn.utils import check_array, check_random_state
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d

from nabi.core.errors import ArgumentError

__all__ = ["RandomOverSampler", "RandomUnderSampler", "SMOTE"]
STRATEGIES = ("auto", "all", "minority", "majority", "not minority", "not majority")


def chosen(counts: dict[Any, int], strategy: Any, over: bool) -> dict[Any, int]:
    """How many rows each class shall have in the end; classes that stay as they are do not stand in it.

    Args:
        counts: rows of each class.
        strategy: a name, a share (smaller class / larger class, for two classes), a dict, or a function of the labels.
        over: whether rows are added ("auto": to all but the largest class) or left out ("auto": of all but the smallest).

    Example:
        >>> chosen({0: 90, 1: 10}, "auto", True), chosen({0: 90, 1: 10}, 0.5, True), chosen({0: 90, 1: 10}, "auto", False)
        ({1: 90}, {1: 45}, {0: 10})
    """
    least, most = min(counts, key=lambda one: counts[one]), max(counts, key=lambda one: counts[one])
    if isinstance(strategy, str):
        if strategy not in STRATEGIES or strategy == ("majority" if over else "minority"):
            raise ArgumentError("sampling_strategy", f"one of {', '.join(STRATEGIES)}, a share or a dict", repr(strategy),
                                "Rows of the minority are added, rows of the majority left out.")
        name = strategy if strategy != "auto" else "not majority" if over else "not minority"
        one = {"minority": least, "majority": most}.get(name.removeprefix("not "))
        touched = [label for label in counts if name == "all" or (label == one) != name.startswith("not ")]
        return dict.fromkeys(touched, counts[most] if over else counts[least])
    if isinstance(strategy, dict):
        wanted = dict(strategy)
    elif len(counts) == 2:
        wanted = {least: int(counts[most] * strategy)} if over else {most: int(counts[least] / strategy)}
    else:
        raise ArgumentError("sampling_strategy", "a dict or a name for more than two classes", repr(strategy),
                            "A share is that of the smaller of two classes.")
    for label, number in wanted.items():
        if label not in counts or number < 0 or (number < counts[label] if over else number > counts[label]):
            raise ArgumentError("sampling_strategy", f"classes of y with {'at least' if over else 'at most'} their rows, "
                                f"{counts}", f"{label!r}: {number}", "RandomUnderSampler takes rows away, SMOTE adds them.")
    return wanted


def like(given: Any, rows: Any) -> Any:
    """Rows as what was given: a frame with its columns and dtypes, a column, a list, or an array."""
    if isinstance(given, list):
        return rows.tolist()
    if hasattr(given, "columns"):
        return type(given)(rows, columns=given.columns).astype(given.dtypes)
    return type(given)(rows, name=given.name, dtype=given.dtype) if hasattr(given, "iloc") else rows


class Sampler(BaseEstimator):
    """What the samplers share.

    Args:
        sampling_strategy: see `chosen`; called `ratio` up to imblearn 0.3.
        random_state: a seed.
        old: arguments of older versions: ratio and return_indices have their meaning, n_jobs and kind="regular" none.

    Attributes:
        sample_indices_: rows of X that were taken, of RandomOverSampler and RandomUnderSampler.
    """

    over = True
    sample_indices_: Any = None

    def __init__(self, sampling_strategy: Any = "auto", random_state: Any = None, **old: Any):
        self.sampling_strategy, self.random_state = old.get("ratio", sampling_strategy), random_state
        self.return_indices = old.get("return_indices", False)
        if old.get("kind", "regular") != "regular":
            raise ArgumentError(f"{type(self).__name__}(kind)", "'regular'", repr(old["kind"]),
                                "The package itself has the other kinds: pip install imbalanced-learn.")

    def fit(self, X: Any, y: Any) -> "Sampler":
        """Counts the classes."""
        labels, _ = labels_of(y)
        counts = dict(zip(*(part.tolist() for part in np.unique(labels, return_counts=True)), strict=True))
        strategy = self.sampling_strategy(y) if callable(self.sampling_strategy) else self.sampling_strategy
        wanted = chosen(counts, strategy, self.over)
        self.sampling_strategy_ = {one: number - counts[one] if self.over else number for one, number in wanted.items()}
        return self

    def fit_resample(self, X: Any, y: Any) -> tuple[Any, ...]:
        """X and y with the classes evened out: the rows that were there, then the new ones.

        Args:
            X: (N, features), an array or a frame. y: N labels, or one-hot rows.
        """
        self.fit(X, y)
        labels, one_hot = labels_of(y)
        rows, found = self.sampled(X, labels)
        made = label_binarize(found, classes=np.unique(labels)) if one_hot else found
        found_y = like(y, made)
        if hasattr(rows, "iloc") and hasattr(found_y, "iloc"):
            found_y.index = rows.index
        return (rows, found_y, self.sample_indices_) if self.return_indices else (rows, found_y)

    def fit_sample(self, X: Any, y: Any) -> tuple[Any, ...]:
        """`fit_resample` by its name up to imblearn 0.7."""
        return self.fit_resample(X, y)

    def transform(self, X: Any) -> Any:
        """X as it is: a pipeline's predict passes samplers by."""
        return X

    def sampled(self, X: Any, labels: np.ndarray) -> tuple[Any, np.ndarray]:
        """Rows and labels; each sampler has its own way, without one all stay."""
        return X, labels


def labels_of(y: Any) -> tuple[np.ndarray, bool]:
    """Labels, and whether they came as one-hot rows."""
    values = np.asarray(y)
    if type_of_target(values) == "multilabel-indicator":
        if (values.sum(axis=1) > 1).any():
            raise ArgumentError("y", "one class a row", "rows with several ones", "Such a row is of no single class.")
        return values.argmax(axis=1), True
    return column_or_1d(values), False


class SMOTE(Sampler):
    """Adds rows between a row of a small class and one of its nearest neighbours of that class.

    Args:
        sampling_strategy, random_state, old: see `Sampler`.
        k_neighbors: neighbours that are drawn from, or a NearestNeighbors of one more; a class needs more rows than these.
    """

    def __init__(self, sampling_strategy: Any = "auto", random_state: Any = None, k_neighbors: Any = 5, **old: Any):
        super().__init__(sampling_strategy, random_state, **old)
        self.k_neighbors = k_neighbors

    def sampled(self, X: Any, labels: np.ndarray) -> tuple[Any, np.ndarray]:
        values = check_array(X)
        rows, found = [values], [labels]
        for label, number in self.sampling_strategy_.items():
            if number:
                rows.append(self.between(values[labels == label], number))
                found.append(np.full(number, label, labels.dtype))
        return like(X, np.vstack(rows)), np.hstack(found)

    def between(self, s: np.ndarray, number: int) -> np.ndarray:
        """New rows of one class.  s: (rows, features) -> (number, features)"""
        by_count = isinstance(self.k_neighbors, (int, np.integer))
        search: Any = NearestNeighbors(n_neighbors=int(self.k_neighbors) + 1) if by_count else clone(self.k_neighbors)
        near = search.fit(s).kneighbors(s, return_distance=False)[:, 1:]  # (rows, k), without the row itself
        draws = check_random_state(self.random_state)
        row, column = np.divmod(draws.randint(0, near.size, number), near.shape[1])
        u = draws.uniform(size=number)[:, None]
        return (s[row] + u * (s[near[row, column]] - s[row])).astype(s.dtype)


class RandomOverSampler(Sampler):
    """Repeats rows of small classes.

    Args:
        sampling_strategy, random_state, old: see `Sampler`.
    """

    def sampled(self, X: Any, labels: np.ndarray) -> tuple[Any, np.ndarray]:
        draws, taken = check_random_state(self.random_state), [np.arange(len(labels))]
        for label, number in self.sampling_strategy_.items():
            taken.append(draws.choice(np.flatnonzero(labels == label), size=number, replace=True))
        self.sample_indices_ = np.concatenate(taken)
        rows = X.iloc[self.sample_indices_].reset_index(drop=True) if hasattr(X, "iloc") else picked(X, self.sample_indices_)
        return rows, labels[self.sample_indices_]


class RandomUnderSampler(Sampler):
    """Leaves out rows of large classes; what stays is sorted by class.

    Args:
        sampling_strategy, random_state, old: see `Sampler`.
        replacement: whether a row may be taken twice.
    """

    over = False

    def __init__(self, sampling_strategy: Any = "auto", random_state: Any = None, replacement: bool = False, **old: Any):
        super().__init__(sampling_strategy, random_state, **old)
        self.replacement = replacement

    def sampled(self, X: Any, labels: np.ndarray) -> tuple[Any, np.ndarray]:
        draws, taken = check_random_state(self.random_state), []
        for label in np.unique(labels):
            places = np.flatnonzero(labels == label)
            if label in self.sampling_strategy_:
                places = places[draws.choice(len(places), size=self.sampling_strategy_[label], replace=self.replacement)]
            taken.append(places)
        self.sample_indices_ = np.concatenate(taken)
        return picked(X, self.sample_indices_), labels[self.sample_indices_]


def picked(X: Any, places: np.ndarray) -> Any:
    """Rows of an array, a frame (which keep their index) or a list."""
    if hasattr(X, "iloc"):
        return X.iloc[places]
    return [X[place] for place in places] if isinstance(X, list) else np.asarray(X)[places]
