"""The source tree as data: every module of src/nabi parsed once, for the tests of the architecture."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = PROJECT / "src"


@dataclass(frozen=True)
class Module:
    """One Python file: dotted `name` ("nabi.core.errors"), its path and its text."""

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree, walked once for all checks."""
        return list(ast.walk(self.tree))

    @property
    def package(self) -> str:
        """The first name below nabi, which the layering table lists; "nabi" for the root's own files."""
        parts = self.name.split(".")
        return "nabi" if len(parts) == 1 or parts[1] == "__main__" else parts[1]

    def at(self, node: ast.AST) -> str:
        """`nabi.core.errors:17`, where a finding is."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"


def module_from(text: str, name: str = "nabi.layers.example") -> Module:
    """A module that only a test knows, to see that a check finds what it should."""
    return Module(name, Path("example.py"), text)


def modules() -> list[Module]:
    """All modules under src/nabi."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        parts = list(path.relative_to(SOURCE).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found.append(Module(".".join(parts), path, path.read_text(encoding="utf-8")))
    return found


MODULES = modules()
PACKAGES = sorted({module.package for module in MODULES})


def found_in(package: str, faults: Callable[[Module], list[str]]) -> list[str]:
    """What a check finds in all modules of a package."""
    return [fault for module in MODULES if module.package == package for fault in faults(module)]


def imports(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """(node, dotted name) of everything a module imports, wherever in the file it stands; relative imports made absolute."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                is_package = module.path.name == "__init__.py"
                above = module.name.split(".")[: None if is_package and node.level == 1 else -node.level + is_package]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node, f"{base}.{alias.name}"


def definitions(module: Module) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef, bool]]:
    """(qualified name, node, is it a method) of the classes, functions and methods of a module; nested functions left out."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node, False
        elif isinstance(node, ast.ClassDef):
            yield node.name, node, False
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner, True


def called(node: ast.AST) -> str:
    """The dotted name that a call calls: `np.load(...)` -> "np.load"; "" for what is not a plain name."""
    function = node.func if isinstance(node, ast.Call) else node
    parts = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    return ".".join([function.id, *reversed(parts)]) if isinstance(function, ast.Name) else ""
