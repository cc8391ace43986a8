"""Every network of the zoo is the one it is named after: parameters, multiply-adds, shapes; and each family learns."""

import subprocess
import sys
from functools import cache

import numpy as np
import pytest
import torch
from zoo_facts import ACCURACY, ERRORS, GIGAMACS, MILLIONS, PARAMETERS, SMALL, STAGES

import nabi
from nabi import zoo
from nabi.core.errors import ArgumentError, ShapeError, StateError, UnknownName
from nabi.zoo.card import CARDS
from nabi.zoo.googlenet import naive
from nabi.zoo.lenet import TABLE_1
from nabi.zoo.parts import weightless
from nabi.zoo.resnet import skip

outline = cache(zoo.outline)


def small(name, classes=3):
    """A member of a family that trains in no time."""
    return getattr(zoo, name.replace("-", "_"))(**{"classes": classes, **SMALL[name]})


PAPER_FORMS = sorted(name for name in CARDS if name != "tiny")


@pytest.mark.parametrize("name", PAPER_FORMS)
def test_the_card_tells_the_networks_size(name):
    model, card = outline(name), zoo.card(name)
    assert (zoo.parameters(model), zoo.macs(model)) == (card.parameters, card.macs)
    assert model.input_shape[1:] == card.input_shape and model.name.replace("_", "-") == name == card.name
    assert len({layer.name for layer in model.layers}) == len(model.layers)


def test_parameters_are_the_published_ones():
    assert {name: zoo.parameters(outline(name)) for name in PARAMETERS} == PARAMETERS
    for name, (millions, decimals) in MILLIONS.items():
        assert round(zoo.parameters(outline(name)) / 1e6, decimals) == millions, name


def test_multiply_adds_are_the_published_ones():
    for name, (billions, share) in GIGAMACS.items():
        assert zoo.macs(outline(name)) / 1e9 == pytest.approx(billions, rel=share), name
    model = outline("googlenet")
    branch = [model.get_layer(f"3a_5x5{part}") for part in ("_reduce", "")]
    assert sum(layer.macs(layer.input.shape, layer.output.shape) for layer in branch) == 12_443_648


def test_the_connections_of_the_1998_form():
    """340,908 in the paper: multiply-adds and biases; a subsampling unit has four inputs and a bias."""
    model = outline("lenet5-1998")
    layers = {layer.name: layer for layer in model.layers}
    macs = sum(layer.macs(layer.input.shape, layer.output.shape) for name, layer in layers.items() if name[0] in "CFc" and
               not isinstance(layer, nabi.layers.Concatenate))
    biases = 28 * 28 * 6 + 10 * 10 * 16 + 120 + 84
    assert macs + biases + 5 * (14 * 14 * 6 + 5 * 5 * 16) == 340_908
    assert sum(map(len, TABLE_1)) * 25 + 16 == 1516
    assert sorted(sum((i in reads) for reads in TABLE_1) for i in range(6)) == [10] * 6  # each map of S2 is read ten times


@pytest.mark.parametrize("name", STAGES)
def test_stages_have_the_shapes_of_the_papers_table(name):
    model = outline(name)
    assert {layer: model.get_layer(layer).output.shape[1:] for layer in STAGES[name]} == STAGES[name]


def test_a_miscounted_network_is_noticed():
    """With a bias in each convolution, or without compression, the counts are others."""
    assert zoo.parameters(zoo.outline("densenet121", compression=0.6)) != PARAMETERS["densenet121"]
    assert zoo.parameters(zoo.outline("resnet50", shortcut="all")) != PARAMETERS["resnet50"]
    assert zoo.parameters(zoo.outline("alexnet", groups=1)) != PARAMETERS["alexnet"]


