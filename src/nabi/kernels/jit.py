"""Jit: decides, once, whether fused kernels run, and on how many threads.

Every function of this package has two forms: a *plain twin* in torch, which defines its meaning, and a *fused* kernel in Numba
(`nabi.kernels.fused`), which does the same in one pass over memory. Fused kernels run on CPU tensors where Numba and its OpenMP
threads are usable; they share torch's thread pool and follow `torch.get_num_threads()`. Machine code is kept on disk
(`nabi.kernels.kept`); Numba is imported where a kernel has to be compiled, in most processes never.

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
from nabi.kernels import kept

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
LAYOUT = 0x0503  # NumPy's flags: C and Fortran order, aligned, writeable
_most = os.environ.get("NUMBA_NUM_THREADS", "")
MOST_THREADS = int(_most) if _most.isdecimal() and int(_most) else sys.maxsize  # what is no number of threads, Numba refuses

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
    """Starts the threads of fused kernels; returns "" or the reason why that cannot be done."""
    if os.environ.get("NABI_KERNELS") == "plain":
        return "NABI_KERNELS=plain asks for plain torch"
    if "numba" in sys.modules or os.environ.get("NUMBA_DISABLE_JIT") or not kept.begun():
        return _numba()
    with _torch_threads_stay():
        kept.machine().start(torch.get_num_threads())
    return ""


@contextlib.contextmanager
def _torch_threads_stay():
    """Within the block OpenMP is started, which resets its, and so torch's, thread count."""
    threads = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _numba() -> str:
    """Loads Numba on torch's OpenMP pool; returns "" or the reason why that cannot be done."""
    try:
        import numba
        from numba.core import config
    except ImportError as error:
        return f"Numba cannot be imported ({error})"
    if config.DISABLE_JIT:  # pyright: ignore[reportAttributeAccessIssue]
        return "NUMBA_DISABLE_JIT switches Numba's compiler off"
    if config.THREADING_LAYER == "default":  # pyright: ignore[reportAttributeAccessIssue]
        config.THREADING_LAYER = "omp"  # pyright: ignore[reportAttributeAccessIssue]
    try:
        with _torch_threads_stay():
            numba.set_num_threads(1)  # starts the threading layer
    except ValueError as error:
        return f"Numba has no OpenMP threading layer here ({error})"
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
def load(name: str) -> "Loops":
    """The loops of `nabi.kernels.fused.<name>`. Call them only where `fused(...)` is true."""
    return Loops(name)


def fused_module(name: str) -> ModuleType:
    """The module `nabi.kernels.fused.<name>`, which imports Numba."""
    _numba()
    return importlib.import_module(f"nabi.kernels.fused.{name}")


class Loops:
    """The loops of a module by name; it is imported only where one has to be compiled."""

    def __init__(self, module: str):
        self._module = module

    def __getattr__(self, name: str) -> "Loop":
        loop = Loop(f"{self._module}.{name}", lambda: getattr(fused_module(self._module), name))
        setattr(self, name, loop)
        return loop


class Loop:
    """A fused loop: a function of arrays and numbers, kept as machine code for each combination of their types.

    `compiled` gives the loop as Numba makes it; it is asked where no code is kept, and its code is then kept. With `again=False`
    it is not: no other process could ask for it by its name.
    """

    def __init__(self, name: str, compiled: Callable[[], Any], again: bool = True):
        self.name, self.compiled, self.again = name, functools.cache(compiled), again
        self.ready: dict[tuple, Callable] = {}

    def __call__(self, *args):
        """The first argument is the largest array: by its size a call decides whether threads are worth waking."""
        types = types_of(args)
        run = self.ready.get(types)
        wanted = min(torch.get_num_threads(), MOST_THREADS) if args[0].size >= GRAIN else 1
        threads, set_threads = pool()
        before = threads()
        if before == wanted:
            return self.first(types, args) if run is None else run(*args)
        set_threads(wanted)
        try:
            return self.first(types, args) if run is None else run(*args)
        finally:
            set_threads(before)  # loops of the user's own keep theirs

    def first(self, types: tuple, args: tuple) -> Any:
        """The first call for arguments of some types in this process."""
        run = kept.find(self.name, types) if self.again and kept.usable() else None
        if run is None:
            return self.compile(types, args)
        self.ready[types] = run
        return run(*args)

    def compile(self, types: tuple, args: tuple) -> Any:
        """The first call on this machine. Raises: ArgumentError where Numba cannot compile the loop."""
        from nabi.kernels.compiling import compile_and_run

        loop = self.compiled()
        if not _State.told and kept.usable():
            _State.told = True
            print(say(WORDS, "compiles" if kept.writable() else "not kept"), file=sys.stderr, flush=True)
        result, made = compile_and_run(loop, args)
        for code in made if self.again else ():
            kept.keep(self.name, types, *code)
        self.ready[types] = loop
        return result


@functools.cache
def pool() -> tuple[Callable[[], int], Callable[[int], None]]:
    """How many threads a parallel loop takes, and a function that sets it, in this thread of the program."""
    if kept.usable():
        return kept.machine().threads, kept.machine().set_threads
    import numba
    from numba.core import config

    most = config.NUMBA_NUM_THREADS  # pyright: ignore[reportAttributeAccessIssue]
    return numba.get_num_threads, lambda count: numba.set_num_threads(min(count, most))


def types_of(args: tuple) -> tuple:
    """What machine code depends on: each array's dtype, axes and layout, other arguments' types. Byte order is the machine's."""
    return tuple([(a.dtype.num, a.ndim, a.flags.num & LAYOUT) if a.__class__ is np.ndarray
                  else tuple(map(type, a)) if a.__class__ is tuple else a.__class__ for a in args])


def array(t: torch.Tensor) -> np.ndarray:
    """The tensor's memory as NumPy array; bfloat16 appears as its int16 bit pattern."""
    t = t.detach() if t.requires_grad else t
    return (t.view(torch.int16) if t.dtype is torch.bfloat16 else t).numpy()
