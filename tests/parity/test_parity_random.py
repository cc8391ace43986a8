"""Random networks: of all layers, losses, metrics, optimizers and options, trained ten steps in nabi and in Keras, to 1e-9."""

import pytest
from random_coverage import had, wanted
from random_models import drawn
from random_twins import wrong

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # masks that layers do not hand on: both libraries say so
LEFT_OUT = {  # numbers of networks whose comparison shows nothing; they change with the tables that networks are drawn from
    445: "logits of 135: Keras 3.15 clips probabilities at 1e-7 in its focal loss, from logits too",
    569: "Cropping1D within time steps that have masks: the masks no longer fit",
    577: "a prediction is the same for all samples: its correlation is 0 / 0 in both",
    627: "exponential twice: the training becomes infinite in both",
}
NETWORKS = [seed for seed in range(640) if seed not in LEFT_OUT]
QUICK, LEARN, FULL = NETWORKS[:10], NETWORKS[10:80], NETWORKS[80:]


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


@pytest.mark.learn
def test_together_they_have_everything(keras64):
    """Each class in the registry, each argument that Keras takes too; what none of them has stands in LEFT_OUT."""
    count = had(drawn(seed) for seed in NETWORKS)
    assert sorted(map(str, (thing for thing in wanted(keras64) if not count[thing]))) == []
