"""HDF5: the container of Keras' weights, read as a file that may be hostile.

    group           a folder: "model_weights", "layers/conv2d/vars"
    attribute       words on a group: layer_names, weight_names, model_config
    dataset         an array of numbers

h5py opens it. What leads out of the file (soft and external links, external and virtual datasets), what is no
number (objects, references, texts of free length), and what declares far more numbers than the file has bytes is refused.
"""

import io
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from nabi.core.errors import FileError, NabiError

DAMAGED = "The file is damaged or no file of Keras; take another copy of it."
MOST_EXPANSION = 20  # bytes in memory for one in the file: trained weights hardly compress
SMALL = 64 * 2**20  # bytes that an array may always have
LIMIT = 64512  # bytes of an attribute, which HDF5 keeps in an object's header


def h5py_module() -> Any:
    """h5py, or FileError that says how to install it."""
    try:
        import h5py
    except ImportError:
        raise FileError(
            "Keras' files",
            "h5py, which reads and writes HDF5",
            "none installed",
            'Install it: pip install h5py, or save as .safetensors, which needs nothing.',
        ) from None
    return h5py


class Tree:
    """A group of an HDF5 file that is read with care.

    Args:
        group: h5py's group.
        where: name for errors.
        size: bytes of the whole file.
    """

    def __init__(self, group: Any, where: str, size: int):
        self.group, self.where, self.size = group, where, size

    def child(self, name: str) -> Any:
        """What lies under a path, through plain links only; None for nothing."""
        h5py, node = h5py_module(), self.group
        for part in name.split("/"):
            if part in ("", ".", ".."):
                raise FileError(self.where, "names of groups and arrays", repr(name)[:80], DAMAGED)
            if not isinstance(node, h5py.Group):
                return None
            link = node.get(part, getlink=True) if part in node or node.get(part, getlink=True, default=None) else None
            if link is None:
                return None
            if not isinstance(link, h5py.HardLink):
                raise FileError(
                    f"{self.where}, '{name[:200]}'",
                    "what lies in the file itself",
                    type(link).__name__,
                    "Such a link may lead to any file of this computer; it is not followed.",
                )
            node = node[part]
        return node

    def tree(self, name: str) -> "Tree | None":
        """The group under a path, None if there is none."""
        node = self.child(name)
        return Tree(node, f"{self.where}, '{name[:200]}'", self.size) if isinstance(node, h5py_module().Group) else None

    def names(self) -> list[str]:
        """What lies directly in it."""
        return list(self.group.keys())

    def array(self, name: str) -> np.ndarray:
        """The numbers under a path.

        Raises:
            FileError: none there, or what is no array of numbers of a sensible size.
        """
        node, where = self.child(name), f"{self.where}, '{name[:200]}'"
        if not isinstance(node, h5py_module().Dataset):
            raise FileError(where, "an array", "nothing" if node is None else "a group", DAMAGED)
        if node.external or node.is_virtual:
            raise FileError(where, "numbers in the file itself", "numbers of other files", "They are not read.")
        short = node.dtype.kind == "V" and node.dtype.itemsize == 2  # bfloat16
        if node.dtype.kind not in "fiub" and not short or node.shape is None:
            raise FileError(where, "numbers", f"dtype {node.dtype}", "Objects and references are not read.")
        size = math.prod(node.shape) * node.dtype.itemsize
        if size > max(SMALL, MOST_EXPANSION * self.size) or (size > SMALL and MOST_EXPANSION * node.id.get_storage_size() < size):
            raise FileError(
                where, f"an array within the file's {self.size} bytes", f"shape {node.shape} of {node.dtype}", DAMAGED
            )
        array = np.asarray(node[()])
        if short:
            array = (array.view("u2").astype("u4") << 16).view("f4").reshape(node.shape)
        return array

    def shapes(self) -> Iterator[tuple[int, ...]]:
        """The shapes of all arrays below, each once, nothing being read; links out of the file are refused."""
        h5py, todo = h5py_module(), [self.group]
        seen = {h5py.h5o.get_info(self.group.id).addr}  # a group may lie in itself
        while todo:
            group = todo.pop()
            for name in group:
                if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                    raise FileError(
                        f"{self.where}, '{name[:200]}'",
                        "what lies in the file itself",
                        "a link",
                        "Such a link may lead to any file of this computer; it is not followed.",
                    )
                node = group[name]
                place = h5py.h5o.get_info(node.id).addr
                if place in seen:
                    continue
                seen.add(place)
                if isinstance(node, h5py.Group):
                    todo.append(node)
                elif isinstance(node, h5py.Dataset):
                    yield tuple(node.shape or ())

    def text(self, name: str) -> str | None:
        """An attribute that is a text."""
        value = self.group.attrs.get(name)
        if value is None:
            return None
        if isinstance(value, bytes):
            value = value.decode("utf8", "replace")
        if not isinstance(value, str):
            raise FileError(f"{self.where}, '{name}'", "a text", type(value).__name__, DAMAGED)
        return str(value)

    def texts(self, name: str) -> list[str] | None:
        """An attribute that is a list of texts; a long one lies in pieces name0, name1, ... None for none."""
        attrs = self.group.attrs
        if name not in attrs and f"{name}0" not in attrs:
            return None
        pieces, number = [attrs[name]] if name in attrs else [], 0
        while name not in attrs and f"{name}{number}" in attrs:
            pieces.append(attrs[f"{name}{number}"])
            number += 1
        found = [
            text.decode("utf8", "replace") if isinstance(text, bytes) else text for piece in pieces for text in np.ravel(piece)
        ]
        if not all(isinstance(text, str) for text in found):
            raise FileError(f"{self.where}, '{name}'", "texts", "something else", DAMAGED)
        return [str(text) for text in found]


@contextmanager
def reading(source: str | os.PathLike | bytes, where: str) -> Iterator[Tree]:
    """The root of an HDF5 file, or of its bytes; whatever h5py finds wrong with it is one FileError."""
    h5py = h5py_module()
    size = len(source) if isinstance(source, bytes) else os.path.getsize(source)
    try:
        with h5py.File(io.BytesIO(source) if isinstance(source, bytes) else source, "r") as file:
            yield Tree(file, where, size)
    except NabiError:
        raise
    except (
        OSError,
        KeyError,
        ValueError,
        RuntimeError,
        TypeError,
        AttributeError,
        UnicodeError,
        MemoryError,
        OverflowError,
    ) as error:
        raise FileError(
            where, "an HDF5 file as Keras writes it", f"{type(error).__name__}: {str(error)[:300]}", DAMAGED
        ) from error


def write_texts(group: Any, name: str, texts: Iterable[str]) -> None:
    """Texts as an attribute, in pieces where they are many."""
    data = np.asarray([text.encode("utf8") for text in texts])
    pieces = [data]
    while any(piece.nbytes > LIMIT for piece in pieces):
        pieces = np.array_split(data, len(pieces) + 1)
    for number, piece in enumerate(pieces):
        group.attrs[name if len(pieces) == 1 else f"{name}{number}"] = piece


def write_arrays(group: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Arrays by their names, which an attribute lists in order."""
    write_texts(group, "weight_names", arrays)
    for name, array in arrays.items():
        group.create_dataset(name, data=array)
