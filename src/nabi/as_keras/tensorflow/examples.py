"""Examples: `tensorflow.examples.tutorials.mnist.input_data` of TensorFlow 1: MNIST in three parts that give batches.

    mnist = input_data.read_data_sets("MNIST_data/", one_hot=True)
    x, y = mnist.train.next_batch(128)                  x: (128, 784) float32 of 0-1, y: (128, 10)

The folder's four idx files are read where they are; else it is the MNIST of `keras.datasets`. Oracle: TensorFlow 1.15,
examples/tutorials/mnist/input_data.py.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from nabi.as_keras.tensorflow.dtypes import as_dtype
from nabi.core.errors import ArgumentError
from nabi.datasets import idx, mnist

__all__ = ["DataSet", "Datasets", "read_data_sets"]


class DataSet:
    """Pictures and labels, and how far they have been walked through.

    Args:
        images: (N, 28, 28) uint8; kept as (N, 784), or (N, 28, 28, 1) with `reshape=False`. labels: (N,) or one-hot (N, 10).
        dtype: float32: pixels of 0-1; uint8: as they came.

    Example:
        >>> digits = DataSet(np.zeros((5, 28, 28), np.uint8), np.arange(5))
        >>> x, y = digits.next_batch(3, shuffle=False)
        >>> x.shape, y, digits.next_batch(3, shuffle=False)[1], digits.epochs_completed
        ((3, 784), array([0, 1, 2]), array([3, 4, 0]), 1)
    """

    def __init__(self, images: Any, labels: Any, fake_data: bool = False, one_hot: bool = False, dtype: Any = torch.float32,
                 reshape: bool = True, seed: Any = None):
        images = np.asarray(images)
        images = images.reshape(len(images), *((28 * 28,) if reshape else (28, 28, 1)))
        self.images = images if as_dtype(dtype) == torch.uint8 else images.astype(np.float32) * np.float32(1 / 255)
        self.labels = np.asarray(labels)
        self.num_examples, self.epochs_completed, self.index_in_epoch = len(images), 0, 0

    def mix(self) -> None:
        """Another order, of NumPy's global numbers."""
        order = np.random.permutation(self.num_examples)
        self.images, self.labels = self.images[order], self.labels[order]

    def next_batch(self, batch_size: int, fake_data: bool = False, shuffle: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """The next pictures and their labels; at the end the last ones and the first of the next epoch together."""
        start = self.index_in_epoch
        if self.epochs_completed == 0 and start == 0 and shuffle:
            self.mix()
        end = start + int(batch_size)
        if end <= self.num_examples:
            self.index_in_epoch = end
            return self.images[start:end], self.labels[start:end]
        last = self.images[start:], self.labels[start:]
        if shuffle:
            self.mix()
        self.epochs_completed += 1
        self.index_in_epoch = end - self.num_examples
        first = self.images[: self.index_in_epoch], self.labels[: self.index_in_epoch]
        return np.concatenate([last[0], first[0]]), np.concatenate([last[1], first[1]])


class Datasets(NamedTuple):
    """The three parts."""

    train: DataSet
    validation: DataSet
    test: DataSet


def pictures_of(folder: Any) -> Any:
    """`(x, y), (x_test, y_test)` of a folder's idx files, plain or packed, or MNIST where it lacks one."""
    files = [next((file for file in (Path(folder) / f"{name}.gz", Path(folder) / name) if file.is_file()), None)
             for name in mnist.FILES.sha256]
    if not all(files):
        return mnist.load_data()
    x, y, x_test, y_test = (idx.read(file) for file in files if file)
    return (x, y), (x_test, y_test)


def read_data_sets(train_dir: Any = "", fake_data: bool = False, one_hot: bool = False, dtype: Any = torch.float32,
                   reshape: bool = True, validation_size: int = 5000, seed: Any = None, source_url: Any = None,
                   num_classes: int = 10) -> Datasets:
    """MNIST's training part, the first `validation_size` pictures of it as validation part, and its test part.

    Raises ArgumentError for a validation part larger than what there is.
    """
    (x, y), (x_test, y_test) = pictures_of(train_dir)
    if not 0 <= validation_size <= len(x):
        raise ArgumentError("read_data_sets(validation_size)", f"0 to {len(x)}", repr(validation_size))
    if one_hot:
        y, y_test = np.eye(num_classes)[y], np.eye(num_classes)[y_test]
    parts = (x[validation_size:], y[validation_size:]), (x[:validation_size], y[:validation_size]), (x_test, y_test)
    return Datasets(*(DataSet(images, labels, dtype=dtype, reshape=reshape) for images, labels in parts))
