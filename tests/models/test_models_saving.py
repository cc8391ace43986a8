"""Model files: what comes back is the model that went in; Keras reads the weights; settings, counters, card, copies."""

import copy
import pickle

import numpy as np
import pytest
import safetensors.numpy
from models_networks import NETWORKS, lecture, nested, several

import nabi
from nabi import layers as L
from nabi.core import random
from nabi.core.errors import ArgumentError, FileError, ShapeError
from nabi.core.registry import TABLE, register
from nabi.models import safefile
from nabi.models.naming import named_weights
from nabi.models.saving import from_bytes, to_bytes

FIT = {"verbose": 0, "batch_size": 16, "epochs": 2}


def inputs_of(model, n=5):
    """Random samples for each input."""
    generator = np.random.default_rng(3)
    return [generator.normal(size=(n, *symbol.shape[1:])).astype("float32") for symbol in model.inputs]


def outputs_of(model):
    """Predictions for `inputs_of`, as a list."""
    made = model.predict(inputs_of(model), verbose=0)
    return list(made.values()) if isinstance(made, dict) else made if isinstance(made, list) else [made]


def same(a, b):
    """Are the lists of arrays equal to the last bit?"""
    return len(a) == len(b) and all(x.dtype == y.dtype and x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True))


def digits(n=64):
    generator = np.random.default_rng(0)
    return generator.normal(size=(n, 10, 10, 1)).astype("float32"), generator.integers(0, 3, n)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_comes_back(name, tmp_path):
    model = NETWORKS[name]()
    model.save(tmp_path / "model.safetensors")
    drawn = random._State.drawn
    loaded = nabi.load_model(tmp_path / "model.safetensors")
    assert random._State.drawn == drawn, "loading must not move the stream of random numbers"
    assert type(loaded) is type(model) and loaded.name == model.name
    assert same(outputs_of(loaded), outputs_of(model))
    assert list(named_weights(loaded)) == list(named_weights(model))
    assert (loaded.input_names, loaded.output_names) == (model.input_names, model.output_names)
    assert [w.trainable for w in loaded.weights] == [w.trainable for w in model.weights]
    assert to_bytes(loaded) == to_bytes(model) == (tmp_path / "model.safetensors").read_bytes()
    assert not set(map(id, model.weights)) & set(map(id, loaded.weights))


def test_shared_layers_stay_shared():
    model = from_bytes(to_bytes(nested()))
    inside = model.get_layer("encoder").get_layer("same")
    assert any(layer is inside for layer in model.layers)
    owners = ["encoder/same", "encoder/out", "head/deep/same", f"head/{model.get_layer('head').layers[1].name}"]
    assert list(named_weights(model)) == [f"{owner}/{name}" for owner in owners for name in ("kernel", "bias")]
    before = outputs_of(model)
    inside.set_weights([w + 1 for w in inside.get_weights()])
    assert not same(outputs_of(model), before)
    assert not same(outputs_of(from_bytes(to_bytes(model))), before)


def test_an_unbuilt_chain_comes_back_unbuilt():
    model = from_bytes(to_bytes(nabi.Sequential([L.Dense(4), L.Dense(2)])))
    assert model.graph is None and [layer.units for layer in model.layers] == [4, 2]


