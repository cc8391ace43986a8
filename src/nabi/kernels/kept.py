"""Kept: machine code of fused kernels, on disk, run without Numba.

Numba compiles a loop to machine code at its first call on a machine. That code is kept here, one file for each loop and types of
arguments; later processes link it through LLVM (llvmlite) and call it, in some 20 milliseconds. To import Numba and to build its
tables of types takes half a second and more, which would be most of a short program's training.

A file is one line of JSON (what is to be looked up in the code, its length and SHA-256) and the object file as LLVM wrote it. It
is looked for, and written, in $NUMBA_CACHE_DIR where that is set, else in the package's `__pycache__`, else in the user's cache;
there in a folder whose name stands for all that the code depends on: the loops' source, the versions of Python, NumPy, Numba and
llvmlite, the processor. What does not fit, is cut off or has been changed is not run, but compiled and kept anew.

The code calls Numba's C helpers (memory, unboxing of arrays, OpenMP threads). They are extension modules, loaded by their path;
the package they belong to is not imported.
"""

import ctypes
import functools
import hashlib
import importlib.machinery
import importlib.util
import itertools
import json
import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from nabi.core.errors import FileError
from nabi.core.files import atomic, cache_folder

HERE = Path(__file__).parent
SOURCES = [*sorted((HERE / "fused").glob("*.py")), HERE / "math.py", HERE / "compiling.py"]
HELPERS = {"_helperlib": "numba_", "core/runtime/_nrt_python": "NRT_"}  # extension modules, and what their names begin with
THREADS = "np/ufunc/omppool"
HELPERS_LIBRARY = "helpers"  # told to the linker once; every loop's library asks it
NAMES = {"parallel_for": "numba_parallel_for"}  # functions of THREADS that loops know under another name
UNCHANGING = ("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS")  # settings that do not change the code
VARARGS_KEYWORDS = 1 | 2  # of a PyMethodDef
ENVIRONMENT = 256  # bytes, more than the struct that a loop asks to be there; it is never read


class Method(ctypes.Structure):
    """CPython's PyMethodDef: a C function that can be called as `f(*args)`."""

    _fields_ = [("name", ctypes.c_char_p), ("function", ctypes.c_void_p), ("flags", ctypes.c_int), ("doc", ctypes.c_char_p)]


def folders() -> list[Path]:
    """Where kept code may lie, in the order in which it is looked for."""
    own = os.environ.get("NUMBA_CACHE_DIR")
    return [Path(own)] if own else [HERE / "fused" / "__pycache__", cache_folder() / "kernels"]


@functools.cache
def state() -> str:
    """A name for all that the code depends on but the loop itself. Raises: FileError or ImportError without Numba."""
    import llvmlite
    import llvmlite.binding as llvm

    try:
        processor = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    except RuntimeError:  # LLVM does not know the features of every processor
        processor = llvm.get_host_cpu_name(), platform.processor()
    settings = sorted((k, v) for k, v in os.environ.items() if k.startswith("NUMBA_") and k not in UNCHANGING)
    versions = sys.version, np.__version__, llvmlite.__version__, sys.platform, platform.machine()
    helpers = [file_of_extension(path).stat().st_size for path in (*HELPERS, THREADS)]
    version = (numba_folder() / "_version.py").read_text()
    told = repr((versions, processor, settings, helpers, version, sources()))
    return f"kept-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


@functools.cache
def sources() -> str:
    """What stands for the source of all loops, and for how they are compiled."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:8]


@functools.cache
def usable() -> bool:
    """Whether kept code can be linked in this process."""
    try:
        return bool(state() and machine())
    except (FileError, ImportError, AttributeError, RuntimeError, OSError):  # no Numba, an unknown one, no linker here
        return False


def begun() -> bool:
    """Whether code has been kept in this state: then Numba could be imported here, and can still."""
    return usable() and any((folder / state()).is_dir() for folder in folders())


def numba_folder() -> Path:
    """Where Numba's package lies; it is not imported. Raises: FileError."""
    spec = importlib.util.find_spec("numba")
    if spec is None or spec.origin is None:
        raise FileError("nabi.kernels", "the package 'numba'", "none")
    return Path(spec.origin).parent


def file_of_extension(path: str) -> Path:
    """The file of an extension module of Numba. Raises: FileError."""
    for suffix in importlib.machinery.EXTENSION_SUFFIXES:
        file = numba_folder() / (path + suffix)
        if file.exists():
            return file
    raise FileError("nabi.kernels", f"Numba's extension module '{path}'", "none")


