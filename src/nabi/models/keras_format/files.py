"""Files: `.keras`, `.weights.h5`, `.h5` and `.hdf5` as Keras writes and reads them.

    .keras        a zip: config.json (architecture, compile settings), metadata.json, model.weights.h5
    .weights.h5   the weights alone, in Keras 3's layout
    .h5, .hdf5    Keras 1's to 3's one file: attributes model_config and training_config, groups model_weights and
                  optimizer_weights; or the weights alone

Nothing in them is run: they name registered layers and functions, and what `custom_objects` passes in. Sizes are checked before
memory is taken. `safe_mode=False`, which lets Keras run a file's code, changes nothing here.
"""

import io
import json
import math
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import torch

from nabi.core.errors import FileError, NabiError, ShapeError
from nabi.core.files import atomic
from nabi.core.version import __version__
from nabi.core.warning import warn
from nabi.layers.weight import supplied
from nabi.models.keras_format import memory, own_state, settings, weights
from nabi.models.keras_format.building import blamed, is_keras, model_from_entry
from nabi.models.keras_format.describing import model_entry
from nabi.models.keras_format.hdf5 import DAMAGED, Tree, h5py_module, reading
from nabi.models.keras_format.older import is_older, meant
from nabi.models.naming import is_model
from nabi.models.safefile import read_json
from nabi.models.written import Given

VERSION = "3.8.0"  # the Keras whose format is written
BACKEND = "torch"
MOST_CONFIG = 64 * 2**20  # bytes of config.json
SPARE = 2**20  # numbers that a model may have besides those of its file
ENDINGS = (".keras", ".h5", ".hdf5")


def is_keras_file(path: str | os.PathLike) -> bool:
    """Whether a path has one of Keras' endings.

    Example:
        >>> is_keras_file("model.weights.h5"), is_keras_file("model.safetensors")
        (True, False)
    """
    return isinstance(path, (str, os.PathLike)) and os.fspath(path).lower().endswith(ENDINGS)


# Writing ----------------------------------------------------------------------------------------------------------------------


def write_model(model: Any, path: str | os.PathLike, include_optimizer: bool = True) -> None:
    """Writes a whole model in the format of the path's ending.

    Raises:
        FileError: a layer that Keras has not; no h5py; a path that cannot be written.
    """
    h5py_module()
    if not model.written or model.has_call:  # else it trains other models, which have theirs
        model.require_graph()
    entry = model_entry(model)
    compiled = settings.written(model) if include_optimizer else None
    if os.fspath(path).lower().endswith(".keras"):
        content = zipped(model, entry, compiled)
    else:
        content = old_file(model, entry, None if settings.says_itself(model) else compiled)
    put(path, content)


def write_weights(model: Any, path: str | os.PathLike) -> None:
    """Writes the weights alone: `.weights.h5` in Keras 3's layout, other `.h5` in that of Keras 1 and 2."""
    buffer, new = io.BytesIO(), os.fspath(path).lower().endswith((".weights.h5", ".keras"))
    if os.fspath(path).lower().endswith(".keras"):
        raise FileError(
            f"writing {path}",
            "a name that ends in .weights.h5",
            "'.keras', which is for whole models",
            "Call model.save(path), or write the weights to a .weights.h5.",
        )
    with h5py_module().File(buffer, "w") as file:
        if new:
            weights.write_new(file, model)
            memory.write_new(file, model)
        else:
            weights.write_old(file, model, VERSION, BACKEND)
    put(path, buffer.getvalue())


def zipped(model: Any, entry: dict[str, Any], compiled: dict[str, Any] | None) -> bytes:
    """The bytes of a `.keras` file."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with h5py_module().File(inner, "w") as file:
        weights.write_new(file, model)
        if compiled is not None:
            memory.write_new(file, model)
    config = {**entry, **({} if compiled is None else {"compile_config": compiled})}
    metadata = {
        "keras_version": VERSION,
        "date_saved": datetime.now().strftime("%Y-%m-%d@%H:%M:%S"),
        "nabi": {"version": __version__, "card": model.card},
    }
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("metadata.json", json_text(metadata))
        archive.writestr("config.json", json_text(config))
        archive.writestr("model.weights.h5", inner.getvalue())
        own_state.write_assets(archive, weights.places(model))
    return outer.getvalue()


def old_file(model: Any, entry: dict[str, Any], compiled: dict[str, Any] | None) -> bytes:
    """The bytes of a `.h5` file with a whole model."""
    buffer = io.BytesIO()
    with h5py_module().File(buffer, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = VERSION, BACKEND
        file.attrs["model_config"] = json_text(plain_entry(entry))
        if compiled is not None:
            optimizer = {"class_name": compiled["optimizer"]["class_name"], "config": compiled["optimizer"]["config"]}
            rest = {key: value for key, value in compiled.items() if key != "optimizer"}
            file.attrs["training_config"] = json_text({**rest, "optimizer_config": optimizer})
        weights.write_old(file.create_group("model_weights"), model, VERSION, BACKEND)
        if compiled is not None:
            memory.write_old(file, model)
    return buffer.getvalue()


def plain_entry(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with the modules of a model's layers left out, as the older format has them; functions keep theirs."""
    config = entry["config"]
    if isinstance(config, dict) and isinstance(config.get("layers"), list):
        config = {**config, "layers": [plain_entry(layer) for layer in config["layers"]]}
    own = entry.get("module") is None
    dropped = () if own or ".ops." in str(entry.get("module")) else ("module", "registered_name", "build_config")
    return {**{key: value for key, value in entry.items() if key not in dropped}, "config": config}


