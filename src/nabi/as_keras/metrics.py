"""Metrics: `keras.metrics` shows the functions of losses too, which make a node where they are called on symbols."""

from nabi.as_keras.losses import FUNCTIONS

globals().update(FUNCTIONS)
__all__ = sorted(FUNCTIONS)
