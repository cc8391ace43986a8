"""The zoo against plain torch.nn with torchvision's names and against keras.applications: equal weights, equal outputs."""

import numpy as np
import pytest
import torch
import zoo_plain as P
import zoo_torch as T

import nabi
from nabi import zoo
from nabi.core.errors import ArgumentError, FileError, ShapeError
from nabi.initializers import HeNormal
from nabi.layers.chain import ancestors
from nabi.zoo.resnet import basic, bottleneck
from nabi.zoo.torch_names import schemes

SMALL = {  # (the zoo's, the reference, side of the pictures), both narrow, so that they are quick
    "vgg": lambda: (zoo.vgg((1, 1, 2, 2, 2), (64, 64, 3), 5, width=1 / 8, units=16, name="vgg11"),
                    T.vgg((1, 1, 2, 2, 2), 5, 16, 1 / 8, 64, False), 64),
    "vgg_bn": lambda: (zoo.vgg((1, 1, 2, 2, 2), (64, 64, 3), 5, batch_norm=True, width=1 / 8, units=16, name="vgg11_bn"),
                       T.vgg((1, 1, 2, 2, 2), 5, 16, 1 / 8, 64, True), 64),
    "resnet basic": lambda: (zoo.resnet((2, 1), basic, (32, 32, 3), 5, width=1 / 8), T.ResNet((2, 1), False, 5, 1 / 8, 1), 32),
    "resnet v1": lambda: (zoo.resnet((1, 2), bottleneck, (32, 32, 3), 5, width=1 / 8), T.ResNet((1, 2), True, 5, 1 / 8, 1), 32),
    "densenet": lambda: (zoo.densenet((2, 3), 4, (32, 32, 3), 5, name="densenet121"), T.densenet((2, 3), 4, 8, 5), 32),
    "googlenet": lambda: (zoo.googlenet_bn((64, 64, 3), 5, width=1 / 16), T.GoogLeNet(5, 1 / 16), 64),
}
LARGE = {  # as published, at small pictures
    "vgg16": lambda: (zoo.vgg16((64, 64, 3)), T.vgg((2, 2, 3, 3, 3), 1000, 4096, 1, 64, False), 64),
    "vgg13_bn": lambda: (zoo.vgg13_bn((64, 64, 3)), T.vgg((2,) * 5, 1000, 4096, 1, 64, True), 64),
    "alexnet_one_tower": lambda: (zoo.alexnet_one_tower(), T.alexnet(1000, 4096, 6), 224),
    "resnet34": lambda: (zoo.resnet34((96, 96, 3)), T.ResNet((3, 4, 6, 3), False, 1000, 1, 1), 96),
    "resnet50": lambda: (zoo.resnet50((96, 96, 3)), T.ResNet((3, 4, 6, 3), True, 1000, 1, 1), 96),
    "resnet101_v1_5": lambda: (zoo.resnet101_v1_5((96, 96, 3)), T.ResNet((3, 4, 23, 3), True, 1000, 1, 2), 96),
    "densenet121": lambda: (zoo.densenet121((96, 96, 3)), T.densenet((6, 12, 24, 16), 32, 64, 1000), 96),
    "densenet161": lambda: (zoo.densenet161((96, 96, 3)), T.densenet((6, 12, 36, 24), 48, 96, 1000), 96),
    "googlenet_bn": lambda: (zoo.googlenet_bn((96, 96, 3)), T.GoogLeNet(1000, 1), 96),
}

PLAIN = {  # (plain form, the zoo's, side, channels)
    "alexnet": (P.alexnet, lambda shape: zoo.alexnet(shape, 5, width=1 / 8, units=16), 99, 3),
    "vgg_cnn_m": (P.vgg_cnn_m, lambda shape: zoo.vgg_cnn_m(shape, 5, width=1 / 16, units=16), 96, 3),
    "nin": (P.nin, lambda shape: zoo.nin(shape, 5, width=1 / 8), 16, 3),
    "googlenet": (P.googlenet, lambda shape: zoo.googlenet(shape, 5, width=1 / 8), 64, 3),
    "lenet5_1998": (P.lenet_1998, lambda shape: zoo.lenet5_1998(shape, 7), 32, 1),
}


