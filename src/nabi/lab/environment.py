"""Environment: what the numbers of a run depend on besides its recipe: versions, threads, instruction set, kernels.

The same recipe gives the same numbers, bit for bit, where `EXACT` are the same.
"""

import functools
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import torch

from nabi import kernels
from nabi.core.device import native_bfloat16
from nabi.core.version import __version__

EXACT = ("capability", "threads", "kernels", "bfloat16", "nabi", "torch", "numba", "numpy")


def environment() -> dict[str, Any]:
    """Versions, threads, instruction set (as torch uses it), native bfloat16, and whether kernels are fused."""
    system = "-".join((platform.system(), platform.release(), platform.machine()))  # platform.platform() starts a process
    found = {"python": platform.python_version(), "system": system, "processor": processor(),
             "threads": torch.get_num_threads(), "capability": torch.backends.cpu.get_cpu_capability(),
             "bfloat16": native_bfloat16(), "kernels": "fused" if kernels.available() else "plain", "nabi": __version__}
    return found | versions()


@functools.cache
def versions() -> dict[str, str]:
    """Versions of the packages that compute; Numba's is read from its files, as it need not be imported."""
    found = {"torch": str(torch.__version__), "numpy": np.__version__}
    try:
        return found | {"numba": version("numba")}
    except PackageNotFoundError:
        return found


@functools.cache
def processor() -> str:
    """The processor's name as Linux tells it, else as Python does."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
            return next(names, platform.machine())
    except OSError:
        return platform.processor() or platform.machine()


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What changed between two environments among what decides about the last bits.

    Example:
        >>> differences({"threads": 2, "torch": "2.13.0"}, {"threads": 4, "torch": "2.13.0"})
        ['threads 2 -> 4']
    """
    return [f"{name} {before.get(name)} -> {now.get(name)}" for name in EXACT if before.get(name) != now.get(name)]
