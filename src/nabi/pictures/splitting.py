"""Splitting: which pictures are trained on, watched in validation and held back for the test.

    wanted[side][class]    share of the class's pictures, rounded; one at least where the class has enough
    groups                 large ones first, each to the side that lacks most of its classes; a group is never torn
    single pictures        fill what is still wanted, class by class, in an order f(seed)

A class of one picture is trained on; of two, the second is held out. The same labels in the same order give the same split.
"""

from collections.abc import Sequence

import numpy as np

from nabi.core import random
from nabi.core.errors import ArgumentError
from nabi.core.numbers import is_number, whole

TRAIN, VALIDATION, TEST = range(3)


def split(labels: Sequence | np.ndarray, groups: Sequence | np.ndarray | None = None, validation: float = 0.1, test: float = 0.1,
          seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of the pictures for training, validation and test, each in ascending order.

    Args:
        labels: class of each picture, numbers or names (N,).
        groups: group of each picture (N,): those of one group, such as near duplicates or one person's, stay on one side.
        validation, test: shares in [0, 1), together below 1; 0 leaves a side empty.
        seed: of the order.

    Raises:
        ArgumentError: shares out of range, groups of another length, a seed that is no whole number.

    Example:
        >>> train, validation, test = split(["cat"] * 8 + ["dog"] * 4, validation=0.25, test=0.25, seed=1)
        >>> len(train), len(validation), len(test)
        (6, 3, 3)
    """
    for name, share in (("validation", validation), ("test", test)):
        if not is_number(share) or not 0 <= share < 1:
            raise ArgumentError(f"split({name})", "a share in [0, 1)", repr(share), "0.1 holds a tenth out.")
    if validation + test >= 1:
        raise ArgumentError("split(validation, test)", "shares that leave something for training", f"{validation} + {test}")
    whole("split(seed)", seed)
    y = np.unique(np.asarray(labels), return_inverse=True)[1].reshape(-1)
    n = len(y)
    if groups is not None and len(groups) != n:
        raise ArgumentError("split(groups)", f"a group for each of {n:,} pictures", f"{len(groups):,}")
    g = np.arange(n) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)
    side = _sides(y, g, (validation, test), random.stream(seed, random.SPLIT))
    return tuple(np.flatnonzero(side == s) for s in (TRAIN, VALIDATION, TEST))  # type: ignore[return-value]


def wanted(count: int, validation: float, test: float) -> tuple[int, int, int]:
    """Pictures of a class of `count` for (training, validation, test).

    Example:
        >>> wanted(100, 0.1, 0.2), wanted(3, 0.1, 0.1), wanted(2, 0.1, 0.1), wanted(1, 0.1, 0.1)
        ((70, 10, 20), (1, 1, 1), (1, 1, 0), (1, 0, 0))
    """
    held = []
    for share in (validation, test):
        least = share > 0 and count > 1 + len([n for n in held if n])
        held.append(min(max(int(share * count + 0.5), int(least)), max(count - 1 - sum(held), 0)))
    return count - sum(held), held[0], held[1]


def _sides(y: np.ndarray, g: np.ndarray, shares: tuple[float, float], generator: np.random.Generator) -> np.ndarray:
    """Side of each picture (N,), from class numbers and group numbers."""
    n = len(y)
    side = np.full(n, TRAIN)
    if not n:
        return side
    lacking = np.array([wanted(int(count), *shares) for count in np.bincount(y)]).T  # (side, class)
    used = [s for s in (TRAIN, VALIDATION, TEST) if s == TRAIN or shares[s - 1] > 0]
    order = generator.permutation(n)
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    sizes = np.bincount(g)
    by_group = order[np.argsort(g[order], kind="stable")]
    members = np.split(by_group, np.cumsum(sizes)[:-1])
    for k in sorted(np.flatnonzero(sizes > 1), key=lambda k: (-sizes[k], place[members[k][0]])):
        group = members[k]
        count = np.bincount(y[group], minlength=lacking.shape[1])
        best = max(used, key=lambda s: (int((count * lacking[s]).sum()), -s))
        side[group] = best
        lacking[best] -= count
    singles = order[sizes[g[order]] == 1]
    for k in range(lacking.shape[1]):
        free = singles[y[singles] == k]
        for s in (TEST, VALIDATION):  # what is left over is trained on
            taken = min(max(int(lacking[s, k]), 0), max(len(free) - int(lacking[TRAIN, k] > 0), 0)) if s in used else 0
            side[free[:taken]], free = s, free[taken:]
    _repair(side, y, [group for group in members if len(group)], used)
    return side


def _repair(side: np.ndarray, y: np.ndarray, members: list[np.ndarray], used: list[int]) -> None:
    """Gives each side a group of the classes that it lacks, where another side has that class twice; training comes first."""
    classes = int(y.max()) + 1
    counts = np.array([np.bincount(y[side == s], minlength=classes) for s in range(3)])
    if (counts[used] > 0).all():
        return
    groups_of: dict[int, list[np.ndarray]] = {}
    for group in sorted(members, key=len):
        for k in np.unique(y[group]):
            groups_of.setdefault(int(k), []).append(group)
    for s in used:
        for k in np.flatnonzero(counts[s] == 0):
            for group in groups_of.get(int(k), []):
                other = int(side[group[0]])
                count = np.bincount(y[group], minlength=classes)
                if other != s and (counts[other] - count)[count > 0].min() > 0:  # the other side keeps each of its classes
                    side[group] = s
                    counts[other] -= count
                    counts[s] += count
                    break