def json_text(value: Any) -> str:
    """Plain data as JSON."""
    try:
        return json.dumps(value)
    except (TypeError, ValueError) as error:
        raise FileError("writing a model for Keras", "plain configurations and a plain card", str(error)) from None


def put(path: str | os.PathLike, content: bytes) -> None:
    """Writes bytes whole or not at all."""
    if os.path.isdir(path):
        raise FileError(f"writing {path}", "a file name", "a folder of that name")
    with atomic(path) as file:
        file.write(content)


# Reading ----------------------------------------------------------------------------------------------------------------------


def read_model(path: str | os.PathLike, compile: bool = True) -> Any:
    """The model of a file, with weights, compile settings and what its optimizer remembers.

    Raises:
        FileError: a damaged or hostile file; a layer that is not known; code in it.
    """
    where = f"reading {path}"
    check_there(path, where)
    try:
        if zipfile.is_zipfile(path):
            return new_model(path, where, compile)
        with reading(path, where) as root:
            return old_model(root, where, compile)
    except ShapeError as error:  # the file's own architecture and weights contradict each other
        raise FileError(str(error)) from None


def new_model(path: Any, where: str, compile: bool) -> Any:
    """The model of a `.keras` file."""
    with members(path, where) as archive:
        config = read_json(member(archive, "config.json", where, MOST_CONFIG), f"{where}, config.json")
        metadata = (
            read_json(member(archive, "metadata.json", where, MOST_CONFIG), f"{where}, metadata.json")
            if "metadata.json" in archive.namelist()
            else {}
        )
        data = member(archive, "model.weights.h5", where)
        assets = own_state.assets_in(archive, lambda name: member(archive, name, where), where)
    with reading(data, f"{where}, model.weights.h5") as root:
        if isinstance(metadata, dict) and is_older(metadata.get("keras_version", "3")):
            config = meant(config)
        model = built(config, root, where)
        weights.assigned(weights.read_new(root, model))
        own_state.read_assets(assets, weights.places(model))
        own = metadata.get("nabi") if isinstance(metadata, dict) else None
        if isinstance(own, dict) and isinstance(own.get("card"), dict):
            model.card = own["card"]
        compiled = config.get("compile_config") if isinstance(config, dict) else None
        if compile and isinstance(compiled, dict) and settings.compiled(model, compiled, compiled.get("optimizer")):
            memory.read_new(root, model)
    return model


def old_model(root: Tree, where: str, compile: bool) -> Any:
    """The model of a `.h5` file."""
    text = root.text("model_config")
    if text is None:
        raise FileError(
            where,
            "a whole model, as model.save writes it",
            "a file without model_config: weights alone",
            "Build the model in Python and call model.load_weights(path).",
        )
    group = root.tree("model_weights")
    if group is None:
        raise FileError(where, "the group model_weights", "none", DAMAGED)
    config = read_json(text, f"{where}, model_config")
    model = built(meant(config) if is_older(root.text("keras_version")) else config, root, where)
    weights.assigned(weights.read_old(group, model))
    training = root.text("training_config")
    if compile and training is not None:
        config = read_json(training, f"{where}, training_config")
        if isinstance(config, dict) and settings.compiled(model, config, config.get("optimizer_config")):
            memory.read_old(root, model)
    return model


