"""Transfer: what is frozen stays to the bit, the rest learns at its rate; frozen normalisation keeps its moments."""

import numpy as np
import pytest
import torch

import nabi
from nabi import Input, Model, layers, transfer, unfreeze
from nabi.core.errors import ArgumentError
from nabi.models.cloning import duplicate
from nabi.zoo.transferring import ends_in_classes, untrained, weighted

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 8, 8, 3)), np.arange(24) % 3


def backbone(top=True, shift="normal"):
    """Three convolutions with normalisation, a skip connection, and a classifier for seven classes."""
    nabi.utils.set_random_seed(1)
    image = Input((8, 8, 3))
    norm = layers.BatchNormalization(beta_initializer=shift, name="n1")  # no two shifts are alike: as if trained
    x = layers.Activation("relu")(norm(layers.Conv2D(4, 3, padding="same", name="c1")(image)))
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


def test_what_is_given_and_what_was_made_of_it_before_stay_to_the_bit():
    """Two tasks from one network: the second learns in all layers, and neither the network nor the first one moves."""
    base = backbone()
    base.card = {"preprocessing": {"scale": 1.0}, "class_names": list("abcdefg")}
    base.get_layer("c2").rate_factor = 0.5
    seven, given = base.predict(X, verbose=0), values(base)
    first = transfer(base, 3)
    first.compile("sgd", "sparse_categorical_crossentropy")
    three, kept, told = first.predict(X, verbose=0), values(first), [w.path for w in first.trainable_weights]
    second = transfer(base, 2, "all", norms=True)
    second.compile(nabi.optimizers.SGD(0.5), "sparse_categorical_crossentropy")
    second.fit(X, Y % 2, epochs=1, verbose=0)
    moved = values(second)
    assert all(not np.array_equal(moved[path], given[path]) for path in given if path in moved and "c1/bias" not in path)
    for model, before in ((base, given), (first, kept)):
        assert all(np.array_equal(value, before[path]) for path, value in values(model).items())
    assert np.array_equal(base.predict(X, verbose=0), seven) and np.array_equal(first.predict(X, verbose=0), three)
    assert [w.path for w in first.trainable_weights] == told and all(layer.trainable for layer in base.layers)
    assert base.get_layer("c2").rate_factor == 0.5 and base.output_shape == (None, 7) and first.output_shape == (None, 3)
    assert {id(layer) for layer in first.layers}.isdisjoint(map(id, [*base.layers, *second.layers]))
    assert first.card == {"preprocessing": {"scale": 1.0}}, "it takes the same pixels, for other classes"


def test_models_in_models_and_chains_are_copied():
    inner = backbone(False)
    inner.get_layer("n2").trainable = False
    image = Input((8, 8, 3))
    nested = Model(image, layers.GlobalAveragePooling2D()(inner(layers.Rescaling(2.0)(image), training=False)))
    chain = nabi.Sequential([Input((8, 8, 3)), inner, layers.GlobalAveragePooling2D()])
    for base in (nested, chain):
        copy = duplicate(base)
        assert np.array_equal(copy.predict(X, verbose=0), base.predict(X, verbose=0)) and not copy.compiled
        assert {id(layer) for layer in copy.leaves}.isdisjoint(map(id, base.leaves))
        assert [layer.name for layer in copy.leaves if not layer.trainable] == ["n2"]


def test_a_network_that_was_never_trained_is_told(recwarn):
    transfer(backbone(), 3)
    frozen = backbone(shift="zeros")
    frozen.trainable = False  # whoever froze it knows why
    transfer(frozen, 3)
    transfer(nabi.zoo.outline("lecture-cnn"), 3)
    assert not recwarn.list
    with pytest.warns(UserWarning, match=r"expected a trained network, got 'model.*as they were drawn.*weights=\"imagenet\""):
        transfer(backbone(shift="zeros"), 3)
    tried = nabi.Sequential([Input((2,)), layers.Dense(3), layers.Dense(2)])
    assert untrained(tried)
    tried.compile("sgd", "mse")
    tried.fit(np.ones((4, 2)), np.ones((4, 2)), epochs=1, verbose=0)
    assert not untrained(tried)


