"""Catalogue: networks by name: list, build, outline.

    list("resnet*")                                           which there are
    build("vgg16", input_shape=(64, 64, 3), classes=10)       one of them
    outline("vgg16")                                          its layers and shapes, without numbers in the weights
"""

from collections.abc import Mapping
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from nabi.core.errors import ArgumentError, FileError, ShapeError, UnknownName
from nabi.core.numbers import flag
from nabi.core.registry import lookup, names
from nabi.core.shapes import as_text
from nabi.layers.chain import ancestors, smallest_input
from nabi.zoo.card import PRETRAINED, hyphened, offered
from nabi.zoo.parts import channels_last, weightless
from nabi.zoo.torch_weights import load_torch

WORDS = ("imagenet",)  # that name weights
EXPECTED = "None, 'imagenet', or a .pth, .pt or .safetensors file"
LARGE = 512  # side of pictures that every network takes


def list_networks(pattern: str = "*", weights: bool = False) -> list[str]:
    """Names of the networks that fit a pattern with * and ?.

    Args:
        pattern: such as "resnet*".
        weights: whether to name those alone whose trained weights can be had: build(name, weights="imagenet").

    Example:
        >>> list_networks("vgg1?"), list_networks(weights=True)
        (['vgg11', 'vgg13', 'vgg16', 'vgg19'], ['efficientnet-lite0'])

    A pattern that nothing fits gives [], as in Keras. Raises ArgumentError for a pattern that is no text.
    """
    if not isinstance(pattern, str):
        raise ArgumentError("list(pattern)", "a name, with * and ? for what may differ, such as 'resnet*'", repr(pattern))
    found = PRETRAINED if flag("list(weights)", weights) else {name for name in map(hyphened, names("network"))}
    return sorted(name for name in found if fnmatch(name, hyphened(pattern)))


def build(name: str, weights: Any = None, **options: Any):
    """A network by its name; case, underscores, hyphens, dots and blanks do not matter: vgg16, VGG-16, vgg_16.

    Args:
        name: one of `list_networks()`.
        weights: None for fresh ones; a file or state_dict for `load_torch`; "imagenet" for `list_networks(weights=True)`, with
            their 1,000 classes, or without the top: `nabi.transfer(build(...), 5)` gives them a head for other classes.
            `load_torch` says on which pixels torchvision's were trained; `card["preprocessing"]` says it of "imagenet".
        options: those of its function. Most have
            input_shape: (height, width, channels);
            classes: number of classes; one makes a sigmoid unit, whose share alone says which of two it is;
            include_top: False leaves the classifier out, so that the last maps come out;
            pooling: without the top, "avg" or "max" makes one number of each last map;
            and width, depth, growth ... where the family has them.

    Example:
        >>> build("lecture-dense").count_params()
        407050
        >>> build("vgg16", input_shape=(64, 64, 3), include_top=False, pooling="avg", width=0.25).output_shape
        (None, 128)

    Raises:
        UnknownName: no network of that name; the message offers the nearest one.
        ArgumentError: an option that it does not have, other weights, channels that come first. FileError: no such file.
        ShapeError: the input is too small; it names the layer and the least size.
    """
    plain = known(name)
    make = lookup("network", next(word for word in names("network") if hyphened(word) == plain))
    check_weights(plain, weights)
    if isinstance(options.get("input_shape"), (tuple, list)):
        channels_last(options["input_shape"])
    inside = {"weights": weights} if isinstance(weights, str) and weights in WORDS else {}
    try:
        model = make(**options, **inside)
        check_maps(model)
    except ShapeError as error:
        size = least(make, options)
        if size is None or not error.plain:
            raise
        reason = error.plain.rstrip(".")
        raise ShapeError(f"{plain}: {reason}. The least input of this network is {size}x{size}.") from error
    if weights is not None and not inside:
        load_torch(model, weights)
    return model


def known(name: str) -> str:
    """A network's name as `list` shows it.

    Raises:
        UnknownName: no network of that name; the message offers the nearest one.
    """
    plain, networks = hyphened(name), list_networks()
    if plain not in networks:
        raise UnknownName("network", "a known network", repr(name), offered(plain, networks))
    return plain


