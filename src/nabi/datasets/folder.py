"""Folder: one's own pictures as a data set: a folder for each class, a table, an archive or shards.

    pictures = nabi.datasets.from_folder("flowers")            decoded once, kept as uint8 in the user's cache
    model.fit(pictures.train, validation_data=pictures.validation)
    model.evaluate(pictures.test)

The pictures stay on the disk: batches are read as they are needed, within a memory budget, so a set may be larger than memory.
Begin the network with Rescaling(1/255): it reads bytes as they are.
"""

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from nabi.core.errors import ArgumentError, DataError, FileError
from nabi.core.numbers import is_whole
from nabi.core.rows import MEMORY, Part, Rows
from nabi.core.table import one_line
from nabi.core.warning import warn
from nabi.datasets.array_set import as_cached, as_listing, as_they_are
from nabi.datasets.quarantine import NAME as QUARANTINE
from nabi.datasets.quarantine import place, quarantined
from nabi.datasets.telling import decoding, say_skipped, skipped
from nabi.pictures import Arrays, Damaged, Entry, Facts, Listing, Preparation, look, opened
from nabi.pictures.cache import Cached, cached
from nabi.pictures.copies import SIDE, copies
from nabi.pictures.duplicates import exact, joined, near, thumbnails
from nabi.pictures.finding import opencv
from nabi.pictures.names import alike
from nabi.pictures.splitting import split

LOOKED_AT = 256  # headers that size and channels are chosen by
LARGEST, USUAL, STEP = 128, 64, 8  # sides in pixels: of pictures of one size; of others, in steps
NOT_NAMED = "not in the table"
IN_QUARANTINE = "in quarantine"
NAMED, MOST_TWICE = 5, 20  # pictures in one sentence


