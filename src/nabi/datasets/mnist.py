"""MNIST: 70,000 hand-written digits, 28x28 grey values, 60,000 for training and 10,000 for testing.

0 is white paper and 255 black ink (most programs draw them inverted). Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based
learning applied to document recognition", 1998; LeCun and Cortes, CC BY-SA 3.0.
"""

import os
from pathlib import Path

from nabi.datasets.idx_set import Data, IdxSet, from_npz
from nabi.datasets.sources import keras_folder

class_names = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
KERAS_FILE = "mnist.npz"
KERAS_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
FILES = IdxSet(
    title="MNIST",
    folder="mnist",
    sha256={
        "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    mirrors=("https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"),
)


def load_data(path: str | os.PathLike | None = KERAS_FILE, download: bool = True) -> Data:
    """`(x_train, y_train), (x_test, y_test)`, uint8: (60000, 28, 28) and (60000,), (10000, 28, 28) and (10000,).

    Args:
        path: a folder with the four idx files, or Keras' mnist.npz. A mnist.npz that is not there, which Keras would
            fetch, and None mean wherever the data lie: NABI_DATA, ../shared/data, the user's cache, Keras' cache, a download.
        download: False never uses the network.

    Raises: FileError that lists the places that were looked at; or names the file whose checksum is wrong.

    Differs: Keras keeps one mnist.npz in ~/.keras/datasets; it is read where it is there.

    Example:
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
    """
    if path is not None and str(path).endswith(".npz"):
        for file in (Path(path), keras_folder() / path):
            if file.is_file() or Path(path).name != KERAS_FILE:
                return from_npz(file, KERAS_SHA256, FILES.title)
        path = None
    return FILES.load(path, (), download)
