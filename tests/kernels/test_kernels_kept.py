"""Machine code kept on disk: the bits of what Numba compiled, without Numba; damaged files, other systems."""

import numba
import numpy as np
import pytest

from kernels.test_kernels_jit import WORK, dropped, run
from nabi.core.errors import FileError
from nabi.kernels import formulas, jit, kept
from nabi.kernels.compiling import compile_and_run

LOOPS = """
import hashlib, sys, torch
from nabi.core.random import Key
from nabi.kernels import available, batch_norm, dropout, relu_average_dropout, relu_pool_dropout, softmax_crossentropy, update
from nabi.kernels import pictures, uniform
assert available()
x = uniform(Key(1, 1, 1), (40, 8, 8, 64)) * 2 - 1
x.requires_grad_()
told = hashlib.sha256()
def tell(*tensors):
    for t in tensors:
        told.update(t.detach().contiguous().view(torch.uint8).numpy().tobytes())
for y in (dropout(x, 0.25, Key(1, 2, 3)), relu_pool_dropout(x, (2, 2), 0.5, Key(1, 2, 4)), relu_average_dropout(x, (2, 2)),
          relu_pool_dropout(x.to(torch.bfloat16)), batch_norm(x, slope=0.0)[0]):
    tell(y, *torch.autograd.grad(y.float().square().sum(), x))
z = uniform(Key(2, 2, 2), (32, 10)).requires_grad_()
loss = softmax_crossentropy(z, torch.arange(32) % 10)
tell(*(t for t in (loss if isinstance(loss, tuple) else (loss,)) if isinstance(t, torch.Tensor)))
w, m, v = torch.ones(70000), torch.zeros(70000), torch.zeros(70000)
def formula(w, g, m, v, lr, b):
    m, v = b * m + (1 - b) * g, b * v + (1 - b) * g * g
    return w - lr * m / (v ** 0.5 + 1e-7), m, v
update("own", formula, w, x.detach().flatten()[:70000], (m, v), (0.1, 0.9))
tell(w, m, v)
print(told.hexdigest(), "numba" in sys.modules)
"""


def test_types_of_arguments():
    """Whatever the machine code depends on tells two calls apart; numbers and sizes do not."""
    a, frozen = np.zeros((4, 4), np.float32), np.zeros((4, 4), np.float32)
    frozen.flags.writeable = False
    different = [(a,), (a.astype("f8"),), (a.T,), (a[:, ::2],), (a[0],), (frozen,), (a, None), (a, 1), (a, 1.0), (a, True),
                 (a, a), (a, (1.0,)), (a, (1.0, 1)), (a, np.float32(1)), (a, np.uint32(1))]
    assert len({jit.types_of(args) for args in different}) == len(different)
    assert jit.types_of((a, 1, (2.0,))) == jit.types_of((np.ones((8, 2), np.float32), 7, (3.0,)))
    names = {kept.file_of("loop", jit.types_of(args)) for args in different}
    assert len(names) == len(different)


@pytest.mark.learn
def test_kept_code_gives_the_same_bits_without_numba(tmp_path):
    cache = {"NUMBA_CACHE_DIR": str(tmp_path)}
    ((compiled, numba),) = (line.split() for line in run(LOOPS, **cache))
    assert numba == "True" and len(list(tmp_path.rglob("*.o"))) > 10
    assert run(LOOPS, **cache) == [f"{compiled} False"]
    assert run(LOOPS, OMP_NUM_THREADS="1", **cache) == [f"{compiled} False"]