@dataclass(frozen=True)
class PictureSet:
    """A set of pictures in three parts.

    Attributes:
        train, validation, test: parts, each with pictures x (n, H, W, C) uint8, classes y and names.
        class_names: names of the classes, a class' number is its place.
        bad: (name, reason) of the pictures that could not be decoded.
        left_out: (name, reason) of what was passed over before: other files, empty ones, links in a circle, those in quarantine.
        preparation: what the pictures were made like: size, channels, fit.
        fingerprint: SHA-256 of names, bytes, preparation and what is in quarantine, in hex.
        cached: what the cache says: who decoded, how long it took.
        source: where they come from.
        quarantine: the file that names what is in quarantine.
    """

    train: Part
    validation: Part
    test: Part
    class_names: list[str]
    bad: list[tuple[str, str]]
    left_out: list[tuple[str, str]]
    preparation: Preparation
    fingerprint: str
    cached: Cached
    source: str
    quarantine: str = ""

    @property
    def parts(self) -> dict[str, Part]:
        """The three parts by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {len(part):,}" for name, part in self.parts.items())
        gone = sum(reason == IN_QUARANTINE for _, reason in self.left_out)
        more = f"; {skipped(gone, self.quarantine)}" if gone else ""
        return f"PictureSet of {len(self.class_names)} classes {self.preparation.shape}: {sizes}{more}"


def from_folder(source: str | os.PathLike, size: int | tuple[int, int] | None = None, channels: int | None = None,
                fit: str = "pad", validation: float = 0.1, test: float = 0.1, groups: Any = None, seed: int = 0,
                memory: int | str = MEMORY, cache: str | os.PathLike | None = None, labels: Any = None,
                quarantine: str | os.PathLike | None = None, workers: str = "auto", verbose: Any = "auto",
                crop: str | None = None) -> PictureSet:
    """The pictures of a folder, a table (CSV), an archive (.tar, .tar.gz), WebDataset shards, an .npz file or idx pairs, ready
    for `fit`.

    Args:
        source: a folder of folders, one for each class, or of train, validation and test with such folders inside; or another
            source, see `nabi.pictures.listed`; or arrays, see `nabi.pictures.arrays`, which keep their size.
        size: side, or (height, width), in pixels. None: the pictures' own where all are alike and small, else their median,
            at most 64.
        channels: 1 grey or 3 colours; None: 1 where the first pictures are all stored as grey.
        fit: "pad" keeps the whole picture and its aspect, "crop" its middle and its aspect, "stretch" the whole of it.
        validation, test: shares that are held out, every class alike, where the source has no such part.
        groups: pictures that stay on one side of the split: "copies" for what `check_folder` takes for copies (10,000 pictures:
            1 s), "near" by hashes alone, or {name: group}; None: the same file under several names.
        seed: of the split.
        memory: bytes that the process may hold in memory, such as "500MB", besides what the network needs.
        cache: folder of decoded pictures; None: in the user's cache.
        labels: {name: label} or a table of them, where the folders do not say it.
        quarantine: file of names, one a line, that are left out, as `nabi data check` writes it; None: `quarantine.txt` in the
            folder, or beside another source (`photos.tar.quarantine.txt`), if it is there.
        workers: who decodes, "auto" by a timing, "here", "threads" or "processes".
        verbose: 0 silent, 1 progress on standard error while pictures are decoded, "auto": 1 on a terminal.
        crop: "faces": each picture's largest face in its place; one without a face is left out like a bad one.

    Raises:
        FileError: nothing there, not readable, no room for the cache. DataError: no pictures, no labels, one class only, an empty
        class, a picture under two labels, too many damaged ones. ArgumentError: an argument out of range.
    """
    given = opened(source, labels)
    arrays = given if isinstance(given, Arrays) else None
    listing = as_listing(given) if isinstance(given, Arrays) else given
    how = preparation(listing, size, channels, fit, crop) if arrays is None else as_they_are(arrays, size, channels, fit, crop)
    out = quarantined(source, quarantine)
    unnamed = sum(reason == NOT_NAMED for _, reason in listing.left_out)
    if verbose != 0:
        if unnamed:
            warn(f"from_folder(labels): {len(listing.entries):,} of {len(listing.entries) + unnamed:,} pictures are named, "
                 f"{unnamed:,} are left out: all are listed in .left_out")
        for names in alike(listing.class_names):
            warn(f"classes {' and '.join(map(repr, names))} differ in capital letters alone and are two: rename one if they "
                 "mean the same")
    gone = sum(name in out for name in [*(e.name for e in listing.entries), *(n for n, _ in listing.left_out)]) if out else 0
    file = os.fspath(place(source) if quarantine is None else quarantine)
    if gone:
        say_skipped(verbose, gone, file)
    with decoding(verbose) as tell:
        found = (cached(listing, how, workers=workers, folder=cache, tell=tell, left_out=out) if arrays is None
                 else as_cached(arrays, how))
    entries = listing.entries
    kept = np.array([number for number in found.kept if entries[number].name not in out], np.int64) if out else found.kept
    where = f"data {one_line(os.fspath(source))}"
    refuse_two_labels([entries[k] for k in kept], found.digests[kept], where)
    y, classes = listing.y, listing.class_names
    lost = np.flatnonzero(np.bincount(y[kept], minlength=len(classes)) == 0)
    if len(lost):
        raise DataError(where, "pictures in every class", f"none that can be used in '{one_line(classes[lost[0]])}'")
    bad = [(name, reason) for name, reason in found.bad if name not in out]
    if bad and verbose != 0:
        warn(f"{told(bad, 'decoded' if crop is None else 'used')} left out: all are listed in .bad")
    sides = divided(listing, kept, group_numbers(groups, listing, found, kept, memory), validation, test, seed)
    if unnamed:
        refuse_empty(where, sides, {"training": 1, "validation": validation, "test": test}, unnamed)
    rows = Rows(found.pixels, np.arange(len(found.pixels)), memory)
    train, held, last = (Part(rows.take(side), y[side], [entries[k].name for k in side], classes) for side in sides)
    left = [*((name, IN_QUARANTINE if name in out else why) for name, why in listing.left_out),
            *((entry.name, IN_QUARANTINE) for entry in entries if entry.name in out)]
    return PictureSet(train, held, last, classes, bad, left, how, learned_from(found.fingerprint, entries, out), found,
                      os.fspath(source), file)


def refuse_empty(where: str, sides: Sequence[np.ndarray], shares: Mapping[str, float], unnamed: int) -> None:
    """Raises DataError where labels name so few pictures that a part which was asked for has none."""
    for (name, share), side in zip(shares.items(), sides, strict=True):
        if share and not len(side):
            named = sum(map(len, sides))
            raise DataError(where, f"pictures for {name}", f"none: labels name {named:,}, {unnamed:,} are left out",
                            "Name more of them, or set that share to 0.")


def learned_from(fingerprint: str, entries: Sequence[Entry], out: Collection[str]) -> str:
    """A cache's fingerprint, or one that hangs on what is in quarantine, too: another list leaves other pictures for the test."""
    gone = sorted(entry.name for entry in entries if entry.name in out)
    return hashlib.sha256("\n".join([fingerprint, *gone]).encode(errors="surrogateescape")).hexdigest() if gone else fingerprint


