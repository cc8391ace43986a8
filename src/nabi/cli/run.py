"""`nabi run`: a Keras script or notebook, unchanged, with nabi in Keras' place."""

import argparse
import sys
import warnings
from pathlib import Path

from nabi.as_keras.notes import OldSpelling
from nabi.as_keras.scripts.families import GLYPH, note_of_glyph
from nabi.as_keras.scripts.running import Trial, run_file
from nabi.cli.korean import hint
from nabi.cli.main import say
from nabi.cli.parser import Parser, number
from nabi.cli.words import t
from nabi.datasets.standing import standing_in

TRIAL = {"--max-epochs": {"type": number(int, 1)}, "--fast-data": {"type": number(int, 1)},
         "--stand-in": {"action": "store_true"}}  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Runs the file; the exit code is the script's."""
    warnings.showwarning = show_warning
    take_from_behind(args)
    trial = Trial(max_epochs=args.max_epochs, fast_data=args.fast_data, seed=args.seed, traceback=args.traceback, out=args.out)
    if not args.stand_in:
        return run_file(args.script, args.args, trial)
    say(f"nabi: {t('standing in')}")
    with standing_in():
        return run_file(args.script, args.args, trial)


def take_from_behind(args: argparse.Namespace) -> None:
    """`nabi run lecture.py --max-epochs 1`: a trial's options behind the file are nabi's, unless the script names them itself."""
    source = Path(args.script).read_bytes() if Path(args.script).is_file() else b""
    for option, kind in TRIAL.items():
        if option.encode() not in source and any(one.partition("=")[0] == option for one in args.args):
            parser = Parser(takes_help=False, prog="nabi run")
            parser.add_argument(option, **kind)
            found, args.args = parser.parse_known_args(args.args)
            vars(args).update(vars(found))


def show_warning(message, category, filename, lineno, file=None, line=None) -> None:
    """nabi's notes on old spellings in a line; other warnings as Python shows them."""
    if issubclass(category, OldSpelling):
        say(f"nabi: {t('note')}: {hint(str(message))}")
    elif GLYPH in str(message) and str(message).startswith("Glyph "):
        note_of_glyph(str(message))
    else:
        print(warnings.formatwarning(message, category, filename, lineno, line), end="", file=file or sys.stderr)
