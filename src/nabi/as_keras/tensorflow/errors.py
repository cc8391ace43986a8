"""Errors: names of `tf.errors`, as Python's errors."""

InvalidArgumentError, NotFoundError = ValueError, FileNotFoundError
OutOfRangeError, ResourceExhaustedError = StopIteration, MemoryError
OpError = Exception

__all__ = ["InvalidArgumentError", "NotFoundError", "OpError", "OutOfRangeError", "ResourceExhaustedError"]
