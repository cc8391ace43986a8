"""Pictures: a run on one's own pictures: `nabi train FOLDER`.

    recipe_for("flowers")        size, network, batch size, epochs and class weights by what lies there, told in a line each
    loaded(recipe)               a data set by name, or the pictures of a folder in three parts, as bytes
    on_bytes(network)            the network behind Rescaling(1/255): it reads bytes as the cache has them

Validation chooses the epoch, the test part is read once, at the end. The split does not hang on the run's seed, so all runs on a
folder hold out the same pictures for the test.
"""

import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError, did_you_mean
from nabi.core.language import say
from nabi.core.reasons import reason as in_words
from nabi.core.table import one_line
from nabi.core.warning import warn
from nabi.datasets.array_set import as_listing, as_they_are
from nabi.datasets.folder import IN_QUARANTINE, PictureSet, from_folder, preparation
from nabi.datasets.quarantine import NAME as LIST
from nabi.datasets.quarantine import quarantined
from nabi.datasets.telling import skipped
from nabi.lab.data import Data, is_set, load_data
from nabi.lab.evaluation import targets
from nabi.lab.pretrained import COLOURS, SIDE, entries_for
from nabi.lab.recipe import Recipe
from nabi.layers import Input, Rescaling
from nabi.models import Model
from nabi.pictures import Arrays, opened
from nabi.zoo.heads import retraced

WORDS: dict[str, tuple[str, str]] = {
    "found": ("Found {n:,} pictures in {k} classes: {counts}", "그림 {n:,}장, 클래스 {k}개: {counts}"),
    "passed over": ("Left out: {n:,} ({why})", "제외한 것: {n:,}개 ({why})"),
    "size": ("Each becomes {height}x{width}, {colour}, {fit}: see --size, --fit",
             "크기 {height}x{width}, {colour}, {fit} (--size, --fit으로 바꿈)"),
    "grey": ("grey", "흑백"),
    "colour": ("colour", "컬러"),
    "pad": ("padded", "여백을 더해 맞춤"),
    "crop": ("cropped", "가운데를 잘라 맞춤"),
    "stretch": ("stretched", "늘려 맞춤"),
    "faces": ("the largest face of it", "가장 큰 얼굴을 잘라 냄"),
    "network": ("Network: {model}, {epochs} epochs in batches of {batch}; see --model, --epochs, --batch-size",
                "신경망 {model}, {epochs} 에포크, 배치 {batch} (--model, --epochs, --batch-size로 바꿈)"),
    "uneven": ("The classes are uneven: each counts the same, whatever its number (class_weight = \"balanced\")",
               "클래스의 크기가 고르지 않아 클래스마다 같은 비중으로 학습합니다 (class_weight = \"balanced\")"),
    "bad": ("Left out: {name}: {reason}", "제외: {name}: {reason}"),
    "parts": ("Split: {train:,} to learn from, {validation:,} to choose the epoch by, {test:,} for the test",
              "나눔: 학습 {train:,}장, 에포크 선택 {validation:,}장, 시험 {test:,}장"),
    "changed": ("The pictures of {name} have changed since the model learned from them, and so has what is held out: it may have "
                "learned some of the test pictures.",
                "{name}의 그림이 모델을 학습한 뒤로 바뀌어 나눔도 달라졌습니다. 시험 그림 가운데 이미 학습한 것이 있을 수 "
                "있습니다."),
}  # fmt: skip
NETWORK = "fast-pictures"
KNOWN = ("size", "channels", "fit", "crop", "test", "groups", "seed", "memory", "quarantine")
SEEN = 200_000  # pictures that are learned from in all, again and again
FEWEST, MOST = 8, 40  # epochs
COMPARED = 20_000  # pictures that are compared with each other in seconds: 10,000 take 1 s of one core
UNEVEN = 2.0  # times the smallest class
KEEP_FROM = 0.75  # of the epochs: by 30 validation pictures an early one may look best by chance
MEMORY, BEGINNING = 0.9, 0.01  # largest momentum of moving means; what is left of their beginning after half of the steps
LISTED = 10  # classes named in one sentence
Tell = Callable[[str], None]
NONE: Mapping[str, Any] = MappingProxyType({})


def is_pictures(name: str) -> bool:
    """Whether a recipe's data are a folder, table or archive, and no set that nabi knows."""
    return not is_set(name) and (Path(name).exists() or "/" in name or "\\" in name)


