"""Random networks: of all layers, losses, metrics, optimizers and options, trained ten steps in nabi and in Keras, to 1e-9."""

import pytest
from random_coverage import had, wanted
from random_models import drawn
from random_twins import wrong

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # masks that layers do not hand on: both libraries say so
QUICK, LEARN, FULL = range(20), range(20, 80), range(80, 640)


def hold(keras, seed: int) -> None:
    """Every difference of a network is within the tolerance."""
    assert wrong(drawn(seed), keras) == {}


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


def test_together_they_have_everything(keras64):
    """Each class in the registry, each argument that Keras takes too; what none of them has stands in LEFT_OUT."""
    count = had(drawn(seed) for seed in range(FULL.stop))
    assert sorted(map(str, (thing for thing in wanted(keras64) if not count[thing]))) == []
