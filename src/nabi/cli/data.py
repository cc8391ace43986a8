"""`nabi data ACTION`: what is done with pictures before training; each action is a module `data_ACTION`."""

import argparse
import importlib


def run(args: argparse.Namespace) -> int:
    """Runs the action."""
    return importlib.import_module(f"nabi.cli.data_{args.action}").run(args)
