"""Data sets, each a module with `load_data()` as in Keras; imported when they are named.

    digits          5,000 real MNIST digits inside the package: no network, no files to fetch
    mnist           60,000 + 10,000 hand-written digits, 28x28 grey
    fashion_mnist   60,000 + 10,000 pieces of clothing, 28x28 grey
    cifar10         50,000 + 10,000 photographs in 10 classes, 32x32 colour
    cifar100        60,000 photographs in 100 classes or 20 groups, 32x32 colour
    imdb            50,000 film reviews as numbers of words, in 2 classes
    reuters         11,228 newswires as numbers of words, in 46 classes
    boston_housing, california_housing      tables with prices
    smiles          11,870 grey faces, 64x64, of which 3,332 smile: read where its archive lies, never fetched
    idx             reader and writer of MNIST's file format
    from_folder     one's own pictures: a folder for each class, a table, an archive
    check_folder    what is damaged, there twice or odd among them, before training
    standing_in     made-up data in the place of sets that are not there, for those who ask for them

Example:
    >>> from nabi.datasets import digits
    >>> (x_train, y_train), (x_test, y_test) = digits.load_data()
    >>> x_train.shape, y_test.shape
    ((4000, 28, 28), (1000,))
"""

import importlib
from typing import TYPE_CHECKING

from nabi.core.attributes import missing

if TYPE_CHECKING:
    from nabi.datasets import (
        boston_housing,
        california_housing,
        cifar10,
        cifar100,
        digits,
        fashion_mnist,
        idx,
        imdb,
        mnist,
        reuters,
        smiles,
    )
    from nabi.datasets.checking import Check, check_folder
    from nabi.datasets.folder import PictureSet, from_folder
    from nabi.datasets.standing import standing_in

__all__ = ["Check", "PictureSet", "boston_housing", "california_housing", "check_folder", "cifar10", "cifar100", "digits",
           "fashion_mnist", "from_folder", "idx", "imdb", "mnist", "reuters", "smiles", "standing_in"]


def __getattr__(name: str):
    if name not in __all__:
        missing(__name__, __all__, name)
    if name in ("Check", "check_folder"):
        return getattr(importlib.import_module("nabi.datasets.checking"), name)
    if name in ("PictureSet", "from_folder"):
        return getattr(importlib.import_module("nabi.datasets.folder"), name)
    if name == "standing_in":
        return importlib.import_module("nabi.datasets.standing").standing_in
    return importlib.import_module(f"nabi.datasets.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
