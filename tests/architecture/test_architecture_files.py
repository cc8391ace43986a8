"""Each file by itself: its length, its docstrings, and what no file of the project contains."""

import ast
import re
from collections import Counter

import pytest

from architecture.tree import MODULES, PACKAGES, PROJECT, Module, called, definitions, found_in, imports, module_from

MAX_LINES = 400
MAX_SAME = 3  # a docstring that stands at more places than this is a ritual
TEXTS = sorted(path for folder in ("src", "tests", "examples", "benchmarks") for path in (PROJECT / folder).rglob("*.py"))

FILLER = set(
    "a an and as at base build builds call calls called class compute computes config configuration constructor create creates "
    "do does for forward from function get gets given helper implement implements implementation in init initialise initialises "
    "initialize initializes into is it its layer method module nabi new object of on or pass perform performs return returns run "
    "runs self set sets some that the this to utility value values with".split()
)
UNSAFE_IMPORTS = {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "_pickle"}
UNSAFE_CALLS = {"eval", "exec", "__import__", "torch.load", "yaml.load"}
IMPORTS_BY_NAME = {"nabi", "nabi.core.registry", "nabi.as_keras.names.modules",
                   "nabi.as_keras.libraries.old_libraries"}  # from tables of ours
MARKERS = re.compile(r"#.*\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.\-/])/(work|home|root|Users|tmp)/")
SILENCED = re.compile(r"mark\.(skip|skipif|xfail)|pytest\.(skip|xfail|importorskip)\(")
MAY_SKIP = {"tests/conftest.py", "tests/datasets/test_datasets_mnist.py",  # where data are absent
            "tests/scripts/test_scripts.py"}  # where no real Keras 2 is named


def words(text: str) -> set[str]:
    """Content words of a name or sentence: split at case, underscores and signs, plural s cut, fillers left out."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+", text)
    return {part.lower().rstrip("s") for part in parts if part.lower() not in FILLER}


def says_nothing(name: str, docstring: str) -> bool:
    """Does the docstring only repeat the name, or filler ("Forward pass.")?"""
    return words(docstring) <= words(name)


def docstring_faults(module: Module) -> list[str]:
    """Missing and empty docstrings; methods may go without one, but not with an empty one."""
    found = []
    text = ast.get_docstring(module.tree)
    if text is None:
        found.append(f"{module.name}: no docstring at the head of the file")
    elif says_nothing(module.name.split(".")[-1], text):
        found.append(f"{module.name}: the docstring only repeats the name: {text!r}")
    for name, node, is_method in definitions(module):
        text = ast.get_docstring(node)
        if text is None:
            if not is_method and not name.startswith("_"):
                found.append(f"{module.at(node)}: {name} has no docstring")
        elif says_nothing(name, text):
            found.append(f"{module.at(node)}: {name}: the docstring only repeats the name: {text!r}")
    return found


def broad(kind: ast.expr | None) -> bool:
    """Does `except <kind>` catch everything?"""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(one is None or called(one) in ("Exception", "BaseException") for one in kinds)


def named_by_us(argument: ast.expr) -> bool:
    """Is the module's name written in the source, or an f-string that begins with "nabi."?"""
    first = argument.values[0] if isinstance(argument, ast.JoinedStr) else argument
    return isinstance(first, ast.Constant) and (first is argument or str(first.value).startswith("nabi."))


