"""What every test shares: Keras on torch, plain kernels on one thread, seeds, the data folder.

The environment is set before torch, keras or nabi are imported. Tests run the plain twins of the kernels; modules in
tests/kernels and modules that ask for the fixture `fused_kernels` run the fused ones.
"""

import gc
import os
import signal
from pathlib import Path

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in a background job; tests need Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["KERAS_BACKEND"] = "torch"
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # two workers share the cores: a thread that waits leaves its core to them

import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[1]
FUSED = PROJECT / "tests" / "kernels"


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """The half million objects that imports and test cases make stay to the end: garbage collection need not walk them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def threads():
    """One thread of torch: quickest on tensors as small as the tests', and sums add up in the same order everywhere."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def plain_kernels(threads):
    """Plain twins in this process and, through NABI_KERNELS, in every process that a test starts."""
    from nabi.kernels import jit

    with pytest.MonkeyPatch.context() as patch, jit.using("plain"):
        patch.setenv("PYTHONPATH", str(PROJECT / "src"), prepend=os.pathsep)  # those processes run this tree's nabi
        patch.delenv("NABI_KERNELS", raising=False)
        jit.available()  # asks before the variable says no, so that `fused_kernels` finds them
        patch.setenv("NABI_KERNELS", "plain")
        yield


@pytest.fixture(scope="module")
def fused_kernels(plain_kernels):
    """Fused kernels, on two threads, for a whole module: `pytestmark = pytest.mark.usefixtures("fused_kernels")` at its head."""
    import torch

    from nabi.kernels import jit

    with pytest.MonkeyPatch.context() as patch, jit.using("auto"):
        patch.delenv("NABI_KERNELS", raising=False)
        torch.set_num_threads(min(2, os.cpu_count() or 1))
        yield
        torch.set_num_threads(1)


@pytest.fixture(scope="module", autouse=True)
def _kernels_of_the_folder(request):
    """Modules in tests/kernels take the fused kernels without asking."""
    if request.path.is_relative_to(FUSED):
        request.getfixturevalue("fused_kernels")


@pytest.fixture(autouse=True)
def seeds():
    """Each test starts from seed 0 and leaves NumPy's and torch's own generators, which nabi never uses, at 0 too."""
    import torch

    from nabi.core import random

    random.set_seed(0)
    np.random.seed(0)
    torch.default_generator.manual_seed(0)  # torch.manual_seed notes the stack for three more devices, 0.6 ms a test


@pytest.fixture
def data_dir() -> Path:
    """The folder of real data (mnist/, cifar10.tar.gz, smiles.tar.gz): NABI_DATA, or shared/data beside the project."""
    folder = Path(os.environ.get("NABI_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no data folder at {folder}: set NABI_DATA to the folder that holds mnist/ and cifar10.tar.gz")
    return folder


@pytest.fixture
def keras64(monkeypatch):
    """Keras 3 on torch in float64, set back to float32 afterwards: `layer = keras64.layers.Dense(3)`.

    Keras turns float64 into float32 wherever it promotes dtypes (mean, divide), whatever floatx says; its table is corrected.
    torch's hardsigmoid differentiates with a 1/6 of float32: Keras gets the formula instead. torch's backward pass fails for some
    maps of one channel that lie channels last: Keras' lie channels first.
    """
    import keras
    import torch
    from keras.src.backend.common import dtypes
    from keras.src.backend.torch import nn

    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    monkeypatch.setattr(nn, "hard_sigmoid", lambda x: (x / 6 + 0.5).clamp(0, 1))
    monkeypatch.setattr(nn, "_maybe_convert_to_channels_last", lambda t: t.clone(memory_format=torch.contiguous_format))
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")  # a policy that was made before would keep its dtype
    yield keras
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(before)
