"""What the tests of callbacks share."""

import pytest


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """A terminal without wishes of its own."""
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
