"""Testing: `tf.test` and `tf.debugging`: there is no graphics card; a few assertions."""

from typing import Any

import numpy as np

from nabi.as_keras.tensorflow.arranging import Assert, assert_greater, assert_less

__all__ = ["Assert", "assert_greater", "assert_less", "assert_shapes", "assert_all_finite", "assert_equal", "assert_near",
           "check_numerics", "enable_check_numerics", "gpu_device_name", "is_built_with_cuda", "is_built_with_gpu_support",
           "is_gpu_available", "set_log_device_placement"]


def is_gpu_available(*values: Any, **options: Any) -> bool:
    """False: nabi computes on the processor."""
    return False


is_built_with_cuda = is_built_with_gpu_support = is_gpu_available


def gpu_device_name() -> str:
    """"": there is none."""
    return ""


def assert_equal(x: Any, y: Any, message: Any = None, **options: Any) -> None:
    """Raises AssertionError where numbers differ."""
    np.testing.assert_array_equal(np.asarray(x), np.asarray(y), str(message or ""))


def assert_near(x: Any, y: Any, rtol: float = 1e-6, atol: float = 1e-6, **options: Any) -> None:
    """Raises AssertionError where numbers differ by more."""
    np.testing.assert_allclose(np.asarray(x), np.asarray(y), rtol, atol)


def check_numerics(tensor: Any, message: str = "", name: Any = None) -> Any:
    """The tensor; AssertionError where it is not finite."""
    assert np.isfinite(np.asarray(tensor)).all(), message
    return tensor


assert_all_finite = check_numerics


def set_log_device_placement(enabled: bool) -> None:
    """Nothing: there is one device."""


enable_check_numerics = set_log_device_placement


def assert_shapes(shapes: Any, *more: Any, **options: Any) -> None:
    """Nothing: a shape that does not fit is told where it does not."""