def built(config: Any, root: Tree, where: str) -> Any:
    """The architecture, with memory for no more numbers than the file holds."""
    left = [SPARE + 2 * sum(math.prod(shape) for shape in root.shapes())]

    def supply(layer: Any, shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
        left[0] -= math.prod(shape)
        if left[0] < 0:
            raise FileError(f"{where}: {layer.label}", "as many numbers as the file holds", f"a weight of shape {shape}", DAMAGED)
        return torch.zeros((), dtype=dtype).expand(shape)

    try:
        with supplied(supply):
            model = from_entry(config)
    except FileError as error:
        if str(error).startswith(where):
            raise
        raise FileError(f"{where}, {error}") from None
    except (NabiError, KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise blamed(where, error) from (None if isinstance(error, NabiError) else error)
    if not is_model(model) or not (model.built or model.written and not model.has_call):
        raise FileError(where, "a model with its input shape", "one that was never built", DAMAGED)
    return model


def from_entry(config: Any) -> Any:
    """The model of an entry: of Keras' own classes, or of one that was passed in."""
    from nabi.models.keras_format.building import made

    if isinstance(config, dict) and not is_keras(config) and isinstance(config.get("class_name"), str):
        model = made(config)
        shape = (config.get("build_config") or {}).get("input_shape")
        if is_model(model) and isinstance(config.get("given"), dict):
            model.begin(Given.from_state(config["given"]))
        elif is_model(model) and not model.built and isinstance(shape, list):
            model.build(tuple(shape) if not any(isinstance(part, list) for part in shape) else [tuple(part) for part in shape])
        return model
    if not is_keras(config):
        raise FileError("model configuration", "the configuration of a model", repr(config)[:80], DAMAGED)
    return model_from_entry(meant(config) if is_older(config.get("keras_version", "3")) else config)


def read_weights(model: Any, path: str | os.PathLike, by_name: bool = False, skip_mismatch: bool = False) -> None:
    """Reads weights from any of Keras' files into a model; nothing is changed unless all fit.

    Raises:
        FileError: layers or arrays are missing or left over; a damaged file. ShapeError: only shapes differ.
    """
    where = f"reading {path}"
    check_there(path, where)
    if zipfile.is_zipfile(path):
        with members(path, where) as archive:
            source: Any = member(archive, "model.weights.h5", where)
    else:
        source = path
    with reading(source, where) as root:
        inner = root.tree("model_weights") if root.texts("layer_names") is None else root
        if inner is not None and inner.texts("layer_names") is not None:
            found = weights.read_old(inner, model, by_name, skip_mismatch)
        elif by_name:
            raise FileError(
                where,
                "by_name=True with a file of Keras 1 or 2 (.h5)",
                "a file of Keras 3, which has no names of layers",
                "Leave by_name out.",
            )
        else:
            found = weights.read_new(root, model, skip_mismatch)
        if not found and model.weights:
            warn(f"{where}: no weight of {model.label} was loaded.")
        weights.assigned(found)


def check_there(path: Any, where: str) -> None:
    """Raises FileError where there is no file to read."""
    if not os.path.isfile(path):
        folder = os.path.isdir(path)
        raise FileError(
            where,
            "a file",
            "a folder" if folder else "nothing there",
            "TensorFlow's SavedModel folders are not read; save as .keras or .h5 there." if folder else "",
        )
    if not zipfile.is_zipfile(path):
        with open(path, "rb") as file:
            head = file.read(8)
        if head != b"\x89HDF\r\n\x1a\n":
            raise FileError(where, "a file as Keras writes it: HDF5, or a zip with config.json", f"first bytes {head!r}", DAMAGED)


@contextmanager
def members(path: Any, where: str) -> Iterator[zipfile.ZipFile]:
    """The zip of a `.keras` file; its members are read into memory, never unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            odd = [
                name
                for name in archive.namelist()
                if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name
            ]
            if odd:
                raise FileError(where, "plain names in the archive", repr(odd[0])[:120], "Such a name leads out of it.")
            if "config.json" not in archive.namelist():
                raise FileError(where, "config.json in the archive", ", ".join(archive.namelist()[:5]) or "nothing", DAMAGED)
            yield archive
    except FileError:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise FileError(where, "a .keras file", f"{type(error).__name__}: {str(error)[:200]}", DAMAGED) from None


def member(archive: zipfile.ZipFile, name: str, where: str, most: int | None = None) -> bytes:
    """One file of the archive; no more than it may be for the archive's own size."""
    if name not in archive.namelist():
        others = {"model.weights.json": "in several files", "model.weights.npz": "as .npz"}
        got = next((said for other, said in others.items() if other in archive.namelist()), "none")
        raise FileError(
            where,
            f"{name} in the archive",
            got,
            "In Keras, load it and call model.save(path) once more." if got != "none" else DAMAGED,
        )
    info = archive.getinfo(name)
    limit = min(most or 2**62, max(MOST_CONFIG, 20 * max(info.compress_size, 1)))
    if info.file_size > limit or info.compress_size > os.path.getsize(archive.filename or ""):
        raise FileError(f"{where}, {name}", f"at most {limit} bytes", f"{info.file_size}", "It is packed to fill the memory.")
    with archive.open(name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise FileError(f"{where}, {name}", f"at most {limit} bytes", "more", "It is packed to fill the memory.")
    return data
