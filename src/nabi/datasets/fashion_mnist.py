"""Fashion-MNIST: 70,000 pieces of clothing, 28x28 grey values, 60,000 for training and 10,000 for testing; MNIST's form.

Debian and Ubuntu have it as a package: apt install dataset-fashion-mnist. Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel
image dataset for benchmarking machine learning algorithms", 2017; Zalando SE, MIT licence.
"""

import os
from pathlib import Path

from nabi.datasets.idx_set import Data, IdxSet
from nabi.datasets.sources import keras_folder

class_names = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
FILES = IdxSet(
    title="Fashion-MNIST",
    folder="fashion-mnist",
    sha256={
        "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    mirrors=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
)


def load_data(path: str | os.PathLike | None = None, download: bool = True) -> Data:
    """`(x_train, y_train), (x_test, y_test)`, uint8: (60000, 28, 28) and (60000,), (10000, 28, 28) and (10000,).

    Args:
        path: a folder with the four idx files; None looks in NABI_DATA, ../shared/data, the user's cache, the folder of
            Debian's package dataset-fashion-mnist, Keras' cache, then downloads.
        download: False never uses the network.

    Raises: FileError that lists the places that were looked at; or names the file whose checksum is wrong.

    Example:
        (x_train, y_train), (x_test, y_test) = fashion_mnist.load_data()
    """
    return FILES.load(path, (DEBIAN, keras_folder() / "fashion-mnist"), download)
