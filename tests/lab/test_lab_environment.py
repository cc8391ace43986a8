"""What a run notes of its machine: the installed versions, told without another process."""

import platform
import subprocess
from importlib.metadata import version

from nabi.lab.environment import EXACT, environment


def test_versions_are_those_of_the_packages_and_nothing_is_started(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    found = environment()
    assert set(EXACT) <= set(found) and found["python"] == platform.python_version()
    assert all(found[name] == version(name) for name in ("torch", "numba", "numpy"))
    assert found["system"].split("-")[0] == platform.system() and found["system"].endswith(platform.machine())
