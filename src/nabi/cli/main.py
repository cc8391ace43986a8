"""Main: from arguments to an exit code: parses, runs the command, turns errors into one line.

    0 done      1 failed      2 wrong usage (unknown command, option, name, value)      130 interrupted

NABI_TRACEBACK=1 shows where in the program an error came from.
"""

import contextlib
import importlib
import os
import sys
import warnings
from collections.abc import Sequence

from nabi.cli.korean import hint, told
from nabi.cli.parser import build, parse
from nabi.cli.words import t
from nabi.core.collector import lasting
from nabi.core.errors import ArgumentError, NabiError, UnknownName

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        argv: the arguments after `nabi`; None takes those of the process.

    Returns: the exit code.

    Example:
        >>> main(["runs", "list", "--out", "no_such_folder"])
        No runs in no_such_folder.
        0
    """
    try:
        args = parse(build(), sys.argv[1:] if argv is None else list(argv))
    except SystemExit as stop:  # help, version or wrong usage: everything is printed
        return stop.code if isinstance(stop.code, int) else USAGE
    with warnings.catch_warnings():
        warnings.showwarning = show_warning
        try:
            with lasting() if argv is None else contextlib.nullcontext():
                command = importlib.import_module(f"nabi.cli.{args.command}")
            code = command.run(args)
            sys.stdout.flush()
            return code
        except KeyboardInterrupt:
            say(t("stopped"))
            return INTERRUPTED
        except BrokenPipeError:  # `nabi runs list | head`: the reader has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        except NabiError as error:
            if os.environ.get("NABI_TRACEBACK"):
                sys.excepthook(type(error), error, error.__traceback__)
            say(f"nabi: {t('error')}: {told(error)}")
            return USAGE if isinstance(error, (ArgumentError, UnknownName)) else FAILED


def say(line: str) -> None:
    """A line on standard error."""
    print(line, file=sys.stderr, flush=True)


def show_warning(message, category, filename, lineno, file=None, line=None) -> None:
    """A warning as one line, without the place in the source."""
    say(f"nabi: {t('note')}: {hint(str(message))}")
