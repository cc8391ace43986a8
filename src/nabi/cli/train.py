"""`nabi train`: from options to a run folder, and what came out of it."""

import argparse
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from nabi.cli.main import DONE, FAILED, INTERRUPTED, say
from nabi.cli.output import emit_json, percent
from nabi.cli.places import run_of
from nabi.cli.words import t
from nabi.core.errors import ArgumentError
from nabi.core.language import say as told
from nabi.core.table import one_line
from nabi.lab.recipe import Recipe, as_toml, recipe_names
from nabi.lab.run import Run

WORDS: dict[str, tuple[str, str]] = {
    "beside": ("Data: the set {name} that nabi knows; for the folder of this name: nabi train ./{folder}",
               "데이터: nabi가 아는 {name} 데이터입니다. 같은 이름의 폴더로 학습하려면 nabi train ./{folder}"),
}  # fmt: skip
CODES = {"finished": DONE, "interrupted": INTERRUPTED, "failed": FAILED, "pruned": FAILED, "unfinished": FAILED}


def run(args: argparse.Namespace) -> int:
    """Trains, prints the result; the exit code says how training ended."""
    options = given(args)
    screen: dict[str, Any] = {"verbose": 0 if args.quiet else "auto", "stream": sys.stderr, "tell": None if args.quiet else say}
    if args.resume is not None:
        if options or args.recipe is not None or args.dry_run:
            named = ", ".join([*options, *(["recipe"] if args.recipe else []), *(["dry-run"] if args.dry_run else [])])
            raise ArgumentError("nabi train --resume", "no other options of training, for the run has its recipe", named,
                                "To train it longer, raise epochs in its recipe.toml.")
        from nabi import lab

        done = lab.resume(run_of(args.resume, args.out).folder, **screen)
    else:
        recipe = start(args, options)
        recipe.check()
        if args.dry_run:
            return show_plan(recipe, args)
        from nabi import lab

        done = lab.train(recipe, out=args.out, **screen)
    return show(done, args.json)


def start(args: argparse.Namespace, entries: dict[str, Any]) -> Recipe:
    """The recipe of --recipe, the one that fits one's own pictures, or the usual one, with `entries` in the place of its own."""
    from nabi.lab.pretrained import entries_for

    entries = entries_for(entries)
    if args.recipe is not None:
        return replace(Recipe.read(args.recipe, args.data), **entries)
    if args.data is None:
        return replace(Recipe(), **entries)
    from nabi.lab.data import is_set, plain

    if is_set(args.data):
        if Path(args.data).is_dir() and not args.quiet:
            say(told(WORDS, "beside", name=plain(args.data), folder=one_line(args.data)))
        return replace(Recipe.read(plain(args.data)) if plain(args.data) in recipe_names() else Recipe(), **entries)
    from nabi.lab.pictures import is_pictures, recipe_for

    own = {name: value for name in ("size", "fit", "crop") if (value := getattr(args, name, None)) is not None}
    return recipe_for(args.data, None if args.quiet else say, entries, **own) if is_pictures(args.data) else Recipe(**entries)


def given(args: argparse.Namespace) -> dict[str, Any]:
    """The recipe's entries that were set on the command line; some can only be set in a file."""
    values = {field.name: getattr(args, field.name, None) for field in fields(Recipe)}
    found = {name: value for name, value in values.items() if value is not None}
    return found | ({"class_weight": None} if "sampling" in found else {})  # it takes the place of weights in a recipe


def show_plan(recipe: Recipe, args: argparse.Namespace) -> int:
    """What would be trained; nothing is written."""
    from nabi.lab.experiment import plan

    facts = plan(recipe)
    if args.json:
        emit_json(facts)
    else:
        print(as_toml(facts.pop("recipe")) + "".join(f"# {t(name)}: {value:,}\n" for name, value in facts.items()), end="")
    return DONE


def result_of(done: Run) -> dict[str, Any]:
    """The run as plain data."""
    recipe, result, end = done.recipe, done.result or {}, done.last("end") or {}
    figures = {name: result.get(name) for name in ("accuracy", "interval", "correct", "total", "baseline", "loss", "best_epoch")}
    files = {name: str(getattr(done, name)) for name in ("model", "report") if getattr(done, name).exists()}
    return {"run": str(done.folder), "state": done.state, "failure": end.get("failure"), **figures, "epochs": done.epochs,
            "seconds": end.get("seconds"), "images_per_second": done.images_per_second, "parameters": done.parameters,
            "seed": recipe.get("seed"), "data": recipe.get("data"), "network": recipe.get("model"), **files}


def show(done: Run, as_json: bool) -> int:
    """Prints what came out."""
    found = result_of(done)
    code = CODES[found["state"]]
    if as_json:
        emit_json(found)
        return code
    if found["accuracy"] is not None:
        low, high = found["interval"]
        print(t("accuracy line", accuracy=percent(found["accuracy"]), correct=found["correct"], total=found["total"],
                low=percent(low), high=percent(high), baseline=percent(found["baseline"])))
    if found["images_per_second"]:
        seconds, pace = t("seconds", n=f"{found['seconds']:.1f}"), f"{found['images_per_second']:,.0f}"
        epochs = t("one epoch" if found["epochs"] == 1 else "epochs done", n=found["epochs"])
        print(t("time line", seconds=seconds, epochs=epochs, pace=pace))
    for name in ("model", "report"):
        if name in found:
            print(t(f"{name} line", path=found[name]))
    if found["failure"]:
        say(f"nabi: {t('error')}: {found['failure']}")
    if code == INTERRUPTED:
        say(t("resume line", path=found["run"]))
    return code
