"""One finished run for all tests of this folder; they only read it."""

import pytest

from lab.lab_runs import RECIPE, tiny_network
from nabi import lab


@pytest.fixture(scope="module", autouse=True)
def tiny():
    with tiny_network():
        yield


@pytest.fixture(scope="session")
def run(plain_kernels, tmp_path_factory):
    with tiny_network():
        return lab.train(RECIPE, tmp_path_factory.mktemp("runs") / "small", verbose=0)
