"""Amounts: `verbose` as Keras 1 and 2 took it."""

from typing import Any


def spoken(verbose: Any) -> Any:
    """How much is said: Keras 1 and 2 took any number, more than 2 for a line an epoch, and None for nothing.

    Example:
        >>> spoken(3), spoken(None), spoken(True), spoken("auto")
        (2, 0, 1, 'auto')
    """
    return verbose if isinstance(verbose, str) else min(int(verbose or 0), 2)
