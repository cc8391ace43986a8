"""Keras' files: real Keras writes what nabi reads, nabi writes what real Keras reads; predictions agree to 1e-6."""

import json
import sys

import numpy as np
import pytest
from keras_networks import NETWORKS, distance, inputs_of, outputs, shaken

import nabi
from nabi.core.errors import FileError, ShapeError

CASES = [("branches", ".keras"), ("branches", ".h5"), ("words", ".h5")]
MORE = [(name, end) for name in NETWORKS for end in (".keras", ".h5") if (name, end) not in CASES]
both = pytest.mark.parametrize("name, end", [*CASES, *(pytest.param(*case, marks=pytest.mark.learn) for case in MORE)])


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@both
@pytest.mark.filterwarnings("ignore:.*does not read the mask", "ignore:.*HDF5")
def test_there_and_back(name, end, tmp_path, keras):
    theirs, path = shaken(NETWORKS[name](keras)), tmp_path / f"theirs{end}"
    theirs.save(path)
    x = inputs_of(theirs, name == "words")
    expected, ours = outputs(theirs, x), nabi.load_model(path)
    assert distance(expected, outputs(ours, x)) < 1e-6
    assert [layer.name for layer in ours.layers if layer.weights] == [layer.name for layer in theirs.layers if layer.weights]

    mine, path = shaken(NETWORKS[name](nabi)), tmp_path / f"mine{end}"
    mine.save(path)
    expected, again = outputs(mine, x), keras.models.load_model(path)
    assert distance(expected, outputs(again, x)) < 1e-6
    assert type(mine.predict(x, verbose=0)) is type(again.predict(x, verbose=0))
    moved = shaken(nabi.load_model(path), seed=3)
    if name != "functions" and name != "preparing":
        assert distance(expected, outputs(moved, x)) > 1e-3, "the comparison sees other weights"


@pytest.mark.parametrize("end", [".weights.h5", ".h5"])
def test_weights_alone(end, tmp_path, keras):
    theirs, mine, path = shaken(NETWORKS["branches"](keras)), NETWORKS["branches"](nabi), tmp_path / f"w{end}"
    x = inputs_of(theirs)
    if end == ".h5":
        theirs.save(path)
    else:
        theirs.save_weights(path)
    mine.load_weights(path)
    assert distance(outputs(theirs, x), outputs(mine, x)) < 1e-6
    shaken(mine, 7).save_weights(path)
    theirs.load_weights(path)
    assert distance(outputs(mine, x), outputs(theirs, x)) < 1e-6


@pytest.mark.parametrize("end", [".keras", ".h5"])
@pytest.mark.parametrize(
    "optimizer", ["adam", *(pytest.param(name, marks=pytest.mark.learn) for name in ("sgd", "rmsprop", "nadam"))]
)
def test_training_goes_on_where_it_stopped(end, optimizer, tmp_path, keras, monkeypatch):
    """Compile settings and the optimizer's memory travel: the next steps of nabi and Keras are the same.

    Keras 3.15 cannot train what it loads from .h5, its own files either: its optimizer is built for no weights.
    """
    monkeypatch.setattr(nabi.config, "precision", "float32")
    r = np.random.default_rng(0)
    x, y = r.normal(size=(8, 3)).astype("float32"), np.eye(2, dtype="float32")[r.integers(0, 2, 8)]

    def made(k):
        model = k.Sequential([k.Input((3,)), k.layers.Dense(4, activation="tanh", name="a"), k.layers.Dense(2, name="b")])
        given = {"sgd": {"momentum": 0.9}, "rmsprop": {"momentum": 0.5}}.get(optimizer, {})
        model.compile(
            k.optimizers.get({"class_name": optimizer, "config": {"learning_rate": 0.05, **given}}),
            k.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2),
            metrics=["mae", k.metrics.MeanSquaredError(name="squares")],
        )
        return model

    theirs, path = made(keras), tmp_path / f"m{end}"
    theirs.fit(x, y, epochs=3, batch_size=8, verbose=0)
    theirs.save(path)
    mine = nabi.load_model(path)
    assert mine.optimizer.iterations == 3
    mine.save(tmp_path / f"again{end}")
    again = keras.models.load_model(tmp_path / f"again{end}")
    models = [theirs, mine, nabi.load_model(tmp_path / f"again{end}"), *([again] if end == ".keras" else [])]
    logs = [model.fit(x, y, epochs=2, batch_size=8, verbose=0).history for model in models]
    assert all(set(log) == set(logs[0]) for log in logs)
    for model in models[1:]:
        for a, b in zip(theirs.get_weights(), model.get_weights(), strict=True):
            np.testing.assert_allclose(b, a, rtol=2e-5, atol=2e-6)
    fresh = nabi.load_model(path)
    fresh.optimizer.calls, fresh.optimizer.remembered = 0, type(fresh.optimizer.remembered)()
    fresh.fit(x, y, epochs=2, batch_size=8, verbose=0)
    assert np.abs(fresh.get_weights()[0] - theirs.get_weights()[0]).max() > 1e-3, "without its memory it goes elsewhere"