@pytest.mark.parametrize("name", SMALL)
def test_every_weight_of_a_family_learns(name):
    """One step moves every weight but biases before a norm; what predict's plan computes is what the layers compute."""
    model = small(name)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, *model.input_shape[1:])).astype(np.float32), np.array([0, 1, 2, 1])
    assert np.allclose(model.predict(x, verbose=0), model(x).detach(), atol=1e-5)
    before = {w.path: w.numpy() for w in model.trainable_weights}
    model.compile(nabi.optimizers.SGD(10.0), "sparse_categorical_crossentropy", precision="float32")
    first = model.train_on_batch(x, y)
    assert np.isfinite(first) and first < 10
    still = [w.path for w in model.trainable_weights if np.array_equal(w.numpy(), before[w.path])]
    assert [path for path in still if not (name == "vgg11-bn" and path.endswith("/bias"))] == []


# Options --------------------------------------------------------------------------------------------------------------------


def test_without_the_top():
    maps = zoo.build("vgg16", input_shape=(64, 48, 3), include_top=False, width=1 / 16)
    assert maps.output_shape == (None, 2, 1, 32)
    x = np.random.default_rng(0).normal(size=(2, 64, 48, 3)).astype(np.float32)
    for pooling, reduce in (("avg", torch.mean), ("max", torch.amax)):
        model = zoo.build("vgg16", input_shape=(64, 48, 3), include_top=False, width=1 / 16, pooling=pooling)
        model.set_weights(maps.get_weights())
        assert torch.allclose(model(x), reduce(maps(x), (1, 2)), atol=1e-6)
    with pytest.raises(ArgumentError, match="None, 'avg' or 'max', got 'mean'"):
        zoo.build("resnet20", include_top=False, pooling="mean")


def test_depth_width_and_growth():
    with weightless():
        assert zoo.densenet(growth=16).get_layer("dense4_16").output.shape[-1] == 512
        assert zoo.preresnet_cifar(depth=29).get_layer("conv3_3").output.shape == (None, 8, 8, 256)
        assert zoo.resnet_cifar(depth=26, width=2).get_layer("conv3_4").output.shape == (None, 8, 8, 128)
        assert zoo.efficientnet_lite0((300, 300, 3), width=1.4, depth=1.8).count_params() > 13e6  # Lite4: 13.0 M in the README
        assert [len(zoo.vgg((1,) * n, (64, 64, 3)).layers) for n in (2, 5)] == [11, 17]
    with pytest.raises(ArgumentError, match=r"resnet20\(depth\): expected 6n \+ 2.*got 21"):
        zoo.resnet_cifar(21, name="resnet20")
    with pytest.raises(ArgumentError, match=r"6n \+ 4, got 41"):
        zoo.densenet_cifar(41)
    with pytest.raises(ArgumentError, match=r"9n \+ 2, such as 29 and 164, got 30"):
        zoo.preresnet_cifar(30)
    with pytest.raises(ArgumentError, match="identity, projection, all, none, got 'no'"):
        zoo.build("resnet18", shortcut="no")
    with pytest.raises(ArgumentError, match="1 to 10, a picture of a digit for each, got 11"):
        zoo.lenet5_1998(classes=11)


def test_shortcuts():
    """Options A, B and C of the paper's section 4.1: 13 k weights from A to B in ResNet-34; plain nets have none."""
    a, b, c, plain = (zoo.parameters(zoo.outline("resnet34", shortcut=s)) for s in ("identity", "projection", "all", "none"))
    assert a == plain == b - sum(n * 2 * n + 2 * 2 * n for n in (64, 128, 256)) and c > b
    skipped = nabi.Input((4, 4, 2))
    model = nabi.Model(skipped, skip(skipped, 5, 2, "identity", "unit"))
    x = torch.arange(32.0).reshape(1, 4, 4, 2)
    assert torch.equal(model(x)[..., :2], x[:, ::2, ::2]) and not model(x)[..., 2:].any()


