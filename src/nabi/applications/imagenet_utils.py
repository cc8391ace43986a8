"""ImageNet: how pictures are prepared for each network, and the names of what it answers.

    "caffe"    RGB -> BGR, minus the mean of each channel (103.939, 116.779, 123.68)       VGG, ResNet
    "tf"       x / 127.5 - 1, from -1 to 1                                                 the others
    "torch"    (x / 255 - mean) / deviation of each channel                                DenseNet

Source: Keras 3, applications/imagenet_utils.py.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nabi.applications.building import IMAGENET, folders
from nabi.core.errors import ArgumentError, ShapeError
from nabi.core.numbers import whole
from nabi.layers.node import Symbol
from nabi.ops import flip

BGR = (103.939, 116.779, 123.68)
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
INDEX = "imagenet_class_index.json"  # Keras' file of numbers and names


def preprocess_input(x: Any, data_format: Any = None, mode: str = "caffe") -> Any:
    """Pixels of 0-255, RGB, as a network wants them: an array, tensor or symbol, of one picture or many; x stays as it is.

    Args:
        x: (..., height, width, 3).
        data_format: None or "channels_last".
        mode: "caffe", "tf" or "torch".

    Example:
        >>> preprocess_input(np.full((1, 1, 3), 255), mode="tf").tolist()
        [[[1.0, 1.0, 1.0]]]

    Keras changes an array of floats in place. Raises ArgumentError: another mode or layout.
    """
    if data_format not in (None, "channels_last"):
        raise ArgumentError("preprocess_input(data_format)", '"channels_last", nabi\'s one layout', repr(data_format))
    if mode not in ("caffe", "tf", "torch"):
        raise ArgumentError("preprocess_input(mode)", '"caffe", "tf" or "torch"', repr(mode))
    if not isinstance(x, (Symbol, torch.Tensor)):
        x = np.asarray(x)
        x = x if x.dtype.kind == "f" else x.astype("float32")
    elif isinstance(x, torch.Tensor) and not x.is_floating_point():
        x = x.float()
    if mode == "tf":
        return x / 127.5 - 1.0

    def each(numbers: tuple) -> Any:
        if isinstance(x, torch.Tensor):
            return torch.tensor(numbers, dtype=x.dtype, device=x.device)
        return np.asarray(numbers, x.dtype if isinstance(x, np.ndarray) else "float32")

    if mode == "torch":
        return (x / 255.0 - each(MEAN)) / each(DEVIATION)
    turned = x[..., ::-1] if isinstance(x, np.ndarray) else flip(x, axis=-1)
    return turned - each(BGR)


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, float]]]:
    """For each sample the likeliest classes of ImageNet: (number in WordNet, name, share).

    Args:
        preds: (N, 1000) as `predict` gives them.
        top: how many classes.

    The names come with nabi; WordNet's numbers lie in Keras' file `imagenet_class_index.json`, which is read where it is there
    (NABI_DATA or ~/.keras/models); without it they are empty texts.

    Example:
        >>> [[(number, name, share)]] = decode_predictions(np.eye(1000)[[1]], top=1)
        >>> name, share
        ('goldfish', 1.0)

    Raises ShapeError for anything but 1,000 shares a sample.
    """
    p = np.asarray(preds)
    if p.ndim != 2 or p.shape[1] != IMAGENET:
        raise ShapeError("decode_predictions(preds)", f"shares of the {IMAGENET} classes of ImageNet, (N, {IMAGENET})", p.shape)
    count = int(whole("decode_predictions(top)", top, least=1))
    words = class_words()
    return [[(*words[i], float(row[i])) for i in np.argsort(-row, kind="stable")[:count]] for row in p]


@cache
def class_words() -> list[tuple[str, str]]:
    """Number and name of each class, in order."""
    for folder in folders():
        path = folder / INDEX
        if path.is_file():
            found = json.loads(path.read_text(encoding="utf-8"))
            return [(str(found[str(i)][0]), str(found[str(i)][1])) for i in range(IMAGENET)]
    lines = (Path(__file__).parent.parent / "zoo" / "imagenet.txt").read_text(encoding="utf-8").splitlines()
    return [("", line.split(",")[0].replace(" ", "_")) for line in lines]


def prepared(mode: str, module: str) -> Any:
    """The `preprocess_input` of a network, with its mode."""

    def preprocess(x: Any, data_format: Any = None) -> Any:
        return preprocess_input(x, data_format, mode)

    preprocess.__name__ = preprocess.__qualname__ = "preprocess_input"
    preprocess.__module__ = module
    preprocess.__doc__ = f'Pixels of 0-255 as this network wants them: mode "{mode}" of `imagenet_utils.preprocess_input`.'
    return preprocess


def as_they_are(module: str) -> Any:
    """The `preprocess_input` of a network that scales pixels of 0-255 itself."""

    def preprocess(x: Any, data_format: Any = None) -> Any:
        return x

    preprocess.__name__ = preprocess.__qualname__ = "preprocess_input"
    preprocess.__module__ = module
    preprocess.__doc__ = "The pictures as they are: the network scales pixels of 0-255 itself."
    return preprocess
