"""Root: what `import tensorflow as tf` itself shows beside its modules."""

__version__ = "2.99.0"  # above every version of TensorFlow 2 that a script asks for, as numbers and as texts

__all__: list[str] = []
