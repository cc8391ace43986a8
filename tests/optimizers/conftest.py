"""One thread for vectors of a hundred numbers: waking a second one costs more than the step."""

import pytest
import torch


@pytest.fixture(scope="module", autouse=True)
def one_thread(threads):
    """torch.sqrt wakes all threads even for short vectors."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
