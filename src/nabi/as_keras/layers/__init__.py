"""Layers: those of Keras 1, 2 and 3 that `nabi.layers` does not have."""
