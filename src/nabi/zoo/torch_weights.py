"""Weights from the PyTorch world, and back: names by `torch_names`, axes turned.

    convolution   torch (filters, C, kH, kW)        here (kH, kW, C, filters)
    depthwise     torch (C M, 1, kH, kW)            here (kH, kW, C, M)
    dense         torch (units, inputs)             here (inputs, units); behind Flatten torch counts (C, H, W), nabi (H, W, C)
    norm          weight, bias, running_mean, running_var       gamma, beta, moving_mean, moving_variance

Files: .safetensors, or .pth and .pt, of which torch reads plain weights only, never code.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from nabi.core.errors import ArgumentError, FileError, ShapeError, did_you_mean
from nabi.core.warning import warn
from nabi.layers import Conv2D, Dense, DepthwiseConv2D, Flatten
from nabi.models import Model, safefile
from nabi.models.foreign import foreign
from nabi.zoo.torch_names import NEW, schemes

WORDS = {"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias", "moving_mean": "running_mean",
         "moving_variance": "running_var"}  # fmt: skip
WRAPPERS = ("state_dict", "model", "model_state_dict")  # keys under which training scripts keep the weights
SHOWN = 5
PIXELS = ("as in the training of these weights; torchvision's: (x / 255 - mean) / std, mean 0.485, 0.456, 0.406, "
          "std 0.229, 0.224, 0.225 of red, green, blue")
PICKLES = ("a file of torch.save", "a pickle")
ONLY = "Where it came from, save its tensors alone: torch.save(model.state_dict(), path)."
CLASSIFIERS = ("classes", NEW, "auxiliary1", "auxiliary2")
AUXILIARY, TOPS = ("aux1.", "aux2."), ("fc.", "classifier.", "_fc.", "head.", "pre_logits.")  # beginnings of names there


def load_torch(model: Any, source: Any, head: bool = True) -> None:
    """Fills a network of the zoo with weights of torchvision, timm or efficientnet-pytorch; nothing changes unless all fit.

    Args:
        model: a network of the zoo.
        source: a .safetensors, .pth or .pt file, or a state_dict.
        head: False leaves the classifier, and auxiliary ones, as they are, for other classes.

    Names and shapes do not tell all: torchvision's and timm's ResNet-50, -101 and -152 stride in the 3x3 convolution and belong
    in resnet50_v1_5 and its like (resnet50 takes them with a warning, and is worse); timm's tf_efficientnet_lite0 is the network
    here, its efficientnet_lite0 has other paddings and another epsilon.

    Nor does a file say which pixels its network saw. torchvision's and most of timm's were trained on (x / 255 - mean) / std,
    with mean (0.485, 0.456, 0.406) and std (0.229, 0.224, 0.225) of red, green and blue: give `predict` the same. `model.card`
    notes the file under "weights", and this under "pixels".

    Example:
        >>> from nabi import zoo
        >>> first, second = (zoo.build("resnet18", input_shape=(32, 32, 3), classes=3, width=0.1) for _ in range(2))
        >>> load_torch(second, to_torch_state_dict(first))
        >>> bool((second.weights[0].value == first.weights[0].value).all())
        True

    Raises:
        FileError: no such file, one that is no plain weights, or names that are missing or left over. ShapeError: the first layer
        whose shape differs, both shapes. ArgumentError: torch's libraries have no network like it.
    """
    if not isinstance(model, Model):
        raise ArgumentError("load_torch(model)", "a network of the zoo", repr(model), "nabi.zoo.build makes one.")
    ways = schemes(model)
    state, where = read(source)
    names = nearest(ways, state)
    skipped = {name for name in names if not head and name in CLASSIFIERS}
    filled, used, missing = [], set(), []
    for layer in model.layers:
        for weight in layer.weights if layer.name in names and layer.name not in skipped else ():
            key = f"{names[layer.name]}.{WORDS[weight.name]}"
            if key not in state:
                missing.append(f"'{key}' for {layer.label}")
                continue
            used.add(key)
            why = unusable(state[key], weight.value.is_meta)
            if why:
                raise FileError(f"{where} for '{model.name}'", "plain tensors of real numbers", f"'{key}', {why}",
                                "Nothing was changed.")
            value = turned(layer, weight.name, state[key])
            if value is None or tuple(value.shape) != weight.shape:
                there = tuple(state[key].shape)
                raise ShapeError(f"{where} for '{model.name}', {layer.label}: weight '{weight.name}'",
                                 f"{weight.shape}, in torch's order {tuple(returned(layer, weight.name, weight.value).shape)}",
                                 f"'{key}' of {there}", "Nothing was changed. The file is of another network"
                                 + (", or of other classes: load_torch(..., head=False)." if layer.name in CLASSIFIERS else "."))
            filled.append((weight, value))
    extra = [key for key in state if key not in used and not ignored(key, model, {names[name] for name in skipped})]
    if missing or extra:
        said = [f"{title} {', '.join(found[:SHOWN])}{' ...' * (len(found) > SHOWN)}"
                for title, found in (("missing", missing), ("left over", extra)) if found]
        raise FileError(f"{where} for '{model.name}'", "a weight for each of the network's, and no others", "; ".join(said),
                        "Nothing was changed. The file is of another network.")
    for weight, value in filled:
        weight.assign(value)
    model.card = {**model.card, "weights": where, "pixels": PIXELS}
    if strides_early(model):
        form = model.name if model.name in ("resnet50", "resnet101", "resnet152") else "resnet50"
        warn(f"load_torch: weights of torchvision and timm fit '{model.name}' and give other outputs there: their ResNets stride "
             f'in the 3x3 convolutions, this one in the 1x1 before. Theirs belong in nabi.zoo.build("{form}-v1-5"); those that '
             "nabi wrote from this form are right here.")


def strides_early(model: Any) -> bool:
    """Whether it is a ResNet of bottlenecks as first published, which torch's libraries do not have.

    Example:
        >>> from nabi.zoo import outline
        >>> strides_early(outline("resnet50")), strides_early(outline("resnet50-v1-5")), strides_early(outline("resnet18"))
        (True, False, False)
    """
    layers = {layer.name: layer for layer in model.layers}
    return "conv3_1_conv3" in layers and layers["conv3_1_conv1"].strides[0] > 1


def to_torch_state_dict(model: Any, naming: str | None = None) -> dict[str, torch.Tensor]:
    """The weights of a network of the zoo under torch's names and in its shapes: what `load_state_dict` takes.

    Args:
        model: a network of the zoo.
        naming: "torchvision", "timm" or "efficientnet-pytorch", where they differ; None is the first of these that there is.

    Example:
        >>> from nabi import zoo
        >>> list(to_torch_state_dict(zoo.vgg((1,), input_shape=(4, 4, 3), classes=2, units=5, name="vgg16")))[:3]
        ['features.0.weight', 'features.0.bias', 'classifier.0.weight']

    Raises:
        ArgumentError: another naming, or a network that torch's libraries do not have.
    """
    known = schemes(model)
    naming = next(iter(known)) if naming is None else naming
    if naming not in known:
        raise ArgumentError("to_torch_state_dict(naming)", f"one of {', '.join(known)}", repr(naming),
                            did_you_mean(naming, known))
    names = known[naming]
    as_windows = naming == "timm" and any(name.startswith("pre_logits") for name in names.values())
    state = {}
    for layer in model.layers:
        for weight in layer.weights:
            value = returned(layer, weight.name, weight.value.detach())
            if as_windows and layer.name in ("fc6", "fc7") and weight.name == "kernel":
                height, width, channels = maps_before(layer) or (1, 1, weight.shape[0])
                value = value.reshape(-1, channels, height, width)
            state[f"{names[layer.name]}.{WORDS[weight.name]}"] = value.contiguous().clone()
    return state


def read(source: Any) -> tuple[dict[str, torch.Tensor], str]:
    """The tensors of a file or state_dict, and how errors name it.

    Raises:
        FileError: no such file, or something in it that is no plain tensor.
    """
    found: Any
    if isinstance(source, Mapping):
        found, where = source, "state_dict"
    elif str(source).endswith(safefile.ENDING):
        with safefile.opened(source) as file:
            found, where = {name: torch.from_numpy(array) for name, array in file.arrays().items()}, file.where
    elif isinstance(source, (str, Path)):
        found, where = plain_weights(Path(source)), Path(source).name
    else:
        raise ArgumentError("load_torch(source)", "a .safetensors, .pth or .pt file, or a state_dict", repr(source))
    for key in WRAPPERS:
        if isinstance(found.get(key), Mapping):
            found = found[key]
    wrong = [key for key, value in found.items() if not isinstance(value, torch.Tensor)]
    if wrong or not found:
        raise FileError(where, "tensors by name", f"{wrong[0]!r}" if wrong else "nothing", "Save model.state_dict() there.")
    return {str(key).removeprefix("module."): value.detach() for key, value in found.items()}, where


def unusable(value: torch.Tensor, outline: bool) -> str:
    """Why no weight can be made of a tensor; "" if one can. In an `outline` shapes are enough.

    Example:
        >>> unusable(torch.zeros(2, dtype=torch.half), False), unusable(torch.eye(2).to_sparse(), False)
        ('', 'which is sparse')
    """
    if value.is_meta and not outline:
        return "which has a shape and no numbers"
    if value.layout != torch.strided:
        return "which is sparse"
    return "" if value.is_floating_point() else f"of {str(value.dtype).removeprefix('torch.')}"


def plain_weights(path: Path) -> Mapping[str, Any]:
    """What a .pth file holds, if it is weights and nothing else.

    Raises:
        FileError: no such file, or one that would run code.
    """
    if not path.is_file():
        raise FileError(f"weights '{path.name}'", "a .safetensors, .pth or .pt file", "no such file")
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file makes torch raise many kinds
        raise refused(path) from error
    if not isinstance(found, Mapping):
        raise FileError(f"weights '{path.name}'", "tensors by name", f"a {type(found).__name__}", ONLY)
    return found


def refused(path: Path) -> FileError:
    """The error for a file that torch does not read as plain weights: by its first bytes, what it is."""
    with path.open("rb") as stream:
        known = foreign(stream)
    if path.stat().st_size == 0:
        return FileError(f"weights '{path.name}'", "tensors by name", "an empty file", "Take another copy of it.")
    if known is not None and known[0] in PICKLES:
        return FileError(f"weights '{path.name}'", "tensors and nothing else",
                         "a file that is damaged, or holds a whole model or other objects",
                         f"Reading these could run code. {ONLY}")
    what = "something else" if known is None else known[0]
    return FileError(f"weights '{path.name}'", "a file of torch.save", what, "It is damaged, or another program wrote it.")


def nearest(ways: dict[str, dict[str, str]], state: Mapping[str, Any]) -> dict[str, str]:
    """The way to name layers in which most names are in the file."""
    return max(ways.values(), key=lambda names: sum(f"{there}.weight" in state for there in names.values()))


def ignored(key: str, model: Any, skipped: set[str]) -> bool:
    """Whether a network needs no weight of this name: counters, auxiliary classifiers or a top it has not, a head left out."""
    layers = [layer.name for layer in model.layers]
    absent = (AUXILIARY if "auxiliary1" not in layers else ()) + (TOPS if not {"classes", NEW} & {*layers} else ())
    return key.endswith("num_batches_tracked") or key.startswith(absent) or key.rpartition(".")[0] in skipped


def maps_before(layer: Any) -> tuple[int, int, int] | None:
    """(height, width, channels) of the maps that Flatten laid out for a dense layer; None for other layers."""
    node = layer.nodes[0].inputs[0].node
    while isinstance(layer, Dense) and node.inputs and not node.layer.weights:
        if isinstance(node.layer, Flatten):
            shape = node.inputs[0].shape[1:]
            return shape if len(shape) == 3 else None
        node = node.inputs[0].node
    return None


def turned(layer: Any, name: str, value: torch.Tensor) -> torch.Tensor | None:
    """A tensor of torch's with the axes of the weight it is for; None if it has another number of axes."""
    if name != "kernel":
        return value
    axes = 4 if isinstance(layer, (Conv2D, DepthwiseConv2D)) else 2
    if isinstance(layer, Dense) and value.ndim == 4:  # timm's convolutions of the size of the maps
        return value.permute(2, 3, 1, 0).flatten(0, 2)
    if value.ndim != axes:
        return None
    if isinstance(layer, DepthwiseConv2D):
        if value.shape[1] != 1 or value.shape[0] % layer.depth_multiplier:
            return None
        return value.unflatten(0, (-1, layer.depth_multiplier))[:, :, 0].permute(2, 3, 0, 1)
    if isinstance(layer, Conv2D):
        return value.permute(2, 3, 1, 0)
    maps = maps_before(layer)
    if maps is None or value.shape[1] != maps[0] * maps[1] * maps[2]:
        return value.T
    return value.unflatten(1, (maps[2], maps[0], maps[1])).permute(2, 3, 1, 0).flatten(0, 2)


def returned(layer: Any, name: str, value: torch.Tensor) -> torch.Tensor:
    """The way back: a weight with torch's axes."""
    if name != "kernel":
        return value
    if isinstance(layer, DepthwiseConv2D):
        return value.permute(2, 3, 0, 1).flatten(0, 1).unsqueeze(1)
    if isinstance(layer, Conv2D):
        return value.permute(3, 2, 0, 1)
    maps = maps_before(layer)
    return value.T if maps is None else value.unflatten(0, maps).permute(3, 2, 0, 1).flatten(1)