def test_lenet_frames_digits():
    """28 x 28 pixels in a frame of zeros are 32 x 32."""
    small_, large = zoo.build("lenet5", input_shape=(28, 28, 1)), zoo.build("lenet5")
    small_.set_weights(large.get_weights())
    x = np.random.default_rng(0).uniform(size=(2, 28, 28, 1)).astype(np.float32)
    assert torch.equal(small_(x), large(np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)))))
    assert zoo.outline("lenet5_1998", input_shape=(28, 28, 1)).get_layer("C1").output.shape == (None, 28, 28, 6)


def test_inception_modules():
    """Figure 2: the naive module hands all maps on; so they become more and more."""
    wide, narrow = zoo.outline("googlenet", module=naive), outline("googlenet")
    assert wide.get_layer("inception3a").output.shape[-1] == 64 + 128 + 32 + 192
    assert (wide.get_layer("inception5b").output.shape[-1], narrow.get_layer("inception5b").output.shape[-1]) == (4944, 1024)
    assert zoo.macs(wide) > 7 * zoo.macs(narrow)


def test_auxiliary_classifiers_count_three_tenths_and_only_in_training():
    options = {"input_shape": (80, 80, 3), "classes": 3, "width": 1 / 32}
    model = zoo.build("googlenet", auxiliary=True, **options)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 80, 80, 3)).astype(np.float32), np.array([0, 1, 2, 1])
    labels = dict.fromkeys(zoo.AUXILIARY_WEIGHTS, y)
    model.compile(nabi.optimizers.SGD(0.1), "sparse_categorical_crossentropy", loss_weights=zoo.AUXILIARY_WEIGHTS,
                  precision="float32")
    total, main, first, second = model.test_on_batch(x, labels)
    assert total == pytest.approx(main + 0.3 * first + 0.3 * second, rel=1e-6)
    inference = zoo.main_branch(model)
    assert inference.count_params() == zoo.build("googlenet", **options).count_params() < model.count_params()
    before = inference.predict(x, verbose=0)
    assert np.allclose(before, model.predict(x, verbose=0)["classes"], atol=1e-6)
    model.train_on_batch(x, labels)
    assert not np.array_equal(inference.predict(x, verbose=0), before)  # it shares the weights


# Names, cards, errors ---------------------------------------------------------------------------------------------------------


def test_names():
    assert zoo.list("resnet5*") == ["resnet50", "resnet50-v1-5", "resnet50-v2", "resnet56"]
    assert set(zoo.list_networks()) >= set(PAPER_FORMS) and zoo.list("lecture_*") == ["lecture-cnn", "lecture-dense"]
    assert zoo.outline("ResNet50_v1.5").name == "resnet50_v1_5"
    for call in (zoo.build, zoo.card):
        with pytest.raises(UnknownName, match="Did you mean 'resnet50'"):
            call("resnet500")
    with pytest.raises(ArgumentError, match="Did you mean 'pooling'"):
        zoo.build("alexnet", poling="avg")
    with pytest.raises(ArgumentError, match="Did you mean 'shortcut'"):
        zoo.build("resnet18", short_cut="all")
    with pytest.raises(ArgumentError, match=r"\(height, width, channels\), got 32"):
        zoo.build("resnet20", input_shape=32)


LEAST = {"vgg16": (32, "pool5"), "alexnet": (67, "pool5"), "alexnet-one-tower": (63, "pool5"), "densenet121": (29, "transition3"),
         "lenet5": (28, "C5"), "vgg-cnn-m": (51, "pool5")}


@pytest.mark.parametrize("name, least, layer", [(name, *facts) for name, facts in LEAST.items()])
def test_too_small_an_input_names_the_layer_and_the_least_size(name, least, layer):
    """The least size passes, one pixel less does not."""
    size = f"The least input of this network is {least}x{least}"
    with pytest.raises(ShapeError, match=f"^{name}: .*'{layer}'.* .* {size}"):
        zoo.outline(name, input_shape=(least - 1, least - 1, 3))
    assert zoo.outline(name, input_shape=(least, least, 3))


