"""Files: `tf.io` and `tf.io.gfile`, on this computer's own files, and `tf.gfile` of TensorFlow 1."""

import glob as globs
import os
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from nabi.as_keras.tensorflow import parsing, picture_files
from nabi.as_keras.tensorflow.parsing import *  # noqa: F403
from nabi.as_keras.tensorflow.picture_files import *  # noqa: F403
from nabi.as_keras.tensorflow.records import TFRecordOptions, TFRecordWriter, tf_record_iterator
from nabi.core.errors import FileError
from nabi.core.files import atomic, make_folder
from nabi.data.strings import Strings
from nabi.data.structure import as_dtype

__all__ = [*parsing.__all__, *picture_files.__all__, "TFRecordOptions", "TFRecordWriter", "tf_record_iterator",
           "Copy", "DeleteRecursively", "Exists", "FastGFile", "GFile", "Glob", "IsDirectory",
           "ListDirectory", "MakeDirs", "MkDir", "Open", "Remove", "Rename", "Walk", "copy", "decode_raw", "exists", "glob",
           "isdir", "join", "listdir", "makedirs", "matching_files", "mkdir", "read_file", "remove", "rename", "rmtree", "walk",
           "write_file"]


def named(path: Any) -> str:
    """A path as Python's text."""
    return str(Strings(path)) if isinstance(path, (Strings, bytes)) else os.fspath(path)


def read_file(filename: Any, name: str | None = None) -> Strings:
    """The content of a file. Raises FileError where there is none."""
    try:
        with open(named(filename), "rb") as file:
            return Strings(file.read())
    except OSError as error:
        raise FileError(f"tf.io.read_file({named(filename)!r})", "a file", error.strerror, "Check the path.") from None


def write_file(filename: Any, contents: Any, name: str | None = None) -> None:
    """Writes a content; folders are made."""
    with atomic(make_folder(named(filename), "tf.io.write_file")) as file:
        file.write(Strings(contents).numpy())


def matching_files(pattern: Any, name: str | None = None) -> Strings:
    """Names that match a pattern, sorted."""
    return Strings(sorted(globs.glob(named(pattern))))


def decode_raw(input_bytes: Any, out_type: Any, little_endian: bool = True, **kwargs) -> torch.Tensor:
    """Bytes as numbers of a dtype."""
    kind = np.dtype(str(as_dtype(out_type)).removeprefix("torch.")).newbyteorder("<" if little_endian else ">")
    found = np.frombuffer(Strings(input_bytes).numpy(), kind)
    return torch.from_numpy(found.astype(kind.newbyteorder("=")))


def GFile(name: Any, mode: str = "r") -> Any:
    """An open file: `with tf.io.gfile.GFile(name) as file`."""
    return open(named(name), mode, encoding=None if "b" in mode else "utf-8")


def exists(path: Any) -> bool:
    """Whether something is there."""
    return os.path.exists(named(path))


def isdir(path: Any) -> bool:
    """Whether a folder is there."""
    return os.path.isdir(named(path))


def glob(pattern: Any) -> list[str]:
    """Names that match a pattern, or one of several."""
    patterns = pattern if isinstance(pattern, (list, tuple)) else [pattern]
    return [found for one in patterns for found in sorted(globs.glob(named(one)))]


def listdir(path: Any) -> list[str]:
    """Names in a folder."""
    return sorted(os.listdir(named(path)))


def makedirs(path: Any) -> None:
    """Makes a folder and those above it, where they are missing."""
    os.makedirs(named(path), exist_ok=True)


def remove(path: Any) -> None:
    """Removes a file."""
    os.remove(named(path))


def rmtree(path: Any) -> None:
    """Removes a folder with all that is in it."""
    shutil.rmtree(named(path))


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copies a file. Raises FileError where there is one already, unless overwrite=True."""
    if exists(dst) and not overwrite:
        raise FileError(f"tf.io.gfile.copy({named(dst)!r})", "a place that is free", "a file", "Say overwrite=True.")
    shutil.copyfile(named(src), named(dst))


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Moves a file. Raises FileError where there is one already, unless overwrite=True."""
    if exists(dst) and not overwrite:
        raise FileError(f"tf.io.gfile.rename({named(dst)!r})", "a place that is free", "a file", "Say overwrite=True.")
    os.replace(named(src), named(dst))


def walk(top: Any, topdown: bool = True, onerror: Any = None) -> Iterator[tuple[str, list[str], list[str]]]:
    """Folders below a folder, with their folders and files."""
    return os.walk(named(top), topdown, onerror)


def join(path: Any, *paths: Any) -> str:
    """Parts of a path together."""
    return os.path.join(named(path), *(named(part) for part in paths))


mkdir = MkDir = MakeDirs = makedirs
Copy, DeleteRecursively, Exists, Glob, IsDirectory, ListDirectory = copy, rmtree, exists, glob, isdir, listdir
Remove, Rename, Walk, FastGFile, Open = remove, rename, walk, GFile, GFile
