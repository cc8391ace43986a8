"""Cache: pictures decoded once: uint8 in one memory-mapped file, so that later epochs and later runs read at memory's speed.

    <user's cache>/pictures/<key>/pixels.npy      (N, H, W, C) uint8, row i is entry i
                                  digests.npy     (N, 32) uint8, SHA-256 of each picture's bytes
                                  about.json      what was bad, the fingerprint
    key          = SHA-256 of decoder, preparation, source, and name, size and times of change of each entry: no picture is read
    fingerprint  = SHA-256 of preparation and each entry's name and bytes: what was learned from

A cache is built in a folder of its own and renamed when it is whole: a reader sees all of it or nothing, and of two processes
that build the same the second takes the first one's. The builder holds a lock on its folder; one that nobody holds is left over
from a process that was killed, and goes.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import PIL

from nabi.core.errors import DataError, FileError
from nabi.core.files import cache_folder
from nabi.core.warning import warn
from nabi.pictures.decoding import VERSION, Preparation
from nabi.pictures.hand import Done, Task
from nabi.pictures.portraits import NO_FACE
from nabi.pictures.workers import Unwritable, decode_all, spans

try:
    import fcntl
except ImportError:  # Windows: leftovers go by their age
    fcntl = None

MOST_BAD = 0.05
MOST_FACELESS = 0.5
MOST_NAMED = 5  # bad pictures that an error names
OLD = 24 * 3600  # seconds after which a half cache that cannot be locked counts as left over
UNUSED = 90 * 24 * 3600  # seconds after which a cache that nobody read goes
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Cached:
    """Decoded pictures.

    Attributes:
        pixels: (N, H, W, C) uint8, read-only, row i is entry i; mapped from a file unless there was no room for one.
        kept: numbers of the entries that could be decoded.
        bad: (name, reason) of the others.
        digests: (N, 32) uint8, SHA-256 of each entry's bytes; zeros where they could not be read.
        fingerprint: SHA-256 of all of them with their names and the preparation, in hex.
        fresh: whether they were decoded just now. `way`: by whom ("here", "threads", "processes"). `seconds`: how long it took.
    """

    pixels: np.ndarray
    kept: np.ndarray
    bad: list[tuple[str, str]]
    digests: np.ndarray
    fingerprint: str
    fresh: bool = False
    way: str = ""
    seconds: float = 0.0


def cached(listing: Any, how: Preparation, *, workers: str = "auto", folder: str | os.PathLike | None = None,
           tell: Tell | None = None, most_bad: float = MOST_BAD, left_out: Collection[str] = (), memory: int = 2**28) -> Cached:
    """The decoded pictures of a listing, from the cache or decoded now.

    Args:
        listing: what there is (`listed`).
        how: what the pictures are to be made like.
        workers: who decodes: "auto", "here", "threads" or "processes" (see `decode_all`).
        folder: where caches lie; None is `pictures` in the user's cache.
        tell: takes (pictures done, all pictures) now and then while they are decoded.
        most_bad: share of bad pictures above which the source is refused; one is never too many.
        left_out: names whose pictures are not used anyway: they do not count as bad.
        memory: bytes up to which pixels are kept in memory where the cache cannot be written.

    Raises:
        DataError: too many bad pictures. FileError: the source cannot be read; no room for the cache, and too much for memory.
    """
    home = cache_folder() / "pictures" if folder is None else Path(folder)
    place = home / key(listing, how)
    found = load(place, listing, how)
    if found is None:
        try:
            found = build(place, listing, how, workers, tell)
        except OSError as error:  # of the cache; what is wrong with the source is another FileError
            if isinstance(error, FileError) and not isinstance(error, Unwritable):
                raise
            found = in_memory(error, home, listing, how, workers, tell, memory)
    refuse_bad(listing, found, most_bad, left_out)
    return found


def key(listing: Any, how: Preparation) -> str:
    """What a cache is found by: 32 hex digits from names, sizes and times of change."""
    known: dict[str, tuple[int, int, int]] = {}
    lines = [f"{VERSION} {PIL.__version__} {described(how)} {os.path.abspath(listing.source)}"]
    for entry in listing.entries:
        state = known.get(entry.path)
        if state is None:
            state = known[entry.path] = size_and_times(entry.path)
        lines.append(f"{entry.name}\0{entry.offset} {entry.size} {state}")
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()[:32]


def size_and_times(path: str) -> tuple[int, int, int]:
    """Size of a file, and when its content and its entry changed; -1 where there is none any more.

    A file that is renamed, copied with its times, or unpacked from an archive keeps the time of its content.
    """
    try:
        status = os.stat(path)
    except OSError:
        return -1, -1, -1
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def described(how: Preparation) -> str:
    """A preparation as one line, without what it does not ask for."""
    return json.dumps({name: value for name, value in asdict(how).items() if value is not None}, sort_keys=True)


def load(place: Path, listing: Any, how: Preparation) -> Cached | None:
    """The cache in a folder; None where there is none, or a damaged one, of which a warning is given."""
    if not place.is_dir():
        return None
    try:
        about = json.loads((place / "about.json").read_text(encoding="utf-8"))
        pixels = np.load(place / "pixels.npy", mmap_mode="r", allow_pickle=False)
        digests = np.load(place / "digests.npy", allow_pickle=False)
        bad = [(str(name), str(reason)) for name, reason in about["bad"]]
        left, fingerprint = np.array(about["kept_but"], np.int64), str(about["fingerprint"])
        if pixels.dtype != np.uint8 or pixels.shape != (len(listing.entries), *how.size, how.channels):
            raise FileError(str(place), "pixels of the listing's shape", f"{pixels.shape} {pixels.dtype}")
        if digests.dtype != np.uint8 or digests.shape != (len(pixels), 32):
            raise FileError(str(place), "a digest of each picture", f"{digests.shape} {digests.dtype}")
        kept = np.delete(np.arange(len(pixels)), left)
    except (OSError, ValueError, KeyError, TypeError, EOFError, IndexError) as error:
        warn(f"The cache {place} is damaged ({error}); the pictures are decoded again.")
        shutil.rmtree(place, ignore_errors=True)
        return None
    try:
        os.utime(place)  # used today
    except OSError:  # a cache that may only be read
        pass
    return Cached(pixels, kept, bad, digests, fingerprint)


def build(place: Path, listing: Any, how: Preparation, workers: str, tell: Tell | None) -> Cached:
    """Decodes everything into a new cache.

    Raises:
        OSError: the cache cannot be written. FileError: the source cannot be read.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    swept(place.parent)
    begin, part = time.perf_counter(), place.with_name(f"{place.name}.{os.getpid()}-{os.urandom(4).hex()}.part")
    part.mkdir()
    try:
        with locked(part):
            file = part / "pixels.npy"
            reserve(file, (len(listing.entries), *how.size, how.channels))
            notes = Notes(listing)
            way = decode_all(tasks(listing), len(listing.entries), file, how, notes.take, workers, tell)
            about = {"source": os.path.abspath(listing.source), "how": described(how), "fingerprint": notes.fingerprint(how),
                     "bad": notes.bad, "kept_but": notes.bad_numbers, "made": time.strftime("%Y-%m-%d %H:%M:%S")}
            np.save(part / "digests.npy", notes.digests)
            (part / "about.json").write_text(json.dumps(about), encoding="utf-8")
            for path in part.iterdir():
                with open(path, "rb") as written:
                    os.fsync(written.fileno())
            try:
                os.rename(part, place)
            except OSError:
                if not place.is_dir():
                    raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    found = load(place, listing, how)
    if found is None:
        raise FileError(f"cache {place}", "the pictures that were written a moment ago", "others")
    return Cached(found.pixels, found.kept, found.bad, found.digests, found.fingerprint, True, way, time.perf_counter() - begin)