def test_one_class_is_a_sigmoid_and_dropout_stands_before_a_new_head():
    model = transfer(backbone(False), 1, dropout=0.3)
    kinds = [type(layer).__name__ for layer in model.layers[-3:]]
    assert kinds == ["GlobalAveragePooling2D", "Dropout", "Dense"]
    assert model.layers[-2].rate == 0.3 and model.layers[-1].activation.__name__ == "sigmoid"


def test_one_class_in_place_of_several_and_the_way_back():
    """One softmax unit would say 1 of every picture, and several sigmoids do not sum to 1."""
    def ending(last):  # as NIN ends
        return nabi.Sequential([Input((8, 8, 3)), layers.Conv2D(4, 1, activation="relu", bias_initializer="normal"),
                                layers.GlobalAveragePooling2D(), last])

    for base in (backbone(), ending(layers.Activation("softmax")), ending(layers.Softmax())):
        one = transfer(base, 1)
        p = one.predict(X, verbose=0)
        assert p.shape == (24, 1) and 0 < p.min() < p.max() < 1
        assert weighted(one)[-1].activation.__name__ in ("sigmoid", "linear"), "behind a ReLU it would say 1/2 and more"
        np.testing.assert_allclose(transfer(one, 3).predict(X, verbose=0).sum(1), 1, rtol=1e-6)
    tags = nabi.Sequential([Input((4,)), layers.Dense(5, activation="sigmoid")])
    assert transfer(tags, 3).layers[-1].activation.__name__ == "sigmoid"


def test_a_model_that_is_a_layer_is_opened(recwarn):
    """Keras' usual form: a frozen base under a new head. Depths count its layers, and its normalisations stay frozen."""
    base = backbone(False)
    base.trainable = False
    chain = nabi.Sequential([Input((8, 8, 3)), base, layers.GlobalAveragePooling2D(), layers.Dense(7, name="seven")])

    def learns(model):
        return [layer.name for layer in weighted(model) if layer.trainable]

    assert learns(transfer(chain, 3, "top")) == ["c3", "seven"] and learns(transfer(chain, 3, "c2")) == ["c2", "c3", "seven"]
    assert learns(transfer(chain, 3, "all", norms=True)) == ["c1", "n1", "c2", "n2", "c3", "seven"]
    assert learns(unfreeze(chain, "c3")) == ["c3", "seven"] and learns(unfreeze(chain, base.name)) == ["c1", "c2", "c3", "seven"]
    chain.trainable = False
    assert len(unfreeze(chain, "c3").trainable_weights) == 4, "two layers, though the model itself was frozen"
    transfer(transfer(backbone(), 5), 3)
    assert not recwarn.list, "a frozen base that was trained is not called untrained"
    with pytest.raises(ArgumentError, match="Give the model that is inside"):
        transfer(nabi.Sequential([Input((8, 8, 3)), layers.Rescaling(2.0), backbone()]), 3)


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
    with pytest.raises(ArgumentError, match=r"transfer\(backbone\): expected a model that is built.*lite0.*imagenet"):
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


def test_names_of_classes_go_along_and_into_the_file(tmp_path):
    model = transfer(backbone(), 3, class_names=("cat", "dog", "cow"))
    model.save(tmp_path / "m.safetensors")
    assert nabi.load_model(tmp_path / "m.safetensors").card["class_names"] == ["cat", "dog", "cow"]
    assert transfer(backbone(), 1, class_names=["no", "yes"]).card["class_names"] == ["no", "yes"]
    for names in (["cat", "dog"], "cat", 3, ["cat", "dog", 7]):
        with pytest.raises(ArgumentError, match=r"transfer\(class_names\): expected (3 names|a list of 3 names)"):
            transfer(backbone(), 3, class_names=names)
    model.card["class_names"] = ["cat", "dog"]
    with pytest.raises(ArgumentError, match=r'"class_names"\]: expected 3 names, one a class, got 2'):
        model.save(tmp_path / "m.safetensors")
