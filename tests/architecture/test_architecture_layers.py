"""Every import of src/nabi held against the layering table: down only, never sideways, nothing undeclared."""

import functools
import graphlib
import sys
import tomllib

import pytest

from architecture.tree import MODULES, PACKAGES, PROJECT, SOURCE, Module, found_in, imports, module_from

TABLE = tomllib.loads((PROJECT / "tests/architecture/layering.toml").read_text(encoding="utf-8"))
LEVEL = {package: level for level, packages in enumerate(TABLE["levels"]) for package in packages}
DISTRIBUTION = {"PIL": "pillow", "cv2": "opencv-python-headless", "sklearn": "scikit-learn"}  # import -> name in pyproject
OPTIONAL = {"IPython": "notebook progress: there when a notebook runs us"}


@functools.cache
def declared() -> set[str]:
    """Names of the distributions that pyproject.toml lists, extras included, tests and tools not."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = project["dependencies"] + [line for extra in extras if extra not in ("test", "dev", "all") for line in extras[extra]]
    return {line.split(">")[0].split("=")[0].split("[")[0].strip() for line in wanted}


def package_of(dotted: str) -> str:
    """`nabi.layers.Dense` -> "layers"; `nabi.__version__` or `nabi.config` is the root's own."""
    name = dotted.split(".")[1] if "." in dotted else "nabi"
    return name if name in LEVEL else "nabi"


def faults(module: Module) -> list[str]:
    """What a module imports against the table, one sentence each."""
    here, found = module.package, []
    if here not in LEVEL:
        return [f"{module.name}: package '{here}' is not in layering.toml"]
    forbidden = {*TABLE["forbidden"]["*"], *TABLE["forbidden"].get(here, [])}
    for node, dotted in imports(module):
        top = dotted.split(".")[0]
        if top == "nabi":
            there = package_of(dotted)
            if there == here:
                continue
            if LEVEL[there] >= LEVEL[here]:
                found.append(f"{module.at(node)}: {here} (level {LEVEL[here]}) imports {there} (level {LEVEL[there]})")
            elif there not in TABLE["only"].get(here, [there]):
                found.append(f"{module.at(node)}: {here} may import {', '.join(TABLE['only'][here])} only, not {there}")
        elif top in forbidden:
            found.append(f"{module.at(node)}: {here} must not import {top}")
        elif top not in sys.stdlib_module_names and DISTRIBUTION.get(top, top) not in declared() and top not in OPTIONAL:
            found.append(f"{module.at(node)}: {top} is not a dependency in pyproject.toml")
    return found


def cycles(modules: list[Module]) -> list[list[str]]:
    """Circles of modules that import each other, also through imports inside functions; one for each edge that closes one."""
    known = {module.name for module in modules}
    graph: dict[str, set[str]] = {module.name: set() for module in modules}
    for module in modules:
        for _, dotted in imports(module):
            while dotted and dotted not in known:
                dotted = dotted.rpartition(".")[0]
            graph[module.name] |= {dotted} - {"", module.name}
    found = []
    while True:
        try:
            graphlib.TopologicalSorter(graph).prepare()
            return found
        except graphlib.CycleError as error:
            circle = error.args[1]  # each module is imported by the next one
            found.append(circle)
            graph[circle[1]].remove(circle[0])


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_down(package):
    assert found_in(package, faults) == []


def test_every_folder_is_in_the_table():
    folders = {path.parent.relative_to(SOURCE / "nabi").parts[0] for path in (SOURCE / "nabi").glob("*/**/*.py")}
    assert folders <= set(LEVEL)


def test_every_dependency_is_used():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    used = {DISTRIBUTION.get(dotted.split(".")[0], dotted.split(".")[0]) for module in MODULES for _, dotted in imports(module)}
    assert {line.split(">")[0] for line in project["dependencies"]} <= used


def test_no_circle_of_imports():
    assert cycles(MODULES) == []


def test_a_circle_is_found():
    first = module_from("from nabi.layers.second import b", "nabi.layers.first")
    second = module_from("def f():\n    from nabi.layers import first", "nabi.layers.second")
    assert len(cycles([first, second])) == 1
    assert cycles([first, module_from("import torch", "nabi.layers.second")]) == []


@pytest.mark.parametrize(
    "line, complaint",
    [
        ("from nabi.training import loop", "imports training (level 6)"),
        ("from nabi.optimizers import SGD", "imports optimizers (level 3)"),
        ("def f():\n    from nabi.models import Model", "imports models (level 4)"),
        ("if TYPE_CHECKING:\n    import nabi.lab", "imports lab (level 9)"),
        ("import nabi", "imports nabi (level 12)"),
        ("from nabi import config", "imports nabi (level 12)"),
        ("from .. import training", "imports training (level 6)"),
        ("import torchvision.transforms", "must not import torchvision"),
        ("import pickle", "must not import pickle"),
        ("import mlxtend", "mlxtend is not a dependency"),
    ],
)
def test_a_wrong_import_is_found(line, complaint):
    (fault,) = faults(module_from(line))
    assert complaint in fault


def test_a_right_import_is_not_found():
    right = "import math, torch\nfrom PIL import Image\nfrom nabi.core.errors import ShapeError\nfrom . import dense"
    assert faults(module_from(right)) == []
    assert "may import core only" in faults(module_from("import nabi.kernels", "nabi.viz.curves"))[0]
    assert "must not import torch" in faults(module_from("import torch", "nabi.viz.curves"))[0]
