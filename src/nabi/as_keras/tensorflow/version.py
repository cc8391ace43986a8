"""Version: what `tf.__version__` says."""

VERSION = "2.99.0"  # above every version of TensorFlow 2 that a script asks for, as numbers and as texts
GIT_VERSION = "nabi"

__all__ = ["GIT_VERSION", "VERSION"]