def refuse_two_labels(entries: Sequence[Entry], digests: np.ndarray, where: str) -> None:
    """Raises DataError where a picture lies in two classes, byte by byte; it names them all, as far as there is room."""
    groups = [[entries[k] for k in group] for group in exact(digest.tobytes() for digest in digests)]
    torn = [[one_line(entry.name) for entry in group] for group in groups if len({entry.label for entry in group}) > 1]
    if torn:
        named = "; ".join(" and ".join(f"'{name}'" for name in names) for names in torn[:MOST_TWICE])
        more = f"; and {len(torn) - MOST_TWICE:,} more" if len(torn) > MOST_TWICE else ""
        raise DataError(where, "each picture under one label", f"the same picture in two classes: {named}{more}",
                        f"Remove the copies with the wrong label, or name them in {QUARANTINE}, as "
                        "`nabi data check FOLDER` does.")


def told(bad: Sequence[tuple[str, str]], done: str = "decoded") -> str:
    """The first bad pictures with their reasons, in one sentence.

    Example:
        >>> told([("a/1.jpg", "truncated")])
        'a picture that cannot be decoded (a/1.jpg: truncated) is'
    """
    named = ", ".join(f"{one_line(name)}: {reason}" for name, reason in bad[:NAMED])
    more = ", ..." if len(bad) > NAMED else ""
    count = "a picture that cannot" if len(bad) == 1 else f"{len(bad):,} pictures that cannot"
    return f"{count} be {done} ({named}{more}) {'is' if len(bad) == 1 else 'are'}"


def preparation(listing: Listing, size: Any, channels: int | None, fit: str, crop: str | None = None) -> Preparation:
    """What the pictures are made like, with what is not given chosen by the pictures.

    Raises:
        ArgumentError: a size, channels, fit or crop that cannot be. FileError: faces are asked for, and there is no OpenCV 4.
    """
    if crop == "faces":
        opencv()
        size = USUAL if size is None else size
    if is_whole(size):
        size = (int(size), int(size))
    if size is not None and channels is not None:
        return Preparation(size, channels, fit, crop=crop)
    facts = headers(listing)
    if not facts:
        raise DataError(f"data {one_line(listing.source)}", "pictures that can be read", "none among the first")
    channels = channels or (1 if all(f.is_grey for f in facts) else 3)
    return Preparation(usual_size(facts) if size is None else size, channels, fit, crop=crop)


def headers(listing: Listing) -> list[Facts]:
    """What the headers of some pictures say: spread over the source where each can be read by itself, else its first ones."""
    entries, facts = listing.entries, []
    if listing.random_access:
        some = [entries[k] for k in np.unique(np.linspace(0, len(entries) - 1, LOOKED_AT).astype(int))]
        sources: Any = (entry.path if entry.size is None else entry for entry in some)
    else:
        sources = (data for _, data in islice(listing.stream(), LOOKED_AT))
    for source in sources:
        try:
            facts.append(look(source.read() if hasattr(source, "read") else source))
        except (Damaged, FileError):  # the cache will name it
            continue
    return facts


