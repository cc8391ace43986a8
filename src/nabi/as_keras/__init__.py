"""nabi in Keras' place: `import keras`, `import tensorflow as tf` and every path below them show nabi.

    import nabi
    nabi.install_as_keras()

    from keras.layers.convolutional import Convolution2D        Keras 1, 2 and 3
    from tensorflow.keras.models import Sequential

`nabi run SCRIPT.py` does so for a file. Old arguments (nb_epoch, border_mode, ...) are translated with one note each.
What nabi does not have says so where it is asked for. `uninstall_as_keras()` puts everything back.
"""

from nabi.as_keras.installing import install_as_keras, installed, uninstall_as_keras

__all__ = ["install_as_keras", "installed", "load_ipython_extension", "uninstall_as_keras", "unload_ipython_extension"]


def load_ipython_extension(shell) -> None:
    """What `%load_ext nabi` does in a notebook: from the next cell on `import keras` gives nabi."""
    install_as_keras()


def unload_ipython_extension(shell) -> None:
    """What `%unload_ext nabi` does."""
    uninstall_as_keras()
