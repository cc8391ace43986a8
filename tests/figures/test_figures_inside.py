"""Figures of what a network has learned: sums of evidence, tuning of filters, patches; against NumPy and scikit-learn."""

import numpy as np
import pytest
from scipy.signal import correlate2d

import nabi
from nabi import figures
from nabi.core.errors import StateError
from nabi.core.random import set_seed
from nabi.figures.scene import digits
from nabi.figures.units import ANGLES, grating
from nabi.zoo.lecture import lecture_cnn


@pytest.fixture(scope="module")
def scene():
    """The lectures' network as it is drawn: sums, fields and patches do not hang on what was learned."""
    set_seed(0)
    _, (x, y) = digits()
    net = lecture_cnn(width=0.25)
    net.get_layer("conv1").bias.add_(0.01)  # as if it were trained
    return figures.Scene(net, x[:120], y[:120])


def test_evidence_adds_up_to_the_answer(scene):
    numbers = figures.draw("evidence", scene).numbers
    share = scene.model.predict(scene.images[:1], verbose=0)[0]
    z = numbers["contributions"].sum(0) + numbers["bias"]
    np.testing.assert_allclose(z, numbers["logits"])
    np.testing.assert_allclose(np.exp(z) / np.exp(z).sum(), share, atol=1e-6)
    assert numbers["answers"].index("O") == share.argmax() and numbers["answers"].count("X") == 9
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(numbers["contributions"][1:].sum(0) + numbers["bias"], numbers["logits"])


def test_maps_and_filters_are_the_model_s(scene):
    maps = figures.draw("feature_maps", scene).numbers
    assert list(maps["maps"]) == ["conv1", "conv2", "pool"]
    learned = figures.draw("learned_filters", scene).numbers
    kernel, bias = scene.model.get_layer("conv1").get_weights()
    np.testing.assert_array_equal(learned["kernel"], kernel)
    k = maps["picture"]
    for c in range(kernel.shape[-1]):
        wanted = np.maximum(correlate2d(scene.images[k][..., 0], kernel[..., 0, c], "valid") + bias[c], 0)
        np.testing.assert_allclose(learned["maps"][..., c], wanted, atol=1e-5)
        np.testing.assert_allclose(maps["maps"]["conv1"][..., c], wanted, atol=1e-5)


def test_tuning_is_what_correlation_gives():
    net = nabi.Sequential([nabi.Input((15, 15, 1)), nabi.layers.Conv2D(3, 3, name="first"), nabi.layers.Flatten(),
                           nabi.layers.Dense(2, activation="softmax")])
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    net.get_layer("first").set_weights([np.stack([sobel, sobel.T, np.ones((3, 3))], -1)[:, :, None], [0, 0, 0]])
    net = nabi.Model(net.inputs, net.outputs)
    numbers = figures.draw("orientation_tuning", figures.Scene(net, np.zeros((2, 15, 15, 1), "float32"), [0, 1])).numbers
    assert numbers["preferred"][:2].tolist() == [90, 0], "Sobel x answers standing bars, Sobel y lying ones"
    assert (numbers["selectivity"][:2] > 0.2).all() > numbers["selectivity"][2]
    k, wavelength = 0, numbers["wavelength"][0]
    for n, angle in enumerate(ANGLES):
        answers = [max(0, float((grating((15, 15), angle, wavelength, phase)[6:9, 6:9] * sobel).sum()))
                   for phase in 2 * np.pi * np.arange(12) / 12]
        assert numbers["responses"][k, n] == pytest.approx(max(answers) - min(answers), abs=1e-4)


@pytest.mark.learn
def test_patches_are_what_excites_a_unit(scene):
    numbers = figures.draw("parts_to_whole", scene).numbers
    assert list(numbers["layers"]) == ["conv1", "conv2", "dense1"]
    sizes = {"conv1": 3, "conv2": 5, "dense1": 28}
    for name, units in numbers["layers"].items():
        a = np.asarray(nabi.Model(scene.model.inputs, scene.model.get_layer(name).output).predict(scene.images, verbose=0))
        assert len(units) == 2
        for unit, told in units.items():
            best = a[..., unit].reshape(len(a), -1).max(1)
            found = [patch["activation"] for patch in told["patches"]]
            np.testing.assert_allclose(found, np.sort(best)[::-1][:len(found)], rtol=1e-4)
            for patch in told["patches"]:
                assert a[(patch["picture"], *patch["unit"])] == pytest.approx(patch["activation"], rel=1e-4)
                assert patch["box"][2:] == (sizes[name],) * 2 and (name == "dense1" or patch["box"][:2] == patch["unit"][:2])
            assert told["activations on the way"][-1] > told["activations on the way"][0]


@pytest.mark.learn
def test_points_are_alike_by_class(scene):
    numbers = figures.draw("feature_plane", scene).numbers
    from sklearn.decomposition import PCA

    features = nabi.explain.features(scene.model, scene.images)
    wanted = PCA(2).fit(features)
    np.testing.assert_allclose(numbers["share"], wanted.explained_variance_ratio_, rtol=1e-6)
    np.testing.assert_allclose(abs(numbers["points"]), abs(wanted.transform(features)), atol=1e-6)
    near = figures.inside.agreement(np.array([[0, 0], [0, 1], [9, 9], [9, 8]]), np.array([0, 0, 1, 0]), 1)
    assert near == 0.5


def test_a_model_without_maps_says_so():
    net = nabi.Sequential([nabi.Input((4, 4, 1)), nabi.layers.Flatten(), nabi.layers.Dense(2, activation="softmax")])
    alone = figures.Scene(net, np.ones((3, 4, 4, 1), "float32"), [0, 1, 0])
    for name in ("feature_maps", "learned_filters", "orientation_tuning", "equivariance", "pooling"):
        with pytest.raises(StateError, match="expected a model with"):
            figures.draw(name, alone)


def test_a_model_whose_maps_have_one_place_and_without_relu_is_explained_by_the_others():
    net = nabi.Sequential([nabi.Input((4, 4, 1)), nabi.layers.Conv2D(3, 4), nabi.layers.Flatten(),
                           nabi.layers.Dense(2, activation="softmax")])
    scene = figures.Scene(net, np.random.default_rng(0).random((3, 4, 4, 1)).astype("float32"), [0, 1, 0],
                          ["아주 긴 한국어 이름의 클래스입니다", "x"])
    drawn = figures.draw("explanations", scene)
    (told, *_) = drawn.numbers.values()
    assert "saliency" in told and "grad_cam" not in told and "guided_backpropagation" not in told
    assert any("Not for this network: Grad-CAM, Guided" in text.get_text() for text in drawn.picture.texts)


@pytest.mark.learn
def test_a_trained_network_looks_at_the_digit():
    scene = figures.Scene()
    told = figures.draw("explanations", scene).numbers
    shares = [one["integrated_gradients"]["on the ink"] for one in told.values()]
    cam = [one["grad_cam"]["on the ink"] for one in told.values()]
    ink = [float((scene.images[int(key.split()[1])] > 0.3).mean()) for key in told]
    assert min(shares) > 0.8 and all(c > i for c, i in zip(cam, ink, strict=True))
    assert all(one["answer"] == one["truth"] for one in told.values())
    numbers = figures.draw("feature_space", scene).numbers
    assert numbers["same class among 5 nearest"] > 0.8 > 0.15 > numbers["the same by chance"]
    assert (figures.draw("orientation_tuning", scene).numbers["selectivity"] > 0.2).sum() >= 2
