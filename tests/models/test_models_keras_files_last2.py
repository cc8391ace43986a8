"""Files of the last Keras 2: configurations as tf_keras 2.21 wrote them, with numbers of our own; compared with NumPy."""

import json

import h5py
import numpy as np
import pytest

import nabi

R = np.random.default_rng(1)
GLOROT = {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None}, "registered_name": None}
ADAM = {"name": "Adam", "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None, "use_ema": False,
        "ema_momentum": 0.99, "ema_overwrite_frequency": None, "jit_compile": False, "is_legacy_optimizer": False,
        "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False}


def wrapped(name):
    return {"class_name": "MeanMetricWrapper", "config": {"name": name, "dtype": "float32", "fn": "mean_absolute_error"}}


def write(path, layers, arrays, metrics, graph=None):
    """A file with layers, their arrays {layer: {name: array}}, and compile settings."""
    kind = "Functional" if graph else "Sequential"
    with h5py.File(path, "w") as file:
        config = {"class_name": kind, "config": {"name": "m", "layers": layers, **(graph or {})}}
        file.attrs["model_config"] = json.dumps(config)
        file.attrs["training_config"] = json.dumps({
            "loss": "mse", "metrics": metrics, "weighted_metrics": None, "loss_weights": None,
            "optimizer_config": {"class_name": "Custom>Adam", "config": ADAM}})  # fmt: skip
        group = file.create_group("model_weights")
        group.attrs.update({"layer_names": list(arrays), "keras_version": "2.21.0", "backend": "tensorflow"})
        for name, inside in arrays.items():
            place = group.create_group(name)
            place.attrs["weight_names"] = list(inside)
            for weight, array in inside.items():
                place.create_dataset(weight, data=array)
    return path


def dense(name, units):
    config = {"name": name, "trainable": True, "dtype": "float32", "units": units, "activation": "linear", "use_bias": False,
              "kernel_initializer": GLOROT}
    return {"module": "keras.layers", "class_name": "Dense", "config": config, "registered_name": None, "name": name}


def layer(name, class_name, **config):
    return {"module": "keras.layers", "class_name": class_name, "config": {"name": name, "trainable": True, **config},
            "registered_name": None}


def test_compile_settings_of_two_outputs(tmp_path):
    """Optimizers are called "Custom>Adam", metrics wrapped functions under the output's name."""
    p, q, x = R.normal(size=(4, 2)), R.normal(size=(4, 1)), R.normal(size=(6, 4)).astype("float32")
    start = layer("x", "InputLayer", batch_input_shape=[None, 4], dtype="float32", sparse=False, ragged=False)
    nodes = [[["x", 0, 0, {}]]]
    layers = [{**start, "name": "x", "inbound_nodes": []}, dense("p", 2) | {"inbound_nodes": nodes},
              dense("q", 1) | {"inbound_nodes": nodes}]
    graph = {"input_layers": [["x", 0, 0]], "output_layers": [["p", 0, 0], ["q", 0, 0]]}
    arrays = {"x": {}, "p": {"p/kernel:0": p}, "q": {"q/kernel:0": q}}
    model = nabi.load_model(write(tmp_path / "m.h5", layers, arrays, [[wrapped("p_mae")], [wrapped("q_mae")]], graph))
    found = model.evaluate(x, [np.zeros((6, 2)), np.zeros((6, 1))], verbose=0, return_dict=True)
    assert list(found) == ["loss", "p_loss", "q_loss", "p_mae", "q_mae"] and type(model.optimizer).__name__ == "Adam"
    np.testing.assert_allclose([found["p_mae"], found["q_mae"]], [abs(x @ p).mean(), abs(x @ q).mean()], rtol=1e-5)


def test_arguments_that_say_nothing_of_a_file(tmp_path):
    """What SeparableConv2D and random layers wrote in their configurations beside what they are."""
    deep, point = R.normal(size=(2, 2, 1, 1)), R.normal(size=(1, 1, 1, 1))
    layers = [layer("f", "RandomFlip", batch_input_shape=[None, 2, 2, 1], mode="horizontal", seed=None, rng_type="stateful"),
              layer("s", "SeparableConv2D", filters=1, kernel_size=[2, 2], use_bias=False, kernel_initializer=GLOROT,
                    kernel_regularizer=None, depthwise_initializer=GLOROT, pointwise_initializer=GLOROT, groups=1)]
    arrays = {"f": {}, "s": {"s/depthwise_kernel:0": deep, "s/pointwise_kernel:0": point}}
    model, x = nabi.load_model(write(tmp_path / "m.h5", layers, arrays, [[wrapped("mae")]])), R.normal(size=(3, 2, 2, 1))
    made = (x[..., 0] * deep[..., 0, 0]).sum((1, 2)) * point.item()
    np.testing.assert_allclose(np.ravel(model.predict(x, verbose=0)), made, rtol=1e-4, atol=1e-5)
    assert np.isclose(model.evaluate(x, np.zeros((3, 1, 1, 1)), verbose=0)[1], abs(made).mean(), rtol=1e-4)


@pytest.mark.parametrize("version, value", [("2.21.0", 0.7), ("2.2.4", 0.7), ("3.8.0", 4 / 6)])
def test_hard_sigmoid_is_that_of_the_file(tmp_path, version, value):
    """hard_sigmoid(1): tf_keras 2.21 gives 0.7, Keras 3 4/6; a file that nabi writes anew keeps it."""
    first = {**dense("p", 1)["config"], "activation": "hard_sigmoid", "batch_input_shape": [None, 1]}
    path = write(tmp_path / "m.h5", [{"class_name": "Dense", "config": first}], {"p": {"p/kernel:0": np.ones((1, 1))}}, None)
    with h5py.File(path, "a") as file:
        file.attrs["keras_version"] = version
        text = file.attrs["model_config"]
    model = nabi.load_model(path)
    model.save(tmp_path / "again.h5")
    for one in (model, nabi.load_model(tmp_path / "again.h5")):
        np.testing.assert_allclose(one.predict(np.ones((1, 1)), verbose=0), [[value]], rtol=1e-6)
    told = nabi.models.cloning.model_from_json(json.dumps(json.loads(text) | {"keras_version": version}))
    assert told.layers[0].activation is model.layers[0].activation
