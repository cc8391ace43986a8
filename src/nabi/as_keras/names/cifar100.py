"""CIFAR-100 in the order of axes that the program has set, as Keras 1 and 2 gave it."""

from nabi.as_keras.dressing.channels_first import in_order
from nabi.datasets import cifar100

load_data = in_order(cifar100.load_data)
__all__ = ["load_data"]
