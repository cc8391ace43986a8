"""Ops: `keras.ops` beside `nabi.ops`; see `nabi.as_keras.operations`."""

from nabi.as_keras import operations
from nabi.as_keras.installing import enter
from nabi.as_keras.names import ops_image
from nabi.as_keras.operations import *  # noqa: F403

enter("op", operations.ENTERED)

image = ops_image
__all__ = [*(name for name in operations.__all__ if name != "ENTERED"), "image"]