class Notes:
    """What came of each picture while they are decoded."""

    def __init__(self, listing: Any):
        self.entries = listing.entries
        self.digests = np.zeros((len(self.entries), 32), np.uint8)
        self.reasons: dict[int, str] = {number: "was not in the source any more" for number in range(len(self.entries))}

    def take(self, done: list[Done]) -> None:
        """Notes some answers of a hand."""
        for number, digest, reason in done:
            if digest:
                self.digests[number] = np.frombuffer(bytes.fromhex(digest), np.uint8)
            if reason:
                self.reasons[number] = reason
            else:
                del self.reasons[number]

    @property
    def bad_numbers(self) -> list[int]:
        """Numbers of the entries that have no pixels."""
        return sorted(self.reasons)

    @property
    def bad(self) -> list[tuple[str, str]]:
        """Their names and reasons."""
        return [(self.entries[number].name, self.reasons[number]) for number in self.bad_numbers]

    def fingerprint(self, how: Preparation) -> str:
        """SHA-256 of what is learned from."""
        digest = hashlib.sha256(f"{VERSION} {described(how)}\n".encode())
        digest.update("\n".join(entry.name for entry in self.entries).encode(errors="surrogateescape"))
        digest.update(self.digests.data)
        return digest.hexdigest()


def tasks(listing: Any) -> Iterator[Task]:
    """What is to be decoded: places on the disk, or bytes where the source can only be read from its beginning."""
    return spans(listing.entries, range(len(listing.entries))) if listing.random_access else iter(listing.stream())