def test_cards():
    text = str(zoo.card("VGG16"))
    assert "Simonyan & Zisserman" in text and "138,357,544" in text and "15,470,264,320 a sample" in text and "table 1" in text
    assert all(card.paper.year > 1950 and card.follows for card in CARDS.values())


@pytest.mark.parametrize("name", sorted({*ACCURACY, *ERRORS}))
def test_cards_tell_what_was_published(name):
    """torchvision's tables and the papers'; what is right comes with no word of errors, and the other way round."""
    text, words = zoo.card(name).accuracy, [f"{number} %" for number in ERRORS.get(name, ())]
    words += [f"{ACCURACY[name]:.2f} %", "torchvision"] if name in ACCURACY else []
    assert all(word in text for word in words) and ("errors" in text) == (name in ERRORS or name == "densenet161")


# Features and heads -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vgg11", "resnet20", "nin", "two-layer", "lenet5"])
def test_features_and_head_make_the_network(name):
    model = small(name)
    x = np.random.default_rng(0).normal(size=(2, *model.input_shape[1:])).astype(np.float32)
    first, second = zoo.features(model), zoo.head(model)
    assert torch.allclose(second(first(x)), model(x), atol=1e-6)
    assert first.count_params() + second.count_params() == model.count_params()
    assert len(first.output_shape) == (2 if name == "two-layer" else 4)


def test_a_fresh_head_shares_the_rest():
    model = small("resnet20", classes=10)
    fresh = zoo.reset_head(model, 5)
    assert fresh.output_shape == (None, 5) and model.output_shape == (None, 10)
    shared = {id(w) for w in model.weights} & {id(w) for w in fresh.weights}
    assert len(shared) == len(model.weights) - 2
    fresh.get_layer("conv1_conv").set_weights([np.zeros((3, 3, 3, 4))])
    assert not model.get_layer("conv1_conv").get_weights()[0].any()
    auxiliary = zoo.reset_head(zoo.outline("googlenet", auxiliary=True), 7)
    assert auxiliary.output_shape == dict.fromkeys(zoo.AUXILIARY_WEIGHTS, (None, 7))
    assert zoo.reset_head(zoo.outline("nin"), 4).output_shape == (None, 4)
    with pytest.raises(ArgumentError, match="a whole number"):
        zoo.reset_head(model, 0)
    with pytest.raises(StateError, match="a network with weights, got one without any"):
        zoo.features(nabi.Sequential([nabi.Input((4,)), nabi.layers.Flatten()]))
    with pytest.raises(ArgumentError, match="a Dense or Conv2D layer"):
        zoo.reset_head(nabi.Sequential([nabi.Input((4, 2)), nabi.layers.LSTM(3)]), 2)


def test_a_network_is_saved_and_comes_back(tmp_path):
    model = zoo.build("lenet5-1998", classes=4)
    model.save(tmp_path / "lenet.safetensors")
    again = nabi.load_model(tmp_path / "lenet.safetensors")
    x = np.random.default_rng(0).normal(size=(2, 32, 32, 1)).astype(np.float32)
    assert torch.equal(again(x), model(x))
    assert zoo.parameters(again) == zoo.parameters(model)


BUILD = """
import resource, sys, time
from nabi import zoo
zoo.build("resnet20")
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
model = zoo.build(sys.argv[1])
memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
print(time.process_time() - start, memory / sum(w.size * 4 for w in model.weights))
"""


@pytest.mark.full
@pytest.mark.parametrize("name", ["vgg16", "resnet152", "densenet161", "alexnet", "vgg-cnn-m"])
def test_a_network_is_built_in_two_seconds_and_without_copies_of_its_weights(name):
    """Seconds of processor time, since others share the machine; memory at its highest beside that of the weights."""
    done = subprocess.run([sys.executable, "-c", BUILD, name], capture_output=True, text=True, check=True)
    seconds, share = map(float, done.stdout.split())
    assert seconds < 2 and share < 1.2
