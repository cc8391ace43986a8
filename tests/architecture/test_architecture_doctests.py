"""Every example of every docstring runs: each module's `>>>` lines, in a temporary folder."""

import doctest
import importlib
import linecache
import sys

import pytest

from architecture.tree import MODULES, Module
from nabi.core import registry

WITH_EXAMPLES = [module for module in MODULES if ">>>" in module.text]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    """Files land in a temporary folder; what an example registers, and no module holds, is gone afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(linecache, "checkcache", lambda *_: None)  # doctest's debugger asks the disk for 300 files each time
    yield
    for table in registry.TABLE.values():
        for name, thing in list(table.items()):
            if getattr(sys.modules.get(thing.__module__), thing.__name__, None) is not thing:
                del table[name]


def run(module) -> tuple[list[str], int]:
    """(complaints, number of examples run) of an imported module."""
    complaints: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module):
        runner.run(test, out=complaints.append)
    return complaints, runner.tries


TRAINED = {"nabi.applications.inception_resnet_v2", "nabi.figures", "nabi.figures.catalogue", "nabi.lab.experiment",
           "nabi.sklearn.classifier", "nabi.sklearn.regressor", "nabi.zoo.resnet"}  # in learn: they train, or build what is large


@pytest.mark.parametrize("module", [
    pytest.param(module, id=module.name, marks=[pytest.mark.learn] if module.name in TRAINED else []) for module in WITH_EXAMPLES
])  # fmt: skip
def test_examples_run(module: Module):
    complaints, tries = run(importlib.import_module(module.name))
    assert not complaints, "\n".join(complaints)
    assert tries, "the file has '>>>' but no example was found: a decorator hides the docstring, or it is not a docstring"


def test_a_wrong_example_is_found():
    import types

    wrong = types.ModuleType("wrong", "Adds.\n\n>>> 1 + 1\n3\n")
    complaints, tries = run(wrong)
    assert tries == 1 and "Expected:\n    3\nGot:\n    2" in "".join(complaints)
