"""The lectures' claims: what each script counts is exact; what it measures points where its page says; each runs from the command
line and leaves a figure; none is longer than 40 lines.
"""

import importlib
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nabi

CLAIMS = Path(__file__).resolve().parents[2] / "examples" / "claims"
SCRIPTS = sorted(path.stem for path in CLAIMS.glob("*.py") if path.stem not in ("common", "moved"))
PAGE = (CLAIMS / "README.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(monkeypatch):
    """The scripts import what stands beside them."""
    monkeypatch.syspath_prepend(str(CLAIMS))


def claim(name, fast=True):
    return importlib.import_module(name).claim(fast)


# What can be counted ----------------------------------------------------------------------------------------------------


def test_weights_of_three_wirings():
    """10^6 x 10^6; 10^6 windows of 10 x 10; one window; a hundred."""
    numbers, figure = claim("how_many_weights")
    assert [row["weights"] for row in numbers.values()] == [10**12, 10**8, 100, 10**4]
    assert [row["biases"] for row in numbers.values()] == [10**6, 10**6, 1, 100]
    assert [text.get_text() for text in figure.axes[0].texts][1::2] == ["10¹²", "10⁸", "100", "10,000"]


def test_what_one_by_one_convolutions_save():
    """28 * 28 * 32 * 5 * 5 * 192; 28 * 28 * 16 * 192 + 28 * 28 * 32 * 5 * 5 * 16 (Szegedy et al. 2015, table 1)."""
    numbers, _ = claim("one_by_one")
    large, small, plain, bottleneck = numbers.values()
    assert (large["multiply-adds"], small["multiply-adds"]) == (120_422_400, 12_443_648)
    assert plain["weights"] == 2 * 9 * 256**2 and bottleneck["weights"] == 2 * 256 * 64 + 9 * 64**2 == 69_632
    assert small["multiply-adds: times fewer"] == "9.68" and bottleneck["weights: times fewer"] == "16.94"


def test_small_kernels_see_as_much_with_fewer_weights():
    module = importlib.import_module("small_kernels")
    for (field, weights), sizes in zip([(5, 25), (5, 18), (7, 49), (7, 27)], module.STACKS.values(), strict=True):
        stack = module.cnn(sizes).layers[1:1 + len(sizes)]
        assert sum(layer.get_weights()[0].size for layer in stack) == weights * module.C**2
        model = nabi.Sequential([nabi.Input((15, 15, 1)), *(nabi.layers.Conv2D(1, s, padding="same", kernel_initializer="ones")
                                                            for s in sizes)])
        impulse = np.zeros((1, 15, 15, 1), "float32")
        impulse[0, 7, 7] = 1
        assert int((model.predict(impulse, verbose=0)[0, 7, :, 0] > 0).sum()) == field


def test_linear_layers_are_one_matrix():
    collapsed = importlib.import_module("one_matrix").collapsed
    model = nabi.zoo.mlp((4, 4, 1), units=(5, 6, 7), activation="linear")
    model.layers[1].set_weights([model.layers[1].get_weights()[0], np.arange(5.0)])  # a bias that the other layers carry on
    x = np.random.default_rng(0).random((8, 4, 4, 1)).astype("float32")
    W, b = collapsed(model)
    scores = np.exp(x.reshape(8, -1) @ W + b)
    np.testing.assert_allclose(model.predict(x, verbose=0), scores / scores.sum(1, keepdims=True), rtol=1e-4, atol=1e-6)
    bent = nabi.zoo.mlp((4, 4, 1), units=(5, 6, 7), activation="relu")
    bent.set_weights(model.get_weights())
    assert np.abs(bent.predict(x, verbose=0) - scores / scores.sum(1, keepdims=True)).max() > 1e-2


def test_gradients_of_ten_sigmoids_vanish():
    """A step of rate 1 gives the norms that autograd gives; ten sigmoids lose five orders of magnitude, ReLU and tanh none."""
    norms = importlib.import_module("vanishing_gradient").norms
    rng = np.random.default_rng(0)
    x, y = rng.random((200, 14, 14, 1)), rng.integers(0, 10, 200)
    found = {kind: norms(kind, 0, x, y) for kind in ("sigmoid", "tanh, Xavier", "ReLU, He")}
    assert found["sigmoid"][0] / found["sigmoid"][-1] < 1e-5
    assert all(0.05 < found[kind][0] / found[kind][-1] < 20 for kind in ("tanh, Xavier", "ReLU, He"))


def test_xavier_halves_the_variance_at_every_relu():
    """sqrt(1/2)^29 = 4.3e-5 after 29 ReLU layers with Xavier's weights; about 1 with He's (He et al. 2015, section 2.2)."""
    deviations = importlib.import_module("xavier_or_he").deviations
    (_, _), (x, _) = importlib.import_module("common").digits(side=14)
    last = {name: deviations(name, 0, x)[-1] for name in ("Xavier", "He")}
    assert 0.2 < last["Xavier"] / 2**-14.5 < 5 and 0.2 < last["He"] < 5


def test_epochs_to_an_error_are_read_between_epochs():
    common = importlib.import_module("common")
    assert common.epochs_to(0.1, {"accuracy": [0.5, 0.8, 0.95]}) == pytest.approx(2 + 0.1 / 0.15)
    assert common.epochs_to(0.5, {"accuracy": [0.5]}) == 1 and math.isinf(common.epochs_to(0.1, {"accuracy": [0.5]}))
    runs = {0.1: {"accuracy": [0.95]}, 0.3: {"accuracy": [0.5, 0.99]}, 1.0: {}, 3.0: {"accuracy": [0.2]}}
    assert common.best(lambda rate: common.speed(0.1, runs[rate]), tuple(runs)) == 0.1
    assert common.best(lambda rate: common.speed(0.001, runs[rate]), tuple(runs)) == 0.3, "none came so far: the last one counts"
    assert common.said("error %", [0.02, 0.04]) == "3.00 ± 1.41" and common.said("epochs", [math.inf]) == "never"


def test_moves():
    moved = importlib.import_module("moved").moved
    x = np.zeros((1, 28, 28, 1), "float32")
    x[0, 13, 13] = 1
    found = moved(x)
    assert found["2 pixels"][0, 15, 15, 0] == pytest.approx(1, abs=1e-5) and found["as is"] is x
    square = np.zeros((1, 28, 28, 1), "float32")
    square[0, 7:21, 7:21] = 1
    sizes = {name: float(a.sum()) / 14**2 for name, a in moved(square).items()}
    assert sizes["x 0.75"] == pytest.approx(0.75**2, rel=0.05) and sizes["x 1.25"] == pytest.approx(1.25**2, rel=0.05)
    assert sizes["20 degrees"] == pytest.approx(1, rel=0.03)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_short_and_has_its_line_on_the_page(name):
    assert len((CLAIMS / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= 40
    assert f"[{name}.py]({name}.py)" in PAGE


# What is measured -------------------------------------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs(name, tmp_path):
    command = [sys.executable, f"{name}.py", "--fast", "--out", str(tmp_path / f"{name}.png")]
    told = subprocess.run(command, cwd=CLAIMS, capture_output=True, text=True, timeout=300, check=True).stdout
    assert (tmp_path / f"{name}.png").read_bytes()[1:4] == b"PNG" and re.search(r"^figure: .*\.png$", told, re.MULTILINE)
    numbers = [float(n) for n in re.findall(r"(?<=  )\d+\.\d+", told)]
    assert all(math.isfinite(n) for n in numbers) and len(told.splitlines()) >= 3


@pytest.mark.full
def test_the_dense_net_does_not_notice_a_permutation_and_the_cnn_does():
    numbers, _ = claim("permuted", fast=False)
    plain, permuted = ({name: np.mean(row[f"{head}: error %"]) for name, row in numbers.items()}
                       for head in ("plain", "permuted"))
    assert abs(permuted["SVM"] - plain["SVM"]) < 0.002 and abs(permuted["dense net"] - plain["dense net"]) < 0.02
    assert permuted["CNN"] > 1.15 * plain["CNN"]


@pytest.mark.full
def test_deep_sigmoids_do_not_learn():
    numbers, _ = claim("vanishing_gradient", fast=False)
    assert np.mean(numbers["sigmoid"]["10 layers: right %"]) < 0.2
    assert all(np.mean(row["10 layers: right %"]) > 0.7 for name, row in numbers.items() if name != "sigmoid")


@pytest.mark.full
def test_a_deeper_plain_network_has_a_larger_training_error_and_a_residual_one_has_not():
    numbers, _ = claim("plain_or_residual", fast=False)
    error = {name: np.mean(row["training error %"]) for name, row in numbers.items()}
    assert error["plain, 32 layers"] > error["plain, 8 layers"] + 0.2
    assert error["residual, 32 layers"] < error["plain, 32 layers"] - 0.2


@pytest.mark.full
def test_the_mean_of_many_masks_is_the_whole_net():
    """The net with scaled weights answers like the mean of its thinned nets, and better than one of them."""
    numbers, _ = claim("dropout", fast=False)
    one, mean, whole = (np.mean(numbers[name]["test error %"]) for name in ("one mask", "mean of 50 masks", "whole net"))
    assert one > whole + 0.02 and abs(mean - whole) < 0.01


@pytest.mark.full
def test_three_small_kernels_are_as_good_as_a_large_one():
    numbers, _ = claim("small_kernels", fast=False)
    error = {name: np.mean(row["error %"]) for name, row in numbers.items()}
    assert abs(error["7 x 7"] - error["3 x 3, 3 x 3, 3 x 3"]) < 0.02 and abs(error["5 x 5"] - error["3 x 3, 3 x 3"]) < 0.02
