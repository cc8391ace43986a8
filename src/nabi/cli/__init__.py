"""Command line: train, evaluate, predict, summary, runs, doctor. `main` is what `nabi` and `python -m nabi` call.

Results go to standard output, progress and messages to standard error.
Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
Showing help loads neither torch nor any other heavy package: each command is imported when it runs.
"""

from nabi.cli.main import main

__all__ = ["main"]
