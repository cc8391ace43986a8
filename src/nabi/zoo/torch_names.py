"""Names of layers in torchvision, timm and efficientnet-pytorch: conv2_1_norm2 here is layer1.0.bn2 there.

    scheme(name)     a layer's name here -> its module's name there, for each family and each way to name it
"""

import re
from collections.abc import Callable
from typing import Any

from nabi.core.errors import ArgumentError
from nabi.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D

Scheme = Callable[[str], str]
NEW = "new_classes"  # the classifier that `transfer` sets upon a network without one: pooled maps, a Dense, as torch's have it


def numbered(model: Any) -> dict[str, str]:
    """features.0, features.2, ..., classifier.0, ...: torchvision's chains, in which activations, pools and dropouts count, too.

    Example:
        >>> from nabi.zoo import outline
        >>> list(numbered(outline("alexnet-one-tower")).values())
        ['features.0', 'features.3', 'features.6', 'features.8', 'features.10', 'classifier.1', 'classifier.4', 'classifier.6']
    """
    found, part, number = {}, "features", 0
    for layer in model.layers:
        if isinstance(layer, Flatten):
            part, number = "classifier", 0
        elif isinstance(layer, (Conv2D, BatchNormalization, Dense)):
            found[layer.name] = f"{part}.{number}"
            active = getattr(getattr(layer, "activation", None), "__name__", "linear") == "relu"
            number += 1 + active
        elif isinstance(layer, (Activation, MaxPooling2D, Dropout)):
            number += 1
    return found


def numbered_in_timm(model: Any) -> dict[str, str]:
    """timm's VGG: the same convolutions, but dense layers that are convolutions of the size of the maps."""
    dense = {"fc6": "pre_logits.fc1", "fc7": "pre_logits.fc2", "classes": "head.fc"}
    return {name: dense.get(name, there) for name, there in numbered(model).items()}


def resnet(name: str) -> str:
    """conv3_2_norm1 -> layer2.1.bn1.

    >>> resnet("conv1_conv"), resnet("conv3_2_norm1"), resnet("conv2_1_conv_skip"), resnet("classes")
    ('conv1', 'layer2.1.bn1', 'layer1.0.downsample.0', 'fc')
    """
    if name in ("classes", "conv1_conv", "conv1_norm"):
        return {"classes": "fc", "conv1_conv": "conv1", "conv1_norm": "bn1"}[name]
    stage, unit, kind, number = parts(r"conv(\d+)_(\d+)_(conv|norm)(\d|_skip)", name)
    inner = f"downsample.{int(kind == 'norm')}" if number == "_skip" else f"{'conv' if kind == 'conv' else 'bn'}{number}"
    return f"layer{int(stage) - 1}.{int(unit) - 1}.{inner}"


def densenet(name: str) -> str:
    """dense2_7_conv1 -> features.denseblock2.denselayer7.conv1.

    >>> densenet("dense2_7_1_norm"), densenet("transition1_conv"), densenet("last_norm"), densenet("conv1")
    ('features.denseblock2.denselayer7.norm1', 'features.transition1.conv', 'features.norm5', 'features.conv0')
    """
    ends = {"classes": "classifier", "conv1": "features.conv0", "conv1_norm": "features.norm0", "last_norm": "features.norm5"}
    if name in ends:
        return ends[name]
    if name.startswith("transition"):
        return "features." + name.replace("_", ".")
    block, layer, norm, conv = parts(r"dense(\d+)_(\d+)_(?:(\d)_norm|conv(\d))", name)
    return f"features.denseblock{block}.denselayer{layer}." + (f"norm{norm}" if norm else f"conv{conv}")


def googlenet(name: str) -> str:
    """4c_3x3_reduce_norm -> inception4c.branch2.0.bn.

    >>> googlenet("conv2_norm"), googlenet("4c_3x3_reduce_norm"), googlenet("3a_pool_1x1"), googlenet("auxiliary1_fc")
    ('conv3.bn', 'inception4c.branch2.0.bn', 'inception3a.branch4.1.conv', 'aux1.fc1')
    """
    module, kind = (name[:-5], "bn") if name.endswith("_norm") else (name, "conv")
    if module.startswith("auxiliary"):
        inner = {"_conv": f".conv.{kind}", "_fc": ".fc1", "": ".fc2"}[module[10:]]
        return f"aux{module[9]}{inner}"
    first = {"classes": "fc", "conv1": f"conv1.{kind}", "conv2_reduce": f"conv2.{kind}", "conv2": f"conv3.{kind}"}
    if module in first:
        return first[module]
    number, branch = module.split("_", 1)
    places = {"1x1": "1", "3x3_reduce": "2.0", "3x3": "2.1", "5x5_reduce": "3.0", "5x5": "3.1", "pool_1x1": "4.1"}
    return f"inception{number}.branch{places[branch]}.{kind}"