def apart(model, net, side):
    """Largest difference of the class shares, and of their logarithms, which shows small ones, too."""
    x = np.random.default_rng(0).normal(size=(2, side, side, 3)).astype(np.float32)
    with torch.no_grad():
        theirs = net(torch.from_numpy(x.transpose(0, 3, 1, 2).copy())).log_softmax(1)
        ours = model(x).log()
    return float((ours - theirs).abs().max())


@pytest.mark.parametrize("name", SMALL)
def test_equal_outputs_with_torchs_weights_and_the_way_back(name):
    model, net, side = SMALL[name]()
    net = T.lively(net)
    before = apart(model, net, side)
    zoo.load_torch(model, net.state_dict())
    assert apart(model, net, side) < 1e-4 < before / 10
    state = zoo.to_torch_state_dict(model)
    expected = {key: value for key, value in net.state_dict().items() if not key.endswith("num_batches_tracked")}
    assert state.keys() == expected.keys() and all(torch.equal(state[key], expected[key]) for key in state)
    net.load_state_dict(state)  # strict


@pytest.mark.full
@pytest.mark.parametrize("name", LARGE)
def test_equal_outputs_of_the_published_networks(name):
    model, net, side = LARGE[name]()
    net = T.lively(net)
    assert sum(p.numel() for p in net.parameters()) == zoo.parameters(model)
    zoo.load_torch(model, net.state_dict())
    assert apart(model, net, side) < 1e-4 * (10 if "161" in name else 1)


def test_where_the_stride_stands_is_seen():
    """Broken on purpose: weights of a v1.5 network in a v1 network fit, and the outputs differ."""
    net = T.lively(T.ResNet((1, 2), True, 5, 1 / 8, 2))
    model = zoo.resnet((1, 2), bottleneck, (32, 32, 3), 5, width=1 / 8)
    with pytest.warns(UserWarning, match=r"their ResNets stride in the 3x3 .*belong in .*resnet50-v1-5"):
        zoo.load_torch(model, net.state_dict())
    assert apart(model, net, 32) > 2e-3 and "0.485" in model.card["pixels"] and model.card["weights"] == "state_dict"


def test_pre_activation_units():
    """ResNet v2 against its own plain form: weights in the order in which they are used."""
    model, net = zoo.preresnet((2, 1), input_shape=(32, 32, 3), classes=5, width=1 / 8), T.PreResNet((2, 1), 5, 1 / 8)
    T.lively(net)
    pairs = {"conv1": net.conv, "conv1_norm": net.norm, "last_norm": net.last, "classes": net.fc}
    for block, name in zip(net.blocks, ("conv2_1", "conv2_2", "conv3_1"), strict=True):
        pairs.update({f"{name}_conv{n}": conv for n, conv in enumerate(block.convs, 1)})
        pairs.update({f"{name}_{n}_norm": norm for n, norm in enumerate(block.norms, 1 if block.activate else 2)})
        pairs.update({f"{name}_skip_conv": block.skip} if block.skip is not None else {})
    assert {layer.name for layer in model.layers if layer.weights} == set(pairs)
    for name, module in pairs.items():
        values = [v.detach() for key, v in module.state_dict().items() if key != "num_batches_tracked"]
        turn = {4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}
        model.get_layer(name).set_weights([v.permute(turn[v.ndim]).numpy() for v in values])
    assert apart(model, net, 32) < 1e-4
    with torch.no_grad():
        net.blocks[1].norms[0].bias += 1
    assert apart(model, net, 32) > 1e-3


def pourer(model):
    """A function that gives the weights of one layer after the other, branch by branch."""
    queue = iter([node.layer for node in ancestors(model.outputs) if node.layer.weights])

    def pour(flat=None):
        values = [torch.from_numpy(value) for value in next(queue).get_weights()]
        kernel = values[0]
        if flat is not None:
            channels, height, width = flat
            kernel = kernel.unflatten(0, (height, width, channels)).permute(3, 2, 0, 1).flatten(1)
        elif kernel.ndim == 4:
            kernel = kernel.permute(3, 2, 0, 1)
        else:
            kernel = kernel.T
        return [kernel, *values[1:]]

    return pour