def test_by_name_and_with_other_shapes(tmp_path):
    old = shaken(nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(3, name="a"), nabi.layers.Dense(2, name="b")]))
    new = nabi.Sequential(
        [nabi.Input((4,)), nabi.layers.Dense(3, name="a"), nabi.layers.Dense(5, name="b"), nabi.layers.Dense(1, name="c")]
    )
    old.save_weights(tmp_path / "w.h5")
    old.save_weights(tmp_path / "w.weights.h5")
    before = [w.copy() for w in new.get_weights()]
    with pytest.raises(FileError, match="3 layers with weights: a, b, c, got 2: a, b.*by_name=True"):
        new.load_weights(tmp_path / "w.h5")
    with pytest.raises(ShapeError, match=r"Dense 'b'.*\(3, 5\).*\(3, 2\)"):
        new.load_weights(tmp_path / "w.h5", by_name=True)
    with pytest.raises(ShapeError, match=r"Dense 'b'.*\(3, 5\).*\(3, 2\)"):
        new.load_weights(tmp_path / "w.weights.h5")
    assert all((a == b).all() for a, b in zip(before, new.get_weights(), strict=True)), "nothing is changed by what fails"
    with pytest.warns(UserWarning, match="Dense 'b' were left as they are"):
        new.load_weights(tmp_path / "w.h5", skip_mismatch=True, by_name=True)
    assert (new.get_layer("a").get_weights()[0] == old.get_layer("a").get_weights()[0]).all()
    assert (new.get_weights()[2] == before[2]).all()


def test_architectures_of_keras_as_text(keras):
    theirs = NETWORKS["branches"](keras)
    mine = nabi.models.model_from_json(theirs.to_json())
    assert mine.count_params() == theirs.count_params()
    again = nabi.Model.from_config(json.loads(theirs.to_json())["config"])
    assert [w.shape for w in again.weights] == [tuple(w.shape) for w in theirs.weights]
    with pytest.raises(AttributeError, match=r"to_yaml.*Write to_json\(\)"):
        mine.to_yaml()


def test_what_keras_has_not_is_named(tmp_path):
    L = nabi.layers
    for layer, said in ((L.Conv2D(2, 3, padding=3), "Conv2D 'x'.*padding=3"), (L.L2Pooling2D(), "L2Pooling2D 'x'.*nabi's own")):
        layer.name = "x"
        with pytest.raises(FileError, match=said):
            nabi.Sequential([nabi.Input((8, 8, 1)), layer]).save(tmp_path / "m.keras")
    assert not list(tmp_path.iterdir())


def test_checkpoints_in_keras_formats(tmp_path):
    model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(3)])
    model.compile("sgd", "mse")
    for name, alone in (("best.keras", False), ("{epoch}.weights.h5", True), ("old.hdf5", False)):
        model.fit(
            np.zeros((4, 4)),
            np.zeros((4, 3)),
            verbose=0,
            callbacks=[nabi.callbacks.ModelCheckpoint(tmp_path / name, save_weights_only=alone)],
        )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1.weights.h5", "best.keras", "old.hdf5"]
    model.load_weights(tmp_path / "1.weights.h5")
    assert nabi.load_model(tmp_path / "old.hdf5").optimizer.iterations == 2 + 1


class Scale(nabi.Layer):
    def __init__(self, factor=2.0, **base):
        super().__init__(**base)
        self.factor = factor

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1],), "ones")

    def call(self, x):
        return x * self.w * self.factor


