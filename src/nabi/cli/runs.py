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
    kept = one.kept_epoch if one.model.is_file() or "data" in recipe else None  # a script's run keeps no model
    return {"run": one.name, "data": recipe.get("data"), "network": recipe.get("model"), "epochs": one.epochs,
            "kept_epoch": kept, "val_accuracy": held_out(one.history, kept), "accuracy": result.get("accuracy"),
            "state": one.state, "seconds": (one.last("end", "epoch", "step") or {}).get("seconds"), "folder": str(one.folder)}


def held_out(history: dict, epoch: int | None) -> float | None:
    """Validation accuracy after an epoch, None: the last one; by whichever name it was logged.

    Example:
        >>> held_out({"loss": [1.0, 0.5], "val_acc": [0.5, 0.75]}, None), held_out({"val_mae": [0.5]}, 1)
        (0.75, None)
    """
    names = [name for name in history if name.startswith("val_") and name.endswith(("acc", "accuracy"))]
    values = history[min(names, key=lambda name: (name != "val_accuracy", len(name)))] if names else []
    return values[epoch - 1 if epoch else -1] if values else None


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
