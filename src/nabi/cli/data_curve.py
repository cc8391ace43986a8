"""`nabi data curve`: test accuracy against the number of training pictures, as a table and a figure."""

import argparse
import sys

from nabi.cli.main import DONE, INTERRUPTED
from nabi.cli.output import emit_json
from nabi.cli.train import given, start
from nabi.core.errors import ArgumentError


def run(args: argparse.Namespace) -> int:
    """Trains, prints the curve; the exit code says whether Ctrl-C ended it."""
    options, stream = given(args), None if args.quiet else sys.stderr
    named = [*options, *(word for word in ("recipe", "size", "fit", "crop", "sizes") if getattr(args, word))]
    if args.resume is not None and named:
        raise ArgumentError("nabi data curve --resume", "no other options, for the curve has its own", ", ".join(named))
    from nabi.lab.data_curve import DataCurve, data_curve

    if args.resume is not None:
        found = data_curve(folder=DataCurve(args.resume).folder, stream=stream)
    else:
        found = data_curve(start(args, options), args.sizes, args.seeds, out=args.out, stream=stream)
    if args.json:
        emit_json(found.summary() | {"interrupted": found.interrupted})
    else:
        print(found.text())
    return INTERRUPTED if found.interrupted else DONE
