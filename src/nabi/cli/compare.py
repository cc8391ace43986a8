"""`nabi compare`: ways of training a network beside each other, each with several seeds: table, verdicts, figure, page.

    nabi compare lecture-cnn --vary activation=sigmoid,tanh,relu --seeds 3
"""

import argparse
import sys
from pathlib import Path

from nabi.cli.main import DONE, INTERRUPTED
from nabi.cli.output import emit_csv, emit_json
from nabi.cli.train import given
from nabi.core.errors import ArgumentError


def run(args: argparse.Namespace) -> int:
    """Trains, prints the table and the verdicts; the exit code says whether Ctrl-C ended it."""
    if args.csv and args.json:
        raise ArgumentError("nabi compare", "--csv or --json", "both")
    options, stream = given(args), None if args.quiet else sys.stderr
    data = options.pop("data", "digits")
    if args.resume is not None:
        named = [word for word in (*options, "vary", "recipe", "data", "target") if word in options or getattr(args, word)]
        if named:
            raise ArgumentError("nabi compare --resume", "no other options, for the comparison has its own", ", ".join(named))
        from nabi.lab.compare_folder import Experiment
        from nabi.lab.comparing import compare

        found = compare(folder=Experiment(args.resume).folder, stream=stream)
    else:
        found = begun(args, data, options, stream)
    if args.json:
        emit_json(found.summary() | {"interrupted": found.interrupted})
    elif args.csv:
        from nabi.lab.compare_folder import COLUMNS

        emit_csv(COLUMNS, found.rows())
    else:
        print(found.text())
    return INTERRUPTED if found.interrupted else DONE


def begun(args: argparse.Namespace, data: str, options: dict, stream):
    """A new comparison by the options, or by --recipe."""
    vary = entries_of(args.vary)
    from nabi.lab.comparing import compare
    from nabi.lab.recipe import Recipe

    both = [entry for entry in vary if entry in options]
    if both:
        raise ArgumentError("nabi compare --vary", f"an entry that no other option sets, for --{both[0].replace('_', '-')} does",
                            repr(both[0]), "Leave one of the two out.")
    common = {"seeds": args.seeds, "target": args.target, "out": args.out, "stream": stream}
    if args.recipe is not None:
        from dataclasses import replace

        entries = options if args.data is None else {**options, "data": data}
        return compare(vary=vary, recipe=replace(Recipe.read(args.recipe, args.data), **entries), **common)
    model = options.pop("model", None)
    if args.data is None and model is not None and Path(model).is_dir():
        raise ArgumentError("nabi compare NETWORK", "the name of a network", f"{model}, a folder",
                            f"Pictures are given so: nabi compare NETWORK --data {model} --vary ...")
    return compare(model, vary, data=data, **common, **options)


def entries_of(lines: list[str] | None) -> dict[str, str]:
    """What --vary says, entry by entry.

    Example:
        >>> entries_of(["activation=tanh,relu", "batch-size = 32,64"])
        {'activation': 'tanh,relu', 'batch_size': '32,64'}

    Raises:
        ArgumentError: none, no "=", or an entry twice.
    """
    vary: dict[str, str] = {}
    for line in lines or [""]:
        entry, equals, values = line.partition("=")
        entry = entry.strip().replace("-", "_")
        if not equals or not entry or entry in vary:
            raise ArgumentError("nabi compare --vary", "ENTRY=VALUES, each entry once, such as activation=sigmoid,relu",
                                repr(line) if line else "none")
        vary[entry] = values.strip()
    return vary
