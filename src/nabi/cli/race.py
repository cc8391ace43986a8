"""`nabi race`: optimizers on a function of two variables: table, figure, animation, page; a sweep over learning rates.

    nabi race --function beale --optimizers all --start 1,1.5 --out race.gif
    nabi race --net lecture-cnn --steps 200
"""

import argparse
from pathlib import Path
from typing import Any

from nabi import race, viz
from nabi.cli.main import DONE
from nabi.cli.output import emit_csv, emit_json
from nabi.core.errors import ArgumentError, FileError, UnknownName, did_you_mean
from nabi.core.language import say
from nabi.core.registry import names
from nabi.core.table import one_line, table
from nabi.race import nets
from nabi.race.contest import COLUMNS
from nabi.race.path import STEPS, TOLERANCE
from nabi.race.words import WORDS as RACE_WORDS

WORDS: dict[str, tuple[str, str]] = {
    "figure": ("figure    {file}", "그림      {file}"),
    "best": ("best rate", "가장 좋은 학습률"),
    "too large": ("diverges from", "발산하는 학습률"),
}
FIT_COLUMNS = ("way", "batch", "updates", "final", "w", "b", "state")
OF_NETS, OF_FUNCTIONS = ("epochs", "batch_size", "seed"), ("start", "sweep", "fit")
OTHER_TABLES = {"backprop": race.backprop_table, "softmax": race.softmax_table}
ENDINGS = (".png", ".svg", ".gif", ".mp4", ".html")


def run(args: argparse.Namespace) -> int:
    """Runs what the options ask for, prints its table and writes its figure."""
    if args.csv and args.json:
        raise ArgumentError("nabi race", "--csv or --json", "both")
    if args.table is not None:
        return small(args)
    checked_out(args.out, ENDINGS[:1] if args.sweep or args.fit else ENDINGS)
    if args.net is not None:
        return net(args)
    for name in OF_NETS:
        if getattr(args, name) is not None:
            raise ArgumentError(f"--{name.replace('_', '-')}", "--net beside it", "none", "For example nabi race --net mlp.")
    if args.fit:
        return fit(args)
    given = {"start": args.start, "steps": args.steps or STEPS, "tolerance": args.tolerance or TOLERANCE}
    if args.sweep:
        return sweep(args, given)
    found = race.race(args.function, args.optimizers, learning_rate=args.learning_rate, **given)
    found.save(args.out)
    if args.json:
        emit_json({"function": found.function.name, "start": found.start, "steps": found.steps, "tolerance": found.tolerance,
                   "paths": [dict(zip(COLUMNS, row, strict=True)) for row in found.rows()], "figure": str(args.out)})
    elif args.csv:
        emit_csv(COLUMNS, found.rows())
    else:
        print(found)
        print("\n" + say(WORDS, "figure", file=one_line(str(args.out))))
    return DONE


def net(args: argparse.Namespace) -> int:
    """The race on a network."""
    for name in OF_FUNCTIONS:
        if getattr(args, name):
            raise ArgumentError("nabi race --net", f"no --{name}", f"--{name}", f"--{name} belongs to races on functions.")
    given = {name: value for name in ("steps", *OF_NETS, "tolerance") if (value := getattr(args, name)) is not None}
    found = race.network(args.net, args.optimizers, learning_rate=args.learning_rate, **given)
    found.save(args.out)
    if args.json:
        first, second = found.plane.explained if found.plane is not None else (0.0, 0.0)
        emit_json({"net": found.net, "steps": found.steps, "batch_size": found.batch_size, "tolerance": found.tolerance,
                   "seed": found.seed, "explained": [first, second],
                   "paths": [dict(zip(nets.COLUMNS, row, strict=True)) | {"at": path.at.tolist(), "losses": path.values.tolist()}
                             for row, path in zip(found.rows(), found.paths, strict=True)], "figure": str(args.out)})
    elif args.csv:
        emit_csv(nets.COLUMNS, found.rows())
    else:
        print(found)
        print("\n" + say(WORDS, "figure", file=one_line(str(args.out))))
    return DONE


