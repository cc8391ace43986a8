"""Data by name, ready for a network: float32 values 0-1 with a channel axis, class names, and a fingerprint.

    x: (N, H, W, C) float32 = picture / 255          y: (N,) int64, 0 .. classes-1
    fingerprint = SHA-256 over dtype, shape and bytes of the four arrays as they were loaded
"""

import hashlib
import importlib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import UnknownName, did_you_mean
from nabi.datasets import sources

SCALE = 1 / 255
SETS = {"digits": "digits", "mnist": "mnist", "fashion-mnist": "fashion_mnist", "cifar10": "cifar10",
        "smiles": "smiles"}  # name -> module
INK = {"digits", "mnist", "fashion-mnist"}  # 0 is white paper, 255 black ink: the reverse of picture files
OVERLAPS = {("mnist", "digits")}  # (trained on, tested on): all of the digits come from MNIST's training set


@dataclass(frozen=True)
class Data:
    """A data set in training and test part.

    Attributes:
        name: its name.
        x_train, x_test: (N, H, W, C) float32, 0-1.
        y_train, y_test: (N,) int64.
        class_names: names of the classes.
        ink: whether large values are dark.
        fingerprint: SHA-256 of the arrays as loaded, in hex.
        scale: factor that a picture's bytes take before the network; 1 where it reads bytes.
        fit: how pictures of other sizes are brought to this one; None where nobody said.
        crop: "faces" where each picture is the face of a photograph, else None.
        x_validation, y_validation: a part of its own to validate with; None: a share of the training part.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    ink: bool
    fingerprint: str
    scale: float = SCALE
    fit: str | None = None
    crop: str | None = None
    x_validation: Any = None
    y_validation: Any = None

    @property
    def samples(self) -> int:
        """Samples to train and to validate with."""
        return len(self.x_train) + (0 if self.x_validation is None else len(self.x_validation))


def is_set(name: str) -> bool:
    """Whether nabi knows a data set of that name."""
    return plain(name) in SETS


def plain(name: str) -> str:
    """A name as nabi writes it."""
    name = name.lower().replace("_", "-")
    return {"fashionmnist": "fashion-mnist", "cifar-10": "cifar10"}.get(name, name)


def data_name(name: str) -> str:
    """The set's name as nabi writes it: "Fashion_MNIST" is "fashion-mnist".

    Raises:
        UnknownName: no set of that name; the message offers the nearest one.
    """
    if not is_set(name):
        folders = [path.name for path in Path().iterdir() if path.is_dir()]
        near = get_close_matches(name, folders, n=2, cutoff=0.6)
        raise UnknownName("data", "a known data set or a folder of pictures", repr(name),
                          f"There is no folder of this name. {did_you_mean(name if near else plain(name), [*SETS, *near])}")
    return plain(name)


def load_data(name: str) -> Data:
    """The set of that name.

    Example:
        >>> digits = load_data("digits")
        >>> digits.x_train.shape, digits.x_train.dtype, float(digits.x_train.max()), digits.fingerprint[:8]
        ((4000, 28, 28, 1), dtype('float32'), 1.0, 'f82a14a2')

    Raises:
        UnknownName: no such set. FileError: its files are not here and cannot be fetched.
    """
    name = data_name(name)
    module = importlib.import_module(f"nabi.datasets.{SETS[name]}")
    if hasattr(module, "load_parts"):  # the set says which samples are for validation, too
        (x_train, y_train), (x_held, y_held), (x_test, y_test) = module.load_parts()
        digest = fingerprint(x_train, y_train, x_held, y_held, x_test, y_test)
        names = tuple(module.class_names)
        return Data(name, scaled(x_train), labels(y_train), scaled(x_test), labels(y_test), names, name in INK, digest,
                    x_validation=scaled(x_held), y_validation=labels(y_held))
    (x_train, y_train), (x_test, y_test) = module.load_data()
    digest = fingerprint(x_train, y_train, x_test, y_test)
    names = tuple(module.class_names)
    return Data(name, scaled(x_train), labels(y_train), scaled(x_test), labels(y_test), names, name in INK, digest)


def where(name: str) -> Path | None:
    """The file or folder that a set would be read from, without reading it; None if it is not on this machine."""
    name = data_name(name)
    module = importlib.import_module(f"nabi.datasets.{SETS[name]}")
    if name == "digits":
        return module.FILE
    if name in ("cifar10", "smiles"):
        wanted = module.SHA256 if name == "cifar10" else [module.NAME]
        files = [folder / file for folder in sources.folders().values() for file in wanted]
        return next((file for file in files if file.is_file()), None)
    extra = [module.DEBIAN] if name == "fashion-mnist" else []
    places = sources.folders(module.FILES.folder, [*extra, sources.keras_folder() / name]).values()
    names = module.FILES.sha256
    whole = (folder for folder in places if all((folder / f"{n}.gz").is_file() or (folder / n).is_file() for n in names))
    return next(whole, None)


def scaled(x: np.ndarray) -> np.ndarray:
    """Pictures (N, H, W) or (N, H, W, C) of 0-255 as (N, H, W, C) float32 of 0-1."""
    x = x[..., None] if x.ndim == 3 else x
    return np.multiply(x, np.float32(SCALE), dtype=np.float32)


def labels(y: np.ndarray) -> np.ndarray:
    """Class numbers as (N,) int64."""
    return y.reshape(-1).astype(np.int64)


def fingerprint(*arrays: np.ndarray) -> str:
    """SHA-256 over dtype, shape and bytes of the arrays, in hex.

    Example:
        >>> fingerprint(np.zeros(2, "uint8")) == fingerprint(np.zeros((1, 2), "uint8"))
        False
    """
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str} {array.shape};".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
