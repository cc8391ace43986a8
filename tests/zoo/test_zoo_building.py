"""What `build` refuses before it builds: sizes that are too small, channels that come first, weights that cannot be had."""

import re
import time

import pytest
import torch

from nabi import zoo
from nabi.core.errors import ArgumentError, FileError, ShapeError, UnknownName
from nabi.zoo.card import CARDS, IN_TORCH, hyphened
from nabi.zoo.heads import activation
from nabi.zoo.torch_names import schemes

LEAST = {  # name: (least side, the layer that one pixel less leaves nothing for)
    "alexnet": (67, "pool5"), "alexnet-one-tower": (63, "pool5"),
    **dict.fromkeys(("vgg11", "vgg13", "vgg16", "vgg19", "vgg11-bn", "vgg13-bn", "vgg16-bn", "vgg19-bn"), (32, "pool5")),
    "vgg-cnn-m": (51, "pool5"), "nin": (3, "pool2"), "nin-imagenet": (59, "pool3"),
    **dict.fromkeys(("googlenet", "googlenet-bn"), (17, "pool4")),
    **{f"resnet{depth}": (17, "conv5_1_") for depth in (18, 34, 50, 101, 152, "50-v1-5", "101-v1-5", "152-v1-5")},
    **{f"resnet{depth}-v2": (17, "conv5_1_") for depth in (18, 34, 50, 101, 152)},
    **{f"resnet{depth}": (3, "conv3_1_") for depth in (20, 32, 44, 56, 110)}, "preresnet164": (3, "conv3_1_"),
    **dict.fromkeys(("densenet121", "densenet161", "densenet169", "densenet201"), (29, "transition3")),
    **dict.fromkeys(("densenet40", "densenet-bc40", "densenet-bc100"), (4, "transition2")),
    "efficientnet-lite0": (17, "block6_1_depthwise"), "fast-cifar": (25, "pool4"), "fast-cnn": (18, "conv3"),
    "fast-pictures": (2, "pool1"), "lecture-cnn": (6, "pool"), "lenet5": (28, "C5"), "lenet5-1998": (28, "C5"),
    "smile-cnn": (15, "pool5"),
}  # fmt: skip
ANY = {"lecture-dense", "mlp", "perceptron", "softmax-regression", "two-layer"}  # that read pixels, not windows of them
FEW = ["googlenet", "fast-pictures", "nin"]


def refuses(name):
    """The least size passes, one pixel less does not, and the error names layer and size."""
    (least, layer), channels = LEAST[name], CARDS[name].input_shape[-1]
    with pytest.raises(ShapeError, match=rf"^{name}: \w+ '{layer}\w*' .* The least input of this network is {least}x{least}\.$"):
        zoo.outline(name, input_shape=(least - 1, least - 1, channels))
    assert zoo.outline(name, input_shape=(least, least, channels))


@pytest.mark.parametrize("name", FEW)
def test_too_small_an_input(name):
    refuses(name)


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(LEAST))
def test_too_small_an_input_of_every_network(name):
    refuses(name)


@pytest.mark.full
def test_every_network_has_a_least_size_or_takes_any():
    assert {*LEAST, *ANY} == set(CARDS) - {"tiny"}
    assert all(zoo.outline(name, input_shape=(1, 1, 1)) for name in ANY - {"perceptron"})


def test_between_the_sizes_of_lenet():
    """Every side from 28 on passes: what is below 32 has a frame."""
    for side in (28, 31, 32):
        assert zoo.outline("lenet5", input_shape=(side, side, 1)).get_layer("C5").output.shape == (None, 1, 1, 120)
    with pytest.raises(ShapeError, match="'auxiliary1_pool'.* The least input of this network is 65x65"):
        zoo.outline("googlenet", input_shape=(64, 64, 3), auxiliary=True)


@pytest.mark.parametrize("name", ["resnet18", "fast-cnn", "lecture-cnn"])
def test_channels_that_come_first(name):
    with pytest.raises(ArgumentError, match=re.escape("got (3, 64, 48). Channels come last: write input_shape=(64, 48, 3), and")):
        zoo.build(name, input_shape=(3, 64, 48))
    assert zoo.outline(name, input_shape=(64, 48, 3))
    with pytest.raises(ArgumentError, match=r"write input_shape=\(64, 64, 1\)"):
        zoo.vgg16((1, 64, 64))


def test_weights_are_looked_at_before_the_network_is_built(tmp_path):
    (tmp_path / "there.pth").write_text("")
    start = time.process_time()
    for name, weights, error, says in (
        ("resnet152", "imagnet", ArgumentError, r"got 'imagnet'. Did you mean 'imagenet'\? 'imagenet' is there for effici"),
        ("resnet152", "imagenet", ArgumentError, r"for 'resnet152'. A file.* or nabi.zoo.load_torch\(model, 'file.pth'\)"),
        ("resnet152", "noise", ArgumentError, "got 'noise'. 'imagenet' is there for"),
        ("resnet152", "gone.pth", FileError, r"^weights 'gone.pth': expected a .safetensors, .pth or .pt file, got no such file"),
        ("resnet152", tmp_path / "gone.pth", FileError, "got no such file"),
        ("resnet152", True, ArgumentError, "file, got True"),
    ):
        with pytest.raises(error, match=says):
            zoo.build(name, weights=weights)
    assert time.process_time() - start < 0.5, "the network takes longer"
    model = zoo.build("two-layer")
    again = zoo.build("resnet18", input_shape=(32, 32, 3), width=1 / 16, weights=zoo.to_torch_state_dict(
        first := zoo.build("resnet18", input_shape=(32, 32, 3), width=1 / 16)))  # fmt: skip
    assert torch.equal(again.weights[0].value, first.weights[0].value) and model.count_params()