@pytest.mark.parametrize("name", PLAIN)
def test_networks_that_torchvision_does_not_have(name):
    """Equal outputs in float32; with the maps mirrored, which no symmetric mistake hides, they differ."""
    plain, build, side, channels = PLAIN[name]
    model = build((side, side, channels))
    for weight in model.trainable_weights:  # AlexNet's own first weights leave next to nothing of so narrow a net's signal
        weight.assign(torch.randn(weight.shape) * 0.1 if weight.ndim == 1 else HeNormal()(weight.shape))
    x = np.random.default_rng(0).normal(size=(2, side, side, channels)).astype(np.float32)
    given = torch.from_numpy(x.transpose(0, 3, 1, 2).copy())
    with torch.no_grad():
        theirs, other = (plain(given if straight else given.flip(3), pourer(model)).log_softmax(1) for straight in (True, False))
        ours = model(x).log()
    assert float((ours - theirs).abs().max()) < 1e-4 and float((ours - other).abs().max()) > 1e-3


# Files ------------------------------------------------------------------------------------------------------------------------


def tiny():
    """A small ResNet and its torch names."""
    model = zoo.resnet((1, 1), input_shape=(32, 32, 3), classes=4, width=1 / 16)
    return model, zoo.to_torch_state_dict(model)


def test_files_of_both_kinds(tmp_path):
    from safetensors.torch import save_file

    _, state = tiny()
    torch.save(state, tmp_path / "a.pth")
    torch.save({"epoch": 3, "state_dict": {f"module.{key}": value for key, value in state.items()}}, tmp_path / "b.pt")
    save_file(state, tmp_path / "c.safetensors")
    for file in tmp_path.iterdir():
        model, before = tiny()
        assert not torch.equal(before["fc.weight"], state["fc.weight"])
        zoo.load_torch(model, file)
        assert all(torch.equal(value, state[key]) for key, value in zoo.to_torch_state_dict(model).items())


def test_another_head():
    model, state = tiny()
    other = zoo.reset_head(zoo.resnet((1, 1), input_shape=(32, 32, 3), classes=4, width=1 / 16), 7)
    with pytest.raises(ShapeError, match=r"Dense 'classes': weight 'kernel': expected \(32, 7\), in torch's order \(7, 32\), "
                                         r"got 'fc.weight' of \(4, 32\). Nothing was changed.*head=False"):
        zoo.load_torch(other, state)
    head = other.get_layer("classes").get_weights()
    zoo.load_torch(other, state, head=False)
    assert np.array_equal(other.get_layer("classes").get_weights()[0], head[0])
    assert torch.equal(zoo.to_torch_state_dict(other)["conv1.weight"], state["conv1.weight"])


def test_a_file_with_a_top_for_a_network_without():
    _, state = tiny()
    maps = zoo.resnet((1, 1), input_shape=(32, 32, 3), include_top=False, width=1 / 16)
    zoo.load_torch(maps, state)
    assert np.array_equal(maps.get_layer("conv1_conv").get_weights()[0], state["conv1.weight"].permute(2, 3, 1, 0).numpy())
    assert zoo.to_torch_state_dict(maps).keys() == state.keys() - {"fc.weight", "fc.bias"}


def test_a_new_head_has_torchs_name():
    """What `transfer` set upon a network without its top; on chains of three dense layers it is an error."""
    model = nabi.transfer(zoo.resnet((1, 1), input_shape=(32, 32, 3), width=1 / 8, include_top=False), 3)
    state = zoo.to_torch_state_dict(model)
    assert state["fc.weight"].shape[0] == 3 and torch.equal(state["fc.weight"].T, model.get_layer("new_classes").weights[0].value)
    zoo.load_torch(model, {key: value + 1 for key, value in state.items()})
    assert torch.equal(zoo.to_torch_state_dict(model)["fc.bias"], state["fc.bias"] + 1)
    lite = nabi.transfer(zoo.outline("efficientnet-lite0", include_top=False), 3)
    assert [names["new_classes"] for names in schemes(lite).values()] == ["classifier", "_fc"]
    with pytest.raises(ArgumentError, match="its own classifier, of three dense layers, got one new one upon pooled maps"):
        zoo.to_torch_state_dict(nabi.transfer(zoo.outline("vgg11", include_top=False), 3))


class Rogue:
    """Something a pickle may hold and plain weights may not."""

    def __reduce__(self):
        return print, ("this must not be run",)


