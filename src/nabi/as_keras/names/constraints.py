"""Constraints: names of Keras 1 and 2: maxnorm, nonneg, unitnorm."""

from nabi.as_keras.names.objects import deserializer
from nabi.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm, get

__all__ = ["deserialize", "max_norm", "maxnorm", "min_max_norm", "non_neg", "nonneg", "unit_norm", "unitnorm"]
maxnorm = max_norm = MaxNorm
nonneg = non_neg = NonNeg
unitnorm = unit_norm = UnitNorm
min_max_norm = MinMaxNorm
deserialize = deserializer(get)
