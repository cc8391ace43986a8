"""Own state: what layers of the user's own write into Keras' files and read there by methods of theirs.

    save_own_variables(store), load_own_variables(store)    a dict of arrays: the layer's group `vars` of the weights
    save_assets(folder), load_assets(folder)                files: `assets/<the layer's path>/...` of a .keras file
    get_build_config(), build_from_config(config)           plain data: the entry's `build_config`

The methods are those of classes that are there; a file holds data for them alone. Assets are written into a folder of their own
for the time of the call, under the plain names that the archive was checked for.
Source: Keras 3, saving/saving_lib.py (`_save_state`, `_load_state`), saving/serialization_lib.py.
"""

import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from nabi.core.claimed import is_users
from nabi.core.errors import FileError
from nabi.models.keras_format.hdf5 import DAMAGED, MOST_EXPANSION, SMALL, Tree

ASSETS = "assets"
MOST_ASSETS = 10_000  # files in one archive


def own(thing: Any, method: str) -> Callable | None:
    """A method that a class of the user's own writes; None where it is inherited from nabi or not there.

    Example:
        >>> import nabi
        >>> own(nabi.layers.Dense(2), "save_own_variables") is None
        True
    """
    for kind in type(thing).__mro__:
        if method in vars(kind):
            return getattr(thing, method) if is_users(kind) else None
    return None


# Arrays -----------------------------------------------------------------------------------------------------------------------


def stored(layer: Any, save: Callable) -> dict[str, np.ndarray]:
    """The arrays that its `save_own_variables` gives.

    Raises:
        FileError: what is no array of numbers.
    """
    store: dict[str, Any] = {}
    save(store)
    arrays = {str(name): np.asarray(value.numpy() if hasattr(value, "numpy") else value) for name, value in store.items()}
    for name, array in arrays.items():
        if array.dtype.kind not in "fiub":
            raise FileError(f"writing {layer.label}, save_own_variables", "arrays of numbers", f"{name!r}: {array.dtype}",
                            "Words and files go into save_assets.")
    return arrays


class Loading:
    """A layer that reads its arrays itself, in a list of weights and arrays.

    Args:
        load: its `load_own_variables`.
    """

    def __init__(self, load: Callable):
        self.load = load

    def assign(self, store: dict[str, np.ndarray]) -> None:
        """Hands the arrays over."""
        self.load(store)


# Files ------------------------------------------------------------------------------------------------------------------------


def write_assets(archive: zipfile.ZipFile, places: Iterable[tuple]) -> None:
    """Writes what layers' `save_assets` put into a folder."""
    for path, layer, _ in places:
        save = own(layer, "save_assets")
        if save is None:
            continue
        with tempfile.TemporaryDirectory() as root:
            folder = Path(root, *path.split("/"))
            folder.mkdir(parents=True, exist_ok=True)
            save(str(folder))
            for file in sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()):
                archive.write(file, "/".join((ASSETS, file.relative_to(root).as_posix())))


def assets_in(archive: zipfile.ZipFile, read: Callable[[str], bytes], where: str) -> dict[str, bytes]:
    """The files under `assets/`, by the paths there; `read` takes a member out of the archive.

    Raises:
        FileError: more files or bytes than a file of this size may hold.
    """
    inside = [info for info in archive.infolist() if info.filename.startswith(f"{ASSETS}/") and not info.is_dir()]
    most, size = max(SMALL, MOST_EXPANSION * os.path.getsize(archive.filename or "")), sum(info.file_size for info in inside)
    if len(inside) > MOST_ASSETS or size > most:
        raise FileError(f"{where}, {ASSETS}", f"at most {MOST_ASSETS} files and {most} bytes", f"{len(inside)} and {size}",
                        "It is packed to fill the disk.")
    return {info.filename.split("/", 1)[1]: read(info.filename) for info in inside}


def read_assets(files: dict[str, bytes], places: Iterable[tuple]) -> None:
    """Gives layers' `load_assets`, also those of nabi's words, a folder with their files."""
    for path, layer, _ in places:
        load = getattr(layer, "load_assets", None)
        if load is None:
            continue
        with tempfile.TemporaryDirectory() as root:
            folder = Path(root, *path.split("/"))
            folder.mkdir(parents=True, exist_ok=True)
            for name in files:
                if name.startswith(f"{path}/" if path else ""):
                    unpacked(Path(root, *name.split("/")), files[name], name)
            load(os.fspath(folder))


def unpacked(file: Path, data: bytes, name: str) -> None:
    """Writes a file of the archive. Raises FileError for a name that is no file's: too long, or a folder's as well."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except (OSError, ValueError) as error:
        said = str(getattr(error, "strerror", error))
        raise FileError(f"{ASSETS}, {name[:120]!r}", "the name of a file", said, DAMAGED) from None


# Building ---------------------------------------------------------------------------------------------------------------------


def build_config(layer: Any) -> dict[str, Any]:
    """{"build_config": what its own `get_build_config` gives}, or {}.

    Raises:
        FileError: what JSON cannot hold.
    """
    get = own(layer, "get_build_config")
    config = None if get is None else get()
    if config is None:
        return {}
    try:
        return {"build_config": json.loads(json.dumps(config))}
    except (TypeError, ValueError) as error:
        raise FileError(f"writing {layer.label}, get_build_config", "plain data", str(error)) from None


def built_from(layer: Any, entry: dict[str, Any]) -> Any:
    """The layer, built by its own `build_from_config` if it has one and the file something for it."""
    build, config = own(layer, "build_from_config"), entry.get("build_config")
    if build is not None and isinstance(config, dict) and not layer.built:
        build(config)
    return layer


def arrays_in(group: Tree | None) -> dict[str, np.ndarray]:
    """All arrays of a group by name."""
    return {} if group is None else {name: group.array(name) for name in group.names()}
