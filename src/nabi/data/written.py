"""Written: a stream as a folder, and back: `dataset.save(folder)` and `Dataset.load(folder)`.

    folder/form.json          {"count": 3, "form": [{"tuple": [0, {"dict": {"a": 1}}]}]}       what stands where
    folder/elements.npz       0-0, 0-1, 1-0, ...: leaf 0 and 1 of element 0, leaf 0 of element 1; texts as bytes and their ends

Nothing in the folder is run: arrays of numbers alone are read. The files are nabi's own, not TensorFlow's.
"""

import json
import os
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from nabi.core.errors import FileError
from nabi.core.files import atomic
from nabi.data.strings import Strings
from nabi.data.structure import leaves

FORM, ELEMENTS = "form.json", "elements.npz"
MOST = 2**20  # bytes of form.json


def form_of(element: Any, numbers: Iterator[int]) -> Any:
    """What an element is like, with numbers for its leaves."""
    if isinstance(element, dict):
        return {"dict": {str(key): form_of(part, numbers) for key, part in element.items()}}
    if isinstance(element, tuple):
        return {"tuple": [form_of(part, numbers) for part in element]}
    return None if element is None else next(numbers)


def filled(form: Any, parts: Any) -> Any:
    """An element of a form with these leaves."""
    if isinstance(form, dict) and isinstance(form.get("dict"), dict):
        return {key: filled(part, parts) for key, part in form["dict"].items()}
    if isinstance(form, dict) and isinstance(form.get("tuple"), list):
        return tuple(filled(part, parts) for part in form["tuple"])
    return None if form is None else parts[form]


def write(elements: Any, folder: Any) -> None:
    """Writes the elements of a stream."""
    place = os.fspath(folder)
    os.makedirs(place, exist_ok=True)
    forms, count = [], 0
    with atomic(os.path.join(place, ELEMENTS)) as file, zipfile.ZipFile(file, "w") as archive:
        for element in elements:
            form = form_of(element, iter(range(2**31)))
            if not forms:
                forms.append(form)
            for number, leaf in enumerate(leaves(element)):
                for name, array in arrays_of(leaf).items():
                    with archive.open(f"{count}-{number}{name}.npy", "w", force_zip64=True) as target:
                        np.lib.format.write_array(target, array, allow_pickle=False)
            count += 1
    with atomic(os.path.join(place, FORM)) as file:
        file.write(json.dumps({"count": count, "form": forms}).encode())


def arrays_of(leaf: Any) -> dict[str, np.ndarray]:
    """A leaf as arrays of numbers: its own, or of texts the bytes, where they end, and their shape."""
    if not isinstance(leaf, Strings):
        return {"": leaf.detach().cpu().numpy()}
    texts = list(leaf.values.ravel())
    return {"t": np.frombuffer(b"".join(texts), np.uint8), "e": np.cumsum([len(text) for text in texts]).astype("int64"),
            "s": np.asarray(leaf.shape, "int64")}


def read(folder: Any) -> tuple[int, Any]:
    """The number of elements of a folder, and a function that gives an iterator over them.

    Raises FileError where there is no such folder.
    """
    place, where = os.fspath(folder), f"reading {os.fspath(folder)}"
    try:
        with open(os.path.join(place, FORM), "rb") as file:
            said = json.loads(file.read(MOST))
        count, form = int(said["count"]), said["form"]
        with zipfile.ZipFile(os.path.join(place, ELEMENTS)) as archive:
            names = set(archive.namelist())
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, RecursionError) as error:
        raise FileError(where, "a folder that Dataset.save wrote", f"{type(error).__name__}: {str(error)[:120]}") from None
    if not form and count or count > len(names):
        raise FileError(where, f"{count} elements", f"{len(names)} arrays", "It is damaged.")

    def run() -> Iterator[Any]:
        try:
            with np.load(os.path.join(place, ELEMENTS), allow_pickle=False) as arrays:
                known = set(arrays.files)
                for n in range(count):
                    parts: list = []
                    while f"{n}-{len(parts)}" in known or f"{n}-{len(parts)}t" in known:
                        parts.append(leaf_of(arrays, f"{n}-{len(parts)}", known))
                    yield filled(form[0], parts)
        except (OSError, ValueError, KeyError, IndexError, TypeError, zipfile.BadZipFile) as error:
            raise FileError(where, "arrays of numbers", f"{type(error).__name__}: {str(error)[:120]}", "It is damaged.") from None

    return count, run


def leaf_of(arrays: Any, name: str, known: set[str]) -> Any:
    """A leaf out of the arrays of a name."""
    if name in known:
        return torch.from_numpy(np.array(arrays[name]))
    whole, ends = arrays[f"{name}t"].tobytes(), arrays[f"{name}e"].tolist()
    made = np.empty(len(ends), object)
    made[:] = [whole[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    return Strings(made.reshape(arrays[f"{name}s"].tolist()))