class Block(nabi.Layer):
    def __init__(self, units=3, **base):
        super().__init__(**base)
        self.units, self.first, self.rest = units, nabi.layers.Dense(units), [nabi.layers.Dense(units), nabi.layers.Dense(units)]

    def call(self, x):
        for layer in (self.first, *self.rest):
            x = layer(x)
        return x


class Net(nabi.Model):
    def __init__(self, units=3):
        super().__init__()
        self.units, self.hidden, self.last = units, nabi.layers.Dense(4, activation="relu"), nabi.layers.Dense(units)

    def call(self, x):
        return self.last(self.hidden(x))


def twofold(y_true, y_pred):
    return 2 * ((y_true - y_pred) ** 2).mean(-1)


@pytest.mark.parametrize("end", [".keras", ".h5"])
def test_layers_models_and_losses_of_ones_own_are_passed_in(end, tmp_path):
    x, y = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")
    last = nabi.layers.Dense(3, activation=nabi.layers.LeakyReLU())
    model = nabi.Sequential([nabi.Input((3,)), Scale(3.0), Block(), Net(), last])
    model.compile("adam", twofold, metrics=["mae", twofold])
    model.fit(x, y, verbose=0)
    model.save(tmp_path / f"m{end}")
    with pytest.raises(FileError, match=r"Scale 'scale.*custom_objects=\{'Scale': Scale\}"):
        nabi.load_model(tmp_path / f"m{end}")
    own = {thing.__name__: thing for thing in (Scale, Block, Net, twofold)}
    again = nabi.load_model(tmp_path / f"m{end}", custom_objects=own)
    assert distance(outputs(model, x), outputs(again, x)) < 1e-6
    np.testing.assert_allclose(again.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), rtol=1e-5)
    assert again.optimizer.iterations == 1
    net = Net(2)
    net.predict(x, verbose=0)
    net.save(tmp_path / f"n{end}")
    assert distance(outputs(net, x), outputs(nabi.load_model(tmp_path / f"n{end}", custom_objects=own), x)) < 1e-6


def test_models_of_ones_own_share_weights_with_keras(tmp_path, keras):
    class Theirs(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.last = keras.layers.Dense(4, activation="relu"), keras.layers.Dense(3)

        def call(self, x):
            return self.last(self.hidden(x))

    x = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    mine, theirs = Net(), Theirs()
    mine.predict(x, verbose=0)
    theirs.predict(x, verbose=0)
    mine.save_weights(tmp_path / "w.weights.h5")
    theirs.load_weights(tmp_path / "w.weights.h5")
    assert distance(outputs(mine, x), outputs(theirs, x)) < 1e-6
    shaken(theirs).save_weights(tmp_path / "w.weights.h5")
    mine.load_weights(tmp_path / "w.weights.h5")
    assert distance(outputs(theirs, x), outputs(mine, x)) < 1e-6


def test_without_h5py_one_is_told_how_to_install_it(tmp_path, monkeypatch):
    model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(3)])
    model.save(tmp_path / "m.h5")
    monkeypatch.setitem(sys.modules, "h5py", None)
    for call in (lambda: model.save(tmp_path / "n.keras"), lambda: nabi.load_model(tmp_path / "m.h5"),
                 lambda: model.save_weights(tmp_path / "n.weights.h5"), lambda: model.load_weights(tmp_path / "m.h5")):
        with pytest.raises(FileError, match=r'h5py.*pip install h5py, or save as .safetensors'):
            call()
    assert [path.name for path in tmp_path.iterdir()] == ["m.h5"]


def test_nadam_goes_to_keras_and_its_warming_up_is_left_out_aloud(tmp_path, keras):
    model = nabi.Sequential([nabi.Input((4,)), nabi.layers.Dense(3)])
    model.compile(nabi.optimizers.Nadam(0.25, beta_1=0.5), "mse")
    model.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras").optimizer
    assert (type(theirs).__name__, float(theirs.learning_rate), theirs.beta_1) == ("Nadam", 0.25, 0.5)
    model.compile(nabi.optimizers.Nadam(schedule_decay=0.004), "mse")
    with pytest.warns(UserWarning, match="schedule_decay at 1.*leaves 0.004 out"):
        model.save(tmp_path / "m.keras")
