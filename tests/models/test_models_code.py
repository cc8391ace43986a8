"""model.to_code: the written files are run in a process of their own, without nabi; their answers are the model's."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from keras_networks import NETWORKS, shaken

import nabi
from nabi.core.errors import ArgumentError, FileError

RUN = """
import importlib.util, os, sys
os.environ["KERAS_BACKEND"] = "torch"
import numpy as np
for path in sorted(__import__("pathlib").Path(sys.argv[1]).glob("*.py")):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "nabi" not in sys.modules
    x = [value for _, value in sorted(np.load(path.with_suffix(".x.npz")).items())]
    if sys.argv[2] == "torch":
        import torch
        with torch.no_grad():
            made = module.load()(*[torch.from_numpy(value) for value in x])
    else:
        made = module.load().predict(x if len(x) > 1 else x[0], verbose=0)
    made = [made[key] for key in sorted(made)] if isinstance(made, dict) else made
    made = list(made) if isinstance(made, (list, tuple)) else [made]
    np.savez(path.with_suffix(".y.npz"), *[np.asarray(value) for value in made])
"""


def conv(k):
    L = k.layers
    return k.Sequential([
        k.Input((9, 9, 3)), L.Rescaling(0.5, 0.1), L.Conv2D(4, 3, padding="same", strides=2, activation="elu"),
        L.BatchNormalization(), L.MaxPooling2D(3, strides=2, padding="same"), L.DepthwiseConv2D(2, padding="same"),
        L.SeparableConv2D(5, 3, padding="same"),
        L.Conv2DTranspose(6, 3, strides=2, padding="same"), L.PReLU(shared_axes=[1, 2]), L.UpSampling2D(2), L.LeakyReLU(0.2),
        L.Conv2DTranspose(3, 2, strides=3), L.Dropout(0.3), L.ZeroPadding2D(((1, 0), (2, 1))), L.AveragePooling2D(2),
        L.Flatten(), L.Dense(3)])  # fmt: skip


def sequence(k):
    L = k.layers
    i = k.Input((7,))
    x = L.Embedding(11, 4)(i)
    x = L.Conv1D(6, 3, padding="same", dilation_rate=2, activation="relu")(x)
    x = L.LayerNormalization()(L.MaxPooling1D(2, padding="same")(x))
    x = L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="sum")(L.LSTM(5, return_sequences=True, go_backwards=True)(x))
    y = L.TimeDistributed(L.Dense(2))(x)
    return k.Model(i, [L.GlobalMaxPooling1D()(x), L.Permute((2, 1))(y), L.SimpleRNN(4)(x)])


def residual(k):
    L = k.layers
    i = k.Input((8, 8, 2), name="picture")
    same = L.Conv2D(4, 1)  # used twice
    a = L.Conv2D(4, 3, padding="same", use_bias=False)(i)
    b = L.ReLU(6.0)(L.Add()([a, same(i)]))
    b = L.MaxPooling2D(3, 1, padding=1)(b)
    c = L.Concatenate()([b, L.Maximum()([a, b]), L.Average()([a, b])])
    d = L.Activation("gelu")(1 - 0.5 * L.Conv2D(4, 3, padding="valid", groups=2)(c) ** 2)
    return k.Model(i, {"map": d, "mean": L.GlobalAveragePooling2D()(d), "all": L.Reshape((12, 3, 4))(d)})


def more(k):
    L = k.layers
    i, words = k.Input((8, 9, 4)), k.Input((6,), name="words")
    a = L.Cropping2D(((1, 0), (0, 2)))(L.GroupNormalization(2)(L.UnitNormalization(axis=[1, 2])(i)))
    a = L.AveragePooling2D(2, padding="same")(L.Softmax(axis=1)(a))
    a = L.Multiply()([a, L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling2D()(a))])
    s = L.Embedding(11, 4, mask_zero=True)(words)
    s = L.GRU(3, return_sequences=True)(L.Bidirectional(L.LSTM(2, return_sequences=True))(s))
    b = L.LSTM(4)(L.Masking(0.0)(L.UnitNormalization()(L.Reshape((16, 4))(a))))
    d = L.Dot(-1, normalize=True)([b, L.Dense(4)(L.GlobalAveragePooling1D()(s))])
    c = L.Dot((1, 1))([L.Reshape((16, 4))(a), L.Cropping1D((3, 5))(L.Conv1D(3, 1)(L.UpSampling1D(4)(s)))])
    return k.Model([i, words], {"close": d, "cross": L.GroupNormalization(-1)(c), "map": L.Rescaling([1.0, 2, 3, 4])(a)})


FOR_TORCH = {
    "conv": conv,
    "sequence": sequence,
    "residual": residual,
    "branches": NETWORKS["branches"],
    "nested": NETWORKS["nested"],
}
FOR_KERAS = {"conv": conv, "sequence": sequence, "residual": residual, **NETWORKS}


def answers(networks, framework, folder):
    """{name: (the model's answers, those of the written file)}."""
    expected = {}
    for name, network in networks.items():
        model = shaken(network(nabi))
        r = np.random.default_rng(0)
        whole = name in ("sequence", "words")
        x = [
            (r.integers(0, 11, (3, *s.shape[1:])) if whole else r.random((3, *s.shape[1:]))).astype("float32")
            for s in model.inputs
        ]
        made = model.predict(x if len(x) > 1 else x[0], verbose=0)
        made = [made[key] for key in sorted(made)] if isinstance(made, dict) else made if isinstance(made, list) else [made]
        expected[name] = made
        code = model.to_code(framework, folder / f"{name}.py")
        assert (folder / f"{name}.py").read_text() == code and "import nabi" not in code
        x = [np.moveaxis(value, -1, 1) if framework == "torch" and value.ndim == 4 else value for value in x]
        np.savez(folder / f"{name}.x.npz", *x)
    done = subprocess.run([sys.executable, "-c", RUN, str(folder), framework], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr[-3000:]
    found = {}
    for name, arrays in expected.items():
        with np.load(folder / f"{name}.y.npz") as file:
            got = [file[f"arr_{n}"] for n in range(len(arrays))]
        if framework == "torch":
            got = [
                np.moveaxis(value, 1, -1) if np.ndim(want) == 4 and name != "x" else value
                for value, want in zip(got, arrays, strict=True)
            ]
        found[name] = arrays, got
    return found


def compared(found):
    for name, (expected, got) in found.items():
        for want, value in zip(expected, got, strict=True):
            assert want.shape == value.shape, name
            assert np.abs(want - value).max() < 1e-5 * max(1, np.abs(want).max()), name


@pytest.mark.learn
def test_files_of_torch_give_the_same_answers(tmp_path):
    found = answers(FOR_TORCH, "torch", tmp_path)
    compared(found)
    with np.load(tmp_path / "conv.npz") as file:
        arrays = dict(file)
    key = next(key for key in arrays if key.endswith("weight") and arrays[key].ndim == 4)
    np.savez(tmp_path / "conv.npz", **{**arrays, key: np.flip(arrays[key], -1)})
    spec = importlib.util.spec_from_file_location("net", tmp_path / "conv.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with np.load(tmp_path / "conv.x.npz") as file, torch.no_grad():
        wrong = module.load()(torch.from_numpy(file["arr_0"])).numpy()
    expected = found["conv"][0][0]
    assert np.abs(wrong - expected).max() > 1e-3 * np.abs(expected).max(), "a flipped kernel is seen"


@pytest.mark.parametrize("network", [residual, more])
def test_the_code_of_torch_runs_here_too(network, tmp_path):
    model, space, r = shaken(network(nabi)), {"__file__": str(tmp_path / "net.py")}, np.random.default_rng(0)
    exec(model.to_code("torch", tmp_path / "net.py"), space)
    shapes = [(3, *symbol.shape[1:]) for symbol in model.inputs]
    x = [(r.integers(0, 3, s) if len(s) == 2 else r.random(s)).astype("float32") for s in shapes]
    with torch.no_grad():
        found = space["load"]()(*[torch.from_numpy(a).movedim(-1, 1) if a.ndim == 4 else torch.from_numpy(a) for a in x])
    for name, expected in model.predict(x, verbose=0).items():
        value = found[name].movedim(1, -1) if expected.ndim == 4 else found[name]
        np.testing.assert_allclose(value.numpy(), expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max(), err_msg=name)


@pytest.mark.learn
def test_files_of_keras_give_the_same_answers(tmp_path):
    compared(answers(FOR_KERAS, "keras", tmp_path))


def test_code_reads_like_a_persons():
    code = conv(nabi).to_code("keras")
    assert 'layers.Conv2D(4, 3, strides=2, padding="same", activation="elu"),' in code
    assert "layers.BatchNormalization(),\n" in code and 'layers.MaxPooling2D(3, strides=2, padding="same"),' in code
    code = conv(nabi).to_code("torch")
    assert "= nn.Conv2d(3, 4, 3, stride=2, padding=1)" in code and "x = F.elu(self.conv2d" in code
    assert all(len(line) < 200 for line in code.splitlines())


def test_numbers_of_zeros_become_a_layer_in_keras():
    model = nabi.Sequential([nabi.Input((8, 8, 1)), nabi.layers.Conv2D(2, 3, padding=2)])
    assert "layers.ZeroPadding2D(2),\n            layers.Conv2D(2, 3)," in model.to_code("keras")
    assert model.layers[0].padding == 2
    x = nabi.Input((8, 8, 1))
    twice = nabi.layers.Conv2D(1, 3, padding=2, name="twice")
    assert "x = twice_layer(layers.ZeroPadding2D(2)(x))" in nabi.Model(x, twice(twice(x))).to_code("keras")
    assert "nn.Conv2d(1, 2, 3, padding=2)" in model.to_code("torch")


@pytest.mark.parametrize("layer, framework, said", [
    (lambda L: L.Lambda(lambda x: x), "torch", "Lambda"), (lambda L: L.Lambda(lambda x: x), "keras", "Lambda"),
    (lambda L: L.L2Pooling2D(), "keras", "L2Pooling2D"), (lambda L: L.LocallyConnected2D(2, 2), "torch", "Locally"),
    (lambda L: L.Dense(2, activation=nabi.activations.sparsemax), "torch", "sparsemax"),
])  # fmt: skip
def test_layers_that_cannot_be_written_are_named(layer, framework, said, tmp_path):
    model = nabi.Sequential([nabi.Input((4, 4, 2)), layer(nabi.layers)])
    with pytest.raises(FileError, match=rf'to_code\("{framework}"\).*{model.layers[0].name}.*{said}'):
        model.to_code(framework, tmp_path / "net.py")
    assert not list(tmp_path.iterdir())


def test_what_varies_pictures_is_left_out_and_said_and_numbers_of_a_normalization_stay(tmp_path):
    L, space = nabi.layers, {"__file__": str(tmp_path / "net.py")}
    norm = L.Normalization()
    norm.adapt(np.random.default_rng(0).random((9, 5, 4, 3)) * 4)
    model = nabi.Sequential([nabi.Input((5, 4, 3)), L.RandomFlip(), norm, L.Conv2D(2, 3), L.GlobalAveragePooling2D()])
    exec(model.to_code("torch", tmp_path / "net.py"), space)
    assert "# RandomFlip varied the pictures here" in (tmp_path / "net.py").read_text()
    x = np.random.default_rng(1).random((3, 5, 4, 3)).astype("float32") * 4
    with torch.no_grad():
        found = space["load"]()(torch.from_numpy(x).movedim(-1, 1)).numpy()
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)


def test_zeros_around_a_maximum_behind_relu_are_written():
    L = nabi.layers
    model = nabi.Sequential([nabi.Input((8, 8, 1)), L.Conv2D(2, 3, activation="relu"), L.MaxPooling2D(3, 2, padding=1)])
    assert "layers.ZeroPadding2D(1),\n            layers.MaxPooling2D(3, strides=2)," in model.to_code("keras")
    model = nabi.Sequential([nabi.Input((8, 8, 1)), L.Conv2D(2, 3), L.MaxPooling2D(3, 2, padding=1)])
    with pytest.raises(FileError, match="padding=1"):
        model.to_code("keras")


def test_arguments(tmp_path):
    model = conv(nabi)
    for given, said in ((("tensorflow",), "framework"), (("torch", "net.txt"), "ends in"), (("torch", 3), "to_code.path")):
        with pytest.raises(ArgumentError, match=said):
            model.to_code(*given)
    with pytest.raises(FileError):
        model.to_code("torch", Path(tmp_path, "gone", "net.py"))


def test_a_backward_layer_of_its_own_and_numbers_below_zero_are_written(tmp_path):
    import keras

    L = nabi.layers
    x = nabi.Input((5, 2))
    back = L.GRU(3, activation="relu", reset_after=False, go_backwards=True)
    y = L.Bidirectional(L.GRU(3), backward_layer=back)(x)
    model = shaken(nabi.Model(x, nabi.ops.power(-2.0, nabi.ops.round(y))))
    space = {"__file__": str(tmp_path / "net.py")}
    exec(model.to_code("keras", tmp_path / "net.py"), space)
    x = np.random.default_rng(0).random((3, 5, 2)).astype("float32")
    expected = model.predict(x, verbose=0)
    assert expected.max() > 0 > expected.min()
    np.testing.assert_allclose(space["load"]().predict(x, verbose=0), expected, rtol=1e-5)
    assert isinstance(space["load"](), keras.Model)
    y = nabi.Input((2,))
    assert "(-2.0) ** x" in nabi.Model(y, (-2.0) ** y).to_code("torch")
    twin = nabi.Sequential([nabi.Input((5, 2)), L.Bidirectional(L.GRU(3, seed=1))])
    assert "backward_layer" not in twin.to_code("keras")
