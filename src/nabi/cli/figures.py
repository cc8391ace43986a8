"""`nabi figures`: every figure of the lectures into one folder, with its numbers and a page that shows them.

    nabi figures --only softmax,pooling --out figures
"""

import argparse
import shlex
from pathlib import Path
from typing import Any

import numpy as np

from nabi.cli.korean import told
from nabi.cli.main import DONE, FAILED
from nabi.cli.main import say as line
from nabi.cli.output import emit_json
from nabi.cli.places import model_file, run_of
from nabi.cli.words import t
from nabi.core.errors import ArgumentError, DataError, FileError, NabiError
from nabi.core.language import language
from nabi.core.table import one_line, table
from nabi.figures import Scene, book
from nabi.figures.catalogue import SECTIONS, figures
from nabi.figures.made import Made
from nabi.figures.scene import SIDE, classes_of
from nabi.lab.data import Data, data_name, load_data
from nabi.lab.pictures import data_for, is_pictures
from nabi.models.saving import load_model
from nabi.pictures import Preparation, decode

INDEX, MOST = "index.html", 4000  # pictures to train the small networks of some figures on


def run(args: argparse.Namespace) -> int:
    """Makes the figures, tells of each on standard error, and says where the page is."""
    if args.list:
        return listed(args)
    names = None if args.only is None else args.only.split(",")
    entries = book.chosen(names)
    scene = Scene(**given(args))
    line(t("fig.begin", n=len(entries), folder=one_line(args.out)))
    made = book.write(args.out, scene, names, progress, command(args), says=in_words)
    good = [one for one in made if one.error is None]
    page = Path(args.out, INDEX)
    if args.json:
        emit_json({"page": str(page), "seconds": sum(one.seconds for one in made), "figures": [
            {"name": one.entry.name, "section": one.entry.section, "file": one.file or None, "seconds": one.seconds,
             "error": None if one.error is None else in_words(one.error)} for one in made]})
    else:
        print(t("fig.count", n=len(good), all=len(made), seconds=sum(one.seconds for one in made)))
        print(t("fig.page", file=one_line(str(page))))
    return FAILED if any(one.is_fault for one in made) else DONE


def given(args: argparse.Namespace) -> dict[str, Any]:
    """What the figures are made from: model, pictures, classes, history, photograph.

    Raises: ArgumentError for data without a model; DataError for a model that does not say what it learned from.
    """
    photo = None if args.photo is None else decode(args.photo, Preparation((SIDE, SIDE), 3, "crop"))
    if args.model is None:
        if args.data is not None:
            raise ArgumentError("--data", "a --model that reads these pictures", "none",
                                "Say nabi figures --model MODEL --data DATA.")
        return {"photo": photo}
    if args.data is not None and not is_pictures(args.data):
        data_name(args.data)
    path = model_file(args.model)
    model = load_model(path)
    name = args.data or (model.card.get("data") or {}).get("name")
    if name is None:
        raise DataError(f"model {path}", "a data set to make figures of", "none named, and none in the model's card",
                        f"nabi figures --model {args.model} --data digits")
    data = data_for(model, str(name)) if is_pictures(str(name)) else load_data(str(name))
    known = classes_of(model)
    if known not in (None, len(data.class_names)):
        raise DataError(f"data {data.name}", f"{known} classes, as many as the model answers", len(data.class_names),
                        "Give the pictures that the model reads, or leave --data out.")
    return {"model": model, "images": np.asarray(data.x_test), "labels": np.asarray(data.y_test),
            "class_names": data.class_names, "history": history(args.model), "photo": photo, "training": learned(data)}


def learned(data: Data) -> tuple[np.ndarray, np.ndarray] | None:
    """The part of the data to train on, up to MOST pictures; None where all of it is shown to the model."""
    if data.x_train is data.x_test:
        return None
    parts = [(data.x_train, data.y_train)] + [(data.x_validation, data.y_validation)] * (data.x_validation is not None)
    rows = [np.unique(np.linspace(0, len(y) - 1, min(len(y), MOST), dtype=int)) for _, y in parts]
    x, y = (np.concatenate([np.asarray(part[k][some]) for part, some in zip(parts, rows, strict=True)]) for k in (0, 1))
    return x, y


def history(word: str) -> dict[str, list[float]] | None:
    """The history of a run, None for a model file alone."""
    try:
        found = run_of(word).history
    except FileError:
        return None
    return {name: [float("nan") if value is None else value for value in values] for name, values in found.items()}


def progress(done: int, of: int, one: Made) -> None:
    """A line for each figure."""
    if one.error is not None:
        line(t("fig.not", k=done, n=of, name=one.entry.name, reason=in_words(one.error)))
    else:
        line(t("fig.done", k=done, n=of, seconds=one.seconds, name=one.entry.name))


def in_words(error: Exception) -> str:
    """An error in the user's language."""
    return told(error) if isinstance(error, NabiError) else f"{type(error).__name__}: {error}"


def command(args: argparse.Namespace) -> str:
    """What was typed.

    Example:
        >>> command(argparse.Namespace(only="softmax", model=None, data=None, photo=None, out="my figures"))
        "nabi figures --only softmax --out 'my figures'"
    """
    options = {"--only": args.only, "--model": args.model, "--data": args.data, "--photo": args.photo, "--out": args.out}
    said = [part for name, value in options.items() if value is not None and (name, value) != ("--out", "figures")
            for part in (name, shlex.quote(str(value)))]
    return " ".join(["nabi figures", *said])


def listed(args: argparse.Namespace) -> int:
    """Names and titles, section by section."""
    korean = language() == "ko"
    entries = figures() if args.only is None else book.chosen(args.only.split(","))
    if args.json:
        emit_json([{"name": one.name, "section": one.section, "title": one.title[korean], "caption": one.caption[korean]}
                   for one in entries])
        return DONE
    for section, words in SECTIONS.items():
        rows = [[one.name, one.title[korean]] for one in entries if one.section == section]
        if rows:
            print(f"{words[korean]} ({section})\n{table([t('fig.name'), t('fig.title')], rows)}\n")
    return DONE
