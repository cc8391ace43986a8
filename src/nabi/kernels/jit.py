"""Jit: decides, once, whether fused kernels run, and on how many threads.

Every function of this package has two forms: a *plain twin* in torch, which defines its meaning, and a *fused* kernel in Numba
(`nabi.kernels.fused`), which does the same in one pass over memory. Fused kernels run on CPU tensors where Numba and its OpenMP
threads are usable; they share torch's thread pool and follow `torch.get_num_threads()`. Numba is imported at the first fused
call.

Plain twins run instead when `NABI_KERNELS=plain` is set, inside `with using("plain")`, and in a forked child process: OpenMP's
threads do not survive a fork, so a child also keeps to one thread. Spawned children work like any other process.
"""

import contextlib
import functools
import importlib
import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

import numpy as np
import torch

from nabi.core.errors import ArgumentError
from nabi.core.language import say

WORDS: dict[str, tuple[str, str]] = {
    "compiles": (
        "nabi compiles kernels that are new to this machine, and keeps them; that takes a few seconds.",
        "이 컴퓨터에서 처음 쓰는 커널을 컴파일해 보관합니다. 몇 초 걸립니다.",
    ),
    "not kept": (
        "nabi compiles its kernels, at every start: there is no folder to keep them in; that takes a few seconds.",
        "커널을 컴파일합니다. 보관할 폴더가 없어 시작할 때마다 몇 초 걸립니다.",
    ),
}
GRAIN = 32768  # elements below which a kernel keeps to one thread, as torch's own do

_mode: ContextVar[str] = ContextVar("nabi_kernels", default="auto")


class _State:
    reason: str | None = None  # None: not asked yet, "": usable, else why not
    told = False  # whether this process has said that it compiles


def _after_fork() -> None:
    _State.reason = "this process is a forked child, where OpenMP's threads are gone; spawned children can use them"
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _probe() -> str:
    """Loads Numba on torch's OpenMP pool; returns "" or the reason why that cannot be done."""
    if os.environ.get("NABI_KERNELS") == "plain":
        return "NABI_KERNELS=plain asks for plain torch"
    try:
        import numba
        from numba.core import config
    except ImportError as error:
        return f"Numba cannot be imported ({error})"
    if config.DISABLE_JIT:  # pyright: ignore[reportAttributeAccessIssue]
        return "NUMBA_DISABLE_JIT switches Numba's compiler off"
    if config.THREADING_LAYER == "default":  # pyright: ignore[reportAttributeAccessIssue]
        config.THREADING_LAYER = "omp"  # pyright: ignore[reportAttributeAccessIssue]
    threads = torch.get_num_threads()
    try:
        numba.set_num_threads(1)  # starts the threading layer
    except ValueError as error:
        return f"Numba has no OpenMP threading layer here ({error})"
    finally:
        torch.set_num_threads(threads)  # starting the layer resets OpenMP's, and so torch's, thread count
    layer = numba.threading_layer()  # pyright: ignore[reportPrivateImportUsage]
    if layer != "omp":
        return f"Numba already runs its threads on '{layer}', which compete with torch's; 'omp' is needed"
    return ""


def why_not() -> str:
    """Why fused kernels do not run in this process: a sentence, or "" where they do."""
    if _State.reason is None:
        _State.reason = _probe()
    return _State.reason


def available() -> bool:
    """True where fused kernels can run in this process."""
    return why_not() == ""


@contextlib.contextmanager
def using(mode: str):
    """Within the block, "plain" makes every kernel run its plain twin; "auto" is the usual choice.

    Example:
        >>> with using("plain"):
        ...     fused(torch.zeros(3))
        False
    """
    if mode not in ("plain", "auto"):
        raise ArgumentError("using(mode)", "'plain' or 'auto'", repr(mode))
    token = _mode.set(mode)
    try:
        yield
    finally:
        _mode.reset(token)


def fused(*tensors: torch.Tensor) -> bool:
    """True if a fused kernel should take these tensors: all on the CPU, kernels available, not switched off."""
    return _mode.get() != "plain" and available() and all(t.device.type == "cpu" and t.layout is torch.strided for t in tensors)


@functools.cache
def load(name: str) -> ModuleType:
    """The module `nabi.kernels.fused.<name>`, imported at its first use. Call it only where `fused(...)` is true."""
    return importlib.import_module(f"nabi.kernels.fused.{name}")


def array(t: torch.Tensor) -> np.ndarray:
    """The tensor's memory as NumPy array; bfloat16 appears as its int16 bit pattern."""
    t = t.detach() if t.requires_grad else t
    return (t.view(torch.int16) if t.dtype is torch.bfloat16 else t).numpy()


def inline(function: Callable) -> Any:
    """Decorator for a scalar helper of kernels: compiled into its callers."""
    import numba

    return numba.njit(forceinline=True, error_model="numpy")(function)


def tell_when_compiling(compiled: Any) -> None:
    """Has one line said, once a process, when a kernel is about to be compiled, since no process has left it on disk."""
    store = compiled._cache
    look = store.load_overload

    def load_overload(signature, context):
        found = look(signature, context)
        if found is None and not _State.told:
            _State.told = True
            print(say(WORDS, "compiles" if store.cache_path else "not kept"), file=sys.stderr, flush=True)
        return found

    store.load_overload = load_overload


def run(compiled: Any, args: tuple) -> Any:
    """A call of a compiled loop."""
    try:
        return compiled(*args)
    except OSError:  # the cache's disk is full or gone: by now the loop is compiled, in memory
        return compiled(*args)


def kernel(version: str, threads: bool = True) -> Callable[[Callable], Any]:
    """Decorator for a parallel loop over arrays: compiled at its first call, kept on disk where a folder can be written.

    The cache lies in the package's `__pycache__`, else in the user's cache folder; `NUMBA_CACHE_DIR` names another. Numba notices
    a change of the kernel's own file; `version` stands for whatever else is compiled into it. The first argument is the largest
    array: by its size a call decides whether threads are worth waking. Without `threads` the loop is an ordinary one, for small
    arrays, and may return something.
    `contract` (fused multiply-add) and `nsz` are the only liberties taken with floating point: NaN and infinity pass unharmed.
    """
    import numba
    from numba.core import config

    def decorate(function):
        function.__qualname__ += f"_{version}"
        compiled = numba.njit(parallel=threads, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})(function)
        try:
            compiled.enable_caching()
        except RuntimeError:  # no folder for the cache: compile in memory
            pass
        tell_when_compiling(compiled)

        @functools.wraps(compiled)
        def call(*args):
            if not threads:
                return run(compiled, args)
            before, most = numba.get_num_threads(), config.NUMBA_NUM_THREADS  # pyright: ignore[reportAttributeAccessIssue]
            numba.set_num_threads(min(torch.get_num_threads(), most) if args[0].size >= GRAIN else 1)
            try:
                return run(compiled, args)
            finally:
                numba.set_num_threads(before)  # loops of the user's own keep theirs

        return call

    return decorate