def sweep(args: argparse.Namespace, given: dict[str, Any]) -> int:
    """The last value at each learning rate."""
    if args.learning_rate is not None:
        raise ArgumentError("--sweep", "no --learning-rate", args.learning_rate, "A sweep goes through many.")
    found = race.sweep(args.function, args.optimizers, **given)
    viz.save(race.sweep_figure(found), args.out)
    names = ("optimizer", *COLUMNS[1:])
    rows = [[name, *row[1:]] for name, one in found.items() for row in one.rows()]
    if args.json:
        emit_json({"function": args.function, "paths": [dict(zip(names, row, strict=True)) for row in rows],
                   "figure": str(args.out)})
    elif args.csv:
        emit_csv(names, rows)
    else:
        lines = []
        for name, one in found.items():
            best = min((p for p in one.paths if p.diverged is None),
                       key=lambda p: (p.final > given["tolerance"], p.steps_taken, p.final), default=None)
            lost = [p.learning_rate for p in one.paths if p.diverged is not None]
            told = ["-", "-", "-"] if best is None else [f"{best.learning_rate:g}", str(best.reached or "-"), f"{best.final:.3g}"]
            lines.append([name, *told, f"{min(lost):g}" if lost else "-"])
        heads = [say(RACE_WORDS, "optimizer"), say(WORDS, "best"), say(RACE_WORDS, "tolerance", tolerance=given["tolerance"]),
                 say(RACE_WORDS, "final"), say(WORDS, "too large")]
        print(table(heads, lines, right=range(1, 5)))
        print("\n" + say(WORDS, "figure", file=one_line(str(args.out))))
    return DONE


def fit(args: argparse.Namespace) -> int:
    """Batch, mini-batch and stochastic descent on a line fit."""
    found = race.line_fit(**({} if args.learning_rate is None else {"learning_rate": args.learning_rate}))
    viz.save(found.figure(), args.out)
    if args.json:
        emit_json({"paths": [dict(zip(FIT_COLUMNS, row, strict=True)) for row in found.rows()], "figure": str(args.out)})
    elif args.csv:
        emit_csv(FIT_COLUMNS, found.rows())
    else:
        print(found)
        print("\n" + say(WORDS, "figure", file=one_line(str(args.out))))
    return DONE


def small(args: argparse.Namespace) -> int:
    """A table for the calculator."""
    problem = "line" if args.fit else "parabola"
    if args.table in OTHER_TABLES:
        found = [OTHER_TABLES[args.table]()]
    elif args.table == "all":
        found = [race.steps_table(name, problem, learning_rate=args.learning_rate) for name in race.NINE]
    else:
        tables = [*OTHER_TABLES, "all", *names("optimizer")]
        if args.table.partition(":")[0].strip().lower() not in tables:
            raise UnknownName("nabi race --table", "an optimizer, backprop, softmax or all", repr(args.table),
                              did_you_mean(args.table, [*OTHER_TABLES, "all", *race.NINE]))
        found = [race.steps_table(args.table, problem, learning_rate=args.learning_rate)]
    if args.json:
        emit_json([one.data() for one in found])
    elif args.csv:
        several = len(found) > 1
        emit_csv([*(["optimizer"] if several else []), *found[0].columns],
                 [[*([name] if several else []), *row] for name, one in zip(race.NINE, found, strict=False) for row in one.rows])
    else:
        print("\n\n".join(str(one) for one in found))
    return DONE


def checked_out(path: str, endings: tuple[str, ...]) -> None:
    """Asks before a long run whether the figure can be written.

    Raises: ArgumentError for another ending; FileError for a folder that is not there.
    """
    if Path(path).suffix.lower() not in endings:
        raise ArgumentError("--out", f"a name that ends in {', '.join(endings)}", repr(str(path)))
    if not Path(path).absolute().parent.is_dir():
        raise FileError(f"writing {path}", "a folder that can be written", "No such file or directory",
                        "Choose a folder that exists and that you may write to.")
