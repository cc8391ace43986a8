"""Pretrained: a run that begins with trained weights: `nabi train FOLDER --weights imagenet --depth head`.

    picture -> frozen layers, trained on ImageNet, once a picture -> features -> a new head, every epoch       (depth head, top)

The network takes pixels 0-255 and scales them itself. Features of 128 x 128 pixels tell as much as those of 224 x 224, in a third
of the time (`benchmarks/zoo.md`), so one's own pictures are brought to that size unless another is asked for.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from nabi import zoo
from nabi.core.errors import ArgumentError, StateError
from nabi.core.language import say
from nabi.lab.data import Data
from nabi.lab.recipe import Recipe
from nabi.zoo.card import PRETRAINED, hyphened
from nabi.zoo.catalogue import check_weights, known
from nabi.zoo.cutting import frozen_part
from nabi.zoo.transferring import transfer

WORDS: dict[str, tuple[str, str]] = {
    "begins": ("Begins with weights of ImageNet; depth {depth}: {learn:,} of {every:,} weights learn{cached}",
               "ImageNet으로 학습한 가중치에서 시작합니다. depth {depth}: 가중치 {every:,}개 중 {learn:,}개를 "
               "학습합니다{cached}"),
    "cached": (", the frozen layers see each picture once", " (고정된 층은 그림마다 한 번만 계산)"),
    "random": ("{model} begins with random weights; --weights imagenet begins with those of ImageNet, which takes far fewer "
               "pictures and less time",
               "{model}을(를) 무작위 가중치에서 시작합니다. --weights imagenet을 주면 ImageNet으로 학습한 가중치에서 "
               "시작하므로 그림도 시간도 훨씬 적게 듭니다"),
}  # fmt: skip
SIDE, COLOURS = 128, 3
BELOW = {"learning_rate": 0.001, "epochs": 10}  # where layers below the head learn, too


def entries_for(entries: Mapping[str, Any]) -> dict[str, Any]:
    """A recipe's entries with what follows from those that are decided: the network, and for deep learning rate and epochs.

    Example:
        >>> entries_for({"weights": "imagenet", "depth": "top", "epochs": 3})
        {'learning_rate': 0.001, 'epochs': 3, 'model': 'efficientnet-lite0', 'weights': 'imagenet', 'depth': 'top'}

    Raises:
        UnknownName: no network of that name. ArgumentError: one without trained weights.
    """
    made = dict(entries)
    if made.get("weights"):
        deep = BELOW if made.get("depth") in ("top", "all") else {}
        made = {**deep, "model": PRETRAINED[0], **made}
    if "model" in made:
        check_weights(known(made["model"]), made.get("weights"))
    return made


def built(recipe: Recipe, data: Data) -> Any:
    """The network with trained weights and a head for the data's classes, of which as much learns as the recipe's depth says.

    Raises:
        ArgumentError: grey pictures, or a network without such weights.
    """
    shape = data.x_train.shape[1:]
    if shape[-1] != COLOURS:
        raise ArgumentError("recipe, weights", "pictures in colour, which ImageNet's weights see", f"{shape[-1]} channel",
                            "Read them with channels = 3, or train without weights.")
    whole = zoo.build(recipe.model, weights=recipe.weights, input_shape=shape, **recipe.model_options)
    return transfer(whole, len(data.class_names), recipe.depth or "head")


def fitted_by(model: Any) -> Callable[..., Any]:
    """`model.fit`, or `fit_cached` where frozen layers begin the network."""
    try:
        frozen_part(model)
    except StateError:
        return model.fit
    return partial(zoo.fit_cached, model)


def line_of(recipe: Recipe, model: Any) -> str:
    """What is told of the weights that a run begins with; "" where there is nothing to tell."""
    if recipe.weights:
        learn = sum(weight.size for weight in model.trainable_weights)
        return say(WORDS, "begins", depth=recipe.depth or "head", learn=learn, every=model.count_params(),
                   cached=say(WORDS, "cached") if fitted_by(model) != model.fit else "")
    return say(WORDS, "random", model=recipe.model) if hyphened(recipe.model) in PRETRAINED else ""
