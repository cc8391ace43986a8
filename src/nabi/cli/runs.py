"""`nabi runs`: runs in a list, and side by side."""

import argparse

from nabi.cli.main import DONE
from nabi.cli.output import emit_json, percent
from nabi.cli.places import run_of
from nabi.cli.words import t
from nabi.core.errors import ArgumentError
from nabi.core.table import table
from nabi.lab.comparison import compare
from nabi.lab.run import Run, list_runs


def run(args: argparse.Namespace) -> int:
    """`list` or `compare`."""
    return show_list(args) if args.action == "list" else show_comparison(args)


def row_of(one: Run) -> dict:
    """What a list says about a run."""
    recipe, result = one.recipe, one.result or {}
    return {"run": one.name, "data": recipe.get("data"), "network": recipe.get("model"), "epochs": one.epochs,
            "kept_epoch": one.kept_epoch, "val_accuracy": one.kept("val_accuracy"), "accuracy": result.get("accuracy"),
            "state": one.state, "seconds": (one.last("end", "epoch", "step") or {}).get("seconds"), "folder": str(one.folder)}


def show_list(args: argparse.Namespace) -> int:
    """One line a run."""
    rows = [row_of(one) for one in list_runs(args.out)]
    if args.json:
        emit_json(rows)
    elif not rows:
        print(t("no runs", out=args.out))
    else:
        heads = [t(key) for key in ("the run", "data set", "network", "epochs", "kept", "validation", "test", "state")]
        cells = [[row["run"], row["data"] or "-", str(row["network"] or "-"), str(row["epochs"]),
                  str(row["kept_epoch"] or "-"), percent(row["val_accuracy"]), percent(row["accuracy"]), t(row["state"])]
                 for row in rows]
        print(table(heads, cells, right=(3, 4, 5, 6)))
    return DONE


def show_comparison(args: argparse.Namespace) -> int:
    """Two or more runs side by side."""
    if len(args.runs) < 2:
        raise ArgumentError("nabi runs compare", "two runs or more", f"only {args.runs[0]}")
    if args.figure is not None and not args.figure.lower().endswith(".png"):
        raise ArgumentError("--figure", "a name that ends in .png", repr(args.figure))
    found = compare([run_of(word, args.out) for word in args.runs])
    if args.figure is not None:
        from nabi.viz.style import save

        save(found.figure(), args.figure)
    if args.json:
        emit_json(found.summary() | ({} if args.figure is None else {"figure": args.figure}))
    else:
        print(found.text() + ("" if args.figure is None else "\n" + t("figure line", path=args.figure)))
    return DONE