def reserve(file: Path, shape: tuple[int, ...]) -> None:
    """A .npy file of zeros whose room on the disk is taken, so that a full disk shows before the work, not in its midst."""
    np.lib.format.open_memmap(file, mode="w+", dtype=np.uint8, shape=shape)
    if hasattr(os, "posix_fallocate"):
        with open(file, "r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, file.stat().st_size)


def in_memory(error: OSError, home: Path, listing: Any, how: Preparation, workers: str, tell: Tell | None, memory: int) -> Cached:
    """The pictures in memory, with a warning, where the cache cannot be written and they are few.

    Raises:
        FileError: they are too many.
    """
    shape = (len(listing.entries), *how.size, how.channels)
    needed, why = int(np.prod(shape, dtype=np.int64)), error.strerror or str(error)
    if needed > memory:
        raise FileError(f"writing {home}", f"room for {needed / 2**20:,.0f} MB of decoded pictures", why,
                        "Free some space there, or name another folder: cache=FOLDER, or XDG_CACHE_HOME.") from error
    warn(f"The decoded pictures cannot be kept in {home} ({why}): they stay in memory, and the next run decodes them "
         "again.")
    begin, notes, pixels = time.perf_counter(), Notes(listing), np.zeros(shape, np.uint8)
    way = decode_all(tasks(listing), shape[0], pixels, how, notes.take, "threads" if workers == "processes" else workers, tell)
    pixels.flags.writeable = False
    kept = np.delete(np.arange(len(pixels)), np.array(notes.bad_numbers, np.int64))
    return Cached(pixels, kept, notes.bad, notes.digests, notes.fingerprint(how), True, way, time.perf_counter() - begin)


def refuse_bad(listing: Any, found: Cached, most_bad: float, left_out: Collection[str]) -> None:
    """Raises DataError where more than a share of the pictures is bad, or more than half show no face that was asked for."""
    bad = [(name, reason) for name, reason in found.bad if name not in left_out]
    faceless = sum(reason == NO_FACE for _, reason in bad)
    if faceless > MOST_FACELESS * len(found.pixels):
        raise DataError(f"pictures in {listing.source}", "a face in at least half of the pictures",
                        f"none in {faceless:,} of {len(found.pixels):,}", "Faces are found from the front, upright or leaning.")
    bad = [(name, reason) for name, reason in bad if reason != NO_FACE]
    if len(bad) <= max(1, most_bad * len(found.pixels)):
        return
    named = "".join(f"\n  {name}: {reason}" for name, reason in bad[:MOST_NAMED])
    more = f"\n  and {len(bad) - MOST_NAMED:,} more" if len(bad) > MOST_NAMED else ""
    raise DataError(f"pictures in {listing.source}", f"at most {100 * most_bad:g} % that cannot be decoded",
                    f"{len(bad):,} of {len(found.pixels):,}:{named}{more}\n",
                    "Repair or remove them, or name them in quarantine.txt, as `nabi data check FOLDER` does.")


class locked:
    """Within the block this process holds a folder's lock; the system lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path):
        self.file: BinaryIO = open(folder / "lock", "wb")

    def __enter__(self) -> None:
        if fcntl is not None:
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        self.file.close()


def swept(home: Path) -> None:
    """Removes what killed processes left half, and caches that nobody has used for long."""
    for path in home.iterdir():
        try:
            age = time.time() - path.stat().st_mtime
            if path.name.endswith(".part") and left_over(path, age):
                shutil.rmtree(path, ignore_errors=True)
            elif age > UNUSED and (path / "about.json").is_file():
                shutil.rmtree(path, ignore_errors=True)
        except OSError:  # another process was quicker
            continue


def left_over(part: Path, age: float) -> bool:
    """Whether nobody builds here any more."""
    if fcntl is None or not (part / "lock").exists():
        return age > OLD
    with open(part / "lock", "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
