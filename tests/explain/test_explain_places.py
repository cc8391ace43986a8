"""Layers by name and by themselves: nested, shared and branched models, the zoo; what stays as it was; bad input."""

import warnings

import numpy as np
import pytest
import torch
from PIL import Image

import nabi
from nabi import explain, zoo
from nabi.core.errors import ArgumentError, DataError, ShapeError, StateError, UnknownName
from nabi.explain.walk import places
from nabi.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    MaxPooling2D,
    Rescaling,
)
from nabi.pictures import Preparation, portraits
from nabi.pictures.boxes import Box
from nabi.trace import trace

RNG = np.random.default_rng(5)
X = RNG.random((8, 8, 1)).astype("float32")


def trained(model):
    """The model with biases that are not 0, so that it does not look untrained."""
    for w in model.weights:
        if w.name in ("bias", "beta", "moving_mean"):
            w.assign(np.full(w.shape, 0.05, "float32"))
    return model


def small(last="softmax", classes=3, **options):
    return trained(nabi.Sequential([
        nabi.Input((8, 8, 1)), Conv2D(4, 3, activation="relu", name="conv"), MaxPooling2D(name="pool"),
        Dropout(0.3, name="drop"), Flatten(), Dense(classes, activation=last, **options)]))


def nested():
    """A backbone in a model, one convolution used twice, and a sum of two branches."""
    image = nabi.Input((8, 8, 1))
    inner = nabi.Input((8, 8, 1))
    y = Conv2D(4, 3, padding="same", activation="relu", name="conv")(inner)
    backbone = nabi.Model(inner, Dropout(0.2, name="drop")(y), name="backbone")
    shared = Conv2D(4, 3, padding="same", activation="relu", name="shared")
    y = shared(shared(backbone(image)))
    both = Add(name="sum")([y, Conv2D(4, 1, name="side")(image)])
    return trained(nabi.Model(image, Dense(3, activation="softmax", name="classes")(GlobalAveragePooling2D(name="mean")(both))))


def test_places_are_named_by_the_way_to_them():
    model = nested()
    found = {place.name: place for place in places(model.graph)}
    assert list(found)[:5] == ["backbone/conv", "backbone/drop", "backbone", "shared#1", "shared#2"]
    assert explain.grad_cam(model, X).layer == "sum" and explain.grad_cam(small(), X).layer == "pool"
    for name, meant in [("shared", "shared#2"), ("shared#1", "shared#1"), ("conv", "backbone/conv"), ("backbone", "backbone"),
                        (model.get_layer("side"), "side")]:
        assert explain.grad_cam(model, X, layer=name).layer == meant
    maps = explain.feature_maps(model, X)
    assert (maps["backbone"] == maps["backbone/conv"]).all() and abs(maps["shared#1"] - maps["shared#2"]).max() > 0


def test_grad_cam_inside_a_nested_model_and_at_a_shared_layer():
    """Against the derivative by a model of the layers above, which nabi.Model makes of the same layers."""
    model = nested()
    for name, symbol in [("shared#1", model.get_layer("shared").nodes[0].outputs[0]), ("sum", model.get_layer("sum").output)]:
        A = torch.from_numpy(explain.feature_maps(model, X, name)[name]).requires_grad_()
        def above(a, name=name):
            y = a if name == "sum" else model.get_layer("shared")(a) + model.get_layer("side")(X[None])
            return y.mean((1, 2)) @ model.get_layer("classes").kernel + model.get_layer("classes").bias
        (g,) = torch.autograd.grad(above(A)[0, 1], A)
        wanted = (A * g.mean((0, 1, 2))).sum(-1)[0].clamp(min=0).detach()
        np.testing.assert_allclose(explain.grad_cam(model, X, 1, name).values, wanted.numpy(), atol=1e-6)
        assert symbol.shape[1:] == tuple(A.shape[1:])


def test_every_use_of_a_layer_counts_for_the_picture():
    model, h = nested(), 1e-3
    w, place = explain.saliency(model, X, 2).values, (3, 4, 0)
    up, down = X.copy(), X.copy()
    up[place] += h
    down[place] -= h
    slope = (explain.saliency(model, up, 2).score - explain.saliency(model, down, 2).score) / (2 * h)
    assert w[place] == pytest.approx(slope, rel=2e-2, abs=1e-4)


