"""Compiling: Numba's half of the fused kernels; imported where a loop has to be compiled, or its source is read.

`inline`, `kernel` and `small_kernel` decorate what stands in `nabi.kernels.fused`. `compile_and_run` calls a loop for the first
time and hands out its machine code, to be kept: the next process needs no Numba.
"""

from collections.abc import Callable
from typing import Any

import numba
from numba.core.errors import NumbaError

from nabi.core.errors import ArgumentError
from nabi.kernels import kept


def inline(function: Callable) -> Any:
    """Decorator for a scalar helper of kernels: compiled into its callers."""
    return numba.njit(forceinline=True, error_model="numpy")(function)


def kernel(function: Callable) -> Any:
    """Decorator for a parallel loop over arrays.

    `contract` (fused multiply-add) and `nsz` are the only liberties taken with floating point: NaN and infinity pass unharmed.
    """
    return loop(function, parallel=True)


def small_kernel(function: Callable) -> Any:
    """Decorator for an ordinary loop, for small arrays; it may return something."""
    return loop(function, parallel=False)


def loop(function: Callable, parallel: bool) -> Any:
    """The loop, compiled by Numba at its first call; by Numba's own cache kept, where nabi's cannot be used."""
    if not kept.usable():
        function.__qualname__ += f"_{kept.sources()}"  # Numba notices a change of the loop's own file only
    compiled = numba.njit(parallel=parallel, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})(function)
    if not kept.usable():
        try:
            compiled.enable_caching()
        except RuntimeError:  # no folder for it
            pass
    return compiled


def compile_and_run(loop: Any, args: tuple) -> tuple[Any, list[tuple[bytes, str, str]]]:
    """A call of a loop, and what is compiled for it: object code and names, as `kept.keep` takes them.

    It is asked for by the arguments' types: another thread may be compiling the loop for others at the same time.
    Raises: ArgumentError where Numba cannot compile it, before anything is written.
    """
    types = tuple(map(loop.typeof_pyval, args))
    try:
        result = loop(*args)
    except NumbaError as error:
        raise ArgumentError("a fused loop", "what Numba can compile", error) from error
    except OSError:  # the disk of Numba's cache is full or gone: by now the loop is compiled, in memory
        result = loop(*args)
    made = [loop.overloads[types]] if kept.usable() and types in loop.overloads else []
    return result, [(one.library.serialize_using_object_code()[2][0], one.fndesc.llvm_cpython_wrapper_name, one.fndesc.env_name)
                    for one in made]
