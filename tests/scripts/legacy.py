"""Legacy: real Keras 2 (tf_keras on TensorFlow) as a script of its days finds it, for `observing.py`.

`import keras` is tf_keras, with the modules that Keras 2.2 had and the last Keras 2 has no more, and the optimizers of their
days, which know `lr` and `decay`. `tensorflow.keras` is the same by TF_USE_LEGACY_KERAS=1. Needs a Python that has both.
"""

import importlib
import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

PARTS = ("core", "convolutional", "pooling", "recurrent", "normalization", "advanced_activations", "merge", "wrappers",
         "embeddings", "local", "noise", "convolutional_recurrent")
MOVED = {**{f"keras.layers.{part}": "tf_keras.layers" for part in PARTS},  # modules of Keras 2.2: where their names are now
         **{f"keras.utils.{part}": "tf_keras.utils" for part in ("np_utils", "generic_utils", "vis_utils", "data_utils")},
         **{f"keras.engine{part}": "tf_keras.layers" for part in ("", ".topology", ".base_layer")},
         "keras.layers.normalization.batch_normalization": "tf_keras.layers"}
GRAPHS = ("K.gradients(", "K.function(", "get_session(")
OPTIMIZERS = ("Adadelta", "Adagrad", "Adam", "Adamax", "Ftrl", "Nadam", "RMSprop", "SGD")
if "NABI_BESIDE" in os.environ:
    sys.path.append(os.environ["NABI_BESIDE"])  # what nabi needs and a Python with TensorFlow may not have: torch


class ServedByLegacyKeras(MetaPathFinder, Loader):
    """Answers `import keras...` with tf_keras' modules."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.split(".")[0] != "keras":
            return None
        try:
            importlib.import_module(target_of(fullname))
        except ModuleNotFoundError:  # the script's own import says what is not there
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        return importlib.import_module(target_of(spec.name))

    def exec_module(self, module):
        """Nothing: the module was run under its own name."""


def target_of(name: str) -> str:
    """The module of tf_keras that stands for one of Keras 2."""
    return MOVED.get(name, "tf_keras" + name.removeprefix("keras"))


def begin(sets: tuple[str, ...], text: str) -> list[type]:
    """Makes `import keras` tf_keras and its data sets nabi's; the classes of models to be watched.

    Args:
        sets: names of the data sets.
        text: the script; one that asks for gradients of placeholders gets TensorFlow 1's graphs, without which there are none.
    """
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tensorflow
    import tf_keras
    from tf_keras.src.engine import training_v1

    sys.meta_path.insert(0, ServedByLegacyKeras())
    tf_keras.utils.np_utils = tf_keras.utils
    for keras in (tf_keras, tensorflow.keras):
        for name in OPTIMIZERS:
            setattr(keras.optimizers, name, getattr(tf_keras.optimizers.legacy, name))
        for name in sets:
            if hasattr(keras.datasets, name):
                getattr(keras.datasets, name).load_data = importlib.import_module("nabi.datasets." + name).load_data
    if any(word in text for word in GRAPHS) and "GradientTape" not in text:
        tensorflow.compat.v1.disable_eager_execution()
    return [tf_keras.Model, training_v1.Model]
