"""`nabi run`: a Keras script or notebook, unchanged, with nabi in Keras' place."""

import argparse
import sys
import warnings

from nabi.as_keras.families import GLYPH, note_of_glyph
from nabi.as_keras.notes import OldSpelling
from nabi.as_keras.running import Trial, run_file
from nabi.cli.korean import hint
from nabi.cli.main import say
from nabi.cli.words import t
from nabi.datasets.standing import standing_in


def run(args: argparse.Namespace) -> int:
    """Runs the file; the exit code is the script's."""
    warnings.showwarning = show_warning
    trial = Trial(max_epochs=args.max_epochs, fast_data=args.fast_data, seed=args.seed, traceback=args.traceback, out=args.out)
    if not args.stand_in:
        return run_file(args.script, args.args, trial)
    say(f"nabi: {t('standing in')}")
    with standing_in():
        return run_file(args.script, args.args, trial)


def show_warning(message, category, filename, lineno, file=None, line=None) -> None:
    """nabi's notes on old spellings in a line; other warnings as Python shows them."""
    if issubclass(category, OldSpelling):
        say(f"nabi: {t('note')}: {hint(str(message))}")
    elif GLYPH in str(message) and str(message).startswith("Glyph "):
        note_of_glyph(str(message))
    else:
        print(warnings.formatwarning(message, category, filename, lineno, line), end="", file=file or sys.stderr)