def efficientnet_in_timm(name: str) -> str:
    """block2_1_expand_norm -> blocks.1.0.bn1.

    >>> efficientnet_in_timm("block1_1_depthwise"), efficientnet_in_timm("block2_1_project_norm")
    ('blocks.0.0.conv_dw', 'blocks.1.0.bn3')
    """
    ends = {"classes": "classifier", "first": "conv_stem", "first_norm": "bn1", "last": "conv_head", "last_norm": "bn2"}
    if name in ends:
        return ends[name]
    stage, number, part, norm = parts(r"block(\d+)_(\d+)_(expand|depthwise|project)(_norm)?", name)
    order = ["depthwise", "project"] if stage == "1" else ["expand", "depthwise", "project"]
    convs = ["conv_dw", "conv_pw"] if stage == "1" else ["conv_pw", "conv_dw", "conv_pwl"]
    place = order.index(part)
    return f"blocks.{int(stage) - 1}.{int(number) - 1}." + (f"bn{place + 1}" if norm else convs[place])


def efficientnet_numbered(model: Any) -> dict[str, str]:
    """efficientnet-pytorch: all blocks in one row, _blocks.3._project_conv."""
    ends = {"classes": "_fc", "first": "_conv_stem", "first_norm": "_bn0", "last": "_conv_head", "last_norm": "_bn1"}
    names = [layer.name for layer in model.layers if layer.weights]
    ends["new_classes"] = ends["classes"]
    blocks = list(dict.fromkeys(tuple(map(int, re.findall(r"\d+", name))) for name in names if name.startswith("block")))
    inner = {"expand": ("_expand_conv", "_bn0"), "depthwise": ("_depthwise_conv", "_bn1"), "project": ("_project_conv", "_bn2")}

    def there(name: str) -> str:
        stage, number, part, norm = parts(r"block(\d+)_(\d+)_(expand|depthwise|project)(_norm)?", name)
        return f"_blocks.{blocks.index((int(stage), int(number)))}.{inner[part][bool(norm)]}"

    return {name: ends.get(name) or there(name) for name in names}


def parts(pattern: str, name: str) -> tuple[str, ...]:
    """The groups of a name that has this form.

    Raises:
        ArgumentError: it has not.
    """
    match = re.fullmatch(pattern, name)
    if match is None:
        raise ArgumentError("torch's names", f"a layer's name of the form {pattern}", repr(name), "Take a network of the zoo.")
    return match.groups()


def by_layer(scheme: Scheme) -> Callable[[Any], dict[str, str]]:
    """The names of all layers with weights, from a function of one name."""
    return lambda model: {layer.name: scheme("classes" if layer.name == NEW else layer.name)
                          for layer in model.layers if layer.weights}


SCHEMES: dict[str, dict[str, Callable[[Any], dict[str, str]]]] = {  # beginning of a model's name -> ways to name its layers
    "vgg1": {"torchvision": numbered, "timm": numbered_in_timm},
    "alexnet_one_tower": {"torchvision": numbered},
    "resnet": {"torchvision": by_layer(resnet)},  # timm's are the same
    "densenet1": {"torchvision": by_layer(densenet)},
    "densenet2": {"torchvision": by_layer(densenet)},
    "googlenet_bn": {"torchvision": by_layer(googlenet)},
    "efficientnet_lite": {"timm": by_layer(efficientnet_in_timm), "efficientnet-pytorch": efficientnet_numbered},
}


THEIRS = ("alexnet-one-tower, vgg11 to vgg19 with or without -bn, googlenet-bn, resnet18 and 34, resnet50, 101 and 152 (-v1-5), "
          "densenet121 to 201, efficientnet-lite0")  # in words
CHAINS = ("vgg1", "alexnet_one_tower")  # end in three dense layers


def schemes(model: Any) -> dict[str, dict[str, str]]:
    """The ways in which torch's libraries name the layers of a network of the zoo: {way: {name here: name there}}.

    Raises:
        ArgumentError: they have no network like it.
    """
    other = model.name.endswith("_v2") or any(layer.name == "conv1_1_conv1" for layer in model.layers)  # forms for CIFAR
    if model.name.startswith(CHAINS) and any(layer.name == NEW for layer in model.layers):
        raise ArgumentError(f"torch's names of '{model.name}'", "its own classifier, of three dense layers",
                            "one new one upon pooled maps", "transfer(build(..., include_top=True), classes) keeps that form.")
    for beginning, ways in SCHEMES.items():
        if model.name.startswith(beginning) and not other:
            return {way: names(model) for way, names in ways.items()}
    raise ArgumentError(f"torch's names of '{model.name}'", "a network that torchvision or timm has", repr(model.name),
                        f"Neither torchvision nor timm has this one; they have {THEIRS}.")
