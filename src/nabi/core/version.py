"""Version of nabi: recorded in model files, checkpoints and runs."""

__version__ = "0.1.0"
