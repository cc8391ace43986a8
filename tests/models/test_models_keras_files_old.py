"""Files of Keras 1 and 2, made here byte for byte as those wrote them; what they compute is compared with NumPy."""

import json

import h5py
import numpy as np
import pytest

import nabi
from nabi.core.errors import FileError

R = np.random.default_rng(0)


def r(*shape):
    return R.normal(size=shape).astype("float32")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def write(path, config, layers, version="2.2.4", backend="tensorflow", whole=True):
    """A file: layers {name: {weight name: array}}."""
    with h5py.File(path, "w") as file:
        group = file
        if whole:
            file.attrs["model_config"] = json.dumps(config).encode()
            group = file.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in layers]
        group.attrs["backend"] = backend.encode()
        if version != "1":
            group.attrs["keras_version"] = version.encode()
        for name, arrays in layers.items():
            inner = group.create_group(name)
            inner.attrs["weight_names"] = [weight.encode() for weight in arrays]
            for weight, array in arrays.items():
                inner.create_dataset(weight, data=array)
    return path


def dense(name, units, **more):
    initializer = {
        "class_name": "VarianceScaling",
        "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None},
    }
    return {
        "class_name": "Dense",
        "config": {
            "name": name,
            "trainable": True,
            "units": units,
            "activation": "relu",
            "use_bias": True,
            "kernel_initializer": initializer,
            "bias_initializer": {"class_name": "Zeros", "config": {}},
            "kernel_regularizer": None,
            "bias_regularizer": None,
            "activity_regularizer": None,
            "kernel_constraint": None,
            "bias_constraint": None,
            **more,
        },
    }


