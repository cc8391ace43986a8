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
    ("from keras.layers.core import Dense", True), ("import keras\nx.fit(nb_epoch=3)", True),
    ("import keras\nprint 'a', 3", True), ("import keras\nnp_utils\nh.history['accuracy']", False),
    ("import keras\nm.compile('sgd', 'mse', ['acc'])\nh['acc']", False),
    ("import keras\nh.history['val_acc']", True), ('"from keras.layers import Dense\\n",\n"Using TensorFlow backend.\\n"', True),
    ("# Keras 2.0.8\nimport keras", True), ("import keras\nassert keras.__version__ == '2.2.4'", True),
    ("from keras.layers import Dense", False), ("from tensorflow.keras.layers import Dense\nnb_epoch = 3", False),
    ("import keras\nnb_epoch = 3\nm.save('m.keras')", False), ("import keras\nnp_utils\nm.get_layer('dense')", False),
    ("import keras\nm.compile(metrics=['acc'])\nh.history['acc']", False), ("nb_epoch = 3", False),
    ("os.environ['KERAS_BACKEND'] = 'torch'\nimport keras", False),
    ('"""\nprint the sum\n"""\nimport keras', False)])  # fmt: skip
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


DEFAULTS = """
from keras import regularizers, backend as K
wave = lambda *shape, seed=0: np.sin(np.arange(int(np.prod(shape))) * 1.7 + seed).reshape(shape).astype("float32")
def made(layer, *shapes, x):
    model = Sequential(layer)
    model.set_weights([wave(*shape, seed=n) for n, shape in enumerate(shapes)])
    return model.predict(x, verbose=0).ravel().tolist()
def stepped(optimizer):
    model = Sequential([Dense(1, use_bias=False, input_shape=(2,))])
    model.set_weights([wave(2, 1)])
    model.compile(optimizer, "mse")
    for _ in range(3):
        model.train_on_batch(wave(4, 2, seed=1), wave(4, 1, seed=5))
    return model.get_weights()[0].ravel().tolist()
x = 3 * wave(2, 3, 2, seed=3)
told = made([LSTM(2, input_shape=(3, 2)), Activation("hard_sigmoid")], (2, 8), (2, 8), (8,), x=x)
told += made([GRU(2, input_shape=(3, 2))], (2, 6), (2, 6), (6,), x=x)
told += made([ConvLSTM2D(1, 2, input_shape=(2, 3, 3, 1))], (2, 2, 1, 4), (2, 2, 1, 4), (4,), x=3 * wave(1, 2, 3, 3, 1, seed=3))
told += [w for name in ("adadelta", "nadam", "adagrad", "adamax") for w in stepped(name)]
told += [*regularizers.l1_l2().get_config().values(), *regularizers.L1L2(l1=0.5).get_config().values()]
assert LSTM(2, inner_activation="sigmoid").recurrent_activation.__name__ == "sigmoid"
assert Conv2D(8, 3, 2).kernel_size == (3, 2) and Convolution2D(8, 1, 1).strides == (1, 1)
assert CuDNNLSTM(2).recurrent_activation.__name__ == "sigmoid" and CuDNNGRU(2).reset_after
"""
OF_KERAS_2 = [0.6335130929946899, 0.4522031545639038, 0.5, 0.5637098550796509, -0.698166012763977, -0.846731424331665,
              0.13510365784168243, -0.4811593294143677, 0.13845187425613403, -0.22099100053310394, 0.0045536779798567295,
              -0.24686075747013092, 0.004204439930617809, 0.9873746037483215, 0.005049731116741896, 0.9865207076072693,
              0.020329702645540237, 0.9688353538513184, 0.005846863612532616, 0.9856638312339783, 0.01, 0.01, 0.5, 0]  # fmt: skip


def test_old_scripts_have_old_defaults(ran):
    """tf_keras 2.21, given the defaults that Keras 2.2's constructors have (recurrent_activation, lr, ...) by name."""
    np.testing.assert_allclose(ran(OLD + DEFAULTS), OF_KERAS_2, rtol=2e-5, atol=2e-6)


def test_other_scripts_keep_those_of_keras_3(ran):
    ran(PREFACE + "assert Conv2D(8, 3, 2).strides == (2, 2)\n"
        "l = LSTM(2); g = GRU(2); told = 0\nfrom keras import optimizers, regularizers, activations\n"
        "assert l.recurrent_activation.__name__ == 'sigmoid' and g.reset_after and regularizers.l1_l2().l1 == 0\n"
        "assert float(optimizers.Adadelta().learning_rate) == 0.001\n"
        "assert optimizers.Nadam(schedule_decay=0.5).schedule_decay == 0.5\n"
        "assert abs(float(activations.hard_sigmoid(np.ones(1))[0]) - 4 / 6) < 1e-6")
