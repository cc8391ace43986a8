"""One finished run and a caller of the command line for all tests of this folder."""

import json

import pytest

from lab.lab_runs import RECIPE, tiny_network
from nabi import lab
from nabi.cli import main


@pytest.fixture(scope="module", autouse=True)
def tiny():
    with tiny_network():
        yield


@pytest.fixture(scope="session")
def run(plain_kernels, tmp_path_factory):
    """A run in a folder runs/."""
    with tiny_network(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("nabi.lab.report.page.write_figures", lambda *parts: None)
        return lab.train(RECIPE, tmp_path_factory.mktemp("place") / "runs" / "20260101-000000-small", verbose=0)


@pytest.fixture
def nabi(run, capsys, monkeypatch):
    """`nabi("train", "--epochs", 2)` gives (exit code, standard output, standard error); the run lies in runs/ here."""
    monkeypatch.setattr("nabi.lab.report.page.write_figures", lambda *parts: None)
    monkeypatch.chdir(run.folder.parents[1])
    monkeypatch.delenv("NABI_LANG", raising=False)

    def call(*words, parse=False):
        capsys.readouterr()
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return (code, json.loads(out), err) if parse else (code, out, err)

    return call