@pytest.mark.parametrize("name, size, layer", [
    ("lenet5", (32, 32, 1), "S4"), ("lecture-cnn", (28, 28, 1), "pool"), ("resnet20", (32, 32, 3), None),
    ("densenet-bc40", (32, 32, 3), None)])
def test_networks_of_the_zoo(name, size, layer):
    model = trained(zoo.build(name, input_shape=size))
    found = explain.grad_cam(model, RNG.random(size).astype("float32"))
    assert found.map.shape == size[:2] and np.isfinite(found.map).all() and (layer is None or found.layer == layer)
    last = explain.feature_maps(model, np.zeros(size, "float32"), found.layer)[found.layer]
    assert min(last.shape[1:3]) > 1 and last.shape[1:3] == found.values.shape


def test_one_sigmoid_unit_has_two_classes():
    model = small("sigmoid", 1)
    p = float(model.predict(X[None], verbose=0)[0, 0])
    yes, no = explain.saliency(model, X, 1), explain.saliency(model, X, 0)
    assert yes.score == -no.score == pytest.approx(np.log(p / (1 - p)), abs=1e-5)
    assert (yes.share, no.share) == (pytest.approx(p, abs=1e-6), pytest.approx(1 - p, abs=1e-6))
    np.testing.assert_allclose(yes.values, -no.values, atol=1e-7)
    assert explain.saliency(model, X).class_index == int(p > 0.5)


@pytest.mark.parametrize("ending", [[Dense(3, activation="softmax")], [Dense(3), Activation("softmax")],
                                    [Dense(3), nabi.layers.Softmax()], [Dense(3), Activation("log_softmax")]])
def test_scores_are_those_before_the_softmax(ending):
    model = trained(nabi.Sequential([nabi.Input((8, 8, 1)), Conv2D(2, 3, activation="relu"), GlobalAveragePooling2D(), *ending]))
    A = explain.feature_maps(model, X)
    dense = next(layer for layer in model.layers if isinstance(layer, Dense))
    z = next(iter(v for k, v in A.items() if "pooling" in k))[0] @ dense.kernel.numpy() + dense.bias.numpy()
    found = explain.saliency(model, X)
    assert (found.class_index, found.score) == (int(z.argmax()), pytest.approx(float(z.max()), abs=1e-6))
    assert found.share == pytest.approx(float(np.exp(z.max()) / np.exp(z).sum()), abs=1e-6)
    assert explain.cam(model, X).class_index == found.class_index


def state(model):
    return (model.trainer, model.inference, model.counters.state(), [layer.trainable for layer in model.layers],
            [(w.stored.data_ptr(), w.stored._version, w.bound, w.stored.requires_grad) for w in model.weights],
            [len(layer.nodes) for layer in model.layers])


def test_a_compiled_model_stays_as_it_is(monkeypatch):
    """Also after an error in the middle of a pass."""
    model = small()
    model.compile("adam", "sparse_categorical_crossentropy", precision="bfloat16")
    model.fit(np.stack([X] * 4), np.array([0, 1, 2, 0]), verbose=0)
    model.predict(X[None], verbose=0)
    model.layers[1].trainable = False
    before, plan = state(model), str(model.plan())
    for method in (explain.grad_cam, explain.saliency, explain.occlusion, explain.guided_backpropagation):
        method(model, X)

    def fail(*args, **options):
        raise RuntimeError("in the middle")

    with monkeypatch.context() as patch:
        patch.setattr(model.layers[-1], "linear", fail)
        patch.setattr(model.layers[-1], "call", fail)
        with pytest.raises(RuntimeError, match="in the middle"):
            explain.grad_cam(model, X)
    assert state(model) == before and str(model.plan()) == plan and torch.is_grad_enabled()
    again = explain.grad_cam(model, X)
    np.testing.assert_array_equal(again.map, explain.grad_cam(model, X).map)


