"""The tree of modules: every path and name resolves, what is missing says so, and nothing remains after it is taken out."""

import importlib
import sys
from types import ModuleType, new_class

import numpy as np
import pytest

import nabi
from nabi.as_keras import install_as_keras, installed, uninstall_as_keras
from nabi.as_keras.names.table import all_paths
from nabi.core.errors import NotServed
from nabi.optimizers import Optimizer


def test_every_path_is_a_module_and_its_names_are_there(served):
    paths = all_paths()
    assert {"keras.layers.core", "tensorflow.python.keras.utils.np_utils", "tf_keras.callbacks", "keras.src.losses"} <= set(paths)
    for path in {sources: path for path, sources in reversed(paths.items())}.values():  # one path for each list of sources
        module = importlib.import_module(path)
        assert all(hasattr(module, name) for name in dir(module)), path


SAME = [
    ("keras.layers.core", "Dense", "nabi.layers"), ("keras.layers.convolutional", "Convolution2D", "nabi.layers"),
    ("tensorflow.keras.layers", "LSTM", "nabi.layers"), ("tensorflow.python.keras.layers", "LSTM", "nabi.layers"),
    ("tf_keras.models", "Sequential", "nabi"), ("keras.src.callbacks", "EarlyStopping", "nabi.callbacks"),
    ("keras.utils.np_utils", "to_categorical", "nabi.as_keras.names.utils"), ("keras.engine.topology", "Layer", "nabi"),
    ("keras.optimizers.legacy", "Adam", "nabi.optimizers"), ("tensorflow.keras", "Model", "nabi"),
    ("keras.layers.experimental.preprocessing", "Rescaling", "nabi.layers"), ("keras.backend", "mean", "nabi.backend"),
]


@pytest.mark.parametrize("path, name, home", SAME)
def test_classes_are_nabis_own(served, path, name, home):
    assert getattr(importlib.import_module(path), name) is getattr(importlib.import_module(home), name)


def test_import_forms(served):
    import keras.backend as K
    import keras_core
    import tensorflow as tf
    from keras import backend, layers
    from keras_core.layers import Dense
    from tensorflow.keras import layers as others

    assert K is backend and layers.Dense is others.Dense is tf.keras.layers.Dense is Dense is keras_core.layers.Dense
    assert tf.__version__.startswith("2.") and tf.keras.__version__ >= "3.0"
    scope: dict = {}
    scope.update({name: getattr(layers, name) for name in layers.__all__})  # from keras.layers import *
    assert {"Dense", "Input", "CuDNNLSTM", "merge"} <= set(scope)


def test_what_is_missing_says_so(served):
    import keras

    with pytest.raises(NotServed, match="keras.layers.Dens is not part of nabi. Did you mean 'Dense'"):
        from keras.layers import Dens  # noqa: F401
    with pytest.raises(ImportError, match="keras.layer is not part of nabi"):
        import keras.layer  # noqa: F401
    with pytest.raises(AttributeError, match="tensorflow.placeholder is not part of nabi. nabi computes at once"):
        importlib.import_module("tensorflow").placeholder  # noqa: B018
    assert not hasattr(keras.backend, "learning_phases") and not hasattr(keras, "__file__")


def test_it_goes_without_a_trace(monkeypatch):
    other = ModuleType("keras")
    monkeypatch.setitem(sys.modules, "keras", other)  # the real one, say
    init, rate = nabi.layers.Dense.__init__, vars(Optimizer)["learning_rate"]
    install_as_keras()
    install_as_keras()  # a second time changes nothing
    assert installed() and nabi.layers.Dense.__init__ is not init
    assert importlib.import_module("keras").layers.Dense is nabi.layers.Dense
    uninstall_as_keras()
    assert not installed() and importlib.import_module("keras") is other
    assert nabi.layers.Dense.__init__ is init and vars(Optimizer)["learning_rate"] is rate
    assert not hasattr(nabi.Model, "compiled_loss") and "MaxoutDense" not in nabi.core.registry.TABLE["layer"]
    with pytest.raises(ValueError, match="unknown argument|known argument"):
        nabi.layers.Dense(output_dim=3)


def test_names_from_inside_are_refused_where_they_are_used(served):
    from tensorflow.python.ops.control_flow_util import OpInContext
    from tensorflow.python.ops.gen_math_ops import square
    from tensorflow.python.training.tracking import base

    assert float(square(3.0)) == 9
    for use in (lambda: OpInContext(1), lambda: base.Trackable, lambda: new_class("A", (OpInContext,)), lambda: [*OpInContext]):
        with pytest.raises(NotServed, match="is not part of nabi: it belongs to TensorFlow's inside"):
            use()


def test_networks_that_are_only_imported(served):
    from efficientnet.tfkeras import EfficientNetB0  # a package of its own before Keras had them
    from keras.applications import VGG16, ResNetRS50
    from keras.applications.inception_resnet_v2 import preprocess_input
    from keras.applications.regnet import RegNetX002

    assert EfficientNetB0.__module__ == "nabi.applications.efficientnet"
    assert VGG16.__module__.startswith("nabi.applications") and preprocess_input(np.array([[[0.0, 127.5, 255.0]]])).tolist() == [
        [[-1, 0, 1]]]
    for build in (ResNetRS50, RegNetX002):
        with pytest.raises(NotServed, match="is not part of nabi. Take"):
            build(weights=None)