def safety_faults(module: Module) -> list[str]:
    """Pickles, code from strings, swallowed exceptions, imports by a computed name."""
    found = [
        f"{module.at(node)}: imports {dotted}" for node, dotted in imports(module) if dotted.split(".")[0] in UNSAFE_IMPORTS
    ]
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and broad(node.type) and not any(isinstance(n, ast.Raise) for n in ast.walk(node)):
            found.append(f"{module.at(node)}: catches every exception and does not raise it again")
        if not isinstance(node, ast.Call):
            continue
        name, keywords = called(node), {word.arg: word.value for word in node.keywords}
        plain = name == "torch.load" and getattr(keywords.get("weights_only"), "value", None) is True
        if name in UNSAFE_CALLS and not plain:
            found.append(f"{module.at(node)}: calls {name}")
        if name.endswith("suppress") and any(broad(argument) for argument in node.args):
            found.append(f"{module.at(node)}: suppresses every exception")
        if "allow_pickle" in keywords and getattr(keywords["allow_pickle"], "value", True) is not False:
            found.append(f"{module.at(node)}: allow_pickle")
        if name.endswith("import_module") and not named_by_us(node.args[0]) and module.name not in IMPORTS_BY_NAME:
            found.append(f"{module.at(node)}: imports a module by a computed name")
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_docstrings_say_something(package):
    assert found_in(package, docstring_faults) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_unsafe_and_nothing_swallowed(package):
    assert found_in(package, safety_faults) == []


@pytest.mark.parametrize("folder", sorted({path.parent for path in TEXTS}), ids=lambda folder: str(folder.relative_to(PROJECT)))
def test_a_file_is_short_and_finished(folder):
    for path in (path for path in TEXTS if path.parent == folder):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= MAX_LINES, f"{path.name}: {len(lines)} lines: one concept, one file"
        for number, line in enumerate(lines, 1):
            where = f"{path.name}:{number}: {line.strip()}"
            assert not MARKERS.search(line), where
            assert not MACHINE_PATHS.search(line) or path.name == "test_architecture_files.py", where


def test_no_sentence_is_a_ritual():
    first_lines = Counter(
        text.splitlines()[0] for module in MODULES for _, node, _ in definitions(module) if (text := ast.get_docstring(node))
    )
    assert {line: count for line, count in first_lines.items() if count > MAX_SAME} == {}


def test_no_test_is_silenced():
    ours = [path for path in TEXTS if path.is_relative_to(PROJECT / "tests") and path.parent.name != "architecture"]
    silenced = {str(path.relative_to(PROJECT)) for path in ours if SILENCED.search(path.read_text(encoding="utf-8"))}
    assert silenced <= MAY_SKIP


def test_test_files_have_one_name_each():
    names = Counter(path.name for path in TEXTS if path.name.startswith("test_"))
    assert {name: count for name, count in names.items() if count > 1} == {}


@pytest.mark.parametrize(
    "name, docstring",
    [
        ("call", "Forward pass."),
        ("Dense", "Dense layer."),
        ("__init__", "Initialize."),
        ("get_config", "Returns the config."),
        ("losses", "Losses"),
    ],
)
def test_a_ritual_docstring_is_found(name, docstring):
    assert says_nothing(name, docstring)


@pytest.mark.parametrize(
    "name, docstring", [("Dense", "Fully connected layer: y = a(x W + b)."), ("names", "All names of a kind, sorted.")]
)
def test_a_real_docstring_is_not(name, docstring):
    assert not says_nothing(name, docstring)


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from cloudpickle import loads",
        "eval('1 + 1')",
        "exec(text)",
        "__import__(name)",
        "torch.load(path)",
        "torch.load(path, weights_only=safe)",
        "np.load(path, allow_pickle=True)",
        "importlib.import_module(config['module'])",
        "importlib.import_module(f'{config}.layers')",
        "try:\n    f()\nexcept Exception:\n    pass",
        "try:\n    f()\nexcept:\n    log()",
        "try:\n    f()\nexcept (OSError, Exception) as error:\n    print(error)",
        "with contextlib.suppress(Exception):\n    f()",
    ],
)
def test_unsafe_code_is_found(code):
    assert len(safety_faults(module_from(code))) == 1


def test_safe_code_is_not_found():
    code = "importlib.import_module(f'nabi.{name}')\nnp.load(path, allow_pickle=False)\nmodel.eval()\n"
    code += "torch.load(path, weights_only=True)\n"
    code += "try:\n    f()\nexcept Exception:\n    undo()\n    raise\n"
    assert safety_faults(module_from(code)) == []
    assert len(docstring_faults(module_from("def f():\n    return 1\n"))) == 2