def test_a_chain_of_keras_2(tmp_path):
    w, b, v = r(4, 3), r(3), r(3, 2)
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "sequential_1",
            "layers": [
                dense("dense_1", 3, batch_input_shape=[None, 4], dtype="float32"),
                {
                    "class_name": "Dropout",
                    "config": {"name": "dropout_1", "trainable": True, "rate": 0.5, "noise_shape": None, "seed": None},
                },
                dense("dense_2", 2, use_bias=False),
            ],
        },
    }
    layers = {"dense_1": {"dense_1/kernel:0": w, "dense_1/bias:0": b}, "dropout_1": {}, "dense_2": {"dense_2/kernel:0": v}}
    model, x = nabi.load_model(write(tmp_path / "m.h5", config, layers)), r(5, 4)
    np.testing.assert_allclose(model.predict(x, verbose=0), np.maximum(np.maximum(x @ w + b, 0) @ v, 0), rtol=1e-5, atol=1e-6)
    config["config"] = config["config"]["layers"]  # as Keras before 2.2.3 wrote it
    model = nabi.load_model(write(tmp_path / "m.h5", config, layers))
    np.testing.assert_allclose(model.predict(x, verbose=0), np.maximum(np.maximum(x @ w + b, 0) @ v, 0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("class_name", ["Model", "Functional"])
def test_a_graph_of_keras_2_with_a_model_inside(class_name, tmp_path):
    """A model in a model: Keras 2 counts its calls from 1. The frozen layer's weights lie behind the others, in the old order."""
    w, v, b = r(4, 4), r(4, 3), r(3)

    def entry(name):
        return {
            "class_name": "InputLayer",
            "name": name,
            "inbound_nodes": [],
            "config": {"batch_input_shape": [None, 4], "dtype": "float32", "sparse": False, "name": name},
        }

    inner = {
        "name": "model_1",
        "layers": [
            entry("input_2"),
            {**dense("first", 4, use_bias=False, trainable=False), "name": "first", "inbound_nodes": [[["input_2", 0, 0, {}]]]},
            {**dense("second", 3), "name": "second", "inbound_nodes": [[["first", 0, 0, {}]]]},
        ],
        "input_layers": [["input_2", 0, 0]],
        "output_layers": [["second", 0, 0]],
    }
    config = {
        "class_name": class_name,
        "keras_version": "2.2.4",
        "backend": "tensorflow",
        "config": {
            "name": "model_2",
            "layers": [
                entry("input_1"),
                entry("input_3"),
                {
                    "class_name": class_name,
                    "name": "model_1",
                    "config": inner,
                    "inbound_nodes": [[["input_1", 0, 0, {}]], [["input_3", 0, 0, {}]]],
                },
                {
                    "class_name": "Concatenate",
                    "name": "join",
                    "config": {"name": "join", "trainable": True, "axis": -1},
                    "inbound_nodes": [[["model_1", 1, 0, {}], ["model_1", 2, 0, {}]]],
                },
                {
                    "class_name": "TFOpLambda",
                    "name": "twice",
                    "config": {"name": "twice", "trainable": True, "dtype": "float32", "function": "math.multiply"},
                    "inbound_nodes": [["join", 0, 0, {"y": 2.0, "name": None}]],
                },
            ],
            "input_layers": [["input_1", 0, 0], ["input_3", 0, 0]],
            "output_layers": [["twice", 0, 0], ["model_1", 2, 0]],
        },
    }
    layers = {
        "input_1": {},
        "input_3": {},
        "model_1": {"second/kernel:0": v, "second/bias:0": b, "first/kernel:0": w},
        "join": {},
    }
    model = nabi.load_model(write(tmp_path / "m.h5", config, layers))
    x, y = r(5, 4), r(5, 4)

    def through(x):
        return np.maximum(np.maximum(x @ w, 0) @ v + b, 0)

    joined, second = model.predict([x, y], verbose=0)
    np.testing.assert_allclose(joined, 2 * np.concatenate([through(x), through(y)], -1), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(second, through(y), rtol=1e-5, atol=1e-5)


def lstm(x, kernel, recurrent, bias):
    """Gates i, f, c, o."""
    units = recurrent.shape[0]
    h = c = np.zeros((len(x), units))
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, -1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return h


def test_weights_of_keras_1(tmp_path):
    """Keras 1 kept each gate's three arrays by themselves (i, c, f, o), and convolutions of Theano's order and direction."""
    model = nabi.Sequential([nabi.Input((6, 2)), nabi.layers.LSTM(3, name="lstm")])
    gates = {gate: (r(2, 3), r(3, 3), r(3)) for gate in "icfo"}
    arrays = {f"lstm_{letter}_{gate}": part for gate in "icfo" for letter, part in zip("WUb", gates[gate], strict=True)}
    model.load_weights(write(tmp_path / "w.h5", None, {"lstm_1": arrays}, version="1", whole=False))
    kernel, recurrent, bias = (np.concatenate([gates[gate][part] for gate in "ifco"], -1) for part in range(3))
    x = r(4, 6, 2)
    np.testing.assert_allclose(model.predict(x, verbose=0), lstm(x, kernel, recurrent, bias), rtol=1e-4, atol=1e-5)

    conv = nabi.Sequential([nabi.Input((5, 5, 2)), nabi.layers.Conv2D(3, 2)])
    kernel, bias = r(3, 2, 2, 2), r(3)  # out, in, rows, columns
    conv.load_weights(write(tmp_path / "c.h5", None, {"c": {"c_W": kernel, "c_b": bias}}, "1", "theano", whole=False))
    x = r(1, 5, 5, 2)
    place = sum(x[0, 1 + i, 2 + j, n] * kernel[:, n, 1 - i, 1 - j] for i in range(2) for j in range(2) for n in range(2)) + bias
    np.testing.assert_allclose(conv.predict(x, verbose=0)[0, 1, 2], place, rtol=1e-5, atol=1e-6)


def test_layers_of_cudnn(tmp_path):
    model = nabi.Sequential([nabi.Input((6, 2)), nabi.layers.LSTM(3)])
    kernel, recurrent, bias = r(2, 12), r(3, 12), r(24)
    model.load_weights(write(tmp_path / "w.h5", None, {"l": {"k": kernel, "r": recurrent, "b": bias}}, whole=False))
    parts = [part.T.reshape(part.shape) for part in np.split(kernel, 4, 1)]
    x = r(4, 6, 2)
    expected = lstm(
        x, np.concatenate(parts, 1), np.concatenate([p.T for p in np.split(recurrent, 4, 1)], 1), bias.reshape(2, -1).sum(0)
    )
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-4, atol=1e-5)


def test_the_optimizers_memory_of_keras_2(tmp_path):
    """Adam's m of all weights lie before its v of all weights there."""
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [dense("d", 2, batch_input_shape=[None, 2])]}}
    arrays = {"d/kernel:0": r(2, 2), "d/bias:0": r(2)}
    path = write(tmp_path / "m.h5", config, {"d": arrays})
    m, v = [r(2, 2), r(2)], [abs(r(2, 2)), abs(r(2))]
    with h5py.File(path, "r+") as file:
        file.attrs["training_config"] = json.dumps(
            {
                "optimizer_config": {
                    "class_name": "Adam",
                    "config": {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0, "epsilon": 1e-07, "amsgrad": False},
                },
                "loss": "categorical_crossentropy",
                "metrics": ["acc"],
                "sample_weight_mode": None,
                "loss_weights": None,
            }
        ).encode()
        group = file.create_group("optimizer_weights")
        names = [
            "Adam/iterations:0",
            "training/d/kernel/m:0",
            "training/d/bias/m:0",
            "training/d/kernel/v:0",
            "training/d/bias/v:0",
        ]
        group.attrs["weight_names"] = [name.encode() for name in names]
        for name, array in zip(names, [np.int64(7), *m, *v], strict=True):
            group.create_dataset(name, data=array)
    model = nabi.load_model(path)
    optimizer = model.optimizer
    assert (optimizer.iterations, round(optimizer.learning_rate, 6)) == (7, 0.01)
    for weight, first, second in zip(model.weights, m, v, strict=True):
        np.testing.assert_array_equal(weight.view(optimizer.remembered[weight]["m"]), first)
        np.testing.assert_array_equal(weight.view(optimizer.remembered[weight]["v"]), second)


def test_code_of_keras_2_is_refused_and_a_function_may_stand_in(tmp_path):
    code = {
        "class_name": "Lambda",
        "config": {
            "name": "double",
            "trainable": True,
            "function": ["4wEAAAAAAAAA", None, None],
            "function_type": "lambda",
            "output_shape": None,
            "output_shape_type": "raw",
            "arguments": {},
            "batch_input_shape": [None, 3],
        },
    }
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [code, dense("d", 2)]}}
    w, b, x = r(3, 2), r(2), r(4, 3)
    path = write(tmp_path / "m.h5", config, {"double": {}, "d": {"k": w, "b": b}})
    with pytest.raises(FileError, match=r"Lambda 'double'.*never run.*custom_objects=\{'double': function\}"):
        nabi.load_model(path, safe_mode=False)
    model = nabi.load_model(path, custom_objects={"double": lambda x: 2 * x})
    np.testing.assert_allclose(model.predict(x, verbose=0), np.maximum(2 * x @ w + b, 0), rtol=1e-5, atol=1e-6)
