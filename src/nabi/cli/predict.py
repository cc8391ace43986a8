"""`nabi predict`: pictures in, classes and their probabilities out."""

import argparse

import numpy as np

from nabi.cli import pictures
from nabi.cli.korean import told
from nabi.cli.main import DONE, FAILED, say
from nabi.cli.output import emit_csv, emit_json, percent
from nabi.cli.places import named_model
from nabi.cli.words import t
from nabi.core.errors import ArgumentError, DataError, NabiError
from nabi.core.table import table


def run(args: argparse.Namespace) -> int:
    """Classifies each file; one that cannot be read is told on standard error and makes the exit code 1, the rest is answered."""
    if args.csv and args.json:
        raise ArgumentError("nabi predict", "--csv or --json", "both")
    model = named_model(args.model)
    how = pictures.Preparation.of(model, args.invert)
    rows, failed = [], []
    for file in args.files:
        try:
            found = pictures.load(file, how)
        except NabiError as error:
            say(f"nabi: {t('error')}: {told(error)}")
            failed.append({"file": file, "error": str(error)})
            continue
        many = len(found) > 1
        rows += [{"file": file, **({"number": k} if many else {}), "top": top}
                 for k, top in enumerate(answers(model, found, args.top))]
    show(rows, failed, args)
    return FAILED if failed else DONE


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