def test_what_is_no_weights_of_this_network(tmp_path, capsys):
    model, state = tiny()
    before = model.get_weights()
    wide = zoo.to_torch_state_dict(zoo.resnet((1, 1), input_shape=(32, 32, 3), classes=4, width=1 / 8))
    with pytest.raises(ShapeError, match=r"Conv2D 'conv1_conv': weight 'kernel': expected \(7, 7, 3, 4\), in torch's order "
                                         r"\(4, 3, 7, 7\), got 'conv1.weight' of \(8, 3, 7, 7\)"):
        zoo.load_torch(model, wide)
    with pytest.raises(FileError, match="missing 'layer2.0.conv1.weight' for Conv2D 'conv3_1_conv1'.*left over extra"):
        zoo.load_torch(model, {**{key: value for key, value in state.items() if key != "layer2.0.conv1.weight"},
                               "extra": torch.zeros(1)})
    torch.save({"weights": Rogue()}, tmp_path / "rogue.pth")
    (tmp_path / "damaged.pth").write_bytes(b"PK\x03\x04 and nothing behind")
    torch.save([1, 2], tmp_path / "list.pth")
    torch.save({"epoch": 3}, tmp_path / "empty.pth")
    torch.save(torch.nn.Linear(1, 1), tmp_path / "whole.pth")
    (tmp_path / "junk.pth").write_bytes(b"hello world, this is junk")
    (tmp_path / "nothing.pth").write_bytes(b"")
    for file, said in (("rogue", "tensors and nothing else.*could run code"), ("damaged", "got a zip archive"),
                       ("list", "tensors by name, got a list"), ("empty", "tensors by name, got 'epoch'"),
                       ("whole", r"a whole model .* torch.save\(model.state_dict\(\), path\)\.$"),
                       ("junk", "a file of torch.save, got something else. It is damaged"), ("nothing", "got an empty file"),
                       ("absent", "no such file")):
        with pytest.raises(FileError, match=said) as caught:
            zoo.load_torch(model, tmp_path / f"{file}.pth")
        assert "\x1b" not in str(caught.value)
    assert "must not be run" not in capsys.readouterr().out
    for value, said in ((torch.zeros(4, device="meta"), "a shape and no numbers"), (torch.zeros(4).to_sparse(), "sparse"),
                        (torch.ones(4, dtype=torch.complex64), "of complex64"), (torch.ones(4, dtype=torch.bool), "of bool")):
        with pytest.raises(FileError, match=f"'fc.bias', .*{said}. Nothing was changed"):
            zoo.load_torch(model, {**{key: value + 1 for key, value in state.items()}, "fc.bias": value})
    for wrong in ((model, None), (model, 5), ("resnet18", state)):
        with pytest.raises(ArgumentError, match=r"load_torch\((model|source)\): expected"):
            zoo.load_torch(*wrong)
    with pytest.raises(ArgumentError, match="Neither torchvision nor timm has this one"):
        zoo.load_torch(zoo.build("lenet5"), state)
    with pytest.raises(ArgumentError, match="Neither torchvision nor timm has this one"):
        zoo.to_torch_state_dict(zoo.outline("resnet20"))
    with pytest.raises(ArgumentError, match="one of torchvision, got 'keras'"):
        zoo.to_torch_state_dict(model, "keras")
    assert all(map(np.array_equal, before, model.get_weights()))  # nothing of all this changed it


@pytest.mark.parametrize("naming", ["timm", "efficientnet-pytorch"])
def test_efficientnet_there_and_back(naming):
    first, second = (zoo.build("efficientnet-lite0", input_shape=(32, 32, 3), classes=3, width=0.1) for _ in range(2))
    state = zoo.to_torch_state_dict(first, naming)
    assert state["blocks.1.0.conv_dw.weight" if naming == "timm" else "_blocks.1._depthwise_conv.weight"].shape[1:] == (1, 3, 3)
    key = next(key for key in state if "depthwise" in key or "conv_dw" in key)
    with pytest.raises(ShapeError, match=r"weight 'kernel': expected .*of \(32, 5, 3, 3\)"):  # windows over five maps each
        zoo.load_torch(second, {**state, key: state[key].repeat(1, 5, 1, 1)})
    zoo.load_torch(second, state)
    assert all(map(np.array_equal, first.get_weights(), second.get_weights()))


