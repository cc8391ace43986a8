"""Mutation drawing: which functions hold the formulas of each layer, optimizer, loss, ..., and how one line of them is changed.

    python tests/parity/mutation_drawing.py      draws them all and writes mutations.toml

A mutation swaps + and -, * and /, drops a sign or a term, changes a number, turns a comparison or a choice round, or puts another
function in a function's place; which one, a number drawn from the target's name decides. Where a formula is a single call of
torch its result is changed by one percent.
"""

import ast
import inspect
import json
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from mutations import FILE, Mutation, found, written
from random_pieces import Dice

from nabi.core.registry import TABLE, names

METHODS = ("call", "linear", "pool", "step", "project", "recur", "loop", "cuts", "mask_shape", "origins", "distances", "draws",
           "varied", "moments", "slide", "padded", "pads", "desired", "place", "numbers", "formula", "mu", "first_bias")
BASES = {"Layer", "Weighted", "Piece", "Adding", "Loss", "Optimizer", "Schedule", "Initializer", "Regularizer", "Constraint"}
BESIDES = {
    "Conv2DTranspose": ["nabi.layers.transposed:cut"], "Conv1DTranspose": ["nabi.layers.transposed:cut"],
    "Dot": ["nabi.layers.unit_normalization:of_length_1"], "UnitNormalization": ["nabi.layers.unit_normalization:of_length_1"],
    "RMSprop": [
        f"nabi.optimizers.rmsprop:{name}" for name in ("with_momentum", "centered", "centered_with_momentum")],
    **{name: [f"nabi.layers.{path}"] for name, path in (
        ("RandomShear", "shear:sheared"), ("RandomHue", "hue:turned"), ("RandomSaturation", "hue:saturated"),
        ("RandomContrast", "lighting:contrasted"), ("RandomBrightness", "lighting:brightened"), ("RandomErasing", "erasing:box"),
        ("RandomPosterization", "posterization:posterized"), ("RandomSharpness", "sharpness:sharpened"),
        ("Solarization", "inverting:solarized"), ("AutoContrast", "histogram:stretched"),
        ("Equalization", "histogram:equalized"), ("RandomColorDegeneration", "grey:grey"), ("RandomGaussianBlur", "blur:bell"),
        ("CutMix", "mixing:blended"))},
    "Resizing": ["nabi.layers.resizing:framed", "nabi.layers.crop:middle"],
}
ALONE = {  # instead of their methods
    "ReLU": ["nabi.activations.relu:relu"],
}
OPTIONS = {f"option {name}": [f"nabi.optimizers.{path}"] for name, path in (
    ("clipnorm", "clip:clip_norm"), ("global_clipnorm", "clip:clip_global_norm"), ("clipvalue", "clip:clip_value"),
    ("use_ema", "optimizer:Optimizer._average"), ("gradient_accumulation_steps", "optimizer:Optimizer._gather"),
    ("weight_decay", "optimizer:Optimizer._step"))}
EMPTY = ("InputLayer", "Functional", "Sequential", "Model", "Operation", "relu")  # networks; relu is ReLU's formula
NO_MUTATION = {  # lines, before or after, that change nothing, and why
    "key = running.draw(self) if training and self.random else None": "dropout in training: random",
    "return z if b is None else z + b": "dropout in training: random",
    "if y.ndim < p.ndim - 1 and y.numel() * p.shape[axis] == p.numel():  # a decoder's single step": "tests/losses",
    "x = x.unsqueeze((2 * axis - 2))": "the same axis, of three",
    "rows = v.flatten(2) if v.ndim > 2 else v  # (N, C, places)": "torch crashes",
    "factor = (limit / norm.clamp(min=limit) - (norm - norm))": "the term is 0, or NaN",
}
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
TURNED = {ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Lt: ast.GtE, ast.GtE: ast.Lt}
SWAPPED = {"max": "min", "min": "max", "amax": "amin", "maximum": "minimum", "minimum": "maximum", "sum": "mean", "mean": "sum",
           "sqrt": "square", "square": "abs", "abs": "square", "exp": "sin", "log": "sin", "sigmoid": "tanh", "tanh": "sigmoid",
           "log1p": "log", "sign": "tanh", "rsqrt": "sqrt"}


def targets() -> dict[str, list[str]]:
    """Each class that computes and each option of all optimizers, and the functions that hold its formulas."""
    kinds = ("layer", "optimizer", "schedule", "loss", "regularizer", "constraint", "activation")
    classes = {f"{kind} {cls.__name__}": formulas(kind, cls) for kind in kinds for cls in registered(kind)
               if cls.__name__ not in {*BASES, *EMPTY}}
    return {**classes, **OPTIONS}


def registered(kind: str) -> list:
    """nabi's own classes, or functions, of a kind, in order of their names."""
    things: set[Any] = {TABLE[kind][name] for name in names(kind)}
    if kind != "activation":
        things = {cls for cls in things if inspect.isclass(cls)}
    return sorted((thing for thing in things if thing.__module__.startswith("nabi.")), key=lambda thing: thing.__name__)


def formulas(kind: str, cls: type) -> list[str]:
    """The functions of a class, and of its bases, that compute."""
    if cls.__name__ in ALONE or kind == "activation":
        return ALONE.get(cls.__name__) or [f"{cls.__module__}:{cls.__name__}"]
    if kind == "loss":  # the function beside the class
        module = inspect.getmodule(cls)
        return [next(f"{cls.__module__}:{name}" for name in TABLE["loss"] if TABLE["loss"][name] is cls
                     and hasattr(module, name) and name.islower())]
    made = []
    for base in cls.__mro__:
        if base.__module__.startswith("nabi.") and base.__name__ not in BASES:
            methods = [*METHODS, *["__call__"] * (kind not in ("layer", "optimizer"))]
            made += [f"{base.__module__}:{base.__qualname__}.{name}" for name in methods if name in vars(base)]
    return made + BESIDES.get(cls.__name__, [])


def drawn(target: str, functions: list[str]) -> Mutation:
    """A mutation of one of these functions."""
    known = [Mutation(target, path, *lines) for path in functions for lines in changes(found(path))
             if not {*lines} & {*NO_MUTATION}]
    known = known or [Mutation(target, path, *lines) for path in functions for lines in hundredths(found(path))]
    return Dice(f"mutation of {target}").choice(known)


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


def computing(node: ast.AST) -> Iterator[Any]:
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
    lines = [json.dumps(m.target) + " = " + json.dumps([m.function, m.before, m.after, *[m.place] * (m.place > 0)])
             for m in mutations]
    FILE.write_text("\n".join(["# Formulas of nabi, broken on purpose: target = [function, line, instead]; drawn by mutations.py",
                               *lines, ""]))


if __name__ == "__main__":
    write([drawn(target, functions) for target, functions in targets().items()])
