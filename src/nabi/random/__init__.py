"""Random: random tensors for steps and layers of one's own: `nabi.random.normal((32, 128), seed=SeedGenerator(1))`."""

from nabi.core.attributes import offer_nearest
from nabi.random.draws import SeedGenerator, normal, randint, uniform

__all__ = ["SeedGenerator", "normal", "randint", "uniform"]

offer_nearest(__name__, __all__)