def test_batch_normalization_runs_as_in_inference():
    model = trained(nabi.Sequential([nabi.Input((8, 8, 1)), Conv2D(3, 3), BatchNormalization(), Activation("relu"),
                                     GlobalAveragePooling2D(), Dense(2, activation="softmax")]))
    before = [w.copy() for w in model.get_weights()]
    shares = [explain.saliency(model, X, c).share for c in (0, 1)]
    np.testing.assert_allclose(shares, model.predict(X[None], verbose=0)[0], atol=1e-6)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_pictures_are_converted_and_that_is_told():
    model = small()
    model.card = {"preprocessing": {"scale": 1 / 255, "fit": "pad"}, "class_names": ["cat", "dog", "cow"]}
    pixels = (255 * X).astype("uint8")
    with pytest.warns(UserWarning, match="multiplied by 0.0039"):
        found = explain.saliency(model, pixels, "dog")
    assert (found.class_index, found.class_name) == (1, "dog")
    np.testing.assert_allclose(found.picture, pixels / 255, atol=1e-7)
    with pytest.warns(UserWarning, match=r"16 x 8 x 3 was brought to 8 x 8 x 1 \(pad\)"):
        wide = explain.saliency(model, np.full((16, 8, 3), 255, "uint8"))
    assert wide.picture[:, 0].max() == 0 and wide.picture[:, 3].min() == 1, "half as wide as high, on black"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for same in (X, X[None], X[..., 0], torch.from_numpy(X)):
            np.testing.assert_array_equal(explain.saliency(model, same, 1).picture, X)


def test_a_model_of_faces_is_given_the_face(monkeypatch, tmp_path):
    model = small()
    model.card = {"preprocessing": {"crop": "faces"}}
    scene = np.zeros((60, 60), "uint8")
    scene[20:36, 30:46] = np.arange(16, dtype="uint8") * 15
    monkeypatch.setattr(portraits, "finders", lambda: (lambda pixels: [Box(31, 21, 14, 14)],))
    Image.fromarray(scene).save(tmp_path / "scene.png")
    face = portraits.prepared(tmp_path / "scene.png", Preparation((8, 8), 1, crop="faces")) / 255
    whole = portraits.prepared(tmp_path / "scene.png", Preparation((8, 8), 1, "stretch")) / 255
    with pytest.warns(UserWarning):
        seen = [explain.saliency(model, scene, 1).picture, *(
            trace(model, x).run.values[0][0].numpy() for x in (scene, Image.fromarray(scene), tmp_path / "scene.png"))]
    for picture in seen:
        np.testing.assert_allclose(picture, face, atol=1e-6)
    assert np.abs(face - whole).max() > 0.3


