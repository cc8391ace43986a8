"""Testing: `tf.test`: there is no graphics card; a class of tests with TensorFlow's assertions."""

import os
import tempfile
import unittest
from typing import Any

import numpy as np

__all__ = ["TestCase", "gpu_device_name", "is_built_with_cuda", "is_built_with_gpu_support", "is_built_with_rocm",
           "is_built_with_xla", "is_gpu_available", "main"]


def is_gpu_available(*values: Any, **options: Any) -> bool:
    """False: nabi computes on the processor."""
    return False


is_built_with_cuda = is_built_with_gpu_support = is_built_with_rocm = is_built_with_xla = is_gpu_available
main = unittest.main


def gpu_device_name() -> str:
    """"": there is none."""
    return ""


class TestCase(unittest.TestCase):
    """unittest's class with assertions about arrays."""

    def evaluate(self, tensors: Any) -> Any:
        """The numbers of tensors."""
        return [self.evaluate(one) for one in tensors] if isinstance(tensors, (list, tuple)) else np.asarray(tensors)

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Fails where numbers differ."""
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b), msg or "")

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """Fails where |a - b| > atol + rtol |b|."""
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol, atol, err_msg=msg or "")

    def assertShapeEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Fails where shapes differ."""
        self.assertEqual(tuple(a.shape), tuple(b.shape), msg)

    def get_temp_dir(self) -> str:
        """A folder for this test."""
        folder = os.path.join(tempfile.gettempdir(), type(self).__name__)
        os.makedirs(folder, exist_ok=True)
        return folder
