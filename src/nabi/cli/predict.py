"""`nabi predict`: pictures in, classes and their probabilities out."""

import argparse
from pathlib import Path

import numpy as np

from nabi.cli import pictures
from nabi.cli.korean import told
from nabi.cli.main import DONE, FAILED, say
from nabi.cli.output import emit_csv, emit_json, percent
from nabi.cli.places import named_model
from nabi.cli.words import t
from nabi.core.errors import ArgumentError, DataError, FileError, NabiError
from nabi.core.table import one_line, table
from nabi.pictures import portraits
from nabi.pictures.findings import EMPTY
from nabi.pictures.folder import scanned
from nabi.pictures.names import left_out, natural


def run(args: argparse.Namespace) -> int:
    """Classifies each file; one that cannot be read is told on standard error and makes the exit code 1, the rest is answered."""
    if args.csv and args.json:
        raise ArgumentError("nabi predict", "--csv or --json", "both")
    model = named_model(args.model)
    how = pictures.Preparation.of(model, args.invert)
    rows, failed = [], []

    def refused(file: str, error: NabiError) -> None:
        say(f"nabi: {t('error')}: {told(error)}")
        failed.append({"file": file, "error": str(error)})

    files: list[str] = []
    for given in args.files:
        try:
            files += within(given)
        except NabiError as error:
            refused(given, error)
    for file in files:
        try:
            found = pictures.load(file, how)
            faces = len(portraits.faces(file)[1]) if how.crop == "faces" and is_picture(file) else 0
        except NabiError as error:
            refused(file, error)
            continue
        many = len(found) > 1
        rows += [{"file": file, **({"number": k} if many else {}), **({"faces": faces} if faces else {}), "top": top}
                 for k, top in enumerate(answers(model, found, args.top))]
    show(rows, failed, args)
    return FAILED if failed else DONE


def within(given: str) -> list[str]:
    """The pictures of a folder and of those in it, in their natural order; anything else as it is.

    Raises:
        FileError: no picture in the folder, or one in it cannot be read.
    """
    if not Path(given).is_dir():
        return [given]
    tree = scanned(given)
    empty = [name for name, why in tree.left_out if why in EMPTY]  # to be told
    found = sorted((name for name in [*(file.name for file in tree.files), *empty] if is_picture(name)), key=natural)
    if not found:
        raise FileError(f"folder {one_line(given)}", "pictures in it", "none")
    return [str(Path(given, name)) for name in found]


def is_picture(file: str) -> bool:
    """Whether a file's name is that of a picture."""
    return left_out(Path(file).name) is None


def answers(model, x: np.ndarray, top: int) -> list[list[dict]]:
    """For each picture the likeliest classes with their probabilities.

    Raises:
        DataError: the model is no classifier.
    """
    if not len(x):
        return []
    p = np.asarray(model.predict(x, verbose=0), dtype=np.float64)
    if p.ndim == 2 and p.shape[1] == 1 and ((p >= 0) & (p <= 1)).all():
        p = np.concatenate([1 - p, p], axis=1)
    if p.ndim != 2 or (p < 0).any() or not np.allclose(p.sum(axis=1), 1, atol=1e-3):
        raise DataError(f"model '{model.name}'", "probabilities of classes, as softmax gives them",
                        f"outputs of shape {p.shape} that are not")
    names = [str(name) for name in model.card.get("class_names") or range(p.shape[1])]
    if len(names) != p.shape[1]:
        names = [str(k) for k in range(p.shape[1])]
    order = np.argsort(-p, axis=1, kind="stable")[:, :top]
    return [[{"class": names[j], "probability": float(p[i, j])} for j in order[i]] for i in range(len(p))]


def show(rows: list[dict], failed: list[dict], args: argparse.Namespace) -> None:
    """Prints the answers as a table, JSON or CSV."""
    if args.json:
        emit_json([*rows, *failed])
        return
    named = [f"{row['file']}[{row['number']}]" if "number" in row else row["file"] for row in rows]
    if not args.csv:
        named = [f"{name} ({t('largest', n=row['faces'])})" if row.get("faces", 0) > 1 else name
                 for name, row in zip(named, rows, strict=True)]
    deepest = max((len(row["top"]) for row in rows), default=0)
    if args.csv:
        emit_csv(["file", *(f"{what}_{k}" for k in range(1, deepest + 1) for what in ("class", "probability"))],
                 [[name, *(cell for one in row["top"] for cell in (one["class"], f"{one['probability']:.6f}"))]
                  for name, row in zip(named, rows, strict=True)])
    elif rows:
        cells = [[name, *(cell for one in row["top"] for cell in (one["class"], percent(one["probability"], 1)))]
                 for name, row in zip(named, rows, strict=True)]
        heads = [t("file"), *(head for k in range(1, deepest + 1) for head in (t("answer n", n=k), t("probability")))]
        print(table(heads, cells, right=range(2, 2 * deepest + 1, 2)))
