"""The documents tell the truth: links lead somewhere, names exist, tables agree with the data, commands and scripts run."""

import importlib
import os
import re
import subprocess
import sys
import tomllib

import pytest

from architecture.tree import PROJECT

DOCUMENTS = ["README.md", "README.ko.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md", "CHANGELOG.md"]
SHORT = {"README.md": 120, "README.ko.md": 120, "CONTRIBUTING.md": 120, "ARCHITECTURE.md": 120}
EXECUTED = ["README.md", "CONTRIBUTING.md"]  # README.ko.md has the same blocks
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text(document: str) -> str:
    return (PROJECT / document).read_text(encoding="utf-8")


def blocks(document: str) -> list[tuple[str, bool, str]]:
    """(language, is it set-up, code) of each fenced block that names a language."""
    return [(language, "set-up" in info, code) for language, info, code in BLOCK.findall(text(document))]


def without_comments(code: str) -> list[str]:
    return [line.split("  #")[0].rstrip() for line in code.splitlines()]


@pytest.mark.parametrize("document", SHORT)
def test_a_document_is_short(document):
    assert len(text(document).splitlines()) <= SHORT[document]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document):
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text(document)) if "://" not in target]
    paths = re.findall(r"`((?:src|tests|benchmarks|examples|scripts)/[\w./-]+)`", text(document))
    assert [target for target in [*targets, *paths] if target and not (PROJECT / target).exists()] == []


def test_both_readmes_have_the_same_code():
    english, korean = ([(lang, setup, without_comments(code)) for lang, setup, code in blocks(name)] for name in DOCUMENTS[:2])
    assert english == korean


def test_set_up_says_what_is_pinned():
    pin = next(line for line in text("constraints.txt").splitlines() if line.startswith("torch=="))
    assert text("README.md").count(f"constraints.txt {pin}\n") == 2


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_the_layering_table_is_the_data(document):
    levels = tomllib.loads(text("tests/architecture/layering.toml"))["levels"]
    rows = dict(re.findall(r"^\| (\d+) \| ([^|]+?) (?:\(no torch\) )?\|", text(document), re.MULTILINE))
    for level, packages in enumerate(levels[:-1]):
        assert re.findall(r"\w+", rows[str(level)]) == packages


def test_the_reading_path_is_an_evening():
    path = re.findall(r"^\d+\. `(src/[^`]+)`", text("ARCHITECTURE.md"), re.MULTILINE)
    lines = sum(len((PROJECT / file).read_text(encoding="utf-8").splitlines()) for file in path)
    assert len(path) >= 7 and 600 <= lines <= 1200, f"{len(path)} files, {lines} lines"


def resolve(root: str, dotted: str):
    thing = importlib.import_module(root)
    for part in dotted.split("."):
        thing = getattr(thing, part)
    return thing


def glossary_names() -> list[tuple[str, str]]:
    """(library, dotted name) of the glossary's last two columns."""
    found = []
    for line in text("GLOSSARY.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5:
            library = "nabi" if cells[3].startswith("*nabi*") else "keras"
            found += [(library, name) for name in re.findall(r"`([^`]+)`", cells[3])]
            found += [("torch", name) for name in re.findall(r"`([^`]+)`", cells[4])]
    return found


def test_the_glossarys_names_exist():
    missing = []
    for library, name in glossary_names():
        try:
            resolve(library, name)
        except AttributeError:
            missing.append(f"{library}.{name}")
    assert missing == []
    assert len(glossary_names()) > 100
    with pytest.raises(AttributeError):
        resolve("torch", "nn.Convolution")


@pytest.mark.learn
@pytest.mark.parametrize("document", EXECUTED)
def test_commands_and_scripts_run(document, tmp_path):
    """Each block that is not set-up, in order, in one temporary folder, as a user's shell would run it."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, module in (("nabi", "-m nabi "), ("python", "")):
        (commands / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module}"$@"\n')
        (commands / name).chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "NABI_KERNELS"}
    environment |= {"PATH": f"{commands}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(PROJECT / "src")}
    ran = 0
    for language, set_up, code in blocks(document):
        (tmp_path / "block.py").write_text(code, encoding="utf-8")
        python = [sys.executable, *(["-m", "doctest"] if ">>>" in code else []), "block.py"]
        command = {"sh": ["sh", "-ec", code], "python": python}.get(language)
        if set_up or command is None:
            continue
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
        ran += 1
    assert ran