def test_an_untrained_model_is_told():
    model = nabi.Sequential([nabi.Input((8, 8, 1)), Conv2D(2, 3), Flatten(), Dense(2)])
    with pytest.warns(UserWarning, match="as before any training"):
        found = explain.saliency(model, X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explain.saliency(trained(model), X)
        assert explain.sanity_check(model, found, seeds=1).maps.shape == (1, 8, 8)


class Opaque(nabi.Model):
    """A call that looks at numbers."""

    def __init__(self):
        super().__init__()
        self.conv, self.classes = Conv2D(2, 3), Dense(2)

    def call(self, x):
        return self.classes((self.conv(x) if float(x.detach().sum()) > -1 else self.conv(-x)).mean((1, 2)))


@pytest.mark.parametrize("call, error, says", [
    (lambda m: explain.grad_cam(m, X, layer="cnov"), UnknownName, "Did you mean 'conv'"),
    (lambda m: explain.grad_cam(m, X, layer="flatten"), UnknownName, "Known: conv"),
    (lambda m: explain.grad_cam(m, X, layer=m.layers[-1].name), ArgumentError, "maps have places.*With places: conv, pool, drop"),
    (lambda m: explain.grad_cam(m, X, 3), ArgumentError, "grad_cam.class_index.: expected a whole number from 0 to 2, got 3"),
    (lambda m: explain.saliency(m, X, -1), ArgumentError, "from 0 to 2"),
    (lambda m: explain.saliency(m, X, "cta"), UnknownName, "Did you mean 'cat'"),
    (lambda m: explain.saliency(m, X, True), ArgumentError, "whole number"),
    (lambda m: explain.saliency(m, np.stack([X, X])[:0]), DataError, "one picture or more, got none"),
    (lambda m: explain.saliency(m, np.stack([X, X]), [0, 1, 2]), ArgumentError, "one class, or 2, one for each picture, got 3"),
    (lambda m: explain.saliency(m, X, output="tow"), UnknownName, "a name of the model's"),
    (lambda m: explain.saliency(m, X, output=1), ArgumentError, "a whole number from 0 to 0"),
    (lambda m: explain.saliency(m, X, input="imgae"), UnknownName, "a name of the model's"),
    (lambda m: explain.saliency(m, X * np.nan), DataError, "finite numbers"),
    (lambda m: explain.saliency(m, np.zeros((8, 8, 2))), ShapeError, "picture of shape"),
    (lambda m: explain.saliency(m, ["a"]), DataError, "numbers"),
    (lambda m: explain.saliency("model", X), ArgumentError, "a model, got str"),
    (lambda m: explain.saliency(m, X, clas_index=1), ArgumentError, "Did you mean 'class_index'"),
    (lambda m: explain.smooth_grad(m, X, samples=0), ArgumentError, "samples"),
    (lambda m: explain.smooth_grad(m, X, noise=-1), ArgumentError, "noise"),
    (lambda m: explain.integrated_gradients(m, X, steps=0), ArgumentError, "steps"),
    (lambda m: explain.integrated_gradients(m, X, baseline=np.zeros(3)), ShapeError, "baseline"),
    (lambda m: explain.occlusion(m, X, patch=0), ArgumentError, "patch"),
    (lambda m: explain.occlusion(m, X, fill=[1, 2]), ArgumentError, "fill"),
    (lambda m: explain.cam(m, X), StateError, "GlobalAveragePooling2D and then one Dense.*grad_cam"),
    (lambda m: explain.filters(m, "pool"), ArgumentError, "Known: conv"),
    (lambda m: explain.filters(m, "cnov"), UnknownName, "Did you mean 'conv'"),
    (lambda m: explain.sanity_check(m, 3), ArgumentError, "explanation"),
    (lambda m: explain.deletion_curve(m, 3), ArgumentError, "explanation"),
    (lambda m: explain.features(m, X[..., 0]), ShapeError, "pictures of shape"),
    (lambda m: explain.activation_maximization(m), ArgumentError, "a class, or a layer and a channel"),
    (lambda m: explain.activation_maximization(m, layer="conv", channel=4), ArgumentError, "from 0 to 3"),
    (lambda m: explain.pca(np.zeros((3, 2)), 3), ArgumentError, "from 1 to 2"),
    (lambda m: explain.tsne(np.zeros((3, 2))), ArgumentError, "less than the number of pictures, 3"),
])
def test_bad_input(call, error, says):
    model = small()
    model.layers[3].name = "flat"
    model.card = {"class_names": ["cat", "dog", "cow"]}
    with pytest.raises(error, match=says) as caught:
        call(model)
    assert "\n" not in str(caught.value)


def test_models_without_places_and_with_several_ends():
    flat = trained(nabi.Sequential([nabi.Input((8, 8, 1)), Rescaling(2.0), Flatten(), Dense(2)]))
    with pytest.raises(StateError, match="a layer whose maps have places.*got none. saliency"):
        explain.grad_cam(flat, X)
    with pytest.raises(StateError, match="a model with a ReLU"):
        explain.guided_backpropagation(flat, X)
    assert explain.saliency(flat, X).map.shape == (8, 8)
    opaque = Opaque()
    opaque.build((None, 8, 8, 1))
    trained(opaque)
    with pytest.raises(StateError, match="one whose call is a single op"):
        explain.grad_cam(opaque, X)
    assert explain.occlusion(opaque, X).map.shape == (8, 8) and explain.saliency(opaque, X).map.any()
    one, two = nabi.Input((8, 8, 1)), nabi.Input((8, 8, 1))
    with pytest.raises(ArgumentError, match=r"input.: expected one of .*saliency.model, \[...\], input="):
        explain.saliency(nabi.Model([one, two], Dense(2)(Flatten()(Add()([one, two])))), X)
    with pytest.raises(ArgumentError, match="a model with one output"):
        explain.saliency(nabi.Model(one, Conv2D(2, 3)(one)), X)
