"""Transfer: what is frozen stays to the bit, the rest learns at its rate; frozen normalisation keeps its moments."""

import numpy as np
import pytest
import torch

import nabi
from nabi import Input, Model, layers, transfer, unfreeze
from nabi.core.errors import ArgumentError
from nabi.zoo.transferring import ends_in_classes, weighted

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 8, 8, 3)), np.arange(24) % 3


def backbone(top=True):
    """Three convolutions with normalisation, a skip connection, and a classifier for seven classes."""
    nabi.utils.set_random_seed(1)
    image = Input((8, 8, 3))
    x = layers.Activation("relu")(layers.BatchNormalization(name="n1")(layers.Conv2D(4, 3, padding="same", name="c1")(image)))
    y = layers.Activation("relu")(layers.BatchNormalization(name="n2")(layers.Conv2D(4, 3, padding="same", name="c2")(x)))
    x = layers.Conv2D(6, 3, name="c3")(layers.Add()([x, y]))
    if top:
        x = layers.Dense(7, activation="softmax", name="seven")(layers.GlobalAveragePooling2D()(x))
    return Model(image, x)


def values(model):
    return {w.path: np.array(w) for w in model.weights}


@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("depth, norms, learns", [
    ("head", True, []), ("top", False, ["c3"]), ("c2", True, ["c2", "n2", "c3"]), ("c2", False, ["c2", "c3"]),
    ("all", True, ["c1", "n1", "c2", "n2", "c3"]), ("all", False, ["c1", "c2", "c3"])])
def test_what_learns_and_how_fast(top, depth, norms, learns):
    """One step of SGD: each weight moves by rate * factor * gradient, frozen ones not at all, their moments neither."""
    base = backbone(top)
    model = transfer(base, 3, depth, rate=0.1, norms=norms)
    head = weighted(model)[-1]
    factors = {name: 0.1 ** (1 + (len(learns) - 1 - place) / len(learns)) for place, name in enumerate(learns)} | {head.name: 1.0}
    model.compile(nabi.optimizers.SGD(0.5), "sparse_categorical_crossentropy", precision="float64")
    before = values(model)

    for w in model.weights:  # the gradient by autograd through the layers themselves, in training mode where they learn
        w.leaf = w.stored.detach().double().requires_grad_()
        w.bound = w.leaf
    p = model(torch.from_numpy(X), training=True)
    torch.nn.functional.nll_loss(p.log(), torch.from_numpy(Y)).backward()
    gradients = {w.path: np.zeros(w.shape) if w.leaf.grad is None else w.leaf.grad.numpy() for w in model.weights}
    for w in model.weights:
        w.leaf = w.bound = None
    for w in model.weights:
        w.assign(before[w.path])

    model.fit(X, Y, batch_size=24, epochs=1, verbose=0)
    for path, value in values(model).items():
        layer = path.split("/")[0]
        if "moving" in path:
            assert np.array_equal(value, before[path]) == (layer not in learns), path
            continue
        wanted = before[path] - 0.5 * factors.get(layer, 0.0) * gradients[path]
        np.testing.assert_allclose(value, wanted, rtol=1e-9, atol=1e-12, err_msg=path)
        assert np.array_equal(value, before[path]) == (layer not in factors), path


def test_layers_are_shared_and_the_head_is_new():
    base = backbone()
    model = transfer(base, 3)
    assert {"c1", "n1", "c2", "n2", "c3"} <= {a.name for a in model.layers if any(a is b for b in base.layers)}
    assert base.output_shape == (None, 7) and model.output_shape == (None, 3)
    assert model.layers[-1].activation.__name__ == "softmax"


def test_one_class_is_a_sigmoid_and_dropout_stands_before_a_new_head():
    model = transfer(backbone(False), 1, dropout=0.3)
    kinds = [type(layer).__name__ for layer in model.layers[-3:]]
    assert kinds == ["GlobalAveragePooling2D", "Dropout", "Dense"]
    assert model.layers[-2].rate == 0.3 and model.layers[-1].activation.__name__ == "sigmoid"


def test_unfreeze_goes_on_from_a_layer():
    model = transfer(backbone(), 3)
    unfreeze(model, "n2", rate=0.2)
    assert not model.get_layer("n2").trainable, "norms only if asked for"
    unfreeze(model, "n2", rate=0.2, norms=True)
    assert {layer.name: layer.rate_factor for layer in weighted(model) if layer.trainable} == {
        "n2": 0.2, "c3": 0.2, weighted(model)[-1].name: 1.0}
    assert all(layer.trainable for layer in weighted(unfreeze(model, norms=True)))


def test_where_a_classifier_is():
    assert ends_in_classes(nabi.zoo.outline("nin")) and ends_in_classes(nabi.zoo.outline("vgg11"))
    assert not ends_in_classes(nabi.zoo.outline("vgg11", input_shape=(64, 64, 3), include_top=False, pooling="avg"))


def test_bad_calls():
    with pytest.raises(ArgumentError, match=r"transfer\(backbone\): expected a model that is built"):
        transfer(nabi.Sequential([layers.Dense(2)]), 3)
    with pytest.raises(ArgumentError, match=r"transfer\(depth\): .* Did you mean 'head'"):
        transfer(backbone(), 3, "hed")
    with pytest.raises(ArgumentError, match=r"unfreeze\(from_layer\)"):
        unfreeze(transfer(backbone(), 3), "c9")
    with pytest.raises(ArgumentError, match=r"unfreeze\(from_layer\): expected a layer with weights of \w+, got 'top'") as caught:
        unfreeze(transfer(backbone(), 3), "top")
    assert "Did you mean 'top'" not in str(caught.value)
    for top, dropout, says in ((True, 7.0, r"\[0, 1\)"), (False, 1, r"\[0, 1\)"), (True, -0.1, "from 0"), (False, "a", "number"),
                               (True, 0.5, "0 with a backbone that has its classifier")):
        with pytest.raises(ArgumentError, match=rf"transfer\(dropout\): expected .*{says}"):
            transfer(backbone(top), 3, dropout=dropout)
    for options in ({"classes": 0}, {"classes": 2.5}, {"classes": 3, "rate": -1}, {"classes": 3, "norms": "no"}):
        with pytest.raises(ArgumentError):
            transfer(backbone(), **options)
