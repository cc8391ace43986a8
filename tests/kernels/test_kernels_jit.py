"""Whether fused kernels run: what decides it, in processes of their own."""

import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys

import pytest
import torch

from nabi.core.errors import ArgumentError
from nabi.core.random import Key
from nabi.kernels import available, dropout, jit, using, why_not

SOURCE = pathlib.Path(jit.__file__).parents[2]

WORK = """
import torch
from nabi.core.random import Key
from nabi.kernels import dropout, why_not, available
y = dropout(torch.ones(1000), 0.25, Key(1, 2, 3))
print(int((y == 0).sum()), available(), why_not(), sep="|")
"""


def run(code, **environment):
    """The lines printed by a fresh process; source folders come first on its path."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "NABI"))} | {
        "PYTHONPATH": str(SOURCE), "OMP_NUM_THREADS": "2", **environment
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def dropped():
    """The number of dropped elements that every form must agree on."""
    return int((dropout(torch.ones(1000), 0.25, Key(1, 2, 3)) == 0).sum())


def test_here_they_run():
    assert available() and why_not() == ""


def test_using():
    x = torch.zeros(3)
    assert jit.fused(x)
    with using("plain"):
        assert not jit.fused(x)
        with using("auto"):
            assert jit.fused(x)
        assert not jit.fused(x)
    assert jit.fused(x) and not jit.fused(x, torch.zeros(3, device="meta"))
    with pytest.raises(ArgumentError, match=r"using\(mode\): expected 'plain' or 'auto', got 'fast'"), using("fast"):
        pass


def test_the_environment_asks_for_plain(monkeypatch):
    monkeypatch.setenv("NABI_KERNELS", "plain")
    assert jit._probe() == "NABI_KERNELS=plain asks for plain torch"


@pytest.mark.learn
def test_a_process_that_asks_for_plain():
    assert run(WORK, NABI_KERNELS="plain") == [f"{dropped()}|False|NABI_KERNELS=plain asks for plain torch"]


def test_kernels_follow_torchs_threads_and_leave_the_users_own(monkeypatch):
    threads, set_threads = jit.pool()
    woken, before = [], threads()
    monkeypatch.setattr(jit, "pool", lambda: (threads, lambda n: (woken.append(n), set_threads(n))))
    assert torch.get_num_threads() == 2
    for count, elements in ((1, 100_000), (2, 100_000), (2, 1000)):
        torch.set_num_threads(count)
        set_threads(3)
        dropout(torch.ones(elements), 0.5, Key(0, 0, 0))
        assert woken[-1] == threads() == 3 and torch.get_num_threads() == count
    assert woken[::2] == [1, 2, 1]
    set_threads(before)


def test_without_numba_or_its_compiler(monkeypatch):
    from numba.core import config

    monkeypatch.setattr(config, "DISABLE_JIT", 1)
    assert jit._probe() == "NUMBA_DISABLE_JIT switches Numba's compiler off"  # Numba has been imported
    monkeypatch.setitem(sys.modules, "numba", None)
    assert jit._probe().startswith("Numba cannot be imported (")


@pytest.mark.learn
def test_numba_on_other_threads():
    """A program that has already started Numba on another threading layer keeps it, and gets plain kernels."""
    start = "import numba; numba.config.THREADING_LAYER = 'workqueue'; numba.set_num_threads(1)"
    (line,) = run(start + WORK)
    assert line.startswith(f"{dropped()}|False|Numba already runs its threads on 'workqueue'")


@pytest.mark.learn
def test_a_forked_child_runs_plain_on_one_thread():
    code = WORK + """
import os
child = os.fork()
if child == 0:
    y = dropout(torch.ones(1000), 0.25, Key(1, 2, 3))
    torch.randn(500, 500) @ torch.randn(500, 500)
    print(int((y == 0).sum()), available(), why_not(), torch.get_num_threads(), sep="|", flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(available(), torch.get_num_threads())
"""
    lines = run(code, PYTHONUNBUFFERED="1")
    assert lines[0] == f"{dropped()}|True|"
    assert lines[1].startswith(f"{dropped()}|False|this process is a forked child") and lines[1].endswith("|1")
    assert lines[2] == "True 2"


@pytest.mark.learn
def test_a_spawned_child_runs_fused():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(available)
        y = pool.apply(dropout, (torch.ones(1000), 0.25, Key(1, 2, 3)))
    assert torch.equal(y, dropout(torch.ones(1000), 0.25, Key(1, 2, 3)))


FORMULA = """
RATE = {rate}
def formula(w, g, v, lr):
    v = v + RATE * g
    return w - lr * v, v
"""
UPDATE = """
import sys
import torch
from nabi.kernels import update
w, v = torch.ones(8), torch.zeros(8)
update("test", formula, w, torch.ones(8), (v,), (0.5,))
print(float(w[0]), "numba" in sys.modules)
"""


@pytest.mark.learn
def test_a_second_process_finds_the_compiled_formula(tmp_path):
    """Though the module that it came from is gone; and with another constant it is another formula."""
    module, cache = tmp_path / "elsewhere.py", {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    module.write_text(FORMULA.replace("{rate}", "1.0"))
    path = os.pathsep.join((str(SOURCE), str(tmp_path)))
    assert run("from elsewhere import formula" + UPDATE, PYTHONPATH=path, **cache) == ["0.5 True"]
    assert run(FORMULA.replace("{rate}", "1.0") + UPDATE, **cache) == ["0.5 False"]
    assert run(FORMULA.replace("{rate}", "3.0") + UPDATE, **cache) == ["-0.5 True"]


@pytest.mark.learn
def test_compiling_is_said_once_a_process_and_not_again(tmp_path):
    """Two kernels are compiled in the first process, none in the second; another dtype's is compiled in the third."""
    code = WORK + "from nabi.kernels import relu_pool_dropout\nrelu_pool_dropout(torch.ones(1, 2, 2, 1))"
    cache = {"NUMBA_CACHE_DIR": str(tmp_path)}
    other = code.replace("(1, 2, 2, 1)", "(1, 2, 2, 1, dtype=torch.bfloat16)")
    said = [run("import sys; sys.stderr = sys.stdout\n" + work, **cache) for work in (code, code, other)]
    line = "nabi compiles kernels that are new to this machine, and keeps them; that takes a few seconds."
    assert [lines.count(line) for lines in said] == [1, 0, 1]


@pytest.mark.learn
def test_no_folder_for_the_cache(tmp_path):
    """Package and home cannot be written: compiled in memory."""
    package = tmp_path / "nabi"
    for part in ("core", "kernels"):
        shutil.copytree(SOURCE / "nabi" / part, package / part, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").write_text("")
    (package / "kernels" / "fused" / "__pycache__").write_text("a file where the folder should be")
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    home = {"HOME": str(blocked), "XDG_CACHE_HOME": str(blocked), "PYTHONDONTWRITEBYTECODE": "1"}
    assert run(WORK, PYTHONPATH=str(tmp_path), **home) == [f"{dropped()}|True|"]


@pytest.mark.learn
def test_a_full_disk_for_the_cache(tmp_path):
    code = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"
    assert run(code + WORK, NUMBA_CACHE_DIR=str(tmp_path), PYTHONDONTWRITEBYTECODE="1") == [f"{dropped()}|True|"]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
