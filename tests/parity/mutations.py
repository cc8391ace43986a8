"""Mutations: formulas of nabi broken on purpose, one for each optimizer, layer, loss, ...; the harness must notice every one.

    w = w - lr * alpha * m / (sqrt(v) + epsilon)      becomes      w = w + lr * alpha * m / (sqrt(v) + epsilon)

    python tests/parity/mutations.py                            draws them anew and writes mutations.toml
    python tests/parity/mutations.py NAME tests/layers/...      runs tests under a mutation

A mutation swaps + and -, * and /, drops a sign or a term, changes a number, turns a comparison or a choice round, or puts another
function in a function's place; which one, a number drawn from the formula's name decides. Where a formula is a single call of
torch its result is changed by one percent. While a mutation holds, the function has other code, wherever it is referred to.
"""

import ast
import importlib
import inspect
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import reduce
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from random_pieces import Dice

FILE = Path(__file__).with_name("mutations.toml")
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
TURNED = {ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Lt: ast.GtE, ast.GtE: ast.Lt}
SWAPPED = {"max": "min", "min": "max", "amax": "amin", "maximum": "minimum", "minimum": "maximum", "sum": "mean", "mean": "sum",
           "sqrt": "square", "square": "abs", "abs": "square", "exp": "sin", "log": "sin", "sigmoid": "tanh", "tanh": "sigmoid",
           "log1p": "log", "sign": "tanh", "rsqrt": "sqrt"}


@dataclass(frozen=True)
class Mutation:
    """One line of one function, written otherwise."""

    target: str  # what the harness must have to notice it: a layer, an optimizer, ...
    function: str  # "nabi.optimizers.adam:Adam.formula"
    before: str
    after: str
    place: int = 0  # which of the lines that read so
    tests: str = ""  # tests that notice it, where Keras has no such thing

    @property
    def name(self) -> str:
        return f"{self.target}: {self.function.partition(':')[2]}"


def read() -> list[Mutation]:
    """The committed mutations."""
    return [Mutation(**entry) for entry in tomllib.loads(FILE.read_text())["mutation"]]


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


# Drawing -----------------------------------------------------------------------------------------------------------------

def drawn(target: str, functions: list[str], skipped: dict[str, str], tests: str = "") -> Mutation:
    """A mutation of one of these functions."""
    dice = Dice(f"mutation of {target}")
    known = [Mutation(target, path, *lines, tests) for path in functions for lines in changes(found(path))]
    known = [m for m in known if m.after not in skipped]
    if not known:
        known = [Mutation(target, path, *lines, tests) for path in functions for lines in hundredths(found(path))]
    return dice.choice(known)


def changes(function: FunctionType) -> list[tuple[str, str, int]]:
    """All mutations of a function: line before, after, and which of the lines that read so."""
    source = written(function)
    tree = ast.parse(source).body[0]
    assert isinstance(tree, ast.FunctionDef)
    lines, made = source.splitlines(), []
    for node in (node for statement in tree.body for node in computing(statement)):
        for other in others(node):
            line, begin, end = lines[node.lineno - 1], node.col_offset, node.end_col_offset
            if node.lineno != node.end_lineno:
                continue
            wide = isinstance(node, (ast.BinOp, ast.Compare, ast.IfExp, ast.UnaryOp))
            text = f"({ast.unparse(other)})" if wide else ast.unparse(other)
            made.append(placed(lines, node.lineno - 1, line[:begin] + text + line[end:]))
    return made


def computing(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement, without texts and errors."""
    if isinstance(node, (ast.Raise, ast.JoinedStr, ast.ExceptHandler)) or isinstance(node, ast.Assign) and any(
            isinstance(part, ast.JoinedStr) for part in ast.walk(node)):
        return
    yield node
    for part in ast.iter_child_nodes(node):
        yield from computing(part)


def placed(lines: list[str], i: int, after: str) -> tuple[str, str, int]:
    same = [k for k, line in enumerate(lines) if line.strip() == lines[i].strip()]
    return lines[i].strip(), after.strip(), same.index(i)


def others(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in a node's place."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not of_sequences(node):
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            yield node.left
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield ast.Constant(round(node.value * 1.25 + 0.01, 4))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in TURNED:
        yield ast.Compare(node.left, [TURNED[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SWAPPED:
        yield ast.Call(ast.Attribute(node.func.value, SWAPPED[node.func.attr]), node.args, node.keywords)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("sqrt", "maximum", "sign"):
        yield node.args[0]


def of_sequences(node: ast.BinOp) -> bool:
    """Whether texts, tuples or lists are put together."""
    return any(isinstance(part, (ast.Tuple, ast.List, ast.JoinedStr)) or isinstance(getattr(part, "value", 0), str)
               for part in (node.left, node.right))


def hundredths(function: FunctionType) -> list[tuple[str, str, int]]:
    """Each of its one-line results, one percent larger."""
    source = written(function)
    lines, made = source.splitlines(), []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Return) and node.value is not None and node.lineno == node.end_lineno:
            made.append(placed(lines, node.lineno - 1, f"return 1.01 * ({ast.unparse(node.value)})"))
    return made


def write(mutations: list[Mutation]) -> None:
    """mutations.toml."""
    def quoted(value: Any) -> str:
        return str(value) if isinstance(value, int) else "'" + value + "'" if "'" not in value else '"' + value.replace(
            "\\", "\\\\").replace('"', '\\"') + '"'

    head = "# Formulas of nabi, broken on purpose; drawn by mutations.py. What notices each stands in FIGURES.md.\n"
    tables = [{key: value for key, value in asdict(m).items() if value not in ("", 0)} for m in mutations]
    blocks = ["\n".join(["[[mutation]]", *(f"{key} = {quoted(value)}" for key, value in one.items())]) for one in tables]
    FILE.write_text(head + "\n" + "\n\n".join(blocks) + "\n")


def run(name: str, tests: list[str]) -> int:
    """pytest's exit code under a mutation."""
    import pytest

    with holding(next(m for m in read() if m.name == name)):
        return int(pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]))


def noticed_by_tests(mutation: Mutation) -> bool:
    """Whether its tests fail, in a process of their own."""
    done = subprocess.run([sys.executable, __file__, mutation.name, *mutation.tests.split()], capture_output=True, text=True,
                          cwd=FILE.parents[2], check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(run(sys.argv[1], sys.argv[2:]))
    from mutation_targets import all_of_them

    write(all_of_them())