def usual_size(facts: Sequence[Facts]) -> tuple[int, int]:
    """(height, width): the pictures' own where all are alike and small, else a square by the median of their shorter sides.

    Example:
        >>> photos = [Facts(500, 375, "RGB", "JPEG", 1), Facts(60, 90, "P", "GIF", 1)]
        >>> usual_size(photos), usual_size([Facts(28, 30, "L", "PNG", 1)])
        ((64, 64), (30, 28))
    """
    sizes = {(f.height, f.width) for f in facts}
    if len(sizes) == 1 and max(next(iter(sizes))) <= LARGEST:
        return next(iter(sizes))
    side = int(np.median([min(f.height, f.width) for f in facts]))
    side = max(min(side, USUAL) // STEP * STEP, STEP)
    return side, side


def group_numbers(groups: Any, listing: Listing, found: Cached, kept: np.ndarray, memory: int | str) -> np.ndarray | None:
    """Group of each kept picture, None where each stands for itself.

    Raises:
        ArgumentError: neither "copies" nor "near" nor a table that names every picture.
    """
    if groups is None:  # the same file stays on one side
        same = np.unique(found.digests[kept], axis=0, return_inverse=True)[1].reshape(-1)
        return same if len(same) and same.max() + 1 < len(same) else None
    if isinstance(groups, str) and groups == "copies":  # one of each file is compared, as `nabi data check` does
        first, same = np.unique(found.digests[kept], axis=0, return_index=True, return_inverse=True)[1:]
        some = stretched(Rows(found.pixels, kept[first], memory))
        return joined(len(first), copies(some)[0])[same.reshape(-1)]
    if isinstance(groups, str) and groups == "near":
        return near(Rows(found.pixels, kept, memory))  # type: ignore[arg-type]  # read piece by piece
    if not isinstance(groups, Mapping):
        raise ArgumentError("from_folder(groups)", "None, 'copies', 'near' or {name: group}", repr(groups)[:80])
    names = [listing.entries[k].name for k in kept]
    missing = [name for name in names if name not in groups]
    if missing:
        raise ArgumentError("from_folder(groups)", "a group for every picture", f"none for '{one_line(missing[0])}'")
    return np.unique([str(groups[name]) for name in names], return_inverse=True)[1].reshape(-1)


def stretched(pixels: Any) -> np.ndarray:
    """Pictures (N, H, W, C) uint8 as (N, 32, 32, C), read piece by piece."""
    out = np.empty((len(pixels), SIDE, SIDE, pixels.shape[3]), np.uint8)
    for start in range(0, len(out), 1024):
        piece = pixels[start : start + 1024]
        for channel in range(out.shape[3]):
            out[start : start + 1024, ..., channel] = thumbnails(piece[..., channel : channel + 1], SIDE, SIDE).round()
    return out


def divided(listing: Listing, kept: np.ndarray, groups: np.ndarray | None, validation: float, test: float,
            seed: int) -> list[np.ndarray]:
    """Numbers of the entries for training, validation and test: the source's own parts, and shares of the training part for those
    that it does not have.
    """
    parts, y = listing.parts, listing.y
    own = np.array([parts[k] or "train" for k in kept])
    held = {name: kept[own == name] for name in ("validation", "test")}
    pool = np.flatnonzero(own == "train")
    shares = {"validation": 0.0 if len(held["validation"]) else validation, "test": 0.0 if len(held["test"]) else test}
    train, *drawn = split(y[kept[pool]], None if groups is None else groups[pool], **shares, seed=seed)
    return [kept[pool[train]], *(held[name] if len(held[name]) else kept[pool[some]]
                                 for name, some in zip(("validation", "test"), drawn, strict=True))]