def test_which_networks_have_weights():
    assert zoo.list(weights=True) == ["efficientnet-lite0"] and zoo.list("vgg*", weights=True) == []
    assert all((name in zoo.list(weights=True)) == bool(card.weights) for name, card in CARDS.items())
    assert 'weights     of ImageNet: build("efficientnet-lite0", weights="imagenet")' in str(zoo.card("efficientnet_lite0"))
    assert "torchvision's are for resnet50-v1-5" in str(zoo.card("resnet50")) and "load_torch(model" in str(zoo.card("vgg16"))
    assert str(zoo.card("lecture-cnn")).endswith("weights     none")
    with pytest.raises(ArgumentError, match=r"list\(weights\)"):
        zoo.list(weights="imagenet")


@pytest.mark.full
@pytest.mark.parametrize("name", sorted(set(CARDS) - {"tiny"}))
def test_cards_say_whose_weights_fit(name):
    """Where the card names torchvision or timm, their names are known; of ResNet v1 theirs have other strides."""
    try:
        known = bool(schemes(zoo.outline(name)))
    except ArgumentError:
        known = False
    theirs = bool(IN_TORCH.fullmatch(name)) or name in ("efficientnet-lite0", "resnet50", "resnet101", "resnet152")
    assert known == theirs


def test_a_family_is_listed(monkeypatch):
    for call in (zoo.card, zoo.build):
        with pytest.raises(UnknownName, match="got 'densenet'. Several begin so: densenet40, densenet121, densenet161"):
            call("densenet")
    monkeypatch.setenv("NABI_LANG", "ko")
    text = str(zoo.card("vgg16"))
    assert "ImageNet 오류율 top-1 25.6 %, top-5 8.1 % (표 3, 한 가지" in text and "표 1, D열" in text
    assert "ImageNet top-1 정확도 75.1 %" in str(zoo.card("efficientnet-lite0"))
    assert "소스 파일 머리의 설계" in str(zoo.card("fast-pictures"))
    assert "  논문       Simonyan" in text and "클래스 1,000개" in text and "\n             recognition" in text


def test_every_network_is_found_however_it_is_spelled():
    squeezed = {}
    for name in zoo.list():
        spellings = {name, name.upper(), name.replace("-", "_"), name.replace("-", "."), name.replace("-", " "),
                     name.replace("-", ""), *(re.sub(r"(?<=[a-z])(?=\d)", sign, name) for sign in "-_. ")}
        assert {hyphened(spelling) for spelling in spellings} == {name}
        assert squeezed.setdefault(name.replace("-", ""), name) == name, "two networks of one spelling"
    for spelling in ("VGG-16", "VGG_16", "vgg.16", "LeNet-5", "EfficientNetLite0", "ResNet50 v1.5", "resnet50v15"):
        assert zoo.list(spelling) == [hyphened(spelling)] and zoo.card(spelling).name in CARDS
    assert zoo.outline("lenet_5").name == "lenet5"


def test_one_class_is_a_sigmoid_unit():
    """A softmax over one unit is 1 for every picture."""
    for name in ("resnet20", "nin", "fast-cifar", "lecture-cnn", "vgg16"):
        assert activation(zoo.outline(name, classes=1).layers[-1]) == "sigmoid", name
        assert activation(zoo.outline(name, classes=2).layers[-1]) == "softmax", name
    assert zoo.outline("nin", classes=1).get_layer("classes").activation.__name__ == "linear"
    assert float(zoo.build("two-layer", classes=1)(torch.rand(4, 28, 28, 1)).max()) < 1


def test_arguments_of_build_that_cannot_be_meant():
    with pytest.raises(ArgumentError, match="include_top: expected True or False, got 'no'"):
        zoo.outline("resnet20", include_top="no")
    with pytest.raises(ArgumentError, match=re.escape("got (32, 32). Add the channels: (32, 32, 3) for colour, (32, 32, 1)")):
        zoo.outline("resnet20", input_shape=(32, 32))
    with pytest.raises(ArgumentError, match=r"list\(pattern\): expected a name.*got 5"):
        zoo.list(5)
    with pytest.raises(ArgumentError, match="got 'resnet20'. Neither torchvision nor timm has this one; they have alexnet-one"):
        schemes(zoo.outline("resnet20"))


def test_what_completion_offers():
    assert not {"NO_NEED", "offer_nearest"} & set(dir(zoo)) and "card" in dir(zoo)


def test_a_card_tells_what_learns_from_all_weights():
    text = str(zoo.card("resnet18"))
    assert "11,689,512 trainable, 11,699,112 in all" in text and zoo.outline("resnet18").count_params() == 11_699_112
    assert "parameters  61,706\n" in str(zoo.card("lenet5")) and "75.1 % top-1 accuracy" in str(zoo.card("efficientnet-lite0"))