def test_keras_computes_the_same_with_the_weights_of_the_file(tmp_path):
    """Arrays lie in Keras' shapes under <layer>/<weight>: read by the safetensors library, they give Keras our outputs."""
    import keras

    model = lecture()
    model.compile("sgd", "sparse_categorical_crossentropy", precision="float32")
    model.fit(*digits(), **FIT)
    model.save(tmp_path / "model.safetensors")
    arrays = safetensors.numpy.load_file(tmp_path / "model.safetensors")
    theirs = keras.Sequential([
        keras.Input((10, 10, 1)), keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.BatchNormalization(),
        keras.layers.MaxPooling2D(), keras.layers.Flatten(), keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    named = [layer for layer in model.layers if layer.weights]
    for ours, layer in zip(named, [layer for layer in theirs.layers if layer.weights], strict=True):
        layer.set_weights([arrays[f"{ours.name}/{weight.name}"] for weight in layer.weights])
    x, _ = digits()
    np.testing.assert_allclose(model.predict(x, verbose=0), theirs(x).detach().numpy(), atol=1e-5)
    flipped = {name: array[::-1].copy() for name, array in arrays.items()}
    theirs.layers[0].set_weights([flipped[f"{named[0].name}/{w.name}"] for w in theirs.layers[0].weights])
    assert np.abs(model.predict(x, verbose=0) - theirs(x).detach().numpy()).max() > 1e-3


# Settings ---------------------------------------------------------------------------------------------------------------------


def settings_of(model):
    trainer = model.trainer
    return (nabi.optimizers.serialize(trainer.optimizer), trainer.precision.name, trainer.names, trainer.fused,
            [type(part).__name__ for part in trainer.objective.losses], trainer.objective.factors)


SGD, RMSprop, Cosine = nabi.optimizers.SGD, nabi.optimizers.RMSprop, nabi.schedules.CosineDecay
COMPILED = {
    "names": dict(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy", "mse"]),
    "objects": dict(optimizer=SGD(0.1, momentum=0.9, nesterov=True, clipnorm=1.0, weight_decay=1e-3),
                    loss=nabi.losses.CategoricalCrossentropy(label_smoothing=0.1),
                    metrics=[nabi.metrics.CategoricalAccuracy("hits")], precision="float64", run_eagerly=True),
    "schedule": dict(optimizer=RMSprop(Cosine(0.1, decay_steps=50), use_ema=True), loss="mse"),
    "functions": dict(optimizer="sgd", loss=nabi.losses.mean_squared_error, weighted_metrics=[nabi.losses.mean_absolute_error]),
}


@pytest.mark.parametrize("how", COMPILED)
def test_a_loaded_model_trains_as_its_original(how, tmp_path):
    """Same weights, settings, seed and counters, fresh optimizers: two epochs end at the same bits."""
    model = lecture()
    model.layers[-2].rate_factor = 0.5
    model.layers[0].trainable = False
    model.compile(**COMPILED[how])
    x, y = digits()
    y = np.eye(3, dtype="float32")[y]
    model.save(tmp_path / "model.safetensors")
    loaded = nabi.load_model(tmp_path / "model.safetensors")
    assert settings_of(loaded) == settings_of(model)
    loaded.counters.drawn = model.counters.seed
    first, second = model.fit(x, y, **FIT), loaded.fit(x, y, **FIT)
    assert first.history == second.history
    assert same(loaded.get_weights(), model.get_weights())
    untouched = nabi.load_model(tmp_path / "model.safetensors").layers[0].get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(loaded.layers[0].get_weights(), untouched, strict=True)), "frozen"


def test_settings_by_output_come_back(tmp_path):
    model = several()
    model.compile("sgd", {"sum": "mse", "class": nabi.losses.SparseCategoricalCrossentropy()}, {"sum": 0.5, "class": 2},
                  {"class": ["accuracy"]})
    loaded = from_bytes(to_bytes(model))
    x = inputs_of(model, 16)
    y = {"sum": np.ones((16, 1), "float32"), "class": np.arange(16) % 3}
    assert model.evaluate(x, y, return_dict=True, verbose=0) == loaded.evaluate(x, y, return_dict=True, verbose=0)


@pytest.mark.parametrize("learns", [True, False])
def test_what_learns_is_as_it_was_compiled_and_decay_stays_excluded(learns):
    """The GAN idiom: the trainable flag may have changed since compile; the compiled set is what counts."""
    model = lecture()
    optimizer = nabi.optimizers.SGD(0.1, weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias"], var_list=[model.layers[0].weights[0]])
    model.layers[-1].trainable = learns
    model.layers[-2].rate_factor = 0.5
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.layers[-1].trainable = not learns
    model.layers[-2].rate_factor = 1.0
    loaded = from_bytes(to_bytes(model))
    assert loaded.layers[-1].trainable is not learns
    assert [span.segments for span in loaded.trainer.ready().spans] == [span.segments for span in model.trainer.ready().spans]
    choices = [[(span.decay, span.rate) for span in m.trainer.ready().spans] for m in (loaded, model)]
    assert choices[0] == choices[1] and {rate for _, rate in choices[0]} == {1.0, 0.5}


def test_trainable_of_model_and_layers_are_two_things():
    model = lecture()
    model.trainable = False
    model.layers[0].trainable = True
    loaded = from_bytes(to_bytes(model))
    assert not loaded.trainable and [layer.trainable for layer in loaded.layers] == [layer.trainable for layer in model.layers]


def test_compile_false_and_no_settings_load_uncompiled():
    model = lecture()
    assert from_bytes(to_bytes(model)).trainer is None
    model.compile("adam", "mse")
    assert from_bytes(to_bytes(model)).trainer is not None


def test_a_loss_of_ones_own_leaves_the_settings_out_with_a_warning(tmp_path):
    model = lecture()
    model.compile("adam", lambda y, p: ((y - p) ** 2).mean(-1))
    with pytest.warns(UserWarning, match="has no compile settings: loss '<lambda>'.*Call compile again"):
        model.save(tmp_path / "model.safetensors")
    assert nabi.load_model(tmp_path / "model.safetensors").trainer is None


def test_card_and_counters_travel(tmp_path):
    model = lecture()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(*digits(), **FIT)
    model.card = {"classes": ["고양이", "dog", "나비"], "preprocessing": {"scale": 1 / 255}, "accuracy": 0.97}
    model.save(tmp_path / "model.safetensors")
    loaded = nabi.load_model(tmp_path / "model.safetensors", compile=False)
    assert loaded.card == model.card and loaded.trainer is None
    assert loaded.counters.state() == model.counters.state() and loaded.counters.epochs == 2 and loaded.counters.calls == {3: 8}
    before = (tmp_path / "model.safetensors").read_bytes()
    model.card = {"classes": object()}
    with pytest.raises(ArgumentError, match="'card'"):
        model.save(tmp_path / "model.safetensors")
    assert (tmp_path / "model.safetensors").read_bytes() == before


def test_overwrite_false_keeps_the_file(tmp_path):
    model = lecture()
    model.save(tmp_path / "model.safetensors")
    model.save(tmp_path / "model.safetensors")
    for save in (model.save, model.save_weights):
        with pytest.raises(FileError, match="overwrite=False"):
            save(tmp_path / "model.safetensors", overwrite=False)


# Own layers -------------------------------------------------------------------------------------------------------------------


class Twice(L.Layer):
    """y = factor x, with one weight."""

    def __init__(self, factor=2.0, activation=None, **base):
        super().__init__(**base)
        self.factor = factor
        self.activation = activation

    def build(self, input_shape):
        self.gain = self.add_weight((input_shape[-1],), "ones")

    def call(self, x):
        return self.factor * self.gain * (x if self.activation is None else self.activation(x))


@pytest.fixture
def registered():
    """Twice in the registry, for one test."""
    register("layer")(Twice)
    yield
    TABLE["layer"].pop("Twice", None)


def test_a_registered_layer_of_ones_own_loads(registered):
    model = nabi.Sequential([nabi.Input((6,)), Twice(3.0), L.Dense(2)])
    loaded = from_bytes(to_bytes(model))
    assert isinstance(loaded.layers[0], Twice) and loaded.layers[0].factor == 3.0
    assert same(outputs_of(loaded), outputs_of(model))


def test_a_layer_of_ones_own_is_saved_by_its_name_and_loaded_by_whoever_has_it(tmp_path):
    model, file = nabi.Sequential([nabi.Input((6,)), Twice(3.0, name="own"), L.Dense(2)]), tmp_path / "model.safetensors"
    model.save(file)
    with pytest.raises(FileError, match=r"'Twice'.*custom_objects"):
        nabi.load_model(file)
    loaded = nabi.load_model(file, custom_objects={"Twice": Twice})
    assert loaded.layers[0].factor == 3.0 and same(outputs_of(loaded), outputs_of(model))
    assert same(outputs_of(copy.deepcopy(model)), outputs_of(model))


def test_a_layer_that_is_called_as_one_of_nabis_is_an_error_when_saving(tmp_path):
    kind = type("Dense", (Twice,), {})
    with pytest.raises(ArgumentError, match=r"Dense 'own': expected a class with a name of its own.*Rename it"):
        nabi.Sequential([nabi.Input((6,)), kind(name="own")]).save(tmp_path / "model.safetensors")
    assert list(tmp_path.iterdir()) == []


def test_an_unregistered_function_names_its_layer(tmp_path, registered):
    model = nabi.Sequential([nabi.Input((6,)), Twice(activation=lambda x: x, name="own")])
    with pytest.raises(ArgumentError, match="Twice 'own': .*registered functions.*lambda"):
        model.save(tmp_path / "model.safetensors")


def test_a_layer_unknown_where_it_is_loaded_can_be_given(tmp_path, registered):
    model = nabi.Sequential([nabi.Input((6,)), Twice(3.0)])
    model.save(tmp_path / "model.safetensors")
    TABLE["layer"].pop("Twice")
    with pytest.raises(FileError, match="layer 'Twice': expected a known layer.*custom_objects"):
        nabi.load_model(tmp_path / "model.safetensors")
    loaded = nabi.load_model(tmp_path / "model.safetensors", custom_objects={"Twice": Twice})
    assert same(outputs_of(loaded), outputs_of(model)) and "Twice" not in TABLE["layer"]


# Weights alone, copies --------------------------------------------------------------------------------------------------------


def test_weights_alone_come_back_under_other_running_numbers(tmp_path):
    model, other = lecture(), lecture()
    assert model.layers[0].name != other.layers[0].name
    model.save_weights(tmp_path / "w.safetensors")
    other.load_weights(tmp_path / "w.safetensors")
    assert same(other.get_weights(), model.get_weights())
    with pytest.raises(FileError, match="a model file, got a weights file"):
        nabi.load_model(tmp_path / "w.safetensors")


def test_weights_of_another_program_load(tmp_path):
    model = nabi.Sequential([nabi.Input((4,)), L.Dense(2, name="out")])
    arrays = {"out/bias": np.ones(2), "out/kernel": np.full((4, 2), 0.5, "float16")}
    safetensors.numpy.save_file(arrays, tmp_path / "theirs.safetensors")
    model.load_weights(tmp_path / "theirs.safetensors")
    assert model.predict(np.ones((1, 4), "float32"), verbose=0).tolist() == [[3.0, 3.0]]
    with pytest.raises(FileError, match="a safetensors file of another program.*load_weights"):
        nabi.load_model(tmp_path / "theirs.safetensors")


@pytest.mark.parametrize("arrays, error, said", [
    ({"out/kernel": np.ones((4, 3), "float32"), "out/bias": np.ones(2)}, ShapeError,
     r"of another shape: 'out/kernel' is \(4, 2\) in the model and \(4, 3\) in the file"),
    ({"out/kernel": np.ones((4, 2)), "aux/bias": np.ones(7)}, FileError,
     r"missing in the file: 'out/bias' \(2,\); not in the model: 'aux/bias' \(7,\)"),
    ({"out/kernel": np.ones((4, 2), "int32"), "out/bias": np.ones(2)}, FileError, "floating-point numbers, got int32"),
    ({}, FileError, r"missing in the file: 'out/kernel' \(4, 2\), 'out/bias' \(2,\)"),
])  # fmt: skip
def test_weights_that_do_not_fit_change_nothing(tmp_path, arrays, error, said):
    model = nabi.Sequential([nabi.Input((4,)), L.Dense(2, name="out")])
    before = model.get_weights()
    safetensors.numpy.save_file(arrays, tmp_path / "w.safetensors")
    with pytest.raises(error, match=said):
        model.load_weights(tmp_path / "w.safetensors")
    assert same(model.get_weights(), before)


def test_weights_of_an_unbuilt_model_are_an_error(tmp_path):
    model = nabi.Sequential([L.Dense(2)])
    for method in (model.save_weights, model.load_weights):
        with pytest.raises(ArgumentError, match="never built"):
            method(tmp_path / "w.safetensors")


@pytest.mark.parametrize("way", [copy.deepcopy, copy.copy, lambda model: pickle.loads(pickle.dumps(model))])
@pytest.mark.parametrize("name", ["lecture", "nested"])
def test_a_copy_shares_nothing(name, way):
    model = NETWORKS[name]()
    model.compile("sgd", "mse")
    x = inputs_of(model, 16)
    y = np.ones((16, *model.outputs[0].shape[1:]), "float32")
    model.fit(x, y, **FIT)
    other = way(model)
    before = outputs_of(model)
    assert same(outputs_of(other), before)
    other.fit(x, y, **FIT)
    assert same(outputs_of(model), before) and not same(outputs_of(other), before)
    assert other.counters.epochs == 4 and model.counters.epochs == 2


def test_the_file_says_who_wrote_it(tmp_path):
    lecture().save(tmp_path / "model.safetensors")
    with safefile.opened(tmp_path / "model.safetensors") as file:
        said = file.json("nabi")
    assert (said["format"], said["kind"], said["versions"]["nabi"]) == (1, "model", nabi.__version__)
