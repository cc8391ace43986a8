"""Notes: what was translated, once for each kind of old spelling."""

from nabi.core.warning import warn

_told: set[str] = set()


class OldSpelling(UserWarning):
    """A spelling of older Keras that was translated."""


def note(kind: str, text: str) -> None:
    """Says `text` at the user's line, the first time for this kind."""
    if kind not in _told:
        _told.add(kind)
        warn(text, OldSpelling)


def forget() -> None:
    """Everything may be said again."""
    _told.clear()
