"""Variables: `tf.Variable` is the variable of `nabi.backend`."""

from nabi.backend.variables import Variable

__all__ = ["Variable"]