@functools.cache
def extension(path: str) -> ModuleType:
    """An extension module of Numba, without its package. Raises: FileError, ImportError."""
    name, file = Path(path).name, str(file_of_extension(path))
    loader = importlib.machinery.ExtensionFileLoader(name, file)
    module = importlib.util.module_from_spec(importlib.machinery.ModuleSpec(name, loader, origin=file))
    loader.exec_module(module)
    return module


class Machine:
    """LLVM's linker, with a library of the symbols that loops are linked to.

    Raises: FileError, ImportError, AttributeError or RuntimeError where they cannot be had.
    """

    def __init__(self):
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        target = llvm.Target.from_default_triple().create_target_machine(jit=True, codemodel="jitdefault")
        self.linker, self.numbers, self.lock = llvm.create_lljit_compiler(target), itertools.count(), threading.Lock()
        pool = extension(THREADS)
        symbols = {NAMES.get(name, name): place for name, place in vars(pool).items() if isinstance(place, int)}
        for path, prefix in HELPERS.items():
            helpers = extension(path).c_helpers
            symbols |= {name if name.startswith("_") else prefix + name: place for name, place in helpers.items()}
        library = llvm.JITLibraryBuilder()
        for name, place in symbols.items():
            library.import_symbol(name, place)
        extension("core/runtime/_nrt_python").memsys_use_cpython_allocator()  # as Numba does when it is imported
        made = ctypes.PYFUNCTYPE(ctypes.py_object, *[ctypes.c_void_p] * 3)
        self.new = made(("PyCFunction_NewEx", ctypes.pythonapi))  # ctypes.pythonapi.PyCFunction_NewEx is everybody's
        self.kept_alive: list[Any] = [library.link(self.linker, HELPERS_LIBRARY)]
        self.start = ctypes.CFUNCTYPE(None, ctypes.c_int)(pool.launch_threads)
        self.threads = ctypes.CFUNCTYPE(ctypes.c_int)(pool.get_num_threads)
        self.set_threads = ctypes.CFUNCTYPE(None, ctypes.c_int)(pool.set_num_threads)

    def link(self, code: bytes, entry: str, environment: str) -> Callable:
        """The loop as a function of Python that takes what Numba's would, unchecked. Raises: RuntimeError."""
        from llvmlite.binding import JITLibraryBuilder

        library = JITLibraryBuilder().add_object_img(code).export_symbol(entry).export_symbol(environment)
        library.add_jit_library(HELPERS_LIBRARY).add_current_process()
        with self.lock:
            linked = library.link(self.linker, f"loop{next(self.numbers)}")
        block = ctypes.create_string_buffer(ENVIRONMENT)
        ctypes.c_void_p.from_address(linked[environment]).value = ctypes.addressof(block)
        method = Method(b"loop", linked[entry], VARARGS_KEYWORDS, None)
        self.kept_alive += linked, block, method
        return self.new(ctypes.addressof(method), None, None)


@functools.cache
def machine() -> Machine:
    """The one of this process."""
    return Machine()


def file_of(loop: str, types: tuple) -> str:
    """The name of the file of a loop for arguments of some types."""
    return f"{loop}-{hashlib.sha256(repr(types).encode()).hexdigest()[:16]}.o"


def find(loop: str, types: tuple) -> Callable | None:
    """The kept loop for arguments of some types, linked; None if there is none that can be."""
    for path in places(file_of(loop, types)):
        try:
            head, _, code = path.read_bytes().partition(b"\n")
            told = json.loads(head)
            if hashlib.sha256(code).hexdigest() == told["sha256"]:
                return machine().link(code, told["entry"], told["environment"])
        except (OSError, ValueError, KeyError, TypeError, RuntimeError):  # not there, or damaged: it is compiled and kept anew
            continue
    return None


def places(name: str) -> Iterator[Path]:
    """Where a file may lie."""
    return (folder / state() / name for folder in folders())


def writable() -> bool:
    """Whether code can be kept: a folder for it is there, or has been made."""
    for folder in folders():
        try:
            (folder / state()).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder / state(), os.W_OK):
            return True
    return False


def keep(loop: str, types: tuple, code: bytes, entry: str, environment: str) -> bool:
    """Writes a loop's code; False where no folder can be written."""
    told = {"entry": entry, "environment": environment, "sha256": hashlib.sha256(code).hexdigest()}
    for path in places(file_of(loop, types)):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic(path, lasting=False) as file:
                file.write(json.dumps(told).encode() + b"\n" + code)
            return True
        except (OSError, FileError):
            continue
    return False
