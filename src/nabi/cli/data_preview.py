"""`nabi data preview`: variants of a picture, or of some of a folder's, as training would see them, on one PNG sheet.

    with --augment      a row for each picture: the picture itself, then variants by all layers one after the other
    without             a row for each known word: what it does to the first picture

The layers and their random numbers are those of training: variant k has the keys of the k-th call of a model's layers.
"""

import argparse
import inspect
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nabi.cli.main import DONE
from nabi.cli.output import emit_json
from nabi.cli.sheet import draw
from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.core.files import atomic
from nabi.core.language import say
from nabi.core.random import Key
from nabi.core.table import one_line
from nabi.core.warning import warn
from nabi.datasets.quarantine import quarantined
from nabi.lab.augments import WORDS as AUGMENTS
from nabi.lab.augments import augments
from nabi.pictures import Damaged, Preparation, decode, listed, look
from nabi.pictures.names import composed, natural

PICTURES = 6  # rows for a folder
WORDS: dict[str, tuple[str, str]] = {
    "wrote": ("Wrote {file}: {n} pictures, {k} variants each, by", "{file}을(를) 저장했습니다. 그림 {n}장, 변형 {k}개씩, 층:"),
    "wrote one": ("Wrote {file}: {k} variants, by", "{file}을(를) 저장했습니다. 변형 {k}개, 층:"),
    "words": (
        "Wrote {file}: what each of {n} words does, {k} times.",
        "{file}을(를) 저장했습니다. 단어 {n}개의 효과를 {k}번씩 보여 줍니다.",
    ),
    "left out": ("{name} is left out: {reason}", "{name} 파일을 건너뜁니다: {reason}"),
}


def run(args: argparse.Namespace) -> int:
    """Writes the sheet and says what is on it."""
    names, x = pictures(args.source, args.size, PICTURES if args.augment or Path(args.source).is_dir() else 1)
    if args.augment:
        chain = augments(args.augment, (args.size, args.size))
        rows = [[x[n], *(made[n] for made in variants(chain, x, args.count, args.seed))] for n in range(len(x))]
        labels = names
    else:
        words = [word for word, known in AUGMENTS.items() if len(x) > 1 or not known.mixes]
        chain = [augments(word, (args.size, args.size))[0] for word in words]
        rows = [[x[0], *(made[0] for made in variants([pair], x, args.count, args.seed))] for pair in chain]
        labels = [f"{word}={strength(word)}" if strength(word) else word for word in words]
    with atomic(args.out) as file:
        file.write(draw(rows, labels))
    if args.json:
        emit_json({"file": str(args.out), "pictures": names, "variants": args.count, "seed": args.seed, "layers": [
            {"word": word, "class_name": type(layer).__name__, "config": layer.get_config()} for word, layer in chain]})
    elif args.augment:
        print(say(WORDS, "wrote" if len(x) > 1 else "wrote one", file=args.out, n=len(x), k=args.count))
        print("\n".join(f"    {written(layer)}" for _, layer in chain))
    else:
        print(say(WORDS, "words", file=args.out, n=len(chain), k=args.count))
    return DONE


def variants(chain: list[tuple[str, Any]], x: np.ndarray, count: int, seed: int) -> list[np.ndarray]:
    """`count` batches of x: (N, H, W, C) uint8 after the layers of a chain, as training has them, again as bytes.

    Raises:
        ArgumentError: a layer mixes pictures, and there is one.
    """
    for word, _ in chain:
        if AUGMENTS[word].mixes and len(x) < 2:
            raise ArgumentError(f"augment, {word}", "several pictures to mix", "one", "Name a folder.")
    made = []
    for call in range(count):
        batch = torch.from_numpy(x).float()
        for index, (_, layer) in enumerate(chain):
            batch = layer.run([batch], True, Key(seed, index, call) if layer.random else None)
        made.append(batch.clamp(0, 255).round().to(torch.uint8).numpy())
    return made


def pictures(source: str, size: int, most: int) -> tuple[list[str], np.ndarray]:
    """Names and pixels of a picture's file, or of up to `most` pictures of a folder or archive: (N, size, size, C) uint8.

    Pictures are padded and those in quarantine left out, as in training; they are grey where all are. A file that is damaged is
    named in a warning and left out.

    Raises:
        FileError: nothing there; the one picture is damaged. DataError: no picture in the folder.
    """
    path, how = Path(source), Preparation((size, size), 3, "pad")
    if not path.exists():
        raise FileError(f"pictures {one_line(source)}", "a picture or a folder of pictures", "nothing there")
    found: list[tuple[str, Any]] = [(path.name, source)]
    if path.is_dir():
        files = [Path(folder, name) for folder, _, names in os.walk(path) for name in names if not name.startswith(".")]
        found = [(str(file.relative_to(path)), str(file)) for file in sorted(files, key=lambda file: natural(str(file)))]
        out = quarantined(source)
        found = [(name, file) for name, file in found if os.path.isfile(file) and is_picture(file)
                 and composed(Path(name).as_posix()) not in out]
    elif not is_picture(source):
        out = quarantined(source)
        entries = [entry for entry in listed(source).entries if entry.name not in out]
        found = [(entry.name, entry.read()) for entry in spread(entries, most)]
    names, pixels, is_grey = [], [], True
    for name, data in spread(found, most):
        try:
            pixels.append(decode(data, how))
        except Damaged as error:
            if len(found) == 1:
                raise
            warn(say(WORDS, "left out", name=one_line(name), reason=error.reason))
            continue
        is_grey = is_grey and look(data).is_grey
        names.append(one_line(name))
    if not names:
        raise DataError(f"pictures {one_line(source)}", "pictures (JPEG, PNG, ...)", "none")
    x = np.stack(pixels)
    return names, x[..., :1].copy() if is_grey else x


def is_picture(file: str) -> bool:
    """Whether a file's header is that of a picture."""
    try:
        look(file)
    except Damaged as error:
        return error.kind == "truncated"
    return True


def spread(things: list, most: int) -> list:
    """At most so many of them, evenly from the first to the last."""
    places = np.unique(np.linspace(0, len(things) - 1, min(most, len(things))).round().astype(int)) if things else []
    return [things[place] for place in places]


def strength(word: str) -> str:
    """A word's usual strength as it would be written."""
    value = AUGMENTS[word].strength
    return "" if value is None else ":".join(f"{v:g}" for v in value) if isinstance(value, tuple) else f"{value}"


def written(layer: Any) -> str:
    """A layer as a line of a program: its class and the arguments that are not the usual ones."""
    config, usual = layer.get_config(), inspect.signature(type(layer)).parameters
    told = {word: value for word, value in config.items() if word in usual and listed_as(usual[word].default) != listed_as(value)
            and word not in ("name", "data_format")}
    return f"{type(layer).__name__}({', '.join(f'{word}={value!r}' for word, value in told.items())})"


def listed_as(value: Any) -> Any:
    """Tuples as lists: as configurations have them."""
    return list(value) if isinstance(value, tuple) else value
