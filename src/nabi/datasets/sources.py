"""Sources: where the files of a data set may lie, in which order they are looked for, and how they are fetched.

1. the folder or file given as `path`
2. NABI_DATA
3. ../shared/data beside the current folder, then beside the project
4. the user's cache: $XDG_CACHE_HOME/nabi or ~/.cache/nabi
5. places of the one data set (Debian's package, Keras' cache)
6. a download into the user's cache, checked before it takes its place
"""

import hashlib
import http.client
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from nabi.core.errors import FileError
from nabi.core.files import atomic, cache_folder

TIMEOUT = 30  # seconds without a byte
CHUNK = 2**18
_verified: set[tuple[str, int, int]] = set()  # (path, size, mtime) of the files whose checksum was right in this process


def folders(name: str = "", extra: Sequence[Path] = ()) -> dict[str, Path]:
    """Where files are looked for: how the place is called -> its subfolder `name`; then the `extra` folders as they are."""
    places = {}
    if os.environ.get("NABI_DATA"):
        places["NABI_DATA"] = Path(os.environ["NABI_DATA"])
    places["the shared folder"] = Path("..", "shared", "data").resolve()
    places["the project's shared folder"] = (Path(__file__).parent / "../../../../shared/data").resolve()
    places["the cache"] = cache_folder()
    inside = {f"{label} {folder / name}": folder / name for label, folder in places.items()}
    return inside | {str(folder): folder for folder in extra}


def keras_folder() -> Path:
    """Where Keras keeps its data sets."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"


def fingerprint(path: Path) -> tuple[str, int, int]:
    """What tells a file that was checked from one that has changed since."""
    status = path.stat()
    return str(path.resolve()), status.st_size, status.st_mtime_ns


def verify(path: Path, digest: Callable[[], str], expected: str, title: str) -> None:
    """Checks a file's SHA-256 once per process; `digest` computes it.

    Raises: FileError if it differs.
    """
    mark = fingerprint(path)
    if mark in _verified:
        return
    got = digest()
    if got != expected:
        remedy = "It is damaged or another data set of the same name: delete it or name another folder with path=."
        raise FileError(f"{title}: {path}", f"content with SHA-256 {expected[:16]}...", f"{got[:16]}...", remedy)
    _verified.add(mark)


def sha256(path: Path) -> str:
    """SHA-256 of a file as it lies there."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def md5(path: Path) -> str:
    """MD5 of a file, where nothing better is known of it."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def download(urls: Sequence[str], target: Path, check: Callable[[Path], object], max_bytes: int) -> list[str]:
    """Fetches `target` from the first of `urls` that answers; `check` raises if the content is not the expected one.

    Returns: nothing if `target` is there now; else what went wrong, one text for each address.
    """
    failures = []
    for url in urls:
        print(f"Downloading {url}", file=sys.stderr)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with urllib.request.urlopen(url, timeout=TIMEOUT) as answer, atomic(target) as file:
                size = 0
                while chunk := answer.read(CHUNK):
                    size += len(chunk)
                    if size > max_bytes:
                        raise FileError(url, f"at most {max_bytes:,} bytes", "more", "The server sends something else.")
                    file.write(chunk)
                file.flush()
                check(Path(file.name))
            return []
        except (OSError, http.client.HTTPException) as error:  # FileError, URLError and time-outs are OSErrors
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            failures.append(f"{url} ({reason})")
    return failures


def not_found(title: str, wanted: str, looked: Sequence[str], failures: Sequence[str], remedy: str) -> FileError:
    """The error that lists every place that was looked at and says how to get the data."""
    places = "".join(f"\n  {place}" for place in [*looked, *(f"download from {failure}" for failure in failures)])
    return FileError(title, wanted, f"nothing in{places}", f"\n{remedy}")