def test_damaged_code_is_not_run(tmp_path, monkeypatch):
    x, y = np.ones(8, np.float32), np.array([1, 0] * 4, np.float32)
    jit.load("relu").mask(x, y)  # kept now, if it was not
    types = jit.types_of((x, y))
    path = next(path for path in kept.places(kept.file_of("relu.mask", types)) if path.exists())
    content = path.read_bytes()
    head, _, code = content.partition(b"\n")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    (copy,) = kept.places(kept.file_of("relu.mask", types))
    copy.parent.mkdir()
    assert kept.find("relu.mask", types) is None
    for damaged in (b"", content[: len(content) // 2], head + b"\n" + code[:500] + bytes([code[500] ^ 1]) + code[501:], code,
                    b"[]\n" + code, b"{}\n", b"\xff\n" + code, content.replace(b"_ZN", b"_ZX", 1)):
        copy.write_bytes(damaged)
        assert kept.find("relu.mask", types) is None
    copy.write_bytes(content)
    kept.find("relu.mask", types)(x, y)
    assert x.tolist() == [1, 0] * 4
    assert kept.find("relu.mask", jit.types_of((x.astype("f8"), y))) is None


def test_the_linker_is_told_the_helpers_once(monkeypatch):
    x, y = np.ones(8, np.float32), np.array([1, 0] * 4, np.float32)
    jit.load("relu").mask(x, y)  # kept now, and the linker has begun
    monkeypatch.setattr("llvmlite.binding.JITLibraryBuilder.import_symbol", None)
    kept.find("relu.mask", jit.types_of((x, y)))(x, y)
    assert x.tolist() == [1, 0] * 4


@pytest.mark.learn
def test_where_kept_code_cannot_be_linked_numba_keeps_its_own(tmp_path):
    """As on a system for which LLVM has no linker, or with a Numba whose helpers have other names."""
    cache = {"NUMBA_CACHE_DIR": str(tmp_path)}
    for lost in ("kept.HELPERS = {'nowhere': ''}", "kept.Machine.__init__ = lambda self: None.missing"):
        assert run(f"import nabi.kernels.kept as kept\n{lost}\n{WORK}", **cache) == [f"{dropped()}|True|"]
        assert not list(tmp_path.rglob("*.o")) and list(tmp_path.rglob("*.nbc"))


@pytest.mark.learn
def test_numba_of_the_users_own_beside_kept_code(tmp_path):
    """A program that imports Numba after nabi has run: both run, each on its own threads, also where nabi then compiles."""
    work = WORK + """
import numba, numpy as np
@numba.njit(parallel=True)
def double(x):
    for i in numba.prange(x.size):
        x[i] *= 2
x = np.ones(100_000)
numba.set_num_threads(1)
double(x)
dropout(torch.ones(100_000, dtype=torch.bfloat16), 0.5, Key(1, 2, 3))
double(x)
print(x.min(), x.max(), numba.get_num_threads(), torch.get_num_threads())
"""
    cache = {"NUMBA_CACHE_DIR": str(tmp_path)}
    run(WORK, **cache)
    assert run(work, **cache)[1] == "4.0 4.0 1 2"


def test_extension_modules_are_found_by_their_path():
    assert kept.extension("_helperlib").c_helpers["gil_ensure"]
    with pytest.raises(FileError, match="expected Numba's extension module 'nowhere'"):
        kept.extension("nowhere")


def test_functions_inside_a_formula_are_told_by_what_they_do():
    """Not by their place in memory, which another process, or another formula, may have too."""
    def formula(text):
        scope = {}
        exec(f"def formula(w, g, lr):\n    h = lambda x: x * {text}\n    return w - lr * h(g)", scope)
        return scope["formula"]

    first, same, other = map(formulas.source, (formula("2.0"), formula("2.0"), formula("3.0")))
    assert first == same != other


@pytest.mark.learn
def test_what_another_thread_compiles_is_kept_under_its_own_types():
    """A loop over float64 is compiled while one over float32 is."""
    class Slow:
        def __init__(self, loop):
            self.loop, self.overloads, self.typeof_pyval = loop, loop.overloads, loop.typeof_pyval

        def __call__(self, *args):
            self.loop(*args)
            self.loop(*[a.astype("f8") for a in args])

    loop = jit.fused_module("relu").mask
    slow = Slow(numba.njit(loop.py_func))
    _, made = compile_and_run(slow, (np.ones(8, np.float32), np.ones(8, np.float32)))
    assert len(made) == 1 and len(slow.overloads) == 2 and "ArrayIfLi1" in made[0][1]