def check_weights(name: str, weights: Any) -> None:
    """Whether `build` can give a network these weights, before it is built.

    Raises:
        ArgumentError: a word that is not known, or is for other networks. FileError: no such file.
    """
    if weights is None or isinstance(weights, Mapping):
        return
    if not isinstance(weights, (str, Path)):
        raise ArgumentError("build(weights)", EXPECTED, repr(weights))
    if weights in WORDS:
        if name not in PRETRAINED:
            raise ArgumentError("build(weights)", f"{weights!r} for one of {', '.join(PRETRAINED)}", f"it for {name!r}",
                                "A file of torch's weights can be given for others: build(..., weights='file.pth'), or "
                                "nabi.zoo.load_torch(model, 'file.pth').")
    elif not Path(weights).suffix and not Path(weights).exists():
        near = "Did you mean 'imagenet'? " if get_close_matches(str(weights).lower(), WORDS, cutoff=0.5) else ""
        raise ArgumentError("build(weights)", EXPECTED, repr(str(weights)), f"{near}'imagenet' is there for "
                            f"{', '.join(PRETRAINED)}; nabi.zoo.load_torch(model, 'file.pth') reads a file for others.")
    elif not Path(weights).is_file():
        raise FileError(f"weights '{Path(weights).name}'", "a .safetensors, .pth or .pt file", "no such file")


def check_maps(model: Any) -> None:
    """Whether each layer that makes maps smaller has something to make smaller.

    Raises:
        ShapeError: one does not: a stride over one place.
    """
    for node in ancestors(model.outputs):
        if stuck(node, [symbol.shape for symbol in node.inputs]):
            error = ShapeError(f"{node.layer.label} {as_text(node.inputs[0].shape)}: its strides find nothing left.")
            error.plain = str(error)
            raise error


def stuck(node: Any, shapes: list[Any]) -> bool:
    """Whether a layer's strides go over maps of a single place along an axis, so that it makes nothing smaller."""
    strides = getattr(node.layer, "strides", None)
    if not isinstance(strides, tuple) or not shapes or len(shapes[0]) != len(strides) + 2:
        return False
    return any(stride > 1 and side == 1 for stride, side in zip(strides, shapes[0][1:-1], strict=True))


def outline(name: str, **options: Any):
    """The network without numbers in its weights: for counting, summaries and drawings, in no time. It computes nothing.

    Example:
        >>> outline("vgg16").count_params()
        138357544
    """
    with weightless():
        return build(name, **options)


def least(make: Any, options: dict[str, Any]) -> int | None:
    """Least n for which pictures of n x n pass a network; None if the options have no size of pictures.

    Some networks have other layers for smaller pictures: the search goes on with those of a picture that is one smaller.
    """
    shape = options.get("input_shape", ())
    if len(shape) != 3:
        return None
    side, found = LARGE, None
    with weightless():
        while side:
            try:
                outputs = make(**{**options, "input_shape": (side, side, shape[-1])}).outputs
            except ShapeError:
                break
            nodes = ancestors(outputs)
            size = smallest_input([], outputs, lambda shapes, nodes=nodes: any(
                stuck(node, [shapes[id(symbol)] for symbol in node.inputs]) for node in nodes))
            if size is None or size > side:
                break
            side, found = size - 1, size
    return found


def parameters(model: Any) -> int:
    """Numbers that training changes: the moving means and variances of batch normalisation are not among them.

    Example:
        >>> parameters(outline("resnet50"))
        25557032
    """
    return sum(weight.size for weight in model.trainable_weights)


def macs(model: Any) -> int | None:
    """Multiply-adds of all layers for one sample; None where sizes are open.

    What a `call` of your own computes itself is not among them, unless its layer has a method `macs`: `summary()` names these.

    Example:
        >>> macs(outline("lecture-cnn"))
        11992448
    """
    shapes = [symbol.shape for symbol in model.inputs]
    return model.macs(shapes if len(shapes) > 1 else shapes[0], model.output_shape)
