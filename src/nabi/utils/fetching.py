"""Fetching: `get_file`: a file by its address, kept in a cache, checked, and unpacked where it is an archive.

    ~/.keras/datasets/flowers.tgz        the file, or with extract=True the folder that it unpacks to

Keras 2 unpacks beside the archive, Keras 3 into a folder of its own; here what an archive holds is found at both places.
Source: Keras 2 and 3, utils/file_utils.py.
"""

import hashlib
import http.client
import os
import shutil
import sys
import tarfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

from nabi.core.errors import ArgumentError, FileError
from nabi.core.files import atomic
from nabi.core.warning import warn

TIMEOUT = 30  # seconds without a byte
CHUNK = 2**18
MOST = 2**35  # bytes that an archive may unpack to
SCHEMES = ("http", "https", "file")


def get_file(fname: Any = None, origin: str | None = None, untar: bool = False, md5_hash: str | None = None,
             file_hash: str | None = None, cache_subdir: str = "datasets", hash_algorithm: str = "auto", extract: bool = False,
             archive_format: Any = "auto", cache_dir: Any = None, force_download: bool = False) -> str:
    """The path of a file, fetched from `origin` unless it is in the cache or in NABI_DATA already.

    Args:
        fname: its name in the cache; None takes that of the address.
        origin: the address: http, https or file.
        untar, extract: unpacks a .tar, .tar.gz or .zip; the path is then that of the folder.
        md5_hash, file_hash, hash_algorithm: what the content's checksum must be: "sha256", "md5" or "auto", by its length.
        cache_subdir, cache_dir: ~/.keras and datasets, if not given; KERAS_HOME names another.
        archive_format: "auto", "tar", "zip", or None, which unpacks nothing.
        force_download: fetches it again.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.txt").write_text("hello")
        >>> Path(get_file("b.txt", (folder / "a.txt").as_uri(), cache_dir=folder)).read_text()
        'hello'

    Raises ArgumentError; FileError that names the file, its address and where to put it, or says what is wrong with it.
    """
    if not origin:
        raise ArgumentError("get_file(origin)", "the file's address", repr(origin))
    name = os.fspath(fname) if fname else os.path.basename(urllib.parse.urlsplit(origin).path)
    if not name or os.sep in name or name in (".", ".."):
        raise ArgumentError("get_file(fname)", "a name without folders", repr(name), "Folders are cache_dir and cache_subdir.")
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    folder = Path(os.path.expanduser(cache_dir or home)) / cache_subdir
    unpacks = (untar or extract) and archive_format is not None
    target = folder / (f"{name}_archive" if unpacks and not (fname and "." in name) else name)
    expected = file_hash or md5_hash
    kind = ("md5" if len(expected or "") == 32 else "sha256") if hash_algorithm == "auto" else hash_algorithm
    found = next((path for path in (target, *elsewhere(name)) if path.is_file()), None)
    inside = folder / (f"{name[: name.find('.')]}_extracted" if fname and "." in name else name)
    if unpacks and found is None and inside.is_dir() and not force_download:  # somebody unpacked it before
        return str(inside)
    if force_download or found is None or expected and checksum(found, kind) != expected:
        fetch(origin, target, expected, kind)
        found = target
    return str(unpacked(found, inside, name)) if unpacks else str(found)


def elsewhere(name: str) -> list[Path]:
    """Where else a file of this name may lie: in NABI_DATA."""
    data = os.environ.get("NABI_DATA")
    return [Path(data) / name] if data else []


def checksum(path: Path, kind: str) -> str:
    """The checksum of a file. Raises ArgumentError for an unknown kind."""
    if kind not in ("sha256", "md5", "sha512", "sha1"):
        raise ArgumentError("get_file(hash_algorithm)", "'sha256' or 'md5'", repr(kind))
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()


def fetch(origin: str, target: Path, expected: str | None, kind: str) -> None:
    """Fetches a file to its place, which it takes once it is whole and right."""
    if urllib.parse.urlsplit(origin).scheme not in SCHEMES:
        raise ArgumentError("get_file(origin)", f"an address that begins with {', '.join(SCHEMES)}", repr(origin))
    print(f"Downloading data from {origin}", file=sys.stderr)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(origin, timeout=TIMEOUT) as answer, atomic(target) as file:
            shutil.copyfileobj(answer, file, CHUNK)
            file.flush()
            if expected and (got := checksum(Path(file.name), kind)) != expected:
                raise FileError(f"get_file({origin})", f"content with {kind} {expected[:16]}...", f"{got[:16]}...",
                                "The file has changed at its address: ask who gave you the checksum.")
    except FileError:
        raise
    except (OSError, http.client.HTTPException) as error:  # URLError and time-outs are OSErrors
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise FileError(f"get_file({target.name!r})", f"the file from {origin}", str(reason),
                        f"Fetch it on a computer that has a network and put it at {target}, or into the folder that NABI_DATA "
                        f"names, as {target.name}.") from None


def unpacked(archive: Path, inside: Path, name: str) -> Path:
    """The folder that an archive unpacks to, at Keras 3's place; what is in it is linked where Keras 2 has it."""
    done = inside.with_name(f".{inside.name}.whole")
    mark = f"{archive.stat().st_size} {archive.stat().st_mtime_ns}"
    others = inside.is_dir() and not inside.is_symlink() and not done.is_file()  # a folder that was not made here stays
    if not others and not (inside.is_dir() and done.is_file() and done.read_text() == mark):
        part = inside.with_name(f".{inside.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        extract_archive(archive, part)
        if (part / name).is_dir() and len(list(part.iterdir())) == 1:  # get_file("flowers", ..., untar=True): the folder itself
            os.rename(part / name, whole := part.with_name(f".{name}.inner"))
            part.rmdir()
            part = whole
        if inside.is_symlink():
            inside.unlink()
        shutil.rmtree(inside, ignore_errors=True)
        os.rename(part, inside)
        done.write_text(mark)
    for entry in sorted(inside.iterdir()) if "." in name else ():
        beside = inside.parent / entry.name
        try:
            if not beside.exists():
                beside.symlink_to(entry, entry.is_dir())
        except OSError as error:
            warn(f"get_file: {beside} cannot be linked to {entry} ({error}); it lies in {inside}.")
    return inside


def extract_archive(archive: Path, folder: Path) -> None:
    """Unpacks the files of a .tar or .zip into a folder; what would lie outside of it, or is no file, is left out.

    Raises FileError for another kind of file, a damaged one, and one that unpacks to more than MOST bytes.
    """
    total = 0
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                for member in packed.infolist():
                    total = within(archive, total + member.file_size)
                    packed.extract(member, folder)  # which takes ".." and roots out of names
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as packed:
                for member in packed:
                    total = within(archive, total + member.size)
                    try:
                        if member.isdir() or member.isreg():
                            packed.extract(member, folder, filter="data")
                    except tarfile.FilterError as error:
                        warn(f"get_file: {member.name} in {archive.name} is left out: {error}")
        else:
            raise FileError(f"get_file({archive.name!r})", "a .tar, .tar.gz or .zip", "another kind of file",
                            "Without extract=True and untar=True the file stays as it is.")
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zipfile.LargeZipFile) as error:
        remedy = f"Delete {archive} and try again."
        raise FileError(f"get_file({archive.name!r})", "a whole archive", str(error), remedy) from None


def within(archive: Path, total: int) -> int:
    """The bytes so far. Raises FileError where they are too many."""
    if total > MOST:
        raise FileError(f"get_file({archive.name!r})", f"at most {MOST:,} bytes unpacked", "more", "It is no ordinary archive.")
    return total