def recipe_for(source: str, tell: Tell | None = None, entries: Mapping[str, Any] = NONE, **pictures: Any) -> Recipe:
    """The recipe that fits a folder of pictures.

    Args:
        source: the folder, table or archive.
        tell: takes a line about each choice.
        entries: those of the recipe that are decided already, such as {"epochs": 3}.
        pictures: what is decided already: size, channels, fit, test, groups, memory (see `from_folder`).

    Raises:
        FileError, DataError: the source cannot be used.
    """
    check(pictures)
    entries = entries_for(entries)
    if entries.get("weights"):
        pictures = {"size": SIDE, "channels": COLOURS, **pictures}
    tell = tell or (lambda line: None)
    given = opened(source)
    found = as_listing(given) if isinstance(given, Arrays) else given
    out = quarantined(source, pictures.get("quarantine"))
    found = replace(found, entries=[entry for entry in found.entries if entry.name not in out],
                    left_out=[item for item in found.left_out if item[0] != LIST])
    asked = (sized(pictures.get("size")), pictures.get("channels"), pictures.get("fit", "pad"), pictures.get("crop"))
    how = as_they_are(given, *asked) if isinstance(given, Arrays) else preparation(found, *asked)
    counts = np.bincount(found.y, minlength=len(found.class_names))
    learned = sum(part in (None, "train") for part in found.parts)
    batch = 32 if learned < 2_000 else 64 if learned < 20_000 else 128
    epochs = int(np.clip(round(SEEN / max(learned, 1)), FEWEST, MOST))
    uneven = counts.max() > UNEVEN * counts.min()
    named = [f"{one_line(name)} {count:,}" for name, count in zip(found.class_names, counts, strict=True)]
    tell(say(WORDS, "found", n=len(found.entries), k=len(counts),
             counts=", ".join(named[:LISTED]) + (", ..." if len(named) > LISTED else "")))
    if found.left_out:
        reasons = sorted({in_words(reason) for _, reason in found.left_out})
        tell(say(WORDS, "passed over", n=len(found.left_out), why=", ".join(reasons)))
    tell(say(WORDS, "size", height=how.size[0], width=how.size[1], colour=say(WORDS, "grey" if how.channels == 1 else "colour"),
             fit=say(WORDS, how.crop or how.fit)))
    alike = {"groups": "copies"} if len(found.entries) <= COMPARED else {}  # copies stay on one side of the split
    made = {**alike, **pictures, "size": list(how.size), "channels": how.channels, "fit": how.fit}
    recipe = Recipe(data=source, model=NETWORK, epochs=epochs, batch_size=batch, learning_rate=0.004, schedule="one-cycle",
                    keep_from=KEEP_FROM, pictures=made,
                    class_weight="balanced" if uneven and not entries.get("sampling") else None)
    recipe = replace(recipe, **entries)
    if "model_options" not in entries and recipe.model == NETWORK:
        share = 1 - pictures.get("test", 0.1) - recipe.validation_split
        steps = recipe.epochs * -(-max(learned * share, 1) // recipe.batch_size)
        recipe.model_options = momentum(steps)
    tell(say(WORDS, "network", model=recipe.model, epochs=recipe.epochs, batch=recipe.batch_size))
    if recipe.class_weight:
        tell(say(WORDS, "uneven"))
    return recipe


def momentum(steps: float) -> dict[str, Any]:
    """The network's option where a training is so short that moving means of momentum .9 would lag behind.

    m^(steps / 2) = 0.01: after half of the steps next to nothing is left of what the means began with.

    Example:
        >>> momentum(12), momentum(40), momentum(400)
        ({'momentum': 0.46}, {'momentum': 0.79}, {})
    """
    m = BEGINNING ** (2 / steps)
    return {"momentum": round(m, 2)} if m < MEMORY else {}


def check(pictures: dict[str, Any]) -> None:
    """Refuses entries of a recipe's `pictures` that nobody reads."""
    for word in pictures:
        if word not in KNOWN:
            raise ArgumentError("recipe, pictures", "known entries", repr(word), did_you_mean(word, KNOWN))


def sized(size: Any) -> Any:
    """(height, width) from a recipe's list."""
    return tuple(size) if isinstance(size, list) else size


def loaded(recipe: Recipe, tell: Tell | None = None) -> Data:
    """The data of a recipe: a set by its name, or one's own pictures, whose bad ones are told in a line each.

    Raises:
        UnknownName, FileError, DataError: there are none, or they cannot be used.
    """
    if not is_pictures(recipe.data):
        return load_data(recipe.data)
    check(recipe.pictures)
    given = dict(recipe.pictures)
    given["size"] = sized(given.get("size"))
    found = read(recipe.data, validation=recipe.validation_split, silent=tell is None, **given)
    if tell is not None:
        if gone := sum(reason == IN_QUARANTINE for _, reason in found.left_out):
            tell(skipped(gone, found.quarantine))
        for name, reason in found.bad:
            tell(say(WORDS, "bad", name=one_line(name), reason=in_words(reason)))
        tell(say(WORDS, "parts", **{name: len(part) for name, part in found.parts.items()}))
    return data_of(recipe.data, found)


def read(source: str, *, silent: bool, **options: Any) -> PictureSet:
    """`from_folder`, whose bad pictures are told elsewhere."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*cannot be (decoded|used)")
        return from_folder(source, verbose=0 if silent else "auto", **options)


def data_of(name: str, found: PictureSet) -> Data:
    """A set of pictures as a run reads it.

    Raises:
        DataError: nothing is left for the test.
    """
    train, validation, test = found.parts.values()
    if not len(test):
        raise DataError(f"data {one_line(name)}", "pictures for the test", "none", "Three or more in each class leave one.")
    return Data(name, train.x, train.y, test.x, test.y, tuple(found.class_names), False, found.fingerprint,  # type: ignore[arg-type]
                scale=1.0, fit=found.preparation.fit, crop=found.preparation.crop, x_validation=validation.x,
                y_validation=validation.y)


def data_for(model: Any, name: str) -> Data:
    """Pictures for a model that has learned already: the test part of those that it learned from; of others theirs, or all.

    Those that it learned from are known by their place, however it is written, and by their fingerprint, wherever they lie. A
    warning is given where they have changed since.

    Raises:
        FileError, DataError: the source cannot be used, or has other classes than the model.
    """
    learned, recipe = model.card.get("data") or {}, model.card.get("recipe") or {}
    before = str(learned.get("name"))
    if name != before and not (is_pictures(before) and os.path.realpath(name) == os.path.realpath(before)):
        other = data_of_others(model, name)
        if other.fingerprint != learned.get("sha256"):
            return other
    share = recipe.get("validation_split", 0.1)
    found = loaded(Recipe(data=name, pictures=recipe.get("pictures", {}), validation_split=share))
    if learned.get("sha256") not in (None, found.fingerprint):
        warn(say(WORDS, "changed", name=one_line(name)))
    return found


def data_of_others(model: Any, name: str) -> Data:
    """Pictures that a model did not learn from, prepared as those that it did: their test part, or all."""
    card = model.card
    height, width, channels = model.inputs[0].shape[1:]
    fit = (card.get("preprocessing") or {}).get("fit", "pad")
    crop = (card.get("preprocessing") or {}).get("crop")
    found = read(name, size=(height, width), channels=channels, fit=fit, crop=crop, validation=0.0, test=0.0, silent=True)
    data = data_of(name, found) if len(found.test) else None
    if data is None:
        part = found.train
        data = Data(name, part.x, part.y, part.x, part.y, tuple(found.class_names), False,  # type: ignore[arg-type]
                    found.fingerprint, scale=1.0, fit=fit, crop=crop)
    return data


def held_out(model: Any, data: Data, share: float) -> dict[str, Any]:
    """What `fit` is told of validation: the data's own part, or a share of the training samples."""
    if data.x_validation is None:
        return {"validation_split": share, "validation_split_mode": "stratified"}
    if not share or not len(data.x_validation):
        return {}
    return {"validation_data": (data.x_validation, targets(model, data.y_validation))}


def on_bytes(model: Any) -> Any:
    """The network behind Rescaling(1/255); its own layers are shared.

    Example:
        >>> from nabi.zoo import build
        >>> [layer.name for layer in on_bytes(build("lecture-dense")).layers]
        ['image', 'scale', 'flatten', 'dense1', 'dense2']
    """
    return scaled(model, 1 / 255, "scale")


def scaled(model: Any, factor: float, name: str) -> Any:
    """The network behind a Rescaling of that factor and name."""
    (old,) = model.inputs
    image = Input(old.shape[1:], name=old.name)
    x = Rescaling(factor, name=name)(image)
    outputs = [retraced(output, {id(old): x}, {}) for output in model.outputs]
    return Model(image, model.structured(outputs), name=model.name)


