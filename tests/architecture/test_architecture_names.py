"""Public names: what `__all__` promises is there and documented; `import nabi` and `nabi --help` load nothing heavy."""

import importlib
import inspect
import subprocess
import sys
import time
from collections import Counter

import pytest

import nabi
from architecture.tree import MODULES, PROJECT, imports
from nabi.core.attributes import public_names

HEAVY = ["torch", "numba", "matplotlib", "PIL", "pandas", "keras"]
PACKAGES = [module.name for module in MODULES if module.path.name == "__init__.py" and module.name != "nabi"]


def loaded_after(code: str) -> set[str]:
    """Which heavy packages a fresh interpreter has loaded after running `code`."""
    ending = f"\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + ending], capture_output=True, text=True, cwd=PROJECT / "src", check=True, timeout=60
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("package", PACKAGES)
def test_names_of_a_package_exist_and_are_documented(package):
    module = importlib.import_module(package)
    names = getattr(module, "__all__", [])
    assert sorted(names) == sorted(set(names))
    for name in names:
        thing = getattr(module, name)
        if inspect.isclass(thing) or inspect.isroutine(thing) or inspect.ismodule(thing):
            assert inspect.getdoc(thing), f"{package}.{name} has no docstring"


@pytest.mark.parametrize("name", nabi.__all__)
def test_a_name_of_nabi_exists_and_is_documented(name):
    thing = getattr(nabi, name)
    assert name == "__version__" or inspect.getdoc(thing)
    assert name in dir(nabi)


def test_the_lists_of_names_agree():
    root = next(module for module in MODULES if module.name == "nabi")
    shown = {dotted.split(".")[-1] for _, dotted in imports(root)} - {"importlib", "TYPE_CHECKING", "Any", "missing"}
    assert shown == set(nabi.__all__) == {*nabi._HOMES, "__version__"}


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(AttributeError, match="Did you mean 'Sequential'"):
        nabi.Sequental  # noqa: B018


def test_public_names_of_packages_are_pointed_to():
    """Every public name of every package, asked of nabi itself; what its text says of `__all__` is what the package has."""
    known = public_names()
    assert all(known[f"nabi.{home}"] == set(importlib.import_module(f"nabi.{home}").__all__) for home in ("layers", "schedules"))
    places = Counter(name for names in known.values() for name in names)
    for package, names in known.items():
        for name in names:
            if places[name] <= 3 and name not in (*nabi.__all__, "preprocess_input"):
                with pytest.raises(AttributeError, match=rf"'nabi' has no attribute '{name}'. It is .*{package}.{name}\b"):
                    getattr(nabi, name)
    with pytest.raises(AttributeError, match="'nabi.layers' has no attribute 'OneCycle'. It is nabi.schedules.OneCycle.$"):
        nabi.layers.OneCycle  # noqa: B018


@pytest.mark.parametrize("name", ["image_dataset_from_directory", "ImageDataGenerator", "load_img", "img_to_array"])
def test_names_of_keras_that_live_elsewhere(name):
    for module in (nabi, nabi.utils, nabi.layers):
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'. It is nabi.preprocessing.{name}"):
            getattr(module, name)
    with pytest.raises(AttributeError, match="has no attribute 'preprocess_input'. None is needed"):
        nabi.utils.preprocess_input  # noqa: B018


@pytest.mark.parametrize("package", [name for name, home in nabi._HOMES.items() if f"nabi.{name}" == home])
def test_an_unknown_name_of_a_package_offers_the_nearest(package):
    module = importlib.import_module(f"nabi.{package}")
    name = max(module.__all__, key=len)
    with pytest.raises(AttributeError, match=f"module 'nabi.{package}' has no attribute '{name}z'. Did you mean '{name}'"):
        getattr(module, f"{name}z")
    assert hasattr(module, name) and not hasattr(module, f"{name}z")


def test_the_version_is_the_one_of_the_package():
    assert f'version = "{nabi.__version__}"' in (PROJECT / "pyproject.toml").read_text(encoding="utf-8")


def test_importing_nabi_is_light():
    assert loaded_after("import nabi; dir(nabi)") == set()
    assert loaded_after("import nabi, PIL") == {"PIL"}, "the check must see what is loaded"


def test_the_help_is_light_and_quick():
    """`nabi --help` under 0.4 s without torch; the quickest of five, because other programs share the machine."""
    assert loaded_after("from nabi.cli import main; main(['--help'])") == set()
    command = [sys.executable, "-m", "nabi", "--help"]
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT / "src", check=True, timeout=60)
        seconds.append(time.perf_counter() - start)
    assert "train" in done.stdout
    assert min(seconds) < 0.4
