"""Augmentation: layers that change training pictures at random, put in front of a network by a recipe's `augment`.

    augment = { flip = "horizontal", translation = 0.1, rotation = 0.02, zoom = 0.1 }

    picture -> RandomFlip -> RandomTranslation -> RandomRotation -> RandomZoom -> network        those that are asked for

They act in training alone, so the saved model, which holds them, predicts as it would without them.
"""

from typing import Any

from nabi.layers import Input, RandomFlip, RandomRotation, RandomTranslation, RandomZoom
from nabi.models import Model
from nabi.zoo.heads import retraced


def augmented(model: Any, augment: dict[str, Any], ink: bool) -> Any:
    """The network behind the layers that `augment` asks for; its own layers are shared. Without any it is the network itself.

    Args:
        model: a network with one input of pictures.
        augment: the recipe's table; 0 and "none" ask for nothing.
        ink: whether 0 is blank paper, which then comes in at the border; else the picture is mirrored there.

    Example:
        >>> from nabi.zoo import build
        >>> model = augmented(build("lecture-dense"), {"flip": "none", "translation": 0.1}, ink=True)
        >>> [layer.name for layer in model.layers], model.count_params()
        (['image', 'translation', 'flatten', 'dense1', 'dense2'], 407050)
    """
    layers = random_layers(augment, ink)
    if not layers:
        return model
    (old,) = model.inputs
    image = x = Input(old.shape[1:], name=old.name)
    for layer in layers:
        x = layer(x)
    outputs = [retraced(output, {id(old): x}, {}) for output in model.outputs]
    return Model(image, model.structured(outputs), name=model.name)


def random_layers(augment: dict[str, Any], ink: bool) -> list[Any]:
    """What `augment` asks for, in order."""
    flip, beyond, layers = augment.get("flip", "none"), "constant" if ink else "reflect", []
    if flip != "none":
        layers.append(RandomFlip(flip, name="flip"))
    if share := augment.get("translation"):
        layers.append(RandomTranslation(share, share, beyond, name="translation"))
    if share := augment.get("rotation"):
        layers.append(RandomRotation(share, beyond, name="rotation"))
    if share := augment.get("zoom"):
        layers.append(RandomZoom(share, fill_mode=beyond, name="zoom"))
    return layers
