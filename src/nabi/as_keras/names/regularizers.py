"""Regularizers: names of Keras 1: activity_l2, WeightRegularizer, l1l2."""

from nabi.as_keras.names.objects import deserializer
from nabi.regularizers import L1, L1L2, L2, get

__all__ = ["ActivityRegularizer", "WeightRegularizer", "activity_l1", "activity_l1l2", "activity_l2", "deserialize", "l1l2"]
activity_l1, activity_l2, activity_l1l2 = L1, L2, L1L2
WeightRegularizer = ActivityRegularizer = l1l2 = L1L2
deserialize = deserializer(get)
