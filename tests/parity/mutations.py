"""Mutations: formulas of nabi broken on purpose, one for each optimizer, layer, loss, ...; the tests must notice every one.

    w = w - lr * alpha * m / (sqrt(v) + epsilon)      becomes      w = w + lr * alpha * m / (sqrt(v) + epsilon)

    python tests/parity/mutations.py NAME tests/layers/...      runs tests under a mutation

While a mutation holds, the function has other code, wherever it is referred to. They stand in mutations.toml, and were drawn by
mutation_drawing.py.
"""

import importlib
import inspect
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from types import CodeType, FunctionType

FILE = Path(__file__).with_name("mutations.toml")


@dataclass(frozen=True)
class Mutation:
    """One line of one function, written otherwise."""

    target: str  # what a network must have to notice it: "layer Conv2D", "optimizer Adam", ...
    function: str  # "nabi.optimizers.adam:Adam.formula"
    before: str
    after: str
    place: int = 0  # which of the lines that read so


def read() -> list[Mutation]:
    """The committed mutations."""
    return [Mutation(target, *entry) for target, entry in tomllib.loads(FILE.read_text()).items()]


@contextmanager
def holding(mutation: Mutation) -> Iterator[None]:
    """The function computes something else within the block."""
    function = found(mutation.function)
    kept = function.__code__
    function.__code__ = broken(function, mutation)
    try:
        yield
    finally:
        function.__code__ = kept


def found(path: str) -> FunctionType:
    """The function behind "module:Class.name"."""
    module, _, name = path.partition(":")
    *owners, last = name.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    thing = vars(owner)[last] if inspect.isclass(owner) else getattr(owner, last)
    return inspect.unwrap(getattr(thing, "__func__", getattr(thing, "fget", thing)))


def written(function: FunctionType) -> str:
    """Its source, without decorators."""
    source = textwrap.dedent(inspect.getsource(function))
    return source[source.index("def "):] if not source.startswith("def ") else source


def broken(function: FunctionType, mutation: Mutation) -> CodeType:
    """The function's code with the line exchanged."""
    lines = written(function).splitlines()
    places = [i for i, line in enumerate(lines) if line.strip() == mutation.before]
    assert len(places) > mutation.place, f"{mutation.function} has no line {mutation.before!r}: draw the mutations anew"
    i = places[mutation.place]
    lines[i] = lines[i].replace(mutation.before, mutation.after)
    return compiled("\n".join(lines), function)


def compiled(source: str, function: FunctionType) -> CodeType:
    """The code of a function with this source, with the free variables of the one it stands for."""
    free = function.__code__.co_freevars
    around = f"def around({', '.join(free)}):\n{textwrap.indent(source, '    ')}\n    return {function.__name__}"
    outer = compile(around, "<mutation>", "exec").co_consts[0]
    made = next(c for c in outer.co_consts if isinstance(c, CodeType) and c.co_name == function.__name__)
    assert made.co_freevars == free, function
    return made


def run(target: str, tests: list[str]) -> int:
    """pytest's exit code under a mutation."""
    import pytest

    with holding(next(m for m in read() if m.target == target)):
        return int(pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]))


def noticed_by_tests(mutation: Mutation, tests: str) -> bool:
    """Whether these tests fail, in a process of their own."""
    done = subprocess.run([sys.executable, __file__, mutation.target, *tests.split()], capture_output=True, text=True,
                          cwd=FILE.parents[2], check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