def test_googlenets_auxiliary_classifiers():
    """torchvision's names and shapes; a network without them takes the rest of such a file."""
    shape = {"input_shape": (80, 80, 3), "classes": 4, "width": 1 / 16}
    with_them, without = zoo.googlenet_bn(auxiliary=True, **shape), zoo.googlenet_bn(**shape)
    state = zoo.to_torch_state_dict(with_them)
    shapes = {key: tuple(value.shape) for key, value in state.items() if key.startswith("aux2.")}
    assert shapes["aux2.conv.conv.weight"] == (128, 33, 1, 1) and shapes["aux2.fc1.weight"] == (1024, 128)
    assert shapes["aux2.conv.bn.running_var"] == (128,) and shapes["aux2.fc2.bias"] == (4,)
    zoo.load_torch(without, state)
    assert torch.equal(without.get_layer("classes").kernel, with_them.get_layer("classes").kernel)
    others = zoo.googlenet_bn(auxiliary=True, **{**shape, "classes": 3})
    zoo.load_torch(others, state, head=False)
    assert torch.equal(others.get_layer("auxiliary2_fc").kernel, with_them.get_layer("auxiliary2_fc").kernel)


def test_timms_vgg_has_windows_for_dense_layers():
    model = zoo.vgg((1, 1), (8, 8, 3), 5, width=1 / 16, units=6, name="vgg11")
    state = zoo.to_torch_state_dict(model, "timm")
    assert state["pre_logits.fc1.weight"].shape == (6, 8, 2, 2) and state["head.fc.weight"].shape == (5, 6)
    again = zoo.vgg((1, 1), (8, 8, 3), 5, width=1 / 16, units=6, name="vgg11")
    zoo.load_torch(again, state)
    assert all(map(np.array_equal, model.get_weights(), again.get_weights()))
    maps = torch.randn(2, 8, 2, 2)
    by_windows = torch.nn.functional.conv2d(maps, state["pre_logits.fc1.weight"], state["pre_logits.fc1.bias"]).flatten(1)
    dense = model.get_layer("fc6")
    assert torch.allclose(dense(maps.permute(0, 2, 3, 1).flatten(1)), by_windows.relu(), atol=1e-5)


# keras.applications -------------------------------------------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.parametrize("name, theirs", [("vgg16", "VGG16"), ("resnet50", "ResNet50"), ("densenet121", "DenseNet121")])
def test_keras_applications(name, theirs):
    """Their networks with their weights drawn anew: the same numbers of weights, and the same outputs from equal weights."""
    import keras

    keras.utils.set_random_seed(1)
    source = getattr(keras.applications, theirs)(weights=None, input_shape=(96, 96, 3))
    model = zoo.build(name, input_shape=(96, 96, 3))
    biases = sum(layer.bias.shape[0] for layer in source.layers if isinstance(layer, keras.layers.Conv2D) and layer.use_bias)
    learned = sum(int(np.prod(w.shape)) for w in source.trainable_weights)
    assert zoo.parameters(model) == learned - (biases if name == "resnet50" else 0)  # Keras' ResNet has biases before its norms
    rng = np.random.default_rng(0)
    for layer in source.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            n = layer.gamma.shape[0]
            layer.set_weights([rng.uniform(0.5, 1.5, n), rng.normal(0, 0.1, n), rng.normal(0, 0.1, n), rng.uniform(0.5, 1.5, n)])
    for kind in ("Conv2D", "BatchNormalization", "Dense"):
        ours = [layer for layer in model.layers if type(layer).__name__ == kind]
        given = [layer for layer in source.layers if type(layer).__name__ == kind]
        if name == "resnet50":
            given = sorted(given, key=lambda layer: order(layer.name))
            ours = sorted(ours, key=lambda layer: place(layer.name))
        for mine, other in zip(ours, given, strict=True):
            mine.set_weights(other.get_weights()[:len(mine.weights)])
    x = rng.normal(size=(2, 96, 96, 3)).astype(np.float32)
    assert np.abs(np.log(model.predict(x, verbose=0)) - np.log(source.predict(x, verbose=0))).max() < 1e-3


def order(name):
    """conv3_block2_1_conv -> (3, 2, 1); their 0 is the skip."""
    return tuple(int(n) for n in "".join(c if c.isdigit() else " " for c in name).split())


def place(name):
    """conv3_2_conv1 -> (3, 2, 1), conv3_2_conv_skip -> (3, 2, 0)."""
    return order(name.replace("_skip", "0"))
