"""Scripts of stand-alone Keras up to 2.3: what differed from tf.keras and Keras 3 without an error to show it.

Names: Keras 2.2, engine/topology.py counts from 1 and calls a chain's input after its first layer; tf_keras 2.21 counts from 0.
"""

import numpy as np
import pytest

from nabi.as_keras.scripts.era import is_old
from nabi.as_keras.scripts.running import Trial, run_file
from nabi.layers.names import fresh_name

PREFACE = "from keras.models import Sequential, Model\nfrom keras.layers import *\nimport numpy as np\n"
OLD = PREFACE + "from keras.utils import np_utils\n"


@pytest.fixture
def ran(tmp_path, monkeypatch):
    """Runs a script's text; gives what it puts into `told`."""

    def run(text: str):
        (tmp_path / "script.py").write_text(text + "\nnp.save('told', told)\n")
        monkeypatch.chdir(tmp_path)
        assert run_file("script.py", trial=Trial(out=None)) == 0
        return np.load("told.npy", allow_pickle=False).tolist()

    return run


@pytest.mark.parametrize("text, old", [
    ("from keras.layers.core import Dense", True), ("import keras\nx.fit(nb_epoch=3)", True), ("import keras\nprint 3", True),
    ("import keras\nh.history['val_acc']", True), ('"from keras.layers import Dense\\n",\n"Using TensorFlow backend.\\n"', True),
    ("# Keras 2.0.8\nimport keras", True), ("import keras\nassert keras.__version__ == '2.2.4'", True),
    ("from keras.layers import Dense", False), ("from tensorflow.keras.layers import Dense\nnb_epoch = 3", False),
    ("import keras\nnb_epoch = 3\nm.save('m.keras')", False), ("import keras\nnp_utils\nm.get_layer('dense')", False),
    ("import keras\nm.compile(metrics=['acc'])\nh.history['acc']", False), ("nb_epoch = 3", False)])  # fmt: skip
def test_signs(text, old):
    assert is_old(text) is old


CHAINS = """
first = Sequential([Dense(3, input_shape=(4,)), Activation('relu'), Dense(2)])
i = Input((8, 8, 3)); x = Flatten()(MaxPooling2D()(Conv2D(2, 3)(i)))
second = Model(i, [Dense(2)(x), Dense(1)(x)])
told = [m.name for m in (first, second)] + first.input_names + [l.name for m in (first, second) for l in m.layers]
"""


def test_old_scripts_count_from_1(ran):
    before = fresh_name("counted_here")
    assert ran(OLD + CHAINS) == ["sequential_1", "model_1", "dense_1_input", "dense_1", "activation_1", "dense_2", "input_1",
                                 "conv2d_1", "max_pooling2d_1", "flatten_1", "dense_3", "dense_4"]
    assert (before, fresh_name("counted_here")) == ("counted_here", "counted_here_1")


def test_names_that_only_keras_1_gave(ran):
    told = ran(OLD + "m = Sequential([Convolution2D(2, 3, 3, input_shape=(8, 8, 1)), MaxPooling2D(), BatchNormalization()])\n"
               "a = {l.name: l for l in m.layers}['convolution2d_1']\ntold = [l.name for l in m.layers]")
    assert told == ["convolution2d_1", "maxpooling2d_1", "batchnormalization_1"]


def test_losses_histories_and_files_by_name(ran):
    told = ran(OLD + """
i = Input((4,)); h = Dense(3)(i); a, b = Dense(1)(h), Dense(1)(h)
m = Model(i, [a, b])
m.compile('sgd', {'dense_2': 'mse', 'dense_3': 'mae'})
x, y = np.ones((4, 4)) * [[1], [2], [3], [4]], np.arange(4.)
told = sorted(m.fit({'input_1': x}, {'dense_2': y, 'dense_3': y}, verbose=0).history)
m.save_weights('w.h5')
n = Sequential([Dense(3, input_shape=(4,), name='dense_1'), Dense(7)])
n.load_weights('w.h5', by_name=True)
assert np.array_equal(n.get_weights()[0], m.get_layer('dense_1').get_weights()[0]) and n.layers[1].name == 'dense_4'
""")
    assert told == ["dense_2_loss", "dense_3_loss", "loss"]


def test_other_scripts_count_as_tf_keras(ran):
    assert ran(PREFACE + CHAINS) == ["sequential", "model", "input_layer", "dense", "activation", "dense_1", "input_layer_1",
                                     "conv2d", "max_pooling2d", "flatten", "dense_2", "dense_3"]
