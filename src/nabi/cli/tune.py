"""`nabi tune`: from options to a search, its table and the command that trains the best recipe again."""

import argparse
import sys
from typing import Any

from nabi.cli.main import DONE, INTERRUPTED
from nabi.cli.output import emit_json
from nabi.cli.train import given, start
from nabi.core.errors import ArgumentError
from nabi.lab.space import DEFAULT

EPOCHS = 5  # of a trial where nothing else is said: a search needs many short trainings


def run(args: argparse.Namespace) -> int:
    """Searches, prints the trials; the exit code says whether Ctrl-C ended it."""
    options = given(args)
    stream = None if args.quiet else sys.stderr
    if args.resume is not None:
        named = [*options, *(word for word in ("recipe", "vary", "size", "fit", "crop") if getattr(args, word))]
        if named:
            raise ArgumentError("nabi tune --resume", "no options but --trials and --time, for the search has its own",
                                ", ".join(named))
        from nabi.lab.tuning import tune

        found = tune(folder=checked_folder(args.resume), trials=args.trials, time_budget=args.time, stream=stream)
    else:
        recipe = start(args, options if args.recipe is not None else {"epochs": EPOCHS, **options})
        vary = asked(args.vary, options)
        from nabi.lab.tuning import tune

        found = tune(recipe, vary, trials=args.trials, time_budget=args.time, out=args.out, stream=stream)
    if args.json:
        emit_json(found.summary() | {"interrupted": found.interrupted})
    else:
        print(found.text())
    return INTERRUPTED if found.interrupted else DONE


def checked_folder(folder: str) -> str:
    """The folder itself if it holds a search.

    Raises:
        FileError: it does not.
    """
    from nabi.lab.trials import Tuning

    Tuning(folder)
    return folder


def asked(lines: list[str] | None, options: dict[str, Any]) -> dict[str, str]:
    """What --vary says, entry by entry; without any, the default space but for what other options have set.

    Example:
        >>> asked(["batch_size=16..256", "optimizer = adam,sgd"], {})
        {'batch_size': '16..256', 'optimizer': 'adam,sgd'}
        >>> list(asked(None, {"optimizer": "sgd"}))
        ['learning_rate', 'batch_size']

    Raises:
        ArgumentError: no "=", an entry twice, or one that another option sets.
    """
    if lines is None:
        return {entry: of for entry, of in DEFAULT.items() if entry not in options}
    vary: dict[str, str] = {}
    for line in lines:
        entry, equals, values = line.partition("=")
        entry = entry.strip().replace("-", "_")
        if not equals or not entry or entry in vary:
            raise ArgumentError("nabi tune --vary", "ENTRY=VALUES, each entry once, such as learning_rate=1e-4..1e-2", repr(line))
        if entry in options:
            raise ArgumentError("nabi tune --vary", f"an entry that no other option sets, for --{entry.replace('_', '-')} does",
                                repr(line), "Leave one of the two out.")
        vary[entry] = values.strip()
    return vary
