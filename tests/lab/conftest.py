"""One finished run for all tests of this folder; they only read it."""

import pytest

from lab.lab_runs import trained


@pytest.fixture(scope="session")
def run(plain_kernels, tmp_path_factory):
    return trained(tmp_path_factory.mktemp("runs") / "small")
