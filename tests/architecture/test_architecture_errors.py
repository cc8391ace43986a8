"""Every `raise` of src/nabi: one of nabi's own errors with one string that says where, expected, got; or a listed builtin."""

import ast

import pytest

from architecture.tree import MODULES, PACKAGES, Module, called, definitions, found_in, module_from

BUILTINS = {
    "argparse.ArgumentError": "argparse's usage error, exit code 2",
    "argparse.ArgumentTypeError": "argparse's usage error, exit code 2",
    "ArgumentTypeError": "argparse's usage error, exit code 2",
    "AttributeError": "what Python's attribute protocol (__getattr__) must raise",
    "IndexError": "ends the iteration of a sequence protocol (__getitem__)",
    "KeyError": "what a mapping (__getitem__) must raise",
    "KeyboardInterrupt": "Ctrl-C, handed on",
    "StopIteration": "ends an iterator",
    "TypeError": "what Python's protocols (truth value, iteration, call signature) raise",
    "SystemExit": "the command line's exit code",
}


def family() -> set[str]:
    """Names of the classes under src that descend from NabiError."""
    bases = {node.name: {called(base).split(".")[-1] for base in node.bases} for node in every(ast.ClassDef)}
    found = {"NabiError"}
    while new := {name for name, parents in bases.items() if parents & found} - found:
        found |= new
    return found


def every(kind: type) -> list:
    """All definitions of a kind (ast.ClassDef or ast.FunctionDef) in src."""
    return [node for module in MODULES for _, node, _ in definitions(module) if isinstance(node, kind)]


FAMILY = family()
MAKERS = {node.name for node in every(ast.FunctionDef) if node.returns and called(node.returns).split(".")[-1] in FAMILY}


def branches(node: ast.expr) -> list[ast.expr]:
    """The sides of `a if c else b`, or the expression itself."""
    return [*branches(node.body), *branches(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def classes(module: Module, name: str) -> list[str]:
    """What a name may stand for: itself, or, for `kind = FileError if missing else ShapeError`, both of these."""
    assigned = [
        called(branch).split(".")[-1]
        for node in module.nodes
        if isinstance(node, ast.Assign) and [called(target) for target in node.targets] == [name]
        for branch in branches(node.value)
    ]
    return assigned if name.islower() and assigned else [name]


def faults(module: Module) -> list[str]:
    """What a module raises that it should not, one sentence each."""
    found = []
    raises = [node.exc for node in module.nodes if isinstance(node, ast.Raise) and node.exc]
    raised = [branch for exc in raises for branch in branches(exc)]
    for node in raised:
        is_call, dotted = isinstance(node, ast.Call), called(node)
        if not is_call and dotted.islower():  # `raise error`: caught before
            continue
        for name in classes(module, dotted.split(".")[-1]):
            if {name, dotted} & BUILTINS.keys() or name in MAKERS or name == "Unwritten":  # which makes its own sentence
                continue
            if name not in FAMILY:
                found.append(f"{module.at(node)}: raises {name or 'something unnamed'}: use a class of nabi.core.errors")
            elif not is_call or not node.args:
                found.append(f"{module.at(node)}: {name} without a message")
            else:
                found += [f"{module.at(node)}: {name}: {fault}" for fault in message_faults(node)]
    return found


def message_faults(call: ast.Call) -> list[str]:
    """Where, expected and got come together; a lone message is a sentence; each argument is one string, never a tuple."""
    arguments = [*call.args, *(word.value for word in call.keywords)]
    found = ["a tuple where a string belongs"] if any(isinstance(argument, ast.Tuple) for argument in call.args[:1]) else []
    words = {word.arg for word in call.keywords}
    if len(arguments) > 1 and len(call.args) < 3 and not {"expected", "got"} <= words and "remedy" not in words:
        found.append("expected and got belong together")
    text = call.args[0]
    if len(arguments) == 1 and isinstance(text, ast.Constant) and len(str(text.value).split()) < 5:
        found.append(f"{text.value!r} says too little: where, expected, got, remedy")
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_errors_are_nabis_own(package):
    assert found_in(package, faults) == []


@pytest.mark.parametrize(
    "line, complaint",
    [
        ("raise ValueError('units must be positive')", "raises ValueError"),
        ("raise NotImplementedError", "raises NotImplementedError"),
        ("raise ShapeError", "without a message"),
        ("kind = ShapeError if x else OSError\nraise kind('Dense', 4, 5)", "raises OSError"),
        ("raise ShapeError('bad shape')", "says too little"),
        ("raise ShapeError(('Dense', 'units'))", "a tuple"),
        ("raise ShapeError('Dense', 4)", "belong together"),
    ],
)
def test_a_wrong_raise_is_found(line, complaint):
    (fault,) = faults(module_from(line))
    assert complaint in fault


@pytest.mark.parametrize(
    "line",
    [
        "raise ShapeError('Dense', 'a number', 4, 'Say units=4.')",
        "raise StateError('Call compile before fit.', remedy='model.compile(...)')",
        "raise error",
        "raise error if x else FileError('a.npz', 'a file', 'a folder') from error",
        "raise",
        "raise Unwritten(self, 'call(self, x)')",
        "raise errors.DataError('x_train', 'no NaN', f'{n} of them')",
    ],
)
def test_a_right_raise_is_not_found(line):
    assert faults(module_from(line)) == []
