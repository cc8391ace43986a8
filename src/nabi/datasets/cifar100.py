"""CIFAR-100: 60,000 colour photographs of 100 classes in 20 groups, 32x32, 50,000 for training and 10,000 for testing.

The python version is read, as an archive or unpacked, as plain data: see `nabi.datasets.records`.
Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, FileError
from nabi.datasets import made_up, records, sources, tar
from nabi.datasets.keras_file import MAX_BYTES, KerasFile

FILE = KerasFile("CIFAR-100", "cifar-100-python.tar.gz", "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
                 "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz")
FOLDER = "cifar-100-python"
PARTS = {"train": 50_000, "test": 10_000}


def load_data(label_mode: str = "fine", path: Any = None, download: bool = True) -> tuple:
    """`(x_train, y_train), (x_test, y_test)`: uint8 (50000, 32, 32, 3) and int64 (50000, 1), then 10,000 of each.

    Args:
        label_mode: "fine" for 100 classes, "coarse" for their 20 groups.
        path: the archive cifar-100-python.tar.gz or the folder it unpacks to; None looks wherever data lie.
        download: False never uses the network.

    Raises FileError that lists the places that were looked at, or says what is wrong with the file; ArgumentError.

    Example:
        (x_train, y_train), (x_test, y_test) = cifar100.load_data()
    """
    if label_mode not in ("fine", "coarse"):
        raise ArgumentError("cifar100.load_data(label_mode)", "'fine' or 'coarse'", repr(label_mode))
    contents = found(path, download)
    if contents is None:
        classes = 100 if label_mode == "fine" else 20
        made = [made_up.pictures(count, 32, 3, classes, part) for part, count in enumerate(PARTS.values())]
        return tuple((x, y[:, None]) for x, y in made)
    return tuple(pictures(contents[part], label_mode, part) for part in PARTS)


def found(path: Any, download: bool) -> dict[str, bytes] | None:
    """The contents of both parts; None for stand-in data."""
    home = sources.keras_folder()
    folders = [Path(path), Path(path) / FOLDER] if path else [home / FOLDER, home / f"{FOLDER}-target" / FOLDER,
                                                              *sources.folders(FOLDER).values()]
    for folder in folders:
        if all((folder / part).is_file() for part in PARTS):
            return {part: (folder / part).read_bytes() for part in PARTS}
    left = home / f"{FOLDER}-target_archive"  # the archive as Keras 3 calls it
    file = left if left.is_file() and not path else FILE.find(path, download)
    if file is None:
        return None
    inside = {os.path.basename(name): content for name, content in tar.files(file, MAX_BYTES, MAX_BYTES)}
    if not PARTS.keys() <= inside.keys():
        raise FileError(f"CIFAR-100: {file}", "the python version, with train and test", ", ".join(inside) or "nothing",
                        "Fetch it again.")
    return inside


def pictures(content: bytes, label_mode: str, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and labels of one part."""
    batch = records.read(content, f"CIFAR-100, {part}")
    batch = {key.decode() if isinstance(key, bytes) else key: value for key, value in batch.items()}
    y = np.asarray(batch[f"{label_mode}_labels"]).reshape(-1, 1)
    return np.ascontiguousarray(batch["data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)), y
