"""Random networks: 500 of all layers, losses, optimizers and options, trained in nabi and in Keras for ten steps, to 1e-9."""

import pytest
from random_models import drawn
from random_twins import compared

TOLERANCE = 1e-9
QUICK = range(20)
LEARN, FULL = range(20, 80), range(80, 560)


def hold(keras, seed: int) -> None:
    """Every difference of a case is within the tolerance."""
    found = compared(drawn(seed), keras)
    assert not {kind: value for kind, value in found.items() if value > TOLERANCE}


@pytest.mark.parametrize("seed", QUICK)
def test_a_random_network(keras64, seed):
    hold(keras64, seed)


@pytest.mark.learn
@pytest.mark.parametrize("seed", LEARN)
def test_more_random_networks(keras64, seed):
    hold(keras64, seed)


@pytest.mark.full
@pytest.mark.parametrize("seed", FULL)
def test_all_random_networks(keras64, seed):
    hold(keras64, seed)
